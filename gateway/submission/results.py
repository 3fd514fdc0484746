"""Builds the results of a submission for the graph, from Digital River's answer, an order or an error."""

from datetime import timedelta

from gateway.enums import OrderState, PaymentSessionState
from gateway.errors import SessionRequired, StoreUnavailable, UpstreamError, UpstreamRefusal
from gateway.orders.attempts import LONGEST_PAUSE, SHORTEST_PAUSE
from gateway.orders.decline_advice import decline
from gateway.orders.outcomes import (
    OrderActionRequired,
    OrderAwaitingPayment,
    OrderDeclined,
    OrderInDoubt,
    OrderNotPlaced,
    OrderPlaced,
    PlacedWithoutNumber,
    Result,
)
from gateway.payments.payment_session import (
    AuthenticateSourceAction,
    PaymentSession,
    RedirectShopperAction,
    payment_session,
)
from gateway.submission.attempt import Attempt
from gateway.upstream.cart import Cart
from gateway.upstream.order import Order, SubmittedCart

UNREADABLE = (UpstreamError, SessionRequired, StoreUnavailable)
"""Errors which mean that the cart or the order cannot be read now, for example because the session has ended."""

NOT_PAID = frozenset({PaymentSessionState.FAILED, PaymentSessionState.CANCELLED, PaymentSessionState.REQUIRES_ACTION})
"""Payment session states that contradict a successful answer."""

REFUSED = "Digital River refused the order. No order was placed and nothing was charged. Submit again with a new key."


def answered(attempt: Attempt, answer: SubmittedCart) -> Result:
    """Result of a successful submit-cart or resume-cart.

    The states of the payment session and of the order decide the result.
    """
    payment, order = answer.payment_session, answer.order
    if answer.refusals:
        return in_doubt(attempt)
    state = payment.state if payment else None
    is_redirect = state is PaymentSessionState.PENDING_REDIRECT
    if is_redirect or (order and order.state is OrderState.SOURCE_PENDING_REDIRECT):
        url = payment.redirect_url if payment else None
        return redirect(url, order) if url else in_doubt(attempt)
    if order is None or order.state is OrderState.CANCELLED or state in NOT_PAID:
        return in_doubt(attempt)
    return placed(order, awaits_payment=state is PaymentSessionState.PENDING_FUNDS)


def placed(order: Order, *, awaits_payment: bool = False) -> Result:
    """Result for an order that Digital River has: `OrderAwaitingPayment` if the shopper still has to pay, otherwise
    `OrderPlaced`."""
    if awaits_payment or order.state in (OrderState.SOURCE_PENDING_FUNDS, OrderState.PENDING_PAYMENT):
        return OrderAwaitingPayment(
            message="The order is placed and waits for the shopper's payment.",
            order=order,
            instructions=order.payment_instructions,
        )
    return OrderPlaced(message="The order is placed.", order=order)


def placed_unread(attempt: Attempt, awaits_payment: bool) -> Result:
    """Result for an order that was certainly placed, but that Digital River does not show to the shopper's token."""
    record = attempt.record
    if record.order_id is None:
        return PlacedWithoutNumber(message="The order is placed. Its number is unknown.")
    order = Order(wire_id=record.order_id, pricing=record.pricing)
    if awaits_payment:
        return placed(order, awaits_payment=True)
    return OrderPlaced(message="The order is placed. Its lines and its state cannot be read.", order=order)


def redirect(url: str, order: Order | None) -> Result:
    return OrderActionRequired(
        message="The shopper has to approve the payment on the provider's page. Then call `resumeOrder`.",
        action=RedirectShopperAction(redirect_url=url, resume_with="Mutation.resumeOrder"),
        pending_order=order,
    )


def waiting_to_be_resumed() -> Result:
    """Result for an order that needs resume-cart. It has no URL, because the shopper has already approved the
    payment."""
    return redirect("", None)


def in_doubt(attempt: Attempt) -> Result:
    """Result for an order in doubt. The time until the next check is half of the time since the order was sent, but at
    least `SHORTEST_PAUSE` and at most `LONGEST_PAUSE`."""
    now, sent_at = attempt.now(), attempt.record.sent_at
    age = now - sent_at if sent_at else timedelta(0)
    return OrderInDoubt(
        message="The order was sent and Digital River gave no clear answer. Do not submit with another key. Read "
        "`orderSubmission` until it reports an outcome.",
        check_after=now + min(max(age / 2, SHORTEST_PAUSE), LONGEST_PAUSE),
    )


async def declined(attempt: Attempt, refusal: UpstreamRefusal) -> Result:
    """The result for a declined charge, with the current payment session."""
    return declined_with(attempt, refusal, await payment_session_now(attempt))


def declined_with(attempt: Attempt, refusal: UpstreamRefusal | None, session: PaymentSession | None) -> Result:
    return OrderDeclined(
        message="The payment was declined and no order was placed. Attach a source and submit with a new key.",
        decline=decline(refusal, support_reference=attempt.ctx.caller.request_id, now=attempt.now()),
        payment_session=session,
    )


async def not_placed(attempt: Attempt, message: str) -> Result:
    """Result for an order that was certainly not placed, with the current payment session."""
    return not_placed_with(attempt, message, await payment_session_now(attempt))


def not_placed_with(attempt: Attempt, message: str, session: PaymentSession | None) -> Result:
    reference = attempt.ctx.caller.request_id
    return OrderNotPlaced(message=message, support_reference=reference, payment_session=session)


async def authentication_required(attempt: Attempt, refusal: UpstreamRefusal, cart: Cart, next_step: str) -> Result:
    """Result that asks the shopper to authenticate the cart's source.

    If the cart has no source or no payment session, the result is `OrderDeclined`.
    """
    source, session = cart.primary_source, cart.payment_session
    if source is None or session is None:
        return await declined(attempt, refusal)
    source_id = source.source_id
    await attempt.remember(lambda memory: setattr(memory, "source_to_authenticate", source_id))
    return OrderActionRequired(
        message=f"The shopper has to authenticate the source. Then {next_step}.",
        action=AuthenticateSourceAction(
            session_id=session.id,
            source_id=source_id,
            source_client_secret=source.source_client_secret,
        ),
    )


async def payment_session_now(attempt: Attempt) -> PaymentSession | None:
    """The current payment session; None if it cannot be read now."""
    try:
        return payment_session(await attempt.ctx.cart(), attempt.session)
    except UNREADABLE:
        return None
