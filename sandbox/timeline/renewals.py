"""What time does to subscriptions: they are begun by orders, changed, renewed by an order each, and end."""

from datetime import datetime
from typing import TYPE_CHECKING

from sandbox.demo_shop.products import TermUnit
from sandbox.model.cart import Line
from sandbox.model.order import Order
from sandbox.model.subscription import PROCESSED_AFTER, Subscription, later

if TYPE_CHECKING:
    from sandbox.model.world import World  # which lets the time pass

DEFAULT_TERM: tuple[TermUnit, int] = ("MONTHS", 1)
"""Of a line with recurring terms whose product has none of its own."""


def begin(world: "World", order: Order) -> None:
    """Each line of a paid order that recurs begins a subscription of whoever has an account."""
    owner = next((one for one in world.accounts if order.id in one.shopper.orders), None)
    source = order.cart.source
    if owner is None or source is None or order.submitted_at is None:
        return
    for line in order.cart.lines:
        if line.terms is None:
            continue
        term = line.product.term or DEFAULT_TERM
        begun = Subscription(
            id=world.next_subscription_id(),
            account=owner,
            product=line.product,
            quantity=line.quantity,
            renewal_quantity=line.quantity,
            is_auto_renewing=line.terms["autoRenewal"] == "true",
            state="FreeTrial" if line.terms["freeTrial"] == "true" else "Subscribed",
            term=term,
            created_at=order.submitted_at,
            expires_at=later(order.submitted_at, term),
            source=source,
            address=order.cart.shipping or order.cart.billing or {},
            orders=[order],
        )
        world.subscriptions.append(begun)


def catch_up(world: "World") -> None:
    """Do, in the order of time, what has become due."""
    for one in world.subscriptions:
        while (due := _next(one)) is not None and due <= world.now():
            _do(world, one, due)


def _next(one: Subscription) -> datetime | None:
    """When something happens to it next."""
    moments = [action.asked_at + PROCESSED_AFTER for action in one.pending]
    if one.state == "PendingRenewal":
        moments.append(one.grace_ends_at)
    elif not one.is_over:
        moments.append(one.expires_at)
    return min(moments, default=None)


def _do(world: "World", one: Subscription, at: datetime) -> None:
    due = [action for action in one.pending if action.asked_at + PROCESSED_AFTER <= at]
    for action in due:
        action.act()
        one.pending.remove(action)
    if due:
        if one.state == "PendingRenewal" and _can_be_paid(one, at):
            _renew(world, one, at)
    elif one.state == "PendingRenewal" or not one.is_auto_renewing:
        one.cancel(at)
    elif _can_be_paid(one, at):
        _renew(world, one, at)
    else:
        one.state = "PendingRenewal"


def _can_be_paid(one: Subscription, at: datetime) -> bool:
    source = one.source
    is_good = source.reusable and source.state == "chargeable"
    return is_good and source.fate.charge != "fails" and source.fate.decline is None and not source.has_expired(at)


def _renew(world: "World", one: Subscription, at: datetime) -> None:
    cart = world.new_cart(one.account.shopper)
    first = one.orders[0].cart
    cart.currency, cart.locale = first.currency, first.locale
    cart.billing, cart.shipping, cart.shipping_option = first.billing, one.address, first.shipping_option
    cart.charge_type = "merchant_initiated"
    cart.lines.append(Line(world.next_line_id(), one.product, one.renewal_quantity))
    cart.source = one.source
    order = Order(cart, "Submitted", "complete", at)
    world.keep_order(one.account.shopper, order)
    one.orders.append(order)
    one.quantity, one.state = one.renewal_quantity, "Subscribed"
    one.expires_at = later(one.expires_at, one.term)
