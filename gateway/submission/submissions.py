"""Submissions of orders: submit, resume, look up, abandon, and reconcile in the background.

A submission continues after the client disconnects. The client can look up the outcome by the idempotency key.
Simultaneous requests for the same attempt share one task.
"""

import asyncio
import logging
from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from gateway.elapsed_time import elapsed_s
from gateway.enums import SubmissionStatus
from gateway.errors import SessionExpired, SubmissionInProgress
from gateway.operation.cart_owner import session_of_owner
from gateway.operation.context import Context, background_context, context_of_session
from gateway.operation.services import Services
from gateway.orders.attempts import (
    UNKNOWN_FINGERPRINT,
    AttemptRecord,
    Located,
    NothingToResume,
    SubmissionKeyTaken,
    store_key_in,
    store_key_of,
)
from gateway.orders.outcomes import SubmissionAttempt
from gateway.sessions.sessions import Session
from gateway.submission.adoption import adopted
from gateway.submission.attempt import Attempt, SubmitRequest
from gateway.submission.rehydrate import outline
from gateway.submission.results import not_placed_with
from gateway.submission.run import Goal, report_stored, run
from gateway.upstream.payment import waits_for_shopper

log = logging.getLogger(__name__)

OUTCOME_S = 2
"""Time after the deadline of its calls in which a request still waits for the outcome, in seconds. A call that ends at
the deadline leaves a doubt, which is stored and then reported."""


async def submit(ctx: Context, request: SubmitRequest) -> SubmissionAttempt:
    """Submit the order, or report the outcome of the attempt that already has this key.

    Raise `SubmissionKeyTaken` if the key was used with other arguments or by another owner of a cart, and
    `GatewayError` if nothing was sent.
    """
    session, attempts = await session_of_owner(ctx), ctx.services.attempts
    while True:
        attempt = Attempt(ctx, session, request.key)
        present = await attempts.find(session, request.key)
        running = attempts.running(present.store_key if present is not None else store_key_of(session, request.key))
        fingerprints = {present and present.record.fingerprint, running and running.fingerprint}
        if fingerprints - {None, UNKNOWN_FINGERPRINT, request.fingerprint}:
            raise SubmissionKeyTaken(present.record.status if present else SubmissionStatus.IN_PROGRESS, is_own=True)
        if present is not None:
            reported = await _continue(ctx, session, present, Goal.WAIT)
        else:
            reported = await _run_once(attempt, Goal.WAIT, request)
        # No result: the replica that reserved the key died before it sent the cart, so submit again.
        if reported is not None:
            return replace(reported, is_replay=not attempt.is_first)


async def resume(ctx: Context, key: UUID | None) -> SubmissionAttempt:
    """Finish the submission with this key. Without a key, or if nothing was sent under the key, finish the open
    submission of the shopper's cart.

    Raise `NothingToResume` if no order waits for the shopper, and `GatewayError` if no new outcome is known.
    """
    session = await session_of_owner(ctx)
    while (located := await _to_resume(ctx, session, key)) is not None:
        reported = await _continue(ctx, session, located, Goal.RESUME)
        if reported is not None:
            return reported
        # The attempt was deleted before it sent anything, because another attempt holds the lock of the cart.
    raise NothingToResume


async def _to_resume(ctx: Context, session: Session, key: UUID | None) -> Located | None:
    attempts, lock = ctx.services.attempts, ctx.services.submission_lock
    named = await attempts.find(session, key) if key is not None else None
    if named is not None and (named.record.result is None or named.record.sent_at is not None):
        return named
    # A later submit request of the same cart was only blocked by the open submission, and its key is a client's latest.
    located = await lock.open_attempt(session) or await _of_waiting_cart(ctx, session, key if named is None else None)
    if located is not None:
        return located
    return named or (await attempts.latest(session) if key is None else None)


async def _of_waiting_cart(ctx: Context, session: Session, key: UUID | None) -> Located | None:
    """The submission of the active cart, if the cart waits for the shopper; None if it does not."""
    cart = await ctx.cart()
    if not waits_for_shopper(cart.payment_session):
        return None
    located = await ctx.services.submission_lock.open_attempt_of(cart)
    if located is None and await ctx.services.attempts.was_abandoned(session, cart):
        return await ctx.services.attempts.of_cart(cart)
    return located or await adopted(ctx, session, cart, key)


async def look_up(ctx: Context, key: UUID | None) -> SubmissionAttempt | None:
    """The submission with this key; without a key, the open submission of the shopper's cart, or the session's latest.

    With the key, the session that follows an ended session can read the submission as well. An order in doubt is
    checked first if it is due.
    """
    session = await session_of_owner(ctx)
    located = await _located(ctx, session, key)
    if located is None:
        return None
    if ctx.services.attempts.running(located.store_key) is not None:
        return located.record.as_shown(is_replay=True)
    return await _continue(ctx, session, located, Goal.READ)


