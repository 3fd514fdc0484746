"""The enums of the graph. Their descriptions are in `schema/enums/`. `gateway/countries/labels.py` has another one.

The values of an `UpstreamEnum` are the strings that Digital River sends. When an answer is decoded, case and
surrounding blanks are ignored, and an unknown string becomes UNKNOWN. In every other enum the values equal the names.
"""

from enum import Enum, auto
from typing import Self

SYNONYMS = {
    "confirmed": "pending",
    "processing": "pending",
    "source_pending_redirect": "pending_redirect",
    "viewed_not_eligible": "not_eligible",
}
"""Digital River's synonyms of enum values, each with the value that the enum declares."""


class GraphEnum(Enum):
    __hash__ = object.__hash__
    """Hash of the identity, as each value is one object. `Enum` computes a hash of the name in Python."""


class UpstreamEnum(GraphEnum):
    @classmethod
    def _missing_(cls, value: object) -> Self:
        word = value.strip().lower() if isinstance(value, str) else ""
        word = SYNONYMS.get(word, word)
        return next((candidate for candidate in cls if candidate.value.lower() == word), cls._unknown())

    @classmethod
    def _unknown(cls) -> Self:
        return cls["UNKNOWN"]


class OwnEnum(GraphEnum):
    @staticmethod
    def _generate_next_value_(name: str, start: int, count: int, last_values: list[object]) -> str:  # noqa: ARG004 - the signature is enum's
        return name


class CacheControlScope(OwnEnum):
    PUBLIC = auto()
    PRIVATE = auto()


class SessionLevel(OwnEnum):
    """Session levels, from low to high."""

    NONE = auto()
    ANONYMOUS = auto()
    REGISTERED = auto()


class IdempotencyMode(OwnEnum):
    NATURAL = auto()
    KEYED = auto()
    NONE = auto()


class TermsOfSaleMode(OwnEnum):
    ACTIVE = auto()
    PASSIVE = auto()
    NOT_REQUIRED = auto()


class ProductKind(UpstreamEnum):
    DOWNLOAD = "DOWNLOAD"
    PHYSICAL = "PHYSICAL"
    UNKNOWN = "UNKNOWN"


class ProductSort(OwnEnum):
    NAME_ASCENDING = auto()
    NAME_DESCENDING = auto()
    LIST_PRICE_ASCENDING = auto()
    LIST_PRICE_DESCENDING = auto()


class OfferKind(UpstreamEnum):
    ALL_PRODUCTS_BUNDLE = "All Products Bundle"
    BANNER = "Banner"
    BUNDLE = "Bundle"
    BUY_M_GET_N = "Buy M Get N"
    CANDY_RACK = "Candy Rack"
    CROSS_SELL = "Cross-Sell"
    DISCOUNT = "Discount"
    FEATURED_PRODUCTS = "Featured Products"
    SHOPPER_DEFINED_BUNDLE = "Shopper Defined Bundle"
    UP_SELL = "Up-Sell"
    UNKNOWN = "UNKNOWN"


class StoreCreditObstacle(OwnEnum):
    SUBSCRIPTION_LINE = auto()
    PREORDER_LINE = auto()
    BACKORDER_LINE = auto()
    PRIMARY_SOURCE_NOT_COMBINABLE = auto()
    CURRENCY_MISMATCH = auto()
    NO_BALANCE = auto()


class CustomerType(UpstreamEnum):
    INDIVIDUAL = "I"
    BUSINESS = "B"

    @classmethod
    def _unknown(cls) -> Self:
        # INDIVIDUAL is Digital River's default. The graph has no third customer type.
        return cls.INDIVIDUAL


class LandedCostState(UpstreamEnum):
    PREPAID = "PREPAID"
    NOT_ELIGIBLE = "NOT_ELIGIBLE"
    ERROR = "ERROR"
    UNKNOWN = "UNKNOWN"


class ChargeType(UpstreamEnum):
    CUSTOMER_INITIATED = "customer_initiated"
    MERCHANT_INITIATED = "merchant_initiated"
    MOTO = "moto"
    UNKNOWN = "UNKNOWN"


class PaymentSessionState(UpstreamEnum):
    REQUIRES_SOURCE = "requires_source"
    REQUIRES_CONFIRMATION = "requires_confirmation"
    PENDING_REDIRECT = "pending_redirect"
    PENDING_FUNDS = "pending_funds"
    REQUIRES_ACTION = "requires_action"
    CHARGEABLE = "chargeable"
    PENDING = "pending"
    COMPLETE = "complete"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNKNOWN = "UNKNOWN"


