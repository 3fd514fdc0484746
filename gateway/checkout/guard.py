"""The checkout guard, which returns the blockers that prevent a cart from becoming an order.

The guard is a pure function of `GuardInput`. `checkoutReadiness` and `submitOrder` use the same rules.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from typing import assert_never

from gateway.checkout import tax_identifiers
from gateway.checkout.blockers import (
    Code,
    Step,
    address_blocker,
    line_blocker,
    payment_blocker,
    purchase_changed_blocker,
    tax_blocker,
    terms_blocker,
)
from gateway.checkout.guard_input import GuardInput
from gateway.checkout.unreadable_parts import decides_unread
from gateway.enums import AddressKind, CheckoutStepStatus, PaymentSessionState, ReadinessStatus, TermsOfSaleMode
from gateway.orders.outcomes import (
    Blocker,
    CheckUnavailableBlocker,
    EmptyCartBlocker,
    PaymentSessionBlocker,
    ShippingOptionBlocker,
    StoreCreditBlocker,
)
from gateway.payments import store_credit
from gateway.payments.payment_session import PaymentSession, RedirectShopperAction
from gateway.upstream.addresses import Address
from gateway.upstream.decoding import Shape
from gateway.upstream.lines import CartLine

RETRY_CHECK_AFTER = timedelta(seconds=5)
"""Pause before a client should repeat a check that Digital River did not answer."""


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


def blockers(guard_input: GuardInput) -> list[Blocker]:
    """All blockers of the cart, in the order to resolve them; empty if the cart may become an order."""
    return [blocker for rule in RULES for blocker in rule(guard_input)]


def readiness(guard_input: GuardInput, others: Sequence[Blocker] = ()) -> CheckoutReadiness:
    """The readiness of the cart. `others`: blockers that come before those of the guard, and are not its own."""
    open_blockers = [*others, *blockers(guard_input)]
    unneeded = _unneeded_steps(guard_input)
    steps = [CheckoutStep(kind=kind, status=_step_status(kind, unneeded, open_blockers)) for kind in Step]
    undone = (CheckoutStepStatus.BLOCKED, CheckoutStepStatus.UNKNOWN)
    return CheckoutReadiness(
        status=_readiness_status(open_blockers),
        blockers=open_blockers,
        steps=steps,
        next_step=next((step.kind for step in steps if step.status in undone), None),
        cart_revision=guard_input.cart.revision,
        evaluated_at=guard_input.now,
    )


def _readiness_status(open_blockers: list[Blocker]) -> ReadinessStatus:
    if not open_blockers:
        return ReadinessStatus.READY
    if _are_unavailable_checks(open_blockers):
        return ReadinessStatus.UNKNOWN
    return ReadinessStatus.BLOCKED


def _step_status(kind: Step, unneeded: Collection[Step], open_blockers: list[Blocker]) -> CheckoutStepStatus:
    of_step = [blocker for blocker in open_blockers if blocker.step is kind]
    if of_step:
        return CheckoutStepStatus.UNKNOWN if _are_unavailable_checks(of_step) else CheckoutStepStatus.BLOCKED
    return CheckoutStepStatus.NOT_NEEDED if kind in unneeded else CheckoutStepStatus.DONE


def _unneeded_steps(guard_input: GuardInput) -> Collection[Step]:
    cart = guard_input.cart
    shipping = () if cart.requires_shipping else (Step.SHIPPING_ADDRESS, Step.SHIPPING_OPTION)
    return shipping if cart.tax_identifiers else (*shipping, Step.TAX)


def _are_unavailable_checks(open_blockers: list[Blocker]) -> bool:
    return all(isinstance(blocker, CheckUnavailableBlocker) for blocker in open_blockers)


# The rules of the checkout guard.


def _unsettled_change(guard_input: GuardInput) -> Iterator[Blocker]:
    if guard_input.unsettled_until is not None:
        yield CheckUnavailableBlocker(
            code=Code.CHECK_UNAVAILABLE,
            message="Digital River did not answer an earlier change of the cart, and may still make it. Submit again "
            "after `retryAfter`, when the cart shows whether the change was made.",
            step=Step.CART,
            resolved_by=("Query.cart",),
            retry_after=guard_input.unsettled_until,
        )


def _unreadable_parts(guard_input: GuardInput) -> Iterator[Blocker]:
    if decides_unread(guard_input.cart, guard_input.payment_session):
        yield CheckUnavailableBlocker(
            code=Code.CHECK_UNAVAILABLE,
            message="A part of the cart that the order depends on could not be read from Digital River's answer. Read "
            "`cart` again.",
            step=Step.CART,
            resolved_by=("Query.cart",),
            retry_after=guard_input.now + RETRY_CHECK_AFTER,
        )


def _lines(guard_input: GuardInput) -> Iterator[Blocker]:
    if guard_input.cart.lacks_lines:
        # The shopper does not see the line, and the other rules do not check it.
        yield CheckUnavailableBlocker(
            code=Code.CHECK_UNAVAILABLE,
            message="A line of the cart could not be read from Digital River's answer. Read `cart` again.",
            step=Step.CART,
            resolved_by=("Query.cart",),
            retry_after=guard_input.now + RETRY_CHECK_AFTER,
        )
    elif guard_input.cart.is_empty:
        yield EmptyCartBlocker(
            code=Code.CART_EMPTY,
            message="The cart is empty. Add a line.",
            step=Step.CART,
            resolved_by=("Mutation.addCartLines",),
        )
    for line in guard_input.cart.lines:
        if not line.product.is_for_sale:
            message = "The product can no longer be bought. Remove the line."
            yield line_blocker(Code.LINE_UNAVAILABLE, message, line, resolved_by=("Mutation.removeCartLines",))
        elif guard_input.lacks_stock and _lacks_stock(line, guard_input):
            stock = guard_input.stock_of(line)
            message = (
                "There are fewer units in stock than `quantity`. Lower it to `availableQuantity`, or remove the line."
            )
            available = stock.available_quantity if stock else None
            yield line_blocker(Code.INSUFFICIENT_STOCK, message, line, available=available)
        elif not _allows_quantity(line):
            message = (
                "`quantity` must be between `minimumQuantity` and `maximumQuantity`. Change it with `updateCartLines`."
            )
            yield line_blocker(Code.QUANTITY_OUT_OF_RANGE, message, line)


def _lacks_stock(line: CartLine, guard_input: GuardInput) -> bool:
    stock = guard_input.stock_of(line)
    return stock is None or not stock.covers(line.quantity)


def _allows_quantity(line: CartLine) -> bool:
    minimum, maximum, quantity = line.product.minimum_quantity, line.product.maximum_quantity, line.quantity
    if quantity is None:  # `_unreadable_parts` reports this line.
        return True
    return (minimum is None or minimum <= quantity) and (maximum is None or quantity <= maximum)


def _addresses(guard_input: GuardInput) -> Iterator[Blocker]:
    cart = guard_input.cart
    billing = cart.billing_address.address if cart.billing_address else None
    yield from _address(AddressKind.BILLING, billing)
    if cart.requires_shipping:
        shipping = cart.shipping_address.address if cart.shipping_address else None
        yield from _address(AddressKind.SHIPPING, shipping)


def _address(kind: AddressKind, address: Address | None) -> Iterator[Blocker]:
    if address is None:
        yield address_blocker(
            Code.ADDRESS_MISSING, f"The {kind.value.lower()} address is missing. Send it with `prepareCheckout`.", kind
        )
        return
    missing = _missing_fields(kind, address)
    if missing:
        message = f"The {kind.value.lower()} address lacks {', '.join(missing)}. Send it again with `prepareCheckout`."
        yield address_blocker(Code.ADDRESS_INCOMPLETE, message, kind, missing)


def _missing_fields(kind: AddressKind, address: Address) -> tuple[str, ...]:
    """Names of the required fields that have no value. A billing address also requires an email address."""
    values = {
        "firstName": address.first_name,
        "lastName": address.last_name,
        "line1": address.line1,
        "city": address.city,
        "countryCode": address.country_code,
    }
    if kind is AddressKind.BILLING:
        values["email"] = address.email
    return tuple(name for name, value in values.items() if not value)


def _countries(guard_input: GuardInput) -> Iterator[Blocker]:
    cart, settings = guard_input.cart, guard_input.settings
    billing = cart.billing_country
    if not serves(settings.billing_countries, billing):
        yield address_blocker(
            Code.COUNTRY_NOT_SERVED,
            f"The site does not bill to {billing}. Choose another country.",
            AddressKind.BILLING,
        )
    shipping = cart.shipping_country
    if cart.requires_shipping and not serves(settings.shipping_countries, shipping):
        yield address_blocker(
            Code.COUNTRY_NOT_SERVED,
            f"The site does not ship to {shipping}. Choose another country.",
            AddressKind.SHIPPING,
        )


def serves(countries: tuple[str, ...], country: str | None) -> bool:
    """Whether the site serves `country`. An empty `countries` means all countries. A `country` of None is served."""
    return not countries or country is None or country in countries


def _shipping_option(guard_input: GuardInput) -> Iterator[Blocker]:
    cart = guard_input.cart
    if not cart.requires_shipping:
        return
    selected = cart.selected_shipping_option
    if selected is None:
        code, message = (
            Code.SHIPPING_OPTION_MISSING,
            "No shipping option is selected. Choose one of `availableOptions`.",
        )
    elif selected.id not in {option.id for option in cart.shipping_options}:
        code, message = (
            Code.SHIPPING_OPTION_UNAVAILABLE,
            "The selected shipping option is no longer offered. Choose one of `availableOptions`.",
        )
    else:
        return
    yield ShippingOptionBlocker(
        code=code,
        message=message,
        step=Step.SHIPPING_OPTION,
        resolved_by=("Mutation.prepareCheckout",),
        available_options=cart.shipping_options,
    )


def _tax_identifiers(guard_input: GuardInput) -> Iterator[Blocker]:
    if not guard_input.needs_tax_requirements:
        return
    if guard_input.tax_requirements is None:
        yield CheckUnavailableBlocker(
            code=Code.CHECK_UNAVAILABLE,
            message="Digital River did not report whether the destination requires a tax identifier. Read "
            "`checkoutReadiness` again.",
            step=Step.TAX,
            resolved_by=("Query.checkoutReadiness",),
            retry_after=guard_input.now + RETRY_CHECK_AFTER,
        )
        return
    mandatory = tax_identifiers.mandatory(guard_input.tax_requirements, guard_input.cart.customer_type)
    if mandatory:
        yield tax_blocker(
            "The destination requires a tax identifier. Send one of `requirements` with `setTaxIdentifiers`.", mandatory
        )


def _store_credit(guard_input: GuardInput) -> Iterator[Blocker]:
    if guard_input.cart.secondary_source is None:
        return
    conflicts = store_credit.conflicts(guard_input.cart, guard_input.stock or {})
    if conflicts:
        yield StoreCreditBlocker(
            code=Code.STORE_CREDIT_CONFLICT,
            message="Store credit cannot pay for this cart. `obstacles` lists the reasons. "
            "Remove the store credit, or resolve every obstacle.",
            step=Step.PAYMENT,
            resolved_by=("Mutation.removeStoreCredit", "Mutation.detachSource"),
            obstacles=conflicts,
        )


def _recurrence(guard_input: GuardInput) -> Iterator[Blocker]:
    session, source = guard_input.payment_session, guard_input.cart.primary_source
    if session is not None and guard_input.cart.recurs and source is not None and not source.is_reusable:
        yield payment_blocker(
            Code.RECURRING_SOURCE_REQUIRED,
            "The cart has a subscription line, and the source can be charged only once. Save the source to the "
            "account, or attach a saved source.",
            session,
            resolved_by=("Mutation.savePaymentOption", "Mutation.attachSource"),
        )


def _fixed_amount(guard_input: GuardInput) -> Iterator[Blocker]:
    session = guard_input.payment_session
    if session is not None and session.is_outdated:
        yield payment_blocker(
            Code.SOURCE_AMOUNT_OUTDATED,
            "The total has changed since the source was created. Attach a new source for the present total.",
            session,
            resolved_by=("Mutation.attachSource",),
        )


def _payment_session(guard_input: GuardInput) -> Iterator[Blocker]:
    session = guard_input.payment_session
    if session is None:
        yield PaymentSessionBlocker(
            code=Code.PAYMENT_SESSION_MISSING,
            message="The cart has no payment session, because the cart is empty or the site has no payment sessions.",
            step=Step.PAYMENT,
            resolved_by=("Mutation.addCartLines",) if guard_input.cart.is_empty else (),
        )
    elif not session.is_submittable:
        yield payment_blocker(
            Code.PAYMENT_SESSION_NOT_READY,
            f"The payment session is in the state {session.state.name}. An order can be placed in "
            "REQUIRES_CONFIRMATION only. Follow `nextAction`.",
            session,
            resolved_by=("Mutation.detachSource",) if guard_input.was_abandoned else _fields_that_confirm(session),
        )


def _fields_that_confirm(session: PaymentSession) -> tuple[str, ...]:
    state = PaymentSessionState
    match session.state:
        case state.REQUIRES_SOURCE | state.FAILED | state.CANCELLED:
            # The client need not detach the old source, because `attachSource` replaces it.
            return ("Mutation.attachSource",)
        case state.PENDING_REDIRECT:
            action = session.next_action
            return (action.resume_with,) if isinstance(action, RedirectShopperAction) else ()
        case state.CHARGEABLE:
            return ("Mutation.resumeOrder",)
        case state.REQUIRES_ACTION:
            return ("Query.paymentSession",)
        case state.PENDING_FUNDS | state.PENDING | state.COMPLETE:
            # Digital River has already created the order, so the client can only read the outcome of the submission.
            return ("Query.orderSubmission",)
        case state.REQUIRES_CONFIRMATION | state.UNKNOWN:
            return ()
        case _:
            assert_never(session.state)


def _terms(guard_input: GuardInput) -> Iterator[Blocker]:
    if guard_input.settings.terms_of_sale_mode is not TermsOfSaleMode.ACTIVE:
        return
    if not (guard_input.cart.terms_of_sale_accepted or guard_input.accepts_terms):
        yield terms_blocker()


def _purchase(guard_input: GuardInput) -> Iterator[Blocker]:
    agreement, cart, total = guard_input.agreement, guard_input.cart, guard_input.cart.order_total
    if agreement is None or total is None:  # `_unreadable_parts` reports a cart without a total.
        return
    if not agreement.total.equals(total):
        message = "The order total is not the total that the shopper agreed to. Show the cart again."
        yield purchase_changed_blocker(Code.TOTAL_CHANGED, message, agreement, total, cart.revision)
    if agreement.revision is not None and agreement.revision != cart.revision:
        message = "The cart has changed since the shopper saw it. Show the cart again."
        yield purchase_changed_blocker(Code.CART_CHANGED, message, agreement, total, cart.revision)


RULES = (
    _unsettled_change,
    _unreadable_parts,
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
