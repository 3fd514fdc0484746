"""What a shopper has saved to use again."""

from resolvers import account
from schema import dsl
from schema.directives import PRIVATE, CacheControl
from schema.dsl import field
from schema.payment import PaymentSource
from schema.values import Address, Node


@dsl.object_type(CacheControl(max_age=0, scope=PRIVATE))
class SavedAddress(Node):
    """An address in the shopper's book. Source: GET /v1/shoppers/me/addresses/{addressId}."""

    upstream_id: str = field("Identifier used upstream. Source: id.")
    nickname: str = field("Shopper's label; unique in the book. Source: nickName.")
    is_default: bool = field("True for the address that is applied by default. Source: isDefault.")
    address: Address = field("The address itself. Source: the address object.")


@dsl.object_type(CacheControl(max_age=0, scope=PRIVATE))
class PaymentOption(Node):
    """A saved means of payment. Source: GET /v1/shoppers/me/payment-options/{paymentOptionId}."""

    upstream_id: str = field("Identifier used upstream. Source: id.")
    nickname: str = field("Shopper's label. Source: nickName.")
    is_default: bool = field("True for the option that is applied by default. Source: isDefault.")
    is_expired: bool = field(
        "True when a card is past its expiry month. Source: gateway, from creditCard.expirationYear and "
        "expirationMonth.",
        resolver=account.is_expired,
    )
    source: PaymentSource = field("Reusable source behind it. Source: the option's source fields.")
    billing_address: Address | None = field("Billing address stored with it. Source: address.")
