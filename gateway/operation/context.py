"""What one operation may reach: the gateway, its caller, and what the operation has found out so far."""

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from graphql import GraphQLError
from strawberry.dataloader import DataLoader

from gateway.catalog.catalog import Catalog
from gateway.catalog.stock_loader import Reads, Stock
from gateway.enums import SessionDelivery, SessionLevel
from gateway.errors import (
    SessionExpired,
    SessionRequired,
    SignInRequired,
    UpstreamRefusal,
    UpstreamTimeout,
    UpstreamTokenInvalid,
)
from gateway.money import Money
from gateway.operation.caller import Caller
from gateway.operation.services import Services
from gateway.sessions.sessions import Handle, Session
from gateway.settings import Settings
from gateway.upstream.cart import Cart
from gateway.upstream.catalog import InventoryStatus, Market, Product
from gateway.upstream.client import Upstream
from gateway.upstream.order import Order
from gateway.upstream.shopper import PaymentOption, SavedAddress, Shopper
from gateway.upstream.tax import TaxIdentifierRequirement

if TYPE_CHECKING:  # An attempt reaches for the whole context, which holds the attempts.
    pass

T = TypeVar("T")

PATIENCE = 0.1
"""Part of an operation's time in which its stock waits for other reads, to be asked for in one call."""


@dataclass
class Operation:
    """What changes while one operation runs, and ends with it."""

    deadline_at: float
    """In seconds of `time.monotonic`."""
    market: Market | None
    """Chosen by the operation, for what is public; it changes nothing of the session."""
    catalog: Catalog
    products: "DataLoader[str, Product | None]"
    stock: Stock
    reads: Reads
    """What the stock waits for, to be asked for in one call."""
    session: Session | None = None
    lookup: "asyncio.Future[None] | None" = None
    has_dead_handle: bool = False
    issued_cookie: Handle | None = None
    clears_cookie: bool = False
    cart: "asyncio.Future[Cart] | None" = None
    tax_requirements: "asyncio.Future[list[TaxIdentifierRequirement]] | None" = None
    account: "dict[str, asyncio.Future[Any]]" = field(default_factory=dict)
    """What was read of the shopper beside the cart, by what it is."""
    cards: dict[str, list[tuple[str, ...]]] = field(default_factory=dict)
    """Root fields that were given card numbers, by response key, and where. They are not called."""
    promoted: list[GraphQLError] = field(default_factory=list)
    unread_warnings: list[object] = field(default_factory=list)


