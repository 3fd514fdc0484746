"""The context of a running operation: the services, the caller, and the values that the operation has read."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import Any, TypeVar

from graphql import GraphQLError
from strawberry.dataloader import DataLoader

from gateway.amounts.money import Money
from gateway.catalog.catalog import Catalog
from gateway.catalog.stock_loader import PendingReads, StockLoader
from gateway.elapsed_time import elapsed_s
from gateway.enums import SessionDelivery, SessionLevel
from gateway.errors import (
    CartBusy,
    SessionExpired,
    SessionRequired,
    SignInRequired,
    UpstreamRefusal,
    UpstreamTimeout,
    UpstreamTokenInvalid,
)
from gateway.operation.caller import Caller
from gateway.operation.field_spans import FieldSpans
from gateway.operation.recorded_results import RecordedResults
from gateway.operation.services import Services
from gateway.operation.session_search import SessionSearch
from gateway.operation.shared_reads import Reads, already_read, read_once
from gateway.payments.source_amounts import recall_amount
from gateway.refusals.warnings import MutationWarning
from gateway.sessions.handle import Handle
from gateway.sessions.record import EarlierSubmissions
from gateway.sessions.sessions import Session
from gateway.settings.settings import Settings
from gateway.store.answer_cache import UsedAnswers
from gateway.store.interface import Lease
from gateway.upstream.call_budget import CallBudget
from gateway.upstream.cart import Cart
from gateway.upstream.catalog import InventoryStatus, Market, Product
from gateway.upstream.client import Upstream
from gateway.upstream.exchange import Reserve
from gateway.upstream.order import Order
from gateway.upstream.shopper import PaymentOption, SavedAddress, Shopper
from gateway.upstream.tax import TaxIdentifierRequirement

T = TypeVar("T")

DEADLINE_REACHED = "the operation's deadline"
"""Detail of the error for a field that was not resolved before the deadline."""

STOCK_WAIT_SHARE = 0.1
"""Maximum time that a stock read waits for other reads, as a share of the operation's maximum duration."""


@dataclass
class Operation:
    """The state of one operation."""

    within_s: float
    """Maximum duration of the operation, in seconds."""
    deadline_at: float
    """Deadline of the operation, in seconds of `elapsed_s`."""
    upstream: Upstream
    """Client of Digital River whose calls end at the deadline of the operation."""
    market: Market | None
    """Market of the public fields, from `@inContext`; None without `@inContext`. The session's market is unaffected."""
    budget: CallBudget | None = None
    """The calls that the operation may still cause. None for background work."""
    session: Session | None = None
    has_dead_handle: bool = False
    """Whether the client sent a session handle whose session has ended."""
    earlier_submissions: EarlierSubmissions | None = None
    """Submissions of the session of the client's handle, if the session has ended."""
    issued_cookie: Handle | None = None
    clears_cookie: bool = False
    session_search: SessionSearch = field(default_factory=SessionSearch)
    cart_reads: Reads = field(default_factory=dict)
    account_reads: Reads = field(default_factory=dict)
    used_answers: UsedAnswers = field(default_factory=UsedAnswers)
    card_fields: dict[str, list[tuple[str, ...]]] = field(default_factory=dict)
    """Paths of card numbers in arguments, by response key of the root field. These root fields are not resolved."""
    recorded: RecordedResults = field(default_factory=dict)
    """Results of mutations, and of resolvers that had to wait, for graphql-core if the plan of the operation fails."""
    new_warnings: tuple[MutationWarning, ...] = ()
    """Warnings that belong to the payload of the mutation that runs."""
    unread_errors: list[GraphQLError] = field(default_factory=list)
    """Errors of payloads whose `errors` the operation did not select."""
    unread_warnings: list[object] = field(default_factory=list)
    """Warnings of payloads whose `warnings` the operation did not select."""
    payload_codes: list[str] = field(default_factory=list)
    """Codes of the errors in all payloads, for the log."""
    field_spans: FieldSpans | None = None
    """None if the operation is not traced."""
    outcome: str | None = None
    """Status of the submission that the operation reports, for the log. None if it reports none."""


