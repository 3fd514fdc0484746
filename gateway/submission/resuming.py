"""Sends resume-cart for an order that waits for the shopper, and turns the answer into a result."""

import logging

from msgspec.structs import replace

from gateway.errors import StoreUnavailable, UpstreamError, UpstreamNotReached, UpstreamRefusal
from gateway.orders.attempts import LONGEST_PAUSE, NothingToResume, Stage
from gateway.orders.outcomes import OrderActionRequired, Result
from gateway.sessions.token_renewal import FRESH_FOR_CHECKOUT
from gateway.submission.attempt import Attempt
from gateway.submission.evidence import proves_absence, read_evidence, replaces, result_shown_by
from gateway.submission.lateness import refuse_if_late
from gateway.submission.refusal_meaning import Meaning, meaning_of
from gateway.submission.results import answered, authentication_required, declined, in_doubt, not_placed
from gateway.submission.settling_doubts import OPEN_AGAIN
from gateway.upstream.order import SubmittedCart

log = logging.getLogger(__name__)

REPLACED = (
    "Another cart has replaced the submitted one, so Digital River does not finish the order. Nothing was charged. "
    "Submit again with a new key."
)


async def record_resumption(attempt: Attempt) -> str | None:
    """Record that the order is being resumed, and return the access token for resume-cart.

    Return None if another replica has changed the record first, or if another attempt has locked the cart.
    """
    token = await attempt.ctx.access_token(attempt.session, good_for=FRESH_FOR_CHECKOUT)
    quiet_from = await attempt.ctx.services.store.now()
    was_taken = await attempt.take_over(stage=Stage.SENT, result=None, sent_at=attempt.now(), quiet_from=quiet_from)
    if was_taken:
        attempt.log_step("submission resumed")
    return token if was_taken else None


async def resume_cart(attempt: Attempt, token: str, waiting: Result | None) -> Result:
    """Call resume-cart, and return the result. `waiting` is the result that was stored before the call.

    If the order did not change, `waiting` is stored again, and `NothingToResume` or `UpstreamError` is raised.
    """
    ctx = attempt.ctx
    ctx.forget_cart()
    try:
        await refuse_if_late(attempt)
        answer = await ctx.upstream.orders.resume_cart(token)
    except (UpstreamNotReached, StoreUnavailable):
        await _restore(attempt, waiting)
        raise
    except UpstreamRefusal as refusal:
        result = await _result_of(attempt, refusal, waiting)
        if result is not None:
            return result
        await _restore(attempt, waiting)
        if meaning_of(refusal) is Meaning.NOT_RESUMABLE:
            raise NothingToResume from refusal
        raise
    except UpstreamError as failure:
        log.warning("resumption not answered", extra={"reason": failure.code.value, "key": str(attempt.key)})
        return in_doubt(attempt)
    if _is_of_another_order(attempt, answer, waiting):
        log.error("another order resumed", extra={"key": str(attempt.key)})
        return in_doubt(attempt)
    return answered(attempt, answer)


def _is_of_another_order(attempt: Attempt, answer: SubmittedCart, waiting: Result | None) -> bool:
    """Whether resume-cart, which names no order, finished another order than the one that waited."""
    pending = waiting.pending_order if isinstance(waiting, OrderActionRequired) else None
    expected = pending.number if pending is not None else attempt.record.order_id
    return expected is not None and answer.order is not None and answer.order.number != expected


async def _result_of(attempt: Attempt, refusal: UpstreamRefusal, waiting: Result | None) -> Result | None:
    """Result after Digital River refused resume-cart; None if the order still waits for the shopper."""
    match meaning_of(refusal):
        case Meaning.NOT_RESUMABLE:
            evidence = await read_evidence(attempt)
            if evidence is None:
                return None
            if evidence.is_approved and replaces(evidence.cart, attempt.record):
                return await not_placed(attempt, REPLACED)
            if isinstance(waiting, OrderActionRequired) and waiting.is_redirect and proves_absence(evidence):
                return await not_placed(attempt, OPEN_AGAIN)
            return result_shown_by(evidence, attempt)
        case Meaning.AUTHENTICATION:
            cart = await attempt.ctx.cart()
            result = await authentication_required(attempt, refusal, cart, "call resumeOrder again")
            # The cart stays locked, because its order still waits for the authentication.
            return replace(result, is_of_order=True) if isinstance(result, OrderActionRequired) else result
        case Meaning.DECLINE:
            return await declined(attempt, refusal)
        case Meaning.DOUBT:
            return in_doubt(attempt)
        case Meaning.BLOCKER | Meaning.NO_ORDER:
            return None


async def _restore(attempt: Attempt, waiting: Result | None) -> None:
    if await attempt.advance(stage=Stage.OUTCOME, result=waiting):
        attempt.log_step("submission not resumed", waiting)
        # The shopper may already have approved the payment, so the attempt is checked again soon.
        await attempt.check_later(at_most=LONGEST_PAUSE)
