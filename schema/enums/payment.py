"""Payment sessions, sources, payment methods and store credit."""

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
from schema.descriptions import describe_enum

describe_enum(
    PaymentSessionState,
    "State of a payment session.",
    REQUIRES_SOURCE="The attached sources do not cover the total. Upstream: requires_source.",
    REQUIRES_CONFIRMATION="The total is covered; the order may be placed. Upstream: requires_confirmation.",
    PENDING_REDIRECT="The shopper must approve the payment on another page. Upstream: pending_redirect.",
    PENDING_FUNDS="The shopper must send money. Upstream: pending_funds.",
    REQUIRES_ACTION="The shopper must authenticate the payment. Upstream: requires_action.",
    CHARGEABLE="The shopper has approved a submitted payment on the other page; call resumeOrder. "
    "Upstream: chargeable.",
    PENDING="The order is submitted and the payment is being processed; nothing is left to do. "
    "Upstream: pending, processing, confirmed.",
    COMPLETE="The order is placed. Upstream: complete.",
    FAILED="The payment failed. Upstream: failed.",
    CANCELLED="The payment was cancelled. Upstream: cancelled.",
    UNKNOWN="A value this schema does not know yet; see upstreamState. No order can be placed in it.",
)

describe_enum(
    PaymentRequirementKind,
    "What a payment session can lack.",
    SOURCE="A source; none is attached.",
    FUNDS="A source for the rest; only store credit is attached and it does not cover the total.",
    CHARGEABLE_SOURCE="A chargeable source; the attached one is not chargeable, or was made for another total.",
    REUSABLE_SOURCE="A reusable source, because a line recurs.",
    AUTHENTICATION="Authentication of the source by the shopper.",
    BILLING_ADDRESS="A billing address.",
    TAX_IDENTIFIER="A tax identifier the chosen method needs.",
    ORGANIZATION_ID="An organisation identifier the chosen method needs.",
)

describe_enum(
    DropInFlow,
    "Whether a collected source pays now or is saved for later.",
    CHECKOUT="It pays the current cart.",
    MANAGE_PAYMENT_METHODS="It is saved to the account.",
)

describe_enum(
    SourceUsage,
    "What a saved source may be used for.",
    CONVENIENCE="Later purchases started by the shopper.",
    SUBSCRIPTION="Recurring charges on a schedule.",
    UNSCHEDULED="Charges started by the merchant without a schedule.",
)

describe_enum(
    PaymentFlow,
    "How a shopper pays with a payment method.",
    STANDARD="The shopper enters the details on the storefront. Upstream: standard.",
    REDIRECT="The shopper approves the payment on the provider's page. Upstream: redirect.",
    RECEIVER="The shopper sends the money. Upstream: receiver.",
    UNKNOWN="A value this schema does not know yet.",
)

describe_enum(
    PaymentSequence,
    "In which order redirect and submission happen.",
    SUBMIT="Attach, submit.",
    REDIRECT_THEN_SUBMIT="Redirect, attach, submit; for example PayPal.",
    SUBMIT_THEN_REDIRECT="Attach, submit, redirect, resume; for example Klarna.",
    SUBMIT_THEN_WAIT="Attach, submit, wait for money; for example wire transfer.",
    UNKNOWN="Not known to the gateway; follow PaymentSession.nextAction.",
)

describe_enum(
    PaymentMethodObstacle,
    "Why a cart cannot be paid with a payment method.",
    NOT_RECURRING="A line renews and the method cannot pay renewals.",
    NO_FREE_TRIAL="A line has a free trial and the method cannot start one.",
    NOT_COMBINABLE_WITH_STORE_CREDIT="Store credit is attached and the method cannot be combined with it.",
    ORGANIZATION_ID_MISSING="The method needs an organisation identifier.",
    TAX_IDENTIFIER_MISSING="The method needs a tax identifier.",
)

describe_enum(
    SourceState,
    "What can be done with a source.",
    CHARGEABLE="It can be charged.",
    PENDING_REDIRECT="The shopper must approve it on another page.",
    PENDING_FUNDS="The shopper must send money.",
    REQUIRES_ACTION="The shopper must authenticate.",
    CONSUMED="It has been charged and cannot be charged again.",
    FAILED="It failed.",
    CANCELLED="It was cancelled.",
    UNKNOWN="A value this schema does not know yet.",
)

describe_enum(
    StoreCreditObstacle,
    "Why store credit cannot be used on a cart.",
    SUBSCRIPTION_LINE="A line renews automatically.",
    PREORDER_LINE="A line is a pre-order.",
    BACKORDER_LINE="A line is on backorder.",
    PRIMARY_SOURCE_NOT_COMBINABLE="The attached primary source cannot be combined with credit.",
    CURRENCY_MISMATCH="The credit is in another currency than the cart.",
    NO_BALANCE="The balance is zero.",
)
