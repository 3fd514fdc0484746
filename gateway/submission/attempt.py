"""Reads and changes the record of a submission attempt, and locks the cart of the attempt."""

import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from msgspec.structs import asdict, replace

from gateway.checkout.guard_input import Agreement
from gateway.errors import RateLimited, SessionRequired, StoreUnavailable
from gateway.operation.context import Context
from gateway.orders.attempts import (
    LONGEST_PAUSE,
    LONGEST_REDIRECT_PAUSE,
    SHORTEST_PAUSE,
    TTL_S,
    AttemptRecord,
    Stage,
    SubmissionKeyTaken,
    holds_cart,
    store_key_of,
)
from gateway.orders.latest_order import note_order
from gateway.orders.outcomes import (
    OrderAwaitingPayment,
    OrderInDoubt,
    OrderPlaced,
    PlacedWithoutNumber,
    Result,
    SubmissionAttempt,
    order_number,
    without_secrets,
)
from gateway.orders.submission_lock import cart_lock, owner_lock
from gateway.sessions.record import CheckoutMemory
from gateway.sessions.sessions import Session
from gateway.store.stored_records import stored_form, write_record
from gateway.submission.log_lines import STILL_IN_DOUBT, log_step
from gateway.upstream.cart import Cart
from gateway.upstream.order_pricing import order_pricing

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SubmitRequest:
    """Arguments of `submitOrder`. `fingerprint` is a digest of all arguments except the idempotency key."""

    key: UUID
    fingerprint: str
    agreement: Agreement


