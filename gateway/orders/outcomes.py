"""Outcomes of a submission, and the blockers that prevent a cart from becoming an order.

Outcomes are shown in the graph, and stored after `without_secrets` has removed their secrets. For a repeated submit
request, the secrets are read again from Digital River.
"""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from msgspec.structs import replace

from gateway.amounts.money import Money
from gateway.enums import (
    AddressKind,
    CheckoutBlockerCode,
    CheckoutStepKind,
    DeclineAdvice,
    DeclineSeverity,
    PaymentSessionState,
    StoreCreditObstacle,
    SubmissionStatus,
)
from gateway.payments.payment_session import (
    AuthenticateSourceAction,
    NextAction,
    PaymentRequirement,
    PaymentSession,
    RedirectShopperAction,
)
from gateway.shopper_messages.message import ShopperMessage, quantity_message, shopper_message
from gateway.upstream.cart import ShippingOption
from gateway.upstream.decoding import Shape
from gateway.upstream.lines import CartLine
from gateway.upstream.order import Order
from gateway.upstream.payment import DelayedPaymentInstructions
from gateway.upstream.tax import TaxIdentifierRequirement

State = PaymentSessionState

NEXT_STEPS = {
    **dict.fromkeys((State.REQUIRES_SOURCE, State.FAILED, State.CANCELLED), "collect"),
    **dict.fromkeys((State.PENDING_REDIRECT, State.REQUIRES_ACTION), "approve"),
    **dict.fromkeys((State.CHARGEABLE, State.PENDING_FUNDS, State.PENDING, State.COMPLETE), "wait"),
}
"""Variants of the message for shoppers about a payment session that is not ready, by its state."""


class CheckoutBlocker(Shape, frozen=True, tag=True, kw_only=True):
    """A problem that prevents an order. `resolved_by` names fields of the graph, such as `Mutation.attachSource`."""

    code: CheckoutBlockerCode
    message: str
    step: CheckoutStepKind
    resolved_by: tuple[str, ...]

    @property
    def shopper_message(self) -> ShopperMessage | None:
        return shopper_message(self.code)

    @property
    def address_kind(self) -> AddressKind | None:
        return None

    @property
    def line_id(self) -> str | None:
        return None


class EmptyCartBlocker(CheckoutBlocker, frozen=True, tag=True, kw_only=True): ...


class LineBlocker(CheckoutBlocker, frozen=True, tag=True, kw_only=True):
    line: CartLine
    available_quantity: int | None = None
    minimum_quantity: int | None = None
    maximum_quantity: int | None = None

    @property
    def shopper_message(self) -> ShopperMessage | None:
        return quantity_message(
            self.code,
            available=self.available_quantity,
            minimum=self.minimum_quantity,
            maximum=self.maximum_quantity,
            product=self.line.product.name or self.line.product.upstream_id,
        )

    @property
    def line_id(self) -> str:
        return self.line.id


class AddressBlocker(CheckoutBlocker, frozen=True, tag=True, kw_only=True):
    kind: AddressKind
    missing_fields: tuple[str, ...] = ()

    @property
    def shopper_message(self) -> ShopperMessage | None:
        return shopper_message(self.code, self.kind.name.lower())

    @property
    def address_kind(self) -> AddressKind:
        return self.kind


class ShippingOptionBlocker(CheckoutBlocker, frozen=True, tag=True, kw_only=True):
    available_options: list[ShippingOption]


class TaxIdentifierBlocker(CheckoutBlocker, frozen=True, tag=True, kw_only=True):
    requirements: list[TaxIdentifierRequirement]


class PaymentSessionBlocker(CheckoutBlocker, frozen=True, tag=True, kw_only=True):
    state: PaymentSessionState | None = None
    amount_remaining: Money | None = None
    missing: list[PaymentRequirement] = []
    next_action: NextAction | None = None

    @property
    def shopper_message(self) -> ShopperMessage | None:
        if self.code is CheckoutBlockerCode.PAYMENT_SESSION_NOT_READY:
            return shopper_message(self.code, NEXT_STEPS.get(self.state, "") if self.state else "")
        return shopper_message(self.code)


