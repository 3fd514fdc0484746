"""Changes the states of sources, charges and orders as time passes, or on request of a sandbox control."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Literal

from sandbox.model.cart import REVIEWED_EMAIL
from sandbox.model.order import Order
from sandbox.model.provider_details import details_after_approval
from sandbox.model.source import FUNDS_ARRIVE_WITHIN, Source
from sandbox.model.world import World
from sandbox.timeline import fulfilment, merchant_events, renewals

SETTLES_AFTER = timedelta(days=3)
"""Time after which a pending charge settles or fails."""

REVIEWED_AFTER = timedelta(days=1)

APPROVED_AFTER = timedelta(hours=1)
"""Time after which a source is approved, if the shopper chooses "Approve in an hour" on the provider's page."""

REMINDED_AFTER = timedelta(days=20)
"""Time after which the merchant gets a reminder of an order that waits for its payment."""

# Decisions of the shopper on the payment provider's page.


def approve(world: World, source: Source) -> None:
    if source.state == "pending_redirect" and source.scenario.is_approved:
        source.become("chargeable")
        source.details = details_after_approval(source.method, source.details)
    elif source.state == "pending_redirect":
        source.become("failed")
    _update_order(world, source)


def reject(world: World, source: Source) -> None:
    if source.state == "pending_redirect":
        source.become("failed")
    _update_order(world, source)


def approve_later(world: World, source: Source) -> None:
    world.later(APPROVED_AFTER, partial(approve, world, source))


def _update_order(world: World, source: Source) -> None:
    """Update the order that waits for the shopper's approval of the source, if there is such an order.

    The state of the source becomes the state of the order's payment session. A failed source cancels the order.
    """
    order = world.order_of_source(source)
    if order is None or order.session_state != "pending_redirect":
        return
    order.session_state = source.state
    if source.state == "failed":
        _reopen_cart(world, order)


def _reopen_cart(world: World, order: Order) -> None:
    """Cancel the order and open its cart again. The failed source stays attached to the cart."""
    cart = order.cart
    world.return_stock(cart)
    order.state, order.cart = "Cancelled", cart.copy()
    cart.session_state_after_submission, cart.has_failed = None, True


# Charges of orders.


def charge(world: World, order: Order) -> None:
    """Charge an order. The charge settles at once, unless the test scenario or a fraud review delays it."""
    for source in order.cart.sources:
        source.consume()
    order.submitted_at = world.now()
    primary = order.cart.source
    outcome = primary.scenario.charge if primary is not None else "succeeds"
    if order.email == REVIEWED_EMAIL:
        order.state, order.session_state = "In Review", "pending"
        world.later(REVIEWED_AFTER, partial(pass_review, world, order))
    elif outcome in ("settles", "fails-later", "stays-pending"):
        order.state, order.session_state, order.charge_status = "Charge Pending", "pending", "Pending"
        if outcome != "stays-pending":
            world.later(SETTLES_AFTER, partial(settle if outcome == "settles" else fail, world, order))
    else:
        _complete(world, order)


def settle(world: World, order: Order) -> None:
    if order.state == "Charge Pending":
        _complete(world, order)


def fail(world: World, order: Order) -> None:
    if order.state == "Charge Pending":
        _cancel(world, order, "failed")


def pass_review(world: World, order: Order) -> None:
    if order.state == "In Review":
        _complete(world, order)


def block(world: World, order: Order) -> None:
    if order.state == "In Review":
        _cancel(world, order, "cancelled")


def _complete(world: World, order: Order) -> None:
    order.state, order.session_state, order.charge_status = "Submitted", "complete", "Capturable"
    order.paid_at = world.now()
    fulfilment.start(world, order)
    renewals.begin(world, order)


def _cancel(world: World, order: Order, session_state: Literal["failed", "cancelled"]) -> None:
    order.state, order.session_state, order.charge_status = "Cancelled", session_state, "Failed"
    world.return_stock(order.cart)


# Sources that wait for the shopper's payment.


def schedule_reminder(world: World, order: Order) -> None:
    world.later(REMINDED_AFTER, partial(merchant_events.remind, world, order))


def schedule_lapse(world: World, source: Source) -> None:
    world.later(FUNDS_ARRIVE_WITHIN, partial(lapse, world, source))


def receive_funds(world: World, order: Order) -> None:
    source = order.cart.source
    if order.state != "Source Pending Funds" or source is None:
        return
    if source.scenario.charge == "fails-later":
        source.become("failed")
        _cancel(world, order, "failed")
        return
    source.become("chargeable")
    charge(world, order)


def lapse(world: World, source: Source) -> None:
    """Cancel a source for which no money arrived in time. Also cancel the order that uses the source."""
    if source.state != "pending_funds":
        return
    source.become("cancelled")
    order = world.order_of_source(source)
    if order is not None and order.state == "Source Pending Funds":
        _cancel(world, order, "cancelled")
        merchant_events.expire(world, order)


def _lapse_order(world: World, order: Order) -> None:
    if order.cart.source is not None:
        lapse(world, order.cart.source)


ORDER_EVENTS: dict[str, Callable[[World, Order], None]] = {
    "funds-arrive": receive_funds,
    "funds-lapse": _lapse_order,
    "charge-settles": settle,
    "charge-fails": fail,
    "review-passes": pass_review,
    "review-blocks": block,
}
"""Functions that make an event happen to an order, by event name.

They do nothing if the event is not possible in the order's current state.
"""

EVENTS_BY_STATE = {
    "Source Pending Funds": ("funds-arrive", "funds-lapse"),
    "Charge Pending": ("charge-settles", "charge-fails"),
    "In Review": ("review-passes", "review-blocks"),
}
"""Names of the events that are possible, by the state of an order."""
