"""Any object by its global id: which type reads it how.

A type is one row of `ROWS`. Its reader answers None for what is not there, which includes what is somebody
else's: both look the same and cost the same.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from gateway.enums import SessionLevel
from gateway.errors import BadUserInput
from gateway.operation.context import Context
from gateway.payments.payment_session import PaymentSession
from gateway.upstream.cart import Cart
from gateway.upstream.catalog import Category, Offer, Product
from gateway.upstream.ids import typed_id
from gateway.upstream.lines import CartLine
from gateway.upstream.order import Order, OrderLine
from gateway.upstream.shopper import PaymentOption, SavedAddress
from resolvers import account, catalog, contracts, orders, payment_session

MOST_IDS = 50


@dataclass(frozen=True)
class Row:
    """How a type is read by its upstream id, and the session level below which there is nothing to read."""

    read: Callable[[Context, str], Awaitable[object | None]]
    level: SessionLevel = SessionLevel.NONE


async def node(ctx: Context, global_id: str) -> object | None:
    type_name, upstream_id = typed_id(global_id)
    row = ROWS.get(type_name or "")
    if row is None or upstream_id is None or not await ctx.reaches(row.level):
        return None
    return await row.read(ctx, upstream_id)


async def nodes(ctx: Context, ids: Sequence[str]) -> list[object | None]:
    if len(ids) > MOST_IDS:
        raise BadUserInput(f"At most {MOST_IDS} ids are read at once.")
    return await asyncio.gather(*(node(ctx, global_id) for global_id in ids))


async def _product(ctx: Context, upstream_id: str) -> Product | None:
    # Several are one call.
    return catalog.shown(await ctx.products.load(upstream_id))


async def _category(ctx: Context, upstream_id: str) -> Category | None:
    return await ctx.catalog.category(upstream_id)


async def _offer(ctx: Context, upstream_id: str) -> Offer | None:
    return await ctx.catalog.offer(upstream_id)


async def _cart(ctx: Context, upstream_id: str) -> Cart | None:
    cart = await ctx.cart()
    return cart if cart.upstream_id == upstream_id else None


async def _cart_line(ctx: Context, upstream_id: str) -> CartLine | None:
    return next((line for line in (await ctx.cart()).lines if line.upstream_id == upstream_id), None)


async def _payment_session(ctx: Context, upstream_id: str) -> PaymentSession | None:
    session = await payment_session.payment_session(ctx)
    return session if session is not None and session.session_id == upstream_id else None


async def _shopper(ctx: Context, upstream_id: str) -> object | None:
    found = await account.shopper(ctx)
    return found if found is not None and found.upstream_id == upstream_id else None


async def _saved_address(ctx: Context, upstream_id: str) -> SavedAddress | None:
    return next((one for one in await ctx.addresses() if one.upstream_id == upstream_id), None)


async def _payment_option(ctx: Context, upstream_id: str) -> PaymentOption | None:
    return next((one for one in await ctx.payment_options() if one.upstream_id == upstream_id), None)


async def _order(ctx: Context, upstream_id: str) -> Order | None:
    return await orders.find(ctx, upstream_id)


async def _order_line(ctx: Context, upstream_id: str) -> OrderLine | None:
    number, _, line_id = upstream_id.partition("-")
    order = await orders.find(ctx, number)
    return next((line for line in order.lines if line.upstream_id == line_id), None) if order else None


ROWS: Mapping[str, Row] = {
    "Product": Row(_product),
    "Category": Row(_category),
    "Offer": Row(_offer),
    "Cart": Row(_cart, SessionLevel.ANONYMOUS),
    "CartLine": Row(_cart_line, SessionLevel.ANONYMOUS),
    "PaymentSession": Row(_payment_session, SessionLevel.ANONYMOUS),
    "Shopper": Row(_shopper, SessionLevel.REGISTERED),
    "SavedAddress": Row(_saved_address, SessionLevel.REGISTERED),
    "PaymentOption": Row(_payment_option, SessionLevel.REGISTERED),
    "Order": Row(_order, SessionLevel.ANONYMOUS),
    "OrderLine": Row(_order_line, SessionLevel.ANONYMOUS),
    "SubscriptionContract": Row(contracts.find, SessionLevel.REGISTERED),
}
"""By the name of the type. Each type that implements Node has one."""
