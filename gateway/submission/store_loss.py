"""Waits after the store has lost records of submissions.

A store that was flushed, was restarted or has evicted keys has lost the records of earlier orders, and so has a gateway
that keeps its records in memory and was restarted. Such an order may still arrive at Digital River, and would buy the
cart as it is then. Until the quiet time is over, registered shoppers, and guests whose session is older than the loss,
neither submit a cart nor change one that could become an order.
"""

import asyncio
from datetime import datetime, timedelta

from gateway.enums import PaymentSessionState, SessionLevel
from gateway.errors import StoreUnavailable
from gateway.operation.context import Context
from gateway.sessions.sessions import Session
from gateway.store.clock import end_of
from gateway.upstream.cart import Cart


async def refuse_submission(ctx: Context, session: Session) -> None:
    """Raise `StoreUnavailable` if an order whose record was lost may still arrive, or if the store may evict keys."""
    _, until = await asyncio.gather(
        ctx.services.store.check(), _may_arrive_until(ctx, session.record.started_at, session.level)
    )
    if until is not None:
        raise _lost(until)


async def refuse_change(ctx: Context, session: Session, *, pays: bool) -> None:
    """Raise `StoreUnavailable` if an order whose record was lost could buy the cart after the change.

    `pays`: whether the change may let the cart become an order, as attaching a source does.
    """
    until = await _may_arrive_until(ctx, session.record.started_at, session.level)
    if until is not None and (pays or _could_become_an_order(await ctx.cart())):
        raise _lost(until)


async def refuse_sign_in(ctx: Context) -> None:
    """Raise `StoreUnavailable` if an order whose record was lost could buy an account's cart after a guest's cart was
    added to it."""
    until = await _may_arrive_until(ctx, ctx.services.now(), SessionLevel.REGISTERED)
    if until is not None:
        raise _lost(until)


async def _may_arrive_until(ctx: Context, started_at: datetime, level: SessionLevel) -> datetime | None:
    """Time until which an order whose record was lost may arrive; None if it is over, or the session began after the
    loss. The account of a registered shopper may have been used in earlier sessions."""
    since, (now, jump) = await asyncio.gather(ctx.services.store.intact_since(), ctx.services.now.read())
    if started_at > since and level is not SessionLevel.REGISTERED:
        return None
    until = end_of(timedelta(seconds=ctx.settings.doubt_quiet_s), since=since, jump=jump)
    return until if now < until else None


def _could_become_an_order(cart: Cart) -> bool:
    session = cart.payment_session
    return session is None or session.state in (PaymentSessionState.REQUIRES_CONFIRMATION, PaymentSessionState.UNKNOWN)


def _lost(until: datetime) -> StoreUnavailable:
    return StoreUnavailable(
        "The gateway or its store was restarted, and an earlier order of this cart may be on its way. Nothing was sent "
        "and nothing was charged. Try again in two minutes, or after `retryAfter`.",
        detail="the store has lost records",
        retry_after=until,
    )
