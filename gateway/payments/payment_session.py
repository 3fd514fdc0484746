"""The payment session as the graph shows it, derived from the cart and the shopper's session.

Amounts that Digital River omits are derived from the attached sources. The next action depends on the state of the
payment session, even if the amounts contradict the state.
"""

import logging
from dataclasses import dataclass
from functools import cached_property
from typing import assert_never
from uuid import UUID

from gateway.enums import (
    DropInFlow,
    PaymentRequirementKind,
    PaymentSessionState,
    SourceUsage,
)
from gateway.money import Money, zero
from gateway.sessions.record import CheckoutMemory
from gateway.upstream.cart import Cart
from gateway.upstream.decoding import Shape
from gateway.upstream.ids import global_id
from gateway.upstream.payment import CartPaymentSession, DelayedPaymentInstructions, Source

log = logging.getLogger(__name__)

ADJUSTABLE = frozenset({"creditCard", "payPal", "payPalCredit", "payPalBilling", "customerCredit"})
"""Source types whose amount changes with the cart's total. Sources of other types are approved for a fixed amount."""

SUPPORTS_STORE_CREDIT = frozenset(
    {"creditCard", "googlePay", "klarnaCredit", "payPal", "payPalCredit", "payPalBilling", "wireTransfer"}
)
"""Types of primary source that can be combined with store credit, from Digital River's list for the Commerce API."""

State = PaymentSessionState
Requirement = PaymentRequirementKind


class DropInSetup(Shape, frozen=True, kw_only=True):
    session_id: str
    flow: DropInFlow
    usage: SourceUsage
    requires_storage_agreement: bool
    country_code: str | None
    locale: str


class CollectSourceAction(Shape, frozen=True, tag=True, kw_only=True):
    amount_due: Money | None
    drop_in: DropInSetup


class AuthenticateSourceAction(Shape, frozen=True, tag=True, kw_only=True):
    session_id: str
    source_id: str
    source_client_secret: str | None


class RedirectShopperAction(Shape, frozen=True, tag=True, kw_only=True):
    redirect_url: str
    resume_with: str


class ResumeOrderAction(Shape, frozen=True, tag=True, kw_only=True):
    idempotency_key: UUID | None


class AwaitFundsAction(Shape, frozen=True, tag=True, kw_only=True):
    instructions: DelayedPaymentInstructions | None


class SubmitOrderAction(Shape, frozen=True, tag=True, kw_only=True):
    amount: Money
    cart_revision: str


NextAction = (
    CollectSourceAction
    | AuthenticateSourceAction
    | RedirectShopperAction
    | ResumeOrderAction
    | AwaitFundsAction
    | SubmitOrderAction
)


class PaymentRequirement(Shape, frozen=True, kw_only=True):
    kind: PaymentRequirementKind
    message: str
    amount: Money | None = None


class PaymentSession(Shape, frozen=True, kw_only=True):
    id: str
    session_id: str
    state: State
    upstream_state: str
    client_secret: str | None
    amount_contributed: Money | None
    amount_remaining: Money | None
    primary_source: Source | None
    store_credit: Source | None
    missing: list[PaymentRequirement]
    next_action: NextAction | None
    drop_in: DropInSetup
    is_outdated: bool = False
    """Whether the primary source was approved for an amount other than the one that it now has to pay."""

    @property
    def is_funded(self) -> bool:
        return self.amount_remaining is not None and self.amount_remaining.amount == 0

    @property
    def is_submittable(self) -> bool:
        return self.state is State.REQUIRES_CONFIRMATION


def payment_session(cart: Cart, memory: CheckoutMemory, locale: str) -> PaymentSession | None:
    """The payment session of the cart; None if the site has no payment sessions or the cart has none yet."""
    cart_session = cart.payment_session
    if cart_session is None:
        return None
    funding = Funding(cart, cart_session, memory, locale)
    session = PaymentSession(
        primary_source=cart.primary_source,
        store_credit=cart.secondary_source,
        id=global_id("PaymentSession", cart_session.id),
        session_id=cart_session.id,
        state=cart_session.state,
        upstream_state=cart_session.upstream_state,
        client_secret=cart_session.client_secret,
        amount_contributed=funding.contributed,
        amount_remaining=funding.remaining,
        drop_in=funding.drop_in,
        is_outdated=funding.is_outdated,
        missing=_missing(funding),
        next_action=_next_action(funding),
    )
    if session.is_funded and session.state is State.REQUIRES_SOURCE and cart.primary_source is not None:
        log.warning("funded payment session requires source")
    return session


def due_from_primary(cart: Cart) -> Money | None:
    """The amount that the primary source has to pay: the total minus the store credit on the cart. None if the total is
    unknown."""
    total, credit = cart.order_total, cart.secondary_source
    if total is None:
        return None
    covered = credit.amount_contributed if credit else None
    return Money(total.amount - covered.amount if covered else total.amount, total.currency_code)


