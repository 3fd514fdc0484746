"""One click, one order: every attempt goes reserved, sent, outcome, and each step is in the store before the next.

An attempt belongs to the process, not to the request: a client that hangs up finds the outcome under its
key. `submit-cart` is sent at most once per key and at most once at a time per cart, and never again for an
attempt that was sent. What is not a definite answer is a doubt; it keeps the cart locked and is settled by
looking at what stands upstream, never by guessing.
"""

import asyncio
import contextlib
import hashlib
import logging
import time
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from uuid import UUID

import msgspec
from msgspec.structs import replace

from gateway import guard
from gateway.context import Context, Gateway, unattended
from gateway.declines import decline, reason_of
from gateway.enums import OrderState, PaymentSessionState, SessionLevel, SubmissionStatus
from gateway.errors import (
    GatewayError,
    SessionRequired,
    StoreUnavailable,
    UpstreamError,
    UpstreamNotReached,
    UpstreamRefusal,
    UpstreamTimeout,
)
from gateway.outcomes import (
    OrderActionRequired,
    OrderAwaitingPayment,
    OrderBlocked,
    OrderDeclined,
    OrderInDoubt,
    OrderNotPlaced,
    OrderPlaced,
    PaymentDecline,
    PaymentSessionBlocker,
    Result,
    SubmissionAttempt,
    SubmissionInProgressBlocker,
    without_secrets,
)
from gateway.payment import (
    AuthenticateSourceAction,
    Facts,
    PaymentSession,
    RedirectShopperAction,
    payment_session,
)
from gateway.refusals import TAX_CODES, Meaning, blockers_for, meaning_of
from gateway.replays import KeyReused
from gateway.replica import Replica
from gateway.session import FRESH_FOR_CHECKOUT, Remembered, Session
from gateway.store import Store
from gateway.upstream.cart import Cart
from gateway.upstream.order import Order, SubmittedCart
from gateway.upstream.wire import decode, encode

log = logging.getLogger(__name__)

KEPT_S = 2 * 86_400
"""How long an attempt is remembered; the promise is 24 hours."""

SHORTEST_PAUSE = timedelta(seconds=2)
LONGEST_PAUSE = timedelta(seconds=30)
"""Between two looks at a doubt; half of its age in between."""

LONGEST_REDIRECT_PAUSE = timedelta(minutes=5)

LOOK_AGAIN_S = 0.1
"""Between two looks at an attempt that another replica is at."""

ATTEMPTS = "attempts"
"""The list of those that are not over."""

State = PaymentSessionState

UNDECIDED = frozenset({OrderState.OPEN, OrderState.SOURCE_PENDING_REDIRECT, OrderState.CANCELLED, OrderState.UNKNOWN})
"""States of an order that do not prove that it stands."""

UNTOUCHED = frozenset({State.REQUIRES_CONFIRMATION, State.REQUIRES_SOURCE})
"""States of the payment session of a cart that is still open, or open again after a decline."""

UNREADABLE = (UpstreamError, SessionRequired)
"""Why something cannot be read just now, or no more: the session may end while an order is on its way."""


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


@dataclass(frozen=True)
class Press:
    """One press of the buy button."""

    key: UUID
    fingerprint: str
    agreement: guard.Agreement


class NothingToResume(Exception):
    """No submission of this session waits for the shopper."""

    def __init__(self, state: PaymentSessionState | None = None) -> None:
        super().__init__()
        self.state = state


def fingerprint(field: str, value: object) -> str:
    """Digest of a mutation's name and input, without its key."""
    return hashlib.sha256(field.encode() + b":" + encode(value)).hexdigest()


def holds_cart(result: Result) -> bool:
    """A doubt and an open redirect keep the cart locked; every other outcome gives it back."""
    return isinstance(result, OrderInDoubt) or (isinstance(result, OrderActionRequired) and result.is_redirect)


@dataclass(frozen=True)
class Running:
    task: asyncio.Task[SubmissionAttempt]
    fingerprint: str | None
    """Of the press that began it; None for work that began without one."""


