"""User errors: errors in the payload of a mutation that was refused. Each error type of the graph has one class."""

from datetime import datetime

from gateway.amounts.money import Money
from gateway.enums import (
    ErrorCode,
    PaymentSessionState,
    RetryAdvice,
    SessionLevel,
    SourceState,
    StoreCreditObstacle,
    SubmissionStatus,
    SubscriptionContractState,
)
from gateway.errors import STORE_LOST, RateLimited, SessionRequired, SignInRequired, StoreUnavailable
from gateway.shopper_messages.message import VARIANTS, ShopperMessage, quantity_message, shopper_message
from gateway.upstream.addresses import AddressSuggestion
from gateway.upstream.decoding import Shape

Path = tuple[str, ...]

FIELDS_OF_CLIENT = frozenset(
    {
        "all",
        "delivery",
        "id",
        "idempotencyKey",
        "ifRevision",
        "input",
        "lines",
        "locale",
        "merchantAssertion",
        "recurringTerms",
        "rule",
        "sameAs",
        "terms",
    }
)
"""Input fields that a client fills in by itself, besides the ids."""

NOT_FOUND_VARIANTS = {
    "by": "order",
    "product": "product",
    "lineId": "line",
    "lineIds": "line",
    "parentLineId": "line",
    "offerId": "offer",
    "savedAddressId": "address",
    "billingAddressId": "address",
    "shippingAddressId": "address",
    "paymentOptionId": "paymentOption",
}
"""Variants of the message for shoppers about an object that is not found, by input field."""

WAITING_VARIANTS: dict[PaymentSessionState | None, str] = {
    PaymentSessionState.PENDING_REDIRECT: "approve",
    PaymentSessionState.CHARGEABLE: "approved",
}
"""Variants of the message for shoppers about a source, while the order of the cart waits for the shopper."""


class UserError(Shape, frozen=True, tag=True, kw_only=True):
    """Base class of user errors. `path` is the path of the invalid argument: `("input", "lines", "0", "quantity")`.
    `advice`: what the message advises, if it is not what the code advises."""

    code: ErrorCode
    message: str
    path: Path = ()
    advice: RetryAdvice | None = None

    @property
    def retry(self) -> RetryAdvice:
        return self.advice or RETRY.get(self.code, RetryAdvice.FIX_THEN_RETRY)

    @property
    def shopper_message(self) -> ShopperMessage | None:
        return shopper_message(self.code)

    @property
    def field(self) -> str:
        """Name of the input field at `path`, or of the list for an item of a list; empty without a path."""
        return next((part for part in reversed(self.path) if not part.isdecimal()), "")


class InputError(UserError, frozen=True, tag=True, kw_only=True):
    @property
    def shopper_message(self) -> ShopperMessage | None:
        if self.code is not ErrorCode.SENSITIVE_DATA_DETECTED and is_of_client(self.field):
            return None
        variants = VARIANTS.get(self.code, {})
        return shopper_message(self.code, self.field if self.field in variants else "")


class NotFoundError(UserError, frozen=True, tag=True, kw_only=True):
    @property
    def shopper_message(self) -> ShopperMessage | None:
        return shopper_message(self.code, NOT_FOUND_VARIANTS.get(self.field, ""))


class CartConflictError(UserError, frozen=True, tag=True, kw_only=True):
    current_revision: str | None = None
    waits_for_shopper: bool = False
    """Whether the order of the cart waits for the shopper's approval."""

    @property
    def shopper_message(self) -> ShopperMessage | None:
        return shopper_message(self.code, "approve" if self.waits_for_shopper else "")


class AvailabilityError(UserError, frozen=True, tag=True, kw_only=True):
    available_quantity: int | None = None
    minimum_quantity: int | None = None
    maximum_quantity: int | None = None

    @property
    def shopper_message(self) -> ShopperMessage | None:
        return quantity_message(
            self.code,
            available=self.available_quantity,
            minimum=self.minimum_quantity,
            maximum=self.maximum_quantity,
        )


class OfferError(UserError, frozen=True, tag=True, kw_only=True): ...


class DestinationError(UserError, frozen=True, tag=True, kw_only=True):
    suggestions: list[AddressSuggestion] = []


class PaymentError(UserError, frozen=True, tag=True, kw_only=True):
    session_state: PaymentSessionState | None = None
    source_state: SourceState | None = None

    @property
    def shopper_message(self) -> ShopperMessage | None:
        variant = WAITING_VARIANTS.get(self.session_state, "")
        return shopper_message(self.code, variant if variant in VARIANTS.get(self.code, {}) else "")


