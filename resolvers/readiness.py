"""Reads the checkout readiness: whether the cart can become an order."""

from gateway.checkout import guard
from gateway.checkout.blockers import in_progress_blocker
from gateway.checkout.guard import CheckoutReadiness
from gateway.checkout.guard_input import read_guard_input, unsettled_until
from gateway.operation.cart_owner import session_of_owner
from gateway.operation.context import Context
from gateway.orders.outcomes import Blocker
from gateway.upstream.cart import Cart


async def readiness(parent: Cart, ctx: Context) -> CheckoutReadiness:
    locked = await _submission(ctx)
    return guard.readiness(await read_guard_input(ctx, parent, unsettled_until=await unsettled_until(ctx)), locked)


async def checkout_readiness(ctx: Context) -> CheckoutReadiness:
    return await readiness(await ctx.cart(), ctx)


async def _submission(ctx: Context) -> list[Blocker]:
    """The blocker of a submission that is in progress or in doubt; none for one that waits for the shopper, which the
    state of the payment session shows."""
    session = await session_of_owner(ctx)
    holder = await ctx.services.submission_lock.holder_for(session.cart_owner)
    return [in_progress_blocker(holder)] if holder is not None and holder.locks_changes else []