class Submissions:
    """The attempts of all sessions. One process runs an attempt at a time; the store tells what became of it."""

    def __init__(self, store: Store, replica: Replica) -> None:
        self._store = store
        self._replica = replica
        self._running: dict[str, Running] = {}
        self._at_work: set[str] = set()
        """Attempts that this process sends or resumes, by place."""

    async def submit(self, ctx: Context, press: Press) -> SubmissionAttempt:
        """Place the order, or tell what became of it under this key.

        Raises `KeyReused`, and `GatewayError` when nothing was sent and the key is free again.
        """
        session = await ctx.own_session()
        place = _place(session, press.key)
        present = await self._present(place)
        running = self._running.get(place)
        known = {present and present.fingerprint, running and running.fingerprint}
        if known - {None, press.fingerprint}:
            raise KeyReused
        is_new = present is None
        work = self._submit(ctx, session, place, press) if is_new else self._awaited(ctx, session, place)
        attempt = await self._once(ctx, place, work, press.fingerprint)
        is_replay = present is not None or running is not None
        return replace(attempt, is_replay=is_replay)

    async def resume(self, ctx: Context, key: UUID | None) -> SubmissionAttempt:
        """Finish the submission with the key, else the session's latest one.

        Raises `NothingToResume`, and `GatewayError` when nothing new became known.
        """
        session = await ctx.own_session()
        record = await self._find(session, key)
        if record is None:
            raise NothingToResume
        place = _place(session, record.key)
        return await self._once(ctx, place, self._resume(ctx, session, place))

    async def look_up(self, ctx: Context, key: UUID | None) -> SubmissionAttempt | None:
        """The submission with the key, else the latest; one in doubt is looked at again."""
        session = await ctx.own_session()
        record = await self._find(session, key)
        if record is None:
            return None
        place = _place(session, record.key)
        if place in self._running:
            return record.attempt(is_replay=True)
        if record.result is not None and not _is_due(record, ctx.gateway.now()):
            return record.attempt(await self._refreshed(ctx, session, record.result), is_replay=True)
        return await self._once(ctx, place, self._again(ctx, session, place))

    async def look_after(self, gateway: Gateway, place: str) -> None:
        """See to an attempt that is not over, although nobody asks for it. Raises `GatewayError`."""
        if place in self._running:
            return
        record = await self._present(place)
        if record is None or not record.is_open:
            await self._store.forget(ATTEMPTS, place)
            return
        session = await gateway.sessions.find_by_id(_session_id(place))
        if session is None:
            # Nobody can ask for it any more, and nothing can be read without its token.
            log.error("submission left open: its session has ended", extra={"key": str(record.key)})
            await self._store.forget(ATTEMPTS, place)
            return
        ctx = unattended(gateway, session)
        await self._once(ctx, place, self._seen_to(ctx, session, place))

    async def locks_cart(self, session: Session) -> bool:
        """Whether a submission must be over before the cart may change: one under way or in doubt.

        An open redirect is none of ours to keep: upstream itself refuses every change until it is resumed.
        """
        record = await self._holder(_lock_of(session.cart_owner))
        return record is not None and (record.result is None or record.is_in_doubt)

    async def is_open(self, session: Session) -> bool:
        """Whether a submission of this session is not over, for which its token may be needed."""
        return await self._holder(_lock_of(session.cart_owner)) is not None

    async def give_up(self, ctx: Context, session: Session) -> bool:
        """End the submission whose shopper no longer wants it. False when somebody is finishing it."""
        record = await self._holder(_lock_of(session.cart_owner))
        if record is None:
            return True
        if not _waits_for_shopper(record):
            return False
        place = _place(session, record.key)
        result = _not_placed(
            ctx,
            "The shopper gave up on the provider's page. The order will not be finished; nothing was charged.",
            None,
        )
        ended = await self._advance(ctx, place, record, stage=Stage.OUTCOME, result=result)
        if ended is None:
            return False
        await self._unlock(place, ended)
        await self._store.forget(ATTEMPTS, place)
        return True

    async def drain(self) -> None:
        """Wait for every attempt under way; called when the process is asked to stop."""
        if self._running:
            await asyncio.wait({running.task for running in self._running.values()})

    async def _once(
        self,
        ctx: Context,
        place: str,
        work: Coroutine[None, None, SubmissionAttempt],
        fingerprint: str | None = None,
    ) -> SubmissionAttempt:
        """Join what is under way for this attempt, or begin `work`. It goes on when the caller leaves."""
        running = self._running.get(place)
        if running is not None:
            work.close()
        else:
            running = Running(asyncio.create_task(work), fingerprint)
            self._running[place] = running
            running.task.add_done_callback(lambda done: self._finished(place, done))
        left_s = ctx.operation.deadline_at - time.monotonic()
        await asyncio.wait({running.task}, timeout=max(left_s, 0))
        if running.task.done():
            return running.task.result()
        raise UpstreamTimeout("The submission is still under way. Read orderSubmission.")

    def _finished(self, place: str, done: asyncio.Task[SubmissionAttempt]) -> None:
        del self._running[place]
        failure = None if done.cancelled() else done.exception()
        if failure is not None and not isinstance(failure, GatewayError | NothingToResume):
            # The caller may have left, and then nobody else would tell.
            log.error("submission broke off", exc_info=failure)

    # Reserved, sent, outcome.

    async def _submit(self, ctx: Context, session: Session, place: str, press: Press) -> SubmissionAttempt:
        with self._working(place):
            return await self._reserve(ctx, session, place, press)

    @contextlib.contextmanager
    def _working(self, place: str) -> Iterator[None]:
        self._at_work.add(place)
        try:
            yield
        finally:
            self._at_work.discard(place)

    async def _reserve(self, ctx: Context, session: Session, place: str, press: Press) -> SubmissionAttempt:
        now = ctx.gateway.now()
        locks = [_lock_of(session.cart_owner)]
        record = Record(
            key=press.key,
            fingerprint=press.fingerprint,
            owner=self._replica.id,
            locks=locks,
            started_at=now,
            updated_at=now,
        )
        # Whoever finds it later must be able to, so it is on the list first.
        await self._store.remind(ATTEMPTS, place, now + SHORTEST_PAUSE)
        if not await self._store.replace(place, encode(record), expected=None, ttl_s=KEPT_S):
            return await self._awaited(ctx, session, place)
        try:
            await self._check_memory(ctx, session)
            await ctx.gateway.limits.check("decline", *_who_tries(ctx, session))
            in_the_way = await self._lock(locks[0], place)
            if in_the_way is not None:
                return await self._outcome(ctx, session, place, record, _held(in_the_way))
            await ctx.gateway.sessions.remember(session, lambda memory: _set_latest(memory, press.key))
            # What changes the cart now came before the lock: it is waited for, and seen.
            async with ctx.gateway.turns.take(session, ctx.operation.deadline_at):
                case = await self._case(ctx, session, press.agreement)
            found = guard.blockers(case)
            if found:
                blocked = OrderBlocked(
                    message="The cart cannot become an order as it is. Nothing was sent.", blockers=found
                )
                return await self._outcome(ctx, session, place, record, blocked)
            # Another session may have the same cart.
            cart_lock = _lock_of(f"cart:{case.cart.upstream_id}")
            in_the_way = await self._lock(cart_lock, place)
            if in_the_way is not None:
                return await self._outcome(ctx, session, place, record, _held(in_the_way))
            record = await self._sent(ctx, place, record, case, locks=[*locks, cart_lock])
        except BaseException:
            # Nothing was sent: the press never happened.
            with contextlib.suppress(StoreUnavailable):
                await self._forget(place, record)
            raise
        return await self._send(ctx, session, place, record, case)

    async def _sent(self, ctx: Context, place: str, record: Record, case: guard.Case, *, locks: list[str]) -> Record:
        """Write down that it is sent, before it is."""
        wire = case.cart.wire_payment_session
        sent = await self._advance(
            ctx,
            place,
            record,
            stage=Stage.SENT,
            locks=locks,
            sent_at=ctx.gateway.now(),
            cart_id=case.cart.order_id,
            payment_session_id=wire.id if wire else None,
        )
        if sent is None:
            raise StoreUnavailable(detail="the reservation is gone")
        return sent

    async def _check_memory(self, ctx: Context, session: Session) -> None:
        """Refuse while something may be under way of which the store has lost the record.

        A store that was flushed or restarted knows nothing of an order that was on its way. What began before
        that, and a shopper whose cart outlives sessions, waits until it must have arrived.
        """
        await self._store.check()
        now = ctx.gateway.now()
        since = await self._store.whole_since(now)
        if since is None or (session.record.started_at > since and session.level is not SessionLevel.REGISTERED):
            return
        known_at = since + timedelta(seconds=ctx.settings.doubt_quiet_s)
        if now < known_at:
            raise StoreUnavailable(
                "The gateway's store was restarted, and an order of this cart may be on its way. Nothing was sent and "
                "nothing was charged; try again later.",
                detail="the store has lost its memory",
                retry_after=known_at,
            )

    async def _send(
        self, ctx: Context, session: Session, place: str, record: Record, case: guard.Case
    ) -> SubmissionAttempt:
        accepts = case.agreement is not None and case.agreement.accepts_terms
        try:
            answer = await ctx.upstream.submit_cart(
                session.record.access_token,
                address=ctx.caller.address,
                terms_accepted=accepts or case.cart.terms_of_sale_accepted,
            )
            result = _answered(ctx, record, answer)
        except UpstreamNotReached:
            await self._forget(place, record)
            raise
        except UpstreamRefusal as refusal:
            result = await self._refused(ctx, session, refusal, case)
        except UpstreamError as failure:
            log.warning("submission not answered", extra={"reason": failure.code.value, "key": str(record.key)})
            result = _doubt(ctx, record)
        return await self._outcome(ctx, session, place, record, result)

    async def _refused(self, ctx: Context, session: Session, refusal: UpstreamRefusal, case: guard.Case) -> Result:
        meaning = meaning_of(refusal)
        log.info(
            "submission refused",
            extra={
                "meaning": meaning.name,
                "upstream_code": refusal.reason,
                "upstream_subcode": refusal.subcode,
            },
        )
        ctx.forget_cart()
        match meaning:
            case Meaning.AUTHENTICATION:
                then = "submit again with a new key"
                return await self._ask_authentication(ctx, session, refusal, case.cart, then)
            case Meaning.DECLINE:
                # Whoever tries card after card is slowed down; the answers to keys that were used are free.
                await ctx.gateway.limits.note("decline", *_who_tries(ctx, session))
                return _declined(ctx, session, refusal, await self._payment_session(ctx, session))
            case Meaning.BLOCKER:
                return await self._blocked_upstream(ctx, session, refusal, case)
            case Meaning.DOUBT:
                return _doubt(ctx, None)
            case Meaning.NO_ORDER | Meaning.NOT_RESUMABLE:
                return _not_placed(
                    ctx,
                    "Digital River refused the order. No order stands and nothing was charged; submit again with a "
                    "new key.",
                    await self._payment_session(ctx, session),
                )

    async def _ask_authentication(
        self, ctx: Context, session: Session, refusal: UpstreamRefusal, cart: Cart, then: str
    ) -> Result:
        source, wire = cart.primary_source, cart.wire_payment_session
        if source is None or wire is None:
            return _declined(ctx, session, refusal, await self._payment_session(ctx, session))
        await _remember(ctx, session, lambda memory: setattr(memory, "asked_authentication", source.source_id))
        return OrderActionRequired(
            message=f"The shopper has to authenticate the source; then {then}.",
            action=AuthenticateSourceAction(
                session_id=wire.id,
                source_id=source.source_id,
                source_client_secret=source.source_client_secret,
            ),
        )

    async def _blocked_upstream(
        self, ctx: Context, session: Session, refusal: UpstreamRefusal, before: guard.Case
    ) -> Result:
        try:
            case = await self._case(ctx, session, before.agreement, refused=refusal)
        except UNREADABLE:
            case = before
        found = guard.blockers(case) or blockers_for(refusal, case)
        if found:
            return OrderBlocked(
                message="Digital River refused the order: the cart changed since it was looked at.",
                blockers=found,
            )
        return _not_placed(
            ctx,
            "Digital River refused the order. No order stands and nothing was charged; submit again with a new key.",
            payment_session(case.cart, case.facts),
        )

    async def _resume(self, ctx: Context, session: Session, place: str) -> SubmissionAttempt:
        record = await self._read(place)
        if record is None or not _waits_for_shopper(record):
            attempt = await self._again(ctx, session, place)
            record = await self._read(place)
            if record is None or not _waits_for_shopper(record):
                return attempt
        token = await ctx.access_token(session, good_for=FRESH_FOR_CHECKOUT)
        with self._working(place):
            resumed = await self._advance(
                ctx, place, record, owner=self._replica.id, stage=Stage.SENT, result=None, sent_at=ctx.gateway.now()
            )
            if resumed is not None:
                return await self._send_resume(ctx, session, place, resumed, record, token)
        # Another replica was quicker.
        return await self._awaited(ctx, session, place)

    async def _send_resume(
        self, ctx: Context, session: Session, place: str, record: Record, waiting: Record, token: str
    ) -> SubmissionAttempt:
        ctx.forget_cart()
        try:
            result = _answered(ctx, record, await ctx.upstream.resume_cart(token))
        except UpstreamNotReached:
            await self._advance(ctx, place, record, stage=Stage.OUTCOME, result=waiting.result)
            raise
        except UpstreamRefusal as refusal:
            return await self._not_resumed(ctx, session, place, record, waiting, refusal)
        except UpstreamError as failure:
            log.warning("resumption not answered", extra={"reason": failure.code.value, "key": str(record.key)})
            result = _doubt(ctx, record)
        return await self._outcome(ctx, session, place, record, result)

    async def _not_resumed(
        self,
        ctx: Context,
        session: Session,
        place: str,
        record: Record,
        waiting: Record,
        refusal: UpstreamRefusal,
    ) -> SubmissionAttempt:
        result: Result | None = None
        match meaning_of(refusal):
            case Meaning.NOT_RESUMABLE:
                result = await self._evidence(ctx, session, record)
            case Meaning.AUTHENTICATION:
                then = "call resumeOrder again"
                result = await self._ask_authentication(ctx, session, refusal, await ctx.cart(), then)
            case Meaning.DECLINE:
                result = _declined(ctx, session, refusal, await self._payment_session(ctx, session))
            case Meaning.DOUBT:
                result = _doubt(ctx, record)
            case Meaning.BLOCKER | Meaning.NO_ORDER:
                pass
        if result is not None:
            return await self._outcome(ctx, session, place, record, result)
        # The order still waits for the shopper, as before.
        await self._advance(ctx, place, record, stage=Stage.OUTCOME, result=waiting.result)
        if meaning_of(refusal) is Meaning.NOT_RESUMABLE:
            raise NothingToResume
        raise refusal

    async def _awaited(self, ctx: Context, session: Session, place: str) -> SubmissionAttempt:
        """What becomes of an attempt that another replica is at; how far it is when time runs out."""
        while (record := await self._present(place)) is not None:
            left_s = ctx.operation.deadline_at - time.monotonic()
            is_over = record.result is not None or await self._is_orphan(place, record)
            if is_over or left_s <= LOOK_AGAIN_S:
                break
            await asyncio.sleep(LOOK_AGAIN_S)
        return await self._again(ctx, session, place)

    async def _again(self, ctx: Context, session: Session, place: str) -> SubmissionAttempt:
        """What became of an attempt that this task did not begin."""
        record = await self._present(place)
        if record is None:
            raise NothingToResume
        if record.result is None and not await self._is_orphan(place, record):
            return record.attempt(is_replay=True)
        if record.result is None or _is_due(record, ctx.gateway.now()):
            return await self._settle(ctx, session, place, record)
        return record.attempt(await self._refreshed(ctx, session, record.result), is_replay=True)

    async def _present(self, place: str) -> Record | None:
        """The attempt as it stands. One that nobody is at and that was never sent has never been."""
        record = await self._read(place)
        if record is not None and record.stage is Stage.RESERVED and await self._is_orphan(place, record):
            await self._forget(place, record)
            return None
        return record

    async def _is_orphan(self, place: str, record: Record) -> bool:
        """Whether nobody is at an attempt any more."""
        if record.owner == self._replica.id:
            return place not in self._at_work
        return not await self._replica.is_alive(record.owner)

    async def _seen_to(self, ctx: Context, session: Session, place: str) -> SubmissionAttempt:
        """One look at an attempt for which nobody waits."""
        record = await self._present(place)
        if record is None:
            raise NothingToResume
        if record.result is None and not await self._is_orphan(place, record):
            await self._look_later(ctx, place, record)
            return record.attempt()
        if record.result is None or record.is_in_doubt:
            return await self._settle(ctx, session, place, record)
        return await self._poll_redirect(ctx, session, place, record)

    async def _poll_redirect(self, ctx: Context, session: Session, place: str, record: Record) -> SubmissionAttempt:
        """Go on for a shopper who has approved, or been refused, and did not come back."""
        wire = (await ctx.cart()).wire_payment_session
        if wire is not None and wire.state is State.CHARGEABLE:
            return await self._resume(ctx, session, place)
        result = await self._evidence(ctx, session, record)
        if result is None or holds_cart(result):
            await self._look_later(ctx, place, record)
            return record.attempt()
        return await self._outcome(ctx, session, place, record, result)

    async def _look_later(self, ctx: Context, place: str, record: Record) -> None:
        await self._store.remind(ATTEMPTS, place, _next_look(record, ctx.gateway.now()))

    # Doubt.

    async def _settle(self, ctx: Context, session: Session, place: str, record: Record) -> SubmissionAttempt:
        ctx.forget_cart()
        result = await self._evidence(ctx, session, record)
        if result is None and await self._is_absent(ctx, record):
            log.info("doubt settled", extra={"evidence": "absence", "key": str(record.key)})
            result = _not_placed(
                ctx,
                "The order was sent and never arrived. Nothing was charged; submit again with a new key.",
                await self._payment_session(ctx, session),
            )
        return await self._outcome(ctx, session, place, record, result or _doubt(ctx, record))

    async def _evidence(self, ctx: Context, session: Session, record: Record) -> Result | None:
        """What stands upstream after an attempt that was sent; None when nothing proves anything."""
        try:
            cart = await ctx.cart()
            order = await self._order(ctx, record)
        except UNREADABLE:
            return None
        wire = cart.wire_payment_session if _is_same_cart(cart, record) else None
        if order is not None and order.state not in UNDECIDED:
            log.info("doubt settled", extra={"evidence": "order", "key": str(record.key)})
            return _standing(order)
        was_cancelled = order is not None and order.state is OrderState.CANCELLED
        if wire is None and not was_cancelled:
            return None
        if wire and wire.state in (State.PENDING_REDIRECT, State.CHARGEABLE) and wire.redirect_url:
            return _redirect(wire.redirect_url, order)
        if was_cancelled or (wire and wire.state in (State.FAILED, State.CANCELLED)):
            log.info("doubt settled", extra={"evidence": "payment session", "key": str(record.key)})
            refusal = UpstreamRefusal(409, "cancelled")
            return _declined(ctx, session, refusal, payment_session(cart, _facts(session)))
        return None

    async def _is_absent(self, ctx: Context, record: Record) -> bool:
        """Whether the absence of an order may be believed: long enough ago, same cart, payment untouched."""
        quiet = timedelta(seconds=ctx.settings.doubt_quiet_s)
        if record.sent_at is None or ctx.gateway.now() - record.sent_at < quiet:
            return False
        try:
            cart = await ctx.cart()
            order = await self._order(ctx, record)
        except UNREADABLE:
            return False
        wire = cart.wire_payment_session
        stands = order is not None and order.state is not OrderState.OPEN
        return wire is not None and wire.state in UNTOUCHED and _is_same_cart(cart, record) and not stands

    async def _order(self, ctx: Context, record: Record) -> Order | None:
        """The order under the cart's own identifier, which is where a guest's order is found."""
        if record.cart_id is None:
            return None
        return await read_order(ctx, record.cart_id)

    # What a replay shows and the store must not hold.

    async def _refreshed(self, ctx: Context, session: Session, result: Result) -> Result:
        """A stored outcome with its secrets and its order read again; a summary where that fails."""
        match result:
            case OrderPlaced():
                return replace(result, order=await self._fresh(ctx, result.order))
            case OrderAwaitingPayment():
                order = await self._fresh(ctx, result.order)
                return replace(result, order=order, instructions=order.payment_instructions)
            case OrderActionRequired(action=RedirectShopperAction()):
                session_now = await self._payment_session(ctx, session)
                action = session_now.next_action if session_now else None
                if not isinstance(action, RedirectShopperAction):
                    return OrderInDoubt(
                        message="The order waits for the shopper. Call resumeOrder to finish it.",
                        check_after=ctx.gateway.now(),
                    )
                return replace(result, action=action)
            case OrderActionRequired(action=AuthenticateSourceAction() as action):
                secret = await self._source_secret(ctx, action.source_id)
                return replace(result, action=replace(action, source_client_secret=secret))
            case OrderDeclined() | OrderNotPlaced():
                return replace(result, payment_session=await self._payment_session(ctx, session))
            case OrderBlocked():
                return await self._with_next_actions(ctx, session, result)
            case _:
                return result

    async def _fresh(self, ctx: Context, order: Order) -> Order:
        try:
            return await read_order(ctx, order.number) or order
        except UNREADABLE:
            return order

    async def _payment_session(self, ctx: Context, session: Session) -> PaymentSession | None:
        try:
            return payment_session(await ctx.cart(), _facts(session))
        except UNREADABLE:
            return None

    async def _source_secret(self, ctx: Context, source_id: str) -> str | None:
        try:
            source = (await ctx.cart()).primary_source
        except UNREADABLE:
            return None
        return source.source_client_secret if source and source.source_id == source_id else None

    async def _with_next_actions(self, ctx: Context, session: Session, result: OrderBlocked) -> OrderBlocked:
        if not any(isinstance(blocker, PaymentSessionBlocker) for blocker in result.blockers):
            return result
        now = await self._payment_session(ctx, session)
        return replace(
            result,
            blockers=[
                replace(blocker, next_action=now.next_action)
                if isinstance(blocker, PaymentSessionBlocker) and now and now.state is blocker.state
                else blocker
                for blocker in result.blockers
            ],
        )

    async def _case(
        self,
        ctx: Context,
        session: Session,
        agreement: guard.Agreement | None,
        refused: UpstreamRefusal | None = None,
    ) -> guard.Case:
        ctx.forget_cart()
        await ctx.access_token(session, good_for=max(FRESH_FOR_CHECKOUT, _deadline(ctx)))
        return await case_of(ctx, await ctx.cart(), agreement, refused=refused)

    # The store.

    async def _outcome(
        self, ctx: Context, session: Session, place: str, record: Record, result: Result
    ) -> SubmissionAttempt:
        """Write the outcome down and give the cart back. It is told whether or not that works."""
        ctx.forget_cart()
        if isinstance(result, OrderInDoubt):
            log.warning("submission in doubt", extra={"key": str(record.key)})
        try:
            record = await self._written(ctx, place, record, result)
            if isinstance(result, OrderPlaced | OrderAwaitingPayment):
                await _remember(ctx, session, lambda memory: _add_order(memory, result.order.number))
            if holds_cart(result):
                await self._look_later(ctx, place, record)
            else:
                await self._unlock(place, record)
                await self._store.forget(ATTEMPTS, place)
        except StoreUnavailable as failure:
            log.error("outcome not written", extra={"key": str(record.key), "reason": failure.detail})
        return record.attempt(result)

    async def _written(self, ctx: Context, place: str, record: Record, result: Result) -> Record:
        stored = without_secrets(result)
        written = replace(record, updated_at=ctx.gateway.now(), stage=Stage.OUTCOME, result=stored)
        expected: bytes | None = encode(record)
        if not await self._store.replace(place, encode(written), expected=expected, ttl_s=KEPT_S):
            # Another replica has settled it by what it saw, or the store has lost it. An answer that came
            # counts more than either.
            log.warning("outcome overtaken", extra={"key": str(record.key)})
            await self._store.put(place, encode(written), ttl_s=KEPT_S)
        return written

    async def _advance(self, ctx: Context, place: str, record: Record, **changes: object) -> Record | None:
        """The record with its changes; None when it is no longer what it was."""
        changed = replace(record, updated_at=ctx.gateway.now(), **changes)
        written = await self._store.replace(place, encode(changed), expected=encode(record), ttl_s=KEPT_S)
        return changed if written else None

    async def _forget(self, place: str, record: Record) -> None:
        await self._store.delete(place, expected=encode(record))
        await self._unlock(place, record)
        await self._store.forget(ATTEMPTS, place)

    async def _read(self, place: str) -> Record | None:
        found = await self._store.get(place)
        return None if found is None else decode(found, Record)

    async def _find(self, session: Session, key: UUID | None) -> Record | None:
        latest = session.record.remembered.latest_submission
        wanted = key or (UUID(latest) if latest else None)
        return None if wanted is None else await self._present(_place(session, wanted))

    async def _lock(self, lock: str, place: str) -> Record | None:
        """Take a lock for the attempt at this place; the attempt that has it, where another one does."""
        while not await self._store.replace(lock, place.encode(), expected=None, ttl_s=KEPT_S):
            holder = await self._holder(lock)
            if holder is not None:
                return holder
        return None

    async def _holder(self, lock: str) -> Record | None:
        """The attempt that has a lock. A lock whose attempt is over or gone is taken away."""
        held = await self._store.get(lock)
        if held is None:
            return None
        record = await self._present(held.decode())
        if record is not None and record.is_open:
            return record
        await self._store.delete(lock, expected=held)
        return None

    async def _unlock(self, place: str, record: Record) -> None:
        for lock in record.locks:
            await self._store.delete(lock, expected=place.encode())


