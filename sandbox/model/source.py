"""Payment sources: their states, and their JSON in the Commerce API and in the payment service."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal
from uuid import uuid4

from sandbox.demo_shop.decline_reasons import DECLINES, Decline
from sandbox.demo_shop.payment_methods import Flow, Method
from sandbox.demo_shop.test_scenarios import Scenario
from sandbox.model.owner import Owner
from sandbox.wire.money import formatted, money, number
from sandbox.wire.values import Json, boolean, timestamp

State = Literal["pending_redirect", "pending_funds", "requires_action", "chargeable", "consumed", "cancelled", "failed"]

STATES_AFTER_CREATION: dict[Flow, State] = {
    "standard": "chargeable",
    "redirect": "pending_redirect",
    "receiver": "pending_funds",
}

STORE_CREDIT = Method(name="Store credit", type="customerCredit", flow="standard", workflow="standard", limits=())
"""Payment method of store credit. No list of payment methods contains it, and only servers create its sources."""

FUNDS_ARRIVE_WITHIN = timedelta(days=30)


@dataclass(frozen=True)
class Mandate:
    """The shopper's consent to save the source."""

    terms: str
    signed_at: datetime

    def wire(self) -> Json:
        return {"terms": self.terms, "signedTime": timestamp(self.signed_at)}


