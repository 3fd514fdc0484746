"""Submitting the cart as an order, resuming a submission, and reading its outcome."""

from uuid import UUID

from gateway.amounts.money import Money
from gateway.checkout.guard_input import Agreement
from gateway.enums import ErrorCode
from gateway.errors import CartBusy, RateLimited, StoreUnavailable, UpstreamError
from gateway.operation.context import Context
from gateway.orders.attempts import NothingToResume, SubmissionKeyTaken
from gateway.orders.outcomes import SubmissionAttempt
from gateway.refusals.user_errors import (
    PaymentError,
    busy_submission,
    rate_limited,
    store_unavailable,
    submission_key_taken,
)
from gateway.sessions.idempotency import fingerprint
from gateway.submission import submissions
from gateway.submission.attempt import SubmitRequest
from resolvers.failures import logged_error
from resolvers.inputs.orders import ResumeOrderInput, SubmitOrderInput
from resolvers.payloads import SubmissionPayload


async def order_submission(ctx: Context, idempotency_key: UUID | None = None) -> SubmissionAttempt | None:
    attempt = await submissions.look_up(ctx, idempotency_key)
    if attempt is not None:
        ctx.operation.outcome = attempt.status.name
    return attempt


async def submit_order(ctx: Context, args: SubmitOrderInput) -> SubmissionPayload:
    agreement = Agreement(
        total=Money(args.expected_total.amount, args.expected_total.currency_code),
        revision=args.if_revision,
        accepts_terms=bool(args.terms_of_sale_accepted),
    )
    request = SubmitRequest(args.idempotency_key, fingerprint("submitOrder", agreement), agreement)
    try:
        attempt = await submissions.submit(ctx, request)
    except SubmissionKeyTaken as taken:
        return SubmissionPayload(errors=[submission_key_taken(taken.status, is_own=taken.is_own)])
    except CartBusy:
        return SubmissionPayload(errors=[busy_submission(ctx.caller.request_id)])
    except UpstreamError as failure:
        return SubmissionPayload(errors=[logged_error(ctx, failure)])
    except StoreUnavailable as failure:
        return SubmissionPayload(errors=[store_unavailable(failure, ctx.caller.request_id)])
    except RateLimited as limited:
        return SubmissionPayload(errors=[rate_limited(limited, (), ctx.services.now())])
    return _reported(ctx, attempt)


async def resume_order(ctx: Context, args: ResumeOrderInput) -> SubmissionPayload:
    try:
        attempt = await submissions.resume(ctx, args.idempotency_key)
    except NothingToResume:
        message = "No submission of this session waits for the shopper. Read `orderSubmission` and `cart`."
        return SubmissionPayload(errors=[PaymentError(code=ErrorCode.NOT_RESUMABLE, message=message)])
    except CartBusy:
        return SubmissionPayload(errors=[busy_submission(ctx.caller.request_id)])
    except RateLimited as limited:
        return SubmissionPayload(errors=[rate_limited(limited, (), ctx.services.now())])
    except UpstreamError as failure:
        return SubmissionPayload(errors=[logged_error(ctx, failure)])
    except StoreUnavailable as failure:
        return SubmissionPayload(errors=[store_unavailable(failure, ctx.caller.request_id)])
    return _reported(ctx, attempt)


def _reported(ctx: Context, attempt: SubmissionAttempt) -> SubmissionPayload:
    ctx.operation.outcome = attempt.status.name
    return SubmissionPayload(attempt=attempt, result=attempt.result)
