"""Finds the outcome of orders in doubt, and of orders that wait for the shopper, by evidence from Digital River."""

import logging
from enum import Enum, auto

from gateway.orders.attempts import holds_cart
from gateway.orders.outcomes import Result
from gateway.submission.attempt import Attempt
from gateway.submission.evidence import (
    proves_absence,
    proves_lost_resumption,
    quiet_time_is_over,
    read_evidence,
    replaces,
    result_shown_by,
)
from gateway.submission.results import UNREADABLE, in_doubt, not_placed, not_placed_with
from gateway.upstream.payment import waits_for_shopper

log = logging.getLogger(__name__)


ABSENT = "The order never arrived at Digital River. Nothing was charged. Submit again with a new key."
OPEN_AGAIN = (
    "Digital River no longer waits for the approval, and the cart is open again. Nothing was charged. Submit again "
    "with a new key."
)


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
        attempt.evidence = "absence"
        return await not_placed(attempt, ABSENT)
    if is_quiet and proves_lost_resumption(evidence):
        return Next.RESUME
    return in_doubt(attempt)


async def _is_quiet(attempt: Attempt) -> bool:
    try:
        return await quiet_time_is_over(attempt)
    except UNREADABLE:
        return False


async def poll_redirect(attempt: Attempt, *, only_if_certain: bool = False) -> Result | Next:
    """Check an attempt whose order waits for the shopper. Return the result or the next step.

    `only_if_certain`: return `Next.RESUME` only if Digital River shows the approval, not if resume-cart could show it.
    """
    # A cart that was read before the order was sent would be no evidence.
    attempt.ctx.forget_cart()
    evidence = await read_evidence(attempt)
    if evidence is None:
        return Next.CHECK_LATER
    result = result_shown_by(evidence, attempt)
    if result is not None and not holds_cart(result):
        return result
    if attempt.record.waits_for_redirect and proves_absence(evidence):
        attempt.evidence = "absence"
        return await not_placed(attempt, OPEN_AGAIN)
    if replaces(evidence.cart, attempt.record):
        if not attempt.record.lost_cart and not await attempt.advance(lost_cart=True):
            return Next.CHECK_LATER
        if waits_for_shopper(evidence.cart.payment_session):
            return Next.CHECK_LATER  # Digital River would resume the order of the other cart.
    is_approved = evidence.is_approved if only_if_certain else evidence.may_be_approved
    return Next.RESUME if is_approved and attempt.record.waits_for_redirect else Next.CHECK_LATER


async def end_replaced(attempt: Attempt) -> bool:
    """End an attempt that waits for the shopper, if its order was finished or cancelled, if its cart is open again, or
    if another cart has replaced it and the shopper has not approved the payment. Return whether the attempt has ended.

    The shopper now buys the active cart. An ended attempt is never resumed, so a later approval charges nothing.
    """
    if not attempt.record.waits_for_redirect:
        return False
    attempt.ctx.forget_cart()
    evidence = await read_evidence(attempt)
    if evidence is None or evidence.is_approved:
        return False
    result = result_shown_by(evidence, attempt)
    if result is not None and not holds_cart(result):
        # Another channel of the shop, or a repeated request, has finished the order.
        return await attempt.record_evidence(result)
    if proves_absence(evidence):
        return await attempt.end(not_placed_with(attempt, OPEN_AGAIN, None))
    if not replaces(evidence.cart, attempt.record):
        return False
    message = (
        "Another cart has replaced the submitted one, and the shopper submitted it before approving this payment. The "
        "order will not be finished, and nothing was charged."
    )
    log.info("redirect ended for another cart", extra={"key": str(attempt.key)})
    return await attempt.end(not_placed_with(attempt, message, None))
