"""A subscription: a product that is bought again at the end of each term, and the changes that wait to be made."""

import calendar
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from sandbox.demo_shop.products import Product, TermUnit
from sandbox.model.order import Order
from sandbox.model.postal_address import FIELDS
from sandbox.model.shopper import Account, PaymentOption
from sandbox.model.source import Source
from sandbox.wire.money import Json, number

State = Literal["PendingActivation", "FreeTrial", "Subscribed", "PendingRenewal", "Cancelled"]

GRACE = timedelta(days=7)
"""How long the goods stay when a renewal could not be paid."""

PROCESSED_AFTER = timedelta(minutes=1)
"""From accepting a change to making it."""

DAYS = {"MONTHS": 30, "YEARS": 365}


@dataclass
class Action:
    """A change that was accepted."""

    kind: str
    asked_at: datetime
    act: Callable[[], None]

    def wire(self) -> Json:
        return {"actionType": self.kind, "requestDate": instant(self.asked_at)}


@dataclass
class Subscription:
    id: int
    account: Account
    product: Product
    quantity: int
    renewal_quantity: int
    is_auto_renewing: bool
    state: State
    term: tuple[TermUnit, int]
    created_at: datetime
    expires_at: datetime
    source: Source
    """What the renewals are paid with."""
    address: Json
    orders: list[Order] = field(default_factory=list)
    """The oldest first."""
    pending: list[Action] = field(default_factory=list)
    cancelled_at: datetime | None = None
    external_reference: str | None = None

    @property
    def is_over(self) -> bool:
        return self.state == "Cancelled"

    @property
    def renews(self) -> bool:
        return self.is_auto_renewing and not self.is_over

    @property
    def grace_ends_at(self) -> datetime:
        return self.expires_at + GRACE

    @property
    def option(self) -> PaymentOption | None:
        return next((one for one in self.account.payment_options if one.source is self.source), None)

    def cancel(self, now: datetime) -> None:
        self.state, self.cancelled_at = "Cancelled", now

    # What the answers show.

    def wire(self, *, shows_shopper: bool) -> Json:
        length = DAYS[self.term[0]] * self.term[1]
        currency = self.orders[0].cart.currency
        wire: Json = {
            "id": str(self.id),
            "externalReferenceId": self.external_reference,
            "creationDate": instant(self.created_at),
            "activationDate": instant(self.created_at) if self.state != "PendingActivation" else None,
            "nextRenewalDate": instant(self.expires_at) if self.renews else None,
            "expirationDate": instant(self.expires_at),
            "graceDate": instant(self.grace_ends_at),
            "cancellationDate": instant(self.cancelled_at) if self.cancelled_at else None,
            "currentQuantity": self.quantity,
            "renewalQuantity": self.renewal_quantity,
            "autoRenewal": self.is_auto_renewing,
            "locale": self.orders[0].cart.locale,
            "state": self.state,
            "duration": length,
            "frequency": length,
            "siteId": "riverdemo",
            "renewalPrice": {
                "unitPrice": number(self.product.price(currency)),
                "locked": False,
                "currency": currency,
            },
            "term": {"termUnit": self.term[0], "termLength": self.term[1]},
            "product": {
                "id": str(self.product.id),
                "name": self.product.name,
                "displayName": self.product.name,
                "sku": f"RD-{self.product.slug.upper()}",
                "externalReferenceID": self.product.slug,
            },
            "shipToAddress": self._address_wire(),
            "addOns": [],
        }
        if self.option is not None:
            wire["paymentOption"] = self._option_wire(self.option)
        if shows_shopper:
            wire["shopper"] = {"id": self.account.id, "externalReferenceId": self.account.external_reference}
        return wire

    def _address_wire(self) -> Json:
        filled = {name: self.address[name] for name in FIELDS if self.address.get(name) is not None}
        return {"id": f"{self.id}1"} | filled

    def _option_wire(self, option: PaymentOption) -> Json:
        details = option.source.details
        wire: Json = {
            "nickName": option.nickname,
            "id": str(option.id),
            "isDefault": "true" if option.is_default else "false",
            "type": "CreditCardMethod",
            "sourceId": str(option.source.id),
            "address": self._address_wire(),
        }
        if option.source.type == "creditCard":
            wire["creditCard"] = {
                "expirationMonth": str(details["expirationMonth"]),
                "expirationYear": str(details["expirationYear"]),
                "displayableNumber": f"************{details['lastFourDigits']}",
                "type": str(details["brand"]).lower(),
                "displayName": details["brand"],
            }
        return wire

    def legacy_wire(self, base: str) -> Json:
        """As the shopper's own, older resource has it."""
        return {
            "uri": f"{base}/v1/shoppers/me/subscriptions/{self.id}",
            "id": self.id,
            "status": "Cancelled" if self.is_over else "Active",
            "autoRenewal": "enabled" if self.is_auto_renewing else "disabled",
            "activationDate": instant(self.created_at),
            "nextRenewalDate": instant(self.expires_at) if self.renews else None,
            "cancellationDate": instant(self.cancelled_at) if self.cancelled_at else None,
            "nextRenewalQuantity": self.renewal_quantity,
            "products": {
                "product": {
                    "uri": f"{base}/v1/shoppers/me/products/{self.product.id}",
                    "id": self.product.id,
                    "displayName": self.product.name,
                    "sku": f"RD-{self.product.slug.upper()}",
                }
            },
            "orders": {"order": [{"uri": order.uri(base)} for order in reversed(self.orders)]},
        }


def later(at: datetime, term: tuple[TermUnit, int]) -> datetime:
    """The same day of a later month or year, or the last one that it has."""
    unit, length = term
    months = at.year * 12 + at.month - 1 + (length if unit == "MONTHS" else 12 * length)
    year, month = divmod(months, 12)
    day = min(at.day, calendar.monthrange(year, month + 1)[1])
    return at.replace(year=year, month=month + 1, day=day)


def instant(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.000Z")
