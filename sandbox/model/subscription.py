"""A subscription: a product that a shopper buys again at the end of each term."""

import calendar
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from sandbox.demo_shop.products import Product, TermUnit
from sandbox.model.order import Order
from sandbox.model.postal_address import ADDRESS_FIELDS
from sandbox.model.shopper import Account, PaymentOption
from sandbox.model.source import Source
from sandbox.wire.money import number
from sandbox.wire.values import Json, boolean, timestamp_in_seconds

State = Literal["FreeTrial", "Subscribed", "PendingRenewal", "Cancelled"]

Term = tuple[TermUnit, int]

GRACE = timedelta(days=7)
"""Time from the end of a term until the subscription is cancelled, if its renewal cannot be paid."""

DAYS = {"MONTHS": 30, "YEARS": 365}


@dataclass
class PendingChange:
    """An accepted change of a subscription, which takes effect later."""

    kind: str
    requested_at: datetime
    apply: Callable[[], None]

    def wire(self) -> Json:
        return {"actionType": self.kind, "requestDate": timestamp_in_seconds(self.requested_at)}


@dataclass
class Subscription:
    id: int
    account: Account
    product: Product
    quantity: int
    renewal_quantity: int
    is_auto_renewing: bool
    state: State
    term: Term
    created_at: datetime
    expires_at: datetime
    source: Source
    """Payment source that pays the renewals."""
    address: Json
    orders: list[Order] = field(default_factory=list)
    """Orders of the subscription, the oldest first."""
    pending_changes: list[PendingChange] = field(default_factory=list)
    cancelled_at: datetime | None = None

    @property
    def is_cancelled(self) -> bool:
        return self.state == "Cancelled"

    @property
    def grace_ends_at(self) -> datetime:
        return self.expires_at + GRACE

    @property
    def next_renewal_date(self) -> str | None:
        renews = self.is_auto_renewing and not self.is_cancelled
        return timestamp_in_seconds(self.expires_at) if renews else None

    @property
    def cancellation_date(self) -> str | None:
        return timestamp_in_seconds(self.cancelled_at) if self.cancelled_at else None

    @property
    def option(self) -> PaymentOption | None:
        """Saved payment option that pays the renewals; None if the source is not saved as a payment option."""
        return next((option for option in self.account.payment_options if option.source is self.source), None)

    def cancel(self, at: datetime) -> None:
        self.state, self.cancelled_at = "Cancelled", at

    # JSON of the subscription.

    def wire(self, *, shows_shopper: bool) -> Json:
        """JSON of the subscription for the merchant, in the answers of `/v1/subscriptions`."""
        days = DAYS[self.term[0]] * self.term[1]
        currency = self.orders[0].cart.currency
        created = timestamp_in_seconds(self.created_at)
        wire: Json = {
            "id": str(self.id),
            "externalReferenceId": None,
            "creationDate": created,
            "activationDate": created,
            "nextRenewalDate": self.next_renewal_date,
            "expirationDate": timestamp_in_seconds(self.expires_at),
            "graceDate": timestamp_in_seconds(self.grace_ends_at),
            "cancellationDate": self.cancellation_date,
            "currentQuantity": self.quantity,
            "renewalQuantity": self.renewal_quantity,
            "autoRenewal": self.is_auto_renewing,
            "locale": self.orders[0].cart.locale,
            "state": self.state,
            "duration": days,
            "frequency": days,
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
                "sku": self.product.sku,
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
        filled = {name: self.address[name] for name in ADDRESS_FIELDS if self.address.get(name) is not None}
        return {"id": f"{self.id}1"} | filled

    def _option_wire(self, option: PaymentOption) -> Json:
        details = option.source.details
        wire: Json = {
            "nickName": option.nickname,
            "id": str(option.id),
            "isDefault": boolean(option.is_default),
            "type": "CreditCardMethod",
            "sourceId": option.source.id,
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
        """JSON of the subscription for the shopper, in the answers of the older `/v1/shoppers/me/subscriptions`."""
        return {
            "uri": f"{base}/v1/shoppers/me/subscriptions/{self.id}",
            "id": self.id,
            "status": "Cancelled" if self.is_cancelled else "Active",
            "autoRenewal": "enabled" if self.is_auto_renewing else "disabled",
            "activationDate": timestamp_in_seconds(self.created_at),
            "nextRenewalDate": self.next_renewal_date,
            "cancellationDate": self.cancellation_date,
            "nextRenewalQuantity": self.renewal_quantity,
            "products": {
                "product": {
                    "uri": f"{base}/v1/shoppers/me/products/{self.product.id}",
                    "id": self.product.id,
                    "displayName": self.product.name,
                    "sku": self.product.sku,
                }
            },
            "orders": {"order": [{"uri": order.uri(base)} for order in reversed(self.orders)]},
        }


def end_of_term(start: datetime, term: Term) -> datetime:
    """End of the term. It is the same day in a later month, or the last day of a month that is too short."""
    unit, length = term
    months = start.year * 12 + start.month - 1 + (length if unit == "MONTHS" else 12 * length)
    year, month = divmod(months, 12)
    day = min(start.day, calendar.monthrange(year, month + 1)[1])
    return start.replace(year=year, month=month + 1, day=day)
