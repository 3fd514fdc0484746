"""Builds the blockers of a checkout. A blocker names a problem, and the fields of the graph that resolve it."""

from gateway.amounts.money import Money
from gateway.checkout.guard_input import Agreement
from gateway.enums import AddressKind, CheckoutBlockerCode, CheckoutStepKind
from gateway.orders.attempts import AttemptRecord
from gateway.orders.outcomes import (
    AddressBlocker,
    AlreadyBoughtBlocker,
    LineBlocker,
    PaymentSessionBlocker,
    PurchaseChangedBlocker,
    SubmissionAttempt,
    SubmissionInProgressBlocker,
    TaxIdentifierBlocker,
    TermsOfSaleBlocker,
)
from gateway.payments.payment_session import PaymentSession
from gateway.upstream.lines import CartLine
from gateway.upstream.tax import TaxIdentifierRequirement

Code = CheckoutBlockerCode
Step = CheckoutStepKind


def line_blocker(
    code: Code,
    message: str,
    line: CartLine,
    *,
    available: int | None = None,
    resolved_by: tuple[str, ...] = ("Mutation.updateCartLines", "Mutation.removeCartLines"),
) -> LineBlocker:
    return LineBlocker(
        code=code,
        message=message,
        step=Step.CART,
        resolved_by=resolved_by,
        line=line,
        available_quantity=available,
        minimum_quantity=line.product.minimum_quantity,
        maximum_quantity=line.product.maximum_quantity,
    )


def address_blocker(
    code: Code, message: str, kind: AddressKind, missing_fields: tuple[str, ...] = ()
) -> AddressBlocker:
    return AddressBlocker(
        code=code,
        message=message,
        step=Step.BILLING_ADDRESS if kind is AddressKind.BILLING else Step.SHIPPING_ADDRESS,
        resolved_by=("Mutation.prepareCheckout",),
        kind=kind,
        missing_fields=missing_fields,
    )


def tax_blocker(message: str, requirements: list[TaxIdentifierRequirement]) -> TaxIdentifierBlocker:
    return TaxIdentifierBlocker(
        code=Code.TAX_IDENTIFIER_MISSING,
        message=message,
        step=Step.TAX,
        resolved_by=("Mutation.setTaxIdentifiers", "Mutation.prepareCheckout"),
        requirements=requirements,
    )


def payment_blocker(
    code: Code, message: str, session: PaymentSession, resolved_by: tuple[str, ...]
) -> PaymentSessionBlocker:
    return PaymentSessionBlocker(
        code=code,
        message=message,
        step=Step.PAYMENT,
        resolved_by=resolved_by,
        state=session.state,
        amount_remaining=session.amount_remaining,
        missing=session.missing,
        next_action=session.next_action,
    )


def terms_blocker() -> TermsOfSaleBlocker:
    return TermsOfSaleBlocker(
        code=Code.TERMS_NOT_ACCEPTED,
        message="The terms of sale are not accepted. Send `termsOfSaleAccepted: true` when the shopper has agreed.",
        step=Step.REVIEW,
        resolved_by=("Mutation.prepareCheckout", "Mutation.submitOrder"),
    )


def purchase_changed_blocker(
    code: Code, message: str, agreement: Agreement, total: Money, revision: str
) -> PurchaseChangedBlocker:
    return PurchaseChangedBlocker(
        code=code,
        message=message,
        step=Step.REVIEW,
        resolved_by=("Query.cart", "Mutation.submitOrder"),
        expected_total=agreement.total,
        actual_total=total,
        current_revision=revision,
    )


def in_progress_blocker(holder: AttemptRecord) -> SubmissionInProgressBlocker:
    """The blocker for a cart that another submission has locked. No rule of the checkout guard returns this blocker."""
    # Only `OrderInDoubt` is shown. Other results would lack redirect URLs and client secrets, which are not stored.
    attempt = holder.as_shown(holder.result if holder.is_in_doubt else None)
    return SubmissionInProgressBlocker(
        code=Code.SUBMISSION_IN_PROGRESS,
        message="A submission of this cart is in progress or in doubt. Read `orderSubmission` with the "
        "`idempotencyKey` of `attempt` until it has an outcome, before you submit with another key.",
        step=Step.REVIEW,
        resolved_by=("Query.orderSubmission", "Mutation.resumeOrder"),
        attempt=attempt,
    )


def already_bought_blocker(attempt: SubmissionAttempt) -> AlreadyBoughtBlocker:
    """The blocker for a cart that is empty because another submission has bought it."""
    return AlreadyBoughtBlocker(
        code=Code.ALREADY_BOUGHT,
        message="Another submit request of the shopper, for example in another tab, has bought this cart. Nothing was "
        "sent or charged again. Show the order of `attempt.result`.",
        step=Step.REVIEW,
        resolved_by=("Query.orderSubmission",),
        attempt=attempt,
    )
