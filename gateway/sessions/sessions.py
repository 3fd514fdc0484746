"""Who the shopper is: a handle the client holds, and behind it the upstream tokens it never sees.

A handle is 256 random bits, as a cookie or as a bearer, and each is good only as what it was issued as.
The store knows its SHA-256 alone. A session ends when it is not used, after its longest life, or with an
access token that cannot be renewed; it is never continued with a new guest token, since that would be an
empty cart.
"""

import asyncio
import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import msgspec

from gateway.enums import SessionDelivery, SessionLevel
from gateway.errors import SessionExpired, TokenRenewalTimeout, UpstreamError, UpstreamRefusal
from gateway.sessions.encryption import SessionEncryption, encryption_keys
from gateway.settings import Settings
from gateway.store.interface import LockNotAcquired, Store
from gateway.upstream.client import Upstream
from gateway.upstream.oauth import Tokens
from gateway.upstream.order import Proof

TOUCH_AFTER = timedelta(minutes=1)
"""How long a session may be used before its use is written down; far below the idle limit."""

FRESH_FOR_CHECKOUT = timedelta(seconds=120)
"""Life an access token must have left before a step of the checkout."""

HANDLE_BYTES = 32

RENEWAL_S = 10
"""How long a renewal may take, and how long another process waits for it."""


@dataclass(frozen=True)
class Handle:
    """What a client showed. `text` is secret."""

    delivery: SessionDelivery
    text: str

    @classmethod
    def new(cls, delivery: SessionDelivery) -> "Handle":
        return cls(delivery, secrets.token_urlsafe(HANDLE_BYTES))

    @property
    def key(self) -> str:
        # The delivery is part of the digest: a cookie's text finds nothing as a bearer.
        return "session:" + hashlib.sha256(f"{self.delivery.value}:{self.text}".encode()).hexdigest()

    def __repr__(self) -> str:
        return f"Handle({self.delivery.name}, ***)"


class CheckoutMemory(msgspec.Struct, kw_only=True):
    """What a session knows of its checkout and the cart does not tell."""

    attached_at: dict[str, str] = {}
    """What the primary source had to pay at the moment it was attached, as `118.01 USD`, by source id."""
    credit_covers: bool | None = None
    """Whether store credit alone paid all of the cart when it was last seen; None: it was not alone there."""
    asked_authentication: str | None = None
    """Source for which the last submission asked for an authentication."""
    coupons: list[str] = []
    """Codes the shopper redeemed."""
    offers: list[str] = []
    """Upstream ids of the offers that were applied by their id."""
    latest_submission: str | None = None
    """Idempotency key."""
    order_ids: list[str] = []
    """Upstream ids of the orders this session placed."""
    unlocked: dict[str, Proof] = {}
    """What the shopper knew of orders placed elsewhere, by upstream id. Digital River keeps no such memory:
    the order is looked up by it each time."""


class Record(msgspec.Struct, kw_only=True):
    """A session as the store keeps it. Instants are UTC."""

    id: str
    """Stays when the handle changes: what is keyed by it belongs to the whole visit."""
    level: SessionLevel
    shopper_id: str | None = None
    """Upstream id of the shopper who has signed in; None for a guest, and until it was read."""
    locale: str
    currency_code: str
    access_token: str
    refresh_token: str | None
    access_ends_at: datetime
    started_at: datetime
    used_at: datetime
    checkout_memory: CheckoutMemory
    kept_until: datetime | None = None
    """How long it is kept for a submission that is not over, although its handle is no longer good."""

    def __repr__(self) -> str:
        return f"Record({self.id}, {self.level.name})"

    def belong(self, tokens: Tokens, now: datetime) -> None:
        """The visit is a signed-in shopper's from here on. A guest's refresh token is good for nothing any more."""
        self.level = SessionLevel.REGISTERED
        self.refresh_token = None
        self.renew(tokens, now)
        self.started_at = self.used_at = now

    def renew(self, tokens: Tokens, now: datetime) -> None:
        self.access_token = tokens.access_token
        self.refresh_token = tokens.refresh_token or self.refresh_token
        self.access_ends_at = now + timedelta(seconds=tokens.expires_in_s)