async def _located(ctx: Context, session: Session, key: UUID | None) -> Located | None:
    if key is not None:
        return await ctx.services.attempts.find(session, key)
    # An open submission comes first, because a later submit request of the same cart was only blocked by it.
    return await ctx.services.submission_lock.open_attempt(session) or await ctx.services.attempts.latest(session)


async def _continue(ctx: Context, session: Session, located: Located, goal: Goal) -> SubmissionAttempt | None:
    """Continue a stored attempt, and report it."""
    if located.is_of_ended_session:
        return await _continue_ended(ctx, located, goal)
    attempt = _continued(ctx, session, located)
    if goal is Goal.READ and _is_settled(located.record, attempt.now()):
        # Without a task: a request that resumes the order must not get the report of a read.
        reported = await report_stored(attempt)
        if reported is not None:
            return reported
    return await _run_once(attempt, goal)


async def _continue_ended(ctx: Context, located: Located, goal: Goal) -> SubmissionAttempt | None:
    """Continue an attempt of an ended session with the tokens of that session, and report it without personal data."""
    record, now = located.record, ctx.services.now()
    session = await ctx.services.sessions.find_by_id(record.session_id)
    if session is None or (goal is not Goal.RESUME and _is_settled(record, now)):
        # Without tokens, only the stored outcome is known.
        return record.as_shown(outline(record.result, now), is_replay=True)
    attempt = _continued(context_of_session(ctx, session), session, located)
    try:
        reported = await _run_once(attempt, goal)
    except SessionExpired:
        # Digital River has refused the tokens. The current session has not ended.
        return record.as_shown(outline(record.result, now), is_replay=True)
    return None if reported is None else replace(reported, result=outline(reported.result, now))


def _is_settled(record: AttemptRecord, now: datetime) -> bool:
    return record.result is not None and not record.is_due(now)


def _continued(ctx: Context, session: Session, located: Located) -> Attempt:
    attempt = Attempt(ctx, session, located.record.key, located.store_key)
    attempt.record = located.record
    return attempt


async def abandon(ctx: Context, session: Session, located: Located | None) -> bool:
    """End a submission that waits for the shopper, so that the shopper can change the payment method.

    Return False if `located` is out of date.
    """
    if located is None:
        return await ctx.services.submission_lock.open_attempt(session) is None
    if not located.record.waits_for_shopper:
        return False
    attempt = _continued(ctx, session, located)
    message = (
        "The shopper left the provider's page. The order will not be finished, and nothing was charged. Submit again "
        "with a new key."
    )
    return await attempt.end(not_placed_with(attempt, message, None))


async def reconcile(services: Services, tag: str) -> str:
    """Continue an open attempt in the background. Return what became of it: a value of `riverfront_reconciliations`.

    Raises `GatewayError` if no new outcome is known.
    """
    attempts = services.attempts
    if attempts.running(store_key_in(tag)) is not None:
        return "nothing_to_do"
    located = await attempts.tagged(tag)
    if located is None or not located.record.is_open:
        await attempts.stop_checking(tag)
        return "nothing_to_do"
    record = located.record
    session = await services.sessions.find_by_id(record.session_id)
    if session is None:
        # The access token ended with the session. Without it, neither the cart nor the order can be read.
        log.error("submission left open: its session has ended", extra={"key": str(record.key)})
        await attempts.stop_checking(tag)
        return "session_ended"
    await _run_once(_continued(background_context(services, session), session, located), Goal.RECONCILE)
    return "done"


async def _run_once(attempt: Attempt, goal: Goal, request: SubmitRequest | None = None) -> SubmissionAttempt | None:
    """Start a task that works on this attempt, or wait for the task that already does. Return the task's report.

    The task continues after the request is cancelled.
    """
    operation = attempt.ctx.operation
    task = attempt.ctx.services.attempts.run_once(
        attempt.store_key, lambda: run(attempt, goal, request), fingerprint=request.fingerprint if request else None
    )
    await asyncio.wait({task}, timeout=max(operation.deadline_at - elapsed_s(), 0) + OUTCOME_S)
    if not task.done():
        raise SubmissionInProgress
    try:
        return task.result()
    except NothingToResume:
        if goal in (Goal.RESUME, Goal.RECONCILE):
            raise
        # The task has tried to resume the order, maybe for another request. This one only asked for the outcome.
        return await _stored(attempt)


async def _stored(attempt: Attempt) -> SubmissionAttempt | None:
    """Report the attempt as it is stored now. Return None if the store has no record."""
    while await attempt.read():
        reported = await report_stored(attempt)
        if reported is not None:
            return reported
    return None