class StoreCreditBlocker(CheckoutBlocker, frozen=True, tag=True, kw_only=True):
    obstacles: list[StoreCreditObstacle]


class TermsOfSaleBlocker(CheckoutBlocker, frozen=True, tag=True, kw_only=True): ...


class PurchaseChangedBlocker(CheckoutBlocker, frozen=True, tag=True, kw_only=True):
    expected_total: Money
    actual_total: Money
    current_revision: str

    @property
    def shopper_message(self) -> ShopperMessage | None:
        if self.code is CheckoutBlockerCode.TOTAL_CHANGED:
            return shopper_message(self.code, total=self.actual_total)
        return shopper_message(self.code)


class SubmissionInProgressBlocker(CheckoutBlocker, frozen=True, tag=True, kw_only=True):
    attempt: "SubmissionAttempt"


class AlreadyBoughtBlocker(CheckoutBlocker, frozen=True, tag=True, kw_only=True):
    attempt: "SubmissionAttempt"


class CheckUnavailableBlocker(CheckoutBlocker, frozen=True, tag=True, kw_only=True):
    retry_after: datetime


Blocker = (
    EmptyCartBlocker
    | LineBlocker
    | AddressBlocker
    | ShippingOptionBlocker
    | TaxIdentifierBlocker
    | PaymentSessionBlocker
    | StoreCreditBlocker
    | TermsOfSaleBlocker
    | PurchaseChangedBlocker
    | SubmissionInProgressBlocker
    | AlreadyBoughtBlocker
    | CheckUnavailableBlocker
)


class PaymentDecline(Shape, frozen=True, kw_only=True):
    severity: DeclineSeverity
    advice: DeclineAdvice
    support_reference: str
    retry_after: datetime | None = None

    @property
    def shopper_message(self) -> ShopperMessage | None:
        return shopper_message(self.advice)


class SubmitOrderResult(Shape, frozen=True, tag=True, kw_only=True):
    status: ClassVar[SubmissionStatus]
    message: str

    @property
    def shopper_message(self) -> ShopperMessage | None:
        return shopper_message(self.status)


class OrderPlaced(SubmitOrderResult, frozen=True, tag=True, kw_only=True):
    status = SubmissionStatus.PLACED
    order: Order


class PlacedWithoutNumber(SubmitOrderResult, frozen=True, tag=True, kw_only=True):
    """The order is placed, but its number is unknown. The graph shows only the status."""

    status = SubmissionStatus.PLACED


class OrderAwaitingPayment(SubmitOrderResult, frozen=True, tag=True, kw_only=True):
    status = SubmissionStatus.AWAITING_PAYMENT
    order: Order
    instructions: DelayedPaymentInstructions | None = None


class OrderActionRequired(SubmitOrderResult, frozen=True, tag=True, kw_only=True):
    status = SubmissionStatus.ACTION_REQUIRED
    action: RedirectShopperAction | AuthenticateSourceAction
    pending_order: Order | None = None
    is_of_order: bool = False
    """Whether Digital River has already created an order, which waits for the shopper's action."""

    @property
    def is_redirect(self) -> bool:
        return isinstance(self.action, RedirectShopperAction)


class OrderDeclined(SubmitOrderResult, frozen=True, tag=True, kw_only=True):
    status = SubmissionStatus.DECLINED
    decline: PaymentDecline
    payment_session: PaymentSession | None = None

    @property
    def shopper_message(self) -> ShopperMessage | None:
        return self.decline.shopper_message


class OrderBlocked(SubmitOrderResult, frozen=True, tag=True, kw_only=True):
    status = SubmissionStatus.BLOCKED
    blockers: list[Blocker]

    @property
    def shopper_message(self) -> ShopperMessage | None:
        # The shopper must not be asked to order again.
        others = (SubmissionInProgressBlocker, AlreadyBoughtBlocker)
        other = next((blocker for blocker in self.blockers if isinstance(blocker, others)), None)
        return other.shopper_message if other is not None else shopper_message(self.status)


