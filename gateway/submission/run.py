"""Takes a submission attempt through its stages: reserved, sent, outcome. Each stage is stored before the next begins.

`submit-cart` is sent at most once per idempotency key. After an unclear answer the order is in doubt. The cart then
stays locked until evidence from Digital River proves the outcome.
"""

import asyncio
import logging
from datetime import timedelta
from enum import Enum, auto

from msgspec.structs import replace

from gateway.elapsed_time import elapsed_s
from gateway.errors import GatewayError
from gateway.metrics.submissions import UNRECORDED
from gateway.orders.attempts import UNKNOWN_FINGERPRINT, SubmissionKeyTaken
from gateway.orders.outcomes import APPROVED, OrderBlocked, OrderInDoubt, Result, SubmissionAttempt
from gateway.store.waiting import renew_waiting
from gateway.submission import resuming, sending, settling_doubts
from gateway.submission.attempt import Attempt, SubmitRequest
from gateway.submission.rehydrate import rehydrated
from gateway.submission.results import waiting_to_be_resumed
from gateway.submission.settling_doubts import Next

log = logging.getLogger(__name__)


POLL_S = 0.1
"""Seconds between two reads of an attempt that another replica is working on."""


class Goal(Enum):
    """The purpose for which this process works on an attempt."""

    WAIT = auto()
    """Wait for the replica that works on the attempt, and report the outcome."""
    READ = auto()
    """Report the attempt without waiting. An order in doubt is checked first if its next check is due."""
    RESUME = auto()
    """Send resume-cart, if the order waits for the shopper, or wait for the replica that works on the attempt."""
    RECONCILE = auto()
    """Check an order in doubt in the background. If the shopper has approved the payment, resume the order."""


async def run(attempt: Attempt, goal: Goal, request: SubmitRequest | None = None) -> SubmissionAttempt | None:
    """Submit `request`. If `request` is None, continue the existing attempt. Return None if no attempt has the
    idempotency key.

    Raise `GatewayError` or `NothingToResume` if nothing was sent and no new outcome is known, and `SubmissionKeyTaken`
    if another request has the key.
    """
    try:
        reported = await _submit(attempt, request) if request is not None else None
        reported = reported or await _follow(attempt, goal)
        if reported is None and attempt.answer is not None:
            # The store has lost the record. Without a new record, a repeated request could send the order again.
            await attempt.restore_answer()
            reported = attempt.report(attempt.answer)
        return reported
    except GatewayError as failure:
        if attempt.answer is None:
            raise
        # The client must receive the result, although the store was out of reach or full.
        UNRECORDED.labels().inc()
        outcome = attempt.answer.status.name
        log.error("outcome not written", extra={"key": str(attempt.key), "outcome": outcome, "reason": failure.detail})
        return attempt.report(attempt.answer)


async def _submit(attempt: Attempt, request: SubmitRequest) -> SubmissionAttempt | None:
    """Submit the cart. Return None if another attempt has the key, or if another replica recorded the outcome."""
    async with attempt.sending():
        if await attempt.reserve(request.fingerprint):
            return await _send(attempt, request)
    # Not in the block above, whose errors delete the record.
    if await attempt.read() and attempt.record.fingerprint not in (UNKNOWN_FINGERPRINT, request.fingerprint):
        raise SubmissionKeyTaken(attempt.record.status, is_own=True)
    return None


async def _send(attempt: Attempt, request: SubmitRequest) -> SubmissionAttempt | None:
    checked = await sending.check(attempt, request)
    if isinstance(checked, OrderBlocked):
        result: Result = checked
    else:
        await attempt.mark_sent(checked.cart)
        renew_waiting()  # If the order cannot be sent now, its record must still be deleted.
        result = await sending.submit_cart(attempt, checked)
    return attempt.report(result) if await attempt.record_own_result(result) else None


async def _follow(attempt: Attempt, goal: Goal) -> SubmissionAttempt | None:
    """Continue an existing attempt, and report its status. Return None if the store has no record of the attempt."""
    while await attempt.read():
        record = attempt.record
        if await attempt.is_running_elsewhere():
            if goal in (Goal.WAIT, Goal.RESUME) and await _wait_for_replica(attempt):
                continue
            if goal is Goal.RECONCILE:
                await attempt.check_later()
            return attempt.report(is_replay=True)

        if record.result is None or record.is_due(attempt.now()) or (goal is Goal.RECONCILE and record.is_in_doubt):
            outcome = await settling_doubts.settle(attempt)
        elif goal is Goal.RECONCILE and record.waits_for_shopper:
            outcome = await settling_doubts.poll_redirect(attempt)
        elif goal is Goal.RESUME and record.waits_for_shopper:
            resumed = await _resume(attempt)
            if resumed is not None:
                return resumed
            goal = Goal.WAIT
            continue
        else:
            reported = await report_stored(attempt)
            if reported is not None:
                return reported
            continue

        if outcome is Next.CHECK_LATER:
            await attempt.check_later()
            return attempt.report()
        if outcome is Next.RESUME:
            if record.waits_for_shopper or await attempt.record_evidence(waiting_to_be_resumed()):
                goal = Goal.RESUME
            continue
        was_recorded = await attempt.record_evidence(outcome)
        if was_recorded and not (goal is Goal.RESUME and attempt.record.waits_for_shopper):
            return attempt.report(outcome)
    return None


async def _wait_for_replica(attempt: Attempt) -> bool:
    """Wait a moment before the record is read again. Return False if the operation has no time left."""
    if attempt.ctx.operation.deadline_at - elapsed_s() <= POLL_S:
        return False
    renew_waiting()
    await asyncio.sleep(POLL_S)
    return True


async def report_stored(attempt: Attempt) -> SubmissionAttempt | None:
    """Report the stored outcome. Return None if another replica has changed it meanwhile.

    If the shopper's page is no longer known, the shopper may have decided there. Then the decision is read from Digital
    River. After an approval, the reconciler resumes the order at once; a read never does.
    """
    shown = await rehydrated(attempt)
    if not (attempt.record.waits_for_redirect and isinstance(shown, OrderInDoubt)):
        return attempt.report(shown, is_replay=True)
    outcome = await settling_doubts.poll_redirect(attempt, only_if_certain=True)
    if outcome is Next.CHECK_LATER:
        return attempt.report(await rehydrated(attempt), is_replay=True)
    if outcome is Next.RESUME:
        await attempt.check_later(at_most=timedelta(0))
        status, message = APPROVED
        return replace(attempt.report(is_replay=True), status=status, message=message)
    return attempt.report(outcome, is_replay=True) if await attempt.record_evidence(outcome) else None


async def _resume(attempt: Attempt) -> SubmissionAttempt | None:
    """Resume the order. Return None if another replica is resuming the order or has recorded the outcome."""
    waiting = attempt.record.result
    async with attempt.sending():
        token = await resuming.record_resumption(attempt)
        if token is None:
            return None
        result = await resuming.resume_cart(attempt, token, waiting)
        return attempt.report(result) if await attempt.record_own_result(result) else None
