"""Objects by their global ids.

`READERS` maps the name of each type that implements Node to its reader. A reader returns None for an object that does
not exist or belongs to another shopper. It sends the same number of calls to Digital River in both cases, so that a
caller cannot distinguish them.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from gateway.enums import SessionLevel
from gateway.errors import BadUserInput
from gateway.operation.context import Context
from gateway.payments.payment_session import PaymentSession
from gateway.upstream.cart import Cart
from gateway.upstream.catalog import Category, Product
from gateway.upstream.ids import typed_id
from gateway.upstream.lines import CartLine
from gateway.upstream.offers import Offer
from gateway.upstream.order import Order, OrderLine
from gateway.upstream.shopper import PaymentOption, SavedAddress
from resolvers import catalog, contracts, orders, payment_session, shopper

MOST_IDS = 50

SPARE_S = 0.1
"""Seconds between the last moment for an object of a list and the deadline of the operation."""


@dataclass(frozen=True)
class Reader:
    """Reads an object by Digital River's id. A caller whose session level is below `level` gets null instead."""

    read: Callable[[Context, str], Awaitable[object | None]]
    level: SessionLevel = SessionLevel.NONE


async def node(ctx: Context, global_id: str) -> object | None:
    type_name, upstream_id = typed_id(global_id)
    reader = READERS.get(type_name or "")
    if reader is None or upstream_id is None or not await ctx.reaches(reader.level):
        return None
    return await reader.read(ctx, upstream_id)


async def nodes(ctx: Context, ids: Sequence[str]) -> list[object | None]:
    if len(ids) > MOST_IDS:
        raise BadUserInput(f"`ids` may have at most {MOST_IDS} items.")
    # A failure is reported at its own item. An item that is too late fails before the whole field would.
    items = (ctx.in_time(node(ctx, global_id), spare_s=SPARE_S) for global_id in ids)
    return await asyncio.gather(*items, return_exceptions=True)


async def _product(ctx: Context, upstream_id: str) -> Product | None:
    return catalog.displayable(await ctx.products.load(upstream_id))


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
    registered = await shopper.shopper(ctx)
    return registered if registered is not None and registered.upstream_id == upstream_id else None


async def _saved_address(ctx: Context, upstream_id: str) -> SavedAddress | None:
    return next((address for address in await ctx.addresses() if address.upstream_id == upstream_id), None)


async def _payment_option(ctx: Context, upstream_id: str) -> PaymentOption | None:
    return next((option for option in await ctx.payment_options() if option.upstream_id == upstream_id), None)


async def _order(ctx: Context, upstream_id: str) -> Order | None:
    return await orders.readable_order(ctx, upstream_id)


async def _order_line(ctx: Context, upstream_id: str) -> OrderLine | None:
    number, _, line_id = upstream_id.partition("-")
    order = await orders.readable_order(ctx, number)
    return next((line for line in order.lines if line.upstream_id == line_id), None) if order else None


READERS: Mapping[str, Reader] = {
    "Product": Reader(_product),
    "Category": Reader(_category),
    "Offer": Reader(_offer),
    "Cart": Reader(_cart, SessionLevel.ANONYMOUS),
    "CartLine": Reader(_cart_line, SessionLevel.ANONYMOUS),
    "PaymentSession": Reader(_payment_session, SessionLevel.ANONYMOUS),
    "Shopper": Reader(_shopper, SessionLevel.REGISTERED),
    "SavedAddress": Reader(_saved_address, SessionLevel.REGISTERED),
    "PaymentOption": Reader(_payment_option, SessionLevel.REGISTERED),
    "Order": Reader(_order, SessionLevel.ANONYMOUS),
    "OrderLine": Reader(_order_line, SessionLevel.ANONYMOUS),
    "SubscriptionContract": Reader(contracts.own_contract, SessionLevel.REGISTERED),
}
"""The reader of each type that implements Node, by the name of the type."""
