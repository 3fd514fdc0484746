"""Descriptions of the enums in `gateway/enums.py`. Importing this package puts them into the graph."""

from schema.enums import cart, catalog, checkout, directives, errors, orders, payment, session

__all__ = ["cart", "catalog", "checkout", "directives", "errors", "orders", "payment", "session"]
