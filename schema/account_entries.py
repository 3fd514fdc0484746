"""Addresses and payment options saved to an account."""

from resolvers import payment_options
from schema import dsl
from schema.directives import PRIVATE, CacheControl
from schema.dsl import field
from schema.payment import PaymentSource
from schema.shared_types import Address, Node


@dsl.object_type(CacheControl(max_age=0, scope=PRIVATE))
class SavedAddress(Node):
    """An entry of the shopper's address book. Source: GET /v1/shoppers/me/addresses/{addressId}."""

    upstream_id: str = field("Identifier used upstream. Source: id.")
    nickname: str = field("Shopper's label; unique in the address book. Source: nickName.")
    is_default: bool = field("True for the address that is applied by default. Source: isDefault.")
    address: Address = field("The address itself. Source: the address object.")


@dsl.object_type(CacheControl(max_age=0, scope=PRIVATE))
class PaymentOption(Node):
    """A saved payment option. Source: GET /v1/shoppers/me/payment-options/{paymentOptionId}."""

    upstream_id: str = field("Identifier used upstream. Source: id.")
    nickname: str = field("Shopper's label. Source: nickName.")
    is_default: bool = field("True for the option that is applied by default. Source: isDefault.")
    is_expired: bool = field(
        "True when a card is past its expiry month. Source: gateway, from creditCard.expirationYear and "
        "expirationMonth.",
        resolver=payment_options.is_expired,
    )
    source: PaymentSource = field("Reusable source behind it. Source: the option's source fields.")
    billing_address: Address | None = field("Billing address stored with it. Source: address.")
