"""The payment session as the graph shows it, worked out from one cart, the session's memory and the site.

Amounts that upstream leaves out are derived from the attached sources. The state decides what can be done,
amounts only describe it: where the two contradict each other, the state wins.
"""

import logging
from dataclasses import dataclass
from typing import assert_never
from uuid import UUID

from gateway.enums import (
    DropInFlow,
    PaymentRequirementKind,
    PaymentSessionState,
    SourceUsage,
)
from gateway.money import Money
from gateway.sessions.record import CheckoutMemory
from gateway.sessions.sessions import Session
from gateway.upstream.cart import Cart
from gateway.upstream.decoding import Shape
from gateway.upstream.ids import global_id
from gateway.upstream.payment import DelayedPaymentInstructions, Source

log = logging.getLogger(__name__)

ADJUSTABLE = frozenset({"creditCard", "payPal", "payPalCredit", "payPalBilling", "customerCredit"})
"""Methods whose source may follow the total; any other source was approved for one amount."""

SUPPORTS_STORE_CREDIT = frozenset(
    {"creditCard", "googlePay", "klarnaCredit", "payPal", "payPalCredit", "payPalBilling", "wireTransfer"}
)
"""Methods that may pay what store credit leaves, by Digital River's list for the Commerce API."""

State = PaymentSessionState


class DropInSetup(Shape, frozen=True, kw_only=True):
    session_id: str
    flow: DropInFlow
    usage: SourceUsage
    requires_storage_agreement: bool
    country_code: str | None
    locale: str


class CollectSourceAction(Shape, frozen=True, tag=True, kw_only=True):
    amount_due: Money
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
    amount_contributed: Money
    amount_remaining: Money
    primary_source: Source | None
    store_credit: Source | None
    missing: list[PaymentRequirement]
    next_action: NextAction | None
    drop_in: DropInSetup

    @property
    def is_funded(self) -> bool:
        return self.amount_remaining.amount == 0

    @property
    def is_submittable(self) -> bool:
        return self.state is State.REQUIRES_CONFIRMATION


@dataclass(frozen=True)
class Facts:
    """What the session knows and the cart does not tell."""

    checkout_memory: CheckoutMemory
    locale: str


def payment_session(cart: Cart, facts: Facts) -> PaymentSession | None:
    """None when the site has no payment sessions, or the cart none yet."""
    wire = cart.payment_session
    if wire is None:
        return None
    contributed, remaining = _amounts(cart)
    drop_in = _drop_in(cart, wire.id, facts)
    session = PaymentSession(
        id=global_id("PaymentSession", wire.id),
        session_id=wire.id,
        state=wire.state,
        upstream_state=wire.upstream_state or "",
        client_secret=wire.client_secret,
        amount_contributed=contributed,
        amount_remaining=remaining,
        primary_source=cart.primary_source,
        store_credit=cart.secondary_source,
        missing=_missing(cart, remaining, facts),
        next_action=_next_action(cart, remaining, drop_in, facts),
        drop_in=drop_in,
    )
    if session.is_funded and session.state is State.REQUIRES_SOURCE and cart.primary_source is not None:
        log.warning("payment session is funded and still requires a source")
    return session


def is_outdated(cart: Cart, checkout_memory: CheckoutMemory) -> bool:
    """Whether the primary source was approved for another amount than is due from it now.

    A source that was not attached here has no remembered amount and passes.
    """
    source = cart.primary_source
    if source is None or source.type in ADJUSTABLE:
        return False
    agreed = checkout_memory.attached_at.get(source.source_id)
    return agreed is not None and agreed != due_text(cart)


def total_text(cart: Cart) -> str:
    """The order total in one spelling per amount: 118.01 USD."""
    return _text(cart.order_total)


def due_text(cart: Cart) -> str:
    """What a primary source has to pay, beside store credit, in the same spelling."""
    return _text(_due_from_a_primary(cart))


def _text(money: Money) -> str:
    return f"{money.amount.normalize():f} {money.currency_code}"


def _amounts(cart: Cart) -> tuple[Money, Money]:
    wire = cart.payment_session
    total = cart.order_total
    given = wire.amount_contributed if wire else None
    if given is None:
        attached = [source for source in (cart.secondary_source, cart.primary_source) if source]
        parts = [source.amount_contributed.amount for source in attached if source.amount_contributed]
        # A primary pays whatever credit does not, whether or not upstream says how much that is.
        known = not attached or len(parts) == len(attached)
        amount = min(sum(parts, start=total.amount * 0), total.amount) if known else total.amount
        given = Money(amount, total.currency_code)
    remaining = wire.amount_remaining if wire else None
    if remaining is None:
        remaining = Money(max(total.amount - given.amount, total.amount * 0), total.currency_code)
    return given, remaining


