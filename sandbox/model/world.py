"""The whole state of a sandbox. `reset` restores the initial state."""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from uuid import uuid4

from sandbox.demo_shop.keys import Keys
from sandbox.demo_shop.payment_methods import METHODS
from sandbox.demo_shop.products import PRODUCTS
from sandbox.demo_shop.registered_shoppers import DemoCard, DemoShopper, registered_shoppers
from sandbox.model.call_counts import Calls
from sandbox.model.cart import Cart
from sandbox.model.fault import Fault
from sandbox.model.order import Order
from sandbox.model.quota import CallQuota
from sandbox.model.refund import Refund
from sandbox.model.schedule import Schedule
from sandbox.model.shopper import Account, PaymentOption, SavedAddress, Shopper
from sandbox.model.source import Challenge, Source
from sandbox.model.subscription import Subscription
from sandbox.model.switches import Switches
from sandbox.model.totals import Line
from sandbox.wire.values import Json

ACCESS_LIFE = timedelta(hours=24)
REFRESH_LIFE = timedelta(days=365)


@dataclass(frozen=True)
class Balance:
    """Store credit of one shopper in the merchant's ledger."""

    amount: Decimal
    currency: str


@dataclass
class Token:
    shopper: Shopper
    created_at: datetime
    expires_at: datetime
    session: str = ""
    """Id of the sign-in that issued the token. All tokens of one sign-in are revoked together."""


