"""The payment session of the cart."""

from gateway.operation.context import Context
from gateway.payments.payment_session import PaymentSession
from gateway.payments.payment_session import payment_session as payment_session_of
from gateway.upstream.cart import Cart
from resolvers.payloads import Payload


async def payment_session(ctx: Context) -> PaymentSession | None:
    return await cart_payment_session(await ctx.cart(), ctx)


async def cart_payment_session(parent: Cart, ctx: Context) -> PaymentSession | None:
    return payment_session_of(parent, await ctx.own_session())


async def payment_session_after(parent: Payload, ctx: Context) -> PaymentSession | None:
    """The payment session after a change. It is read only if the operation selects `paymentSession` of the payload."""
    return await payment_session(ctx) if await ctx.session() else None