class PaymentRequirementKind(OwnEnum):
    SOURCE = auto()
    FUNDS = auto()
    CHARGEABLE_SOURCE = auto()
    REUSABLE_SOURCE = auto()
    AUTHENTICATION = auto()
    BILLING_ADDRESS = auto()
    TAX_IDENTIFIER = auto()
    ORGANIZATION_ID = auto()


class DropInFlow(OwnEnum):
    CHECKOUT = auto()
    MANAGE_PAYMENT_METHODS = auto()


class SourceUsage(OwnEnum):
    CONVENIENCE = auto()
    SUBSCRIPTION = auto()
    UNSCHEDULED = auto()


class PaymentFlow(UpstreamEnum):
    STANDARD = "standard"
    REDIRECT = "redirect"
    RECEIVER = "receiver"
    UNKNOWN = "UNKNOWN"


class PaymentSequence(OwnEnum):
    SUBMIT = auto()
    REDIRECT_THEN_SUBMIT = auto()
    SUBMIT_THEN_REDIRECT = auto()
    SUBMIT_THEN_WAIT = auto()
    UNKNOWN = auto()


class PaymentMethodObstacle(OwnEnum):
    NOT_RECURRING = auto()
    NO_FREE_TRIAL = auto()
    NOT_COMBINABLE_WITH_STORE_CREDIT = auto()
    ORGANIZATION_ID_MISSING = auto()
    TAX_IDENTIFIER_MISSING = auto()


class SourceState(UpstreamEnum):
    CHARGEABLE = "chargeable"
    PENDING_REDIRECT = "pending_redirect"
    PENDING_FUNDS = "pending_funds"
    REQUIRES_ACTION = "requires_action"
    CONSUMED = "consumed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNKNOWN = "UNKNOWN"


class ReadinessStatus(OwnEnum):
    READY = auto()
    BLOCKED = auto()
    UNKNOWN = auto()


class CheckoutStepKind(OwnEnum):
    CART = auto()
    BILLING_ADDRESS = auto()
    SHIPPING_ADDRESS = auto()
    SHIPPING_OPTION = auto()
    TAX = auto()
    PAYMENT = auto()
    REVIEW = auto()


class CheckoutStepStatus(OwnEnum):
    DONE = auto()
    BLOCKED = auto()
    NOT_NEEDED = auto()
    UNKNOWN = auto()


class CheckoutBlockerCode(OwnEnum):
    CART_EMPTY = auto()
    LINE_UNAVAILABLE = auto()
    INSUFFICIENT_STOCK = auto()
    QUANTITY_OUT_OF_RANGE = auto()
    ADDRESS_MISSING = auto()
    ADDRESS_INCOMPLETE = auto()
    COUNTRY_NOT_SERVED = auto()
    SHIPPING_OPTION_MISSING = auto()
    SHIPPING_OPTION_UNAVAILABLE = auto()
    TAX_IDENTIFIER_MISSING = auto()
    PAYMENT_SESSION_MISSING = auto()
    PAYMENT_SESSION_NOT_READY = auto()
    SOURCE_AMOUNT_OUTDATED = auto()
    RECURRING_SOURCE_REQUIRED = auto()
    STORE_CREDIT_CONFLICT = auto()
    TERMS_NOT_ACCEPTED = auto()
    TOTAL_CHANGED = auto()
    CART_CHANGED = auto()
    SUBMISSION_IN_PROGRESS = auto()
    ALREADY_BOUGHT = auto()
    CHECK_UNAVAILABLE = auto()


class AddressKind(OwnEnum):
    BILLING = auto()
    SHIPPING = auto()


class SubmissionStatus(OwnEnum):
    IN_PROGRESS = auto()
    PLACED = auto()
    AWAITING_PAYMENT = auto()
    ACTION_REQUIRED = auto()
    DECLINED = auto()
    BLOCKED = auto()
    NOT_PLACED = auto()
    IN_DOUBT = auto()


class DeclineSeverity(UpstreamEnum):
    SOFT = "Soft"
    HARD = "Hard"
    UNKNOWN = "UNKNOWN"


class DeclineAdvice(OwnEnum):
    TRY_AGAIN = auto()
    TRY_LATER = auto()
    AUTHENTICATE = auto()
    CHECK_DETAILS = auto()
    USE_ANOTHER_SOURCE = auto()
    CONTACT_BANK = auto()