@dataclass(frozen=True)
class Context:
    services: Services
    caller: Caller
    operation: Operation

    @property
    def settings(self) -> Settings:
        return self.services.settings

    @property
    def upstream(self) -> Upstream:
        return self.operation.upstream

    @cached_property
    def catalog(self) -> Catalog:
        """The catalog in the market of this operation."""
        return self.services.catalog.for_operation(
            self.operation.market, self.pending_reads, self.operation.used_answers, self.operation.budget
        )

    @cached_property
    def pending_reads(self) -> PendingReads:
        """The reads of this operation that are in progress. The stock loader waits for them."""
        return PendingReads()

    @cached_property
    def stock(self) -> StockLoader:
        """Loader that reads the stock of all products of the operation in one call."""

        catalog = self.catalog  # The loader must not refer to this context, which refers to it.

        async def load(ids: list[str], fresh: bool) -> Mapping[str, InventoryStatus]:
            return await catalog.stock(ids, past_cache=fresh)

        return StockLoader(load, self.pending_reads, self.operation.within_s * STOCK_WAIT_SHARE)

    @cached_property
    def products(self) -> "DataLoader[str, Product | None]":
        """Loader of products by upstream id. Products that are needed at the same time are read in one call."""

        catalog = self.catalog

        async def load(ids: list[str]) -> list[Product | None]:
            products = await catalog.products(ids)
            return [products.get(product_id) for product_id in ids]

        return DataLoader(load_fn=load)

    # The session of the caller.

    async def session(self) -> Session | None:
        """The caller's session; None without a session handle, or if the session has ended."""
        if self.caller.handle is not None:
            await self.operation.session_search.once(self._find_session)
        return self.operation.session

    async def _find_session(self) -> None:
        handle = self.caller.handle
        self.operation.session = await self.services.sessions.find(handle) if handle is not None else None
        if self.operation.session is None:
            await self.session_has_ended()

    async def reaches(self, level: SessionLevel) -> bool:
        """Whether the session has at least this level."""
        session = await self.session()
        return level is SessionLevel.NONE or (session is not None and session.reaches(level))

    async def require(self, level: SessionLevel) -> None:
        """Check the level of the session. Raises `SessionRequired`, `SessionExpired` or `SignInRequired`."""
        if await self.reaches(level):
            return
        await self.own_session()
        raise SignInRequired

    async def own_session(self) -> Session:
        """The caller's session. Raises `SessionRequired` without a session handle, and `SessionExpired` if the session
        has ended."""
        session = await self.session()
        if session is None:
            raise SessionExpired if self.operation.has_dead_handle else SessionRequired
        return session

    def adopt(self, session: Session, handle: Handle) -> None:
        """Replace the session of the operation with a new session."""
        operation = self.operation
        operation.session, operation.has_dead_handle, operation.clears_cookie = session, False, False
        self.forget_cart()
        self.forget_account()
        if handle.delivery is SessionDelivery.COOKIE:
            operation.issued_cookie = handle
            operation.new_warnings = self.caller.new_cookie().warnings

    async def session_has_ended(self) -> None:
        """Remove the session from the operation, because there is no record of its handle, the session was idle for too
        long, or it has lost its tokens.

        The client keeps its cookie. The browser may have a newer one by now, which this answer would clear, and with
        the handle of a record that is retained for a submission, the client's next session can read the outcome.
        """
        self._forget_session()
        handle = self.caller.handle
        if handle is not None:
            self.operation.earlier_submissions = await self.services.sessions.earlier_submissions(handle)

    def lose_session(self) -> None:
        """Remove the session from the operation, because the client ended the session. The cookie is cleared."""
        self._forget_session()
        handle = self.caller.handle
        self.operation.clears_cookie = handle is not None and handle.delivery is SessionDelivery.COOKIE

    async def reload_session(self, session: Session) -> None:
        """Read the session again after a wait for the lock of its cart. Another request may have changed it meanwhile.

        Raises `SessionExpired` if the handle is no longer valid, for example after a sign-in in another tab, and
        `CartBusy` if the cart has another owner.
        """
        owner = session.cart_owner
        try:
            await self.services.sessions.reload(session)
        except SessionExpired:
            await self.session_has_ended()
            raise
        if session.cart_owner != owner:
            raise CartBusy

    def _forget_session(self) -> None:
        self.operation.session = self.operation.issued_cookie = None
        self.operation.has_dead_handle = True

    # Calls to Digital River with the shopper's token.

    async def as_shopper(
        self, call: Callable[[Upstream, str], Awaitable[T]], *, good_for: timedelta = timedelta(0)
    ) -> T:
        """Make a call with the shopper's token. If Digital River rejects the token, repeat the call with a new token.

        A call with a rejected token has no effect. Submissions do not use this method, as they are never sent twice.
        """
        session = await self.own_session()
        try:
            token = await self.access_token(session, good_for=good_for)
            try:
                return await call(self.operation.upstream, token)
            except UpstreamTokenInvalid:
                await self.in_time(self.services.token_renewal.renew(session, stale=token))
                return await call(self.operation.upstream, session.record.access_token)
        except SessionExpired:
            await self.session_has_ended()
            raise

    async def access_token(self, session: Session, *, good_for: timedelta = timedelta(0)) -> str:
        """Access token of the session, see `TokenRenewal.access_token`. Raises `UpstreamTimeout` at the deadline of
        this operation."""
        renewal = self.services.token_renewal
        if renewal.has_time_left(session, good_for):
            return session.record.access_token
        return await self.in_time(renewal.access_token(session, good_for=good_for))

    async def in_time(self, awaited: Awaitable[T], spare_s: float = 0) -> T:
        """Result of an awaitable. Raises `UpstreamTimeout` at the operation's deadline, or `spare_s` before it."""
        try:
            async with asyncio.timeout(max(self.operation.deadline_at - spare_s - elapsed_s(), 0)):
                return await awaited
        except TimeoutError:
            raise UpstreamTimeout(detail=DEADLINE_REACHED) from None

    # The cart. It is read once, and again after each change of the cart.

    def cart(self) -> "asyncio.Future[Cart]":
        return read_once(self.operation.cart_reads, "cart", self._read_cart)

    async def _read_cart(self) -> Cart:
        with self.pending_reads:
            cart = await self.as_shopper(lambda upstream, token: upstream.cart.active_cart(token))
        await recall_amount(self.services.store, await self.own_session(), cart)
        return cart

    def tax_requirements(self) -> "asyncio.Future[list[TaxIdentifierRequirement]]":
        """The tax identifiers that the cart's country requires."""
        return read_once(
            self.operation.cart_reads,
            "tax requirements",
            lambda: self.as_shopper(lambda upstream, token: upstream.cart.tax_requirements(token)),
        )

    def remember_cart(self, cart: Cart) -> None:
        """Keep the cart from the answer to a change, so that the cart is not read again."""
        self.operation.cart_reads["cart"] = already_read(cart)

    def remember_shopper(self, shopper: Shopper) -> None:
        """Keep the shopper whom a sign-in has read, so that the shopper is not read again."""
        self.operation.account_reads["shopper"] = already_read(shopper)

    @contextmanager
    def holding(self, lease: Lease) -> Iterator[None]:
        """Send changes to Digital River only while the lease of the cart's lock is held."""
        without_lease = self.operation.upstream
        self.operation.upstream = without_lease.holding(lease)
        try:
            yield
        finally:
            self.operation.upstream = without_lease

    def forget_cart(self) -> None:
        """Forget the cart and the stock after a change of the cart, so that they are read again."""
        self.operation.cart_reads.clear()
        # The next field that needs stock creates a new loader, which reads the stock again.
        vars(self).pop("stock", None)

    async def order(self, order_id: str) -> Order | None:
        """The shopper's order with this upstream id; None if Digital River does not find the order."""
        try:
            return await self.as_shopper(lambda upstream, token: upstream.orders.order(token, order_id))
        except UpstreamRefusal as refusal:
            if refusal.status == 404:
                return None
            raise

    # The registered shopper's account. It is read once, and again after each change of the account.

    def shopper(self) -> "asyncio.Future[Shopper]":
        return self._account("shopper", lambda upstream, token: upstream.account.shopper(token))

    def addresses(self) -> "asyncio.Future[list[SavedAddress]]":
        return self._account("addresses", lambda upstream, token: upstream.account.addresses(token))

    def payment_options(self) -> "asyncio.Future[list[PaymentOption]]":
        return self._account("payment options", lambda upstream, token: upstream.account.payment_options(token))

    def credit_balance(self) -> "asyncio.Future[Money | None]":
        """The shopper's store credit; None if the shopper has no account in the merchant's ledger."""
        return read_once(self.operation.account_reads, "credit balance", self._read_credit_balance)

    async def _read_credit_balance(self) -> Money | None:
        reference = (await self.shopper()).external_reference_id
        return await self.upstream.payments.credit_balance(reference) if reference is not None else None

    def once(self, name: str, read: Callable[[], Coroutine[Any, Any, T]]) -> "asyncio.Future[T]":
        """The result of `read`, which reads data of the shopper's account and is called once for each `name`."""
        return read_once(self.operation.account_reads, name, read)

    def forget_account(self) -> None:
        """Forget the account data after a change of the account or a sign-in, so that they are read again."""
        self.operation.account_reads.clear()

    def _account(self, name: str, call: Callable[[Upstream, str], Awaitable[T]]) -> "asyncio.Future[T]":
        return read_once(self.operation.account_reads, name, lambda: self.as_shopper(call))


