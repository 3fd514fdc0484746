"""Descriptions of the enums in `gateway/enums.py`. Importing this package puts them into the graph."""

from schema.enums import cart, catalog, checkout, errors, orders, payment, policies, session

__all__ = ["cart", "catalog", "checkout", "errors", "orders", "payment", "policies", "session"]
