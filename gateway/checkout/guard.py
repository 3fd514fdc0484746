"""May this cart become an order now, and if not, what is in the way.

One pure function of the cart as read, the session's memory and the site's rules. `readiness` and
`submitOrder` use it, nothing else does, and it has no exception.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import assert_never

from gateway.checkout import tax_identifiers
from gateway.enums import (
    AddressKind,
    CheckoutBlockerCode,
    CheckoutStepKind,
    CheckoutStepStatus,
    PaymentSessionState,
    ReadinessStatus,
    TermsOfSaleMode,
)
from gateway.money import Money
from gateway.orders.outcomes import (
    AddressBlocker,
    Blocker,
    CheckUnavailableBlocker,
    EmptyCartBlocker,
    LineBlocker,
    PaymentSessionBlocker,
    PurchaseChangedBlocker,
    ShippingOptionBlocker,
    StoreCreditBlocker,
    SubmissionAttempt,
    SubmissionInProgressBlocker,
    TaxIdentifierBlocker,
    TermsOfSaleBlocker,
)
from gateway.payments import store_credit
from gateway.payments.payment_session import Facts, PaymentSession, RedirectShopperAction, is_outdated, payment_session
from gateway.settings import Settings
from gateway.upstream import refusal_codes
from gateway.upstream.addresses import Address
from gateway.upstream.cart import Cart
from gateway.upstream.catalog import InventoryStatus
from gateway.upstream.decoding import Shape
from gateway.upstream.lines import CartLine
from gateway.upstream.tax import TaxIdentifierRequirement

Code = CheckoutBlockerCode
Step = CheckoutStepKind

STOCK_CODES = frozenset({refusal_codes.INVENTORY_UNAVAILABLE, refusal_codes.INVENTORY_STATUS})
"""Codes with which a cart read says, beside the cart, that stock no longer suffices."""

ASK_AGAIN_AFTER = timedelta(seconds=5)
"""Pause before a rule that could not be checked is worth another look."""

REQUIRED_FIELDS = ("firstName", "lastName", "line1", "city", "countryCode")
"""What an address must have, by its names in AddressInput; a guest's billing address has an email too."""


@dataclass(frozen=True)
class Agreement:
    """What the shopper agreed to when pressing the button."""

    total: Money
    revision: str | None
    accepts_terms: bool


@dataclass(frozen=True)
class Case:
    """Everything the rules look at.

    `lacks_stock`: upstream said that stock no longer suffices. `stock` then tells of which product, by
    upstream id; without it every line may be meant. `tax_requirements` are looked at where
    `needs_tax_requirements`; None there: they could not be read.
    """

    cart: Cart
    facts: Facts
    settings: Settings
    now: datetime
    lacks_stock: bool = False
    stock: Mapping[str, InventoryStatus] | None = None
    tax_requirements: list[TaxIdentifierRequirement] | None = None
    agreement: Agreement | None = None


class CheckoutStep(Shape, frozen=True, kw_only=True):
    kind: Step
    status: CheckoutStepStatus


class CheckoutReadiness(Shape, frozen=True, kw_only=True):
    status: ReadinessStatus
    blockers: list[Blocker]
    steps: list[CheckoutStep]
    next_step: Step | None
    cart_revision: str
    evaluated_at: datetime


def complains_of_stock(cart: Cart) -> bool:
    return any(code in STOCK_CODES for code in cart.refusals)


def needs_tax_requirements(cart: Cart, settings: Settings) -> bool:
    """Whether the destination may demand a tax identifier, and the cart has none."""
    return cart.destination_country in settings.tax_identifier_countries and not cart.tax_identifiers


def blockers(case: Case) -> list[Blocker]:
    """All that is in the way, in the order to resolve it; empty when the cart may become an order."""
    return [blocker for rule in RULES for blocker in rule(case)]


def readiness(case: Case) -> CheckoutReadiness:
    found = blockers(case)
    steps = [CheckoutStep(kind=kind, status=_step_status(kind, case, found)) for kind in Step]
    undone = (CheckoutStepStatus.BLOCKED, CheckoutStepStatus.UNKNOWN)
    return CheckoutReadiness(
        status=_verdict(found),
        blockers=found,
        steps=steps,
        next_step=next((step.kind for step in steps if step.status in undone), None),
        cart_revision=case.cart.revision,
        evaluated_at=case.now,
    )