@dataclass(frozen=True)
class Funding:
    """Payment data of a cart, from the cart, its payment session and the shopper's session."""

    cart: Cart
    session: CartPaymentSession
    memory: CheckoutMemory
    locale: str

    @cached_property
    def contributed(self) -> Money | None:
        total = self.cart.order_total
        if self.session.amount_contributed is not None or total is None:
            return self.session.amount_contributed
        attached = [source for source in (self.cart.secondary_source, self.cart.primary_source) if source]
        amounts = [source.amount_contributed.amount for source in attached if source.amount_contributed]
        # A primary source without an amount pays everything that store credit does not pay.
        if len(amounts) < len(attached):
            return Money(total.amount, total.currency_code)
        return Money(min(sum(amounts, start=zero(total.currency_code).amount), total.amount), total.currency_code)

    @cached_property
    def remaining(self) -> Money | None:
        total, contributed = self.cart.order_total, self.contributed
        if self.session.amount_remaining is not None or total is None or contributed is None:
            return self.session.amount_remaining
        rest = total.amount - contributed.amount
        return Money(max(rest, zero(total.currency_code).amount), total.currency_code)

    @cached_property
    def is_outdated(self) -> bool:
        """Whether the primary source was approved for an amount other than the one that it now has to pay.

        False for a source that was attached outside the shopper's session, because its approved amount is unknown.
        False if the total is unknown. Such a cart cannot be submitted.
        """
        source = self.cart.primary_source
        if source is None or source.type in ADJUSTABLE:
            return False
        approved, due = self.memory.amounts_when_attached.get(source.source_id), due_from_primary(self.cart)
        return approved is not None and due is not None and approved != due.canonical()

    @property
    def needs_authentication(self) -> bool:
        """Whether the session state or the last refused submission requires the shopper to authenticate the source."""
        if self.session.state is State.REQUIRES_ACTION:
            return True
        source = self.cart.primary_source
        return (
            source is not None
            and self.session.state in (State.REQUIRES_SOURCE, State.REQUIRES_CONFIRMATION)
            and self.memory.source_to_authenticate == source.source_id
        )

    @cached_property
    def drop_in(self) -> DropInSetup:
        cart = self.cart
        return DropInSetup(
            session_id=self.session.id,
            flow=DropInFlow.CHECKOUT,
            usage=SourceUsage.SUBSCRIPTION if cart.recurs else SourceUsage.CONVENIENCE,
            requires_storage_agreement=cart.recurs,
            country_code=cart.billing_country,
            locale=self.locale,
        )


def _missing(funding: Funding) -> list[PaymentRequirement]:
    cart, state = funding.cart, funding.session.state
    missing = []
    if state in (State.REQUIRES_SOURCE, State.FAILED, State.CANCELLED):
        missing.append(_missing_source(funding))
    elif funding.is_outdated:
        message = "The total has changed since the source was created. Attach a new source."
        missing.append(PaymentRequirement(kind=Requirement.CHARGEABLE_SOURCE, message=message, amount=cart.order_total))
    if funding.needs_authentication:
        message = "The shopper has to authenticate the source."
        missing.append(PaymentRequirement(kind=Requirement.AUTHENTICATION, message=message))
    if cart.billing_address is None and state is State.REQUIRES_SOURCE:
        message = "Set the billing address before a source is collected."
        missing.append(PaymentRequirement(kind=Requirement.BILLING_ADDRESS, message=message))
    return missing


def _missing_source(funding: Funding) -> PaymentRequirement:
    if funding.cart.primary_source is not None:
        message = "The attached source cannot be charged. Attach another source."
        return PaymentRequirement(kind=Requirement.CHARGEABLE_SOURCE, message=message)
    if funding.cart.secondary_source is not None:
        message = "Store credit does not cover the total. Attach a source for the remaining amount."
        return PaymentRequirement(kind=Requirement.FUNDS, message=message, amount=funding.remaining)
    message = "Attach a source with `attachSource`."
    return PaymentRequirement(kind=Requirement.SOURCE, message=message, amount=funding.remaining)


def _next_action(funding: Funding) -> NextAction | None:
    cart, cart_session = funding.cart, funding.session
    source = cart.primary_source
    if funding.needs_authentication:
        return _authenticate(cart_session, source)
    match cart_session.state:
        case State.REQUIRES_SOURCE:
            return CollectSourceAction(amount_due=funding.remaining, drop_in=funding.drop_in)
        case State.FAILED | State.CANCELLED:
            return CollectSourceAction(amount_due=due_from_primary(cart), drop_in=funding.drop_in)
        case State.REQUIRES_CONFIRMATION if funding.is_outdated:
            return CollectSourceAction(amount_due=due_from_primary(cart), drop_in=funding.drop_in)
        case State.REQUIRES_CONFIRMATION:
            total = cart.order_total
            return SubmitOrderAction(amount=total, cart_revision=cart.revision) if total is not None else None
        case State.PENDING_REDIRECT:
            return _redirect(cart_session, source)
        case State.CHARGEABLE:
            key = funding.memory.latest_submission_key
            return ResumeOrderAction(idempotency_key=UUID(key) if key else None)
        case State.PENDING_FUNDS:
            return AwaitFundsAction(instructions=source.instructions if source else None)
        case State.REQUIRES_ACTION | State.PENDING | State.COMPLETE | State.UNKNOWN:
            return None
        case _:
            assert_never(cart_session.state)


def _authenticate(cart_session: CartPaymentSession, source: Source | None) -> AuthenticateSourceAction | None:
    if source is None:
        return None
    return AuthenticateSourceAction(
        session_id=cart_session.id, source_id=source.source_id, source_client_secret=source.source_client_secret
    )


def _redirect(cart_session: CartPaymentSession, source: Source | None) -> RedirectShopperAction | None:
    """The redirect that the shopper has to follow; None if there is none.

    Before the submission, the source has the URL. After the submission, the payment session has the URL.
    """
    if cart_session.redirect_url:
        return RedirectShopperAction(redirect_url=cart_session.redirect_url, resume_with="Mutation.resumeOrder")
    if source is not None and source.redirect_url:
        return RedirectShopperAction(redirect_url=source.redirect_url, resume_with="Mutation.attachSource")
    return None
