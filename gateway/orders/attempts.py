"""Records of submission attempts in the store: the stage, the result, and the cart locks of each attempt.

Every change is a compare-and-set, so that two replicas never make the same change of one attempt.
"""

import asyncio
import contextlib
import logging
import secrets
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from uuid import UUID

import msgspec
from msgspec.structs import replace

from gateway.enums import SessionLevel, SubmissionStatus
from gateway.errors import GatewayError
from gateway.orders.attempt_keys import claim_of, submission_key
from gateway.orders.outcomes import (
    UNDER_WAY,
    OrderActionRequired,
    OrderInDoubt,
    PlacedWithoutNumber,
    Result,
    SubmissionAttempt,
)
from gateway.sessions.sessions import Session
from gateway.store.heartbeat import Replica
from gateway.store.interface import Store
from gateway.store.stored_records import StoredRecord, read_record, stored_form, write_record
from gateway.upstream.cart import Cart
from gateway.upstream.order_pricing import OrderPricing
from gateway.upstream.payment import waits_for_shopper

log = logging.getLogger(__name__)

TTL_S = 2 * 86_400
"""Seconds for which an attempt is stored. The graph promises 24 hours."""

SHORTEST_PAUSE = timedelta(seconds=2)
LONGEST_PAUSE = timedelta(seconds=30)
"""Longest pause between two checks of an order in doubt. The usual pause is half of the attempt's age."""

LONGEST_REDIRECT_PAUSE = timedelta(minutes=5)

OPEN_ATTEMPTS = "attempts"
"""Name of the store's schedule by which the reconciler checks attempts. Its entries are the tags of the attempts."""

Work = Coroutine[None, None, SubmissionAttempt | None]


class NothingToResume(Exception):
    """No submission of the session waits for the shopper."""


UNKNOWN_FINGERPRINT = ""


class SubmissionKeyTaken(Exception):
    """The idempotency key belongs to another submit request. `status`: status of that submission. `is_own`: whether
    the client can read it."""

    def __init__(self, status: SubmissionStatus, *, is_own: bool) -> None:
        self.status = status
        self.is_own = is_own


class Stage(Enum):
    RESERVED = "reserved"
    SENT = "sent"
    OUTCOME = "outcome"


