"""Payment sources: what the payment service makes of a card or of a method, and how a source changes."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal
from uuid import UUID

from sandbox import cards
from sandbox.declines import DECLINES, Decline
from sandbox.methods import METHODS, Method
from sandbox.money import Json, money, number

State = Literal["pending_redirect", "pending_funds", "chargeable", "consumed", "cancelled", "failed"]

IMITATED = frozenset({"creditCard", "klarnaCredit", "payPal", "wireTransfer"})

STORE_CREDIT = Method(name="Store credit", type="customerCredit", flow="standard", workflow="standard", limits=())
"""Made with the confidential key alone, and in no list of methods."""

DECLINE_TRIGGER = "Decline:"
"""The owner's last name `Decline:<subcode>` makes the charge fail for that reason. Our own extension."""

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
    fails_at_charge: bool = False
    decline: Decline | None = None
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
        return self.state in ("chargeable", "pending_funds") or (
            self.state == "pending_redirect" and self.is_settled_by_redirect
        )

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
        at = _timestamp(self.created_at)
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
            wire["expirationTime"] = _timestamp(self.created_at + FUNDS_ARRIVE_WITHIN)
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
            details["expirationTime"] = _timestamp(self.created_at + FUNDS_ARRIVE_WITHIN)
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

    def charge_wire(self, amount: Decimal, at: datetime) -> Json:
        when = _timestamp(at)
        return {
            "chargeId": f"ch_{self.id.hex[:24]}",
            "amount": {"currency": self.currency, "value": number(amount)},
            "status": "Capturable",
            "createdTime": when,
            "updatedTime": when,
        }


def first_state(method: Method, owner: Owner | None, card_number: str | None) -> State:
    if card_number is not None and cards.FAILING.get(card_number) == "source":
        return "failed"
    if method.type != "creditCard" and owner is not None and owner.last_name == "SourceCreationFail":
        return "failed"
    return {"standard": "chargeable", "redirect": "pending_redirect", "receiver": "pending_funds"}[method.flow]  # type: ignore[return-value]  # the values are states


def charge_fails(owner: Owner | None, card_number: str | None) -> bool:
    if card_number is not None:
        return cards.FAILING.get(card_number) == "charge"
    return owner is not None and owner.last_name == "ChargeCreationFail"


def declined_for(owner: Owner | None) -> Decline | None:
    name = owner.last_name if owner is not None else None
    return (
        DECLINES.get((name or "").removeprefix(DECLINE_TRIGGER)) if (name or "").startswith(DECLINE_TRIGGER) else None
    )


def method_of(type: str) -> Method | None:
    return METHODS.get(type) if type in IMITATED else None


def bank_account(reference: str) -> Json:
    """Where to send the money of a wire transfer."""
    return {
        "referenceId": reference,
        "bankName": "Example Bank N.A.",
        "city": "Ontario",
        "country": "United States",
        "accountHolder": "Riverdemo Collections",
        "accountNumber": "0487369908",
        "swiftCode": "EXAMUS66XXX",
    }


def _timestamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"
