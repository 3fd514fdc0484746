"""Converts a failed call of Digital River to a user error.

The subcode of a refusal determines the user error. If no table has the subcode, the error code determines the user
error. For an error code with several meanings, `DESCRIPTIONS` has a user error for each part of Digital River's
description. No description is sent to a client.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from gateway.enums import ErrorCode, RetryAdvice
from gateway.errors import (
    CartBusy,
    CartLockLost,
    CartLockUnknown,
    ConcurrentRequest,
    QuotaUsedUp,
    SubmissionInProgress,
    UpstreamError,
    UpstreamRefusal,
    UpstreamTokenInvalid,
)
from gateway.refusals.decline_codes import CODES_WITH_REASON, decline_reason
from gateway.refusals.user_errors import (
    MESSAGES,
    AccessError,
    AnyUserError,
    AvailabilityError,
    CartConflictError,
    CredentialError,
    DestinationError,
    InputError,
    NotFoundError,
    OfferError,
    Path,
    PaymentError,
    RateLimitError,
    StoreCreditError,
    UpstreamFailure,
    store_lost,
)
from gateway.upstream import refusal_codes

TOO_MANY_REQUESTS = 429

RATE_LIMIT_PAUSE = timedelta(seconds=1)
"""Minimum pause that Digital River requires after `rate-limit-quota-exceeded`."""


class Description(NamedTuple):
    code: str
    part: str
    """String that the description contains, in lower case."""
    error: ErrorCode


DESCRIPTIONS = (
    Description(refusal_codes.OPERATION_FAILED, "tax_000001", ErrorCode.ADDRESS_INVALID),
    Description(refusal_codes.OPERATION_FAILED, "quantity", ErrorCode.QUANTITY_OUT_OF_RANGE),
    Description(refusal_codes.OPERATION_FAILED, "shipping", ErrorCode.SHIPPING_OPTION_UNAVAILABLE),
    Description(refusal_codes.OPERATION_FAILED, "coupon", ErrorCode.COUPON_INVALID),
    Description(refusal_codes.APPLY_PAYMENT_FAILURE, "the source with id [", ErrorCode.SOURCE_NOT_FOUND),
)

CODES: dict[ErrorCode, Sequence[str]] = {
    ErrorCode.SENSITIVE_DATA_DETECTED: (refusal_codes.SENSITIVE_DATA_DETECTED,),
    ErrorCode.INVALID_INPUT: (
        refusal_codes.INVALID_REQUEST,
        refusal_codes.FIELD_TOO_LONG,
        refusal_codes.PRECONDITION_FAILURE,
        refusal_codes.INVALID_DISCOUNT,
        refusal_codes.INVALID_DISCOUNT_TYPE,
        refusal_codes.NO_DISCOUNT_OR_TYPE,
        refusal_codes.INVALID_LOCALE,
        refusal_codes.VALID_CURRENCY_CODE,
        refusal_codes.INVALID_CURRENCY,
        refusal_codes.INVALID_KEYWORD_EXPRESSION,
        refusal_codes.EXTERNAL_REFERENCE_ID_CONFLICT,
        refusal_codes.INVALID_IP_ADDRESS,
    ),
    ErrorCode.MISSING_INPUT: (
        refusal_codes.OAUTH_INVALID_REQUEST,
        refusal_codes.NO_PRODUCT_IDENTIFIER,
        refusal_codes.NO_OFFER_IDENTIFIER,
    ),
    ErrorCode.NOT_FOUND: (
        refusal_codes.RESOURCE_NOT_FOUND,
        refusal_codes.INVALID_PRODUCT_ID,
        refusal_codes.INVALID_OFFER_ID,
        refusal_codes.OFFER_NOT_FOUND,
    ),
    ErrorCode.CART_BUSY: (refusal_codes.CONCURRENT_CART_MODIFICATION,),
    ErrorCode.PRODUCT_NOT_PURCHASABLE: (
        refusal_codes.ADD_BASE_PRODUCT,
        refusal_codes.LINE_ITEM_CREATION,
    ),
    ErrorCode.INSUFFICIENT_STOCK: (
        refusal_codes.INVENTORY_UNAVAILABLE,
        refusal_codes.INVENTORY_STATUS,
    ),
    ErrorCode.QUANTITY_OUT_OF_RANGE: (
        refusal_codes.OVER_SHOPPER_RESTRICTION,
        refusal_codes.UNDER_LINE_ITEM_RESTRICTION,
        refusal_codes.REMAINING_UNDER_LINE_ITEM_RESTRICTION,
    ),
    ErrorCode.COUPON_INVALID: (
        refusal_codes.INVALID_COUPON,
        refusal_codes.OFFER_NOT_ACTIVE,
        refusal_codes.OFFER_NOT_DEPLOYED,
    ),
    ErrorCode.COUPON_USED_UP: (
        refusal_codes.COUPON_ALREADY_USED,
        refusal_codes.OFFER_ALREADY_USED,
        refusal_codes.OFFER_USAGE_LIMIT_EXCEEDED,
        refusal_codes.SHOPPER_USAGE_LIMIT_EXCEEDED,
    ),
    ErrorCode.OFFER_NOT_APPLICABLE: (
        refusal_codes.OFFER_NOT_APPLICABLE,
        refusal_codes.OFFER_UNAVAILABLE,
    ),
    ErrorCode.ADDRESS_INVALID: (
        refusal_codes.INVALID_POSTAL_CODE,
        refusal_codes.INVALID_STATE_CODE,
    ),
    ErrorCode.COUNTRY_NOT_SERVED: (
        refusal_codes.INVALID_BILL_TO_COUNTRY,
        refusal_codes.RESTRICTED_BILL_TO_COUNTRY,
        refusal_codes.INVALID_SHIP_TO_COUNTRY,
        refusal_codes.RESTRICTED_SHIP_TO_COUNTRY,
        refusal_codes.IP_ADDRESS_RESTRICTION,
        refusal_codes.INVALID_BILLING_COUNTRY_SENTENCE,
    ),
    ErrorCode.TAX_IDENTIFIER_INVALID: (
        refusal_codes.VAT_EXEMPTION_FAILURE,
        refusal_codes.INVALID_TAX_REGISTRATIONS,
    ),
    ErrorCode.SOURCE_NOT_FOUND: (refusal_codes.SOURCE_NOT_FOUND,),
    ErrorCode.SOURCE_NOT_CHARGEABLE: (
        refusal_codes.SOURCE_STATUS_INVALID,
        refusal_codes.SOURCE_NOT_CHARGEABLE,
        refusal_codes.SESSION_UPDATE_NOT_ALLOWED,
        refusal_codes.SOURCE_IN_USE,
    ),
    ErrorCode.SOURCE_NOT_REUSABLE: (refusal_codes.SOURCE_NOT_REUSABLE,),
    ErrorCode.PAYMENT_METHOD_UNAVAILABLE: (
        refusal_codes.INVALID_PAYMENT_METHOD,
        refusal_codes.INVALID_PAYMENT_FAILURE,
        refusal_codes.APPLY_PAYMENT_FAILURE,
    ),
    ErrorCode.STORE_CREDIT_INSUFFICIENT: (refusal_codes.SESSION_SOURCE_AMOUNT_TOO_LARGE,),
    ErrorCode.PASSWORD_POLICY: (refusal_codes.PASSWORD_FAILURE,),
    ErrorCode.SESSION_REQUIRED: (
        refusal_codes.OAUTH_INVALID_TOKEN,
        refusal_codes.INVALID_TOKEN,
    ),
    ErrorCode.RATE_LIMITED: (refusal_codes.RATE_LIMIT_QUOTA_EXCEEDED,),
}
MESSAGES_OF_REFUSALS = {
    refusal_codes.ADD_BASE_PRODUCT: (
        ErrorCode.PRODUCT_NOT_PURCHASABLE,
        "The product is a base product, which cannot be bought itself. Read `Product.variations`, and add one of them.",
    ),
}
"""Messages for refusals that are more specific than the message of their error code, with this code."""

CAUSES = {upstream_code: error for error, upstream_codes in CODES.items() for upstream_code in upstream_codes}

ERROR_TYPES: dict[type[Any], Sequence[ErrorCode]] = {
    InputError: (ErrorCode.INVALID_INPUT, ErrorCode.MISSING_INPUT, ErrorCode.SENSITIVE_DATA_DETECTED),
    NotFoundError: (ErrorCode.NOT_FOUND,),
    CartConflictError: (ErrorCode.CART_BUSY,),
    AvailabilityError: (
        ErrorCode.PRODUCT_NOT_PURCHASABLE,
        ErrorCode.INSUFFICIENT_STOCK,
        ErrorCode.QUANTITY_OUT_OF_RANGE,
    ),
    OfferError: (ErrorCode.COUPON_INVALID, ErrorCode.COUPON_USED_UP, ErrorCode.OFFER_NOT_APPLICABLE),
    DestinationError: (
        ErrorCode.ADDRESS_INVALID,
        ErrorCode.COUNTRY_NOT_SERVED,
        ErrorCode.SHIPPING_OPTION_UNAVAILABLE,
        ErrorCode.TAX_IDENTIFIER_INVALID,
    ),
    PaymentError: (
        ErrorCode.SOURCE_NOT_FOUND,
        ErrorCode.SOURCE_NOT_CHARGEABLE,
        ErrorCode.SOURCE_NOT_REUSABLE,
        ErrorCode.PAYMENT_METHOD_UNAVAILABLE,
    ),
    CredentialError: (ErrorCode.PASSWORD_POLICY,),
    StoreCreditError: (ErrorCode.STORE_CREDIT_INSUFFICIENT,),
}
TYPE_OF = {code: error_type for error_type, codes in ERROR_TYPES.items() for code in codes}


def user_error(
    failure: UpstreamError | ConcurrentRequest, path: Path, *, support_reference: str, now: datetime
) -> AnyUserError:
    """User error for a failed call. `path` is the path of the mutation argument that the failed call used."""
    if isinstance(failure, CartBusy):
        return CartConflictError(code=ErrorCode.CART_BUSY, message=MESSAGES[ErrorCode.CART_BUSY], path=path)
    if isinstance(failure, CartLockLost):
        advice = RetryAdvice.READ_STATE_FIRST
        return CartConflictError(code=ErrorCode.CART_BUSY, message=failure.message, path=path, advice=advice)
    if isinstance(failure, CartLockUnknown):
        return store_lost(support_reference)
    if isinstance(failure, QuotaUsedUp):
        code, retry_after = ErrorCode.RATE_LIMITED, failure.retry_after or now + RATE_LIMIT_PAUSE
        return RateLimitError(code=code, message=MESSAGES[code], path=path, retry_after=retry_after)
    if isinstance(failure, UpstreamRefusal):
        return _refusal_error(failure, path, support_reference, now)
    return UpstreamFailure(
        code=ErrorCode.UPSTREAM_UNAVAILABLE,
        message=_unavailable(failure),
        path=path,
        support_reference=support_reference,
        may_repeat=isinstance(failure, UpstreamError) and not failure.was_sent,
    )


def _refusal_error(refusal: UpstreamRefusal, path: Path, support_reference: str, now: datetime) -> AnyUserError:
    code = ErrorCode.SESSION_REQUIRED if isinstance(refusal, UpstreamTokenInvalid) else cause_of(refusal)
    message = _message(code, refusal)
    if code is ErrorCode.SESSION_REQUIRED:
        return AccessError(code=code, message=message, path=path)
    if code is ErrorCode.RATE_LIMITED:
        retry_after = refusal.retry_after or now + RATE_LIMIT_PAUSE
        return RateLimitError(code=code, message=message, path=path, retry_after=retry_after)
    if code is ErrorCode.UPSTREAM_REJECTED:
        return UpstreamFailure(
            code=code,
            message=message,
            path=path,
            support_reference=support_reference,
            upstream_code=refusal.reason or None,
        )
    error: AnyUserError = TYPE_OF[code](code=code, message=message, path=path)
    return error


def _message(code: ErrorCode, refusal: UpstreamRefusal) -> str:
    specific_code, message = MESSAGES_OF_REFUSALS.get(refusal.reason, (None, ""))
    return message if specific_code is code else MESSAGES[code]


def cause_of(refusal: UpstreamRefusal) -> ErrorCode:
    """Code of the user error; UPSTREAM_REJECTED for a refusal that is not in the tables."""
    if refusal.reason in CODES_WITH_REASON:
        # The subcode is a decline reason. It is not looked up in `CAUSES`, because it may equal another error code.
        return ErrorCode.PAYMENT_METHOD_UNAVAILABLE
    if refusal.subcode in CAUSES:
        return CAUSES[refusal.subcode]
    if (described := _described(refusal)) is not None:
        return described
    if refusal.reason.endswith(refusal_codes.ALREADY_EXISTS_SUFFIX):
        return ErrorCode.INVALID_INPUT
    if refusal.status == TOO_MANY_REQUESTS:
        return ErrorCode.RATE_LIMITED
    if refusal.reason not in CAUSES and decline_reason(refusal) is not None:
        # The client gets no decline reason, because the reason would help to test stolen cards.
        return ErrorCode.PAYMENT_METHOD_UNAVAILABLE
    return CAUSES.get(refusal.reason, ErrorCode.UPSTREAM_REJECTED)


def _described(refusal: UpstreamRefusal) -> ErrorCode | None:
    description = refusal.description.lower()
    return next(
        (row.error for row in DESCRIPTIONS if row.code == refusal.reason and row.part in description),
        None,
    )


def _unavailable(failure: UpstreamError | ConcurrentRequest) -> str:
    if isinstance(failure, ConcurrentRequest | SubmissionInProgress):
        return str(failure)
    if failure.was_sent:
        return "Digital River sent no valid answer and may have made the change. Read the state before you try again."
    return "Digital River could not be reached. Nothing was changed. Send the request again."