class AttemptRecord(StoredRecord, kw_only=True):
    """The stored record of a submission attempt, without secrets and personal data."""

    id: str = msgspec.field(default_factory=lambda: secrets.token_hex(8))
    """Random id of the attempt. When an attempt that sent nothing is deleted, the next attempt with the same
    idempotency key gets the same store key, but another id."""
    key: UUID
    """The client's idempotency key."""
    fingerprint: str
    """Digest of the submit request. A request with the same key and another digest is rejected. `UNKNOWN_FINGERPRINT`
    if the digest was lost together with an earlier record of the order."""
    replica_id: str = msgspec.field(name="owner")
    """Id of the replica that works on the attempt."""
    session_id: str = ""
    """Id of the session that made the submit request. The reconciler uses the tokens of this session."""
    request_id: str = ""
    """Id of the request that reserved the attempt, by which the log has its lines."""
    locks: list[str] = []
    """Store keys of the cart locks that the attempt holds."""
    stage: Stage = Stage.RESERVED
    started_at: datetime
    updated_at: datetime
    sent_at: datetime | None = None
    quiet_from: datetime | None = None
    """Start of the quiet time: the time of sending by the store's clock, which all replicas share."""
    order_id: str | None = msgspec.field(name="cart_id", default=None)
    """Digital River's id of the cart. The order of the cart has the same id."""
    payment_session_id: str | None = None
    """Id of the payment session of the submitted cart. The shopper's next cart has another payment session."""
    was_abandoned: bool = False
    """Whether the shopper gave up the order, which is then never resumed."""
    lost_cart: bool = False
    """Whether another cart was active while the order waited for the shopper. It proves nothing about the order."""
    pricing: OrderPricing | None = None
    """Amounts of the submitted cart. They are shown if the order is placed and cannot be read."""
    revision: str | None = None
    """Revision of the submitted cart, by which a second request to buy this cart is recognised."""
    result: Result | None = None
    proof: str | None = None
    """What proved the result: `answer` to this attempt, or the evidence of `gateway.submission.evidence`."""

    def submitted(self, cart: Cart) -> bool:
        """Whether this attempt submitted the cart."""
        payment = cart.payment_session
        return cart.order_id == self.order_id and (payment.id if payment else None) == self.payment_session_id

    @property
    def is_open(self) -> bool:
        """Whether the attempt still keeps its cart locked."""
        return self.result is None or holds_cart(self.result)

    @property
    def is_in_doubt(self) -> bool:
        return isinstance(self.result, OrderInDoubt)

    @property
    def locks_changes(self) -> bool:
        """Whether the gateway refuses changes of the cart, because the order is under way or in doubt."""
        return self.result is None or self.is_in_doubt

    @property
    def waits_for_shopper(self) -> bool:
        """Whether the attempt is open until the shopper approves the payment or authenticates the source of the order.

        An attempt that only asked the shopper to authenticate and submit again has ended.
        """
        return isinstance(self.result, OrderActionRequired) and holds_cart(self.result)

    @property
    def waits_for_redirect(self) -> bool:
        return isinstance(self.result, OrderActionRequired) and self.result.is_redirect

    def is_due(self, now: datetime) -> bool:
        """Whether the order is in doubt and its next check is due."""
        return isinstance(self.result, OrderInDoubt) and self.result.check_after <= now

    @property
    def status(self) -> SubmissionStatus:
        return self.result.status if self.result else SubmissionStatus.IN_PROGRESS

    def as_shown(self, result: Result | None = None, *, is_replay: bool = False) -> SubmissionAttempt:
        """The attempt as the graph shows it, with the given result. The stored result is used only for the status."""
        outcome = result or self.result
        return SubmissionAttempt(
            idempotency_key=self.key,
            status=result.status if result else self.status,
            message=outcome.message if outcome else UNDER_WAY[1],
            was_sent_upstream=self.sent_at is not None,
            started_at=self.started_at,
            updated_at=self.updated_at,
            is_replay=is_replay,
            # Without a number, there is no order that the graph could show.
            result=None if isinstance(result, PlacedWithoutNumber) else result,
        )


def holds_cart(result: Result) -> bool:
    """Whether the result keeps the cart locked: an order in doubt, or an order that waits for the shopper."""
    return isinstance(result, OrderInDoubt) or (
        isinstance(result, OrderActionRequired) and (result.is_redirect or result.is_of_order)
    )


@dataclass(frozen=True)
class Running:
    """The task that works on an attempt. `fingerprint` is the digest of the submit request that started the task; None
    if no submit request started the task."""

    task: asyncio.Task[SubmissionAttempt | None]
    fingerprint: str | None


