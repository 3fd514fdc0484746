"""Reads the checkout readiness: whether the cart can become an order."""

from gateway.checkout import guard
from gateway.checkout.guard import CheckoutReadiness
from gateway.checkout.guard_input import read_guard_input, unsettled_until
from gateway.operation.context import Context
from gateway.upstream.cart import Cart


async def readiness(parent: Cart, ctx: Context) -> CheckoutReadiness:
    return guard.readiness(await read_guard_input(ctx, parent, unsettled_until=await unsettled_until(ctx)))


async def checkout_readiness(ctx: Context) -> CheckoutReadiness:
    return await readiness(await ctx.cart(), ctx)
