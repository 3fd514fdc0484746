"""The controls of orders: lists and adds them, and changes their states."""

from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Annotated

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.api.orders import ORDER_STATES
from sandbox.api.requests import no_content, world_of
from sandbox.control.place_orders import place_order
from sandbox.control.request_bodies import read, refused
from sandbox.demo_shop.products import PRODUCTS
from sandbox.model.order import Order
from sandbox.model.world import World
from sandbox.timeline import fulfilment, settlement
from sandbox.wire.money import money


class PlacedOrdersBody(msgspec.Struct, forbid_unknown_fields=True):
    shopper_id: str = msgspec.field(name="shopperId")
    count: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 1
    product_id: int = msgspec.field(name="productId", default=5401230100)
    quantity: Annotated[int, msgspec.Meta(ge=1)] = 1


class OrderStateBody(msgspec.Struct, forbid_unknown_fields=True):
    order_id: int = msgspec.field(name="orderId")
    state: str | None = None
    refunded: Annotated[float, msgspec.Meta(ge=0)] | None = None


class OrderEventBody(msgspec.Struct, forbid_unknown_fields=True):
    order_id: int = msgspec.field(name="orderId")
    event: str
    after_s: Annotated[float, msgspec.Meta(ge=0, le=10**8)] = msgspec.field(name="afterS", default=0)


async def show_orders(request: Request) -> Response:
    """Lists all orders, the newest first, each with the password of its confirmation mail and the
    events that are possible now."""
    rows = [
        {
            "id": order.id,
            "state": order.state,
            "email": order.email,
            "password": order.password,
            "total": money(order.cart.totals().total, order.cart.currency),
            "events": settlement.EVENTS_BY_STATE.get(order.state, ()),
        }
        for order in world_of(request).orders()
    ]
    return JSONResponse(rows)


async def add_orders(request: Request) -> Response:
    """Adds paid orders to a shopper's order list. No checkout is needed."""
    world, body = world_of(request), await read(request, PlacedOrdersBody)
    shopper = next((shopper for shopper in world.shoppers if shopper.id == body.shopper_id), None)
    if shopper is None:
        return refused(f"There is no shopper {body.shopper_id}.")
    product = PRODUCTS.get(body.product_id)
    if product is None or product.is_base:
        return refused(f"There is no product {body.product_id} that can be bought.")
    orders = [place_order(world, shopper, product, body.quantity) for _ in range(body.count)]
    return JSONResponse({"ids": [order.id for order in orders]})


async def set_order_state(request: Request) -> Response:
    """Sets the state of an order, or the amount that was refunded."""
    world, body = world_of(request), await read(request, OrderStateBody)
    order = _order(world, body.order_id)
    if order is None:
        return refused(f"There is no order {body.order_id}.")
    if body.state is not None and body.state not in ORDER_STATES:
        return refused(f"There is no state {body.state}. There are {', '.join(ORDER_STATES)}.")
    if body.state is not None:
        fulfilment.set_state(world, order, body.state)
    if body.refunded is not None:
        order.refunded = Decimal(str(body.refunded))
    return no_content()


async def add_order_event(request: Request) -> Response:
    """Makes an event happen to an order, now or after `afterS` seconds. The event is funds-arrive, funds-lapse,
    charge-settles, charge-fails, review-passes or review-blocks.
    """
    world, body = world_of(request), await read(request, OrderEventBody)
    order, act = _order(world, body.order_id), settlement.ORDER_EVENTS.get(body.event)
    if order is None:
        return refused(f"There is no order {body.order_id}.")
    if act is None:
        return refused(f"There is no event {body.event}. There are {', '.join(settlement.ORDER_EVENTS)}.")
    world.later(timedelta(seconds=body.after_s), partial(act, world, order))
    world.advance()
    return no_content()


def _order(world: World, order_id: int) -> Order | None:
    return next((order for order in world.orders() if order.id == order_id), None)
