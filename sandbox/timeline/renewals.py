"""Creates, changes, renews and cancels subscriptions. A subscription begins with a paid order."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from sandbox.model.order import Order
from sandbox.model.subscription import PendingChange, Subscription, Term, end_of_term
from sandbox.model.totals import Line
from sandbox.model.world import World
from sandbox.timeline import fulfilment

DEFAULT_TERM: Term = ("MONTHS", 1)
"""Term of a subscription whose product has no term."""

PROCESSED_AFTER = timedelta(minutes=1)
"""Time after which a requested change of a subscription takes effect."""


def begin(world: World, order: Order) -> None:
    """Create a subscription for each recurring line of a registered shopper's order."""
    account = next((account for account in world.accounts if order.id in account.shopper.orders), None)
    source = order.cart.source
    if account is None or source is None or order.submitted_at is None:
        return
    for line in order.cart.lines:
        if line.terms is None:
            continue
        term = line.product.term or DEFAULT_TERM
        subscription = Subscription(
            id=next(world.subscription_ids),
            account=account,
            product=line.product,
            quantity=line.quantity,
            renewal_quantity=line.quantity,
            is_auto_renewing=line.terms["autoRenewal"] == "true",
            state="FreeTrial" if line.terms["freeTrial"] == "true" else "Subscribed",
            term=term,
            created_at=order.submitted_at,
            expires_at=end_of_term(order.submitted_at, term),
            source=source,
            address=order.cart.shipping or order.cart.billing or {},
            orders=[order],
        )
        world.subscriptions.append(subscription)
        _schedule_end_of_term(world, subscription)


def request_change(world: World, subscription: Subscription, kind: str, apply: Callable[[], None]) -> None:
    """Add a pending change to the subscription. `apply` is called when the change takes effect."""
    change = PendingChange(kind, world.now(), apply)
    subscription.pending_changes.append(change)
    at = change.requested_at + PROCESSED_AFTER
    world.schedule.add(at, partial(_apply_change, world, subscription, change, at))


def _apply_change(world: World, subscription: Subscription, change: PendingChange, at: datetime) -> None:
    change.apply()
    subscription.pending_changes.remove(change)
    if subscription.state == "PendingRenewal" and _can_be_paid(subscription, at):
        _renew(world, subscription, at)


def _schedule_end_of_term(world: World, subscription: Subscription) -> None:
    at = subscription.expires_at
    world.schedule.add(at, partial(_end_term, world, subscription, at))


def _end_term(world: World, subscription: Subscription, at: datetime) -> None:
    if subscription.is_cancelled:
        return
    if not subscription.is_auto_renewing:
        subscription.cancel(at)
    elif _can_be_paid(subscription, at):
        _renew(world, subscription, at)
    else:
        subscription.state = "PendingRenewal"
        grace_ends_at = subscription.grace_ends_at
        world.schedule.add(grace_ends_at, partial(_end_grace, subscription, grace_ends_at))


def _end_grace(subscription: Subscription, at: datetime) -> None:
    if subscription.state == "PendingRenewal":
        subscription.cancel(at)


def _can_be_paid(subscription: Subscription, at: datetime) -> bool:
    source = subscription.source
    is_charged = source.scenario.charge != "fails" and source.scenario.decline is None and not source.has_expired(at)
    return source.reusable and source.state == "chargeable" and is_charged


def _renew(world: World, subscription: Subscription, at: datetime) -> None:
    """Place an order for the next term of the subscription."""
    shopper = subscription.account.shopper
    cart = world.new_cart(shopper)
    first = subscription.orders[0].cart
    cart.currency, cart.locale = first.currency, first.locale
    cart.billing, cart.shipping, cart.shipping_option = first.billing, subscription.address, first.shipping_option
    cart.charge_type = "merchant_initiated"
    cart.lines.append(Line(next(world.line_ids), subscription.product, subscription.renewal_quantity))
    cart.source = subscription.source
    subscription.orders.append(fulfilment.submit_paid_cart(world, shopper, cart, at))
    subscription.quantity, subscription.state = subscription.renewal_quantity, "Subscribed"
    subscription.expires_at = end_of_term(subscription.expires_at, subscription.term)
    _schedule_end_of_term(world, subscription)
