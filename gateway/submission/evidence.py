"""Evidence from Digital River about an attempt whose answer was lost or unclear.

The order was placed if Digital River has the order in a state that is not in `UNDECIDED`. The order was not placed if
after the quiet time the cart is still open, unpaid and without an order, or if the charge was declined. If the evidence
proves no outcome, the order stays in doubt.
"""

import logging
from dataclasses import dataclass
from datetime import timedelta

from gateway.enums import OrderState, PaymentSessionState
from gateway.orders.attempts import AttemptRecord
from gateway.orders.outcomes import Result
from gateway.payments.payment_session import payment_session
from gateway.submission.attempt import Attempt
from gateway.submission.results import UNREADABLE, declined_with, placed, redirect
from gateway.upstream.cart import Cart
from gateway.upstream.order import Order
from gateway.upstream.payment import CartPaymentSession

log = logging.getLogger(__name__)

State = PaymentSessionState

UNDECIDED = frozenset({OrderState.OPEN, OrderState.SOURCE_PENDING_REDIRECT, OrderState.CANCELLED, OrderState.UNKNOWN})
"""Order states that do not prove that the order was placed."""

UNTOUCHED = frozenset({State.REQUIRES_CONFIRMATION, State.REQUIRES_SOURCE})
"""Payment session states of a cart that was not submitted, or that was opened again after a decline."""


SUBMITTED = frozenset({State.PENDING_REDIRECT, State.CHARGEABLE, State.PENDING_FUNDS, State.PENDING, State.COMPLETE})
"""Payment session states that a cart has only after it was submitted."""


@dataclass(frozen=True)
class Evidence:
    """The cart and the order, read from Digital River after the attempt was sent."""

    cart: Cart
    order: Order | None
    """The order whose id is the id of the cart; None if Digital River has no such order."""
    is_same_cart: bool
    """Whether `cart` is still the submitted cart. When an order is placed, Digital River replaces the cart with an
    empty cart."""

    @property
    def payment_session(self) -> CartPaymentSession | None:
        """The payment session of the submitted cart; None if `cart` is another cart."""
        return self.cart.payment_session if self.is_same_cart else None

    def shows_submission(self, record: AttemptRecord) -> bool:
        """Whether the cart of the attempt was submitted, although Digital River refused this request to submit it."""
        payment = self.cart.payment_session
        return self.cart.order_id != record.order_id or (payment is not None and payment.state in SUBMITTED)


async def read_evidence(attempt: Attempt) -> Evidence | None:
    """Read the cart and the order from Digital River. Return None if one of them cannot be read now."""
    ctx, record = attempt.ctx, attempt.record
    try:
        cart = await ctx.cart()
        order = await ctx.order(record.order_id) if record.order_id is not None else None
    except UNREADABLE:
        return None
    return Evidence(cart, order, _is_same_cart(cart, record))


def _is_same_cart(cart: Cart, record: AttemptRecord) -> bool:
    payment = cart.payment_session
    return cart.order_id == record.order_id and (payment.id if payment else None) == record.payment_session_id


def result_shown_by(evidence: Evidence, attempt: Attempt) -> Result | None:
    """Outcome that the evidence proves; None if it proves no outcome."""
    order, payment = evidence.order, evidence.payment_session
    if order is not None and order.state not in UNDECIDED:
        log.info("doubt settled", extra={"evidence": "order", "key": str(attempt.key)})
        return placed(order)
    was_cancelled = order is not None and order.state is OrderState.CANCELLED
    if payment is None and not was_cancelled:
        return None
    if payment and payment.state in (State.PENDING_REDIRECT, State.CHARGEABLE) and payment.redirect_url:
        return redirect(payment.redirect_url, order)
    # A cancelled order may belong to an earlier attempt, because a cart that is opened again keeps its id.
    is_of_this = attempt.record.waits_for_shopper or payment is None or payment.state not in UNTOUCHED
    if (was_cancelled and is_of_this) or (payment and payment.state in (State.FAILED, State.CANCELLED)):
        log.info("doubt settled", extra={"evidence": "payment session", "key": str(attempt.key)})
        memory, locale = attempt.session.record.checkout_memory, attempt.session.locale
        return declined_with(attempt, None, payment_session(evidence.cart, memory, locale))
    return None


async def quiet_time_is_over(attempt: Attempt) -> bool:
    """Whether the quiet time is over. After the quiet time, the sent request can no longer arrive at Digital River."""
    quiet_from = attempt.record.quiet_from
    quiet = timedelta(seconds=attempt.ctx.settings.doubt_quiet_s)
    return quiet_from is not None and await attempt.ctx.services.store.now() - quiet_from >= quiet


def proves_absence(evidence: Evidence) -> bool:
    """Whether the cart is still open, unpaid and without an order.

    After the quiet time, this proves that no order was placed.
    """
    payment, order = evidence.payment_session, evidence.order
    has_order = order is not None and order.state not in (OrderState.OPEN, OrderState.CANCELLED)
    return payment is not None and payment.state in UNTOUCHED and not has_order


def proves_lost_resumption(evidence: Evidence) -> bool:
    """Whether the shopper has approved the payment, but the order still waits for resume-cart.

    After the quiet time, this proves that Digital River did not receive resume-cart.
    """
    payment, order = evidence.payment_session, evidence.order
    is_approved = payment is not None and payment.state is State.CHARGEABLE
    return is_approved and order is not None and order.state is OrderState.SOURCE_PENDING_REDIRECT
