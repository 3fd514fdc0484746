"""Values that several nouns share."""

from datetime import date
from decimal import Decimal

from strawberry import ID

from gateway.enums import (
    AddressKind,
    CacheControlScope,
    CartTransitionOutcome,
    ChargeType,
    CheckoutBlockerCode,
    CheckoutStepKind,
    CheckoutStepStatus,
    CustomerType,
    DeclineAdvice,
    DeclineSeverity,
    DropInFlow,
    ErrorCode,
    IdempotencyMode,
    LandedCostState,
    OfferKind,
    OrderState,
    PaymentFlow,
    PaymentMethodObstacle,
    PaymentRequirementKind,
    PaymentSequence,
    PaymentSessionState,
    ProductKind,
    ReadinessStatus,
    RetryAdvice,
    SessionDelivery,
    SessionLevel,
    ShippingOptionRule,
    SourceState,
    SourceUsage,
    StoreCreditObstacle,
    SubmissionStatus,
    SubscriptionContractState,
    TermsOfSaleMode,
    TermUnit,
    WarningCode,
)
from resolvers import money
from schema import dsl
from schema.directives import Sensitive
from schema.dsl import field
from schema.scalars import CountryCode, CurrencyCode, EmailAddress

dsl.enum(
    SessionLevel,
    "How far a session has been established.",
    NONE="No session is needed.",
    ANONYMOUS="A guest session exists. Upstream: limited access token.",
    REGISTERED="The shopper has signed in. Upstream: full access token.",
)

dsl.enum(
    TermsOfSaleMode,
    "How the terms of sale are accepted on this site.",
    ACTIVE="The shopper must tick a box before buying.",
    PASSIVE="Placing the order is the acceptance.",
    NOT_REQUIRED="No acceptance is recorded.",
)

dsl.enum(
    ProductKind,
    "What a product delivers.",
    DOWNLOAD="A file or a licence key.",
    PHYSICAL="Goods that ship.",
    UNKNOWN="A value this schema does not know yet.",
)

dsl.enum(
    OfferKind,
    "What an offer does.",
    ALL_PRODUCTS_BUNDLE="Adds a free or discounted product to any purchase.",
    BANNER="Shows an image.",
    BUNDLE="Adds a product when another one is added.",
    BUY_M_GET_N="Buy some, get some.",
    CANDY_RACK="Small additions shown in the cart.",
    CROSS_SELL="Suggests accessories.",
    DISCOUNT="Lowers a price.",
    FEATURED_PRODUCTS="Promotes chosen products.",
    SHOPPER_DEFINED_BUNDLE="Lets the shopper compose a bundle.",
    UP_SELL="Suggests a better product.",
    UNKNOWN="A value this schema does not know yet.",
)

dsl.enum(
    StoreCreditObstacle,
    "Why store credit cannot be used on a cart.",
    SUBSCRIPTION_LINE="A line renews automatically.",
    PREORDER_LINE="A line is a pre-order.",
    BACKORDER_LINE="A line is on backorder.",
    PRIMARY_SOURCE_NOT_COMBINABLE="The attached primary source cannot be combined with credit.",
    CURRENCY_MISMATCH="The credit is in another currency than the cart.",
    NO_BALANCE="The balance is zero.",
)

dsl.enum(
    CustomerType,
    "Whether a buyer is a person or a business.",
    INDIVIDUAL="A person. Upstream: I.",
    BUSINESS="A business. Upstream: B.",
)

dsl.enum(
    LandedCostState,
    "Whether import duty and tax are part of the total.",
    PREPAID="They are part of the total. Upstream: PREPAID.",
    NOT_ELIGIBLE="They do not apply. Upstream: NOT_ELIGIBLE or VIEWED_NOT_ELIGIBLE.",
    ERROR="They could not be computed. Upstream: ERROR.",
    UNKNOWN="A value this schema does not know yet.",
)

dsl.enum(
    ChargeType,
    "Who initiates a charge.",
    CUSTOMER_INITIATED="The shopper, present at checkout.",
    MERCHANT_INITIATED="The merchant, for example at a renewal.",
    MOTO="Customer service, by mail or telephone.",
    UNKNOWN="A value this schema does not know yet.",
)

dsl.enum(
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
    COMPLETE="The order exists. Upstream: complete.",
    FAILED="The payment failed. Upstream: failed.",
    CANCELLED="The payment was given up. Upstream: cancelled.",
    UNKNOWN="A value this schema does not know yet; see upstreamState. No order can be placed in it.",
)

