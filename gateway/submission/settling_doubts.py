"""Finds the outcome of orders in doubt, and of orders that wait for the shopper, by evidence from Digital River."""

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
    """Next step for an attempt whose outcome is not yet known."""

    RESUME = auto()
    """Send resume-cart, because the shopper has approved the payment."""
    CHECK_LATER = auto()
    """Check again later, because the order still waits for the shopper."""


async def settle(attempt: Attempt) -> Result | Next:
    """Result that the evidence proves. If the evidence proves no result, the order stays in doubt.

    Return `Next.RESUME` if the evidence proves that Digital River did not receive resume-cart.
    """
    attempt.ctx.forget_cart()
    # The quiet time is checked first. Only evidence that is read after the quiet time proves that no order was placed.
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
    """Check an attempt whose order waits for the shopper. Return the result or the next step."""
    session = (await attempt.ctx.cart()).payment_session
    is_approved = session is not None and session.state is PaymentSessionState.CHARGEABLE
    if is_approved and attempt.record.waits_for_redirect:
        return Next.RESUME
    evidence = await read_evidence(attempt)
    result = result_shown_by(evidence, attempt) if evidence is not None else None
    return Next.CHECK_LATER if result is None or holds_cart(result) else result
