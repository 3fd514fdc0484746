"""The payment session, sources, payment methods and store credit."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

import strawberry
from strawberry import ID

from gateway.enums import (
    DropInFlow,
    PaymentFlow,
    PaymentMethodObstacle,
    PaymentRequirementKind,
    PaymentSequence,
    PaymentSessionState,
    SessionLevel,
    SourceState,
    SourceUsage,
    StoreCreditObstacle,
)
from resolvers import payment_methods
from resolvers.inputs.payment import PaymentMethodFilterInput
from resolvers.scalars import CartRevision, CountryCode, Locale, SchemaCoordinate, Url
from schema import dsl
from schema.directives import PRIVATE, CacheControl, Cost, ListSize, RequiresSession, SemanticNonNull, Sensitive
from schema.dsl import argument, field
from schema.shared_types import Money, Node


@dsl.object_type()
class InstructionDetail:
    """One labelled line of payment instructions."""

    key: str = field("Stable name, for example iban. Source: upstream field name.")
    value: str = field("Value to show. Source: upstream value.", Sensitive())


@dsl.object_type()
class DelayedPaymentInstructions:
    """How to pay by transfer, at a shop or by slip. Source: the method's own object on the order."""

    amount: Money = field("Amount to send. Source: amount, else the order total.")
    reference: str | None = field("Reference the shopper must quote. Source: referenceId.")
    pay_before: date | None = field("Last day to pay. Source: expiration date of the method.")
    document_url: Url | None = field("Document to print or show. Source: the method's document link.", Sensitive())
    details: list[InstructionDetail] = field(
        "Further lines to show, in order, for example bank name and account number. Source: the method's own fields."
    )


@dsl.interface
class PaymentSource:
    """A source that is attached to a cart or an order, or saved to an account. Source: a paymentMethod object."""

    source_id: str = field("Identifier of the source. Source: sourceId.")
    type: str = field("Name of the method used upstream. Source: type.")
    state: SourceState = field(
        "What can be done with it. Source: state; CHARGEABLE when an attached source states none."
    )
    amount_contributed: Money | None = field(
        "Amount it pays of this cart or order; null for a saved source. Source: amountContributed."
    )
    is_reusable: bool = field("True when it can be charged more than once. Source: reusable.")


@dsl.object_type()
class CardSource(PaymentSource):
    """A credit or debit card. Source: paymentMethod.creditCard."""

    brand: str | None = field("Brand for display, for example Visa. Source: brand.")
    last_four_digits: str | None = field("Last four digits. Source: lastFourDigits.")
    expiry_month: int | None = field("Expiry month, 1 to 12. Source: expirationMonth.")
    expiry_year: int | None = field("Expiry year, four digits. Source: expirationYear.")
    funding_source: str | None = field("Kind of account behind it, for example debit. Source: fundingSource.")


@dsl.object_type()
class WalletSource(PaymentSource):
    """A phone or browser wallet, for example Apple Pay. Source: paymentMethod.applePay or googlePay."""

    brand: str | None = field("Brand of the card inside; null when upstream does not say. Source: brand.")
    last_four_digits: str | None = field(
        "Last four digits of the card inside; null when upstream does not say. Source: lastFourDigits."
    )


@dsl.object_type()
class RedirectSource(PaymentSource):
    """A source the shopper approves on another page. Source: a paymentMethod object with flow redirect."""


@dsl.object_type()
class TransferSource(PaymentSource):
    """A source that waits for the shopper's money. Source: a paymentMethod object with flow receiver."""

    instructions: DelayedPaymentInstructions | None = field(
        "How to pay; null before the order is submitted. Source: the method's own object."
    )


@dsl.object_type()
class StoreCreditSource(PaymentSource):
    """Store credit. Source: supplementaryPaymentMethods with type customerCredit."""

    is_reusable: bool = field("Always false; credit is used once. Source: reusable.")


@dsl.object_type(CacheControl(max_age=0, scope=PRIVATE))
class StoreCreditAccount:
    """Store credit of a shopper. Source: the merchant's credit ledger."""

    balance: Money = field("Credit that can be spent. Source: ledger.")
    as_of: datetime = field("When the balance was read. Source: gateway.")
    usable_on_cart: Money = field(
        "Largest amount usable on the current cart; zero when none. Source: gateway, the "
        "smaller of balance and order total, after the rules below."
    )
    obstacles: list[StoreCreditObstacle] = field("Why the cart cannot use credit; empty when it can. Source: gateway.")