dsl.enum(
    PaymentRequirementKind,
    "Kinds of things a payment session can lack.",
    SOURCE="No source is attached.",
    FUNDS="Only store credit is attached and it does not cover the total.",
    CHARGEABLE_SOURCE="The attached source is not chargeable, or was made for another total than the present one.",
    REUSABLE_SOURCE="The attached source must be reusable, because a line recurs.",
    AUTHENTICATION="The shopper must authenticate the source.",
    BILLING_ADDRESS="A billing address.",
    TAX_IDENTIFIER="A tax identifier the chosen method needs.",
    ORGANIZATION_ID="An organisation identifier the chosen method needs.",
)

dsl.enum(
    DropInFlow,
    "Whether a collected source pays now or is saved for later.",
    CHECKOUT="It pays the current cart.",
    MANAGE_PAYMENT_METHODS="It is saved to the account.",
)

dsl.enum(
    SourceUsage,
    "What a saved source may be used for.",
    CONVENIENCE="Later purchases started by the shopper.",
    SUBSCRIPTION="Recurring charges on a schedule.",
    UNSCHEDULED="Charges started by the merchant without a schedule.",
)

dsl.enum(
    PaymentFlow,
    "How a shopper experiences a way to pay.",
    STANDARD="Details are given on the storefront. Upstream: standard.",
    REDIRECT="Approved on the provider's page. Upstream: redirect.",
    RECEIVER="Money is sent by the shopper. Upstream: receiver.",
    UNKNOWN="A value this schema does not know yet.",
)

dsl.enum(
    PaymentSequence,
    "In which order redirect and submission happen.",
    SUBMIT="Attach, submit.",
    REDIRECT_THEN_SUBMIT="Redirect, attach, submit; for example PayPal.",
    SUBMIT_THEN_REDIRECT="Attach, submit, redirect, resume; for example Klarna.",
    SUBMIT_THEN_WAIT="Attach, submit, wait for money; for example wire transfer.",
    UNKNOWN="Not known to the gateway; follow PaymentSession.nextAction.",
)

dsl.enum(
    PaymentMethodObstacle,
    "Why a cart cannot use a way to pay.",
    NOT_RECURRING="A line renews and the method cannot pay renewals.",
    NO_FREE_TRIAL="A line has a free trial and the method cannot start one.",
    NOT_COMBINABLE_WITH_STORE_CREDIT="Store credit is attached and the method cannot be combined with it.",
    ORGANIZATION_ID_MISSING="The method needs an organisation identifier.",
    TAX_IDENTIFIER_MISSING="The method needs a tax identifier.",
)

dsl.enum(
    SourceState,
    "What can be done with a source.",
    CHARGEABLE="It can be charged.",
    PENDING_REDIRECT="The shopper must approve it on another page.",
    PENDING_FUNDS="The shopper must send money.",
    REQUIRES_ACTION="The shopper must authenticate.",
    CONSUMED="It has been charged and cannot be charged again.",
    FAILED="It failed.",
    CANCELLED="It was given up.",
    UNKNOWN="A value this schema does not know yet.",
)

dsl.enum(
    ReadinessStatus,
    "Verdict on a cart.",
    READY="submitOrder would be sent upstream.",
    BLOCKED="submitOrder would be refused by the gateway.",
    UNKNOWN="A rule could not be checked because upstream did not answer; see the CheckUnavailableBlocker.",
)

dsl.enum(
    CheckoutStepKind,
    "Steps of a checkout.",
    CART="Lines and quantities.",
    BILLING_ADDRESS="Billing address.",
    SHIPPING_ADDRESS="Shipping address.",
    SHIPPING_OPTION="Shipping option.",
    TAX="Tax identifiers.",
    PAYMENT="Sources and payment session.",
    REVIEW="Terms of sale and final look.",
)

dsl.enum(
    CheckoutStepStatus,
    "How far a checkout step is.",
    DONE="Nothing is left to do.",
    BLOCKED="Something is in the way.",
    NOT_NEEDED="The cart does not need it.",
    UNKNOWN="It could not be checked.",
)

dsl.enum(
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
    CART_CHANGED="The cart is not the one the shopper saw.",
    SUBMISSION_IN_PROGRESS="Another submission of this cart is under way.",
    CHECK_UNAVAILABLE="A rule could not be checked.",
)

dsl.enum(AddressKind, "Which address of a cart.", BILLING="Where the invoice goes.", SHIPPING="Where the goods go.")

