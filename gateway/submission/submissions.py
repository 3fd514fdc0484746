"""One submit request, at most one order: submit, resume, look up, abandon, and reconcile in the background.

An attempt belongs to the process and not to the request: a client that hangs up finds the outcome under its key.
All who ask for the same attempt at the same time share one task.
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
    """Place the order, or report the outcome that it has under this key.

    Raises `KeyReused`, and `GatewayError` when nothing was sent and the key is free again.
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
        # None: the replica that had the key died before it sent anything.
        if reported is not None:
            return replace(reported, is_replay=present is not None or running is not None)


async def resume(ctx: Context, key: UUID | None) -> SubmissionAttempt:
    """Finish the submission with the key, or the session's latest one without.

    Raises `NothingToResume`, and `GatewayError` when nothing new became known.
    """
    session = await ctx.own_session()
    record = await ctx.services.attempts.find(session, key)
    reported = await _run_once(Attempt(ctx, session, record.key), Goal.RESUME) if record is not None else None
    if reported is None:
        raise NothingToResume
    return reported


async def look_up(ctx: Context, key: UUID | None) -> SubmissionAttempt | None:
    """The submission with the key, or the session's latest one; a doubt that is due is settled first."""
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
    """End the submission of a shopper who wants to pay otherwise. False when it has changed since it was read."""
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
    """Take one open attempt further, although no client asks for it. Raises `GatewayError`."""
    attempts = services.attempts
    if attempts.running(store_key) is not None:
        return
    record = await attempts.present(store_key)
    if record is None or not record.is_open:
        await attempts.stop_checking(store_key)
        return
    session = await services.sessions.find_by_id(session_id_of(store_key))
    if session is None:
        # No client can ask for it any more, and nothing can be read without the session's token.
        log.error("submission left open: its session has ended", extra={"key": str(record.key)})
        await attempts.stop_checking(store_key)
        return
    await _run_once(Attempt(background_context(services, session), session, record.key), Goal.RECONCILE)


async def _run_once(attempt: Attempt, goal: Goal, request: SubmitRequest | None = None) -> SubmissionAttempt | None:
    """Join the work on this attempt, or begin it. It goes on when the caller leaves."""
    operation = attempt.ctx.operation
    task = attempt.ctx.services.attempts.run_once(
        attempt.store_key, lambda: run(attempt, goal, request), fingerprint=request.fingerprint if request else None
    )
    await asyncio.wait({task}, timeout=max(operation.deadline_at - time.monotonic(), 0))
    if task.done():
        return task.result()
    raise SubmissionInProgress
