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

    upstream_id: str = field("Digital River's id of the entry. Source: id.")
    nickname: str = field("Name that the shopper gave the address; unique in the address book. Source: nickName.")
    is_default: bool = field("True for the default address. Source: isDefault.")
    address: Address = field("Address with contact details. Source: the address object.")


@dsl.object_type(CacheControl(max_age=0, scope=PRIVATE))
class PaymentOption(Node):
    """A reusable source, such as a card, that the shopper saved in the account.
    Source: GET /v1/shoppers/me/payment-options/{paymentOptionId}."""

    upstream_id: str = field("Digital River's id of the payment option. Source: id.")
    nickname: str = field("Name that the shopper gave the payment option. Source: nickName.")
    is_default: bool = field("True for the default payment option. Source: isDefault.")
    is_expired: bool = field(
        "True when the expiry month of the card is over. Source: gateway, from creditCard.expirationYear and "
        "expirationMonth.",
        resolver=payment_options.is_expired,
    )
    source: PaymentSource = field("Reusable source that the option charges. Source: the source fields of the option.")
    billing_address: Address | None = field("Billing address of the option. Source: address.")