class StoreCreditError(UserError, frozen=True, tag=True, kw_only=True):
    usable_amount: Money | None = None
    obstacles: list[StoreCreditObstacle] = []

    @property
    def shopper_message(self) -> ShopperMessage | None:
        usable = self.usable_amount
        if self.code is ErrorCode.STORE_CREDIT_INSUFFICIENT and usable is not None and usable.amount > 0:
            return shopper_message(self.code, "limited", usable=usable)
        return shopper_message(self.code)


class IdempotencyError(UserError, frozen=True, tag=True, kw_only=True): ...


class AccessError(UserError, frozen=True, tag=True, kw_only=True):
    required_level: SessionLevel = SessionLevel.ANONYMOUS


class CredentialError(UserError, frozen=True, tag=True, kw_only=True): ...


class ContractError(UserError, frozen=True, tag=True, kw_only=True):
    state: SubscriptionContractState | None = None


class RateLimitError(UserError, frozen=True, tag=True, kw_only=True):
    retry_after: datetime


class UpstreamFailure(UserError, frozen=True, tag=True, kw_only=True):
    """The type `UpstreamError` of the graph. Its class has another name, because `gateway.errors.UpstreamError` is an
    exception."""

    support_reference: str
    upstream_code: str | None = None
    may_repeat: bool = False
    """Whether it is certain that Digital River changed nothing, so the client may send the request again."""

    @property
    def retry(self) -> RetryAdvice:
        if self.advice is not None:
            return self.advice
        if self.code is ErrorCode.UPSTREAM_REJECTED:
            return RetryAdvice.DO_NOT_RETRY
        return RetryAdvice.RETRY if self.may_repeat else RetryAdvice.READ_STATE_FIRST

    @property
    def shopper_message(self) -> ShopperMessage | None:
        is_unchanged = self.retry is RetryAdvice.RETRY and "unchanged" in VARIANTS.get(self.code, {})
        return shopper_message(self.code, "unchanged" if is_unchanged else "")

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
"""Retry advice by error code. Every other code has FIX_THEN_RETRY."""

MESSAGES = {
    ErrorCode.INVALID_INPUT: "Digital River rejects a value of the input. Correct the value at `path`.",
    ErrorCode.MISSING_INPUT: "A required value is missing. Add the value at `path`.",
    ErrorCode.SENSITIVE_DATA_DETECTED: "A value looks like card data and was not sent to Digital River. Collect cards "
    "with DigitalRiver.js and send the id of the source.",
    ErrorCode.NOT_FOUND: "There is no object with this id, or it belongs to another shopper.",
    ErrorCode.CART_BUSY: "Another change of this cart is in progress. Nothing was changed. Send the request again.",
    ErrorCode.PRODUCT_NOT_PURCHASABLE: "The product cannot be bought, or not with this offer. Show the shopper another "
    "product.",
    ErrorCode.INSUFFICIENT_STOCK: "There are not enough units in stock. Lower `quantity`, to at most "
    "`availableQuantity` if the error has it.",
    ErrorCode.QUANTITY_OUT_OF_RANGE: "`quantity` is outside the range that is allowed for this product. "
    "Use a quantity from `minimumQuantity` to `maximumQuantity`, if the error has them.",
    ErrorCode.COUPON_INVALID: "The coupon code does not exist or is not active. Ask the shopper for another code.",
    ErrorCode.COUPON_USED_UP: "The coupon or offer was used as often as allowed. It cannot be used again.",
    ErrorCode.OFFER_NOT_APPLICABLE: "The offer does not apply to this cart. Change the cart or choose another offer.",
    ErrorCode.ADDRESS_INVALID: "Digital River rejects the address. Check `postalCode`, `city` and "
    "`countrySubdivision`.",
    ErrorCode.COUNTRY_NOT_SERVED: "The site does not sell to this country. Choose another country.",
    ErrorCode.SHIPPING_OPTION_UNAVAILABLE: "The shipping option is not available for this cart and address. Choose one "
    "of `cart.shippingOptions`.",
    ErrorCode.TAX_IDENTIFIER_INVALID: "Digital River rejects the tax identifiers. Compare `key` and `value` of each "
    "tax identifier with `cart.taxIdentifierRequirements`.",
    ErrorCode.SOURCE_NOT_FOUND: "No source has this id. Create a source with DigitalRiver.js and send its id.",
    ErrorCode.SOURCE_NOT_CHARGEABLE: "The source cannot be charged in its current state. Finish a pending "
    "approval, or replace a source that was used or detached, or that failed.",
    ErrorCode.SOURCE_NOT_REUSABLE: "The source can be charged only once. Use a source that is saved to the account.",
    ErrorCode.PAYMENT_METHOD_UNAVAILABLE: "The payment method cannot be used for this cart. Choose another of "
    "`availablePaymentMethods`.",
    ErrorCode.STORE_CREDIT_INSUFFICIENT: "The store credit exceeds the amount that remains to be paid. Apply a "
    "smaller amount.",
    ErrorCode.PASSWORD_POLICY: "`password` must have 8 to 32 characters of at least three of these kinds: upper case, "
    "lower case, digits, special characters.",
    ErrorCode.REGISTRATION_FAILED: "The account cannot be created with this input. The shopper can check the "
    "input, or sign in.",
    ErrorCode.SESSION_REQUIRED: SessionRequired.message,
    ErrorCode.SIGN_IN_REQUIRED: SignInRequired.message,
    ErrorCode.RATE_LIMITED: "Too many requests. Nothing was executed. Wait until `retryAfter`, then try again.",
    ErrorCode.UPSTREAM_REJECTED: "Digital River refused the call for a reason that this gateway does not know. Give "
    "the support reference when you report it.",
}