async def case_of(
    ctx: Context,
    cart: Cart,
    agreement: guard.Agreement | None = None,
    refused: UpstreamRefusal | None = None,
) -> guard.Case:
    """What the guard looks at. Stock and tax rules are read only where the cart or a refusal asks for it."""
    session = await ctx.own_session()
    lacks_stock = guard.complains_of_stock(cart) or (refused is not None and refused.reason in guard.STOCK_CODES)
    stock = None
    # Credit does not go with what is sold before it is there, which a cart does not tell.
    may_wait = refused is not None and cart.secondary_source is not None
    if lacks_stock or may_wait:
        try:
            stock = await ctx.gateway.catalog.inventory([line.product.upstream_id for line in cart.lines])
        except UpstreamError:
            stock = None  # Then every line may be meant.
    was_tax_refused = refused is not None and refused.reason in TAX_CODES
    requirements = None
    if was_tax_refused or guard.needs_tax_requirements(cart, ctx.settings):
        with contextlib.suppress(UpstreamError):  # The guard says that it does not know.
            requirements = await ctx.tax_requirements()
    return guard.Case(
        cart=cart,
        facts=_facts(session),
        settings=ctx.settings,
        now=ctx.gateway.now(),
        lacks_stock=lacks_stock,
        stock=stock,
        tax_requirements=requirements,
        agreement=agreement,
    )


