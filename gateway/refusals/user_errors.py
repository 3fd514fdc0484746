"""What a mutation refuses, as data of its payload: one class per type of the graph, one table of causes.

Nothing here is Digital River's wording. A cause is told by code, then subcode, then relation; a text is
looked at only where upstream has one code for several meanings, through `STEMS`.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from gateway.enums import (
    ErrorCode,
    PaymentSessionState,
    RetryAdvice,
    SessionLevel,
    SourceState,
    StoreCreditObstacle,
    SubscriptionContractState,
)
from gateway.errors import (
    CartBusy,
    ConcurrentRequest,
    RateLimited,
    SessionRequired,
    SignInRequired,
    StoreUnavailable,
    SubmissionInProgress,
    UpstreamError,
    UpstreamRefusal,
    UpstreamTokenInvalid,
)
from gateway.money import Money
from gateway.refusals.decline_codes import FAMILIES, reason_of
from gateway.upstream import refusal_codes
from gateway.upstream.addresses import AddressSuggestion
from gateway.upstream.decoding import Shape

Path = tuple[str, ...]


class UserError(Shape, frozen=True, tag=True, kw_only=True):
    """`path` leads into the mutation's arguments: `("input", "lines", "0", "quantity")`."""

    code: ErrorCode
    message: str
    path: Path = ()

    @property
    def retry(self) -> RetryAdvice:
        return RETRY.get(self.code, RetryAdvice.FIX_THEN_RETRY)


class InputError(UserError, frozen=True, tag=True, kw_only=True): ...


class NotFoundError(UserError, frozen=True, tag=True, kw_only=True): ...


class CartConflictError(UserError, frozen=True, tag=True, kw_only=True):
    current_revision: str | None = None


class AvailabilityError(UserError, frozen=True, tag=True, kw_only=True):
    available_quantity: int | None = None
    minimum_quantity: int | None = None
    maximum_quantity: int | None = None


class OfferError(UserError, frozen=True, tag=True, kw_only=True): ...


class DestinationError(UserError, frozen=True, tag=True, kw_only=True):
    suggestions: list[AddressSuggestion] = []


class PaymentError(UserError, frozen=True, tag=True, kw_only=True):
    session_state: PaymentSessionState | None = None
    source_state: SourceState | None = None


class StoreCreditError(UserError, frozen=True, tag=True, kw_only=True):
    usable_amount: Money | None = None
    obstacles: list[StoreCreditObstacle] = []


class IdempotencyError(UserError, frozen=True, tag=True, kw_only=True): ...


class AccessError(UserError, frozen=True, tag=True, kw_only=True):
    required_level: SessionLevel = SessionLevel.ANONYMOUS


class CredentialError(UserError, frozen=True, tag=True, kw_only=True): ...


class ContractError(UserError, frozen=True, tag=True, kw_only=True):
    state: SubscriptionContractState | None = None


class RateLimitError(UserError, frozen=True, tag=True, kw_only=True):
    retry_after: datetime


class UpstreamFailure(UserError, frozen=True, tag=True, kw_only=True):
    """`UpstreamError` of the graph; the exception of that name is in `gateway.errors`."""

    support_reference: str
    upstream_code: str | None = None
    may_repeat: bool = False
    """True when nothing of the call left the gateway."""

    @property
    def retry(self) -> RetryAdvice:
        if self.code is ErrorCode.UPSTREAM_REJECTED:
            return RetryAdvice.DO_NOT_RETRY
        return RetryAdvice.RETRY if self.may_repeat else RetryAdvice.READ_STATE_FIRST

    @property
    def typename(self) -> str:
        return "UpstreamError"


AnyUserError = (
    InputError
    | NotFoundError
    | CartConflictError
    | AvailabilityError
    | OfferError
    | DestinationError
    | PaymentError
    | StoreCreditError
    | IdempotencyError
    | AccessError
    | CredentialError
    | ContractError
    | RateLimitError
    | UpstreamFailure
)

# Every code that is not here can be fixed and sent again.
RETRY = {
    ErrorCode.NOT_FOUND: RetryAdvice.DO_NOT_RETRY,
    ErrorCode.CART_REVISION_MISMATCH: RetryAdvice.READ_STATE_FIRST,
    ErrorCode.CART_BUSY: RetryAdvice.RETRY,
    ErrorCode.CART_LOCKED: RetryAdvice.READ_STATE_FIRST,
    ErrorCode.PRODUCT_NOT_PURCHASABLE: RetryAdvice.DO_NOT_RETRY,
    ErrorCode.COUPON_USED_UP: RetryAdvice.DO_NOT_RETRY,
    ErrorCode.PAYMENT_SESSION_MISSING: RetryAdvice.DO_NOT_RETRY,
    ErrorCode.NOT_RESUMABLE: RetryAdvice.READ_STATE_FIRST,
    ErrorCode.IDEMPOTENCY_KEY_REUSED: RetryAdvice.DO_NOT_RETRY,
    ErrorCode.CONTRACT_CHANGE_NOT_ALLOWED: RetryAdvice.READ_STATE_FIRST,
    ErrorCode.RATE_LIMITED: RetryAdvice.RETRY,
}

