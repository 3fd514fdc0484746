"""Orders past."""

from gateway.context import Context
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
