"""The record of every submission attempt in the store: reserved, sent or ended, and the locks that it holds.

Every step is a compare-and-set, so that two replicas never take the same step of one attempt.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from uuid import UUID

import msgspec

from gateway.enums import SessionLevel, SubmissionStatus
from gateway.errors import GatewayError
from gateway.orders.outcomes import OrderActionRequired, OrderInDoubt, OrderNotPlaced, Result, SubmissionAttempt
from gateway.sessions.sessions import Session
from gateway.store.heartbeat import Replica
from gateway.store.interface import Store
from gateway.upstream.cart import Cart
from gateway.upstream.decoding import decode, encode

log = logging.getLogger(__name__)

TTL_S = 2 * 86_400
"""Seconds that an attempt is stored; the graph promises 24 hours."""

SHORTEST_PAUSE = timedelta(seconds=2)
LONGEST_PAUSE = timedelta(seconds=30)
"""Between two checks of an attempt in doubt. In between, the pause is half of the attempt's age."""

LONGEST_REDIRECT_PAUSE = timedelta(minutes=5)

OPEN_ATTEMPTS = "attempts"
"""The store's list of attempts that the reconciler checks."""

Work = Coroutine[None, None, SubmissionAttempt | None]


class NothingToResume(Exception):
    """No submission of the session waits for its shopper."""


class Stage(Enum):
    RESERVED = "reserved"
    SENT = "sent"
    OUTCOME = "outcome"


class AttemptRecord(msgspec.Struct, kw_only=True):
    """An attempt as the store holds it, without secrets and personal data."""

    key: UUID
    """The client's idempotency key."""
    fingerprint: str
    """Digest of the submit request: the same key with another request is refused."""
    replica_id: str = msgspec.field(name="owner")
    """Id of the replica that works on it."""
    locks: list[str] = []
    """Store keys of the cart locks that it holds."""
    stage: Stage = Stage.RESERVED
    started_at: datetime
    updated_at: datetime
    sent_at: datetime | None = None
    quiet_from: datetime | None = None
    """`sent_at` by the store's clock, which all replicas share: the quiet time is measured by it."""
    order_id: str | None = msgspec.field(name="cart_id", default=None)
    """Digital River's id of the cart, under which the order will be found."""
    payment_session_id: str | None = None
    """Payment session of the cart that was sent; the cart that replaces it has another one."""
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
        """Whether the shopper has to approve on a page or to authenticate a source before the order goes on."""
        return isinstance(self.result, OrderActionRequired)

    @property
    def waits_for_redirect(self) -> bool:
        return isinstance(self.result, OrderActionRequired) and self.result.is_redirect

    def is_due(self, now: datetime) -> bool:
        """Whether an attempt in doubt may be checked again."""
        return isinstance(self.result, OrderInDoubt) and self.result.check_after <= now

    def as_shown(self, result: Result | None = None, *, is_replay: bool = False) -> SubmissionAttempt:
        """The attempt as the graph shows it, with this result; without one only the stored status is shown."""
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
    """Whether the cart stays locked: while the order is in doubt, and while it waits for the shopper."""
    return isinstance(result, OrderInDoubt) or (
        isinstance(result, OrderActionRequired) and (result.is_redirect or result.is_of_order)
    )


@dataclass(frozen=True)
class Running:
    """Work on one attempt in this process. `fingerprint`: of the submit request that began it, if one did."""

    task: asyncio.Task[SubmissionAttempt | None]
    fingerprint: str | None


class Attempts:
    """The attempts of all sessions as one replica sees them, and the work that this process does on them.

    `store_key` identifies an attempt: session and idempotency key, see `store_key_of`.
    """

    def __init__(self, store: Store, replica: Replica) -> None:
        self._store = store
        self._replica = replica
        self._running: dict[str, Running] = {}
        self._sending: set[str] = set()

    # Work of this process.

    def running(self, store_key: str) -> Running | None:
        return self._running.get(store_key)

    def run_once(
        self, store_key: str, begin: Callable[[], Work], *, fingerprint: str | None
    ) -> asyncio.Task[SubmissionAttempt | None]:
        """The task that works on this attempt; begun here if there is none. It goes on when the caller leaves."""
        if store_key not in self._running:
            task = asyncio.create_task(begin())
            self._running[store_key] = Running(task, fingerprint)
            task.add_done_callback(lambda task: self._ended(store_key, task))
        return self._running[store_key].task

    def _ended(self, store_key: str, task: asyncio.Task[SubmissionAttempt | None]) -> None:
        del self._running[store_key]
        failure = None if task.cancelled() else task.exception()
        if failure is not None and not isinstance(failure, GatewayError | NothingToResume):
            # The caller may have left, and then nothing else reports the failure.
            log.error("submission broke off", exc_info=failure)

    async def drain(self) -> None:
        """Wait until this process works on no attempt any more; called when it is asked to stop."""
        if self._running:
            await asyncio.wait({running.task for running in self._running.values()})

    @contextlib.contextmanager
    def sending(self, store_key: str) -> Iterator[None]:
        """Mark the attempt as being sent or resumed by this process, so that it is no orphan."""
        self._sending.add(store_key)
        try:
            yield
        finally:
            self._sending.discard(store_key)

    async def is_orphan(self, store_key: str, record: AttemptRecord) -> bool:
        """Whether no living replica works on the attempt."""
        if record.replica_id == self._replica.id:
            return store_key not in self._sending
        return not await self._replica.is_alive(record.replica_id)

    # Records.

    async def present(self, store_key: str) -> AttemptRecord | None:
        """The attempt as it stands. A reservation whose replica died before sending is deleted and absent."""
        stored = await self._store.get(store_key)
        record = None if stored is None else decode(stored, AttemptRecord)
        if record is not None and record.stage is Stage.RESERVED and await self.is_orphan(store_key, record):
            await self.forget(store_key, record)
            return None
        return record

    async def find(self, session: Session, key: UUID | None) -> AttemptRecord | None:
        """The session's attempt with this idempotency key, or its latest attempt without one."""
        latest = session.record.checkout_memory.latest_submission_key
        key = key or (UUID(latest) if latest else None)
        return None if key is None else await self.present(store_key_of(session, key))

    async def forget(self, store_key: str, record: AttemptRecord) -> None:
        """Delete an attempt of which nothing was sent, and free its cart."""
        # If another replica has advanced the record, that replica keeps the locks.
        if await self._store.delete(store_key, expected=encode(record)):
            await self.close(store_key, record)

    async def close(self, store_key: str, record: AttemptRecord) -> None:
        """Free the cart of an attempt that has ended."""
        for lock in record.locks:
            await self._store.delete(lock, expected=store_key.encode())
        await self._store.unschedule(OPEN_ATTEMPTS, store_key)

    async def stop_checking(self, store_key: str) -> None:
        await self._store.unschedule(OPEN_ATTEMPTS, store_key)

    async def was_abandoned(self, session: Session, cart: Cart) -> bool:
        """Whether the guest has ended the submission of this cart, so that it never becomes an order."""
        record = await self.find(session, None)
        return (
            session.level is SessionLevel.ANONYMOUS
            and record is not None
            and isinstance(record.result, OrderNotPlaced)
            and record.order_id == cart.order_id
        )


def store_key_of(session: Session, key: UUID) -> str:
    # By the session's id and not by its handle: a new handle keeps its submissions.
    return f"attempt:{session.id}:{key}"


def session_id_of(store_key: str) -> str:
    return store_key.split(":")[1]
