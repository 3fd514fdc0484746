"""What the sandbox knows: the submit-cart calls that reached it, and the orders it has."""

from dataclasses import dataclass
from decimal import Decimal

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from bench.replicas.plants import Plant, change_cart, place_unknown_order
from sandbox.model.shopper import Shopper
from sandbox.model.world import World

SUBMIT_PATH = "/submit-cart"

UNFINISHED = frozenset({"Source Pending Redirect", "Cancelled"})
"""States of orders that charge nothing."""


VICTIMS = {Plant.TOTAL: 1, Plant.UNKNOWN: 4}
"""Number of shoppers for whom a violation is made. A shopper who loses the handle of the session need not see an order,
and whether the first one does depends on the speed of the machine."""


@dataclass(frozen=True)
class Arrival:
    """A submit-cart call that reached the sandbox."""

    cart_id: str
    total: Decimal


@dataclass(frozen=True)
class LedgerOrder:
    """An order of the sandbox that charges its shopper."""

    number: str
    """The id of the cart that became the order."""
    total: Decimal
    email: str | None


class Ledger:
    """Application that records the submit-cart calls, and lets `app` answer all calls."""

    def __init__(self, app: ASGIApp, world: World, plant: Plant) -> None:
        self.arrivals: list[Arrival] = []
        self._plant = plant
        self._planted_for: set[str] = set()
        self._app = app
        self._world = world

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "POST" and scope["path"].endswith(SUBMIT_PATH):
            token = self._world.tokens.get(Headers(scope=scope).get("authorization", "").partition(" ")[2])
            if token is not None:
                self._make_violation(token.shopper)
                self.arrivals.append(self._arrival(token.shopper))
        await self._app(scope, receive, send)

    def _arrival(self, shopper: Shopper) -> Arrival:
        cart = self._world.cart_of(shopper)
        # Once a cart is an order, the shopper has a new cart. A call that finds an empty cart repeats an earlier call.
        repeated = shopper.last_order.cart if not cart.lines and shopper.last_order is not None else cart
        return Arrival(str(repeated.id), repeated.totals().total)

    def _make_violation(self, shopper: Shopper) -> None:
        plants = {Plant.TOTAL: change_cart, Plant.UNKNOWN: place_unknown_order}
        if self._plant not in plants or shopper.id in self._planted_for:
            return
        if plants[self._plant](self._world, shopper):
            self._planted_for.add(shopper.id)
            if len(self._planted_for) == VICTIMS[self._plant]:
                self._plant = Plant.NONE

    def orders(self) -> list[LedgerOrder]:
        return [
            LedgerOrder(str(order.id), order.cart.totals().total, order.email)
            for order in self._world.orders()
            if order.state not in UNFINISHED
        ]
