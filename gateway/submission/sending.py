"""Checks a cart, sends submit-cart, and turns the answer into a result."""

import contextlib
import logging
from datetime import datetime, timedelta

from gateway.checkout import guard
from gateway.checkout.blockers import already_bought_blocker, in_progress_blocker
from gateway.checkout.guard_input import Agreement, GuardInput, read_guard_input, unsettled_until
from gateway.errors import StoreUnavailable, UpstreamError, UpstreamNotReached, UpstreamRefusal
from gateway.orders.attempts import AttemptRecord
from gateway.orders.latest_order import RECENT, latest_order
from gateway.orders.outcomes import OrderBlocked, Result
from gateway.sessions.token_renewal import FRESH_FOR_CHECKOUT
from gateway.store.rate_limits import address_key
from gateway.submission import store_loss
from gateway.submission.attempt import Attempt, SubmitRequest
from gateway.submission.evidence import read_evidence, result_shown_by, was_submitted
from gateway.submission.lateness import refuse_if_late
from gateway.submission.refusal_meaning import Meaning, blockers_for, may_follow_submission, meaning_of
from gateway.submission.rehydrate import rehydrated
from gateway.submission.results import (
    REFUSED,
    UNREADABLE,
    answered,
    authentication_required,
    declined,
    in_doubt,
    not_placed,
    not_placed_with,
)
from gateway.submission.settling_doubts import end_replaced
from gateway.upstream.cart import Cart
from gateway.upstream.order import SubmittedCart

log = logging.getLogger(__name__)


async def check(attempt: Attempt, request: SubmitRequest) -> GuardInput | OrderBlocked:
    """Lock and check the cart. Return `OrderBlocked` if the cart has blockers, otherwise the input of the checkout
    guard.

    Raise `GatewayError` if the cart cannot be checked now, and `RateLimited` after too many declines
    or new submit requests.
    """
    ctx, session = attempt.ctx, attempt.session
    await ctx.services.rate_limits.check("decline", *_rate_limit_keys(attempt))
    holder = await attempt.lock_carts_of_owner()
    if holder is not None and await _end_replaced(attempt):
        holder = await attempt.lock_carts_of_owner()
    if holder is not None:
        return _blocked_by(holder)
    # Requests that another submission blocks are not counted: they send nothing to Digital River.
    await ctx.services.rate_limits.count("submit", f"session:{session.id}")
    await ctx.services.sessions.retain_for_submission(session, str(attempt.key))
    # Changes that began before the cart was locked must end before the cart is read.
    async with ctx.services.cart_change_lock.hold(session.cart_owner, ctx.operation.deadline_at):
        # If the store has lost the lock of a change that is on its way, it shows the loss from now on.
        await store_loss.refuse_submission(ctx, session)
        await ctx.reload_session(session)
        guard_input = await _read(attempt, request.agreement)
    bought = await _already_bought(attempt, request.agreement, guard_input)
    if bought is not None:
        return bought
    blockers = guard.blockers(guard_input)
    if blockers:
        message = (
            "The cart cannot become an order yet. Nothing was sent. Resolve `blockers`, then submit with a new key."
        )
        return OrderBlocked(message=message, blockers=blockers)
    holder = await attempt.lock_cart(guard_input.cart)
    return _blocked_by(holder) if holder is not None else guard_input


async def _already_bought(attempt: Attempt, agreement: Agreement, guard_input: GuardInput) -> OrderBlocked | None:
    """The result if the cart is empty because its owner has just bought it, as with a click in two tabs; else None."""
    cart, services = guard_input.cart, attempt.ctx.services
    if not cart.is_empty or cart.lacks_lines:
        return None
    located = await latest_order(services.store, services.attempts, attempt.session)
    if located is None or not _bought(located.record, agreement, attempt.now()):
        return None
    other = Attempt(attempt.ctx, attempt.session, located.record.key, located.store_key)
    other.record = located.record
    blocker = already_bought_blocker(other.report(await rehydrated(other)))
    message = (
        "Another submit request has bought this cart. Nothing was sent now. Show the order of the blocker's `attempt`."
    )
    return OrderBlocked(message=message, blockers=[blocker])


def _bought(record: AttemptRecord, agreement: Agreement, now: datetime) -> bool:
    """Whether an order has bought the cart that the shopper agreed to buy: the cart with this revision, or a little
    earlier one with this total."""
    if agreement.revision is not None and agreement.revision == record.revision:
        return True
    total = record.pricing.totals().order_total if record.pricing is not None else None
    is_recent = now - record.started_at < RECENT
    return is_recent and total is not None and total.equals(agreement.total)


async def _end_replaced(attempt: Attempt) -> bool:
    """End the attempt that holds the lock of the cart's owner, if its cart was replaced, see `end_replaced`."""
    located = await attempt.ctx.services.submission_lock.open_attempt(attempt.session)
    if located is None:
        return True
    holder = Attempt(attempt.ctx, attempt.session, located.record.key, located.store_key)
    holder.record = located.record
    return await end_replaced(holder)