@dataclass(frozen=True)
class Context:
    services: Services
    caller: Caller
    operation: Operation

    @property
    def upstream(self) -> Upstream:
        """The client, bound to the deadline of this operation."""
        return self.services.upstream.until(self.operation.deadline_at)

    @property
    def catalog(self) -> Catalog:
        """What is for sale, in the market of this operation."""
        return self.operation.catalog

    @property
    def settings(self) -> Settings:
        return self.services.settings

    async def session(self) -> Session | None:
        """The caller's session; None without a handle, or when the handle is no longer good."""
        operation = self.operation
        if self.caller.handle is not None:
            # Fields side by side ask at the same time, and the store is asked once.
            if operation.lookup is None:
                operation.lookup = asyncio.ensure_future(self._find_session(self.caller.handle))
            await asyncio.shield(operation.lookup)
        return operation.session

    async def _find_session(self, handle: Handle) -> None:
        self.operation.session = await self.services.sessions.find(handle)
        if self.operation.session is None:
            self.lose_session()

    async def require(self, level: SessionLevel) -> None:
        """Refuse a member whose level the session does not reach. Makes no upstream call."""
        session = await self.session()
        reached = session.level if session else SessionLevel.NONE
        if reached.reaches(level):
            return
        if session is not None:
            raise SignInRequired
        raise SessionExpired if self.operation.has_dead_handle else SessionRequired

    async def reaches(self, level: SessionLevel) -> bool:
        """Whether the session is of this level. Makes no upstream call."""
        session = await self.session()
        return (session.level if session else SessionLevel.NONE).reaches(level)

    async def own_session(self) -> Session:
        """The session of a member that needs one."""
        session = await self.session()
        if session is None:
            raise SessionExpired if self.operation.has_dead_handle else SessionRequired
        return session

    def adopt(self, session: Session, handle: Handle) -> None:
        """Go on with a session that has just begun."""
        operation = self.operation
        operation.session, operation.has_dead_handle, operation.clears_cookie = session, False, False
        self.forget_cart()
        self.forget_account()
        if handle.delivery is SessionDelivery.COOKIE:
            operation.issued_cookie = handle

    def lose_session(self) -> None:
        """The handle that came, or was given out a moment ago, is good for nothing any more."""
        self.operation.session = self.operation.issued_cookie = None
        self.operation.has_dead_handle = True
        handle = self.caller.handle
        self.operation.clears_cookie = handle is not None and handle.delivery is SessionDelivery.COOKIE

    async def as_shopper(
        self, call: Callable[[Upstream, str], Awaitable[T]], *, good_for: timedelta = timedelta(0)
    ) -> T:
        """Make a call in the shopper's name; once more with a renewed token when upstream refuses the present one.

        A refused token means that nothing was done. Never for a submission.
        """
        session = await self.own_session()
        try:
            token = await self.access_token(session, good_for=good_for)
            try:
                return await call(self.upstream, token)
            except UpstreamTokenInvalid:
                await self.in_time(self.services.sessions.renew(session, stale=token))
                return await call(self.upstream, session.record.access_token)
        except SessionExpired:
            self.lose_session()
            raise

    async def access_token(self, session: Session, *, good_for: timedelta = timedelta(0)) -> str:
        """See `Sessions.access_token`; not longer than this operation may take."""
        return await self.in_time(self.services.sessions.access_token(session, good_for=good_for))

    async def in_time(self, awaited: Awaitable[T]) -> T:
        """Wait until the deadline of this operation, for what may be shared with others and then goes on."""
        try:
            async with asyncio.timeout(max(self.operation.deadline_at - time.monotonic(), 0)):
                return await awaited
        except TimeoutError:
            raise UpstreamTimeout(detail="the operation's deadline") from None

    def cart(self) -> "asyncio.Future[Cart]":
        """The cart, read once for the whole operation until something changes it."""
        operation = self.operation
        if operation.cart is None:
            operation.cart = asyncio.ensure_future(self._read_cart())
            # An operation that ran out of time no longer asks what became of it.
            operation.cart.add_done_callback(lambda read: read.cancelled() or read.exception())
        return asyncio.shield(operation.cart)

    async def _read_cart(self) -> Cart:
        with self.operation.reads.one():
            return await self.as_shopper(lambda upstream, token: upstream.cart.active_cart(token))

    def tax_requirements(self) -> "asyncio.Future[list[TaxIdentifierRequirement]]":
        """What the cart's country asks for, read once for the operation like the cart."""
        operation = self.operation
        if operation.tax_requirements is None:
            operation.tax_requirements = asyncio.ensure_future(self._read_tax_requirements())
            operation.tax_requirements.add_done_callback(lambda read: read.cancelled() or read.exception())
        return asyncio.shield(operation.tax_requirements)

    async def _read_tax_requirements(self) -> list[TaxIdentifierRequirement]:
        return await self.as_shopper(lambda upstream, token: upstream.cart.tax_requirements(token))

    async def order(self, order_id: str) -> Order | None:
        """An order of this session by its upstream id; None when there is none."""
        try:
            return await self.as_shopper(lambda upstream, token: upstream.orders.order(token, order_id))
        except UpstreamRefusal as refusal:
            if refusal.status == 404:
                return None
            raise

    def remember_cart(self, cart: Cart) -> None:
        """`cart` is the answer of a write that shows the whole cart."""

        self.operation.cart = asyncio.get_running_loop().create_future()
        self.operation.cart.set_result(cart)

    def shopper(self) -> "asyncio.Future[Shopper]":
        """The signed-in shopper. Like all of the account, read once for the operation until something changes it."""
        return self.once("shopper", lambda: self.as_shopper(lambda upstream, token: upstream.account.shopper(token)))

    def addresses(self) -> "asyncio.Future[list[SavedAddress]]":
        return self.once(
            "addresses", lambda: self.as_shopper(lambda upstream, token: upstream.account.addresses(token))
        )

    def payment_options(self) -> "asyncio.Future[list[PaymentOption]]":
        return self.once(
            "payment options", lambda: self.as_shopper(lambda upstream, token: upstream.account.payment_options(token))
        )

    def credit_balance(self) -> "asyncio.Future[Money | None]":
        """The signed-in shopper's store credit; None without an account of it."""
        return self.once("credit", self._read_credit_balance)

    async def _read_credit_balance(self) -> Money | None:
        reference = (await self.shopper()).external_reference_id
        return await self.upstream.payments.credit_balance(reference) if reference is not None else None

    def once(self, what: str, read: Callable[[], Coroutine[Any, Any, T]]) -> "asyncio.Future[T]":
        """Something of the caller's own, read once for the operation until something changes the account."""
        account = self.operation.account
        if what not in account:
            account[what] = asyncio.ensure_future(read())
            account[what].add_done_callback(lambda read: read.cancelled() or read.exception())
        return asyncio.shield(account[what])

    def forget_account(self) -> None:
        """After a change of the account, and when the session has become somebody else's."""
        self.operation.account.clear()

    def forget_cart(self) -> None:
        """After a change: what was read before it is no longer so."""
        self.operation.cart = self.operation.tax_requirements = None
        self.operation.stock.clear()


def begin(services: Services, caller: Caller, *, buys: bool, market: Market | None = None) -> Context:
    """A fresh context. `buys`: the operation submits or resumes an order and has longer. `market`: the
    one it chose for what is public.
    """
    settings = services.settings
    within_s = settings.submission_deadline_s if buys else settings.operation_deadline_s
    reads = Reads()
    catalog = services.catalog.within(market, reads)

    async def products(ids: list[str]) -> list[Product | None]:
        found = await catalog.products(ids)
        return [found.get(product_id) for product_id in ids]

    async def stock(ids: list[str], fresh: bool) -> Mapping[str, InventoryStatus]:
        return await catalog.stock(ids, past_cache=fresh)

    operation = Operation(
        deadline_at=time.monotonic() + within_s,
        market=market,
        catalog=catalog,
        products=DataLoader(load_fn=products),
        stock=Stock(stock, reads, within_s * PATIENCE),
        reads=reads,
    )
    return Context(services, caller, operation)


def unattended(services: Services, session: Session) -> Context:
    """A context for what goes on in a session without a request."""
    ctx = begin(services, Caller(secrets.token_hex(16), address=None, handle=None), buys=True)
    ctx.operation.session = session
    return ctx