def _verdict(found: list[Blocker]) -> ReadinessStatus:
    if not found:
        return ReadinessStatus.READY
    if all(isinstance(blocker, CheckUnavailableBlocker) for blocker in found):
        return ReadinessStatus.UNKNOWN
    return ReadinessStatus.BLOCKED


def _step_status(kind: Step, case: Case, found: list[Blocker]) -> CheckoutStepStatus:
    own = [blocker for blocker in found if blocker.step is kind]
    if own:
        is_unknown = all(isinstance(blocker, CheckUnavailableBlocker) for blocker in own)
        return CheckoutStepStatus.UNKNOWN if is_unknown else CheckoutStepStatus.BLOCKED
    cart = case.cart
    is_needed = {
        Step.SHIPPING_ADDRESS: cart.requires_shipping,
        Step.SHIPPING_OPTION: cart.requires_shipping,
        Step.TAX: bool(cart.tax_identifiers),
    }
    return CheckoutStepStatus.DONE if is_needed.get(kind, True) else CheckoutStepStatus.NOT_NEEDED


def _lines(case: Case) -> Iterator[Blocker]:
    if case.cart.is_empty:
        yield EmptyCartBlocker(
            code=Code.CART_EMPTY,
            message="The cart has no line.",
            step=Step.CART,
            resolved_by=("Mutation.addCartLines",),
        )
    for line in case.cart.lines:
        if not line.product.is_purchasable:
            message = "The product can no longer be bought."
            yield _line_blocker(Code.LINE_UNAVAILABLE, message, line, resolved_by=("Mutation.removeCartLines",))
        elif case.lacks_stock and _lacks_stock(line, case):
            known = case.stock.get(line.product.upstream_id) if case.stock else None
            yield _line_blocker(
                Code.INSUFFICIENT_STOCK,
                "There are not enough units in stock.",
                line,
                available=known.available_quantity if known else None,
            )
        elif not _allows_quantity(line):
            yield _line_blocker(Code.QUANTITY_OUT_OF_RANGE, "The quantity is outside what one line may have.", line)


def _lacks_stock(line: CartLine, case: Case) -> bool:
    known = case.stock.get(line.product.upstream_id) if case.stock else None
    if known is None:
        return True
    if known.allows_backorder:
        return False
    return not known.is_in_stock or (known.available_quantity is not None and known.available_quantity < line.quantity)


def _allows_quantity(line: CartLine) -> bool:
    least, most = line.product.minimum_quantity, line.product.maximum_quantity
    return (least is None or least <= line.quantity) and (most is None or line.quantity <= most)


