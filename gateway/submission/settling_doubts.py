"""Settles attempts without a certain outcome, by the evidence from Digital River."""

import logging
from enum import Enum, auto

from gateway.enums import PaymentSessionState
from gateway.orders.attempts import holds_cart
from gateway.orders.outcomes import Result
from gateway.submission.attempt import Attempt
from gateway.submission.evidence import (
    proves_absence,
    proves_lost_resumption,
    quiet_time_is_over,
    read_evidence,
    result_shown_by,
)
from gateway.submission.results import UNREADABLE, in_doubt, not_placed

log = logging.getLogger(__name__)


class Next(Enum):
    """The next step of the driver, where there is no result yet."""

    RESUME = auto()
    """The shopper has approved: send resume-cart."""
    CHECK_LATER = auto()
    """The order still waits for the shopper."""


async def settle(attempt: Attempt) -> Result | Next:
    """The outcome of an attempt that was sent, or that it stays in doubt, or that it has to be resumed."""
    attempt.ctx.forget_cart()
    # Asked before anything is read: only what is read after the quiet time proves that no order came.
    is_quiet = await _is_quiet(attempt)
    evidence = await read_evidence(attempt)
    if evidence is None:
        return in_doubt(attempt)
    result = result_shown_by(evidence, attempt)
    if result is not None:
        return result
    if is_quiet and proves_absence(evidence):
        log.info("doubt settled", extra={"evidence": "absence", "key": str(attempt.key)})
        return await not_placed(
            attempt, "The order never arrived at Digital River. Nothing was charged. Submit again with a new key."
        )
    if is_quiet and proves_lost_resumption(evidence):
        return Next.RESUME
    return in_doubt(attempt)


async def _is_quiet(attempt: Attempt) -> bool:
    try:
        return await quiet_time_is_over(attempt)
    except UNREADABLE:
        return False


async def poll_redirect(attempt: Attempt) -> Result | Next:
    """The result of a redirect from which the shopper did not come back."""
    session = (await attempt.ctx.cart()).payment_session
    is_approved = session is not None and session.state is PaymentSessionState.CHARGEABLE
    if is_approved and attempt.record.waits_for_redirect:
        return Next.RESUME
    evidence = await read_evidence(attempt)
    result = result_shown_by(evidence, attempt) if evidence is not None else None
    return Next.CHECK_LATER if result is None or holds_cart(result) else result
