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
from gateway.orders.attempts import Located, NothingToResume
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
        present = await attempts.find(session, request.key)
        attempt = _continued(ctx, session, present) if present is not None else Attempt(ctx, session, request.key)
        running = attempts.running(attempt.store_key)
        fingerprints = {present and present.record.fingerprint, running and running.fingerprint}
        if fingerprints - {None, request.fingerprint}:
            raise KeyReused
        reported = await _run_once(attempt, Goal.WAIT, request if present is None else None)
        # No result: the replica that reserved the key died before it sent the cart, so submit again.
        if reported is not None:
            return replace(reported, is_replay=present is not None or running is not None)


async def resume(ctx: Context, key: UUID | None) -> SubmissionAttempt:
    """Finish the submission with this key; without a key, the open submission of the shopper's cart.

    Raise `NothingToResume` if no order waits for the shopper, and `GatewayError` if no new outcome is known.
    """
    session = await ctx.own_session()
    located = await _located(ctx, session, key)
    reported = await _run_once(_continued(ctx, session, located), Goal.RESUME) if located is not None else None
    if reported is None:
        raise NothingToResume
    return reported


async def look_up(ctx: Context, key: UUID | None) -> SubmissionAttempt | None:
    """The submission with this key; without a key, the open submission of the shopper's cart, or the session's latest.

    An order in doubt is checked first if it is due.
    """
    session = await ctx.own_session()
    located = await _located(ctx, session, key)
    if located is None:
        return None
    attempt = _continued(ctx, session, located)
    if ctx.services.attempts.running(attempt.store_key) is not None:
        return attempt.report(is_replay=True)
    if attempt.record.result is not None and not attempt.record.is_due(attempt.now()):
        return attempt.report(await rehydrated(attempt), is_replay=True)
    return await _run_once(attempt, Goal.READ)


async def _located(ctx: Context, session: Session, key: UUID | None) -> Located | None:
    if key is not None:
        return await ctx.services.attempts.find(session, key)
    # An open submission comes first, because a later submit request of the same cart was only blocked by it.
    return await ctx.services.submission_lock.open_attempt(session) or await ctx.services.attempts.latest(session)


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


async def reconcile(services: Services, store_key: str) -> None:
    """Continue an open attempt in the background. Raise `GatewayError` if no new outcome is known."""
    attempts = services.attempts
    if attempts.running(store_key) is not None:
        return
    record = await attempts.present(store_key)
    if record is None or not record.is_open:
        await attempts.stop_checking(store_key)
        return
    session = await services.sessions.find_by_id(record.session_id)
    if session is None:
        # The access token ended with the session. Without it, neither the cart nor the order can be read.
        log.error("submission left open: its session has ended", extra={"key": str(record.key)})
        await attempts.stop_checking(store_key)
        return
    located = Located(store_key, record)
    await _run_once(_continued(background_context(services, session), session, located), Goal.RECONCILE)


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