@dsl.object_type()
class OtherSource(PaymentSource):
    """A source of a payment method that has no type of its own here. Source: a paymentMethod object."""


@dsl.object_type()
class DropInSetup:
    """Values for a DigitalRiver.js Drop-in configuration. Source: gateway, from the cart."""

    session_id: str = field("Payment session. Source: paymentSession.id.")
    flow: DropInFlow = field("Whether the source pays now or is saved for later.")
    usage: SourceUsage = field("What a saved source may be used for.")
    requires_storage_agreement: bool = field(
        "True when a line recurs, so that the shopper must agree to storing the source."
    )
    country_code: CountryCode | None = field("Country of the billing address; null until it is set.")
    locale: Locale = field("Language of the form.")


@dsl.object_type()
class PaymentRequirement:
    """Something a payment session lacks. Source: gateway."""

    kind: PaymentRequirementKind = field("What is missing.")
    amount: Money | None = field("Amount that is missing; null when it is not about an amount.")
    message: str = field("Explanation for a developer, in English.")


@dsl.object_type()
class CollectSourceAction:
    """Collect a source from the shopper, then call attachSource. Source: gateway."""

    amount_due: Money = field("Amount the source has to cover.")
    drop_in: DropInSetup = field("Values for DigitalRiver.js.")


@dsl.object_type()
class AuthenticateSourceAction:
    """Have the shopper authenticate an attached source with DigitalRiver.js, then read the session again.
    Source: gateway.
    """

    session_id: str = field("Session to authenticate for. Source: paymentSession.id.")
    source_id: str = field("Source to authenticate. Source: paymentMethod.sourceId.")
    source_client_secret: str | None = field(
        "Secret of the source; belongs to this shopper only. Source: paymentMethod.sourceClientSecret.", Sensitive()
    )


@dsl.object_type()
class RedirectShopperAction:
    """Send the shopper to a payment page; on return call resumeOrder, or attachSource when the order was
    not submitted yet. Source: gateway.
    """

    redirect_url: Url = field(
        "Page to open. Source: paymentSession.redirectUrl, else the redirect of the source.", Sensitive()
    )
    resume_with: SchemaCoordinate = field("Mutation to call when the shopper is back.")


@dsl.object_type()
class ResumeOrderAction:
    """The shopper has approved the payment; call resumeOrder. Source: gateway."""

    idempotency_key: UUID | None = field("Key of the submission to resume; null when this gateway did not submit it.")


@dsl.object_type()
class AwaitFundsAction:
    """Show the shopper how to send the money. Source: gateway."""

    instructions: DelayedPaymentInstructions | None = field("How to pay. Null while upstream has not issued it.")


@dsl.object_type()
class SubmitOrderAction:
    """Nothing is missing; call submitOrder. Source: gateway."""

    amount: Money = field("Amount the shopper is about to pay. Source: pricing.orderTotal.")
    cart_revision: CartRevision = field("Revision to send along.")


PaymentNextAction = Annotated[
    CollectSourceAction
    | AuthenticateSourceAction
    | RedirectShopperAction
    | ResumeOrderAction
    | AwaitFundsAction
    | SubmitOrderAction,
    strawberry.union("PaymentNextAction", description="The next step of a payment."),
]


RequiredShopperAction = Annotated[
    RedirectShopperAction | AuthenticateSourceAction,
    strawberry.union("RequiredShopperAction", description="What a shopper has to do to finish a submission."),
]


@dsl.object_type()
class InstallmentTerm:
    """An instalment plan. Source: terms."""

    id: ID = field("Identifier to choose it with. Source: id.")
    name: str = field("Name for display. Source: name.")
    duration_months: int = field("Number of months. Source: durationMonths.")
    monthly_payment: Money = field("Monthly payment. Source: monthlyPaymentWithFeesAmount, else monthlyPaymentAmount.")
    total_repayable: Money = field("Sum of all payments. Source: totalRepayable.")
    effective_annual_rate: Decimal = field("Effective annual rate in percent, for example 151.1. Source: effectiveApr.")


