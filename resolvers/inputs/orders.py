"""Inputs for placing, resuming and finding an order."""

from uuid import UUID

from resolvers import checks
from resolvers.inputs.declaration import Input, Typed, field
from resolvers.inputs.payment import MoneyInput
from resolvers.scalars import CartRevision, EmailAddress


class SubmitOrderInput(Input):
    """The total and revision to which the shopper agreed, and the key under which the gateway stores the outcome."""

    idempotency_key: UUID = field(
        "Key of one submit request of the shopper. Send the same key with every repeat of that request."
    )
    expected_total: MoneyInput = field("Total that was shown to the shopper. Any other total blocks the submission.")
    if_revision: CartRevision | None = field(
        "Revision that was shown to the shopper. Any other revision blocks the submission.", default=None
    )
    terms_of_sale_accepted: bool | None = field(
        "True to record that the shopper accepts the terms of sale with this purchase.", default=None
    )


class ResumeOrderInput(Input):
    """The submission to resume."""

    idempotency_key: UUID | None = field(
        "Key that was sent to submitOrder. When absent, or when nothing was sent to Digital River under this key, the "
        "open submission of the cart is resumed.",
        default=None,
    )


class OrderPasswordInput(Input):
    """An order number with its password."""

    number: str = field("Order number.", check=checks.is_order_number)
    password: str = field("Order password from the confirmation mail.", is_secret=True, typed=Typed.EXACTLY)


class OrderCardDigitsInput(Input):
    """An email address with the last digits of a card."""

    email: EmailAddress = field("Email address of the order.", is_secret=True)
    last_four_digits: str = field(
        "Last four digits of the card, such as 1111.", is_secret=True, check=checks.is_four_digits
    )


class OrderLookupBy(Input, one_of=True):
    """Proof of the right to read an order. Exactly one of the fields is set."""

    order_password: OrderPasswordInput | None = field(
        "Order number and order password; for guests and registered shoppers.", default=None
    )
    card_digits: OrderCardDigitsInput | None = field(
        "Email address and last four digits of the card; for signed-in shoppers only.", default=None
    )


class LookupOrderInput(Input):
    """The order to find."""

    by: OrderLookupBy = field("Order number and password, or email address and card digits.")
