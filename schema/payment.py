"""The payment session, sources, payment methods and store credit."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

import strawberry
from strawberry import ID

from gateway.enums import (
    PaymentFlow,
    PaymentMethodObstacle,
    PaymentRequirementKind,
    PaymentSequence,
    PaymentSessionState,
    SessionLevel,
    SourceState,
    StoreCreditObstacle,
)
from resolvers import payment_methods, shopper_messages
from resolvers.inputs.payment import PaymentMethodFilterInput
from resolvers.scalars import CartRevision, CountryCode, SchemaCoordinate, Url
from schema import dsl
from schema.directives import PRIVATE, CacheControl, Cost, ListSize, RequiresSession, SemanticNonNull, Sensitive
from schema.drop_in import DropInSetup
from schema.dsl import argument, field
from schema.shared_types import Money, Node


@dsl.object_type()
class InstructionDetail:
    """A name and value in payment instructions."""

    key: str = field("Name of the value, for example iban. Equal to the name of the Digital River field.")
    value: str = field("Value to show to the shopper. Equal to the value of the Digital River field.", Sensitive())


@dsl.object_type()
class DelayedPaymentInstructions:
    """How the shopper pays by bank transfer, at a shop or by payment slip. Digital River object: the object that has
    the name of the order's payment method, for example wireTransfer.
    """

    amount: Money | None = field(
        "Amount to send. Null if Digital River reports no amount. Digital River field: amount; if absent, the order "
        "total."
    )
    reference: str | None = field("Reference that the shopper must quote. Digital River field: referenceId.")
    pay_before: date | None = field(
        "Last day on which the shopper can pay. Digital River field: the expiration date of the payment method."
    )
    document_url: Url | None = field(
        "Link to a document for the shopper to print or to show. Digital River field: the document link of the payment "
        "method.",
        Sensitive(),
    )
    details: list[InstructionDetail] = field(
        "Other values to show, for example bank name and account number. Digital River fields: all other fields of the "
        "payment method."
    )


@dsl.interface
class PaymentSource:
    """A source that is attached to a cart or an order, or saved to an account. Digital River object: paymentMethod."""

    source_id: str = field("Id of the source. Digital River field: sourceId.")
    type: str = field("Payment method, as Digital River names it, for example creditCard. Digital River field: type.")
    state: SourceState = field(
        "Whether the source can be charged, or why it cannot be charged. Digital River field: state; if absent, "
        "CHARGEABLE."
    )
    amount_contributed: Money | None = field(
        "Amount that the source pays towards the cart or the order; null for a saved source. Digital River field: "
        "amountContributed."
    )
    is_reusable: bool = field("True when the source can be charged more than once. Digital River field: reusable.")


@dsl.object_type()
class CardSource(PaymentSource):
    """A credit or debit card. Digital River object: paymentMethod.creditCard."""

    brand: str | None = field("Brand of the card for display, for example Visa. Digital River field: brand.")
    last_four_digits: str | None = field("Last four digits of the card number. Digital River field: lastFourDigits.")
    expiry_month: int | None = field("Expiry month, 1 to 12. Digital River field: expirationMonth.")
    expiry_year: int | None = field("Expiry year, four digits. Digital River field: expirationYear.")
    funding_source: str | None = field(
        "Kind of account that the card charges, for example debit. Digital River field: fundingSource."
    )


@dsl.object_type()
class WalletSource(PaymentSource):
    """A phone or browser wallet, for example Apple Pay. Digital River object: paymentMethod.applePay or googlePay."""

    brand: str | None = field(
        "Brand of the card in the wallet; null when Digital River does not report the brand. Digital River "
        "field: brand."
    )
    last_four_digits: str | None = field(
        "Last four digits of the card in the wallet; null when Digital River does not report them. Digital "
        "River field: lastFourDigits."
    )


@dsl.object_type()
class RedirectSource(PaymentSource):
    """A source that the shopper approves on another page. Digital River object: a paymentMethod with flow redirect."""


@dsl.object_type()
class TransferSource(PaymentSource):
    """A source for which the shopper sends the payment, such as a bank transfer. Digital River object: a paymentMethod
    with flow receiver.
    """

    instructions: DelayedPaymentInstructions | None = field(
        "Payment instructions; null until the order is submitted. Digital River object: the object that has the name "
        "of the payment method, for example wireTransfer."
    )


@dsl.object_type()
class StoreCreditSource(PaymentSource):
    """Store credit that is attached to a cart or an order. Digital River field: supplementaryPaymentMethods with type
    customerCredit.
    """

    is_reusable: bool = field(
        "Always false, because a store credit source can be charged only once. Digital River field: reusable."
    )


@dsl.object_type(CacheControl(max_age=0, scope=PRIVATE))
class StoreCreditAccount:
    """Store credit of a shopper. The gateway reads the store credit from the merchant's credit ledger."""

    balance: Money = field("Amount of store credit that the shopper has.")
    as_of: datetime = field("When the balance was read.")
    usable_on_cart: Money | None = field(
        "Maximum amount of store credit that the current cart can use: the balance or the order total, whichever is "
        "lower. Zero when `obstacles` is not empty. Null when the order total is unknown."
    )
    obstacles: list[StoreCreditObstacle] = field(
        "Why the cart cannot use store credit; empty when the cart can use store credit."
    )


