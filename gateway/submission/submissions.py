"""Submissions of orders: submit, resume, look up, abandon, and reconcile in the background.

A submission continues after the client disconnects. The client can look up the outcome by the idempotency key.
Simultaneous requests for the same attempt share one task.
"""

import asyncio
import logging
import time
from uuid import UUID

from msgspec.structs import replace

from gateway.errors import SubmissionInProgress
from gateway.operation.context import Context, background_context
from gateway.operation.services import Services
from gateway.orders.attempts import AttemptRecord, NothingToResume, session_id_of
from gateway.orders.outcomes import SubmissionAttempt
from gateway.sessions.idempotency import KeyReused
from gateway.sessions.sessions import Session
from gateway.submission.attempt import Attempt, SubmitRequest
from gateway.submission.rehydrate import rehydrated
from gateway.submission.results import not_placed_with
from gateway.submission.run import Goal, run

log = logging.getLogger(__name__)


async def submit(ctx: Context, request: SubmitRequest) -> SubmissionAttempt:
    """Submit the order, or report the outcome of the attempt that already has this key.

    Raise `KeyReused` if the key was used with other arguments, and `GatewayError` if nothing was sent.
    """
    session, attempts = await ctx.own_session(), ctx.services.attempts
    while True:
        attempt = Attempt(ctx, session, request.key)
        present = await attempts.present(attempt.store_key)
        running = attempts.running(attempt.store_key)
        fingerprints = {present and present.fingerprint, running and running.fingerprint}
        if fingerprints - {None, request.fingerprint}:
            raise KeyReused
        reported = await _run_once(attempt, Goal.WAIT, request if present is None else None)
        # None means that the replica that reserved the key died before it sent the cart. The loop submits again.
        if reported is not None:
            return replace(reported, is_replay=present is not None or running is not None)


async def resume(ctx: Context, key: UUID | None) -> SubmissionAttempt:
    """Finish the submission with this key. If `key` is None, finish the session's latest submission.

    Raise `NothingToResume` if no order waits for the shopper, and `GatewayError` if no new outcome is known.
    """
    session = await ctx.own_session()
    record = await ctx.services.attempts.find(session, key)
    reported = await _run_once(Attempt(ctx, session, record.key), Goal.RESUME) if record is not None else None
    if reported is None:
        raise NothingToResume
    return reported


async def look_up(ctx: Context, key: UUID | None) -> SubmissionAttempt | None:
    """Report the submission with this key; None if there is none. If `key` is None, report the latest submission.

    An order in doubt is checked first if its next check is due.
    """
    session = await ctx.own_session()
    record = await ctx.services.attempts.find(session, key)
    if record is None:
        return None
    attempt = Attempt(ctx, session, record.key)
    attempt.record = record
    if ctx.services.attempts.running(attempt.store_key) is not None:
        return attempt.report(is_replay=True)
    if record.result is not None and not record.is_due(attempt.now()):
        return attempt.report(await rehydrated(attempt), is_replay=True)
    return await _run_once(attempt, Goal.READ)


async def abandon(ctx: Context, session: Session, record: AttemptRecord | None) -> bool:
    """End a submission that waits for the shopper, so that the shopper can change the payment method.

    Return False if `record` is out of date.
    """
    if record is None:
        return await ctx.services.submission_lock.holder_of(session) is None
    if not record.waits_for_shopper:
        return False
    attempt = Attempt(ctx, session, record.key)
    attempt.record = record
    message = (
        "The shopper left the provider's page. The order will not be finished, and nothing was charged. Submit again "
        "with a new key."
    )
    return await attempt.end(not_placed_with(attempt, message, None))


async def reconcile(services: Services, store_key: str) -> None:
    """Continue an open attempt in the background. Raise `GatewayError` if no new outcome is known."""
    attempts = services.attempts
    if attempts.running(store_key) is not None:
        return
    record = await attempts.present(store_key)
    if record is None or not record.is_open:
        await attempts.stop_checking(store_key)
        return
    session = await services.sessions.find_by_id(session_id_of(store_key))
    if session is None:
        # The access token ended with the session. Without it, neither the cart nor the order can be read.
        log.error("submission left open: its session has ended", extra={"key": str(record.key)})
        await attempts.stop_checking(store_key)
        return
    await _run_once(Attempt(background_context(services, session), session, record.key), Goal.RECONCILE)


async def _run_once(attempt: Attempt, goal: Goal, request: SubmitRequest | None = None) -> SubmissionAttempt | None:
    """Start a task that works on this attempt, or wait for the task that already does. Return the task's report.

    The task continues after the request is cancelled.
    """
    operation = attempt.ctx.operation
    task = attempt.ctx.services.attempts.run_once(
        attempt.store_key, lambda: run(attempt, goal, request), fingerprint=request.fingerprint if request else None
    )
    await asyncio.wait({task}, timeout=max(operation.deadline_at - time.monotonic(), 0))
    if task.done():
        return task.result()
    raise SubmissionInProgress
