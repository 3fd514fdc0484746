"""Names of the calls to Digital River, such as `GET /v1/shoppers/me/orders/{id}`.

A name has no id, no value of the shopper and no key. Logs, metrics and the calls that are listed for a client use it.
"""

from functools import lru_cache

from gateway.metrics.declaring import OTHER
from gateway.metrics.upstream import CALL

CALL_NAMES = frozenset(
    {
        "DELETE /oauth20/access-tokens",
        "POST /oauth20/token",
        "GET /payments/payment-methods",
        "POST /sources",
        "GET /sources/{id}",
        "POST /v1/shoppers",
        "GET /v1/shoppers/me",
        "POST /v1/shoppers/me",
        "GET /v1/shoppers/me/addresses",
        "POST /v1/shoppers/me/addresses",
        "DELETE /v1/shoppers/me/addresses/{id}",
        "GET /v1/shoppers/me/addresses/{id}",
        "GET /v1/shoppers/me/carts/active",
        "POST /v1/shoppers/me/carts/active",
        "GET /v1/shoppers/me/carts/active/applied-offers",
        "DELETE /v1/shoppers/me/carts/active/applied-offers/{id}",
        "POST /v1/shoppers/me/carts/active/apply-billing-address",
        "DELETE /v1/shoppers/me/carts/active/apply-payment-method",
        "POST /v1/shoppers/me/carts/active/apply-payment-method",
        "POST /v1/shoppers/me/carts/active/apply-shipping-address",
        "POST /v1/shoppers/me/carts/active/apply-shipping-option",
        "POST /v1/shoppers/me/carts/active/apply-shopper",
        "DELETE /v1/shoppers/me/carts/active/line-items",
        "POST /v1/shoppers/me/carts/active/line-items",
        "POST /v1/shoppers/me/carts/active/line-items/{id}",
        "DELETE /v1/shoppers/me/carts/active/payment",
        "GET /v1/shoppers/me/carts/active/payment-methods",
        "POST /v1/shoppers/me/carts/active/resume-cart",
        "POST /v1/shoppers/me/carts/active/submit-cart",
        "DELETE /v1/shoppers/me/carts/active/tax-registrations",
        "POST /v1/shoppers/me/carts/active/tax-registrations",
        "GET /v1/shoppers/me/carts/active/tax-registrations/schema",
        "GET /v1/shoppers/me/categories",
        "GET /v1/shoppers/me/categories/{id}",
        "GET /v1/shoppers/me/categories/{id}/products",
        "GET /v1/shoppers/me/offers/{id}",
        "GET /v1/shoppers/me/offers/{id}/product-offers",
        "GET /v1/shoppers/me/orders",
        "GET /v1/shoppers/me/orders/{id}",
        "GET /v1/shoppers/me/payment-options",
        "POST /v1/shoppers/me/payment-options",
        "DELETE /v1/shoppers/me/payment-options/{id}",
        "GET /v1/shoppers/me/payment-options/{id}",
        "POST /v1/shoppers/me/payment-options/{id}",
        "GET /v1/shoppers/me/point-of-promotions/{id}/offers",
        "GET /v1/shoppers/me/product-search",
        "GET /v1/shoppers/me/products",
        "GET /v1/shoppers/me/products/inventory-status",
        "GET /v1/shoppers/me/products/{id}",
        "GET /v1/shoppers/me/products/{id}/categories",
        "GET /v1/shoppers/me/products/{id}/offers",
        "GET /v1/shoppers/me/products/{id}/point-of-promotions/{id}/offers",
        "GET /v1/shoppers/me/products/{id}/pricing/volume-pricing",
        "GET /v1/shoppers/me/products/{id}/variations",
        "POST /v1/shoppers/order-lookup",
        "GET /v1/subscriptions",
        "GET /v1/subscriptions/{id}",
        "POST /v1/subscriptions/{id}/cancel",
        "GET /v1/subscriptions/{id}/orders",
        "POST /v1/subscriptions/{id}/payment-option",
        "POST /v1/subscriptions/{id}/payment-source",
        "GET /v1/subscriptions/{id}/pending-actions",
        "POST /v1/subscriptions/{id}/reduce",
        "POST /v1/subscriptions/{id}/renewal-quantity",
        "POST /v1/subscriptions/{id}/renewal-type",
        "POST /v1/subscriptions/{id}/ship-to-address",
        "GET ledger",
    }
)
"""All calls that the gateway makes."""

WORDS = frozenset(part for name in CALL_NAMES for part in name.partition(" ")[2].split("/")) - {"{id}"}
"""Parts of paths that are no ids."""

CALL.allow(sorted(CALL_NAMES))


@lru_cache(maxsize=1024)
def call_name(method: str, path: str) -> str:
    """Name of the call with this method and this path, which has no query. The ledger has an empty path."""
    words = "/".join(part if part in WORDS else "{id}" for part in path.split("/"))
    name = f"{method} {words or 'ledger'}"
    return name if name in CALL_NAMES else OTHER
