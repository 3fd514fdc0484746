"""Enums for user errors and warnings."""

from gateway.enums import ErrorCode, RetryAdvice, WarningCode
from schema.descriptions import describe_enum

describe_enum(
    WarningCode,
    "Codes of warnings.",
    COUPON_NOT_YET_ELIGIBLE="The coupon code is accepted and takes effect once the cart meets the conditions of the "
    "coupon. Digital River value: couponcode_not_eligible.",
    COUPON_WITHOUT_EFFECT="The coupon changed nothing: the cart has it already, or another offer of the cart is "
    "better.",
    OFFER_REPLACED="A better offer replaced an offer, whose id is `targetId`.",
    QUANTITY_REDUCED="Digital River reduced the quantity of a line, whose id is `targetId`, for example to the number "
    "of available units. For a product that the cart had before `addCartLines`, a small reduction is noticed only if "
    "the input has `ifRevision`.",
    SHIPPING_OPTION_RESET="Another shipping option, or none, is selected, because of the new address.",
    CART_CHANGED_BY_SIGN_IN="Cart lines were lost or changed when the shopper signed in.",
    TOTAL_CHANGED="A total that was no longer an estimate has changed with the addresses or tax identifiers. Show the "
    "shopper the new total.",
    SOURCES_REORDERED="Sources were detached and attached again, so that store credit pays first.",
    PAYMENT_NO_LONGER_COVERED="The total is now above the attached store credit; another source is needed.",
    LANDED_COST_INCOMPLETE="Import duty may be missing from the total. Digital River value: "
    "tax_service_invalid_hsCode_warning.",
    SESSION_COOKIE_NOT_KEPT="The browser will not keep the session cookie: the page is of another site than the "
    "gateway, or was loaded by http from another machine.",
    VARIABLE_UNDEFINED="The request has a variable that the operation does not define. Sent in development mode only, "
    "in `extensions` of the answer.",
    SESSION_ENDED="A query was sent with the handle of a session that has ended, so it was answered as without a "
    "session. In the extensions of the answer.",
    SESSION_RESTARTED="The mutation was sent with the handle of a session that has ended, and began a new session.",
    SESSION_KEPT="startSession was sent in a session, which differs from its arguments and stays as it is.",
    OTHER="A warning that this schema does not know yet.",
)

describe_enum(
    RetryAdvice,
    "Whether to send a failed mutation again, and what to do first.",
    DO_NOT_RETRY="Do not send the mutation again, because it would fail again.",
    FIX_THEN_RETRY="Correct the input or the cart, then send the mutation again.",
    RETRY="Send the same mutation again. Nothing was changed.",
    READ_STATE_FIRST="Read the state first, because the mutation may have had an effect.",
)

describe_enum(
    ErrorCode,
    "Codes of user errors.",
    INVALID_INPUT="A value of the input is malformed or outside its limits.",
    MISSING_INPUT="A required value of the input is absent.",
    SENSITIVE_DATA_DETECTED="A value looks like a card number or other secret and was not sent to Digital River.",
    NOT_FOUND="The object does not exist, or belongs to another shopper.",
    CART_REVISION_MISMATCH="The cart no longer has the revision in `ifRevision`.",
    CART_BUSY="Another change of this cart was in progress for too long, or too many changes waited; nothing was "
    "changed. If the cart's lock "
    "was lost before the change was complete, `retry` is READ_STATE_FIRST.",
    CART_LOCKED="A submission of this cart is in progress, in doubt, or waits for the shopper; the cart is locked "
    "until the submission ends.",
    PRODUCT_NOT_PURCHASABLE="The product cannot be put in a cart.",
    INSUFFICIENT_STOCK="The product has fewer available units than the quantity.",
    QUANTITY_OUT_OF_RANGE="The quantity is outside the allowed range.",
    COUPON_INVALID="The coupon code does not exist or has expired.",
    COUPON_USED_UP="The coupon code has been used the maximum number of times.",
    OFFER_NOT_APPLICABLE="The offer does not apply to this cart.",
    ADDRESS_INVALID="The address is not valid.",
    COUNTRY_NOT_SERVED="The site does not serve the country.",
    SHIPPING_OPTION_UNAVAILABLE="The shipping option is not offered for this cart.",
    TAX_IDENTIFIER_INVALID="A tax identifier is malformed or of the wrong kind.",
    SOURCE_NOT_FOUND="The source does not exist.",
    SOURCE_NOT_CHARGEABLE="The source cannot be charged.",
    SOURCE_NOT_REUSABLE="The source cannot be saved, or cannot pay for renewals.",
    PRIMARY_SOURCE_PRESENT="Another primary source is attached.",
    PAYMENT_METHOD_UNAVAILABLE="The payment method is not available for this cart.",
    STORE_CREDIT_NOT_ALLOWED="Store credit cannot be used on this cart.",
    STORE_CREDIT_INSUFFICIENT="The amount cannot be used: the available credit, or the amount left to pay, is lower. "
    "See `usableAmount`.",
    PAYMENT_SESSION_MISSING="The cart has no payment session.",
    NOT_RESUMABLE="No submission waits for the shopper.",
    IDEMPOTENCY_KEY_REUSED="The idempotency key was used with another input.",
    SIGN_IN_FAILED="The credentials are wrong, or the account is locked. The error does not report which of the two.",
    PASSWORD_POLICY="The password does not follow the password rules.",
    REGISTRATION_FAILED="The account cannot be created. The error does not report whether the account exists already.",
    SESSION_REQUIRED="The mutation needs a session: call startSession first.",
    SIGN_IN_REQUIRED="The mutation needs a signed-in shopper: call signIn first.",
    CONTRACT_CHANGE_NOT_ALLOWED="The state of the subscription contract does not allow the change.",
    RATE_LIMITED="The mutation was called too often.",
    UPSTREAM_REJECTED="Digital River refused the call for a reason that this schema does not know yet.",
    UPSTREAM_UNAVAILABLE="There is no reliable answer from Digital River, or from an earlier call with this key.",
    STORE_UNAVAILABLE="The gateway cannot reach its store of sessions and submissions. Nothing was sent and nothing "
    "was charged: try again in a moment. If the store failed during a change, `retry` is READ_STATE_FIRST, "
    "because the change may have been made.",
)
