"""An outcome told again: what the store must not hold is read anew, and left out where that fails."""

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
)
from gateway.payments.payment_session import AuthenticateSourceAction, RedirectShopperAction
from gateway.sessions.sessions import Session
from gateway.submission.evidence import UNREADABLE, session_of_payment
from gateway.upstream.order import Order


async def retold(ctx: Context, session: Session, result: Result) -> Result:
    """A stored outcome with its secrets and its order read again; a summary where that fails."""
    match result:
        case OrderPlaced():
            return replace(result, order=await _fresh(ctx, result.order))
        case OrderAwaitingPayment():
            order = await _fresh(ctx, result.order)
            return replace(result, order=order, instructions=order.payment_instructions)
        case OrderActionRequired(action=RedirectShopperAction()):
            session_now = await session_of_payment(ctx, session)
            action = session_now.next_action if session_now else None
            if not isinstance(action, RedirectShopperAction):
                return OrderInDoubt(
                    message="The order waits for the shopper. Call resumeOrder to finish it.",
                    check_after=ctx.services.now(),
                )
            return replace(result, action=action)
        case OrderActionRequired(action=AuthenticateSourceAction() as action):
            secret = await _source_secret(ctx, action.source_id)
            return replace(result, action=replace(action, source_client_secret=secret))
        case OrderDeclined() | OrderNotPlaced():
            return replace(result, payment_session=await session_of_payment(ctx, session))
        case OrderBlocked():
            return await _with_next_actions(ctx, session, result)
        case _:
            return result


async def _fresh(ctx: Context, order: Order) -> Order:
    try:
        return await ctx.order(order.number) or order
    except UNREADABLE:
        return order


async def _source_secret(ctx: Context, source_id: str) -> str | None:
    try:
        source = (await ctx.cart()).primary_source
    except UNREADABLE:
        return None
    return source.source_client_secret if source and source.source_id == source_id else None


async def _with_next_actions(ctx: Context, session: Session, result: OrderBlocked) -> OrderBlocked:
    if not any(isinstance(blocker, PaymentSessionBlocker) for blocker in result.blockers):
        return result
    now = await session_of_payment(ctx, session)
    return replace(
        result,
        blockers=[
            replace(blocker, next_action=now.next_action)
            if isinstance(blocker, PaymentSessionBlocker) and now and now.state is blocker.state
            else blocker
            for blocker in result.blockers
        ],
    )