MESSAGES = {
    ErrorCode.INVALID_INPUT: "Digital River does not accept a value of this call.",
    ErrorCode.MISSING_INPUT: "Digital River misses a value in this call.",
    ErrorCode.SENSITIVE_DATA_DETECTED: "A value looks like card data. Card data must never be sent here; "
    "collect it with DigitalRiver.js and send the id of the source.",
    ErrorCode.NOT_FOUND: "There is no such object, or it is not this shopper's.",
    ErrorCode.CART_BUSY: "Another change of this cart was under way. Send the call again.",
    ErrorCode.PRODUCT_NOT_PURCHASABLE: "The product cannot be bought. A base product is bought by one of its "
    "variations.",
    ErrorCode.INSUFFICIENT_STOCK: "There are not enough units in stock. Lower the quantity.",
    ErrorCode.QUANTITY_OUT_OF_RANGE: "The quantity is outside what one purchase of the product may have.",
    ErrorCode.COUPON_INVALID: "The code is not valid.",
    ErrorCode.COUPON_USED_UP: "The code has been used as often as it may be.",
    ErrorCode.OFFER_NOT_APPLICABLE: "The offer does not apply to this cart.",
    ErrorCode.ADDRESS_INVALID: "The address is not valid: check postal code and country subdivision.",
    ErrorCode.COUNTRY_NOT_SERVED: "The site does not serve this country. Choose another one.",
    ErrorCode.SHIPPING_OPTION_UNAVAILABLE: "The shipping option is not offered for this cart and address. "
    "Choose one of Cart.shippingOptions.",
    ErrorCode.TAX_IDENTIFIER_INVALID: "The tax identifier is not accepted.",
    ErrorCode.SOURCE_NOT_FOUND: "There is no source with this id. Create one with DigitalRiver.js.",
    ErrorCode.SOURCE_NOT_CHARGEABLE: "The source cannot be used in its state. An approval that is still open "
    "must be finished first; a used, failed or detached source is replaced by a new one.",
    ErrorCode.SOURCE_NOT_REUSABLE: "The source cannot be charged again. Use one that is saved to an account.",
    ErrorCode.PAYMENT_METHOD_UNAVAILABLE: "This way to pay is not available for the cart. Choose another.",
    ErrorCode.STORE_CREDIT_INSUFFICIENT: "The credit is larger than what is left to pay.",
    ErrorCode.PASSWORD_POLICY: "A password has 8 to 32 characters, of at least three kinds: upper case, lower case, "
    "digits, signs.",
    ErrorCode.REGISTRATION_FAILED: "The account cannot be created as asked.",
    ErrorCode.SESSION_REQUIRED: SessionRequired.message,
    ErrorCode.SIGN_IN_REQUIRED: SignInRequired.message,
    ErrorCode.RATE_LIMITED: "Too many calls at the moment. Send the call again after a pause.",
    ErrorCode.UPSTREAM_REJECTED: "Digital River refused the call for a reason this gateway does not know.",
}


class Stem(NamedTuple):
    code: str
    text: str
    means: ErrorCode


# Upstream has one code for several meanings here; the texts are lower case and matched anywhere.
STEMS = (
    Stem(refusal_codes.OPERATION_FAILED, "tax_000001", ErrorCode.ADDRESS_INVALID),
    Stem(refusal_codes.OPERATION_FAILED, "quantity", ErrorCode.QUANTITY_OUT_OF_RANGE),
    Stem(refusal_codes.OPERATION_FAILED, "shipping", ErrorCode.SHIPPING_OPTION_UNAVAILABLE),
    Stem(refusal_codes.OPERATION_FAILED, "coupon", ErrorCode.COUPON_INVALID),
    Stem(refusal_codes.APPLY_PAYMENT_FAILURE, "the source with id [", ErrorCode.SOURCE_NOT_FOUND),
)

