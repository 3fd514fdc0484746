"""Enums for payment sessions, sources, payment methods and store credit."""

from gateway.enums import (
    DropInFlow,
    PaymentFlow,
    PaymentMethodObstacle,
    PaymentRequirementKind,
    PaymentSequence,
    PaymentSessionState,
    SourceState,
    SourceUsage,
    StoreCreditObstacle,
)
from schema.descriptions import Code, describe_codes, describe_enum

describe_enum(
    PaymentSessionState,
    "State of a payment session.",
    REQUIRES_SOURCE="The attached sources do not cover the total. Digital River value: requires_source.",
    REQUIRES_CONFIRMATION="The attached sources cover the total; the order can be submitted. "
    "Digital River value: requires_confirmation.",
    PENDING_REDIRECT="The shopper must approve the payment on another page. Digital River value: pending_redirect.",
    PENDING_FUNDS="The shopper must send the payment. Digital River value: pending_funds.",
    REQUIRES_ACTION="The shopper must authenticate the payment. Digital River value: requires_action.",
    CHARGEABLE="The shopper has approved a submitted payment; call resumeOrder. Digital River value: chargeable.",
    PENDING="The order is submitted and the payment is being processed; nothing is left to do. Digital River value: "
    "pending, processing, confirmed.",
    COMPLETE="The order is placed. Digital River value: complete.",
    FAILED="The payment failed. Digital River value: failed.",
    CANCELLED="The payment was cancelled. Digital River value: cancelled.",
    UNKNOWN="A value that this schema does not know yet; see upstreamState. An order cannot be submitted in such a "
    "state.",
)

describe_codes(
    PaymentRequirementKind,
    "What a payment session lacks.",
    SOURCE=Code(
        "A source: no source is attached.",
        "Show the drop-in with `dropIn`, or the saved payment options, and send the source with `attachSource`.",
    ),
    FUNDS=Code(
        "Another source: only store credit is attached, and the credit does not cover the total.",
        "Show the drop-in for `amount`, or offer more store credit.",
    ),
    CHARGEABLE_SOURCE=Code(
        "A chargeable source: the attached source is not chargeable, or was made for another total.",
        "Show the drop-in anew and attach the source that it makes, which replaces the attached one.",
    ),
    REUSABLE_SOURCE=Code(
        "A reusable source, because a cart line is a subscription. Reserved: the gateway does not send this value yet.",
        "Save the source with `savePaymentOption` and attach it, or offer the saved payment options.",
    ),
    AUTHENTICATION=Code(
        "Authentication of the source by the shopper.",
        "Pass the ids and the secret of `nextAction` to `authenticateSource` of DigitalRiver.js, then read "
        "`paymentSession`.",
    ),
    BILLING_ADDRESS=Code(
        "A billing address.",
        "Go to the form of the billing address before the drop-in is shown. `dropIn.missingFields` names the fields.",
    ),
    TAX_IDENTIFIER=Code(
        "A tax identifier that the payment method needs. Reserved: the gateway does not send this value yet.",
        "Show the fields of `cart.taxIdentifierRequirements`, and send them with `setTaxIdentifiers`.",
    ),
    ORGANIZATION_ID=Code(
        "An organisation identifier that the payment method needs. Reserved: the gateway does not send this value yet.",
        "Ask for the identifier and send it with `updateCart`.",
    ),
)

describe_enum(
    DropInFlow,
    "Whether a new source pays for the cart or is saved for later.",
    CHECKOUT="The source pays for the current cart.",
    MANAGE_PAYMENT_METHODS="The source is saved to the account.",
)

describe_enum(
    SourceUsage,
    "Purpose for which a source is saved.",
    CONVENIENCE="Later purchases started by the shopper.",
    SUBSCRIPTION="Recurring charges on a schedule.",
    UNSCHEDULED="Charges started by the merchant without a schedule. Reserved: the gateway does not send this value "
    "yet.",
)

describe_enum(
    PaymentFlow,
    "How a shopper pays with a payment method.",
    STANDARD="The shopper enters the details on the storefront. Digital River value: standard.",
    REDIRECT="The shopper approves the payment on another page. Digital River value: redirect.",
    RECEIVER="The shopper sends the payment, for example by bank transfer. Digital River value: receiver.",
    UNKNOWN="A value that this schema does not know yet.",
)

describe_enum(
    PaymentSequence,
    "Sequence in which the source is attached, the shopper is redirected and the order is submitted.",
    SUBMIT="Attach, then submit; for example a credit card.",
    REDIRECT_THEN_SUBMIT="Redirect, attach, submit; for example PayPal.",
    SUBMIT_THEN_REDIRECT="Attach, submit, redirect, resume; for example Klarna.",
    SUBMIT_THEN_WAIT="Attach, submit, wait for the payment; for example wire transfer.",
    UNKNOWN="The sequence is not known; follow PaymentSession.nextAction.",
)

describe_codes(
    PaymentMethodObstacle,
    "Why a cart cannot use a payment method.",
    NOT_RECURRING=Code(
        "A cart line is a subscription, and the method cannot pay for renewals.",
        "Leave the method out of the list, or show it disabled.",
    ),
    NO_FREE_TRIAL=Code(
        "A cart line has a free trial, and the method cannot start a free trial.",
        "Leave the method out of the list, or show it disabled.",
    ),
    NOT_COMBINABLE_WITH_STORE_CREDIT=Code(
        "Store credit is attached, and the method cannot be combined with store credit.",
        "Show the method disabled, and offer to remove the credit with `removeStoreCredit`.",
    ),
    ORGANIZATION_ID_MISSING=Code(
        "The method needs an organisation identifier.",
        "Ask for the identifier, and send it with `updateCart`.",
    ),
    TAX_IDENTIFIER_MISSING=Code(
        "The method needs a tax identifier.",
        "Ask for it with the fields of `cart.taxIdentifierRequirements`, and send it with `setTaxIdentifiers`.",
    ),
)

describe_enum(
    SourceState,
    "Whether a source can be charged, and what is missing otherwise.",
    CHARGEABLE="The source can be charged.",
    PENDING_REDIRECT="The shopper must approve the payment on another page.",
    PENDING_FUNDS="The shopper must send the payment.",
    REQUIRES_ACTION="The shopper must authenticate the payment.",
    CONSUMED="The source has been charged and cannot be charged again.",
    FAILED="The source failed.",
    CANCELLED="The source was cancelled.",
    UNKNOWN="A value that this schema does not know yet.",
)

describe_codes(
    StoreCreditObstacle,
    "Why store credit cannot be used on a cart.",
    SUBSCRIPTION_LINE=Code(
        "A cart line is a subscription.",
        "Hide the store credit for this cart, or say that subscriptions are paid otherwise.",
    ),
    PREORDER_LINE=Code(
        "A cart line is a pre-order.",
        "Hide the store credit for this cart, or say that pre-orders are paid otherwise.",
    ),
    BACKORDER_LINE=Code(
        "A cart line is on backorder.",
        "Hide the store credit for this cart, or say that it pays for goods in stock only.",
    ),
    PRIMARY_SOURCE_NOT_COMBINABLE=Code(
        "The attached primary source cannot be combined with store credit.",
        "Offer to pay the rest with a method with `supportsStoreCredit`: `detachSource`, then `applyStoreCredit`.",
    ),
    CURRENCY_MISMATCH=Code(
        "The store credit and the cart have different currencies.",
        "Show the credit as not usable here, or offer the other currency with `updateSession`.",
    ),
    NO_BALANCE=Code(
        "The balance is zero.",
        "Hide the store credit.",
    ),
)