async def read_order(ctx: Context, order_id: str) -> Order | None:
    """An order of this session by its upstream id; None when there is none. The state must be asked for."""
    try:
        return await ctx.as_shopper(lambda upstream, token: upstream.order(token, order_id))
    except UpstreamRefusal as refusal:
        if refusal.status == 404:
            return None
        raise


def _place(session: Session, key: UUID) -> str:
    # By the session's own id: a new handle keeps its keys.
    return f"attempt:{session.id}:{key}"


def _who_tries(ctx: Context, session: Session) -> tuple[str, str | None]:
    return f"cart:{session.cart_owner}", f"address:{ctx.caller.address}" if ctx.caller.address else None


def _session_id(place: str) -> str:
    return place.split(":")[1]


def _lock_of(whose: str) -> str:
    return f"cart-lock:{whose}"


def _held(holder: Record) -> OrderBlocked:
    return OrderBlocked(
        message="Another submission of this cart is under way. Nothing was sent.", blockers=[_in_progress(holder)]
    )


def _next_look(record: Record, now: datetime) -> datetime:
    """Soon at first, then less and less often: a doubt at most 30 seconds apart, an open redirect five minutes."""
    age = now - (record.sent_at or record.started_at)
    longest = LONGEST_PAUSE if record.result is None or record.is_in_doubt else LONGEST_REDIRECT_PAUSE
    return now + min(max(age / 2, SHORTEST_PAUSE), longest)