@dsl.object_type()
class OtherSource(PaymentSource):
    """A source of a payment method for which this schema has no type. Digital River object: paymentMethod."""


@dsl.object_type()
class PaymentRequirement:
    """Something that is missing before the cart can be submitted, for example a source."""

    kind: PaymentRequirementKind = field("What is missing.")
    amount: Money | None = field("Amount that a source still has to pay; null for a requirement without an amount.")
    message: str = field("Explanation for a developer, in English.")
    shopper_message: str = field(
        "What the shopper can do, as plain words in the language of the session.",
        resolver=shopper_messages.shopper_message,
    )


@dsl.object_type()
class CollectSourceAction:
    """Collect a source from the shopper, then call attachSource."""

    amount_due: Money | None = field(
        "Amount that the source has to pay. Null only when the order total is unknown; such a cart cannot be submitted."
    )
    drop_in: DropInSetup = field("Configuration of the drop-in of DigitalRiver.js.")


@dsl.object_type()
class AuthenticateSourceAction:
    """Let the shopper authenticate an attached source with DigitalRiver.js, then read the payment session again."""

    session_id: str = field(
        "Id of the payment session to pass to DigitalRiver.js. Digital River field: paymentSession.id."
    )
    source_id: str = field("Id of the source to authenticate. Digital River field: paymentMethod.sourceId.")
    source_client_secret: str | None = field(
        "Secret of the source. Never show the secret to another shopper. Digital River field: "
        "paymentMethod.sourceClientSecret.",
        Sensitive(),
    )


@dsl.object_type()
class RedirectShopperAction:
    """Send the shopper to a payment page. When the shopper returns, call the mutation in `resumeWith`."""

    redirect_url: Url = field(
        "URL of the payment page. Digital River field: paymentSession.redirectUrl; if absent, the redirect of the "
        "source.",
        Sensitive(),
    )
    resume_with: SchemaCoordinate = field("Mutation to call when the shopper has returned.")


@dsl.object_type()
class ResumeOrderAction:
    """The shopper has approved the payment. Call resumeOrder."""

    idempotency_key: UUID | None = field(
        "Idempotency key of the submission to resume; null when the cart was not submitted through the gateway."
    )


@dsl.object_type()
class AwaitFundsAction:
    """Show the shopper how to send the payment."""

    instructions: DelayedPaymentInstructions | None = field(
        "Payment instructions. Null until Digital River has issued the instructions."
    )


@dsl.object_type()
class SubmitOrderAction:
    """The order can be submitted. Call submitOrder."""

    amount: Money = field("Amount that the shopper pays. Digital River field: pricing.orderTotal.")
    cart_revision: CartRevision = field("Cart revision to send to submitOrder as `ifRevision`.")


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
    strawberry.union("RequiredShopperAction", description="What the shopper has to do to finish a submission."),
]


@dsl.object_type()
class InstallmentTerm:
    """An instalment plan of a payment method. Digital River object: terms."""

    id: ID = field("Id of the instalment plan. Digital River field: id.")
    name: str = field("Name of the instalment plan for display. Digital River field: name.")
    duration_months: int = field("Duration of the instalment plan in months. Digital River field: durationMonths.")
    monthly_payment: Money = field(
        "Monthly payment. Digital River field: monthlyPaymentWithFeesAmount; if absent, monthlyPaymentAmount."
    )
    total_repayable: Money = field("Sum of all payments. Digital River field: totalRepayable.")
    effective_annual_rate: Decimal | None = field(
        "Effective annual rate in percent, for example 151.1. Null if Digital River reports none. Digital River field: "
        "effectiveApr."
    )


