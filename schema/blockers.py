"""GraphQL types that implement the interface `CheckoutBlocker`, one type for each kind of blocker."""

from datetime import datetime

from gateway.enums import AddressKind, PaymentSessionState, StoreCreditObstacle
from resolvers.scalars import CartRevision
from schema import dsl
from schema.cart import CartLine, ShippingOption, TaxIdentifierRequirement
from schema.directives import ListSize
from schema.dsl import field
from schema.payment import PaymentNextAction, PaymentRequirement
from schema.readiness import CheckoutBlocker
from schema.shared_types import Money
from schema.submissions import SubmissionAttempt


@dsl.object_type()
class EmptyCartBlocker(CheckoutBlocker):
    """The cart has no line."""


@dsl.object_type()
class LineBlocker(CheckoutBlocker):
    """A line cannot be bought because of its product, stock or quantity."""

    line: CartLine = field("Line that cannot be bought.")
    available_quantity: int | None = field(
        "Units in stock; null when the number is unknown, or when the stock does not block the line."
    )
    minimum_quantity: int | None = field("Minimum quantity of the line; null when there is no minimum.")
    maximum_quantity: int | None = field("Maximum quantity of the line; null when there is no maximum.")


@dsl.object_type()
class AddressBlocker(CheckoutBlocker):
    """An address is missing, incomplete or outside the served countries."""

    kind: AddressKind = field("Whether the billing or the shipping address blocks the order.")
    missing_fields: list[str] = field(
        "Fields of AddressInput that are missing; empty when the whole address is missing or its country is not served."
    )


@dsl.object_type()
class ShippingOptionBlocker(CheckoutBlocker):
    """The shipping option is missing or no longer offered."""

    available_options: list[ShippingOption] = field(
        "Shipping options to choose from; empty until a shipping address is set.", ListSize(assumed_size=6)
    )


@dsl.object_type()
class TaxIdentifierBlocker(CheckoutBlocker):
    """A tax identifier is missing or malformed."""

    requirements: list[TaxIdentifierRequirement] = field(
        "Alternative sets of tax identifiers. The shopper must send one of the sets."
    )


@dsl.object_type()
class PaymentSessionBlocker(CheckoutBlocker):
    """The order cannot be placed because of the payment session or its source."""

    state: PaymentSessionState | None = field("State of the payment session; null when there is no payment session.")
    amount_remaining: Money | None = field(
        "Amount that no attached source pays; null when there is no payment session."
    )
    missing: list[PaymentRequirement] = field(
        "What the payment session still needs before the order can be submitted; empty when it needs nothing."
    )
    next_action: PaymentNextAction | None = field(
        "Next action of the client for the payment; null when no action would help."
    )


@dsl.object_type()
class StoreCreditBlocker(CheckoutBlocker):
    """The cart cannot be paid with the store credit attached to it."""

    obstacles: list[StoreCreditObstacle] = field("Reasons why the store credit cannot pay for this cart.")


@dsl.object_type()
class TermsOfSaleBlocker(CheckoutBlocker):
    """The terms of sale are not accepted."""


@dsl.object_type()
class PurchaseChangedBlocker(CheckoutBlocker):
    """The cart has changed since the shopper agreed to buy it. Only submitOrder returns this blocker."""

    expected_total: Money = field("Total that the client sent to submitOrder.")
    actual_total: Money = field("Total of the cart now.")
    current_revision: CartRevision = field("Revision of the cart now.")


@dsl.object_type()
class SubmissionInProgressBlocker(CheckoutBlocker):
    """Another submission of the cart is in progress or in doubt. In checkoutReadiness, it is any submission."""

    attempt: SubmissionAttempt = field("The other submission.")


@dsl.object_type()
class AlreadyBoughtBlocker(CheckoutBlocker):
    """The cart is empty, because another submit request of the shopper has bought it, for example in another tab. Only
    submitOrder returns this blocker.
    """

    attempt: SubmissionAttempt = field(
        "Submission that has bought the cart. Its `result` has the order that the shopper may read."
    )


@dsl.object_type()
class CheckUnavailableBlocker(CheckoutBlocker):
    """The gateway could not check a rule for orders, because Digital River did not answer."""

    retry_after: datetime = field("Earliest time to read checkoutReadiness again.")