def _is_same_cart(cart: Cart, record: Record) -> bool:
    """Whether this is the cart that was sent, and not the empty one that takes the place of an order."""
    wire = cart.wire_payment_session
    return cart.order_id == record.cart_id and (wire.id if wire else None) == record.payment_session_id


async def _remember(ctx: Context, session: Session, edit: Callable[[Remembered], None]) -> None:
    """Note something in the session, if there still is one: what became of the order counts all the same."""
    with contextlib.suppress(SessionRequired):
        await ctx.gateway.sessions.remember(session, edit)


def _facts(session: Session) -> Facts:
    return Facts(session.record.remembered, session.locale)


def _deadline(ctx: Context) -> timedelta:
    return timedelta(seconds=ctx.settings.submission_deadline_s)


def _set_latest(memory: Remembered, key: UUID) -> None:
    memory.latest_submission = str(key)


def _add_order(memory: Remembered, order_id: str) -> None:
    """Another cart begins: what was known of the one that became the order is no longer so."""
    memory.attached_at, memory.asked_authentication, memory.coupons = {}, None, []
    if order_id not in memory.order_ids:
        memory.order_ids = [*memory.order_ids, order_id]


def _waits_for_shopper(record: Record) -> bool:
    """On a page, or to authenticate a source. Upstream tells whether there is anything to resume."""
    return isinstance(record.result, OrderActionRequired)


