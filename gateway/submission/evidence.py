"""Evidence from Digital River about an attempt whose answer was lost or unclear.

The order was placed if Digital River has the order in a state that is not in `UNDECIDED`, or if Digital River has
replaced the locked cart. The order was not placed if after the quiet time the cart is still open, unpaid and without an
order, or if the charge was declined. If the evidence proves no outcome, the order stays in doubt.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from gateway.elapsed_time import elapsed_s
from gateway.enums import OrderState, PaymentSessionState
from gateway.errors import UpstreamRefusal
from gateway.operation.context import Context, Operation
from gateway.orders.attempts import AttemptRecord
from gateway.orders.outcomes import Result
from gateway.payments.payment_session import payment_session
from gateway.submission.attempt import Attempt
from gateway.submission.results import UNREADABLE, declined_with, placed, placed_unread, redirect
from gateway.upstream.cart import Cart
from gateway.upstream.order import Order
from gateway.upstream.payment import CartPaymentSession

FORBIDDEN = 403

State = PaymentSessionState

UNDECIDED = frozenset({OrderState.OPEN, OrderState.SOURCE_PENDING_REDIRECT, OrderState.CANCELLED, OrderState.UNKNOWN})
"""Order states that do not prove that the order was placed, as long as the cart may still be open."""

NOT_PLACED = frozenset({OrderState.SOURCE_PENDING_REDIRECT, OrderState.CANCELLED})
"""Order states in which no order was placed, even if Digital River has replaced the cart."""

UNTOUCHED = frozenset({State.REQUIRES_CONFIRMATION, State.REQUIRES_SOURCE})
"""Payment session states of a cart that was not submitted, or that was opened again after a decline."""

SUBMITTED = frozenset({State.PENDING_REDIRECT, State.CHARGEABLE, State.PENDING_FUNDS, State.PENDING, State.COMPLETE})
"""Payment session states that a cart has only after it was submitted."""

ORDERED = SUBMITTED - {State.PENDING_REDIRECT, State.CHARGEABLE}
"""Payment session states that a cart has only after its order was placed."""


@dataclass(frozen=True)
class Evidence:
    """The cart and the order, read from Digital River after the attempt was sent."""

    cart: Cart
    order: Order | None
    """The order whose id is the id of the cart; None if the shopper's token finds no such order."""
    is_same_cart: bool
    """Whether `cart` is still the submitted cart. When an order is placed, Digital River replaces the cart with an
    empty cart."""
    was_taken: bool
    """Whether the submission took the cart: while the attempt held the lock, Digital River has replaced the submitted
    cart with an empty one."""

    @property
    def payment_session(self) -> CartPaymentSession | None:
        """The payment session of the submitted cart; None if it is unknown, because another cart is active and the
        order cannot be read."""
        if self.is_same_cart:
            return self.cart.payment_session
        return self.order.payment_session if self.order is not None else None

    @property
    def proves_order(self) -> bool:
        """Whether the order was placed. Unless the cart or its payment session proves that there is an order, the state
        of the order has to prove it."""
        payment, order = self.payment_session, self.order
        proves_any_order = self.was_taken or (payment is not None and payment.state in ORDERED)
        if order is None:
            return proves_any_order
        return order.state not in (NOT_PLACED if proves_any_order else UNDECIDED)

    @property
    def is_approved(self) -> bool:
        """Whether the shopper has approved the payment, and the order waits for resume-cart."""
        return self.payment_session is not None and self.payment_session.state is State.CHARGEABLE

    @property
    def may_be_approved(self) -> bool:
        """Whether the shopper has approved the payment, as far as is known. If another cart is active and the order
        cannot be read, only resume-cart shows it, which Digital River refuses before the approval."""
        return self.is_approved or (self.payment_session is None and not self.is_same_cart)


EVIDENCE_S = 1.5
"""Least time for reading what a refusal leaves open, in seconds, also after the deadline of the operation. Its request
waits that long for the outcome, see `OUTCOME_S`."""


async def was_submitted(attempt: Attempt) -> bool | None:
    """Whether the cart of the attempt was submitted, although Digital River refused this request to submit it.

    None if the cart cannot be read now.
    """
    attempt.ctx.forget_cart()
    try:
        with _time_for_calls(attempt.ctx.operation, EVIDENCE_S):
            cart = await attempt.ctx.cart()
    except UNREADABLE:
        return None
    payment = cart.payment_session
    return cart.order_id != attempt.record.order_id or (payment is not None and payment.state in SUBMITTED)


