"""Payment sources: what the payment service makes of a card or of a method, and how a source changes."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal
from uuid import UUID

from sandbox.demo_shop.decline_reasons import DECLINES, Decline
from sandbox.demo_shop.payment_methods import Flow, Method
from sandbox.demo_shop.test_scenarios import Fate
from sandbox.wire.money import Json, money, number

State = Literal["pending_redirect", "pending_funds", "requires_action", "chargeable", "consumed", "cancelled", "failed"]

AFTER_CREATION: dict[Flow, State] = {
    "standard": "chargeable",
    "redirect": "pending_redirect",
    "receiver": "pending_funds",
}

STORE_CREDIT = Method(name="Store credit", type="customerCredit", flow="standard", workflow="standard", limits=())
"""Made with the confidential key alone, and in no list of methods."""

FUNDS_ARRIVE_WITHIN = timedelta(days=30)


@dataclass
class Owner:
    first_name: str | None
    last_name: str | None
    email: str | None
    phone: str | None
    address: Json
    """As the payment service names it: `line1`, `line2`, `city`, `state`, `postalCode`, `country`."""

    def wire(self) -> Json:
        named = {
            "firstName": self.first_name,
            "lastName": self.last_name,
            "email": self.email,
            "phoneNumber": self.phone,
        }
        return {name: value for name, value in named.items() if value is not None} | {"address": self.address}

    def cart_address(self) -> Json:
        """The same address in the words of the cart."""
        given = self.address
        return {
            "firstName": self.first_name,
            "lastName": self.last_name,
            "line1": given.get("line1"),
            "line2": given.get("line2"),
            "city": given.get("city"),
            "countrySubdivision": given.get("state"),
            "postalCode": given.get("postalCode"),
            "country": given.get("country"),
            "phoneNumber": self.phone,
            "emailAddress": self.email,
        }


@dataclass
class Source:
    id: UUID
    secret: str
    method: Method
    amount: Decimal
    currency: str
    state: State
    owner: Owner | None
    session_id: str | None
    created_at: datetime
    details: Json
    """What the hash named after the type shows: of a card brand, expiry and the last four digits."""
    redirect: Json = field(default_factory=dict)
    reusable: bool = False
    """Set by saving it as a payment option; it can then be charged again."""
    fate: Fate = field(default_factory=Fate)
    authenticated_for: set[str] = field(default_factory=set)
    """Payment sessions for which the shopper has passed the bank's challenge."""
    failed_for: set[str] = field(default_factory=set)
    """Those for which the last one was failed, and nobody has asked yet."""
    option: str | None = None
    """The choice that was made inside PayPal's own page."""
    upstream_id: str | None = None
    """The merchant's own reference of store credit."""

    @property
    def type(self) -> str:
        return self.method.type

    @property
    def is_credit(self) -> bool:
        return self.method is STORE_CREDIT

    @property
    def is_settled_by_redirect(self) -> bool:
        """Whether the shopper goes to the provider after the submission."""
        return self.method.workflow == "submit-then-redirect"

    @property
    def can_be_attached(self) -> bool:
        return self.state in ("chargeable", "pending_funds", "requires_action") or (
            self.state == "pending_redirect" and self.is_settled_by_redirect
        )

    @property
    def waits_for_redirect(self) -> bool:
        """Whether a submission sends the shopper to the provider. What was saved was approved for good."""
        return self.is_settled_by_redirect and not self.reusable

    def declined_for(self, session_id: str, charge_type: str) -> Decline | None:
        """Why the bank does not pay.

        A card that is challenged when it is made was so for its first purchase; saved, it is for each one.
        """
        if charge_type != "customer_initiated" or session_id in self.authenticated_for:
            return None if self.fate.challenged == "charge" else self.fate.decline
        if self.reusable and self.fate.challenged == "creation":
            return DECLINES["authentication_required"]
        return self.fate.decline

    def has_expired(self, now: datetime) -> bool:
        """Whether it is a card, and its last month is over."""
        if self.type != "creditCard":
            return False
        return (self.details["expirationYear"], self.details["expirationMonth"]) < (now.year, now.month)

    def consume(self) -> None:
        """It was charged: a single-use source is spent by that."""
        if not self.reusable:
            self.state = "consumed"

    def wire(self) -> Json:
        """As DigitalRiver.js is given it."""
        at = timestamp(self.created_at)
        wire: Json = {
            "clientId": "gc",
            "channelId": "riverdemo",
            "liveMode": False,
            "id": str(self.id),
            "clientSecret": self.secret,
            "type": self.type,
            "reusable": self.reusable,
            "amount": f"{self.amount}",
            "currency": self.currency,
            "state": self.state,
            "createdTime": at,
            "updatedTime": at,
            "flow": self.method.flow,
            self.type: self.details,
        }
        if self.session_id is not None:
            wire["sessionId"] = self.session_id
        if self.owner is not None:
            wire["owner"] = self.owner.wire()
        if self.redirect:
            wire["redirect"] = self.redirect
        if self.method.flow == "receiver":
            wire["expirationTime"] = timestamp(self.created_at + FUNDS_ARRIVE_WITHIN)
        return wire

    def cart_wire(self, contributed: Decimal) -> Json:
        """As a cart shows it: every detail is text, and the secret is repeated in the hash."""
        details = {name: str(value) for name, value in self.details.items()}
        details |= {
            "clientSecret": self.secret,
            "flow": self.method.flow,
            "reusable": "true" if self.reusable else "false",
        }
        if self.method.flow == "receiver":
            details["expirationTime"] = timestamp(self.created_at + FUNDS_ARRIVE_WITHIN)
        return {
            "type": self.type,
            "sourceId": str(self.id),
            "sourceClientSecret": self.secret,
            self.type: details,
            "amountContributed": money(contributed, self.currency),
        }

    def server_wire(self) -> Json:
        """As whoever has the confidential key is given it."""
        wire: Json = {
            "id": str(self.id),
            "createdTime": self.created_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "type": self.type,
            "currency": self.currency,
            "amount": number(self.amount),
            "reusable": self.reusable,
            "state": self.state,
            "clientSecret": self.secret,
            self.type: self.details,
            "liveMode": False,
        }
        named = {"paymentSessionId": self.session_id, "upstreamId": self.upstream_id}
        wire |= {name: value for name, value in named.items() if value is not None}
        return wire | ({"owner": self.owner.wire()} if self.owner is not None else {})

    def charge_wire(self, amount: Decimal, at: datetime, status: str) -> Json:
        when = timestamp(at)
        return {
            "chargeId": f"ch_{self.id.hex[:24]}",
            "amount": {"currency": self.currency, "value": number(amount)},
            "status": status,
            "createdTime": when,
            "updatedTime": when,
        }


@dataclass
class Challenge:
    """A bank's question to the shopper, about one source and one payment session."""

    source: Source
    session_id: str
    return_url: str | None


def first_state(method: Method, fate: Fate) -> State:
    if not fate.is_made:
        return "failed"
    return "requires_action" if fate.challenged == "creation" else AFTER_CREATION[method.flow]


def timestamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"