@dsl.object_type()
class PaymentMethod:
    """A payment method. Source: paymentMethods."""

    type: str = field(
        "Name used upstream and in DigitalRiver.js, for example creditCard. A string, so that a new "
        "method never breaks a client. Source: type."
    )
    display_name: str = field("Name for display. Source: displayName, else gateway.")
    flow: PaymentFlow = field("How the shopper pays with it. Source: flow.")
    sequence: PaymentSequence = field(
        "In which order redirect and submission happen. Source: gateway, from the documented flow of the method."
    )
    supports_recurring: bool = field("True when it can pay renewals. Source: supportsRecurring.")
    supports_free_trial: bool = field("True when it can start a free trial. Source: supportsFreeTrial.")
    supports_store_credit: bool = field(
        "True when it can be combined with store credit. Source: gateway, from the documented list."
    )
    icon_url: Url | None = field("Logo. Source: images.iconImage.")
    installment_terms: list[InstallmentTerm] = field("Instalment plans; empty for other methods. Source: terms.")
    obstacles: list[PaymentMethodObstacle] = field(
        "Why this cart cannot use it now; empty when it can. Source: gateway."
    )
    is_usable: bool = field("True when there is no obstacle. Source: gateway.")


@dsl.object_type(CacheControl(max_age=60, scope=PRIVATE, stale_if_error=600))
class AvailablePaymentMethods:
    """The payment methods of one payment session. The list is cached per session and per set of facts it depends
    on (amount, currency, countries, locale, kind of buyer, organisation, tax identifiers, recurrence); when one
    of them changes, the list is read again. Source: GET
    /payments/payment-methods?sessionId=…, else GET /v1/shoppers/me/carts/active/payment-methods
    completed by the gateway.
    """

    session_id: str = field("Session the list was made for. Source: paymentSession.id.")
    methods: list[PaymentMethod] = field(
        "The methods, in the order to show them. Source: paymentMethods.", ListSize(assumed_size=12)
    )
    amount: Money = field("Amount the list was made for. Source: sessionInformation.amount.")
    country_code: CountryCode | None = field(
        "Country the list was made for; null without a billing address. Source: sessionInformation.country."
    )
    fetched_at: datetime = field("When the list was read upstream. Source: gateway.")
    is_stale: bool = field(
        "True when the upstream call failed and this is a stored list for the same facts. Source: gateway."
    )


@dsl.object_type(CacheControl(max_age=0, scope=PRIVATE), RequiresSession(level=SessionLevel.ANONYMOUS))
class PaymentSession(Node):
    """Tracks the payment of a cart from the first source to the order. An order can be placed in exactly
    one state, REQUIRES_CONFIRMATION. Source: cart.paymentSession.
    """

    session_id: str = field("Identifier to pass to DigitalRiver.js as sessionId. Source: id.")
    state: PaymentSessionState = field("State of the session. Source: status, else state.")
    upstream_state: str = field("State exactly as upstream writes it. Source: status, else state.")
    client_secret: str | None = field(
        "Secret for DigitalRiver.js; belongs to this shopper only. Source: clientSecret.", Sensitive()
    )
    amount_contributed: Money = field(
        "Amount covered by the attached sources. Source: amountContributed; when absent, the "
        "sum of the attached sources' amountContributed."
    )
    amount_remaining: Money = field(
        "Amount still to be covered; zero means no further source is needed. Source: "
        "amountRemainingToBeContributed; when absent, the order total minus what is covered, at"
        " least zero."
    )
    is_funded: bool = field("True when nothing remains to be covered. Source: gateway.")
    is_submittable: bool = field(
        "True when the state lets an order be placed; the rest of the cart may still block it, "
        "see Cart.readiness. Source: gateway."
    )
    primary_source: PaymentSource | None = field(
        "Source that pays what store credit does not. Null when none is attached. Source: cart.paymentMethod."
    )
    store_credit: StoreCreditSource | None = field(
        "Store credit on the cart. Null when none is attached. Source: cart.paymentMethod.supplementaryPaymentMethods."
    )
    missing: list[PaymentRequirement] = field(
        "What is missing before the session can be confirmed; empty when nothing is. Source: gateway."
    )
    next_action: PaymentNextAction | None = field(
        "The next step of the payment. Null once the session is complete, and when no action can help. Source: gateway."
    )
    drop_in: DropInSetup = field("Values for DigitalRiver.js Drop-in, derived from the cart. Source: gateway.")
    available_payment_methods: AvailablePaymentMethods | None = field(
        "Payment methods that this session accepts. Null when they could not be read and no stored list "
        "is left. Source: see Query.availablePaymentMethods.",
        SemanticNonNull(),
        Cost(weight="1"),
        resolver=payment_methods.session_payment_methods,
        filter=argument(PaymentMethodFilterInput | None, "Which payment methods are listed; all when absent."),
    )
