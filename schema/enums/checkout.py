"""Readiness and blockers of a cart, and outcomes of a submission."""

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
    READY="submitOrder would be sent upstream.",
    BLOCKED="submitOrder would be refused by the gateway.",
    UNKNOWN="A rule could not be checked because upstream did not answer; see the CheckUnavailableBlocker.",
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
    "How far a checkout step is.",
    DONE="Nothing is left to do.",
    BLOCKED="A blocker of the cart belongs to it.",
    NOT_NEEDED="The cart does not need it.",
    UNKNOWN="It could not be checked.",
)

describe_enum(
    CheckoutBlockerCode,
    "Codes of blockers.",
    CART_EMPTY="The cart has no line.",
    LINE_UNAVAILABLE="A product can no longer be bought.",
    INSUFFICIENT_STOCK="There are not enough units.",
    QUANTITY_OUT_OF_RANGE="A quantity is outside the allowed range.",
    ADDRESS_MISSING="An address is missing.",
    ADDRESS_INCOMPLETE="An address lacks a field.",
    COUNTRY_NOT_SERVED="The site does not serve the country.",
    SHIPPING_OPTION_MISSING="No shipping option is selected.",
    SHIPPING_OPTION_UNAVAILABLE="The selected shipping option is no longer offered.",
    TAX_IDENTIFIER_MISSING="A tax identifier is missing or malformed.",
    PAYMENT_SESSION_MISSING="Payment sessions are off, or the cart has none.",
    PAYMENT_SESSION_NOT_READY="The payment session is not in REQUIRES_CONFIRMATION.",
    SOURCE_AMOUNT_OUTDATED="The total has changed since a source with a fixed amount was attached; attach a new one.",
    RECURRING_SOURCE_REQUIRED="A line recurs and the source cannot be charged again.",
    STORE_CREDIT_CONFLICT="Store credit is attached where it is not allowed, or after the primary source.",
    TERMS_NOT_ACCEPTED="The terms of sale are not accepted.",
    TOTAL_CHANGED="The order total is not the expected one.",
    CART_CHANGED="The cart has changed since it was shown to the shopper.",
    SUBMISSION_IN_PROGRESS="Another submission of this cart is under way.",
    CHECK_UNAVAILABLE="A rule could not be checked.",
)

describe_enum(
    SubmissionStatus,
    "How far a submission is.",
    IN_PROGRESS="The gateway is working on it.",
    PLACED="The order is placed.",
    AWAITING_PAYMENT="The order is placed and waits for the shopper's money.",
    ACTION_REQUIRED="The shopper has to act; see OrderActionRequired.",
    DECLINED="The payment was declined; there is no order.",
    BLOCKED="It was refused before a charge; there is no order.",
    NOT_PLACED="It was sent and had no effect; there is no order.",
    IN_DOUBT="The outcome is not known; the gateway keeps checking.",
)

describe_enum(
    DeclineSeverity,
    "Whether another try with the same source can work.",
    SOFT="Another try may work. Upstream: Soft.",
    HARD="Another try will not work. Upstream: Hard.",
    UNKNOWN="Upstream did not say.",
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