dsl.enum(
    SubmissionStatus,
    "How far a submission is.",
    IN_PROGRESS="It is being worked on.",
    PLACED="The order is placed.",
    AWAITING_PAYMENT="The order is placed and waits for the shopper's money.",
    ACTION_REQUIRED="The shopper has to do something; see OrderActionRequired.",
    DECLINED="The payment was declined; no order stands.",
    BLOCKED="It was refused before a charge; no order stands.",
    NOT_PLACED="It was sent and turned out to have had no effect; no order stands.",
    IN_DOUBT="The outcome is not known yet; the gateway is finding out.",
)

dsl.enum(
    DeclineSeverity,
    "Whether another try with the same source can work.",
    SOFT="Another try may work. Upstream: Soft.",
    HARD="Another try will not work. Upstream: Hard.",
    UNKNOWN="Upstream did not say.",
)

dsl.enum(
    DeclineAdvice,
    "What to suggest after a decline.",
    TRY_AGAIN="Try the same source again.",
    TRY_LATER="Try the same source later.",
    AUTHENTICATE="Authenticate the source, then try again.",
    CHECK_DETAILS="Check the details that were entered.",
    USE_ANOTHER_SOURCE="Use another source.",
    CONTACT_BANK="Contact the bank.",
)

dsl.enum(
    OrderState,
    "State of an order.",
    OPEN="Begun and not submitted. Upstream: Open.",
    SUBMITTED="Submitted. Upstream: Submitted.",
    IN_REVIEW="Checked by hand. Upstream: In Review.",
    IN_PROCESS="Being fulfilled. Upstream: In Process.",
    PENDING_PAYMENT="Waiting for payment. Upstream: Pending Payment.",
    SOURCE_PENDING_FUNDS="Waiting for the shopper's money. Upstream: Source Pending Funds.",
    SOURCE_PENDING_REDIRECT="Waiting for approval on the provider's page. Upstream: Source Pending Redirect.",
    CHARGE_PENDING="Charge under way. Upstream: Charge Pending.",
    COMPLETE="Fulfilled. Upstream: Complete.",
    CANCELLED="Cancelled. Upstream: Cancelled.",
    DISPUTED="Disputed. Upstream: Dispute.",
    UNKNOWN="A value this schema does not know yet; see upstreamState.",
)

dsl.enum(
    SubscriptionContractState,
    "State of a recurring purchase.",
    PENDING_ACTIVATION="Not active yet. Upstream: PendingActivation.",
    FREE_TRIAL="In a free trial. Upstream: FreeTrial.",
    ACTIVE="Active. Upstream: Subscribed.",
    PENDING_RENEWAL="Being renewed. Upstream: PendingRenewal.",
    CANCELLED="Cancelled. Upstream: Cancelled.",
    UNKNOWN="A value this schema does not know yet.",
)
dsl.enum(
    TermUnit,
    "Units of time of a term.",
    DAYS="Days.",
    WEEKS="Weeks.",
    MONTHS="Months.",
    YEARS="Years.",
    UNKNOWN="A value this schema does not know yet.",
)
dsl.enum(
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
    OTHER="A condition this schema does not know yet.",
)

dsl.enum(
    RetryAdvice,
    "What repeating a failed call can achieve.",
    DO_NOT_RETRY="Nothing; the same call fails again.",
    FIX_THEN_RETRY="It can work after the input or the cart is corrected.",
    RETRY="It can work as it is; nothing was changed.",
    READ_STATE_FIRST="The effect is not known; read the state before repeating.",
)

