"""Codes of user errors and of warnings."""

from gateway.enums import ErrorCode, RetryAdvice, WarningCode
from schema.descriptions import describe_enum

describe_enum(
    WarningCode,
    "Codes of warnings.",
    COUPON_NOT_YET_ELIGIBLE="The code is accepted and takes effect once the cart meets its conditions. Upstream: "
    "couponcode_not_eligible.",
    OFFER_REPLACED="A better offer replaced one that was in effect.",
    QUANTITY_REDUCED="A quantity was lowered to what is available.",
    SHIPPING_OPTION_RESET="The shipping option was dropped because the address changed.",
    CART_CHANGED_BY_SIGN_IN="Lines were lost or changed when the shopper signed in.",
    TOTAL_CHANGED="The total changed as a side effect.",
    SOURCES_REORDERED="Sources were detached and attached again to keep credit first.",
    PAYMENT_NO_LONGER_COVERED="The total grew beyond the store credit attached; another source is needed.",
    LANDED_COST_INCOMPLETE="Import duty may be missing from the total. Upstream: tax_service_invalid_hsCode_warning.",
    OTHER="A warning this schema does not know yet.",
)

describe_enum(
    RetryAdvice,
    "What repeating a failed call can achieve.",
    DO_NOT_RETRY="Nothing; the same call fails again.",
    FIX_THEN_RETRY="It can work after the input or the cart is corrected.",
    RETRY="It can work as it is; nothing was changed.",
    READ_STATE_FIRST="The effect is not known; read the state before repeating.",
)

describe_enum(
    ErrorCode,
    "Codes of user errors.",
    INVALID_INPUT="A value of the input is malformed or outside its limits.",
    MISSING_INPUT="A value of the input that is needed here is absent.",
    SENSITIVE_DATA_DETECTED="A value looks like a card number or other secret and was not sent on.",
    NOT_FOUND="The object does not exist, or is not this shopper's.",
    CART_REVISION_MISMATCH="The cart has another revision than the one that was sent.",
    CART_BUSY="Another change of this cart was under way for as long as the gateway waited; nothing was changed.",
    CART_LOCKED="A submission of this cart is under way; the cart is locked until it ends.",
    PRODUCT_NOT_PURCHASABLE="The product cannot be put in a cart.",
    INSUFFICIENT_STOCK="There are not enough units.",
    QUANTITY_OUT_OF_RANGE="The quantity is outside the allowed range.",
    COUPON_INVALID="The code does not exist or has expired.",
    COUPON_USED_UP="The code has been used as often as it may be.",
    OFFER_NOT_APPLICABLE="The offer does not apply to this cart.",
    ADDRESS_INVALID="The address is not valid.",
    COUNTRY_NOT_SERVED="The site does not serve the country.",
    SHIPPING_OPTION_UNAVAILABLE="The shipping option is not offered for this cart.",
    TAX_IDENTIFIER_INVALID="A tax identifier is malformed or of the wrong kind.",
    SOURCE_NOT_FOUND="The source does not exist.",
    SOURCE_NOT_CHARGEABLE="The source cannot be charged.",
    SOURCE_NOT_REUSABLE="The source cannot be saved, or cannot pay renewals.",
    PRIMARY_SOURCE_PRESENT="Another primary source is attached.",
    PAYMENT_METHOD_UNAVAILABLE="The payment method is not available for this cart.",
    STORE_CREDIT_NOT_ALLOWED="Store credit cannot be used on this cart.",
    STORE_CREDIT_INSUFFICIENT="The store credit does not suffice.",
    PAYMENT_SESSION_MISSING="The cart has no payment session.",
    NOT_RESUMABLE="There is nothing to resume.",
    IDEMPOTENCY_KEY_REUSED="The idempotency key was used with another input.",
    SIGN_IN_FAILED="The credentials are wrong, or the account is locked; which of the two is not reported.",
    PASSWORD_POLICY="The password does not follow the password rules.",
    REGISTRATION_FAILED="The account cannot be created as asked; whether it exists is not reported.",
    SESSION_REQUIRED="A session is needed.",
    SIGN_IN_REQUIRED="A signed-in session is needed.",
    CONTRACT_CHANGE_NOT_ALLOWED="The state of the recurring purchase does not allow the change.",
    RATE_LIMITED="The mutation was called too often.",
    UPSTREAM_REJECTED="Upstream refused for a reason this schema does not know yet.",
    UPSTREAM_UNAVAILABLE="The answer of upstream was late, lost or unusable.",
    STORE_UNAVAILABLE="The gateway cannot reach the store of its own sessions and submissions. Nothing was sent and "
    "nothing was charged: try again in a moment. Where the store failed in the middle of a change, `retry` is "
    "READ_STATE_FIRST: the change may have been made.",
)
