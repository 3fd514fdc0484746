"""Enums for checkout readiness and submissions."""

from gateway.enums import (
    CheckoutBlockerCode,
    CheckoutStepKind,
    CheckoutStepStatus,
    DeclineAdvice,
    DeclineSeverity,
    ReadinessStatus,
    SubmissionStatus,
)
from schema.descriptions import describe_enum

describe_enum(
    ReadinessStatus,
    "Whether a cart can become an order.",
    READY="The gateway would send a submission to Digital River.",
    BLOCKED="The gateway would refuse a submission.",
    UNKNOWN="A rule could not be checked because Digital River did not answer; see the CheckUnavailableBlocker.",
)

describe_enum(
    CheckoutStepKind,
    "Steps of a checkout.",
    CART="Lines and quantities.",
    BILLING_ADDRESS="Billing address.",
    SHIPPING_ADDRESS="Shipping address.",
    SHIPPING_OPTION="Shipping option.",
    TAX="Tax identifiers.",
    PAYMENT="Sources and payment session.",
    REVIEW="Terms of sale and the summary of the order.",
)

describe_enum(
    CheckoutStepStatus,
    "Whether a checkout step is done.",
    DONE="The step is done.",
    BLOCKED="A blocker of the cart belongs to the step.",
    NOT_NEEDED="The cart does not need the step.",
    UNKNOWN="The step could not be checked.",
)

describe_enum(
    CheckoutBlockerCode,
    "Codes of blockers.",
    CART_EMPTY="The cart has no line.",
    LINE_UNAVAILABLE="A product can no longer be bought.",
    INSUFFICIENT_STOCK="The quantity is higher than the number of available units.",
    QUANTITY_OUT_OF_RANGE="A quantity is outside the allowed range.",
    ADDRESS_MISSING="An address is missing.",
    ADDRESS_INCOMPLETE="An address lacks a field.",
    COUNTRY_NOT_SERVED="The site does not serve the country.",
    SHIPPING_OPTION_MISSING="No shipping option is selected.",
    SHIPPING_OPTION_UNAVAILABLE="The selected shipping option is no longer offered.",
    TAX_IDENTIFIER_MISSING="A tax identifier is missing or malformed.",
    PAYMENT_SESSION_MISSING="Payment sessions are off, or the cart has no payment session.",
    PAYMENT_SESSION_NOT_READY="The payment session is not in REQUIRES_CONFIRMATION.",
    SOURCE_AMOUNT_OUTDATED="The total has changed since a source with a fixed amount was attached. "
    "Attach a new source.",
    RECURRING_SOURCE_REQUIRED="A cart line renews, and the source cannot be charged again.",
    STORE_CREDIT_CONFLICT="Store credit is not allowed on this cart, or was attached after the primary source.",
    TERMS_NOT_ACCEPTED="The terms of sale are not accepted.",
    TOTAL_CHANGED="The order total is not the expected total.",
    CART_CHANGED="The cart no longer has the revision that the shopper saw.",
    SUBMISSION_IN_PROGRESS="A submission of this cart is in progress or in doubt.",
    ALREADY_BOUGHT="Another submission has bought this cart; see AlreadyBoughtBlocker.",
    CHECK_UNAVAILABLE="A rule could not be checked.",
)

describe_enum(
    SubmissionStatus,
    "Status of a submission.",
    IN_PROGRESS="The gateway is processing the submission, or is about to finish it after the shopper's approval.",
    PLACED="The order is placed.",
    AWAITING_PAYMENT="The order is placed, but the shopper's payment has not arrived yet.",
    ACTION_REQUIRED="The shopper has to act; see OrderActionRequired.",
    DECLINED="The payment was declined; there is no order.",
    BLOCKED="The gateway or Digital River found a blocker; there is no order and no charge.",
    NOT_PLACED="The submission was sent and had no effect; there is no order.",
    IN_DOUBT="The outcome is not known; the gateway keeps checking.",
)

describe_enum(
    DeclineSeverity,
    "Whether a payment with the same source can succeed later.",
    SOFT="Another payment with the same source may succeed. Digital River value: Soft.",
    HARD="Another payment with the same source will not succeed. Digital River value: Hard.",
    UNKNOWN="Digital River did not report the severity.",
)

describe_enum(
    DeclineAdvice,
    "What to suggest after a decline.",
    TRY_AGAIN="Try the same source again.",
    TRY_LATER="Try the same source later.",
    AUTHENTICATE="Authenticate the source, then try again.",
    CHECK_DETAILS="Check the details that were entered.",
    USE_ANOTHER_SOURCE="Use another source.",
    CONTACT_BANK="Contact the bank.",
)