async def _read(attempt: Attempt, agreement: Agreement | None, refused: UpstreamRefusal | None = None) -> GuardInput:
    ctx = attempt.ctx
    ctx.forget_cart()
    unsettled = await unsettled_until(ctx)
    longest = timedelta(seconds=ctx.settings.submission_deadline_s)
    await ctx.access_token(attempt.session, good_for=max(FRESH_FOR_CHECKOUT, longest))
    return await read_guard_input(ctx, await ctx.cart(), agreement, refused, unsettled_until=unsettled)


async def submit_cart(attempt: Attempt, guard_input: GuardInput) -> Result:
    """Call submit-cart once, and return the result. After an unclear answer the order is in doubt.

    If the request could not be sent, delete the attempt and raise `UpstreamNotReached` or `StoreUnavailable`.
    """
    agreement, cart = guard_input.agreement, guard_input.cart
    accepts_terms = agreement is not None and agreement.accepts_terms
    try:
        await refuse_if_late(attempt)
        answer = await attempt.ctx.upstream.orders.submit_cart(
            attempt.session.record.access_token,
            ip_address=attempt.ctx.caller.address,
            terms_accepted=accepts_terms or cart.terms_of_sale_accepted,
        )
        _compare_total(attempt, answer, cart)
        return answered(attempt, answer)
    except (UpstreamNotReached, StoreUnavailable):
        await attempt.forget()
        raise
    except UpstreamRefusal as refusal:
        return await _refused(attempt, refusal, guard_input)
    except UpstreamError as failure:
        log.warning("submission not answered", extra={"reason": failure.code.value, "key": str(attempt.key)})
        return in_doubt(attempt)


async def _refused(attempt: Attempt, refusal: UpstreamRefusal, guard_input: GuardInput) -> Result:
    meaning = meaning_of(refusal)
    codes = {"upstream_code": refusal.reason, "upstream_subcode": refusal.subcode}
    log.info("submission refused", extra={"meaning": meaning.name, "key": str(attempt.key)} | codes)
    # Another request may have submitted the cart: a copy of this request that a proxy sent, or another channel of the
    # shop. Digital River refuses the second request, but there is an order.
    is_submitted = await was_submitted(attempt)
    if is_submitted:
        log.warning("submission refused after another", extra={"key": str(attempt.key)} | codes)
        evidence = await read_evidence(attempt)
        return (evidence and result_shown_by(evidence, attempt)) or in_doubt(attempt)
    if is_submitted is None and may_follow_submission(refusal):
        return in_doubt(attempt)
    match meaning:
        case Meaning.AUTHENTICATION:
            return await authentication_required(attempt, refusal, guard_input.cart, "submit again with a new key")
        case Meaning.DECLINE:
            # Declines are counted to slow down card testing. A repeated request with the same key is not counted.
            await attempt.ctx.services.rate_limits.note("decline", *_rate_limit_keys(attempt))
            return await declined(attempt, refusal)
        case Meaning.BLOCKER:
            return await _blocked_upstream(attempt, refusal, guard_input)
        case Meaning.DOUBT:
            return in_doubt(attempt)
        case Meaning.NO_ORDER | Meaning.NOT_RESUMABLE:
            return await not_placed(attempt, REFUSED)


def _compare_total(attempt: Attempt, answer: SubmittedCart, cart: Cart) -> None:
    """Log an error if the order has another total than the cart that was checked. The order stands nevertheless."""
    order, expected = answer.order, cart.order_total
    total = order.totals.order_total if order is not None else None
    if order is not None and total is not None and expected is not None and not total.equals(expected):
        log.error("order has another total than its cart", extra={"key": str(attempt.key), "order": order.number})


async def _blocked_upstream(attempt: Attempt, refusal: UpstreamRefusal, guard_input: GuardInput) -> Result:
    """Result after Digital River refused to submit the cart. The cart is read and checked again to find the
    blockers."""
    with contextlib.suppress(*UNREADABLE):  # If the cart cannot be read now, the earlier input is used.
        guard_input = await _read(attempt, guard_input.agreement, refused=refusal)
    blockers = guard.blockers(guard_input) or blockers_for(refusal, guard_input)
    if blockers:
        return OrderBlocked(
            message="Digital River refused the order, because the cart changed after it was checked. Resolve "
            "`blockers`, then submit with a new key.",
            blockers=blockers,
        )
    return not_placed_with(attempt, REFUSED, guard_input.payment_session)


def _rate_limit_keys(attempt: Attempt) -> tuple[str, str | None]:
    return f"cart:{attempt.session.cart_owner}", address_key(attempt.ctx.caller.nearest_address)


def _blocked_by(holder: AttemptRecord) -> OrderBlocked:
    return OrderBlocked(
        message="Another submission of this cart is in progress. Nothing was sent. Read `orderSubmission`.",
        blockers=[in_progress_blocker(holder)],
    )
