"""The state of one sandbox: everything that `reset` puts back."""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from heapq import heappop, heappush
from itertools import count
from typing import Literal
from uuid import UUID, uuid4

from sandbox.control import demo_accounts
from sandbox.control.fault_layer import Fault
from sandbox.demo_shop.products import PRODUCTS
from sandbox.model.call_counts import Calls
from sandbox.model.cart import Cart, Line
from sandbox.model.order import Order
from sandbox.model.shopper import Account
from sandbox.model.source import Challenge, Source
from sandbox.model.subscription import Subscription
from sandbox.timeline import renewals
from sandbox.wire.money import Json

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
    category_children: Literal["full", "short"] = "full"
    """What `expand` with the path of a category's children shows of them."""
    subscription_shopper: Literal["present", "absent"] = "present"
    """Whether a subscription tells whose it is."""
    order_states: Literal["narrow", "ignored"] = "narrow"
    """Whether `orderState` narrows a list of orders."""
    terms: Literal["optional", "required"] = "optional"
    """Whether a cart is submitted only with accepted terms of sale."""
    tax_registrations: Literal["on", "off"] = "on"
    """Whether the site takes tax identifiers."""
    detached_source: Literal["cancelled", "kept"] = "cancelled"
    """A source that is used once, when it is detached: of no more use, or as before."""
    address_verifier: Literal["off", "on"] = "off"
    """Whether the site corrects addresses: it then offers suggestions."""
    saved_option: Literal["shown", "empty"] = "shown"
    """The answer to saving a payment option: 201 with the option, or 204."""
    two_carts: Literal["merged", "guest", "account"] = "merged"
    """Which lines are left when a guest with a cart signs in to an account that has one too."""
    guest_cart: Literal["follows", "stays"] = "follows"
    """Whether a sign-in that shows a guest's token takes the guest's cart along."""
    zero_total: Literal["free", "needs_source"] = "free"
    """Whether a cart that costs nothing is submitted without a source."""


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
    merchant_key: str = "riverdemo-merchant"
    """Of the merchant's own side, with its secret: subscriptions."""
    merchant_secret: str = "riverdemo-merchant-secret"
    shopper_username: str = "alex.rivera@example.com"
    shopper_password: str = "Rivers+Lakes7"
    other_shopper_username: str = "sam.brook@example.com"
    other_shopper_password: str = "Brooks+Ponds9"


@dataclass(frozen=True)
class Balance:
    """What stands to somebody's credit in the merchant's ledger."""

    amount: Decimal
    currency: str


@dataclass
class Shopper:
    """A session, which is what an access token stands for. All full tokens of an account stand for the same."""

    id: str
    locale: str = "en_US"
    currency: str = "USD"
    ip_address: str | None = None
    cart: Cart | None = None
    orders: dict[int, Order] = field(default_factory=dict)
    last_order: Order | None = None
    account: Account | None = None
    """None: a guest."""

    @property
    def is_registered(self) -> bool:
        return self.account is not None


@dataclass
class Token:
    shopper: Shopper
    created_at: datetime
    expires_at: datetime
    visit: str = ""
    """What one sign-in began: it is renewed and revoked as a whole."""


@dataclass(order=True)
class Due:
    """Something that happens when its time has come."""

    at: datetime
    number: int
    act: Callable[[], None] = field(compare=False)