dsl.enum(
    ErrorCode,
    "Codes of user errors.",
    INVALID_INPUT="An argument is malformed or out of bounds.",
    MISSING_INPUT="An argument that is needed here is absent.",
    SENSITIVE_DATA_DETECTED="A value looks like a card number or other secret and was not sent on.",
    NOT_FOUND="The object does not exist, or is not this shopper's.",
    CART_REVISION_MISMATCH="The cart has changed since the revision that was given.",
    CART_BUSY="Another change of this cart was under way for as long as the gateway waited; nothing was changed.",
    CART_LOCKED="A submission of this cart is under way; the cart is locked until it ends.",
    PRODUCT_NOT_PURCHASABLE="The product cannot be put in a cart.",
    INSUFFICIENT_STOCK="There are not enough units.",
    QUANTITY_OUT_OF_RANGE="The quantity is outside the allowed range.",
    COUPON_INVALID="The code does not exist or has expired.",
    COUPON_USED_UP="The code was used before, or as often as allowed.",
    OFFER_NOT_APPLICABLE="The offer does not apply to this cart.",
    ADDRESS_INVALID="The address is not valid.",
    COUNTRY_NOT_SERVED="The site does not serve the country.",
    SHIPPING_OPTION_UNAVAILABLE="The shipping option is not offered for this cart.",
    TAX_IDENTIFIER_INVALID="A tax identifier is malformed or of the wrong kind.",
    SOURCE_NOT_FOUND="The source does not exist.",
    SOURCE_NOT_CHARGEABLE="The source cannot be charged.",
    SOURCE_NOT_REUSABLE="The source cannot be saved, or cannot pay renewals.",
    PRIMARY_SOURCE_PRESENT="Another primary source is attached.",
    PAYMENT_METHOD_UNAVAILABLE="The method is not available for this cart.",
    STORE_CREDIT_NOT_ALLOWED="Store credit cannot be used on this cart.",
    STORE_CREDIT_INSUFFICIENT="The store credit does not suffice.",
    PAYMENT_SESSION_MISSING="The cart has no payment session.",
    NOT_RESUMABLE="There is nothing to resume.",
    IDEMPOTENCY_KEY_REUSED="The idempotency key was used with another input.",
    SIGN_IN_FAILED="The credentials are wrong, or the account is locked; which one is not told.",
    PASSWORD_POLICY="The password breaks the password rules.",
    REGISTRATION_FAILED="The account cannot be created as asked; whether it exists is not told.",
    SESSION_REQUIRED="A session is needed.",
    SIGN_IN_REQUIRED="A signed-in session is needed.",
    CONTRACT_CHANGE_NOT_ALLOWED="The change is not possible in the current state of the recurring purchase.",
    RATE_LIMITED="Too many calls.",
    UPSTREAM_REJECTED="Upstream refused for a reason this schema does not know yet.",
    UPSTREAM_UNAVAILABLE="Upstream did not answer properly or in time.",
    STORE_UNAVAILABLE="The gateway cannot reach the store of its own sessions and submissions. Nothing was sent and "
    "nothing was charged: try again in a moment. Where the store failed in the middle of a change, `retry` is "
    "READ_STATE_FIRST: the change may have been made.",
)

dsl.enum(
    CartTransitionOutcome,
    "What became of a cart when its owner changed.",
    KEPT="Same lines as before.",
    MERGED="Lines of the account were added.",
    CHANGED="Lines were lost or replaced; see the warnings.",
    WAS_EMPTY="There was nothing to keep.",
)

dsl.enum(
    SessionDelivery,
    "How a client holds its session.",
    COOKIE="In an HTTP-only cookie; for browsers.",
    BEARER="In a token the client sends as a bearer header; for apps.",
)

dsl.enum(
    ShippingOptionRule,
    "Rules to choose a shipping option by.",
    CHEAPEST="The cheapest one.",
    KEEP_OR_CHEAPEST="The one that was selected, else the cheapest.",
)

dsl.enum(
    CacheControlScope,
    "Who may share a cached value.",
    PUBLIC="Same for every shopper; a content delivery network may store it.",
    PRIVATE="Belongs to one session; only that session may store it.",
)

dsl.enum(
    IdempotencyMode,
    "What happens when the same mutation is sent again.",
    NATURAL="Sending the same input again leaves the same state; safe to repeat.",
    KEYED="The input carries a key; the stored outcome of the first call is returned.",
    NONE="A repeat may act again; read the state first.",
)


@dsl.interface
class Node:
    """An object with a globally unique identifier that can be refetched through `Query.node`."""

    id: ID = field(
        "Opaque global identifier. Never parse it; use `upstreamId` where the raw one is needed. Source: gateway."
    )


@dsl.type()
class Money:
    """An amount of money. Source: any upstream `{currency, value}` pair with its `formatted…` sibling."""

    amount: Decimal = field("Amount in major units of the currency. Source: value.", resolver=money.amount)
    currency_code: CurrencyCode = field("Currency of the amount. Source: currency.")
    formatted: str = field(
        "Text for display. Upstream text where it exists, else formatted by the gateway for the"
        " session locale. Source: formatted…, or gateway.",
        resolver=money.formatted,
    )


@dsl.type()
class CustomAttribute:
    """A merchant-defined name and value. Source: customAttributes.attribute."""

    name: str = field("Attribute name. Source: name.")
    value: str = field("Attribute value as text. Source: value.")
    value_type: str = field("Upstream value type, for example Boolean or Quantity. Source: type.")


