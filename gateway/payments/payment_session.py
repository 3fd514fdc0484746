"""The payment session as the graph shows it, derived from the cart and the shopper's session.

Amounts that Digital River omits are derived from the attached sources. The next action depends on the state of the
payment session, even if the amounts contradict the state.
"""

import logging
from functools import cached_property
from typing import assert_never
from uuid import UUID

from gateway.amounts.money import Money, zero
from gateway.enums import (
    DropInFlow,
    PaymentRequirementKind,
    PaymentSessionState,
    SessionLevel,
    SourceUsage,
)
from gateway.payments.drop_in import DropInSetup
from gateway.sessions.sessions import Session
from gateway.shopper_messages.message import ShopperMessage, shopper_message
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

    @property
    def shopper_message(self) -> ShopperMessage | None:
        if self.kind is PaymentRequirementKind.FUNDS and self.amount is not None:
            return shopper_message(self.kind, "remaining", amount=self.amount)
        return shopper_message(self.kind)


class PaymentSession:
    """The payment session of a cart. What is derived is computed when it is read, as an operation selects few fields.

    The cart and the memory of the session do not change meanwhile: a change of the session replaces its memory.
    """

    state: State
    primary_source: Source | None
    store_credit: Source | None

    def __init__(self, cart: Cart, session: CartPaymentSession, shopper_session: Session) -> None:
        self._cart = cart
        self._session = session
        self._shopper_session = shopper_session
        self._memory = shopper_session.record.checkout_memory
        self.state = session.state
        # Read at once: if the sources are unreadable, there is no payment session.
        self.primary_source = cart.primary_source
        self.store_credit = cart.secondary_source

    @property
    def typename(self) -> str:
        return "PaymentSession"

    @property
    def id(self) -> str:
        return global_id("PaymentSession", self._session.id)

    @property
    def session_id(self) -> str:
        return self._session.id

    @property
    def upstream_state(self) -> str:
        return self._session.upstream_state

    @property
    def client_secret(self) -> str | None:
        return self._session.client_secret

    @property
    def amount_contributed(self) -> Money | None:
        return self._session.amount_contributed or self._amount_of_sources

    @cached_property
    def _amount_of_sources(self) -> Money | None:
        total = self._cart.order_total
        if total is None:
            return None
        attached = [source for source in (self.store_credit, self.primary_source) if source]
        amounts = [source.amount_contributed.amount for source in attached if source.amount_contributed]
        # A primary source without an amount pays everything that store credit does not pay.
        if len(amounts) < len(attached):
            return Money(total.amount, total.currency_code)
        return Money(min(sum(amounts, start=zero(total.currency_code).amount), total.amount), total.currency_code)

    @property
    def amount_remaining(self) -> Money | None:
        return self._session.amount_remaining or self._amount_left

    @cached_property
    def _amount_left(self) -> Money | None:
        total, contributed = self._cart.order_total, self.amount_contributed
        if total is None or contributed is None:
            return None
        rest = total.amount - contributed.amount
        return Money(max(rest, zero(total.currency_code).amount), total.currency_code)

    @property
    def is_funded(self) -> bool:
        remaining = self.amount_remaining
        return remaining is not None and remaining.amount == 0

    @property
    def is_submittable(self) -> bool:
        return self.state is State.REQUIRES_CONFIRMATION

    @cached_property
    def is_outdated(self) -> bool:
        """Whether the primary source was approved for an amount other than the one that it now has to pay.

        False for a source that was not attached by this gateway, because its approved amount is unknown.
        False if the total is unknown. Such a cart cannot be submitted.
        """
        source = self.primary_source
        if source is None or source.type in ADJUSTABLE:
            return False
        approved, due = self._memory.amounts_when_attached.get(source.source_id), due_from_primary(self._cart)
        return approved is not None and due is not None and approved != due.canonical()

    @property
    def _needs_authentication(self) -> bool:
        """Whether the session state or the last refused submission requires the shopper to authenticate the source."""
        if self.state is State.REQUIRES_ACTION:
            return True
        source = self.primary_source
        return (
            source is not None
            and self.state in (State.REQUIRES_SOURCE, State.REQUIRES_CONFIRMATION)
            and self._memory.source_to_authenticate == source.source_id
        )

    @property
    def drop_in(self) -> DropInSetup:
        cart, shopper_session = self._cart, self._shopper_session
        return DropInSetup(
            session_id=self.session_id,
            flow=DropInFlow.CHECKOUT,
            usage=SourceUsage.SUBSCRIPTION if cart.recurs else SourceUsage.CONVENIENCE,
            requires_storage_agreement=cart.recurs,
            allows_storage=shopper_session.level is SessionLevel.REGISTERED,
            postal=cart.billing_address.address if cart.billing_address else None,
            locale=shopper_session.locale,
        )

    @cached_property
    def missing(self) -> list[PaymentRequirement]:
        cart, state = self._cart, self.state
        missing = []
        if state in (State.REQUIRES_SOURCE, State.FAILED, State.CANCELLED):
            missing.append(self._missing_source())
        elif self.is_outdated:
            message = "The total has changed since the source was created. Attach a new source."
            requirement = PaymentRequirement(
                kind=Requirement.CHARGEABLE_SOURCE, message=message, amount=cart.order_total
            )
            missing.append(requirement)
        if self._needs_authentication:
            message = "The shopper has to authenticate the source."
            missing.append(PaymentRequirement(kind=Requirement.AUTHENTICATION, message=message))
        if cart.billing_address is None and state is State.REQUIRES_SOURCE:
            message = "Set the billing address before a source is collected."
            missing.append(PaymentRequirement(kind=Requirement.BILLING_ADDRESS, message=message))
        return missing

    def _missing_source(self) -> PaymentRequirement:
        if self.primary_source is not None:
            message = "The attached source cannot be charged. Attach another source."
            return PaymentRequirement(kind=Requirement.CHARGEABLE_SOURCE, message=message)
        if self.store_credit is not None:
            message = "Store credit does not cover the total. Attach a source for the remaining amount."
            return PaymentRequirement(kind=Requirement.FUNDS, message=message, amount=self.amount_remaining)
        message = "Attach a source with `attachSource`."
        return PaymentRequirement(kind=Requirement.SOURCE, message=message, amount=self.amount_remaining)

    @cached_property
    def next_action(self) -> NextAction | None:
        cart, source = self._cart, self.primary_source
        if self._needs_authentication:
            return _authenticate(self._session, source)
        match self.state:
            case State.REQUIRES_SOURCE:
                return CollectSourceAction(amount_due=self.amount_remaining, drop_in=self.drop_in)
            case State.FAILED | State.CANCELLED:
                return CollectSourceAction(amount_due=due_from_primary(cart), drop_in=self.drop_in)
            case State.REQUIRES_CONFIRMATION if self.is_outdated:
                return CollectSourceAction(amount_due=due_from_primary(cart), drop_in=self.drop_in)
            case State.REQUIRES_CONFIRMATION:
                total = cart.order_total
                return SubmitOrderAction(amount=total, cart_revision=cart.revision) if total is not None else None
            case State.PENDING_REDIRECT:
                return _redirect(self._session, source)
            case State.CHARGEABLE:
                key = self._memory.latest_submission_key
                return ResumeOrderAction(idempotency_key=UUID(key) if key else None)
            case State.PENDING_FUNDS:
                return AwaitFundsAction(instructions=source.instructions if source else None)
            case State.REQUIRES_ACTION | State.PENDING | State.COMPLETE | State.UNKNOWN:
                return None
            case _:
                assert_never(self.state)


def payment_session(cart: Cart, shopper_session: Session) -> PaymentSession | None:
    """The payment session of the cart; None if the site has no payment sessions or the cart has none yet."""
    if cart.payment_session is None:
        return None
    session = PaymentSession(cart, cart.payment_session, shopper_session)
    if session.state is State.REQUIRES_SOURCE and session.primary_source is not None and session.is_funded:
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
