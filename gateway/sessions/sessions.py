"""The sessions of shoppers.

A client holds the handle of its session. The store contains the record of the session, with the tokens of Digital
River. A session ends when it is idle for too long, when it reaches its maximum age, or when its access token has
expired and cannot be renewed. An ended session does not continue with a new guest token, because the new token would
have an empty cart.
"""

import contextlib
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.enums import SessionDelivery, SessionLevel
from gateway.errors import RateLimited, SessionExpired, StoreUnavailable
from gateway.metrics import sessions as metrics
from gateway.sessions.handle import Handle
from gateway.sessions.record import CheckoutMemory, EarlierSubmissions, SessionRecord
from gateway.sessions.session_records import SessionRecords, decoded
from gateway.settings.settings import Settings
from gateway.store.interface import Store
from gateway.store.stored_records import MSGPACK, write_record
from gateway.upstream.oauth import Tokens

TOUCH_AFTER = timedelta(minutes=1)
"""Minimum time between two updates of `used_at`. It is much shorter than the idle limit."""

RETAINED_AFTER_SUBMISSION = timedelta(days=1)
"""Minimum time for which the record of a session is stored after a submission. The graph promises 24 hours."""

MOST_EARLIER_OWNERS = 10

RESERVED_S = 120
"""Seconds for which the room for a new session is kept, longer than the call for its tokens can take."""

REPLACED_S = 120
"""Seconds for which a replaced handle is known: longer than any request that was sent with it can take."""

LEVELS = list(SessionLevel)


