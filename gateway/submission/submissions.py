"""One click, one order: every attempt goes reserved, sent, outcome, and each step is in the store before the next.

An attempt belongs to the process, not to the request: a client that hangs up finds the outcome under its
key. `submit-cart` is sent at most once per key and at most once at a time per cart, and never again for an
attempt that was sent. What is not a definite answer is a doubt; it keeps the cart locked and is settled by
looking at what stands upstream, never by guessing.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from msgspec.structs import replace

from gateway.checkout import guard
from gateway.checkout.guard_input import case_of
from gateway.enums import PaymentSessionState, SessionLevel
from gateway.errors import (
    GatewayError,
    SessionRequired,
    StoreUnavailable,
    SubmissionInProgress,
    UpstreamError,
    UpstreamNotReached,
    UpstreamRefusal,
)
from gateway.operation.context import Context, unattended
from gateway.operation.services import Services
from gateway.orders.attempts import (
    Attempts,
    Record,
    Stage,
    holds_cart,
    lock_of,
    lock_of_cart,
    lock_of_guest,
    place_of,
    session_id_of,
)
from gateway.orders.outcomes import (
    OrderActionRequired,
    OrderAwaitingPayment,
    OrderBlocked,
    OrderInDoubt,
    OrderNotPlaced,
    OrderPlaced,
    Result,
    SubmissionAttempt,
    SubmissionInProgressBlocker,
    without_secrets,
)
from gateway.payments.payment_session import AuthenticateSourceAction, payment_session
from gateway.sessions.idempotency import KeyReused
from gateway.sessions.sessions import FRESH_FOR_CHECKOUT, CheckoutMemory, Session
from gateway.submission.evidence import (
    UNREADABLE,
    answered,
    declined,
    doubt,
    evidence,
    is_absent,
    is_to_be_resumed,
    not_placed,
    session_of_payment,
    waiting,
)
from gateway.submission.refusal_meaning import Meaning, blockers_for, meaning_of
from gateway.submission.rehydrate import retold
from gateway.upstream.cart import Cart

log = logging.getLogger(__name__)

LOOK_AGAIN_S = 0.1
"""Between two looks at an attempt that another replica is at."""


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


@dataclass(frozen=True)
class Running:
    task: asyncio.Task[SubmissionAttempt | None]
    fingerprint: str | None
    """Of the press that began it; None for work that began without one."""


class Submissions:
    """The attempts of all sessions. One process runs an attempt at a time; the store tells what became of it."""

    def __init__(self, attempts: Attempts) -> None:
        self._attempts = attempts
        self._running: dict[str, Running] = {}

    async def submit(self, ctx: Context, press: Press) -> SubmissionAttempt:
        """Place the order, or tell what became of it under this key.

        Raises `KeyReused`, and `GatewayError` when nothing was sent and the key is free again.
        """
        session = await ctx.own_session()
        place = place_of(session, press.key)
        while True:
            present = await self._attempts.present(place)
            running = self._running.get(place)
            known = {present and present.fingerprint, running and running.fingerprint}
            if known - {None, press.fingerprint}:
                raise KeyReused
            is_new = present is None
            work = self._submit(ctx, session, place, press) if is_new else self._awaited(ctx, session, place)
            # None: whoever was at it has died before anything was sent, and it begins anew.
            attempt = await self._once(ctx, place, work, press.fingerprint)
            if attempt is not None:
                return replace(attempt, is_replay=present is not None or running is not None)

    async def resume(self, ctx: Context, key: UUID | None) -> SubmissionAttempt:
        """Finish the submission with the key, else the session's latest one.

        Raises `NothingToResume`, and `GatewayError` when nothing new became known.
        """
        session = await ctx.own_session()
        record = await self._attempts.find(session, key)
        if record is None:
            raise NothingToResume
        place = place_of(session, record.key)
        attempt = await self._once(ctx, place, self._resume(ctx, session, place))
        if attempt is None:
            raise NothingToResume
        return attempt

    async def look_up(self, ctx: Context, key: UUID | None) -> SubmissionAttempt | None:
        """The submission with the key, else the latest; one in doubt is looked at again."""
        session = await ctx.own_session()
        record = await self._attempts.find(session, key)
        if record is None:
            return None
        place = place_of(session, record.key)
        if place in self._running:
            return record.attempt(is_replay=True)
        if record.result is not None and not record.is_due(ctx.services.now()):
            return record.attempt(await retold(ctx, session, record.result), is_replay=True)
        return await self._once(ctx, place, self._again(ctx, session, place))

    async def look_after(self, services: Services, place: str) -> None:
        """See to an attempt that is not over, although nobody asks for it. Raises `GatewayError`."""
        if place in self._running:
            return
        record = await self._attempts.present(place)
        if record is None or not record.is_open:
            await self._attempts.leave_alone(place)
            return
        session = await services.sessions.find_by_id(session_id_of(place))
        if session is None:
            # Nobody can ask for it any more, and nothing can be read without its token.
            log.error("submission left open: its session has ended", extra={"key": str(record.key)})
            await self._attempts.leave_alone(place)
            return
        ctx = unattended(services, session)
        await self._once(ctx, place, self._seen_to(ctx, session, place))

    async def locks_cart(self, session: Session) -> bool:
        """Whether a submission must be over before the cart may change: one under way or in doubt.

        An open redirect is none of ours to keep: upstream itself refuses every change until it is resumed.
        """
        record = await self._attempts.holder(lock_of(session))
        return record is not None and (record.result is None or record.is_in_doubt)

    async def is_open(self, session: Session) -> bool:
        """Whether a submission of this session is not over, for which its token may be needed."""
        # What a guest began before signing in is held under the guest's own lock.
        locks = (lock_of(session), lock_of_guest(session))
        return any([await self._attempts.holder(lock) is not None for lock in locks])

    async def waiting(self, session: Session) -> Record | None:
        """The submission that may be given up, as it is now."""
        return await self._attempts.holder(lock_of(session))

    async def was_given_up(self, session: Session, cart: Cart) -> bool:
        """Whether the submission of this cart is over without an order, for good."""
        record = await self._attempts.find(session, None)
        return (
            session.level is SessionLevel.ANONYMOUS
            and record is not None
            and isinstance(record.result, OrderNotPlaced)
            and record.cart_id == cart.order_id
        )

    async def give_up(self, ctx: Context, session: Session, record: Record | None) -> bool:
        """End the submission whose shopper no longer wants it. False when it is no longer as it was."""
        if record is None:
            return await self.waiting(session) is None
        if not record.waits_for_shopper:
            return False
        place = place_of(session, record.key)
        result = not_placed(
            ctx, "The shopper gave up on the provider's page. The order will not be finished; nothing was charged."
        )
        ended = await self._attempts.advance(
            place, record, ctx.services.now(), stage=Stage.OUTCOME, result=result, locks=[]
        )
        if ended is None:
            return False
        await self._attempts.close(place, record)
        return True

    async def drain(self) -> None:
        """Wait for every attempt under way; called when the process is asked to stop."""
        if self._running:
            await asyncio.wait({running.task for running in self._running.values()})

    async def _once(
        self,
        ctx: Context,
        place: str,
        work: Coroutine[None, None, SubmissionAttempt | None],
        fingerprint: str | None = None,
    ) -> SubmissionAttempt | None:
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
        raise SubmissionInProgress

    def _finished(self, place: str, done: asyncio.Task[SubmissionAttempt | None]) -> None:
        del self._running[place]
        failure = None if done.cancelled() else done.exception()
        if failure is not None and not isinstance(failure, GatewayError | NothingToResume):
            # The caller may have left, and then nobody else would tell.
            log.error("submission broke off", exc_info=failure)

    # Reserved, sent, outcome.

    async def _submit(self, ctx: Context, session: Session, place: str, press: Press) -> SubmissionAttempt | None:
        with self._attempts.working(place):
            return await self._reserve(ctx, session, place, press)

    async def _reserve(self, ctx: Context, session: Session, place: str, press: Press) -> SubmissionAttempt | None:
        record = await self._attempts.reserve(place, session, press.key, press.fingerprint, ctx.services.now())
        if record is None:
            return await self._awaited(ctx, session, place)
        try:
            await _check_memory(ctx, session)
            await ctx.services.rate_limits.check("decline", *_who_tries(ctx, session))
            in_the_way = await self._attempts.lock(lock_of(session), place, record)
            if in_the_way is not None:
                return await self._outcome(ctx, session, place, record, _held(in_the_way))
            await ctx.services.sessions.keep(session, str(press.key))
            # What changes the cart now came before the lock: it is waited for, and seen.
            async with ctx.services.cart_lock.hold(session, ctx.operation.deadline_at):
                case = await self._case(ctx, session, press.agreement)
            found = guard.blockers(case)
            if found:
                blocked = OrderBlocked(
                    message="The cart cannot become an order as it is. Nothing was sent.", blockers=found
                )
                return await self._outcome(ctx, session, place, record, blocked)
            # Another session may have the same cart.
            wire = case.cart.payment_session
            cart_lock = lock_of_cart(wire.id if wire else case.cart.upstream_id)
            in_the_way = await self._attempts.lock(cart_lock, place, record)
            if in_the_way is not None:
                return await self._outcome(ctx, session, place, record, _held(in_the_way))
            record = await self._sent(ctx, place, record, case.cart, cart_lock)
        except BaseException:
            # Nothing was sent: the press never happened.
            with contextlib.suppress(StoreUnavailable):
                await self._attempts.forget(place, record)
            raise
        return await self._send(ctx, session, place, record, case)

    async def _sent(self, ctx: Context, place: str, record: Record, cart: Cart, cart_lock: str) -> Record:
        """Write down that it is sent, before it is."""
        wire, now = cart.payment_session, ctx.services.now()
        sent = await self._attempts.advance(
            place,
            record,
            now,
            stage=Stage.SENT,
            locks=[*record.locks, cart_lock],
            sent_at=now,
            quiet_from=await ctx.services.store.now(),
            cart_id=cart.order_id,
            payment_session_id=wire.id if wire else None,
        )
        if sent is None:
            raise StoreUnavailable(detail="the reservation is gone")
        return sent

    async def _send(
        self, ctx: Context, session: Session, place: str, record: Record, case: guard.Case
    ) -> SubmissionAttempt:
        accepts = case.agreement is not None and case.agreement.accepts_terms
        try:
            answer = await ctx.upstream.orders.submit_cart(
                session.record.access_token,
                ip_address=ctx.caller.address,
                terms_accepted=accepts or case.cart.terms_of_sale_accepted,
            )
            result = answered(ctx, record, answer)
        except UpstreamNotReached:
            await self._attempts.forget(place, record)
            raise
        except UpstreamRefusal as refusal:
            result = await self._refused(ctx, session, refusal, case)
        except UpstreamError as failure:
            log.warning("submission not answered", extra={"reason": failure.code.value, "key": str(record.key)})
            result = doubt(ctx, record)
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
                await ctx.services.rate_limits.note("decline", *_who_tries(ctx, session))
                return declined(ctx, session, refusal, await session_of_payment(ctx, session))
            case Meaning.BLOCKER:
                return await self._blocked_upstream(ctx, session, refusal, case)
            case Meaning.DOUBT:
                return doubt(ctx, None)
            case Meaning.NO_ORDER | Meaning.NOT_RESUMABLE:
                return not_placed(
                    ctx,
                    "Digital River refused the order. No order stands and nothing was charged; submit again with a "
                    "new key.",
                    await session_of_payment(ctx, session),
                )

    async def _ask_authentication(
        self, ctx: Context, session: Session, refusal: UpstreamRefusal, cart: Cart, then: str
    ) -> Result:
        source, wire = cart.primary_source, cart.payment_session
        if source is None or wire is None:
            return declined(ctx, session, refusal, await session_of_payment(ctx, session))
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
        return not_placed(
            ctx,
            "Digital River refused the order. No order stands and nothing was charged; submit again with a new key.",
            payment_session(case.cart, case.facts),
        )

    async def _resume(self, ctx: Context, session: Session, place: str) -> SubmissionAttempt | None:
        record = await self._attempts.present(place)
        if record is None or not record.waits_for_shopper:
            attempt = await self._again(ctx, session, place)
            record = await self._attempts.present(place)
            if record is None or not record.waits_for_shopper:
                return attempt
        token = await ctx.access_token(session, good_for=FRESH_FOR_CHECKOUT)
        with self._attempts.working(place):
            now = ctx.services.now()
            quiet_from = await ctx.services.store.now()
            resumed = await self._attempts.take_over(
                place, record, now, stage=Stage.SENT, result=None, sent_at=now, quiet_from=quiet_from
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
            result = answered(ctx, record, await ctx.upstream.orders.resume_cart(token))
        except UpstreamNotReached:
            await self._attempts.advance(place, record, ctx.services.now(), stage=Stage.OUTCOME, result=waiting.result)
            raise
        except UpstreamRefusal as refusal:
            return await self._not_resumed(ctx, session, place, record, waiting, refusal)
        except UpstreamError as failure:
            log.warning("resumption not answered", extra={"reason": failure.code.value, "key": str(record.key)})
            result = doubt(ctx, record)
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
                result = await evidence(ctx, session, record)
            case Meaning.AUTHENTICATION:
                then = "call resumeOrder again"
                result = await self._ask_authentication(ctx, session, refusal, await ctx.cart(), then)
                if isinstance(result, OrderActionRequired):
                    # The order waits still, and so its cart is kept.
                    result = replace(result, is_of_order=True)
            case Meaning.DECLINE:
                result = declined(ctx, session, refusal, await session_of_payment(ctx, session))
            case Meaning.DOUBT:
                result = doubt(ctx, record)
            case Meaning.BLOCKER | Meaning.NO_ORDER:
                pass
        if result is not None:
            return await self._outcome(ctx, session, place, record, result)
        # The order still waits for the shopper, as before.
        await self._attempts.advance(place, record, ctx.services.now(), stage=Stage.OUTCOME, result=waiting.result)
        if meaning_of(refusal) is Meaning.NOT_RESUMABLE:
            raise NothingToResume
        raise refusal

    async def _awaited(self, ctx: Context, session: Session, place: str) -> SubmissionAttempt | None:
        """What becomes of an attempt that another replica is at; how far it is when time runs out."""
        while (record := await self._attempts.present(place)) is not None:
            left_s = ctx.operation.deadline_at - time.monotonic()
            is_over = record.result is not None or await self._attempts.is_orphan(place, record)
            if is_over or left_s <= LOOK_AGAIN_S:
                break
            await asyncio.sleep(LOOK_AGAIN_S)
        return await self._again(ctx, session, place)

    async def _again(self, ctx: Context, session: Session, place: str) -> SubmissionAttempt | None:
        """What became of an attempt that this task did not begin; None when it has never been."""
        record = await self._attempts.present(place)
        if record is None:
            return None
        if record.result is None and not await self._attempts.is_orphan(place, record):
            return record.attempt(is_replay=True)
        if record.result is None or record.is_due(ctx.services.now()):
            return await self._settle(ctx, session, place, record)
        return record.attempt(await retold(ctx, session, record.result), is_replay=True)

    async def _seen_to(self, ctx: Context, session: Session, place: str) -> SubmissionAttempt | None:
        """One look at an attempt for which nobody waits."""
        record = await self._attempts.present(place)
        if record is None:
            return None
        if record.result is None and not await self._attempts.is_orphan(place, record):
            await self._attempts.look_later(place, record, ctx.services.now())
            return record.attempt()
        if record.result is None or record.is_in_doubt:
            return await self._settle(ctx, session, place, record)
        return await self._poll_redirect(ctx, session, place, record)

    async def _poll_redirect(
        self, ctx: Context, session: Session, place: str, record: Record
    ) -> SubmissionAttempt | None:
        """Go on for a shopper who has approved, or been refused, and did not come back."""
        wire = (await ctx.cart()).payment_session
        is_asked = isinstance(record.result, OrderActionRequired) and not record.result.is_redirect
        if wire is not None and wire.state is PaymentSessionState.CHARGEABLE and not is_asked:
            return await self._resume(ctx, session, place)
        result = await evidence(ctx, session, record)
        if result is None or holds_cart(result):
            await self._attempts.look_later(place, record, ctx.services.now())
            return record.attempt()
        return await self._found(ctx, session, place, record, result)

    # Doubt.

    async def _settle(self, ctx: Context, session: Session, place: str, record: Record) -> SubmissionAttempt | None:
        ctx.forget_cart()
        result = await evidence(ctx, session, record)
        if result is None and await is_absent(ctx, record):
            log.info("doubt settled", extra={"evidence": "absence", "key": str(record.key)})
            result = not_placed(
                ctx,
                "The order was sent and never arrived. Nothing was charged; submit again with a new key.",
                await session_of_payment(ctx, session),
            )
        if result is None and await is_to_be_resumed(ctx, record):
            written = await self._attempts.advance(place, record, ctx.services.now(), **_outcome_of(waiting()))
            return await (self._again if written is None else self._resume)(ctx, session, place)
        return await self._found(ctx, session, place, record, result or doubt(ctx, record))

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
        """Write down what an answer made of the attempt. It is told whether or not that works."""
        changes = _outcome_of(result)
        try:
            written = await self._attempts.advance(place, record, ctx.services.now(), **changes)
            if written is None and (record.stage is Stage.RESERVED or isinstance(result, OrderInDoubt)):
                # No answer came, and somebody has gone on with it, or found out more.
                known = await self._again(ctx, session, place)
                if known is not None:
                    return known
            if written is None:
                # Settled by what somebody saw, or lost by the store: an answer that came counts more.
                log.warning("outcome overtaken", extra={"key": str(record.key)})
                written = await self._attempts.overwrite(place, record, ctx.services.now(), **changes)
            return await self._finished_by(ctx, session, place, written, result)
        except StoreUnavailable as failure:
            log.error("outcome not written", extra={"key": str(record.key), "reason": failure.detail})
            return record.attempt(result)

    async def _found(
        self, ctx: Context, session: Session, place: str, record: Record, result: Result
    ) -> SubmissionAttempt | None:
        """Write down what stands upstream, unless somebody has come to know more in the meantime."""
        written = await self._attempts.advance(place, record, ctx.services.now(), **_outcome_of(result))
        if written is None:
            return await self._again(ctx, session, place)
        return await self._finished_by(ctx, session, place, written, result)

    async def _finished_by(
        self, ctx: Context, session: Session, place: str, record: Record, result: Result
    ) -> SubmissionAttempt:
        """Give the cart back, or see to it that the attempt is looked at again."""
        ctx.forget_cart()
        if isinstance(result, OrderInDoubt):
            log.warning("submission in doubt", extra={"key": str(record.key)})
        if isinstance(result, OrderPlaced | OrderAwaitingPayment):
            await _remember(ctx, session, lambda memory: _add_order(memory, result.order.number))
        if holds_cart(result):
            await self._attempts.look_later(place, record, ctx.services.now())
        else:
            await self._attempts.close(place, record)
        return record.attempt(result)


def _outcome_of(result: Result) -> dict[str, object]:
    return {"stage": Stage.OUTCOME, "result": without_secrets(result)}


async def _check_memory(ctx: Context, session: Session) -> None:
    """Refuse while something may be under way of which the store has lost the record.

    A store that was flushed or restarted knows nothing of an order that was on its way. What began before
    that, and a shopper whose cart outlives sessions, waits until it must have arrived.
    """
    store, now = ctx.services.store, ctx.services.now()
    await store.check()
    since = await store.intact_since(now)
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


def _who_tries(ctx: Context, session: Session) -> tuple[str, str | None]:
    return f"cart:{session.cart_owner}", ctx.caller.counted_as


def _held(holder: Record) -> OrderBlocked:
    return OrderBlocked(
        message="Another submission of this cart is under way. Nothing was sent.", blockers=[_in_progress(holder)]
    )


async def _remember(ctx: Context, session: Session, edit: Callable[[CheckoutMemory], None]) -> None:
    """Note something in the session, if there still is one: what became of the order counts all the same."""
    with contextlib.suppress(SessionRequired, StoreUnavailable):
        await ctx.services.sessions.update_checkout_memory(session, edit)


def _deadline(ctx: Context) -> timedelta:
    return timedelta(seconds=ctx.settings.submission_deadline_s)


def _set_latest(memory: CheckoutMemory, key: UUID) -> None:
    memory.latest_submission = str(key)


def _add_order(memory: CheckoutMemory, order_id: str) -> None:
    """Another cart begins: what was known of the one that became the order is no longer so."""
    memory.attached_at, memory.asked_authentication, memory.coupons = {}, None, []
    if order_id not in memory.order_ids:
        memory.order_ids = [*memory.order_ids, order_id]


def _in_progress(holder: Record) -> SubmissionInProgressBlocker:
    # The address of a redirect is not in the store; its attempt is shown without the result.
    return guard.in_progress_blocker(holder.attempt(holder.result if holder.is_in_doubt else None))
