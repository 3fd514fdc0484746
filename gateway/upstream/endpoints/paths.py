"""Paths that several domains share."""

ME = "/v1/shoppers/me"
CART = f"{ME}/carts/active"
