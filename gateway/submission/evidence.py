"""What an attempt becomes: by the answer that came, or by what stands upstream when none can be trusted.

Nothing is invented here. An order is told where one is found, its absence only after the quiet time, and
everything else is a doubt.
"""

import logging
from datetime import timedelta

from gateway.enums import OrderState, PaymentSessionState
from gateway.errors import SessionRequired, StoreUnavailable, UpstreamError, UpstreamRefusal
from gateway.operation.context import Context
from gateway.orders.attempts import LONGEST_PAUSE, SHORTEST_PAUSE, Record
from gateway.orders.decline_advice import decline
from gateway.orders.outcomes import (
    OrderActionRequired,
    OrderAwaitingPayment,
    OrderDeclined,
    OrderInDoubt,
    OrderNotPlaced,
    OrderPlaced,
    Result,
)
from gateway.payments.payment_session import PaymentSession, RedirectShopperAction, facts_of, payment_session
from gateway.refusals.decline_codes import reason_of
from gateway.sessions.sessions import Session
from gateway.upstream.cart import Cart
from gateway.upstream.order import Order, SubmittedCart

log = logging.getLogger(__name__)

State = PaymentSessionState

UNDECIDED = frozenset({OrderState.OPEN, OrderState.SOURCE_PENDING_REDIRECT, OrderState.CANCELLED, OrderState.UNKNOWN})
"""States of an order that do not prove that it stands."""

UNTOUCHED = frozenset({State.REQUIRES_CONFIRMATION, State.REQUIRES_SOURCE})
"""States of the payment session of a cart that is still open, or open again after a decline."""

UNREADABLE = (UpstreamError, SessionRequired, StoreUnavailable)
"""Why something cannot be read just now, or no more: the session may end while an order is on its way."""


def answered(ctx: Context, record: Record, answer: SubmittedCart) -> Result:
    """The outcome of a 2xx, by the state of session and order."""
    wire, order = answer.payment_session, answer.order
    if answer.refusals:
        return doubt(ctx, record)
    state = wire.state if wire else None
    if state is State.PENDING_REDIRECT or (order and order.state is OrderState.SOURCE_PENDING_REDIRECT):
        url = wire.redirect_url if wire else None
        return _redirect(url, order) if url else doubt(ctx, record)
    if order is None:
        return doubt(ctx, record)
    return _standing(order, is_pending=state is State.PENDING_FUNDS)


async def evidence(ctx: Context, session: Session, record: Record) -> Result | None:
    """What stands upstream after an attempt that was sent; None when nothing proves anything."""
    try:
        cart = await ctx.cart()
        order = await _order(ctx, record)
    except UNREADABLE:
        return None
    wire = cart.payment_session if _is_same_cart(cart, record) else None
    if order is not None and order.state not in UNDECIDED:
        log.info("doubt settled", extra={"evidence": "order", "key": str(record.key)})
        return _standing(order)
    was_cancelled = order is not None and order.state is OrderState.CANCELLED
    if wire is None and not was_cancelled:
        return None
    if wire and wire.state in (State.PENDING_REDIRECT, State.CHARGEABLE) and wire.redirect_url:
        return _redirect(wire.redirect_url, order)
    # A cart that was opened again keeps its id: the cancelled order may be that of an earlier press.
    is_of_this = record.waits_for_shopper or wire is None or wire.state not in UNTOUCHED
    if (was_cancelled and is_of_this) or (wire and wire.state in (State.FAILED, State.CANCELLED)):
        log.info("doubt settled", extra={"evidence": "payment session", "key": str(record.key)})
        refusal = UpstreamRefusal(409, "cancelled")
        return declined(ctx, session, refusal, payment_session(cart, facts_of(session)))
    return None