@dataclass(eq=False)
class Session:
    """An active session. `record` is the stored record, as it was last read or written. `store_key` is the key of the
    record in the store."""

    store_key: str
    delivery: SessionDelivery
    record: SessionRecord
    expires_at: datetime

    def reaches(self, level: SessionLevel) -> bool:
        return LEVELS.index(self.record.level) >= LEVELS.index(level)

    @property
    def id(self) -> str:
        return self.record.id

    @property
    def has_known_owner(self) -> bool:
        """Whether `cart_owner` is known. It is unknown if the shopper could not be read at the sign-in."""
        return self.record.shopper_id is not None or self.level is not SessionLevel.REGISTERED

    @property
    def cart_owner(self) -> str:
        """Id of the cart's owner: the registered shopper, or the guest's session. A registered shopper has one cart in
        all sessions."""
        if not self.has_known_owner:
            # Under any other id, the attempts and locks of the shopper would seem not to exist.
            raise RuntimeError("the owner of the cart is not known yet")
        return self.record.shopper_id or self.record.id

    @property
    def attempt_owners(self) -> list[str]:
        """Owners under whose ids the submission attempts of this session are stored.

        A guest's attempt stays under the id of the guest's session when the guest signs in.
        """
        return self.record.attempt_owners

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
    """Starts, finds, changes and ends sessions. A change is applied again if another request changed the record at the
    same time."""

    def __init__(self, store: Store, settings: Settings, now: Callable[[], datetime]) -> None:
        self._store = store
        self._records = SessionRecords(store, settings)
        self._idle = timedelta(seconds=settings.session_idle_s)
        self._absolute = timedelta(seconds=settings.session_absolute_s)
        self._now = now

    async def find(self, handle: Handle) -> Session | None:
        """The active session of a handle; None if the handle is unknown or the session has ended.

        Also updates the time of the session's last use.
        """
        store_key = handle.store_key
        present = await self._records.stored(store_key)
        if present is None:
            return None
        now, (stored, record) = self._now(), present
        session = Session(store_key, handle.delivery, record, self._expires_at(record))
        if session.expires_at <= now or record.has_lost_tokens:
            if not self._is_retained(record) and await self._store.delete(store_key, expected=stored):
                metrics.ENDED.labels("expired").inc()
            return None
        if now - record.used_at >= TOUCH_AFTER:
            await self.change(session, lambda fresh: setattr(fresh, "used_at", now))
        return session

    async def earlier_submissions(self, handle: Handle) -> EarlierSubmissions | None:
        """The submissions that the client's next session can read by key: those of the handle's session, which has
        ended, or those that a guest's session had when a sign-in replaced its handle a moment ago.

        The handle gives access to their outcomes, and to nothing else.
        """
        record = await self._records.read(handle.store_key)
        if record is not None:
            return self._submissions_of(record)
        note = await self._store.get(_replaced_key(handle.store_key))
        return decoded(note, EarlierSubmissions) if note else None

    async def find_by_id(self, session_id: str) -> Session | None:
        """The session with this id, for work on its submissions.

        None if the record is gone, the tokens are lost, or the session was never located.
        """
        location = await self._store.get(_location_key(session_id))
        while location is not None:
            delivery, _, store_key = location.decode().partition(" ")
            # A sign-out moves the record without noting its location.
            for key in (store_key, _retired_key(session_id)):
                record = await self._records.read(key)
                # The location is not encrypted, so the record itself must say which session it is.
                if record is not None and record.id == session_id:
                    session = Session(key, SessionDelivery(delivery), record, self._expires_at(record))
                    return None if record.has_lost_tokens else session
            # A sign-in may have moved the record since its location was read.
            read, location = location, await self._store.get(_location_key(session_id))
            if location == read:
                return None
        return None

    @asynccontextmanager
    async def reserved(self, delivery: SessionDelivery) -> AsyncIterator[Handle]:
        """A new handle, for which the store has room. Inside the `with` block, tokens are requested and `begin` is
        called.

        A store that is full or out of reach refuses the session before any call to Digital River.
        """
        handle = Handle.new(delivery)
        try:
            await self._store.put(handle.store_key, b"", ttl_s=RESERVED_S)
        except (StoreUnavailable, RateLimited):
            metrics.REFUSED.labels().inc()
            raise
        try:
            yield handle
        except BaseException:
            metrics.REFUSED.labels().inc()
            with contextlib.suppress(StoreUnavailable):
                await self._store.delete(handle.store_key)
            raise

    async def begin(
        self,
        level: SessionLevel,
        tokens: Tokens,
        handle: Handle,
        locale: str,
        currency_code: str,
        earlier: EarlierSubmissions | None,
    ) -> Session:
        """Start a session with new tokens and a reserved handle. The store contains only a digest of the handle.

        `earlier`: submissions of the client's ended sessions. The record is retained as long as they can be read, so
        that a session after this one can read them as well.
        """
        # The time is compared with the time since which the store has lost nothing, which the store measured as well.
        now = await self._store.now()
        record = SessionRecord(
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
            retained_until=earlier.until if earlier is not None else None,
            earlier_owners=earlier.owners[:MOST_EARLIER_OWNERS] if earlier is not None else [],
        )
        session = await self._put(handle.store_key, handle.delivery, record)
        metrics.STARTED.labels(level.value).inc()
        return session

    async def promote(self, session: Session, tokens: Tokens) -> tuple[Session, Handle]:
        """Convert the session of a guest to the session of a registered shopper. The old handle is replaced by a new
        handle.

        Raises `SessionExpired` when the session has ended in the meantime.
        """
        record = await self._records.read(session.store_key)
        if record is None:
            raise SessionExpired
        submissions = self._submissions_of(record)
        # Only the new handle gives access to the registered session.
        record.register(tokens, self._now())
        handle = Handle.new(session.delivery)
        promoted = await self._put(handle.store_key, session.delivery, record)
        metrics.STARTED.labels(SessionLevel.REGISTERED.value).inc()
        if record.retained_until is not None:
            await self.locate(promoted)
        # The shopper is signed in at Digital River. The sign-in must not fail for want of this note.
        with contextlib.suppress(StoreUnavailable, RateLimited):
            note = b"" if submissions is None else write_record(submissions, coding=MSGPACK)
            await self._store.put(_replaced_key(session.store_key), note, ttl_s=REPLACED_S)
        await self._store.delete(session.store_key)
        return promoted, handle

    async def was_replaced(self, handle: Handle) -> bool:
        """Whether a sign-in has replaced this handle a moment ago, so that the client has or gets another one."""
        return await self._store.get(_replaced_key(handle.store_key)) is not None

    async def retire(self, session: Session) -> None:
        """End a session for the client, and make its handle invalid. The newest record stays in the store, because an
        unfinished submission still needs the tokens, until `forget` deletes it."""
        retired_key, handle_key = _retired_key(session.id), session.store_key
        while (newest := await self._records.newest(handle_key)) is not None:
            stored, record = newest
            retired = await self._put(retired_key, session.delivery, record)
            if await self._store.delete(handle_key, expected=stored):
                session.record, session.expires_at = record, retired.expires_at
                metrics.ENDED.labels("sign_out").inc()
                break
        session.store_key = retired_key

    async def forget(self, retired: Session) -> None:
        """Delete the record of a retired session."""
        await self._store.delete(retired.store_key)

    async def lose_tokens(self, session: Session) -> None:
        """End a session whose tokens Digital River refuses. The record stays if it is retained for a submission."""
        key = session.store_key
        while (newest := await self._records.newest(key)) is not None:
            stored, record = newest
            if self._is_retained(record):
                record.has_lost_tokens = True
                changed, ttl_s = self._records.encoded(key, record), self._ttl_s(record)
                has_ended = await self._store.replace(key, changed, expected=stored, ttl_s=ttl_s)
            else:
                has_ended = await self._store.delete(key, expected=stored)
            if has_ended:
                metrics.ENDED.labels("tokens_lost").inc()
                return

    async def reload(self, session: Session) -> None:
        """Read the record again, to see the changes of other requests. Raises `SessionExpired` when the session has
        ended."""
        record = await self._records.read(session.store_key)
        if record is None or record.has_lost_tokens:
            raise SessionExpired
        session.record, session.expires_at = record, self._expires_at(record)

    async def change(self, session: Session, edit: Callable[[SessionRecord], None]) -> None:
        """Apply `edit` to the newest record and write the result. `edit` may be called more than once.

        Raises `SessionExpired` when the session has ended in the meantime.
        """
        while (newest := await self._records.newest(session.store_key)) is not None:
            stored, record = newest
            edit(record)
            changed = self._records.encoded(session.store_key, record)
            if await self._store.replace(session.store_key, changed, expected=stored, ttl_s=self._ttl_s(record)):
                session.record, session.expires_at = record, self._expires_at(record)
                return
        raise SessionExpired

    async def update_checkout_memory(self, session: Session, edit: Callable[[CheckoutMemory], None]) -> None:
        await self.change(session, lambda record: edit(record.checkout_memory))

    async def retain_for_submission(self, session: Session, key: str) -> None:
        """Store the idempotency key of a new submission.

        The record then stays in the store for a day, and until the maximum age of the session, even if the session ends
        earlier.
        """
        retained_until = self._now() + RETAINED_AFTER_SUBMISSION

        def retain(record: SessionRecord) -> None:
            record.checkout_memory.latest_submission_key = key
            latest = record.retained_until or retained_until
            record.retained_until = max(retained_until, record.started_at + self._absolute, latest)

        await self.change(session, retain)

    async def _put(self, store_key: str, delivery: SessionDelivery, record: SessionRecord) -> Session:
        encoded = self._records.encoded(store_key, record)
        await self._store.put(store_key, encoded, ttl_s=self._ttl_s(record))
        return Session(store_key, delivery, record, self._expires_at(record))

    async def locate(self, session: Session) -> None:
        """Let `find_by_id` find the session. Only sessions that submit an order are located: a session without an order
        leaves no more than the record of the session."""
        location = f"{session.delivery.value} {session.store_key}".encode()
        # A submission may retain the record beyond the maximum age of the session.
        ttl_s = (self._absolute + RETAINED_AFTER_SUBMISSION).total_seconds()
        await self._store.put(_location_key(session.id), location, ttl_s=ttl_s)

    def _submissions_of(self, record: SessionRecord) -> EarlierSubmissions | None:
        if record.retained_until is None or not self._is_retained(record):
            return None
        owners = dict.fromkeys((*record.attempt_owners, *record.earlier_owners))
        return EarlierSubmissions([*owners], record.retained_until)

    def _is_retained(self, record: SessionRecord) -> bool:
        return record.retained_until is not None and record.retained_until > self._now()

    def _expires_at(self, record: SessionRecord) -> datetime:
        ends = [record.used_at + self._idle, record.started_at + self._absolute]
        if record.refresh_token is None:
            ends.append(record.access_ends_at)
        return min(ends)

    def _ttl_s(self, record: SessionRecord) -> float:
        ends_at = max(self._expires_at(record), record.retained_until or record.started_at)
        return max((ends_at - self._now()).total_seconds(), 0.001)


def _replaced_key(store_key: str) -> str:
    return f"replaced-{store_key}"


def _retired_key(session_id: str) -> str:
    """Store key of the record of a session that the client has ended."""
    return f"session:retired:{session_id}"


def _location_key(session_id: str) -> str:
    """Store key of the entry that maps a session id to the current store key of the session's record.

    The store key of the record changes with the handle. The session id never changes.
    """
    return f"session-at:{session_id}"
