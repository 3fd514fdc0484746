"""Completes a stored result for a later request. Secrets are not stored, so they are read again from Digital River."""

from datetime import datetime

from msgspec.structs import replace

from gateway.operation.context import Context
from gateway.orders.outcomes import (
    OrderActionRequired,
    OrderAwaitingPayment,
    OrderBlocked,
    OrderDeclined,
    OrderInDoubt,
    OrderNotPlaced,
    OrderPlaced,
    PaymentSessionBlocker,
    Result,
    without_secrets,
)
from gateway.payments.payment_session import AuthenticateSourceAction, RedirectShopperAction
from gateway.submission.attempt import Attempt
from gateway.submission.results import UNREADABLE, payment_session_now
from gateway.upstream.order import Order


async def rehydrated(attempt: Attempt) -> Result | None:
    """Stored result, completed with the secrets and the current order. Secrets that cannot be read now are left out."""
    ctx, result = attempt.ctx, attempt.record.result
    match result:
        case OrderPlaced():
            return replace(result, order=await _order_now(ctx, result.order))
        case OrderAwaitingPayment():
            order = await _order_now(ctx, result.order)
            return replace(result, order=order, instructions=order.payment_instructions)
        case OrderActionRequired(action=RedirectShopperAction()):
            return await _redirect_now(attempt, result)
        case OrderActionRequired(action=AuthenticateSourceAction() as action):
            secret = await _source_secret(ctx, action.source_id)
            return replace(result, action=replace(action, source_client_secret=secret))
        case OrderDeclined() | OrderNotPlaced():
            return replace(result, payment_session=await payment_session_now(attempt))
        case OrderBlocked():
            return await _with_next_actions(attempt, result)
        case _:
            return result


async def _order_now(ctx: Context, order: Order) -> Order:
    try:
        return await ctx.order(order.number) or order
    except UNREADABLE:
        return order


async def _redirect_now(attempt: Attempt, result: OrderActionRequired) -> Result:
    session = await payment_session_now(attempt)
    action = session.next_action if session else None
    if isinstance(action, RedirectShopperAction):
        return replace(result, action=action)
    return _waits_for_shopper(attempt.now())


def outline(result: Result | None, now: datetime) -> Result | None:
    """The result without secrets and personal data, for a client whose session has ended."""
    if result is None:
        return None
    hidden = without_secrets(result)
    is_redirect = isinstance(hidden, OrderActionRequired) and hidden.is_redirect
    return _waits_for_shopper(now) if is_redirect else hidden


def _waits_for_shopper(now: datetime) -> OrderInDoubt:
    """Result for an order that waits for a redirect whose URL is unknown. `OrderActionRequired` needs the URL."""
    return OrderInDoubt(message="The order waits for the shopper. Call `resumeOrder` to finish it.", check_after=now)


async def _source_secret(ctx: Context, source_id: str) -> str | None:
    try:
        source = (await ctx.cart()).primary_source
    except UNREADABLE:
        return None
    return source.source_client_secret if source and source.source_id == source_id else None


async def _with_next_actions(attempt: Attempt, result: OrderBlocked) -> OrderBlocked:
    if not any(isinstance(blocker, PaymentSessionBlocker) for blocker in result.blockers):
        return result
    session = await payment_session_now(attempt)
    return replace(
        result,
        blockers=[
            replace(blocker, next_action=session.next_action)
            if isinstance(blocker, PaymentSessionBlocker) and session and session.state is blocker.state
            else blocker
            for blocker in result.blockers
        ],
    )
