"""What becomes of the money, and so of the order: at once, when the clock moves on, or when a control says so."""

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from sandbox.model.cart import REVIEWED_EMAIL
from sandbox.model.order import Order
from sandbox.model.source import FUNDS_ARRIVE_WITHIN, Source
from sandbox.model.source_details import after_approval
from sandbox.timeline import merchant_events, renewals

if TYPE_CHECKING:
    from sandbox.model.world import World  # which lets the time pass

SETTLES_AFTER = timedelta(days=3)
"""A charge that is not there at once."""

REVIEWED_AFTER = timedelta(days=1)

APPROVED_AFTER = timedelta(hours=1)
"""Of a shopper who says "later" on the provider's page."""

REMINDED_AFTER = timedelta(days=20)
"""Of an order that waits for its money."""

# The provider has heard the shopper.


def approve(world: "World", source: Source) -> None:
    if source.state == "pending_redirect" and source.fate.is_approved:
        source.state = "chargeable"
        source.details |= after_approval(source.method)
    elif source.state == "pending_redirect":
        source.state = "failed"
    _tell_order(world, source)


def reject(world: "World", source: Source) -> None:
    if source.state == "pending_redirect":
        source.state = "failed"
    _tell_order(world, source)


def approve_later(world: "World", source: Source) -> None:
    world.later(APPROVED_AFTER, lambda: approve(world, source))


def _tell_order(world: "World", source: Source) -> None:
    """A shopper who approved before the submission comes a second time: the order is still to be told."""
    order = world.order_of_source(source)
    if order is None or order.session_state != "pending_redirect":
        return
    order.session_state = source.state
    if source.state == "failed":
        _reopen(world, order)


def _reopen(world: "World", order: Order) -> None:
    """Nothing was ordered: the same cart is open again, and its source is of no more use."""
    cart = order.cart
    world.return_stock(cart)
    cart.order, cart.has_failed = None, True
    order.state, order.cart = "Cancelled", cart.copy()


# The order was accepted.


def charge(world: "World", order: Order) -> None:
    """The charge was taken. Some money comes days later, and some orders are looked at by people."""
    for source in order.cart.sources:
        source.consume()
    order.submitted_at = world.now()
    primary = order.cart.source
    outcome = primary.fate.charge if primary is not None else "succeeds"
    if order.email == REVIEWED_EMAIL:
        order.state, order.session_state = "In Review", "pending"
        world.later(REVIEWED_AFTER, lambda: pass_review(world, order))
    elif outcome in ("settles", "fails-later", "stays-pending"):
        order.state, order.session_state, order.charge_status = "Charge Pending", "pending", "Pending"
        if outcome != "stays-pending":
            then = settle if outcome == "settles" else fail
            world.later(SETTLES_AFTER, lambda: then(world, order))
    else:
        _complete(world, order)


def await_funds(world: "World", order: Order) -> None:
    """A reminder is sent in the meantime; the source lapses by itself."""
    world.later(REMINDED_AFTER, lambda: merchant_events.remind(world, order))


def settle(world: "World", order: Order) -> None:
    if order.state == "Charge Pending":
        _complete(world, order)


def fail(world: "World", order: Order) -> None:
    if order.state == "Charge Pending":
        _cancel(world, order, "failed")


def pass_review(world: "World", order: Order) -> None:
    if order.state == "In Review":
        _complete(world, order)


def block(world: "World", order: Order) -> None:
    if order.state == "In Review":
        _cancel(world, order, "cancelled")


def receive_funds(world: "World", order: Order) -> None:
    """The shopper's money is here."""
    source = order.cart.source
    if order.state != "Source Pending Funds" or source is None:
        return
    if source.fate.charge == "fails-later":
        source.state = "failed"
        _cancel(world, order, "failed")
        return
    source.state = "chargeable"
    charge(world, order)


def lapse(world: "World", source: Source) -> None:
    """No money has come."""
    if source.state != "pending_funds":
        return
    source.state = "cancelled"
    order = world.order_of_source(source)
    if order is not None and order.state == "Source Pending Funds":
        _cancel(world, order, "cancelled")
        merchant_events.expire(world, order)


def lapse_in_time(world: "World", source: Source) -> None:
    world.later(FUNDS_ARRIVE_WITHIN, lambda: lapse(world, source))


def _complete(world: "World", order: Order) -> None:
    order.settle("Submitted", world.now())
    order.session_state, order.charge_status, order.paid_at = "complete", "Capturable", world.now()
    renewals.begin(world, order)


def _cancel(world: "World", order: Order, session_state: Literal["failed", "cancelled"]) -> None:
    order.state, order.session_state, order.charge_status = "Cancelled", session_state, "Failed"
    world.return_stock(order.cart)


def _lapse_order(world: "World", order: Order) -> None:
    if order.cart.source is not None:
        lapse(world, order.cart.source)


EVENTS: dict[str, Callable[["World", Order], None]] = {
    "funds-arrive": receive_funds,
    "funds-lapse": _lapse_order,
    "charge-settles": settle,
    "charge-fails": fail,
    "review-passes": pass_review,
    "review-blocks": block,
}
"""What a control can let happen to an order. Where it does not fit the order's state nothing does."""