@contextmanager
def _time_for_calls(operation: Operation, least_s: float) -> Iterator[None]:
    """Let the calls of a mutation take this time at least, even if its deadline is nearer or has passed."""
    before = operation.deadline_at, operation.upstream
    operation.deadline_at = max(operation.deadline_at, elapsed_s() + least_s)
    operation.upstream = operation.upstream.until(operation.deadline_at)
    try:
        yield
    finally:
        operation.deadline_at, operation.upstream = before


async def read_evidence(attempt: Attempt) -> Evidence | None:
    """Read the cart and the order from Digital River. Return None if one of them cannot be read now."""
    ctx, record = attempt.ctx, attempt.record
    try:
        cart = await ctx.cart()
        order = await _order(ctx, record.order_id) if record.order_id is not None else None
    except UNREADABLE:
        return None
    return Evidence(
        cart,
        order,
        is_same_cart=record.submitted(cart),
        was_taken=_was_taken(cart, attempt),
    )


def _was_taken(cart: Cart, attempt: Attempt) -> bool:
    record = attempt.record
    if record.waits_for_shopper or record.lost_cart or not attempt.is_of_owner:
        # No request that could take the cart was sent, or the cart was replaced before, or it is another owner's cart.
        return False
    # The new cart is empty, because the lock allows no other change.
    return replaces(cart, record) and cart.is_empty and not cart.lacks_lines


async def _order(ctx: Context, order_id: str) -> Order | None:
    """The order; None as well if Digital River never shows it to this shopper. Then the cart alone is the evidence."""
    try:
        return await ctx.order(order_id)
    except UpstreamRefusal as refusal:
        if refusal.status == FORBIDDEN:
            return None
        raise


def replaces(cart: Cart, record: AttemptRecord) -> bool:
    """Whether the cart is certainly another cart than the submitted one. A missing id proves nothing."""
    if cart.order_id is not None and record.order_id is not None:
        return cart.order_id != record.order_id
    payment = cart.payment_session
    return payment is not None and record.payment_session_id not in (None, payment.id)


def result_shown_by(evidence: Evidence, attempt: Attempt) -> Result | None:
    """Outcome that the evidence proves; None if it proves no outcome."""
    order, payment = evidence.order, evidence.payment_session
    if evidence.proves_order:
        attempt.evidence = "order" if order else "cart"
        awaits_payment = payment is not None and payment.state is State.PENDING_FUNDS
        return placed(order, awaits_payment=awaits_payment) if order else placed_unread(attempt, awaits_payment)
    was_cancelled = order is not None and order.state is OrderState.CANCELLED
    if payment is None and not was_cancelled:
        return None
    if payment and payment.state in (State.PENDING_REDIRECT, State.CHARGEABLE) and payment.redirect_url:
        attempt.evidence = "payment session"
        return redirect(payment.redirect_url, order)
    # A cancelled order may belong to an earlier attempt, because a cart that is opened again keeps its id.
    is_of_this = attempt.record.waits_for_shopper or payment is None or payment.state not in UNTOUCHED
    if (was_cancelled and is_of_this) or (payment and payment.state in (State.FAILED, State.CANCELLED)):
        attempt.evidence = "payment session"
        return declined_with(attempt, None, payment_session(evidence.cart, attempt.session))
    return None


async def quiet_time_is_over(attempt: Attempt) -> bool:
    """Whether the quiet time is over. After the quiet time, the sent request can no longer arrive at Digital River."""
    quiet_from = attempt.record.quiet_from
    quiet = timedelta(seconds=attempt.ctx.settings.doubt_quiet_s)
    return quiet_from is not None and await attempt.ctx.services.now.has_passed(quiet, since=quiet_from)


def proves_absence(evidence: Evidence) -> bool:
    """Whether the cart is still open, unpaid and without an order.

    After the quiet time, this proves that no order was placed.
    """
    payment, order = evidence.payment_session, evidence.order
    has_order = order is not None and order.state not in (OrderState.OPEN, OrderState.CANCELLED)
    is_open = evidence.is_same_cart and payment is not None and payment.state in UNTOUCHED
    return is_open and not has_order


def proves_lost_resumption(evidence: Evidence) -> bool:
    """Whether the order still waits for resume-cart, and the shopper has approved the payment as far as is known.

    After the quiet time, this proves that Digital River did not receive resume-cart.
    """
    order, payment = evidence.order, evidence.payment_session
    return (
        (evidence.is_approved or payment is None)
        and order is not None
        and order.state is OrderState.SOURCE_PENDING_REDIRECT
    )