def _is_due(record: Record, now: datetime) -> bool:
    return isinstance(record.result, OrderInDoubt) and record.result.check_after <= now


def _in_progress(holder: Record) -> SubmissionInProgressBlocker:
    # The address of a redirect is not in the store; its attempt is shown without the result.
    return guard.in_progress_blocker(holder.attempt(holder.result if holder.is_in_doubt else None))


def _answered(ctx: Context, record: Record, answer: SubmittedCart) -> Result:
    """The outcome of a 2xx, by the state of session and order."""
    wire, order = answer.wire_payment_session, answer.order
    if answer.refusals:
        return _doubt(ctx, record)
    state = wire.state if wire else None
    if state is State.PENDING_REDIRECT or (order and order.state is OrderState.SOURCE_PENDING_REDIRECT):
        url = wire.redirect_url if wire else None
        return _redirect(url, order) if url else _doubt(ctx, record)
    if order is None:
        return _doubt(ctx, record)
    return _standing(order, is_pending=state is State.PENDING_FUNDS)


def _standing(order: Order, *, is_pending: bool = False) -> Result:
    waits = order.state in (OrderState.SOURCE_PENDING_FUNDS, OrderState.PENDING_PAYMENT)
    if waits or is_pending:
        return OrderAwaitingPayment(
            message="The order stands and waits for the shopper's money.",
            order=order,
            instructions=order.payment_instructions,
        )
    return OrderPlaced(message="The order is placed.", order=order)