class Session:
    """One live session: the record as last read or written, and where the store has it."""

    expires_at: datetime

    def __init__(self, key: str, delivery: SessionDelivery, record: Record, expires_at: datetime) -> None:
        self.key = key
        self.delivery = delivery
        self.record = record
        self.expires_at = expires_at

    # What the graph shows.
    @property
    def id(self) -> str:
        return self.record.id

    @property
    def cart_owner(self) -> str:
        """Whose cart it is: a shopper has one cart, however many sessions."""
        return self.record.shopper_id or self.record.id

    @property
    def level(self) -> SessionLevel:
        return self.record.level

    @property
    def locale(self) -> str:
        return self.record.locale

    @property
    def currency_code(self) -> str:
        return self.record.currency_code


class Sessions:
    """Begins, finds, renews and ends sessions. Changes that race are settled by the store."""

    def __init__(self, store: Store, upstream: Upstream, settings: Settings, now: Callable[[], datetime]) -> None:
        self._store = store
        self._encryption = SessionEncryption(encryption_keys(settings))
        self._upstream = upstream
        self._idle = timedelta(seconds=settings.session_idle_s)
        self._absolute = timedelta(seconds=settings.session_absolute_s)
        self._now = now
        self._renewals: dict[str, asyncio.Task[None]] = {}

    async def begin(
        self, upstream: Upstream, delivery: SessionDelivery, locale: str, currency_code: str
    ) -> tuple[Session, Handle]:
        """Start a guest session with a token asked for over `upstream`. The handle is told once and not kept."""
        tokens = await upstream.tokens.guest_token(locale, currency_code)
        return await self._start(SessionLevel.ANONYMOUS, tokens, delivery, locale, currency_code)

    async def begin_registered(
        self, tokens: Tokens, delivery: SessionDelivery, locale: str, currency_code: str
    ) -> tuple[Session, Handle]:
        """Start a session of a shopper who has just signed in without having been a guest."""
        return await self._start(SessionLevel.REGISTERED, tokens, delivery, locale, currency_code)

    async def _start(
        self, level: SessionLevel, tokens: Tokens, delivery: SessionDelivery, locale: str, currency_code: str
    ) -> tuple[Session, Handle]:
        now = self._now()
        record = Record(
            id=secrets.token_hex(8),
            level=level,
            locale=locale,
            currency_code=currency_code,
            access_token=tokens.access_token,
            refresh_token=tokens.refresh_token,
            access_ends_at=now + timedelta(seconds=tokens.expires_in_s),
            started_at=now,
            used_at=now,
            checkout_memory=CheckoutMemory(),
        )
        handle = Handle.new(delivery)
        return await self._put(handle.key, delivery, record), handle

    async def promote(self, session: Session, tokens: Tokens) -> tuple[Session, Handle]:
        """Make a guest's session that of a shopper: the same visit under a new handle. The old handle is dead.

        Raises `SessionExpired` when the session has ended in the meantime.
        """
        record = await self._read(session.key)
        if record is None:
            raise SessionExpired
        # Under the old handle nobody is ever signed in, not for a moment.
        record.belong(tokens, self._now())
        handle = Handle.new(session.delivery)
        promoted = await self._put(handle.key, session.delivery, record)
        await self._store.delete(session.key)
        return promoted, handle

    async def retire(self, session: Session) -> None:
        """End a session whose submission is not over: no handle leads to it, and its token is kept for that."""
        await self._put(f"session:retired:{session.id}", session.delivery, session.record)
        await self._store.delete(session.key)

    async def find_by_id(self, session_id: str) -> Session | None:
        """The session for what goes on without its shopper; None when it has ended."""
        found = await self._store.get(_pointer(session_id))
        if found is None:
            return None
        delivery, _, key = found.decode().partition(" ")
        record = await self._read(key)
        return Session(key, SessionDelivery(delivery), record, self._expires_at(record)) if record else None

    async def find(self, handle: Handle) -> Session | None:
        """The live session behind a handle, its use noted; None for one that is unknown or has ended."""
        record = await self._read(handle.key)
        if record is None:
            return None
        now = self._now()
        if self._expires_at(record) <= now:
            if record.kept_until is None or record.kept_until <= now:
                await self._store.delete(handle.key)
            return None
        session = Session(handle.key, handle.delivery, record, self._expires_at(record))
        if now - record.used_at >= TOUCH_AFTER:
            await self.change(session, lambda fresh: setattr(fresh, "used_at", now))
        return session

    async def change(self, session: Session, edit: Callable[[Record], None]) -> None:
        """Apply `edit` to the newest record and write it. `edit` may run more than once.

        Raises `SessionExpired` when the session has ended in the meantime.
        """
        while True:
            present = await self._store.get(session.key)
            record = self._opened(session.key, present)
            if record is None:
                raise SessionExpired
            edit(record)
            sealed = self._sealed(session.key, record)
            written = await self._store.replace(session.key, sealed, expected=present, ttl_s=self._left_s(record))
            if written:
                session.record = record
                session.expires_at = self._expires_at(record)
                return

    async def keep(self, session: Session, latest: str) -> None:
        """Note the submission that begins. Until it is over the session is kept for it, as long as any lives."""

        def note(record: Record) -> None:
            record.checkout_memory.latest_submission = latest
            record.kept_until = record.started_at + self._absolute

        await self.change(session, note)

    async def update_checkout_memory(self, session: Session, edit: Callable[[CheckoutMemory], None]) -> None:
        await self.change(session, lambda record: edit(record.checkout_memory))

    async def access_token(self, session: Session, *, good_for: timedelta = timedelta(0)) -> str:
        """A token that lives at least `good_for` longer, renewed where needed.

        A token that cannot be renewed is used up to its end. Raises `SessionExpired` after that.
        """
        if session.record.access_ends_at - self._now() <= good_for:
            if session.record.refresh_token is not None:
                await self._renew_early(session)
            elif session.record.access_ends_at <= self._now():
                await self.end(session)
                raise SessionExpired
        return session.record.access_token

    async def _renew_early(self, session: Session) -> None:
        try:
            await self.renew(session, stale=session.record.access_token)
        except UpstreamError:
            # A token that lives still is better than none.
            if session.record.access_ends_at <= self._now():
                raise

    async def renew(self, session: Session, *, stale: str) -> None:
        """Replace the token `stale`, once however many ask. Raises `SessionExpired` when upstream refuses."""
        renewal = self._renewals.get(session.key)
        if renewal is None:
            renewal = asyncio.create_task(self._renew(session, stale))
            self._renewals[session.key] = renewal
            renewal.add_done_callback(lambda _: self._renewals.pop(session.key))
        await asyncio.shield(renewal)
        # Another caller's object may have led the renewal.
        await self.change(session, lambda _: None)

    async def _renew(self, session: Session, stale: str) -> None:
        try:
            async with self._store.lock(f"renewal:{session.id}", wait_s=RENEWAL_S, ttl_s=RENEWAL_S):
                await self._renew_in_turn(session, stale)
        except LockNotAcquired:
            raise TokenRenewalTimeout(detail="renewal by another replica") from None

    async def _renew_in_turn(self, session: Session, stale: str) -> None:
        await self.change(session, lambda _: None)
        if session.record.access_token != stale:
            return
        if session.record.refresh_token is None:
            await self.end(session)
            raise SessionExpired
        try:
            tokens = await self._upstream.tokens.refreshed_token(session.record.refresh_token)
        except UpstreamRefusal as refusal:
            if refusal.status not in (400, 401):
                raise  # A quota says nothing about the token.
            await self.end(session)
            raise SessionExpired from refusal
        now = self._now()
        await self.change(session, lambda record: record.renew(tokens, now))

    async def end(self, session: Session) -> None:
        await self._store.delete(session.key)

    # How a record is kept.

    async def _put(self, key: str, delivery: SessionDelivery, record: Record) -> Session:
        sealed = self._sealed(key, record)
        await self._store.replace(key, sealed, expected=None, ttl_s=self._left_s(record))
        found_at = f"{delivery.value} {key}".encode()
        await self._store.put(_pointer(record.id), found_at, ttl_s=self._absolute.total_seconds())
        return Session(key, delivery, record, self._expires_at(record))

    async def _read(self, key: str) -> Record | None:
        return self._opened(key, await self._store.get(key))

    def _opened(self, key: str, sealed: bytes | None) -> Record | None:
        value = self._encryption.decrypt(key, sealed) if sealed is not None else None
        return msgspec.msgpack.decode(value, type=Record) if value is not None else None

    def _sealed(self, key: str, record: Record) -> bytes:
        return self._encryption.encrypt(key, msgspec.msgpack.encode(record))

    def _expires_at(self, record: Record) -> datetime:
        ends = [record.used_at + self._idle, record.started_at + self._absolute]
        if record.refresh_token is None:
            ends.append(record.access_ends_at)
        return min(ends)

    def _left_s(self, record: Record) -> float:
        ends_at = max(self._expires_at(record), record.kept_until or record.started_at)
        return max((ends_at - self._now()).total_seconds(), 0.001)


def _pointer(session_id: str) -> str:
    """Where it stands under which handle a session is kept: its id outlives its handles."""
    return f"session-at:{session_id}"


def utc_now() -> datetime:
    return datetime.now(UTC)