@dataclass(kw_only=True)
class Source:
    id: str = field(default_factory=lambda: str(uuid4()))
    secret: str = field(init=False)
    method: Method
    amount: Decimal | None
    """Amount for which the source was created; None for a source that was created only to be saved."""
    currency: str | None
    state: State
    owner: Owner | None
    session_id: str | None
    """Id of the payment session for which the source was created."""
    created_at: datetime
    details: Json
    """Details that depend on the payment method, such as the brand, expiration date and last four digits of a card."""
    redirect: Json = field(default_factory=dict)
    reusable: bool = False
    """Whether the source was saved as a payment option and can be charged more than once."""
    was_approved_first: bool = False
    """Whether the shopper had approved the source when it was attached, as in the window that Drop-in opens."""
    scenario: Scenario = field(default_factory=Scenario)
    authenticated_for: set[str] = field(default_factory=set)
    """Ids of the payment sessions in which the shopper has passed the bank's challenge."""
    failed_for: set[str] = field(default_factory=set)
    """Ids of the payment sessions in which the shopper failed the challenge. Reading the failure removes the id."""
    wallet_option: str | None = None
    """Name of the payment method that the shopper chose on PayPal's page."""
    upstream_id: str | None = None
    """Id of the cart; for store credit the merchant's own id."""
    customer_id: str | None = None
    """Id of the account that saved the source."""
    mandate: Mandate | None = None
    reported: Json = field(default_factory=dict)
    """Further fields of the JSON for DigitalRiver.js, such as `usage` and `browserInfo`."""
    clock: Callable[[], datetime] = field(repr=False)
    """The time of the sandbox."""
    updated_at: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.secret = f"{self.id}_{uuid4()}"
        self.updated_at = self.created_at

    @property
    def type(self) -> str:
        return self.method.type

    def formatted_amount(self, locale: str = "en_US") -> str | None:
        """The amount in the format of a language; None for a source that was created only to be saved."""
        if self.amount is None or self.currency is None:
            return None
        return formatted(self.amount, self.currency, locale)

    @property
    def is_credit(self) -> bool:
        return self.method is STORE_CREDIT

    @property
    def redirects_after_submission(self) -> bool:
        return self.method.workflow == "submit-then-redirect"

    @property
    def waits_for_redirect(self) -> bool:
        """Whether the shopper must approve the source after the submission. A source that was saved needs no approval,
        and neither does a source that was approved before it was attached.
        """
        return self.redirects_after_submission and not (self.reusable or self.was_approved_first)

    @property
    def can_be_attached(self) -> bool:
        return self.state in ("chargeable", "pending_funds", "requires_action") or (
            self.state == "pending_redirect" and self.redirects_after_submission
        )

    def declined_for(self, session_id: str, charge_type: str) -> Decline | None:
        """Why the bank declines a charge in this payment session; None if the bank accepts the charge.

        A card that was challenged when it was created is not challenged again at its first purchase. A saved card is
        challenged at each purchase.
        """
        if charge_type != "customer_initiated" or session_id in self.authenticated_for:
            return None if self.scenario.challenged == "charge" else self.scenario.decline
        if self.reusable and self.scenario.challenged == "creation":
            return DECLINES["authentication_required"]
        return self.scenario.decline

    def has_expired(self, now: datetime) -> bool:
        """Whether the source is a card whose expiration month has passed."""
        if self.type != "creditCard":
            return False
        return (self.details["expirationYear"], self.details["expirationMonth"]) < (now.year, now.month)

    def become(self, state: State) -> None:
        """Change the state, and note the time of the change."""
        self.state, self.updated_at = state, self.clock()

    def consume(self) -> None:
        """Mark the source as consumed by a charge. A reusable source keeps its state and can be charged again."""
        if not self.reusable:
            self.become("consumed")

    def wire(self) -> Json:
        """JSON of the source for DigitalRiver.js, in the format of the payment service."""
        wire: Json = {
            "clientId": "gc",
            "channelId": "riverdemo",
            "liveMode": False,
            "id": self.id,
            "clientSecret": self.secret,
            "type": self.type,
            "reusable": self.reusable,
            "state": self.state,
            "createdTime": timestamp(self.created_at),
            "updatedTime": timestamp(self.updated_at),
            "flow": self.method.flow,
            self.type: self.details,
        } | self.reported
        if self.upstream_id is not None:
            wire["upstreamId"] = self.upstream_id
        if self.amount is not None:
            wire |= {"amount": f"{self.amount}", "currency": self.currency}
        if self.session_id is not None:
            wire["sessionId"] = self.session_id
        if self.owner is not None:
            wire["owner"] = self.owner.wire()
        if self.mandate is not None:
            wire["mandate"] = self.mandate.wire()
        if self.redirect:
            wire["redirect"] = self.redirect
        if self.method.flow == "receiver":
            wire["expirationTime"] = timestamp(self.created_at + FUNDS_ARRIVE_WITHIN)
        return wire

    def cart_wire(self, contributed: Decimal, currency: str) -> Json:
        """JSON of the source in a cart. All details of the source are strings. The client secret is one of them."""
        return {
            "type": self.type,
            "sourceId": self.id,
            "sourceClientSecret": self.secret,
            self.type: self._details_of_cart(),
            "amountContributed": money(contributed, currency),
        }

    def _details_of_cart(self) -> Json:
        details = {name: as_text(value) for name, value in self.details.items()}
        details |= {"clientSecret": self.secret, "flow": self.method.flow, "reusable": boolean(self.reusable)}
        if self.method.flow == "receiver":
            details["expirationTime"] = timestamp(self.created_at + FUNDS_ARRIVE_WITHIN)
        return details

    def server_wire(self) -> Json:
        """JSON of the source for a server that sent the confidential key of the payment service."""
        wire: Json = {
            "id": self.id,
            "createdTime": self.created_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "type": self.type,
            "reusable": self.reusable,
            "state": self.state,
            "clientSecret": self.secret,
            self.type: self.details,
            "liveMode": False,
        }
        optional = {
            "currency": self.currency,
            "amount": None if self.amount is None else number(self.amount),
            "paymentSessionId": self.session_id,
            "upstreamId": self.upstream_id,
            "customerId": self.customer_id,
        }
        wire |= {name: value for name, value in optional.items() if value is not None}
        return wire | ({"owner": self.owner.wire()} if self.owner is not None else {})

    def charge_wire(self, amount: Decimal, currency: str, charged_at: datetime, status: str) -> Json:
        charged = timestamp(charged_at)
        return {
            "chargeId": f"ch_{self.id.replace('-', '')[:24]}",
            "amount": money(amount, currency),
            "status": status,
            "createdTime": charged,
            "updatedTime": charged,
        }


@dataclass
class Challenge:
    """A bank's request to authenticate the shopper, for one source in one payment session."""

    source: Source
    session_id: str
    return_url: str | None


def as_text(value: object) -> str:
    """Detail of a source in a cart. Digital River writes an object as `{recipient=Ada Lovelace, address={...}}`."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}={as_text(child)}" for name, child in value.items() if child is not None) + "}"
    return str(value)


def first_state(method: Method, scenario: Scenario) -> State:
    if not scenario.is_created:
        return "failed"
    return "requires_action" if scenario.challenged == "creation" else STATES_AFTER_CREATION[method.flow]