_CAUSES: dict[ErrorCode, Sequence[str]] = {
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
CAUSES = {upstream: code for code, refused in _CAUSES.items() for upstream in refused}

_TYPES: dict[type[Any], Sequence[ErrorCode]] = {
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
TYPE_OF = {code: kind for kind, codes in _TYPES.items() for code in codes}

RATE_LIMIT_PAUSE = timedelta(seconds=1)
"""Shortest pause upstream asks for after `rate-limit-quota-exceeded`."""


def cause_of(refusal: UpstreamRefusal) -> ErrorCode:
    """The user error a refusal stands for; UPSTREAM_REJECTED for a code outside the table."""
    if refusal.reason in FAMILIES:
        # A decline: its subcode may be spelled like a cause of something else.
        return ErrorCode.PAYMENT_METHOD_UNAVAILABLE
    if refusal.subcode in CAUSES:
        return CAUSES[refusal.subcode]
    described = refusal.description.lower()
    for stem in STEMS:
        if refusal.reason == stem.code and stem.text in described:
            return stem.means
    if refusal.reason.endswith(refusal_codes.ALREADY_EXISTS_SUFFIX):
        return ErrorCode.INVALID_INPUT
    if refusal.status == 429:
        return ErrorCode.RATE_LIMITED
    known = CAUSES.get(refusal.reason)
    if known is None and reason_of(refusal) is not None:
        # Why a source was refused is nobody's business but the bank's.
        return ErrorCode.PAYMENT_METHOD_UNAVAILABLE
    return known or ErrorCode.UPSTREAM_REJECTED


def user_error(
    failure: UpstreamError | ConcurrentRequest, path: Path, *, support_reference: str, now: datetime
) -> AnyUserError:
    """The error of a change as data of its payload. `path` is the argument that the failed call was about."""
    if isinstance(failure, CartBusy):
        return CartConflictError(code=ErrorCode.CART_BUSY, message=MESSAGES[ErrorCode.CART_BUSY], path=path)
    if isinstance(failure, ConcurrentRequest):
        return UpstreamFailure(
            code=ErrorCode.UPSTREAM_UNAVAILABLE, message=str(failure), path=path, support_reference=support_reference
        )
    if isinstance(failure, UpstreamTokenInvalid):
        code = ErrorCode.SESSION_REQUIRED
    elif isinstance(failure, UpstreamRefusal):
        code = cause_of(failure)
    else:
        return UpstreamFailure(
            code=ErrorCode.UPSTREAM_UNAVAILABLE,
            message=_unavailable(failure),
            path=path,
            support_reference=support_reference,
            may_repeat=not failure.was_sent,
        )
    message = MESSAGES[code]
    if code is ErrorCode.SESSION_REQUIRED:
        return AccessError(code=code, message=message, path=path)
    if code is ErrorCode.RATE_LIMITED:
        return RateLimitError(code=code, message=message, path=path, retry_after=now + RATE_LIMIT_PAUSE)
    if code is ErrorCode.UPSTREAM_REJECTED:
        return UpstreamFailure(
            code=code,
            message=message,
            path=path,
            support_reference=support_reference,
            upstream_code=failure.reason or None,
        )
    known: AnyUserError = TYPE_OF[code](code=code, message=message, path=path)
    return known


def too_many(limited: RateLimited, path: Path, now: datetime) -> RateLimitError:
    """For what this gateway lets nobody do more often."""
    code = ErrorCode.RATE_LIMITED
    return RateLimitError(code=code, message=MESSAGES[code], path=path, retry_after=limited.retry_after or now)


def store_unavailable(failure: StoreUnavailable, support_reference: str) -> UpstreamFailure:
    return UpstreamFailure(
        code=ErrorCode.STORE_UNAVAILABLE,
        message=str(failure),
        support_reference=support_reference,
        may_repeat=True,
    )


def busy_submission(support_reference: str) -> UpstreamFailure:
    """CART_BUSY for `submitOrder`, whose errors may not be a `CartConflictError`."""
    return UpstreamFailure(
        code=ErrorCode.CART_BUSY,
        message="Another change of this cart is under way. Nothing was sent and nothing was charged; send the call "
        "again with the same key.",
        support_reference=support_reference,
        may_repeat=True,
    )


def invalid(path: Path, message: str) -> InputError:
    return InputError(code=ErrorCode.INVALID_INPUT, message=message, path=path)


def not_found(path: Path, message: str = MESSAGES[ErrorCode.NOT_FOUND]) -> NotFoundError:
    return NotFoundError(code=ErrorCode.NOT_FOUND, message=message, path=path)


def store_lost(support_reference: str) -> UpstreamFailure:
    """For a change that was under way when our own store failed."""
    return UpstreamFailure(
        code=ErrorCode.STORE_UNAVAILABLE,
        message="The gateway lost its own store in the middle of the call. The change may have been made: read the "
        "state first.",
        support_reference=support_reference,
    )


def key_reused() -> IdempotencyError:
    return IdempotencyError(
        code=ErrorCode.IDEMPOTENCY_KEY_REUSED,
        message="This key was used with another input. Choose a new key for every decision of the shopper.",
        path=("input", "idempotencyKey"),
    )


def unnamed(error: AnyUserError, support_reference: str) -> UpstreamFailure:
    """A refusal for a mutation whose errors have no type for it."""
    return UpstreamFailure(
        code=ErrorCode.UPSTREAM_REJECTED,
        message=f"{error.message} That was not to be expected of this call; give the support reference.",
        path=error.path,
        support_reference=support_reference,
    )


def _unavailable(failure: UpstreamError) -> str:
    if isinstance(failure, SubmissionInProgress):
        return str(failure)
    if failure.was_sent:
        return "Digital River did not answer properly. It may have done the work: read how things stand first."
    return "Digital River could not be reached. Nothing was changed; send the call again."
