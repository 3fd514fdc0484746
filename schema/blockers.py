"""The kinds of `CheckoutBlocker`: one type for each."""

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
    available_quantity: int | None = field("Units available; null when unknown, or when stock is not the problem.")
    minimum_quantity: int | None = field("Minimum quantity; null when there is none.")
    maximum_quantity: int | None = field("Maximum quantity; null when there is none.")


@dsl.object_type()
class AddressBlocker(CheckoutBlocker):
    """An address is missing, incomplete or outside the served countries."""

    kind: AddressKind = field("Whether the billing or the shipping address blocks the order.")
    missing_fields: list[str] = field(
        "Missing fields of AddressInput; empty when the whole address or its country is the problem."
    )


@dsl.object_type()
class ShippingOptionBlocker(CheckoutBlocker):
    """The shipping option is missing or no longer offered."""

    available_options: list[ShippingOption] = field(
        "Options to choose from; empty until a shipping address is set.", ListSize(assumed_size=6)
    )


@dsl.object_type()
class TaxIdentifierBlocker(CheckoutBlocker):
    """A tax identifier is missing or malformed."""

    requirements: list[TaxIdentifierRequirement] = field("Sets of tax identifiers, one of which must be sent.")


@dsl.object_type()
class PaymentSessionBlocker(CheckoutBlocker):
    """The payment session, or the source attached to it, does not let the order be placed."""

    state: PaymentSessionState | None = field("State of the payment session; null when there is no session.")
    amount_remaining: Money | None = field("Amount still to be covered; null when there is no session.")
    missing: list[PaymentRequirement] = field(
        "What is missing before the order can be submitted; empty when nothing is."
    )
    next_action: PaymentNextAction | None = field("Next step of the payment; null when no action can help.")


@dsl.object_type()
class StoreCreditBlocker(CheckoutBlocker):
    """The cart cannot be paid with the store credit attached to it."""

    obstacles: list[StoreCreditObstacle] = field("Why the cart cannot use store credit.")


@dsl.object_type()
class TermsOfSaleBlocker(CheckoutBlocker):
    """The terms of sale are not accepted."""


@dsl.object_type()
class PurchaseChangedBlocker(CheckoutBlocker):
    """The cart has changed since the shopper agreed to buy it. Only submitOrder returns it."""

    expected_total: Money = field("Total that the client sent to submitOrder.")
    actual_total: Money = field("Total of the cart now.")
    current_revision: CartRevision = field("Revision of the cart now.")


@dsl.object_type()
class SubmissionInProgressBlocker(CheckoutBlocker):
    """Another submission of the cart is in progress."""

    attempt: SubmissionAttempt = field("Submission in progress.")


@dsl.object_type()
class CheckUnavailableBlocker(CheckoutBlocker):
    """A rule could not be checked because Digital River did not answer."""

    retry_after: datetime = field("Earliest time for another check.")