def _redirect(url: str, order: Order | None) -> Result:
    return OrderActionRequired(
        message="The shopper has to approve the payment on another page; then call resumeOrder.",
        action=RedirectShopperAction(redirect_url=url, resume_with="Mutation.resumeOrder"),
        pending_order=order,
    )


def _doubt(ctx: Context, record: Record | None) -> Result:
    now = ctx.gateway.now()
    age = now - record.sent_at if record and record.sent_at else timedelta(0)
    return OrderInDoubt(
        message="The order was sent and no trustworthy answer came back. Do not submit with another key; read "
        "orderSubmission.",
        check_after=now + min(max(age / 2, SHORTEST_PAUSE), LONGEST_PAUSE),
    )


def _declined(ctx: Context, session: Session, refusal: UpstreamRefusal, payment: PaymentSession | None) -> Result:
    reason = reason_of(refusal) or ""
    told: PaymentDecline = decline(
        refusal,
        reason,
        locale=session.locale,
        support_reference=ctx.caller.request_id,
        now=ctx.gateway.now(),
    )
    return OrderDeclined(
        message="The payment was declined. No order stands; attach a source and submit with a new key.",
        decline=told,
        payment_session=payment,
    )


def _not_placed(ctx: Context, message: str, payment: PaymentSession | None) -> Result:
    return OrderNotPlaced(message=message, support_reference=ctx.caller.request_id, payment_session=payment)