@dsl.type()
class PageInfo:
    """Position of a page inside a connection. Source: gateway, from upstream page numbers."""

    has_next_page: bool = field("True when more items follow the last edge.")
    has_previous_page: bool = field("True when more items precede the first edge.")
    start_cursor: str | None = field("Cursor of the first edge; null on an empty page.")
    end_cursor: str | None = field("Cursor of the last edge; null on an empty page.")


@dsl.type()
class Address:
    """A postal address with contact details. Source: any upstream address object."""

    first_name: str | None = field("Given name. Source: firstName.", Sensitive())
    last_name: str | None = field("Family name. Source: lastName.", Sensitive())
    phonetic_first_name: str | None = field("Given name in Katakana. Source: phoneticFirstName.", Sensitive())
    phonetic_last_name: str | None = field("Family name in Katakana. Source: phoneticLastName.", Sensitive())
    company_name: str | None = field("Company. Source: companyName.")
    division: str | None = field("Department inside the company. Source: division.")
    line1: str | None = field("First line. Source: line1.", Sensitive())
    line2: str | None = field("Second line. Source: line2.", Sensitive())
    line3: str | None = field("Third line. Source: line3.", Sensitive())
    city: str | None = field("City. Source: city.")
    country_subdivision: str | None = field("State, province or region code. Source: countrySubdivision.")
    county_name: str | None = field("County name. Source: countyName.")
    postal_code: str | None = field("Postal code. Source: postalCode.")
    country_code: CountryCode | None = field("Country. Null until the shopper gives one. Source: country.")
    phone_number: str | None = field("Phone number. Source: phoneNumber.", Sensitive())
    email: EmailAddress | None = field("Email address. Source: emailAddress.", Sensitive())


@dsl.type()
class AddressSuggestion:
    """A correction of an address. Source: suggestions.address."""

    id: ID = field("Identifier to apply it with; valid for the current address only. Source: id.")
    address: Address = field("The corrected address. Source: the address object.")


@dsl.type()
class Warning:
    """A condition worth telling the shopper; the action was carried out. Source: gateway."""

    code: WarningCode = field("Stable code to branch on.")
    message: str = field("Explanation for a developer, in English.")
    target_id: ID | None = field("Object it is about; null when it is about the whole cart.")


@dsl.type()
class LinePricing:
    """Amounts of one line. Source: lineItem.pricing."""

    list_price: Money = field("Unit price before discounts. Source: listPrice.")
    list_price_total: Money = field("List price times quantity. Source: listPriceWithQuantity.")
    sale_price: Money = field(
        "Unit price after line discounts. Source: salePrice, else salePriceWithQuantity divided by quantity."
    )
    sale_price_total: Money = field("Price of the whole line after line discounts. Source: salePriceWithQuantity.")
    discount_total: Money | None = field("Line discount over all units. Source: totalDiscountWithQuantity.")
    product_tax: Money | None = field("Tax on the product over all units. Source: productTax.")
    shipping_tax: Money | None = field("Share of the tax on shipping. Source: shippingTax.")
    fee_tax: Money | None = field("Tax on fees. Source: feeTax.")
    import_tax: Money | None = field("Import tax. Source: importTax.")
    import_duty: Money | None = field("Import duty. Source: importDuty.")
    tax_rate: Decimal | None = field("Tax rate as a fraction of one, for example 0.07375. Source: taxRate.")
    discount_description: str | None = field("Wording of the discount. Source: discountDescription.")


@dsl.type()
class RecurringTerms:
    """Recurring terms of a line or of an order line. Source: subscriptionInfo."""

    is_auto_renewing: bool = field("True when it renews by itself. Source: autoRenewal.")
    has_free_trial: bool = field("True when it starts with a free trial. Source: freeTrial.")
    terms: str | None = field("Terms shown to the shopper, at most 4000 characters. Source: terms.")
    billing_agreement_id: str | None = field(
        "Agreement that later renewals refer to; null before the order. Source: billingAgreementId."
    )


@dsl.type()
class InventoryStatus:
    """Stock of a product. Source: inventoryStatus."""

    is_in_stock: bool = field("True when it can be delivered now. Source: productIsInStock.")
    available_quantity: int | None = field(
        "Units available; null when stock is not tracked. Source: availableQuantity when productIsTracked."
    )
    is_estimated: bool = field("True when the quantity is an estimate. Source: availableQuantityIsEstimated.")
    allows_backorder: bool = field(
        "True when it can be bought before it is in stock. Source: productIsAllowsBackorders."
    )
    expected_in_stock_date: date | None = field("Day it is expected in stock. Source: expectedInStockDate.")
    message: str | None = field("Merchant's own wording. Source: customStockMessage.")