def _line_blocker(
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


def _addresses(case: Case) -> Iterator[Blocker]:
    cart = case.cart
    billing = cart.billing_address.address if cart.billing_address else None
    yield from _address(AddressKind.BILLING, billing, (*REQUIRED_FIELDS, "email"))
    if cart.requires_shipping:
        shipping = cart.shipping_address.address if cart.shipping_address else None
        yield from _address(AddressKind.SHIPPING, shipping, REQUIRED_FIELDS)


def _address(kind: AddressKind, address: Address | None, required: tuple[str, ...]) -> Iterator[Blocker]:
    if address is None:
        yield address_blocker(Code.ADDRESS_MISSING, f"The {kind.value.lower()} address is missing.", kind)
        return
    missing = tuple(name for name in required if not _field(address, name))
    if missing:
        message = f"The {kind.value.lower()} address lacks {', '.join(missing)}."
        yield address_blocker(Code.ADDRESS_INCOMPLETE, message, kind, missing)


def _field(address: Address, name: str) -> str | None:
    match name:
        case "firstName":
            return address.first_name
        case "lastName":
            return address.last_name
        case "line1":
            return address.line1
        case "city":
            return address.city
        case "countryCode":
            return address.country_code
        case _:
            return address.email


def _countries(case: Case) -> Iterator[Blocker]:
    cart, settings = case.cart, case.settings
    billing = cart.billing_address.address.country_code if cart.billing_address else None
    if not serves(settings.billing_countries, billing):
        yield address_blocker(Code.COUNTRY_NOT_SERVED, f"The site does not bill to {billing}.", AddressKind.BILLING)
    shipping = cart.shipping_address.address.country_code if cart.shipping_address else None
    if cart.requires_shipping and not serves(settings.shipping_countries, shipping):
        yield address_blocker(Code.COUNTRY_NOT_SERVED, f"The site does not ship to {shipping}.", AddressKind.SHIPPING)


def serves(countries: tuple[str, ...], country: str | None) -> bool:
    """An empty list is no limit; an absent country is another rule's business."""
    return not countries or country is None or country in countries


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


def _shipping_option(case: Case) -> Iterator[Blocker]:
    cart = case.cart
    if not cart.requires_shipping:
        return
    selected = cart.selected_shipping_option
    if selected is None:
        code, message = Code.SHIPPING_OPTION_MISSING, "No shipping option is selected."
    elif selected.id not in {option.id for option in cart.shipping_options}:
        code, message = Code.SHIPPING_OPTION_UNAVAILABLE, "The selected shipping option is no longer offered."
    else:
        return
    yield ShippingOptionBlocker(
        code=code,
        message=message,
        step=Step.SHIPPING_OPTION,
        resolved_by=("Mutation.prepareCheckout",),
        available_options=cart.shipping_options,
    )


def _tax_identifiers(case: Case) -> Iterator[Blocker]:
    cart = case.cart
    if not needs_tax_requirements(cart, case.settings):
        return
    if case.tax_requirements is None:
        yield CheckUnavailableBlocker(
            code=Code.CHECK_UNAVAILABLE,
            message="Whether the destination demands a tax identifier could not be read. Ask again.",
            step=Step.TAX,
            resolved_by=("Query.checkoutReadiness",),
            retry_after=case.now + ASK_AGAIN_AFTER,
        )
        return
    sets = tax_identifiers.demanded(case.tax_requirements, cart.customer_type)
    if sets:
        yield tax_blocker("The destination demands a tax identifier, and the cart has none.", sets)


def tax_blocker(message: str, requirements: list[TaxIdentifierRequirement]) -> TaxIdentifierBlocker:
    return TaxIdentifierBlocker(
        code=Code.TAX_IDENTIFIER_MISSING,
        message=message,
        step=Step.TAX,
        resolved_by=("Mutation.setTaxIdentifiers", "Mutation.prepareCheckout"),
        requirements=requirements,
    )


def _store_credit(case: Case) -> Iterator[Blocker]:
    if case.cart.secondary_source is None:
        return
    found = store_credit.conflicts(case.cart, case.stock or {})
    if found:
        yield StoreCreditBlocker(
            code=Code.STORE_CREDIT_CONFLICT,
            message="Store credit is attached and does not fit the cart. Take it off, or what it does not go with.",
            step=Step.PAYMENT,
            resolved_by=("Mutation.removeStoreCredit", "Mutation.detachSource"),
            obstacles=found,
        )


def _recurrence(case: Case) -> Iterator[Blocker]:
    session = payment_session(case.cart, case.facts)
    source = case.cart.primary_source
    if session is not None and case.cart.recurs and source is not None and not source.is_reusable:
        yield payment_blocker(
            Code.RECURRING_SOURCE_REQUIRED,
            "A line recurs, and the source can be charged once only. Save it to the account, or attach a saved one.",
            session,
            resolved_by=("Mutation.savePaymentOption", "Mutation.attachSource"),
        )


def _fixed_amount(case: Case) -> Iterator[Blocker]:
    session = payment_session(case.cart, case.facts)
    if session is not None and is_outdated(case.cart, case.facts.checkout_memory):
        yield payment_blocker(
            Code.SOURCE_AMOUNT_OUTDATED,
            "The total has changed since the source was made. Attach a new source for the present total.",
            session,
            resolved_by=("Mutation.attachSource",),
        )


def _payment_session(case: Case) -> Iterator[Blocker]:
    session = payment_session(case.cart, case.facts)
    if session is None:
        yield PaymentSessionBlocker(
            code=Code.PAYMENT_SESSION_MISSING,
            message="The cart has no payment session: it has no line yet, or the site has no payment sessions.",
            step=Step.PAYMENT,
            resolved_by=("Mutation.addCartLines",) if case.cart.is_empty else (),
        )
    elif not session.is_submittable:
        yield payment_blocker(
            Code.PAYMENT_SESSION_NOT_READY,
            f"The payment session is in {session.upstream_state or 'no state'}; an order can be placed in "
            "requires_confirmation only.",
            session,
            resolved_by=_ways_to_confirm(session),
        )


def _ways_to_confirm(session: PaymentSession) -> tuple[str, ...]:
    state = PaymentSessionState
    match session.state:
        case state.REQUIRES_SOURCE | state.FAILED | state.CANCELLED:
            # It replaces what is attached.
            return ("Mutation.attachSource",)
        case state.PENDING_REDIRECT:
            action = session.next_action
            return (action.resume_with,) if isinstance(action, RedirectShopperAction) else ()
        case state.CHARGEABLE:
            return ("Mutation.resumeOrder",)
        case state.REQUIRES_ACTION:
            return ("Query.paymentSession",)
        case state.PENDING_FUNDS | state.PENDING | state.COMPLETE:
            # An order stands; what becomes of it is to be read, not to be made.
            return ("Query.orderSubmission",)
        case state.REQUIRES_CONFIRMATION | state.UNKNOWN:
            return ()
        case _:
            assert_never(session.state)


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


def _terms(case: Case) -> Iterator[Blocker]:
    accepts = case.agreement is not None and case.agreement.accepts_terms
    if case.settings.terms_of_sale_mode is not TermsOfSaleMode.ACTIVE:
        return
    if not (case.cart.terms_of_sale_accepted or accepts):
        yield terms_blocker()


def terms_blocker() -> TermsOfSaleBlocker:
    return TermsOfSaleBlocker(
        code=Code.TERMS_NOT_ACCEPTED,
        message="The terms of sale are not accepted. Send termsOfSaleAccepted: true once the shopper agrees.",
        step=Step.REVIEW,
        resolved_by=("Mutation.prepareCheckout", "Mutation.submitOrder"),
    )


def _purchase(case: Case) -> Iterator[Blocker]:
    agreement, cart = case.agreement, case.cart
    if agreement is None:
        return
    if not agreement.total.equals(cart.order_total):
        yield _changed(Code.TOTAL_CHANGED, "The order total is not the one the shopper agreed to.", agreement, cart)
    if agreement.revision is not None and agreement.revision != cart.revision:
        yield _changed(Code.CART_CHANGED, "The cart is not the one the shopper saw.", agreement, cart)


def _changed(code: Code, message: str, agreement: Agreement, cart: Cart) -> PurchaseChangedBlocker:
    return PurchaseChangedBlocker(
        code=code,
        message=message,
        step=Step.REVIEW,
        resolved_by=("Query.cart", "Mutation.submitOrder"),
        expected_total=agreement.total,
        actual_total=cart.order_total,
        current_revision=cart.revision,
    )


def in_progress_blocker(attempt: SubmissionAttempt) -> SubmissionInProgressBlocker:
    """For a cart that another submission holds; found by the lock, not by a rule."""
    return SubmissionInProgressBlocker(
        code=Code.SUBMISSION_IN_PROGRESS,
        message="Another submission of this cart is under way. Read what becomes of it before submitting again.",
        step=Step.REVIEW,
        resolved_by=("Query.orderSubmission", "Mutation.resumeOrder"),
        attempt=attempt,
    )


RULES = (
    _lines,
    _addresses,
    _countries,
    _shipping_option,
    _tax_identifiers,
    _store_credit,
    _recurrence,
    _fixed_amount,
    _payment_session,
    _terms,
    _purchase,
)


TAX_CODES = frozenset({refusal_codes.INVALID_TAX_REGISTRATIONS})
"""Codes after which the tax schema is read, for what would do."""