class OrderNotPlaced(SubmitOrderResult, frozen=True, tag=True, kw_only=True):
    status = SubmissionStatus.NOT_PLACED
    support_reference: str
    payment_session: PaymentSession | None = None


class OrderInDoubt(SubmitOrderResult, frozen=True, tag=True, kw_only=True):
    status = SubmissionStatus.IN_DOUBT
    check_after: datetime


Result = (
    OrderPlaced
    | PlacedWithoutNumber
    | OrderAwaitingPayment
    | OrderActionRequired
    | OrderDeclined
    | OrderBlocked
    | OrderNotPlaced
    | OrderInDoubt
)


def order_number(result: Result | None) -> str | None:
    """Number of the order of a result; None if there is none, or if it is unknown."""
    match result:
        case OrderPlaced() | OrderAwaitingPayment():
            return result.order.number
        case OrderActionRequired(pending_order=order) if order is not None:
            return order.number
        case _:
            return None


class SubmissionAttempt(Shape, frozen=True, kw_only=True):
    idempotency_key: UUID
    status: SubmissionStatus
    was_sent_upstream: bool
    started_at: datetime
    updated_at: datetime
    message: str = ""
    """Empty only in records of earlier versions of the gateway."""
    is_replay: bool = False
    result: Result | None = None

    @property
    def shopper_message(self) -> ShopperMessage | None:
        if self.result is not None:
            return self.result.shopper_message
        is_under_way = self.status is SubmissionStatus.IN_PROGRESS
        return shopper_message(CheckoutBlockerCode.SUBMISSION_IN_PROGRESS if is_under_way else self.status)


UNDER_WAY = (
    SubmissionStatus.IN_PROGRESS,
    "The gateway is processing the submission. Read `orderSubmission` again in a second. Do not submit with another "
    "key.",
)
"""Status and message of a submission without an outcome."""

APPROVED = (
    SubmissionStatus.IN_PROGRESS,
    "The shopper has approved the payment, and the gateway is about to finish the order. Call `resumeOrder`, which "
    "returns the outcome, or read `orderSubmission` again in a second.",
)
"""Status and message of a submission that only waits for resume-cart."""


HIDDEN = ""
"""Replaces a secret in a stored outcome."""


def without_secrets(result: Result) -> Result:
    """The result without addresses, URLs, payment instructions and secrets of a source, so that it may be stored."""
    match result:
        case OrderPlaced():
            return replace(result, order=result.order.summary())
        case OrderAwaitingPayment():
            return replace(result, order=result.order.summary(), instructions=None)
        case OrderActionRequired(action=RedirectShopperAction() as action):
            hidden = replace(action, redirect_url=HIDDEN)
            pending = result.pending_order.summary() if result.pending_order else None
            return replace(result, action=hidden, pending_order=pending)
        case OrderActionRequired(action=AuthenticateSourceAction() as action):
            return replace(result, action=replace(action, source_client_secret=None))
        case OrderDeclined() | OrderNotPlaced():
            return replace(result, payment_session=None)
        case OrderBlocked():
            return replace(result, blockers=[_without_secrets(blocker) for blocker in result.blockers])
        case _:
            return result


def _without_secrets(blocker: Blocker) -> Blocker:
    match blocker:
        case PaymentSessionBlocker():
            return replace(blocker, next_action=None)
        case LineBlocker():
            # Custom attributes are texts of the shopper, such as an engraving.
            return replace(blocker, line=replace(blocker.line, wire_attributes=None))
        case AlreadyBoughtBlocker(attempt=SubmissionAttempt(result=OrderPlaced() | OrderAwaitingPayment() as bought)):
            return replace(blocker, attempt=replace(blocker.attempt, result=without_secrets(bought)))
        case _:
            return blocker