async def is_to_be_resumed(ctx: Context, record: Record) -> bool:
    """Whether the shopper has approved, and the resumption was lost on its way: long enough ago to be sure."""
    try:
        if not await _is_quiet(ctx, record):
            return False
        cart = await ctx.cart()
        order = await _order(ctx, record)
    except UNREADABLE:
        return False
    wire = cart.payment_session
    is_approved = wire is not None and wire.state is State.CHARGEABLE and _is_same_cart(cart, record)
    return is_approved and order is not None and order.state is OrderState.SOURCE_PENDING_REDIRECT


def waiting() -> Result:
    """For an order that waits to be resumed; the page is behind it."""
    return _redirect("", None)


async def is_absent(ctx: Context, record: Record) -> bool:
    """Whether the absence of an order may be believed: long enough ago, same cart, payment untouched."""
    try:
        if not await _is_quiet(ctx, record):
            return False
        cart = await ctx.cart()
        order = await _order(ctx, record)
    except UNREADABLE:
        return False
    wire = cart.payment_session
    stands = order is not None and order.state not in (OrderState.OPEN, OrderState.CANCELLED)
    return wire is not None and wire.state in UNTOUCHED and _is_same_cart(cart, record) and not stands


async def _is_quiet(ctx: Context, record: Record) -> bool:
    """Whether what was sent must have arrived by now, if it ever will."""
    quiet = timedelta(seconds=ctx.settings.doubt_quiet_s)
    return record.quiet_from is not None and await ctx.services.store.now() - record.quiet_from >= quiet


async def _order(ctx: Context, record: Record) -> Order | None:
    """The order under the cart's own identifier, which is where a guest's order is found."""
    return await ctx.order(record.cart_id) if record.cart_id is not None else None


def _is_same_cart(cart: Cart, record: Record) -> bool:
    """Whether this is the cart that was sent, and not the empty one that takes the place of an order."""
    wire = cart.payment_session
    return cart.order_id == record.cart_id and (wire.id if wire else None) == record.payment_session_id


async def session_of_payment(ctx: Context, session: Session) -> PaymentSession | None:
    """The payment session as it is now; None where it cannot be read."""
    try:
        return payment_session(await ctx.cart(), facts_of(session))
    except UNREADABLE:
        return None


def _standing(order: Order, *, is_pending: bool = False) -> Result:
    waits = order.state in (OrderState.SOURCE_PENDING_FUNDS, OrderState.PENDING_PAYMENT)
    if waits or is_pending:
        return OrderAwaitingPayment(
            message="The order stands and waits for the shopper's money.",
            order=order,
            instructions=order.payment_instructions,
        )
    return OrderPlaced(message="The order is placed.", order=order)


def _redirect(url: str, order: Order | None) -> Result:
    return OrderActionRequired(
        message="The shopper has to approve the payment on another page; then call resumeOrder.",
        action=RedirectShopperAction(redirect_url=url, resume_with="Mutation.resumeOrder"),
        pending_order=order,
    )


def doubt(ctx: Context, record: Record | None) -> Result:
    now = ctx.services.now()
    age = now - record.sent_at if record and record.sent_at else timedelta(0)
    return OrderInDoubt(
        message="The order was sent and no trustworthy answer came back. Do not submit with another key; read "
        "orderSubmission.",
        check_after=now + min(max(age / 2, SHORTEST_PAUSE), LONGEST_PAUSE),
    )


def declined(ctx: Context, session: Session, refusal: UpstreamRefusal, payment: PaymentSession | None) -> Result:
    told = decline(
        refusal,
        reason_of(refusal) or "",
        locale=session.locale,
        support_reference=ctx.caller.request_id,
        now=ctx.services.now(),
    )
    return OrderDeclined(
        message="The payment was declined. No order stands; attach a source and submit with a new key.",
        decline=told,
        payment_session=payment,
    )


def not_placed(ctx: Context, message: str, payment: PaymentSession | None = None) -> Result:
    return OrderNotPlaced(message=message, support_reference=ctx.caller.request_id, payment_session=payment)
