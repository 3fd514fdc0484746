"""Fulfilment of paid orders. An order is picked one hour after its payment, and shipped two days after its payment."""

from datetime import datetime, timedelta
from functools import partial

from sandbox.model.cart import Cart
from sandbox.model.order import Order
from sandbox.model.shopper import Shopper
from sandbox.model.world import World

PICKED_AFTER = timedelta(hours=1)
SHIPPED_AFTER = timedelta(days=2)


def submit_paid_cart(world: World, shopper: Shopper, cart: Cart, at: datetime) -> Order:
    """Create the order of a paid cart, without a checkout. Used for renewals and for `POST /_sandbox/orders`."""
    order = Order(cart, "Submitted", submitted_at=at)
    order.session_state = "complete"
    shopper.orders[order.id] = order
    start(world, order)
    return order


def start(world: World, order: Order) -> None:
    """Schedule the picking and shipping of a paid order. Does nothing for an unpaid order."""
    paid_at = order.paid_at or order.submitted_at
    if paid_at is not None:
        world.schedule.add(paid_at + PICKED_AFTER, partial(_pick, order))
        world.schedule.add(paid_at + SHIPPED_AFTER, partial(_ship, order))


def set_state(world: World, order: Order, state: str) -> None:
    """Set the state of an order. Every state except `Source Pending …` also marks the order as submitted and paid."""
    order.state = state
    if order.submitted_at is None and not state.startswith("Source Pending"):
        order.submitted_at, order.session_state = world.now(), "complete"
    start(world, order)


def _pick(order: Order) -> None:
    if order.state == "Submitted":
        order.state = "In Process"


def _ship(order: Order) -> None:
    if order.state in ("Submitted", "In Process"):
        order.state = "Complete"