class Attempts:
    """The stored attempts of all sessions, and the tasks with which this process works on attempts.

    `store_key` consists of the cart's owner and the idempotency key, see `store_key_of`. `longest_work_s`: the quiet
    time of a doubt, which is longer than the deadline of a submission.
    """

    def __init__(self, store: Store, replica: Replica, *, longest_work_s: float) -> None:
        self._store = store
        self._replica = replica
        self._longest_work = timedelta(seconds=longest_work_s)
        self._running: dict[str, Running] = {}
        self._sending: Counter[str] = Counter()

    # Tasks of this process that work on attempts.

    def running(self, store_key: str) -> Running | None:
        return self._running.get(store_key)

    def run_once(
        self, store_key: str, begin: Callable[[], Work], *, fingerprint: str | None
    ) -> asyncio.Task[SubmissionAttempt | None]:
        """The task that works on this attempt; a new task if there is none. The task continues when the client
        disconnects."""
        if store_key not in self._running:
            task = asyncio.create_task(begin())
            self._running[store_key] = Running(task, fingerprint)
            task.add_done_callback(lambda task: self._ended(store_key, task))
        return self._running[store_key].task

    def _ended(self, store_key: str, task: asyncio.Task[SubmissionAttempt | None]) -> None:
        del self._running[store_key]
        failure = None if task.cancelled() else task.exception()
        if failure is not None and not isinstance(failure, GatewayError | NothingToResume | SubmissionKeyTaken):
            # The failure is logged here, because the request that would report the failure may have ended.
            log.error("submission interrupted", exc_info=failure)

    async def drain(self) -> None:
        """Wait until all tasks of this process have ended. Called at shutdown."""
        if self._running:
            await asyncio.wait({running.task for running in self._running.values()})

    @contextlib.contextmanager
    def sending(self, store_key: str) -> Iterator[None]:
        """During the `with` block, mark the attempt as being sent or resumed by this process, see `is_orphan`."""
        self._sending[store_key] += 1
        try:
            yield
        finally:
            self._sending[store_key] -= 1
            if not self._sending[store_key]:
                del self._sending[store_key]

    async def is_orphan(self, store_key: str, record: AttemptRecord) -> bool:
        """Whether no running replica works on the attempt.

        No work lasts longer than `longest_work_s`, and nothing is sent later. The work may have ended without an
        outcome because the store failed, although the replica is alive.
        """
        if record.replica_id == self._replica.id:
            return store_key not in self._sending
        if self._replica.now() - record.updated_at > self._longest_work:
            return True
        return not await self._replica.is_alive(record.replica_id)

    # Records of attempts in the store.

    async def present(self, store_key: str) -> AttemptRecord | None:
        """The stored attempt; None if there is none. An attempt whose replica stopped before sending is deleted."""
        record = await self._read(store_key)
        if record is not None and record.stage is Stage.RESERVED and await self.is_orphan(store_key, record):
            log.info("submission not sent", extra={"key": str(record.key), "reason": "its replica stopped"})
            await self.forget(store_key, record)
            return None
        return record

    async def _read(self, store_key: str) -> AttemptRecord | None:
        """The record of an attempt; None if there is none.

        The first versions of the gateway wrote the session's id only in the key of the record, and no id of the
        attempt. Such a record is completed, because tags need the id.
        """
        while (stored := await self._store.get(store_key)) is not None:
            present = read_record(stored, AttemptRecord)
            if present.session_id:
                return present
            record = replace(present, session_id=store_key.split(":")[1])
            if await self._store.replace(store_key, write_record(record, over=present), expected=stored, ttl_s=TTL_S):
                tag = tag_of(store_key, record).encode()
                for lock in record.locks:
                    await self._store.replace(lock, tag, expected=store_key.encode(), ttl_s=TTL_S)
                return record
        return None

    async def find(self, session: Session, key: UUID) -> "Located | None":
        """The attempt with this idempotency key, which any session of the cart's owner can read, and the session that
        follows an ended session of the same client."""
        # `cart_owner` fails if the owner is not known yet. The attempts would otherwise seem not to exist.
        own = dict.fromkeys((session.cart_owner, *session.attempt_owners))
        for owner in (*own, *session.record.earlier_owners):
            store_key = _store_key(owner, key)
            record = await self.present(store_key)
            if record is not None:
                return Located(store_key, record, is_of_ended_session=owner not in own)
        return None

    async def claim_key(self, store_key: str, record: AttemptRecord) -> AttemptRecord | None:
        """Claim the idempotency key for a stored attempt. Return None, or the attempt of another owner that has the
        key.

        The claim comes after the attempt was stored. If the attempt of a claim is missing, it never comes back.
        """
        claim, tag = claim_of(record.key), tag_of(store_key, record).encode()
        while not await self._store.replace(claim, tag, expected=None, ttl_s=TTL_S):
            holder = await self._store.get(claim)
            if holder == tag:
                return None
            located = await self.tagged(holder.decode()) if holder is not None else None
            if located is not None:
                return located.record
            if holder is not None:
                await self._store.delete(claim, expected=holder)
        return None

    async def latest(self, session: Session) -> "Located | None":
        """The latest attempt of this session."""
        key = session.record.checkout_memory.latest_submission_key
        return None if key is None else await self.find(session, UUID(key))

    async def forget(self, store_key: str, record: AttemptRecord) -> None:
        """Delete an attempt that sent nothing to Digital River, and unlock its cart."""
        # If another replica has changed the record, that replica still needs the locks.
        if await self._store.delete(store_key, expected=stored_form(record)):
            await self.close(store_key, record)

    async def close(self, store_key: str, record: AttemptRecord) -> None:
        """Unlock the cart of an attempt that has ended, and stop checking the attempt."""
        tag = tag_of(store_key, record)
        for lock in record.locks:
            await self._store.delete(lock, expected=tag.encode())
        await self.stop_checking(tag)

    async def tagged(self, tag: str) -> "Located | None":
        """The attempt with this tag; None if there is none, even if another attempt has its store key by now.

        Earlier versions of the gateway wrote the store key instead of a tag.
        """
        store_key = store_key_in(tag)
        record = await self.present(store_key)
        return Located(store_key, record) if record and tag in (store_key, tag_of(store_key, record)) else None

    async def check_at(self, store_key: str, record: AttemptRecord, at: datetime) -> None:
        """Schedule the next check of an attempt."""
        await self._store.schedule(OPEN_ATTEMPTS, tag_of(store_key, record), at)

    async def stop_checking(self, tag: str) -> None:
        await self._store.unschedule(OPEN_ATTEMPTS, tag)

    async def note_submission(self, store_key: str, record: AttemptRecord, by_order: str | None) -> None:
        """Remember which attempt submits its cart, so that `of_cart` finds the attempt after its locks are released.
        `by_order`: the store key by which an operator finds it."""
        tag = tag_of(store_key, record).encode()
        entries = [submission_key(record.payment_session_id, record.order_id), by_order]
        await asyncio.gather(*[self._store.put(entry, tag, ttl_s=TTL_S) for entry in entries if entry is not None])

    async def of_cart(self, cart: Cart) -> "Located | None":
        """The attempt that was the last to submit this cart; None if its record is gone."""
        key = submission_key(cart.payment_session.id if cart.payment_session else None, cart.order_id)
        tag = await self._store.get(key) if key is not None else None
        located = await self.tagged(tag.decode()) if tag is not None else None
        return located if located is not None and located.record.submitted(cart) else None

    async def was_abandoned(self, session: Session, cart: Cart) -> bool:
        """Whether the guest gave up the order of this cart, which still waits for the shopper at Digital River.

        A registered shopper cannot get another cart. If the guest has signed in since, the order can be resumed.
        """
        if session.level is not SessionLevel.ANONYMOUS or not waits_for_shopper(cart.payment_session):
            return False
        located = await self.of_cart(cart)
        return located is not None and located.record.was_abandoned


@dataclass(frozen=True)
class Located:
    """A stored attempt and its key in the store."""

    store_key: str
    record: AttemptRecord
    is_of_ended_session: bool = False
    """Whether the attempt was made in an ended session of the same client. Only its outcome is shown, without personal
    data."""


def tag_of(store_key: str, record: AttemptRecord) -> str:
    """Value of the locks and of the schedule entry of one attempt. With the store key alone, the clean-up of a deleted
    attempt would remove the locks of the next attempt with the same idempotency key."""
    return f"{record.id} {store_key}"


def store_key_in(tag: str) -> str:
    return tag.rpartition(" ")[2]


def store_key_of(session: Session, key: UUID) -> str:
    """Store key of a new attempt. It contains the cart's owner, because all sessions of a shopper share attempts."""
    return _store_key(session.cart_owner, key)


def _store_key(owner: str, key: UUID) -> str:
    return f"attempt:{owner}:{key}"
