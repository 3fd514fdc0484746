"""The parts of Digital River's API that may fail by themselves."""

from enum import StrEnum
from functools import lru_cache

SUBMITTING = frozenset(
    {"POST /v1/shoppers/me/carts/active/submit-cart", "POST /v1/shoppers/me/carts/active/resume-cart"}
)


class Resource(StrEnum):
    SUBMISSIONS = "submissions"
    """submit-cart and resume-cart."""
    CARTS = "carts"
    PAYMENTS = "payments"
    CATALOG = "catalog"
    ORDERS = "orders"
    """Orders and subscription contracts."""
    SHOPPERS = "shoppers"
    TOKENS = "tokens"
    LEDGER = "ledger"
    OTHER = "other"


PREFIXES = (
    ("/v1/shoppers/me/carts", Resource.CARTS),
    ("/payments", Resource.PAYMENTS),
    ("/sources", Resource.PAYMENTS),
    ("/v1/shoppers/me/categories", Resource.CATALOG),
    ("/v1/shoppers/me/offers", Resource.CATALOG),
    ("/v1/shoppers/me/point-of-promotions", Resource.CATALOG),
    ("/v1/shoppers/me/product", Resource.CATALOG),
    ("/v1/shoppers/me/orders", Resource.ORDERS),
    ("/v1/shoppers/order-lookup", Resource.ORDERS),
    ("/v1/subscriptions", Resource.ORDERS),
    ("/v1/shoppers", Resource.SHOPPERS),
    ("/oauth20", Resource.TOKENS),
    ("ledger", Resource.LEDGER),
)
"""Resources by the beginning of the path in a call's name. The first that fits decides."""


@lru_cache(maxsize=256)
def resource_of(call: str) -> Resource:
    """The resource of the call with this name, of `gateway.upstream.call_names`."""
    if call in SUBMITTING:
        return Resource.SUBMISSIONS
    path = call.partition(" ")[2]
    return next((resource for prefix, resource in PREFIXES if path.startswith(prefix)), Resource.OTHER)
