"""GraphQL types of the addresses and payment options that a shopper has saved in the account."""

from resolvers import payment_options
from schema import dsl
from schema.directives import PRIVATE, CacheControl, Sensitive
from schema.dsl import field
from schema.payment import PaymentSource
from schema.shared_types import Address, Node


@dsl.object_type(CacheControl(max_age=0, scope=PRIVATE))
class SavedAddress(Node):
    """An entry of the shopper's address book. Digital River call: GET /v1/shoppers/me/addresses/{addressId}."""

    upstream_id: str = field("Digital River's id of the entry. Digital River field: id.")
    nickname: str = field(
        "Name that the shopper gave the address; unique in the address book. Digital River field: nickName."
    )
    is_default: bool = field("True for the default address. Digital River field: isDefault.")
    address: Address = field("Address with contact details. Digital River object: address.")


@dsl.object_type(CacheControl(max_age=0, scope=PRIVATE))
class PaymentOption(Node):
    """A reusable source, such as a card, that the shopper saved in the account. Digital River call: GET
    /v1/shoppers/me/payment-options/{paymentOptionId}.
    """

    upstream_id: str = field("Digital River's id of the payment option. Digital River field: id.")
    nickname: str = field("Name that the shopper gave the payment option. Digital River field: nickName.")
    is_default: bool = field("True for the default payment option. Digital River field: isDefault.")
    is_expired: bool = field(
        "True when the card has expired. Derived from the Digital River fields "
        "creditCard.expirationYear and expirationMonth.",
        resolver=payment_options.is_expired,
    )
    source: PaymentSource = field(
        "Source that is charged when the shopper pays with the payment option. Digital River fields: those of the "
        "source in the payment option."
    )
    source_client_secret: str | None = field(
        "Secret of the source, for `authenticateSource` of DigitalRiver.js: call it with `paymentSession.sessionId` "
        "before `attachSource`, because the bank may ask who pays with a saved card. Never show the secret to another "
        "shopper. Digital River field: sourceClientSecret.",
        Sensitive(),
    )
    billing_address: Address | None = field("Billing address of the payment option. Digital River field: address.")