@dataclass
class World:
    keys: Keys = field(default_factory=Keys)
    switches: Switches = field(default_factory=Switches)
    calls: Calls = field(default_factory=Calls)
    faults: list[Fault] = field(default_factory=list)
    tokens: dict[str, Token] = field(default_factory=dict)
    refresh_tokens: dict[str, Token] = field(default_factory=dict)
    shoppers: list[Shopper] = field(default_factory=list)
    accounts: list[Account] = field(default_factory=list)
    sources: dict[UUID, Source] = field(default_factory=dict)
    subscriptions: list[Subscription] = field(default_factory=list)
    ledger: dict[str, Balance] = field(default_factory=dict)
    """Store credit by the shopper's external reference."""
    redirects: dict[UUID, Source] = field(default_factory=dict)
    """Sources by the id in the address of the provider's page."""
    challenges: dict[UUID, Challenge] = field(default_factory=dict)
    """By the id in the address of the bank's page."""
    notices: list[Json] = field(default_factory=list)
    """Events, the oldest first."""
    due: list[Due] = field(default_factory=list)
    stock: dict[int, int | None] = field(default_factory=lambda: {one.id: one.stock for one in PRODUCTS.values()})
    backorders: dict[int, str | None] = field(default_factory=dict)
    """Products that are sold before they are there, with the day they are expected, as YYYY-MM-DD."""
    moved: timedelta = timedelta(0)
    _cart_ids: Iterator[int] = field(default_factory=lambda: count(1127950780082, 10_000))
    _line_ids: Iterator[int] = field(default_factory=lambda: count(21150010082, 10_000))
    _subscription_ids: Iterator[int] = field(default_factory=lambda: count(23480199, 11))
    _shopper_ids: Iterator[int] = field(default_factory=lambda: count(1127900160082, 10_000))
    _address_ids: Iterator[int] = field(default_factory=lambda: count(1655007697, 16))
    _due_numbers: Iterator[int] = field(default_factory=count)
    _option_ids: Iterator[int] = field(default_factory=lambda: count(740865108, 23))

    def __post_init__(self) -> None:
        demo_accounts.furnish(self)

    def reset(self) -> None:
        vars(self).update(vars(World()))

    def now(self) -> datetime:
        return datetime.now(UTC) + self.moved

    # Time.

    def later(self, after: timedelta, act: Callable[[], None]) -> None:
        heappush(self.due, Due(self.now() + after, next(self._due_numbers), act))

    def catch_up(self) -> None:
        """Let everything happen, in its order, whose time has come."""
        while self.due and self.due[0].at <= self.now():
            heappop(self.due).act()

    # Tokens.

    def new_shopper(self) -> Shopper:
        shopper = Shopper(str(next(self._shopper_ids)))
        self.shoppers.append(shopper)
        return shopper

    def new_visit(self) -> str:
        return secrets.token_hex(8)

    def give_token(self, shopper: Shopper, visit: str = "") -> str:
        access = secrets.token_hex(80)
        self.tokens[access] = Token(shopper, self.now(), self.now() + ACCESS_LIFE, visit)
        return access

    def give_refresh_token(self, shopper: Shopper, visit: str) -> str:
        refresh = secrets.token_hex(88)
        self.refresh_tokens[refresh] = Token(shopper, self.now(), self.now() + REFRESH_LIFE, visit)
        return refresh

    def end_tokens(self, shopper: Shopper) -> None:
        """Nothing that was given out for this session is good any more."""
        for tokens in (self.tokens, self.refresh_tokens):
            for text in [text for text, known in tokens.items() if known.shopper is shopper]:
                del tokens[text]

    def end_visit(self, visit: str) -> None:
        for tokens in (self.tokens, self.refresh_tokens):
            for text in [text for text, known in tokens.items() if known.visit == visit]:
                del tokens[text]

    # Accounts.

    def open_account(
        self,
        username: str,
        password: str | None,
        external_reference: str | None,
        first_name: str,
        last_name: str,
        email: str | None = None,
    ) -> Account:
        shopper = self.new_shopper()
        account = Account(
            id=str(uuid4()),
            username=username,
            password=password,
            external_reference=external_reference,
            shopper=shopper,
            first_name=first_name,
            last_name=last_name,
            email=email or username,
        )
        shopper.id, shopper.account = account.id, account
        self.accounts.append(account)
        return account

    def next_address_id(self) -> int:
        return next(self._address_ids)

    def next_option_id(self) -> int:
        return next(self._option_ids)

    def take_along(self, guest: Shopper, account: Account) -> None:
        """The guest is now this shopper: cart and orders go along, and the guest's tokens are used up."""
        shopper = account.shopper
        shopper.locale, shopper.currency = guest.locale, guest.currency
        shopper.ip_address = guest.ip_address or shopper.ip_address
        shopper.orders |= guest.orders
        shopper.last_order = guest.last_order or shopper.last_order
        if guest.cart is not None and self.switches.guest_cart == "follows":
            shopper.cart = self._one_of_two(guest.cart, shopper.cart)
        guest.cart, guest.orders = None, {}
        self.end_tokens(guest)
        if shopper.cart is not None and shopper.cart.order is None:
            shopper.cart.locale, shopper.cart.currency = shopper.locale, shopper.currency
            self.settle(shopper.cart)

    def _one_of_two(self, guests: Cart, own: Cart | None) -> Cart:
        if own is None or own.order is not None or guests.order is not None:
            return guests
        if not own.lines or not guests.lines or self.switches.two_carts == "guest":
            return guests if guests.lines else own
        if self.switches.two_carts == "merged":
            guests.take_lines(own)
            return guests
        return own

    # Carts.

    def cart_of(self, shopper: Shopper) -> Cart:
        """The active cart, made when there is none."""
        if shopper.cart is None:
            shopper.cart = self.new_cart(shopper)
        shopper.cart.verifies_addresses = self.switches.address_verifier == "on"
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

    def lacks(self, product_id: int, quantity: int) -> bool:
        """Whether so many can neither be sold from stock nor before they are there."""
        left = self.stock[product_id]
        return left is not None and quantity > left and product_id not in self.backorders

    def sells_ahead(self, line: Line) -> bool:
        left = self.stock[line.product.id]
        return line.product.id in self.backorders and left is not None and line.quantity > left

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

    def next_subscription_id(self) -> int:
        return next(self._subscription_ids)

    def tell_subscriptions(self, account: Account) -> None:
        """The account's email address is that of its subscriptions too."""
        for one in self.current_subscriptions():
            if one.account is account:
                one.address = one.address | {"emailAddress": account.email}

    def current_subscriptions(self) -> list[Subscription]:
        """All of them, changed and renewed as far as the time has come."""
        renewals.catch_up(self)
        return self.subscriptions

    def orders_of(self, shopper: Shopper) -> list[Order]:
        """The newest first, in the states they have by now."""
        renewals.catch_up(self)
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
