"""Orders past."""

from gateway.context import Context
from gateway.enums import OrderState
from gateway.payment import RedirectShopperAction
from gateway.submission import read_order
from gateway.upstream.ids import upstream_id
from gateway.upstream.order import Order


async def order(ctx: Context, id: str) -> Order | None:
    """An order that this session placed. One of somebody else is none."""
    session = await ctx.own_session()
    order_id = upstream_id("Order", id)
    if order_id is None or order_id not in session.record.remembered.order_ids:
        return None
    return await read_order(ctx, order_id)


async def required_action(parent: Order, ctx: Context) -> RedirectShopperAction | None:
    """The page on which the shopper still has to approve the payment."""
    session = parent.wire_payment_session
    if parent.state is not OrderState.SOURCE_PENDING_REDIRECT or session is None or not session.redirect_url:
        return None
    return RedirectShopperAction(redirect_url=session.redirect_url, resume_with="Mutation.resumeOrder")