class Attempt:
    """A submission attempt that this process works on.

    `record` is the stored record, as this process last read or wrote it. `answer` is the result that this process
    obtained from its own checks and calls to Digital River. The client receives `answer` even if it cannot be stored.
    """

    record: AttemptRecord
    _answered: AttemptRecord
    """`record` as it was when `answer` was set. `restore_answer` stores this record with `answer` as the result."""

    def __init__(self, ctx: Context, session: Session, key: UUID, store_key: str | None = None) -> None:
        self.ctx = ctx
        self.session = session
        self.key = key
        self.store_key = store_key or store_key_of(session, key)
        self.answer: Result | None = None
        self.is_first = False
        """Whether this request has reserved the idempotency key, so that its report is no replay."""
        self.evidence: str | None = None
        """What at Digital River proved the result, for the log. None if its answer to this process did."""
        self._attempts = ctx.services.attempts
        self._store = ctx.services.store
        self._by_order = ctx.services.order_keys.of

    @property
    def is_of_owner(self) -> bool:
        """Whether the owner of the session's cart made the attempt, and not the guest who has signed in since."""
        return self.session.has_known_owner and self.store_key == store_key_of(self.session, self.key)

    def now(self) -> datetime:
        return self.ctx.services.now()

    def report(self, result: Result | None = None, *, is_replay: bool = False) -> SubmissionAttempt:
        return self.record.as_shown(result, is_replay=is_replay)

    def log_step(self, event: str, result: Result | None = None) -> None:
        """Log a step of the attempt, with all that names it: key, session, cart and order."""
        session = self.ctx.services.session_hashes.today(self.record.session_id)
        log_step(event, self.record, session, result)

    # Reading and writing the record of the attempt.

    async def reserve(self, fingerprint: str) -> bool:
        """Reserve the idempotency key. Return False if an attempt of the cart's owner already has this key.

        Raise `SubmissionKeyTaken` if an attempt of another owner has this key.
        """
        now = self.now()
        self.record = AttemptRecord(
            key=self.key,
            fingerprint=fingerprint,
            replica_id=self.ctx.services.replica.id,
            session_id=self.session.id,
            request_id=self.ctx.caller.request_id,
            locks=[owner_lock(self.session)],
            started_at=now,
            updated_at=now,
        )
        await self.ctx.services.sessions.locate(self.session)
        # The check is scheduled first. A record without a scheduled check would lock its cart until the record expires.
        await self._attempts.check_at(self.store_key, self.record, now + SHORTEST_PAUSE)
        if not await self._store.replace(self.store_key, write_record(self.record), expected=None, ttl_s=TTL_S):
            return False
        self.is_first = True
        other = await self._attempts.claim_key(self.store_key, self.record)
        if other is not None:
            raise SubmissionKeyTaken(other.status, is_own=False)
        self.log_step("submission reserved")
        return True

    async def read(self) -> bool:
        """Read the record from the store again. Return False if the store has no record."""
        record = await self._attempts.present(self.store_key)
        if record is not None:
            self.record = record
        return record is not None

    async def advance(self, **changes: object) -> bool:
        """Change the record in the store. Return False if another replica changed the record first."""
        changed = replace(self.record, **changes | {"updated_at": self.now()})
        was_written = await self._store.replace(
            self.store_key,
            write_record(changed, over=self.record),
            expected=stored_form(self.record),
            ttl_s=TTL_S,
        )
        if was_written:
            self.record = changed
        return was_written

    async def take_over(self, **changes: object) -> bool:
        """Change the record like `advance`, and assign the attempt to this replica.

        Return False as well if another attempt holds a lock of this attempt.
        """
        if not await self.ctx.services.submission_lock.keep(self.store_key, self.record):
            log.error("attempt has lost its cart lock", extra={"key": str(self.key)})
            return False
        return await self.advance(replica_id=self.ctx.services.replica.id, **changes)

    async def mark_sent(self, cart: Cart) -> None:
        """Store the stage `SENT` before submit-cart is called. Raise `StoreUnavailable` if the reservation is gone."""
        await self._advance_for(cart, stage=Stage.SENT)
        self.log_step("submission sent")

    async def adopt(self, cart: Cart, waiting: Result) -> None:
        """Store that the cart was sent by an attempt whose record is lost, and that its order waits for the shopper.

        Raise `StoreUnavailable` if the reservation is gone.
        """
        await self._advance_for(cart, stage=Stage.OUTCOME, result=waiting)
        await self.check_later(at_most=LONGEST_PAUSE)

    async def _advance_for(self, cart: Cart, **changes: object) -> None:
        session = cart.payment_session
        submitted = replace(
            self.record,
            locks=[*self.record.locks, cart_lock(cart)],
            sent_at=self.now(),
            quiet_from=await self.ctx.services.store.now(),
            order_id=cart.order_id,
            payment_session_id=session.id if session else None,
            pricing=order_pricing(cart),
            revision=cart.revision,
        )
        await self._attempts.note_submission(self.store_key, submitted, self._by_order(cart.order_id))
        # The check that was scheduled first may have come before the attempt had a record.
        await self._attempts.check_at(self.store_key, submitted, self.now() + SHORTEST_PAUSE)
        if not await self.advance(**asdict(submitted) | changes):
            raise StoreUnavailable(detail="the reservation is gone")

    async def forget(self) -> None:
        """Delete an attempt whose cart was not sent. The idempotency key can then be used again."""
        self.log_step("submission not sent")
        await self._attempts.forget(self.store_key, self.record)

    @asynccontextmanager
    async def sending(self) -> AsyncIterator[None]:
        """During the `with` block, mark the attempt as being sent or resumed.

        If the block raises an error before the cart is sent, the attempt is deleted.
        """
        with self._attempts.sending(self.store_key):
            try:
                yield
            except BaseException:
                if self.record.stage is Stage.RESERVED:
                    with contextlib.suppress(StoreUnavailable):
                        await self.forget()
                raise

    # Recording the outcome of the attempt.

    async def record_own_result(self, result: Result) -> bool:
        """Record the result that this process obtained. Return False if the result of another replica is used instead.

        A clear answer of Digital River overwrites the result of another replica, because that result is based only on
        evidence. If this process has no clear answer or did not send the cart, the result of the other replica is used.
        """
        self.answer = result
        if not await self.advance(**_outcome(self, result)):
            self._answered = self.record
            was_answered = self.record.stage is not Stage.RESERVED and not isinstance(result, OrderInDoubt)
            if not was_answered and await self.read():
                return False
            log.warning("outcome overwritten by an answer", extra={"key": str(self.key)})
            await self.restore_answer()
            return True
        self.log_step("submission outcome", result)
        await self._after_recording(result)
        return True

    async def restore_answer(self) -> None:
        """Write `answer` to the store, and overwrite any other record of the attempt."""
        assert self.answer is not None  # noqa: S101 - only an attempt with an answer is restored
        self.record = replace(self._answered, updated_at=self.now(), **_outcome(self, self.answer))
        await self._store.put(self.store_key, write_record(self.record, over=self._answered), ttl_s=TTL_S)
        self.log_step("submission outcome", self.answer)
        await self._after_recording(self.answer)

    async def record_evidence(self, result: Result) -> bool:
        """Record a result that was derived from evidence. Return False if another replica has changed the record."""
        if not await self.advance(stage=Stage.OUTCOME, result=without_secrets(result), proof=self.evidence):
            return False
        self.log_step(STILL_IN_DOUBT if self.record.is_in_doubt else "submission reconciled", result)
        await self._after_recording(result)
        return True

    async def _after_recording(self, result: Result) -> None:
        self.ctx.forget_cart()
        if isinstance(result, OrderPlaced | OrderAwaitingPayment):
            number = result.order.number
            await self.remember(lambda memory: _add_order(memory, number))
        if holds_cart(result):
            await self.ctx.services.submission_lock.keep(self.store_key, self.record)
            await self.check_later()
        else:
            await self._attempts.close(self.store_key, self.record)
        if isinstance(result, OrderPlaced | OrderAwaitingPayment | PlacedWithoutNumber):
            await note_order(self._store, self.store_key, self.record, self._by_order(order_number(result)))

    async def end(self, result: Result) -> bool:
        """Record a result that the shopper chose, and unlock the cart.

        Return False if another replica changed the record first.
        """
        before = self.record
        await self._attempts.note_submission(self.store_key, before, self._by_order(before.order_id))
        ended = without_secrets(result)
        if not await self.advance(stage=Stage.OUTCOME, result=ended, proof=self.evidence, was_abandoned=True, locks=[]):
            return False
        self.log_step("submission abandoned", result)
        await self._attempts.close(self.store_key, before)
        return True

    async def check_later(self, at_most: timedelta | None = None) -> None:
        """Schedule the next check of the attempt, in at most 30 seconds if the order is in doubt, and in at most five
        minutes if the order waits for the shopper."""
        record, now = self.record, self.now()
        age = now - (record.sent_at or record.started_at)
        longest = LONGEST_PAUSE if record.result is None or record.is_in_doubt else LONGEST_REDIRECT_PAUSE
        pause = min(max(age / 2, SHORTEST_PAUSE), longest if at_most is None else at_most)
        await self._attempts.check_at(self.store_key, record, now + pause)

    async def remember(self, edit: Callable[[CheckoutMemory], None]) -> None:
        """Change what the session remembers of the checkout, see `CheckoutMemory`.

        If the session has ended, or the store is unavailable or full, nothing is changed.
        """
        with contextlib.suppress(SessionRequired, StoreUnavailable, RateLimited):
            await self.ctx.services.sessions.update_checkout_memory(self.session, edit)

    # Locking carts, and waiting for attempts that other replicas work on.

    async def lock_carts_of_owner(self) -> AttemptRecord | None:
        """Lock all carts of the session's owner. Return None, or the other attempt that already holds the lock."""
        return await self.ctx.services.submission_lock.take(owner_lock(self.session), self.store_key, self.record)

    async def lock_cart(self, cart: Cart) -> AttemptRecord | None:
        """Lock the cart, which several sessions may share. Return None, or the other attempt that already holds the
        lock."""
        return await self.ctx.services.submission_lock.take(cart_lock(cart), self.store_key, self.record)

    async def is_running_elsewhere(self) -> bool:
        """Whether a running replica is now sending or resuming the attempt."""
        return self.record.result is None and not await self._attempts.is_orphan(self.store_key, self.record)


def _outcome(attempt: Attempt, result: Result) -> dict[str, object]:
    """Changes of the record by a result that this process obtained. Nothing proves a doubt, or a result before
    sending."""
    is_proven = attempt.record.sent_at is not None and not isinstance(result, OrderInDoubt)
    proof = (attempt.evidence or "answer") if is_proven else None
    return {"stage": Stage.OUTCOME, "result": without_secrets(result), "proof": proof}


def _add_order(memory: CheckoutMemory, order_id: str) -> None:
    """Add the order to `memory`, and remove what `memory` contains about the coupons and sources of the submitted
    cart."""
    memory.amounts_when_attached, memory.source_to_authenticate = {}, None
    memory.coupons, memory.coupons_by_offer, memory.has_addresses = [], {}, False
    if order_id not in memory.order_ids:
        memory.order_ids = [*memory.order_ids, order_id]