def _drop_in(cart: Cart, session_id: str, facts: Facts) -> DropInSetup:
    billing = cart.billing_address
    return DropInSetup(
        session_id=session_id,
        flow=DropInFlow.CHECKOUT,
        usage=SourceUsage.SUBSCRIPTION if cart.recurs else SourceUsage.CONVENIENCE,
        requires_storage_agreement=cart.recurs,
        country_code=billing.address.country_code if billing else None,
        locale=facts.locale,
    )


def _missing(cart: Cart, remaining: Money, facts: Facts) -> list[PaymentRequirement]:
    wire = cart.payment_session
    kind = PaymentRequirementKind
    found: list[PaymentRequirement] = []
    state = wire.state if wire else State.UNKNOWN
    if state in (State.REQUIRES_SOURCE, State.FAILED, State.CANCELLED):
        if cart.primary_source is None and cart.secondary_source is None:
            found.append(
                PaymentRequirement(kind=kind.SOURCE, amount=remaining, message="Attach a source with attachSource.")
            )
        elif cart.primary_source is None:
            found.append(
                PaymentRequirement(
                    kind=kind.FUNDS,
                    amount=remaining,
                    message="Store credit does not cover the total; attach a source.",
                )
            )
        else:
            found.append(
                PaymentRequirement(
                    kind=kind.CHARGEABLE_SOURCE,
                    message="The attached source cannot be charged; attach another one.",
                )
            )
    elif is_outdated(cart, facts.checkout_memory):
        found.append(
            PaymentRequirement(
                kind=kind.CHARGEABLE_SOURCE,
                amount=cart.order_total,
                message="The total has changed since the source was made; attach a new one.",
            )
        )
    if state is State.REQUIRES_ACTION or _asks_authentication(cart, facts):
        found.append(
            PaymentRequirement(kind=kind.AUTHENTICATION, message="The shopper has to authenticate the source.")
        )
    if cart.billing_address is None and state is State.REQUIRES_SOURCE:
        found.append(
            PaymentRequirement(
                kind=kind.BILLING_ADDRESS, message="Set the billing address before a source is collected."
            )
        )
    return found


def _next_action(cart: Cart, remaining: Money, drop_in: DropInSetup, facts: Facts) -> NextAction | None:
    wire = cart.payment_session
    if wire is None:
        return None
    if _asks_authentication(cart, facts):
        return _authenticate(cart, wire.id)
    match wire.state:
        case State.REQUIRES_SOURCE:
            return CollectSourceAction(amount_due=remaining, drop_in=drop_in)
        case State.FAILED | State.CANCELLED:
            return CollectSourceAction(amount_due=_due_from_a_primary(cart), drop_in=drop_in)
        case State.REQUIRES_CONFIRMATION if is_outdated(cart, facts.checkout_memory):
            return CollectSourceAction(amount_due=_due_from_a_primary(cart), drop_in=drop_in)
        case State.REQUIRES_CONFIRMATION:
            return SubmitOrderAction(amount=cart.order_total, cart_revision=cart.revision)
        case State.PENDING_REDIRECT:
            return _redirect(cart)
        case State.REQUIRES_ACTION:
            return _authenticate(cart, wire.id)
        case State.CHARGEABLE:
            latest = facts.checkout_memory.latest_submission
            return ResumeOrderAction(idempotency_key=UUID(latest) if latest else None)
        case State.PENDING_FUNDS:
            source = cart.primary_source
            return AwaitFundsAction(instructions=source.instructions if source else None)
        case State.PENDING | State.COMPLETE | State.UNKNOWN:
            return None
        case _:
            assert_never(wire.state)


def _due_from_a_primary(cart: Cart) -> Money:
    credit = cart.secondary_source
    covered = credit.amount_contributed.amount if credit and credit.amount_contributed else cart.order_total.amount * 0
    return Money(cart.order_total.amount - covered, cart.order_total.currency_code)


def _redirect(cart: Cart) -> RedirectShopperAction | None:
    wire = cart.payment_session
    if wire is not None and wire.redirect_url:
        # Only a submitted session carries a page of its own.
        return RedirectShopperAction(redirect_url=wire.redirect_url, resume_with="Mutation.resumeOrder")
    source = cart.primary_source
    if source is not None and source.redirect_url:
        return RedirectShopperAction(redirect_url=source.redirect_url, resume_with="Mutation.attachSource")
    return None


def _asks_authentication(cart: Cart, facts: Facts) -> bool:
    wire, source = cart.payment_session, cart.primary_source
    return (
        wire is not None
        and source is not None
        and wire.state in (State.REQUIRES_SOURCE, State.REQUIRES_CONFIRMATION)
        and facts.checkout_memory.asked_authentication == source.source_id
    )


def _authenticate(cart: Cart, session_id: str) -> AuthenticateSourceAction | None:
    source = cart.primary_source
    if source is None:
        return None
    return AuthenticateSourceAction(
        session_id=session_id, source_id=source.source_id, source_client_secret=source.source_client_secret
    )


def facts_of(session: Session) -> Facts:
    return Facts(session.record.checkout_memory, session.locale)
