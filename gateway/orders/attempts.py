"""Submissions as the store has them: what was reserved, sent and found, who is at it, and which carts they hold.

Every step is a compare-and-set, in the memory of one process and in the server that replicas share alike.
"""

import contextlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import Enum
from uuid import UUID

import msgspec
from msgspec.structs import replace

from gateway.enums import SubmissionStatus
from gateway.orders.outcomes import OrderActionRequired, OrderInDoubt, Result, SubmissionAttempt
from gateway.sessions.sessions import Session
from gateway.store.heartbeat import Replica
from gateway.store.interface import Store
from gateway.upstream.decoding import decode, encode

KEPT_S = 2 * 86_400
"""How long an attempt is remembered; the promise is 24 hours."""

SHORTEST_PAUSE = timedelta(seconds=2)
LONGEST_PAUSE = timedelta(seconds=30)
"""Between two looks at a doubt; half of its age in between."""

LONGEST_REDIRECT_PAUSE = timedelta(minutes=5)

OPEN = "attempts"
"""The list of those that are not over."""


class Stage(Enum):
    RESERVED = "reserved"
    SENT = "sent"
    OUTCOME = "outcome"


class Record(msgspec.Struct, kw_only=True):
    """An attempt as the store keeps it. Nothing in it is secret or personal."""

    key: UUID
    fingerprint: str
    owner: str
    """The replica that is at it."""
    locks: list[str] = []
    """What it holds, by place in the store."""
    stage: Stage = Stage.RESERVED
    started_at: datetime
    updated_at: datetime
    sent_at: datetime | None = None
    quiet_from: datetime | None = None
    """When it was sent by the store's clock, which replicas have in common: absence is believed by that one."""
    cart_id: str | None = None
    """Under which the order will be found."""
    payment_session_id: str | None = None
    """The cart's; a cart that takes its place has another one."""
    result: Result | None = None

    @property
    def is_open(self) -> bool:
        """Whether the attempt still holds its cart."""
        return self.result is None or holds_cart(self.result)

    @property
    def is_in_doubt(self) -> bool:
        return isinstance(self.result, OrderInDoubt)

    @property
    def waits_for_shopper(self) -> bool:
        """On a page, or to authenticate a source. Upstream tells whether there is anything to resume."""
        return isinstance(self.result, OrderActionRequired)

    def is_due(self, now: datetime) -> bool:
        """Whether a doubt may be looked at again."""
        return isinstance(self.result, OrderInDoubt) and self.result.check_after <= now

    def attempt(self, result: Result | None = None, *, is_replay: bool = False) -> SubmissionAttempt:
        known = result or self.result
        return SubmissionAttempt(
            idempotency_key=self.key,
            status=known.status if known else SubmissionStatus.IN_PROGRESS,
            was_sent_upstream=self.sent_at is not None,
            started_at=self.started_at,
            updated_at=self.updated_at,
            is_replay=is_replay,
            result=result,
        )


def holds_cart(result: Result) -> bool:
    """A doubt and an open redirect keep the cart locked; every other outcome gives it back."""
    return isinstance(result, OrderInDoubt) or (
        isinstance(result, OrderActionRequired) and (result.is_redirect or result.is_of_order)
    )