@dataclass
class World:
    keys: Keys = field(default_factory=Keys)
    switches: Switches = field(default_factory=Switches)
    calls: Calls = field(default_factory=Calls)
    faults: list[Fault] = field(default_factory=list)
    quota: CallQuota = field(default_factory=CallQuota)
    tokens: dict[str, Token] = field(default_factory=dict)
    refresh_tokens: dict[str, Token] = field(default_factory=dict)
    shoppers: list[Shopper] = field(default_factory=list)
    accounts: list[Account] = field(default_factory=list)
    sources: dict[str, Source] = field(default_factory=dict)
    subscriptions: list[Subscription] = field(default_factory=list)
    ledger: dict[str, Balance] = field(default_factory=dict)
    """Balances of store credit, by the shopper's external reference."""
    redirects: dict[str, Source] = field(default_factory=dict)
    """Sources that the shopper approves on the payment provider's page, by the page id in the redirect URL."""
    challenges: dict[str, Challenge] = field(default_factory=dict)
    """Bank challenges, by the page id in the URL of the challenge page."""
    returned: dict[str, Source] = field(default_factory=dict)
    """The source whose page the shopper left last, by payment session."""
    refunds: dict[str, Refund] = field(default_factory=dict)
    """Refunds that need a bank account, by the token with which the shopper names it."""
    merchant_events: list[Json] = field(default_factory=list)
    """Events that Digital River would send to the merchant's server, the oldest first."""
    stock: dict[int, int | None] = field(
        default_factory=lambda: {key: product.stock for key, product in PRODUCTS.items()}
    )
    backorders: dict[int, str | None] = field(default_factory=dict)
    """Products that can be bought while out of stock. The keys are product ids. The values are the dates on which new
    stock is expected, as YYYY-MM-DD, or None for an unknown date.
    """
    schedule: Schedule = field(default_factory=Schedule)
    moved: timedelta = timedelta(0)
    """Time by which the sandbox's clock is ahead of real time."""
    line_ids: Iterator[int] = field(default_factory=lambda: count(21150010082, 10_000))
    subscription_ids: Iterator[int] = field(default_factory=lambda: count(23480199, 11))
    address_ids: Iterator[int] = field(default_factory=lambda: count(1655007697, 16))
    option_ids: Iterator[int] = field(default_factory=lambda: count(740865108, 23))
    _cart_ids: Iterator[int] = field(default_factory=lambda: count(1127950780082, 10_000))
    _shopper_ids: Iterator[int] = field(default_factory=lambda: count(1127900160082, 10_000))

    def __post_init__(self) -> None:
        for demo_shopper in registered_shoppers(self.keys):
            self._open_demo_account(demo_shopper)

    def reset(self) -> None:
        vars(self).update(vars(World()))
        for source in self.sources.values():
            source.clock = self.now

    # The clock of the sandbox.

    def now(self) -> datetime:
        return datetime.now(UTC) + self.moved

    def advance(self, by: timedelta = timedelta(0)) -> None:
        """Move the clock forward, and run all scheduled calls that are due by the new time.

        Every request calls `advance` first, since real time also moves the clock.
        """
        self.moved += by
        self.schedule.run_until(self.now())

    def later(self, after: timedelta, act: Callable[[], None]) -> None:
        self.schedule.add(self.now() + after, act)

    # Access tokens and refresh tokens.

    def new_shopper(self) -> Shopper:
        shopper = Shopper(str(next(self._shopper_ids)))
        self.shoppers.append(shopper)
        return shopper

    def new_session(self) -> str:
        return secrets.token_hex(8)

    def give_token(self, shopper: Shopper, session: str = "") -> str:
        access = secrets.token_hex(80)
        self.tokens[access] = Token(shopper, self.now(), self.now() + ACCESS_LIFE, session)
        return access

    def give_refresh_token(self, shopper: Shopper, session: str) -> str:
        refresh = secrets.token_hex(88)
        self.refresh_tokens[refresh] = Token(shopper, self.now(), self.now() + REFRESH_LIFE, session)
        return refresh

    def revoke_tokens(self, matches: Callable[[Token], bool]) -> None:
        for tokens in (self.tokens, self.refresh_tokens):
            for value in [value for value, token in tokens.items() if matches(token)]:
                del tokens[value]

    # Accounts of registered shoppers.

    def open_account(
        self,
        username: str,
        password: str | None,
        external_reference: str | None,
        first_name: str,
        last_name: str,
        email: str | None = None,
    ) -> Account:
        """Open the account of a new registered shopper. `email` defaults to the user name."""
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

    def _open_demo_account(self, demo: DemoShopper) -> None:
        account = self.open_account(
            demo.username, demo.password, demo.external_reference, demo.first_name, demo.last_name
        )
        for nickname, fields in demo.addresses.items():
            account.addresses.append(SavedAddress(next(self.address_ids), nickname, not account.addresses, fields))
        for card in demo.cards:
            source = self._demo_source(card)
            self.sources[source.id] = source
            is_default = not account.payment_options
            account.payment_options.append(PaymentOption(next(self.option_ids), card.nickname, is_default, source))

    def _demo_source(self, card: DemoCard) -> Source:
        return Source(
            method=METHODS["creditCard"],
            amount=None,
            currency=None,
            state="chargeable",
            owner=None,
            session_id=None,
            created_at=self.now() - timedelta(days=30),
            details={
                "brand": card.brand,
                "expirationMonth": card.expiration_month,
                "expirationYear": self.now().year + card.valid_years,
                "lastFourDigits": card.last_four_digits,
                "fundingSource": card.funding,
            },
            reusable=True,
            clock=self.now,
        )

    def sign_in_guest(self, guest: Shopper, account: Account) -> None:
        """Move the guest's cart and orders to the account, and revoke the guest's tokens."""
        shopper = account.shopper
        shopper.locale, shopper.currency = guest.locale, guest.currency
        shopper.ip_address = guest.ip_address or shopper.ip_address
        shopper.orders |= guest.orders
        shopper.last_order = guest.last_order or shopper.last_order
        if guest.cart is not None and self.switches.guest_cart == "follows":
            shopper.cart = self._merged_cart(guest.cart, shopper.cart)
        guest.cart, guest.orders = None, {}
        self.revoke_tokens(lambda token: token.shopper is guest)
        if shopper.cart is not None and not shopper.cart.is_submitted:
            shopper.cart.locale, shopper.cart.currency = shopper.locale, shopper.currency
            self.refresh(shopper.cart)

    def _merged_cart(self, guests: Cart, own: Cart | None) -> Cart:
        if own is None or own.is_submitted or guests.is_submitted:
            return guests
        if not own.lines or not guests.lines or self.switches.two_carts == "guest":
            return guests if guests.lines else own
        if self.switches.two_carts == "merged":
            guests.take_lines(own)
            return guests
        return own

    # Carts of shoppers.

    def cart_of(self, shopper: Shopper) -> Cart:
        """Active cart of the shopper; a new cart if the shopper has none."""
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

    def refresh(self, cart: Cart) -> None:
        cart.refresh(preselects_shipping=self.switches.shipping_option == "preselected")

    def detach(self, cart: Cart, source: Source) -> None:
        keeps_source = self.switches.detached_source == "kept" and source is not cart.credit
        cart.detach(source, keeps_source=keeps_source)

    @property
    def strict(self) -> bool:
        """Whether the sandbox switch `payment_amounts` limits a source with a fixed amount to this amount."""
        return self.switches.payment_amounts == "strict"

    # Stock of products.

    def lacks(self, product_id: int, quantity: int) -> bool:
        """Whether too few units are in stock. False for a product on backorder, which can be bought in any quantity."""
        stock = self.stock[product_id]
        return stock is not None and quantity > stock and product_id not in self.backorders

    def in_stock(self, product_id: int, quantity: int) -> int:
        """How many of the units are in stock."""
        return min(quantity, self.stock[product_id] or 0) if self.lacks(product_id, quantity) else quantity

    def is_backordered(self, line: Line) -> bool:
        """Whether the line has more units than are in stock, and its product is on backorder."""
        stock = self.stock[line.product.id]
        return line.product.id in self.backorders and stock is not None and line.quantity > stock

    def take_stock(self, cart: Cart) -> None:
        for line in cart.lines:
            self._add_to_stock(line, -line.quantity)

    def return_stock(self, cart: Cart) -> None:
        for line in cart.lines:
            self._add_to_stock(line, line.quantity)

    def _add_to_stock(self, line: Line, quantity: int) -> None:
        stock = self.stock[line.product.id]
        if stock is not None:
            self.stock[line.product.id] = stock + quantity

    # Lookups of orders and carts.

    def orders(self) -> list[Order]:
        """The orders of all shoppers, the newest first."""
        orders = [order for shopper in self.shoppers for order in shopper.orders.values()]
        return sorted(orders, key=lambda order: order.id, reverse=True)

    def cart_of_session(self, session_id: str) -> Cart | None:
        """Cart with this payment session; None if no shopper has such a cart."""
        carts = (shopper.cart for shopper in self.shoppers)
        return next((cart for cart in carts if cart is not None and cart.session_id == session_id), None)

    def order_of_source(self, source: Source) -> Order | None:
        return next((order for order in self.orders() if order.cart.source is source), None)
