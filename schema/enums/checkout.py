"""Enums for checkout readiness."""

from gateway.enums import (
    CheckoutBlockerCode,
    CheckoutStepKind,
    CheckoutStepStatus,
    ReadinessStatus,
)
from schema.descriptions import Code, describe_codes, describe_enum

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

describe_codes(
    CheckoutBlockerCode,
    "Codes of blockers.",
    CART_EMPTY=Code(
        "The cart has no line.",
        "Go to the cart, and offer a way back to the products.",
    ),
    LINE_UNAVAILABLE=Code(
        "A product can no longer be bought.",
        "Go to the cart, mark `line` and offer to remove it with `removeCartLines`.",
    ),
    INSUFFICIENT_STOCK=Code(
        "The quantity is higher than the number of available units.",
        "Go to the cart, mark the quantity of `line` and offer `availableQuantity` with `updateCartLines`, or to "
        "remove the line.",
    ),
    QUANTITY_OUT_OF_RANGE=Code(
        "A quantity is outside the allowed range.",
        "Go to the cart, mark the quantity of `line` and offer `minimumQuantity` or `maximumQuantity` with "
        "`updateCartLines`.",
    ),
    ADDRESS_MISSING=Code(
        "An address is missing.",
        "Go to the form of the address that `kind` names, and send it with `prepareCheckout`.",
    ),
    ADDRESS_INCOMPLETE=Code(
        "An address lacks a field.",
        "Go to the form of the address that `kind` names, mark `missingFields` and send the whole address with "
        "`prepareCheckout`.",
    ),
    COUNTRY_NOT_SERVED=Code(
        "The site does not serve the country.",
        "Go to the form of the address that `kind` names, mark the country and offer those of `storefront.countries`.",
    ),
    SHIPPING_OPTION_MISSING=Code(
        "No shipping option is selected.",
        "Go to the choice of the shipping option and offer `availableOptions`. Send the choice with `prepareCheckout` "
        "or `selectShippingOption`.",
    ),
    SHIPPING_OPTION_UNAVAILABLE=Code(
        "The selected shipping option is no longer offered.",
        "Go to the choice of the shipping option and offer `availableOptions`, with their prices.",
    ),
    TAX_IDENTIFIER_MISSING=Code(
        "A tax identifier is missing or malformed.",
        "Show the fields of one of `requirements`, for the shopper's `customerType`, and send them with "
        "`setTaxIdentifiers`.",
    ),
    PAYMENT_SESSION_MISSING=Code(
        "Payment sessions are off, or the cart has no payment session.",
        "Go to the cart if it is empty. Otherwise the shopper can do nothing: show that the shop cannot take orders "
        "now, and ask the operator of the site to have payment sessions switched on.",
    ),
    PAYMENT_SESSION_NOT_READY=Code(
        "The payment session is not in REQUIRES_CONFIRMATION.",
        "Go to the payment step and follow `nextAction`: show the drop-in, open the payment page, authenticate the "
        "source, or call `resumeOrder`. Without one, do what `resolvedBy` names.",
    ),
    SOURCE_AMOUNT_OUTDATED=Code(
        "The total has changed since a source with a fixed amount was attached. Attach a new source.",
        "Go to the payment step, show the new total and the drop-in, and attach the source that it makes.",
    ),
    RECURRING_SOURCE_REQUIRED=Code(
        "A cart line renews, and the source cannot be charged again.",
        "Go to the payment step. Save the source with `savePaymentOption` and attach it, or offer the saved payment "
        "options. A guest has to sign in for that.",
    ),
    STORE_CREDIT_CONFLICT=Code(
        "Store credit is not allowed on this cart, or was attached after the primary source.",
        "Go to the payment step, show `obstacles` and offer to remove the credit with `removeStoreCredit`.",
    ),
    TERMS_NOT_ACCEPTED=Code(
        "The terms of sale are not accepted.",
        "Mark the box of the terms beside the button that buys, and send `termsOfSaleAccepted: true` once it is "
        "ticked, also with `submitOrder` itself.",
    ),
    TOTAL_CHANGED=Code(
        "The order total is not the expected total.",
        "Read `cart`, show `actualTotal` beside the button that buys, and submit with it and a new key if the shopper "
        "agrees.",
        ("OrderBlocked",),
    ),
    CART_CHANGED=Code(
        "The cart no longer has the revision that the shopper saw.",
        "Read `cart`, show what has changed, and submit with `currentRevision` and a new key if the shopper agrees.",
        ("OrderBlocked",),
    ),
    SUBMISSION_IN_PROGRESS=Code(
        "A submission of this cart is in progress or in doubt.",
        "Show that an order is being placed. Read `orderSubmission` with `attempt.idempotencyKey` every second until "
        "it has an outcome, and go to the page of that outcome. Never submit with another key meanwhile.",
    ),
    ALREADY_BOUGHT=Code(
        "Another submission has bought this cart; see AlreadyBoughtBlocker.",
        "Go to the confirmation page with the order in `attempt.result`, as if this tab had bought it.",
        ("OrderBlocked",),
    ),
    CHECK_UNAVAILABLE=Code(
        "A rule could not be checked.",
        "Keep the page, and read `checkoutReadiness` after `retryAfter`. Disable the button that buys until then.",
    ),
)