class Attempts:
    """One replica's view of all of them. `place` is where one stands in the store."""

    def __init__(self, store: Store, replica: Replica) -> None:
        self._store = store
        self._replica = replica
        self._at_work: set[str] = set()

    @contextlib.contextmanager
    def working(self, place: str) -> Iterator[None]:
        """While this process sends or resumes."""
        self._at_work.add(place)
        try:
            yield
        finally:
            self._at_work.discard(place)

    async def present(self, place: str) -> Record | None:
        """The attempt as it stands. One that nobody is at and that was never sent has never been."""
        found = await self._store.get(place)
        record = None if found is None else decode(found, Record)
        if record is not None and record.stage is Stage.RESERVED and await self.is_orphan(place, record):
            await self.forget(place, record)
            return None
        return record

    async def find(self, session: Session, key: UUID | None) -> Record | None:
        """The attempt with the key, else the session's latest one."""
        latest = session.record.checkout_memory.latest_submission
        wanted = key or (UUID(latest) if latest else None)
        return None if wanted is None else await self.present(place_of(session, wanted))

    async def is_orphan(self, place: str, record: Record) -> bool:
        """Whether nobody is at an attempt any more."""
        if record.owner == self._replica.id:
            return place not in self._at_work
        return not await self._replica.is_alive(record.owner)

    async def reserve(self, place: str, session: Session, key: UUID, fingerprint: str, now: datetime) -> Record | None:
        """Begin an attempt; None when there is one already."""
        record = Record(
            key=key,
            fingerprint=fingerprint,
            owner=self._replica.id,
            locks=[lock_of(session)],
            started_at=now,
            updated_at=now,
        )
        # Whoever finds it later must be able to, so it is on the list first.
        await self._store.schedule(OPEN, place, now + SHORTEST_PAUSE)
        reserved = await self._store.replace(place, encode(record), expected=None, ttl_s=KEPT_S)
        return record if reserved else None

    async def advance(self, place: str, record: Record, now: datetime, **changes: object) -> Record | None:
        """The record with its changes; None when it is no longer what it was."""
        changed = replace(record, updated_at=now, **changes)
        written = await self._store.replace(place, encode(changed), expected=encode(record), ttl_s=KEPT_S)
        return changed if written else None

    async def take_over(self, place: str, record: Record, now: datetime, **changes: object) -> Record | None:
        """Advance an attempt that this replica is at from here on."""
        return await self.advance(place, record, now, owner=self._replica.id, **changes)

    async def overwrite(self, place: str, record: Record, now: datetime, **changes: object) -> Record:
        """Write what is certain, whatever stands there."""
        changed = replace(record, updated_at=now, **changes)
        await self._store.put(place, encode(changed), ttl_s=KEPT_S)
        return changed

    async def forget(self, place: str, record: Record) -> None:
        """Nothing was sent: the attempt has never been."""
        # What somebody else made of it keeps its locks.
        if await self._store.delete(place, expected=encode(record)):
            await self.close(place, record)

    async def close(self, place: str, record: Record) -> None:
        """Give the cart back; there is nothing more to look after."""
        for lock in record.locks:
            await self._store.delete(lock, expected=place.encode())
        await self._store.unschedule(OPEN, place)

    async def look_later(self, place: str, record: Record, now: datetime) -> None:
        """Soon at first, then less and less often: a doubt at most 30 seconds apart, an open redirect five minutes."""
        age = now - (record.sent_at or record.started_at)
        longest = LONGEST_PAUSE if record.result is None or record.is_in_doubt else LONGEST_REDIRECT_PAUSE
        await self._store.schedule(OPEN, place, now + min(max(age / 2, SHORTEST_PAUSE), longest))

    async def leave_alone(self, place: str) -> None:
        await self._store.unschedule(OPEN, place)

    async def lock(self, lock: str, place: str, record: Record) -> Record | None:
        """Take a lock for the attempt at this place; the attempt that has it, where another one does."""
        while not await self._store.replace(lock, place.encode(), expected=None, ttl_s=KEPT_S):
            if await self._store.get(lock) == place.encode() and await self._store.get(place) == encode(record):
                # A replica died at this same attempt, after it took the lock and before it wrote that down.
                return None
            holder = await self.holder(lock)
            if holder is not None:
                return holder
        return None

    async def holder(self, lock: str) -> Record | None:
        """The attempt that has a lock. A lock whose attempt is over or gone is taken away."""
        held = await self._store.get(lock)
        if held is None:
            return None
        record = await self.present(held.decode())
        if record is not None and record.is_open:
            return record
        await self._store.delete(lock, expected=held)
        return None


def place_of(session: Session, key: UUID) -> str:
    # By the session's own id: a new handle keeps its keys.
    return f"attempt:{session.id}:{key}"


def session_id_of(place: str) -> str:
    return place.split(":")[1]


def lock_of(session: Session) -> str:
    """Of whoever owns the cart, before the cart is known."""
    return f"cart-lock:{session.cart_owner}"


def lock_of_guest(session: Session) -> str:
    return f"cart-lock:{session.id}"


def lock_of_cart(cart_id: str) -> str:
    """Of the cart itself: a shopper may have the same one on two devices."""
    return f"cart-lock:cart:{cart_id}"