@dsl.object_type()
class PaymentMethod:
    """A payment method that a cart can use. Digital River object: paymentMethods."""

    type: str = field(
        "Payment method, as Digital River and DigitalRiver.js name it, for example creditCard. The type is String, not "
        "an enum, so that a new payment method does not break clients. Digital River field: type."
    )
    display_name: str = field("Name for display. Digital River field: displayName; if absent, a name from the gateway.")
    flow: PaymentFlow = field("How the shopper pays with the method. Digital River field: flow.")
    sequence: PaymentSequence = field(
        "Sequence of the steps with which the shopper pays: attach the source, redirect the shopper, submit the order. "
        "Derived from Digital River's documentation of the payment method."
    )
    supports_recurring: bool = field(
        "True when the method can pay for renewals of a subscription. Digital River field: supportsRecurring."
    )
    supports_free_trial: bool = field(
        "True when the method can start a free trial. Digital River field: supportsFreeTrial."
    )
    supports_store_credit: bool = field(
        "True when the method can be combined with store credit. Derived from the list in Digital River's "
        "documentation."
    )
    icon_url: Url | None = field("URL of the logo. Digital River field: images.iconImage.")
    installment_terms: list[InstallmentTerm] = field(
        "Instalment plans; empty for a method without instalments. Digital River field: terms."
    )
    obstacles: list[PaymentMethodObstacle] = field(
        "Why the cart cannot use the payment method now; empty when the cart can use the payment method."
    )
    is_usable: bool = field("True when `obstacles` is empty.")


@dsl.object_type(CacheControl(max_age=60, scope=PRIVATE, stale_if_error=600))
class AvailablePaymentMethods:
    """The payment methods of one payment session. The gateway caches the list. It reads a new list when one of these
    changes: amount, currency, countries, locale, customer type, organisation, tax identifiers, subscription lines.
    Digital River call: GET /payments/payment-methods?sessionId=…; if that fails, GET
    /v1/shoppers/me/carts/active/payment-methods. The second call returns only types and names, and the gateway adds the
    other fields.
    """

    session_id: str = field(
        "Id of the payment session to which the list belongs. Digital River field: paymentSession.id."
    )
    methods: list[PaymentMethod] = field(
        "Payment methods, in the sequence in which to show them. Digital River field: paymentMethods.",
        ListSize(assumed_size=12),
    )
    amount: Money | None = field(
        "Amount to pay when the list was read. Null only when the order total is unknown. Digital River field: "
        "sessionInformation.amount; if absent, the order total."
    )
    country_code: CountryCode | None = field(
        "Country of the billing address when the list was read; null without a billing address. Digital River field: "
        "sessionInformation.country."
    )
    fetched_at: datetime = field("When the list was read from Digital River.")
    is_stale: bool = field(
        "True when Digital River did not answer, so that the gateway returns an earlier list for the same cart."
    )


@dsl.object_type(CacheControl(max_age=0, scope=PRIVATE), RequiresSession(level=SessionLevel.ANONYMOUS))
class PaymentSession(Node):
    """Digital River's record of the payment of one cart: the amount to pay, the attached sources and the state.
    submitOrder needs the state REQUIRES_CONFIRMATION. Digital River object: cart.paymentSession.
    """

    session_id: str = field("Id to pass to DigitalRiver.js as sessionId. Digital River field: id.")
    state: PaymentSessionState = field("State of the payment session. Digital River field: status; if absent, state.")
    upstream_state: str = field(
        "Digital River's name for the state of the payment session. Digital River field: status; if absent, state."
    )
    client_secret: str | None = field(
        "Secret for DigitalRiver.js. Never show the secret to another shopper. Digital River field: clientSecret.",
        Sensitive(),
    )
    amount_contributed: Money | None = field(
        "Amount that the attached sources pay. Null only when the order total is unknown. Digital River field: "
        "amountContributed; if absent, the sum of the attached sources' amountContributed."
    )
    amount_remaining: Money | None = field(
        "Amount that the attached sources do not pay; zero when no further source is needed. Null only when the order "
        "total is unknown. Digital River field: amountRemainingToBeContributed; if absent, the order total minus "
        "`amountContributed`, at least zero."
    )
    is_funded: bool = field("True when the attached sources pay for the whole order.")
    is_submittable: bool = field(
        "True when the state of the payment session allows submitOrder. The cart may still have blockers: see "
        "Cart.readiness."
    )
    primary_source: PaymentSource | None = field(
        "Source that pays the amount that store credit does not pay. Null when no source, or only store credit, is "
        "attached. Digital River field: cart.paymentMethod."
    )
    store_credit: StoreCreditSource | None = field(
        "Store credit on the cart. Null when no store credit is attached. Digital River field: "
        "cart.paymentMethod.supplementaryPaymentMethods."
    )
    missing: list[PaymentRequirement] = field(
        "What is missing before the order can be submitted; empty when nothing is missing."
    )
    next_action: PaymentNextAction | None = field(
        "Next step of the payment, for the client or the shopper. Null when there is no next step, for example when "
        "the payment is complete."
    )
    drop_in: DropInSetup = field("Configuration of the drop-in of DigitalRiver.js.")
    available_payment_methods: AvailablePaymentMethods | None = field(
        "Payment methods of the payment session. Null when the payment methods could not be read and the gateway has "
        "no earlier list.",
        SemanticNonNull(),
        Cost(weight="1"),
        resolver=payment_methods.session_payment_methods,
        filter=argument(
            PaymentMethodFilterInput | None, "Conditions for the payment methods to return; all methods when absent."
        ),
    )
