"""URL paths that several endpoint files use."""

ME = "/v1/shoppers/me"
CART = f"{ME}/carts/active"
