"""Descriptions of the enums in `gateway/enums.py`. An enum is in the graph only after this package is imported."""

from schema.enums import cart, catalog, checkout, directives, errors, orders, payment, session, submissions, warnings

__all__ = [
    "cart",
    "catalog",
    "checkout",
    "directives",
    "errors",
    "orders",
    "payment",
    "session",
    "submissions",
    "warnings",
]