def is_of_client(field: str) -> bool:
    """Whether a client fills in an input field by itself, so that a shopper cannot correct the value."""
    return field in FIELDS_OF_CLIENT or field.endswith(("Id", "Ids"))


def invalid(path: Path, message: str) -> InputError:
    return InputError(code=ErrorCode.INVALID_INPUT, message=message, path=path)


def not_found(path: Path, message: str = MESSAGES[ErrorCode.NOT_FOUND]) -> NotFoundError:
    return NotFoundError(code=ErrorCode.NOT_FOUND, message=message, path=path)


def key_reused() -> IdempotencyError:
    return IdempotencyError(
        code=ErrorCode.IDEMPOTENCY_KEY_REUSED,
        message="`idempotencyKey` was used before with another input. Send a new key for each decision of the shopper.",
        path=("input", "idempotencyKey"),
    )


def submission_key_taken(status: SubmissionStatus, *, is_own: bool) -> IdempotencyError:
    """User error for a submit request whose key has another submission. The request changed nothing."""
    if is_own:
        message = (
            f"`idempotencyKey` was used before with another input. That submission has the status {status.name}. "
            "Nothing was sent now. Read `orderSubmission`, and send a new key for each decision of the shopper."
        )
    else:
        message = (
            f"`idempotencyKey` belongs to a submission of another session, which has the status {status.name}. "
            "Nothing was sent now. Send a new key only if the shopper wants a second order."
        )
    return IdempotencyError(code=ErrorCode.IDEMPOTENCY_KEY_REUSED, message=message, path=("input", "idempotencyKey"))


def rate_limited(limited: RateLimited, path: Path, now: datetime) -> RateLimitError:
    code = ErrorCode.RATE_LIMITED
    return RateLimitError(code=code, message=MESSAGES[code], path=path, retry_after=limited.retry_after or now)


def store_unavailable(failure: StoreUnavailable, support_reference: str) -> UpstreamFailure:
    """User error for a store that failed before anything was sent to Digital River."""
    return UpstreamFailure(
        code=ErrorCode.STORE_UNAVAILABLE, message=str(failure), support_reference=support_reference, may_repeat=True
    )


def store_lost(support_reference: str) -> UpstreamFailure:
    """User error for a store that failed in the middle of a change."""
    return UpstreamFailure(
        code=ErrorCode.STORE_UNAVAILABLE,
        message=STORE_LOST,
        support_reference=support_reference,
    )


def busy_submission(support_reference: str) -> UpstreamFailure:
    """Error CART_BUSY for `submitOrder`, whose payload cannot contain a `CartConflictError`."""
    return UpstreamFailure(
        code=ErrorCode.CART_BUSY,
        message="Another change of this cart is in progress. Nothing was sent and nothing was charged. Send the "
        "request again with the same key.",
        support_reference=support_reference,
        may_repeat=True,
    )


def untyped(error: AnyUserError, support_reference: str) -> UpstreamFailure:
    """Replacement for an error whose type the mutation's payload cannot contain. Digital River may refuse a call for a
    reason that the mutation does not expect. The advice of the message stays."""
    is_expected = error.code is ErrorCode.CART_BUSY
    unexpected = "This error is unexpected here. Give the support reference when you report it."
    return UpstreamFailure(
        code=error.code if is_expected else ErrorCode.UPSTREAM_REJECTED,
        message=error.message if is_expected else f"{error.message} {unexpected}",
        path=error.path,
        advice=error.retry,
        support_reference=support_reference,
    )
