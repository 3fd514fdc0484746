"""The state of one sandbox: everything that `reset` puts back."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Literal
from uuid import UUID, uuid4

from sandbox.calls import Calls
from sandbox.cart import Cart, Line
from sandbox.catalog import PRODUCTS
from sandbox.faults import Fault
from sandbox.order import Order
from sandbox.source import Source

ACCESS_LIFE = timedelta(hours=24)
REFRESH_LIFE = timedelta(days=365)


@dataclass
class Switches:
    """Readings on which the sources of the contract differ; the default is the first of each.

    Set over `POST /_sandbox/switches`, or directly in a test.
    """

    single_as: Literal["list", "object"] = "list"
    """A collection with one element: a list, or the bare object of old XML conversions."""
    numbers_as: Literal["number", "text"] = "number"
    """Ids, amounts and quantities: JSON numbers, or strings."""
    rate_limit_status: Literal[409, 429] = 409
    """Status of `rate-limit-quota-exceeded` when a fault asks for it."""
    payment_amounts: Literal["normal", "strict"] = "normal"
    """A grown total under a fixed-amount source: still funded, or back to `requires_source`."""
    session_amounts: Literal["present", "absent"] = "present"
    """A site without the amounts feature never shows the two amounts of the payment session."""
    shipping_option: Literal["preselected", "open"] = "preselected"
    """Whether upstream chooses the first shipping option by itself."""
    terms: Literal["optional", "required"] = "optional"
    """Whether a cart is submitted only with accepted terms of sale."""
    tax_registrations: Literal["on", "off"] = "on"
    """Whether the site takes tax identifiers."""
    detached_source: Literal["cancelled", "kept"] = "cancelled"
    """A source that is used once, when it is detached: of no more use, or as before."""


@dataclass(frozen=True)
class Keys:
    """The demo shop's. They open nothing but this sandbox."""

    public_key: str = "pk_sandbox_riverdemo"
    confidential_key: str = "riverdemo"
    confidential_secret: str = "riverdemo-secret"
    payment_key: str = "sk_sandbox_riverdemo"
    """The confidential key of the payment service."""
    ledger_key: str = "ledger-of-riverdemo"
    """The merchant's own, for `/_ledger`."""


@dataclass(frozen=True)
class Account:
    """What stands to somebody's credit in the merchant's ledger."""

    amount: Decimal
    currency: str


@dataclass
class Shopper:
    """A session, which is what an access token stands for."""

    id: str
    locale: str = "en_US"
    currency: str = "USD"
    ip_address: str | None = None
    is_registered: bool = False
    cart: Cart | None = None
    orders: dict[int, Order] = field(default_factory=dict)
    last_order: Order | None = None


@dataclass
class Token:
    shopper: Shopper
    created_at: datetime
    expires_at: datetime


@dataclass
class World:
    keys: Keys = field(default_factory=Keys)
    switches: Switches = field(default_factory=Switches)
    calls: Calls = field(default_factory=Calls)
    faults: list[Fault] = field(default_factory=list)
    tokens: dict[str, Token] = field(default_factory=dict)
    refresh_tokens: dict[str, Token] = field(default_factory=dict)
    shoppers: list[Shopper] = field(default_factory=list)
    sources: dict[UUID, Source] = field(default_factory=dict)
    ledger: dict[str, Account] = field(default_factory=dict)
    """Store credit by the shopper's external reference."""
    redirects: dict[UUID, Source] = field(default_factory=dict)
    """Sources by the id in the address of the provider's page."""
    stock: dict[int, int | None] = field(default_factory=lambda: {one.id: one.stock for one in PRODUCTS.values()})
    moved: timedelta = timedelta(0)
    _cart_ids: Iterator[int] = field(default_factory=lambda: count(1127950780082, 10_000))
    _line_ids: Iterator[int] = field(default_factory=lambda: count(21150010082, 10_000))
    _shopper_ids: Iterator[int] = field(default_factory=lambda: count(1127900160082, 10_000))

    def reset(self) -> None:
        vars(self).update(vars(World()))

    def now(self) -> datetime:
        return datetime.now(UTC) + self.moved

    # Tokens.

    def new_shopper(self) -> Shopper:
        shopper = Shopper(str(next(self._shopper_ids)))
        self.shoppers.append(shopper)
        return shopper

    def give_token(self, shopper: Shopper) -> str:
        access = secrets.token_hex(80)
        self.tokens[access] = Token(shopper, self.now(), self.now() + ACCESS_LIFE)
        return access

    def give_refresh_token(self, shopper: Shopper) -> str:
        refresh = secrets.token_hex(88)
        self.refresh_tokens[refresh] = Token(shopper, self.now(), self.now() + REFRESH_LIFE)
        return refresh

    # Carts.

    def cart_of(self, shopper: Shopper) -> Cart:
        """The active cart, made when there is none."""
        if shopper.cart is None:
            shopper.cart = self.new_cart(shopper)
        return shopper.cart

    def new_cart(self, shopper: Shopper) -> Cart:
        session_id = str(uuid4())
        return Cart(
            id=next(self._cart_ids),
            session_id=session_id,
            session_secret=f"{session_id}_{uuid4()}",
            currency=shopper.currency,
            locale=shopper.locale,
        )

    def next_line_id(self) -> int:
        return next(self._line_ids)

    def settle(self, cart: Cart) -> None:
        cart.settle(preselects=self.switches.shipping_option == "preselected")

    def detach(self, cart: Cart, source: Source) -> None:
        """Take one source off. What was made for one purchase is spent by this."""
        keeps = self.switches.detached_source == "kept" and source is not cart.credit
        cart.detach(source, keeps=keeps)

    # Stock.

    def take_stock(self, cart: Cart) -> None:
        for line in cart.lines:
            self._add_to_stock(line, -line.quantity)

    def return_stock(self, cart: Cart) -> None:
        for line in cart.lines:
            self._add_to_stock(line, line.quantity)

    def _add_to_stock(self, line: Line, quantity: int) -> None:
        left = self.stock[line.product.id]
        if left is not None:
            self.stock[line.product.id] = left + quantity

    # Orders.

    def keep_order(self, shopper: Shopper, order: Order) -> None:
        shopper.orders[order.id] = order

    def orders_of(self, shopper: Shopper) -> list[Order]:
        """The newest first, in the states they have by now."""
        for order in shopper.orders.values():
            order.ripen(self.now())
        return list(reversed(shopper.orders.values()))

    def orders(self) -> list[Order]:
        """Everybody's, the newest first."""
        found = [order for shopper in self.shoppers for order in self.orders_of(shopper)]
        return sorted(found, key=lambda order: order.id, reverse=True)

    @property
    def strict(self) -> bool:
        return self.switches.payment_amounts == "strict"

    # Payment sessions.

    def cart_of_session(self, session_id: str) -> Cart | None:
        """The open cart of a payment session; a session ends with its cart."""
        return next((one.cart for one in self.shoppers if one.cart and one.cart.session_id == session_id), None)

    def order_of_source(self, source: Source) -> Order | None:
        return next((order for order in self.orders() if order.cart.source is source), None)