def begin_operation(
    services: Services,
    caller: Caller,
    *,
    buys: bool,
    market: Market | None = None,
    budget: CallBudget | None = None,
    is_query: bool = False,
) -> Context:
    """New context of an operation. An operation that submits or resumes an order (`buys`) has a later deadline.

    `budget` limits the calls of a query, and the reads of the catalog in any operation. The reads that belong to a
    change are not limited, as a change must not stop half-way.
    """
    settings = services.settings
    within_s = settings.submission_deadline_s if buys else settings.operation_deadline_s
    deadline_at = elapsed_s() + within_s
    upstream = services.upstream.until(deadline_at, budget if is_query else None)
    # Background work must not use up the connections on which shoppers submit.
    if buys and caller.handle is not None:
        upstream = upstream.reserving(Reserve.SUBMISSIONS)
    return Context(services, caller, Operation(within_s, deadline_at, upstream, market, budget))


def context_of_session(ctx: Context, session: Session) -> Context:
    """New context of the same operation in another session, with the same deadline."""
    operation = ctx.operation
    caller = ctx.caller._replace(handle=None)
    other = Operation(operation.within_s, operation.deadline_at, operation.upstream, market=None, session=session)
    return Context(ctx.services, caller, other)


def background_context(services: Services, session: Session) -> Context:
    """New context for background work in a session, without a request."""
    ctx = begin_operation(
        services, Caller(secrets.token_hex(16), address=None, nearest_address=None, handle=None), buys=True
    )
    ctx.operation.session = session
    return ctx