class OrderState(UpstreamEnum):
    OPEN = "Open"
    SUBMITTED = "Submitted"
    IN_REVIEW = "In Review"
    IN_PROCESS = "In Process"
    PENDING_PAYMENT = "Pending Payment"
    SOURCE_PENDING_FUNDS = "Source Pending Funds"
    SOURCE_PENDING_REDIRECT = "Source Pending Redirect"
    CHARGE_PENDING = "Charge Pending"
    COMPLETE = "Complete"
    CANCELLED = "Cancelled"
    DISPUTED = "Dispute"
    UNKNOWN = "UNKNOWN"


class SubscriptionContractState(UpstreamEnum):
    PENDING_ACTIVATION = "PendingActivation"
    FREE_TRIAL = "FreeTrial"
    ACTIVE = "Subscribed"
    PENDING_RENEWAL = "PendingRenewal"
    CANCELLED = "Cancelled"
    UNKNOWN = "UNKNOWN"


class TermUnit(UpstreamEnum):
    DAYS = "DAYS"
    WEEKS = "WEEKS"
    MONTHS = "MONTHS"
    YEARS = "YEARS"
    UNKNOWN = "UNKNOWN"


class WarningCode(OwnEnum):
    COUPON_NOT_YET_ELIGIBLE = auto()
    COUPON_WITHOUT_EFFECT = auto()
    OFFER_REPLACED = auto()
    QUANTITY_REDUCED = auto()
    SHIPPING_OPTION_RESET = auto()
    CART_CHANGED_BY_SIGN_IN = auto()
    TOTAL_CHANGED = auto()
    SOURCES_REORDERED = auto()
    PAYMENT_NO_LONGER_COVERED = auto()
    LANDED_COST_INCOMPLETE = auto()
    SESSION_COOKIE_NOT_KEPT = auto()
    VARIABLE_UNDEFINED = auto()
    SESSION_ENDED = auto()
    SESSION_RESTARTED = auto()
    SESSION_KEPT = auto()
    OTHER = auto()


class RetryAdvice(OwnEnum):
    DO_NOT_RETRY = auto()
    FIX_THEN_RETRY = auto()
    RETRY = auto()
    READ_STATE_FIRST = auto()


class ErrorCode(OwnEnum):
    INVALID_INPUT = auto()
    MISSING_INPUT = auto()
    SENSITIVE_DATA_DETECTED = auto()
    NOT_FOUND = auto()
    CART_REVISION_MISMATCH = auto()
    CART_BUSY = auto()
    CART_LOCKED = auto()
    PRODUCT_NOT_PURCHASABLE = auto()
    INSUFFICIENT_STOCK = auto()
    QUANTITY_OUT_OF_RANGE = auto()
    COUPON_INVALID = auto()
    COUPON_USED_UP = auto()
    OFFER_NOT_APPLICABLE = auto()
    ADDRESS_INVALID = auto()
    COUNTRY_NOT_SERVED = auto()
    SHIPPING_OPTION_UNAVAILABLE = auto()
    TAX_IDENTIFIER_INVALID = auto()
    SOURCE_NOT_FOUND = auto()
    SOURCE_NOT_CHARGEABLE = auto()
    SOURCE_NOT_REUSABLE = auto()
    PRIMARY_SOURCE_PRESENT = auto()
    PAYMENT_METHOD_UNAVAILABLE = auto()
    STORE_CREDIT_NOT_ALLOWED = auto()
    STORE_CREDIT_INSUFFICIENT = auto()
    PAYMENT_SESSION_MISSING = auto()
    NOT_RESUMABLE = auto()
    IDEMPOTENCY_KEY_REUSED = auto()
    SIGN_IN_FAILED = auto()
    PASSWORD_POLICY = auto()
    REGISTRATION_FAILED = auto()
    SESSION_REQUIRED = auto()
    SIGN_IN_REQUIRED = auto()
    CONTRACT_CHANGE_NOT_ALLOWED = auto()
    RATE_LIMITED = auto()
    UPSTREAM_REJECTED = auto()
    UPSTREAM_UNAVAILABLE = auto()
    STORE_UNAVAILABLE = auto()


class CartTransitionOutcome(OwnEnum):
    KEPT = auto()
    MERGED = auto()
    CHANGED = auto()
    WAS_EMPTY = auto()


class SessionDelivery(OwnEnum):
    COOKIE = auto()
    BEARER = auto()


class ShippingOptionRule(OwnEnum):
    CHEAPEST = auto()
    KEEP_OR_CHEAPEST = auto()
