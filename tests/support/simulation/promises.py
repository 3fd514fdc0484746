"""The promises that no history may break, checked when an order is sent, when it arrives, and with every answer."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal

from sandbox.model.cart import Cart
from sandbox.model.order import Order
from sandbox.model.shopper import Shopper
from sandbox.model.world import World
from tests.support.simulation.submit_request import SubmitRequest
from tests.support.simulation.upstream import Delivery, Point

NO_ORDER = {"OrderBlocked", "OrderDeclined", "OrderNotPlaced"}
"""Outcomes after which the request never becomes an order."""

WITH_ORDER = {"OrderPlaced", "OrderAwaitingPayment"}

OPEN_STATES = {"Open", "Source Pending Redirect", "Cancelled"}
"""Order states in which the shopper has bought nothing."""

STATUS_OF = {
    "PLACED": "OrderPlaced",
    "AWAITING_PAYMENT": "OrderAwaitingPayment",
    "BLOCKED": "OrderBlocked",
    "DECLINED": "OrderDeclined",
    "NOT_PLACED": "OrderNotPlaced",
    "ACTION_REQUIRED": "OrderActionRequired",
    "IN_DOUBT": "OrderInDoubt",
}


class PromiseBroken(AssertionError):
    """The gateway has bought wrongly, or has told a shopper something wrong about an order."""


@dataclass(eq=False)
class Sent:
    """A submit-cart on its way, and the order that it became."""

    delivery: Delivery
    request: SubmitRequest
    cart: Cart | None
    order: Order | None = None
    is_being_answered: bool = False
    """Whether Digital River has the request and has not answered yet. Its order may exist by then."""

    @property
    def is_on_its_way(self) -> bool:
        return not self.delivery.has_arrived and not self.delivery.is_dropped


@dataclass
class Promises:
    world: World
    sent_carts: list[Sent] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    # Implementation of `upstream.Observer`.

    def sent(self, delivery: Delivery) -> None:
        if delivery.point is not Point.SUBMIT:
            return
        self.counts["submit-cart"] += 1
        request = delivery.call.submit_request if delivery.call is not None else None
        if request is None:
            self.broken.append("submit-cart was sent although no client asked for it")
            return
        cart = self._shopper_of(delivery).cart
        if any(earlier.request is request for earlier in self.sent_carts):
            self.broken.append("submit-cart was sent twice for one submit request")
        if cart is not None and any(sent.is_on_its_way and sent.cart is cart for sent in self.sent_carts):
            self.broken.append("submit-cart was sent while an earlier one of the same cart was on its way")
        self.sent_carts.append(Sent(delivery, request, cart))

    @contextmanager
    def arriving(self, delivery: Delivery) -> Iterator[None]:
        shopper = self._shopper_of(delivery)
        before = {**shopper.orders}
        states = {order_id: order.state for order_id, order in before.items()}
        own = next((sent for sent in self.sent_carts if sent.delivery is delivery), None)
        if own is not None:
            own.is_being_answered = True
        try:
            yield
        finally:
            if own is not None:
                own.is_being_answered = False
            for order_id, order in shopper.orders.items():
                if before.get(order_id) is not order or states[order_id] != order.state:
                    self._changed(delivery, order)

    def _changed(self, delivery: Delivery, order: Order) -> None:
        """Check an order that submit-cart has created or resume-cart has placed."""
        if delivery.point is Point.SUBMIT:
            sent = next(sent for sent in self.sent_carts if sent.delivery is delivery)
            sent.order = order
            self.counts["orders"] += 1
        else:
            sent = next(sent for sent in self.sent_carts if sent.order is order)
            self.counts["resumed"] += 1
        request, total = sent.request, order.cart.totals().total
        if total != Decimal(request.agreed.total["amount"]):
            self.broken.append(f"the shopper agreed to {request.agreed.total['amount']} and bought for {total}")
        if request.denied_as is not None and is_placed(order):
            self.broken.append(f"an order was placed after the shopper had been told {request.denied_as}")

    def _shopper_of(self, delivery: Delivery) -> Shopper:
        token = delivery.request.headers["authorization"].partition(" ")[2]
        grant = self.world.tokens.get(token)
        # Digital River refuses a token that has been revoked, so such a request has no effect.
        return grant.shopper if grant is not None else Shopper("none")

    # Outcomes that clients receive.

    def reported(self, request: SubmitRequest, outcome: str, number: str | None = None) -> None:
        """Check the outcome of a submit request that a client has received."""
        self.counts[outcome] += 1
        order = self.order_of(request)
        if outcome in NO_ORDER:
            request.denied_as = outcome
            if order is not None and is_placed(order):
                self.broken.append(f"the shopper was told {outcome} although the order is placed")
        elif outcome in WITH_ORDER:
            placed = [order for order in self._orders_of_key(request.key) if is_placed(order)]
            if not placed:
                self.broken.append(f"the shopper was told {outcome} although there is no such order")
            elif number is not None and number not in {str(order.id) for order in placed}:
                self.broken.append("the shopper was told the number of another order")

    def was_sent(self, request: SubmitRequest) -> bool:
        return any(sent.request is request for sent in self.sent_carts)

    def order_of(self, request: SubmitRequest) -> Order | None:
        """The order of a submit request, also while the order waits for the shopper."""
        orders = (self._order_of_sent(sent) for sent in self.sent_carts if sent.request is request)
        return next((order for order in orders if order is not None), None)

    def _order_of_sent(self, sent: Sent) -> Order | None:
        if sent.order is None and sent.is_being_answered:
            return next((order for order in self.world.orders() if order.cart is sent.cart), None)
        return sent.order

    def _orders_of_key(self, key: str) -> list[Order]:
        """Orders of all requests with this key. A store that has lost some records may still have those of the first
        request."""
        orders = (self._order_of_sent(sent) for sent in self.sent_carts if sent.request.key == key)
        return [order for order in orders if order is not None]

    def check(self) -> None:
        if self.broken:
            raise PromiseBroken("; ".join(self.broken))


def is_placed(order: Order) -> bool:
    return order.state not in OPEN_STATES
