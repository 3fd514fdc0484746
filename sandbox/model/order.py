"""An order: a cart that was submitted. Nothing of it changes any more but its states."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from sandbox.demo_shop import products
from sandbox.model.cart import Cart, Line
from sandbox.wire.expand import Expand
from sandbox.wire.money import ZERO, Json, money

RIPENS = {timedelta(hours=1): "In Process", timedelta(days=2): "Complete"}
"""What becomes of an order by itself, by the time since its submission."""

IN_A_LIST = ("total", "formattedTotal")
"""Amounts that a list shows of an order unless everything is asked for."""


@dataclass
class Order:
    cart: Cart
    state: str
    session_state: str
    submitted_at: datetime | None
    password: str = field(default_factory=lambda: secrets.token_hex(5))
    """In the confirmation mail; with it anybody may look the order up."""
    refunded: Decimal = ZERO
    charge_status: str = "Capturable"
    paid_at: datetime | None = None
    """When the money was there, where that was after the submission."""
    shows_source: bool = True
    """Orders from before payment sources have only the summary of `payment`."""

    @property
    def id(self) -> int:
        return self.cart.id

    @property
    def email(self) -> str | None:
        return (self.cart.billing or {}).get("emailAddress")

    @property
    def last_four_digits(self) -> str | None:
        source = self.cart.source
        return str(source.details["lastFourDigits"]) if source and source.type == "creditCard" else None

    @property
    def is_fulfilled(self) -> bool:
        return self.state == "Complete"

    def ripen(self, now: datetime) -> None:
        """Let happen what time brings: the goods are picked, then they are on their way."""
        if self.state not in ("Submitted", *RIPENS.values()) or self.submitted_at is None:
            return
        age = now - (self.paid_at or self.submitted_at)
        self.state = next((state for after, state in reversed(RIPENS.items()) if age >= after), self.state)

    def settle(self, state: str, now: datetime) -> None:
        """Set the state. An order that leaves what it waited for is paid, and submitted."""
        self.state = state
        if self.submitted_at is None and not state.startswith("Source Pending"):
            self.submitted_at, self.session_state = now, "complete"

    # What the answers show.

    def header(self, base: str) -> Json:
        cart = self.cart
        settled = cart.totals().total if self.is_fulfilled else ZERO
        return {
            "uri": self.uri(base),
            "id": cart.id,
            "submissionDate": self.submitted_at.strftime("%Y-%m-%dT%H:%M:%S.000Z") if self.submitted_at else None,
            "displayName": "New Order",
            "locale": cart.locale,
            "optIn": "false",
            "testOrder": _text(cart.is_test),
            "taxExempt": "false",
            "businessEntityCode": cart.seller,
            "orderState": self.state,
            "orderStateDetails": {
                "description": None,
                "settled": money(settled, cart.currency),
                "refunded": money(self.refunded, cart.currency),
            },
            "customAttributes": {
                "attribute": [
                    {
                        "name": "orderSubmittedByShopperApiFlag",
                        "type": "string",
                        "value": "shopperApiV1Submitted",
                    }
                ]
            },
        }

    def uri(self, base: str) -> str:
        return f"{base}/v1/shoppers/me/orders/{self.id}"

    def submitted_wire(self, base: str) -> Json:
        """What submit-cart and resume-cart answer with, in the words of the cart."""
        cart = self.cart
        lines = self.line_wires(base, whole=True)
        for line in lines:
            del line["uri"]
        wire: Json = {
            "order": self.header(base),
            "lineItems": {"lineItem": lines},
            "billingAddress": cart.address_wire("billing"),
            "shippingAddress": cart.address_wire("shipping"),
            "shippingMethod": cart.shipping_method_wire(),
            "taxInclusive": _text(cart.is_tax_inclusive),
            "landedCostState": "NOT_ELIGIBLE",
            "pricing": cart.pricing_wire(whole=True),
            "paymentCompletionResources": {},
            "termsOfSalesAcceptance": None if cart.terms_accepted is None else _text(cart.terms_accepted),
            "paymentSession": self.session_wire(),
            "customerType": cart.customer_type,
        }
        wire |= cart.registrations_wire()
        wire |= self._paid_wire()
        return wire

    def wire(self, base: str, expand: Expand) -> Json:
        """What `GET orders/{id}` answers with: addresses, products and attributes in full where expanded."""
        cart = self.cart
        wire = self.header(base) | {
            "pricing": cart.order_pricing_wire(),
            "payment": self._payment_wire(),
            "billingAddress": self.address_wire(base, "billing", whole=expand.has("billingAddress")),
            "shippingAddress": self.address_wire(base, "shipping", whole=expand.has("shippingAddress")),
            "lineItems": self.lines_wire(base, whole=expand.has("lineItems")),
            "shippingMethod": cart.shipping_method_wire(),
            "taxInclusive": _text(cart.is_tax_inclusive),
            "landedCostState": "NOT_ELIGIBLE",
            "paymentSession": self.session_wire(),
        }
        if self.shows_source:
            wire |= self._paid_wire()
        if not expand.has("customAttributes"):
            del wire["customAttributes"]
        return wire

    def listed_wire(self, base: str, expand: Expand) -> Json:
        """What a list shows of it: a link, and the parts that were asked for."""
        if not expand.all and not expand.paths:
            return {"uri": self.uri(base)}
        wire = expand.chosen(self.wire(base, expand), {"uri"})
        if not expand.all and "pricing" in wire:
            wire["pricing"] = {name: wire["pricing"][name] for name in IN_A_LIST}
        return wire

    def found_wire(self, base: str, expand: Expand) -> Json:
        """What order-lookup shows of it."""
        shown = Expand(all=True)
        whole = self.wire(base, shown)
        if expand.all:
            return whole
        wire = {name: whole[name] for name in ("uri", "id", "submissionDate", "orderState")}
        wire["pricing"] = {name: whole["pricing"][name] for name in IN_A_LIST}
        wire["payment"] = {name: whole["payment"].get(name) for name in ("paymentMethodName", "displayableNumber")}
        return wire | {name: whole[name] for name in ("billingAddress", "shippingAddress")}

    def address_wire(self, base: str, side: str, *, whole: bool) -> Json:
        link = {"uri": f"{self.uri(base)}/{side}-address"}
        return link | self.cart.address_wire("billing" if side == "billing" else "shipping") if whole else link

    def lines_wire(self, base: str, *, whole: bool) -> Json:
        return {"uri": f"{self.uri(base)}/line-items", "lineItem": self.line_wires(base, whole=whole)}

    def line_wires(self, base: str, *, whole: bool) -> list[Json]:
        wires = self.cart.line_wires(base, Expand(all=True), uri=f"{self.uri(base)}/line-items")
        for wire, line in zip(wires, self.cart.lines, strict=True):
            if not whole:
                wire["product"] = products.brief(line.product, base, self.cart.locale)
            wire |= self._fulfilment_wire(line)
        return wires

    def _fulfilment_wire(self, line: Line) -> Json:
        is_ready = self.session_state == "complete" and not line.product.is_physical
        files = f"https://downloads.riverdemo.example/{self.id}/{line.product.slug}"
        is_shipped = self.is_fulfilled and line.product.is_physical
        return {
            "lineItemState": "Downloadable" if is_ready else self.state,
            "lineItemStateDetails": {
                "description": None,
                "backOrdered": 0,
                "shipped": line.quantity if is_shipped else 0,
                "returned": 0,
                "pendingReturn": 0,
            },
            "downloads": {"downloadUri": [files]} if is_ready else {},
            "digitalRights": {"serialNumber": [f"RD-{self.id}-{line.id}"]} if is_ready else {},
        }

    def session_wire(self) -> Json:
        cart = self.cart
        wire: Json = {"id": cart.session_id, "clientSecret": cart.session_secret, "status": self.session_state}
        return wire | self.redirect_wire()

    def redirect_wire(self) -> Json:
        """Where the shopper must go, while somebody waits for that."""
        if self.session_state != "pending_redirect" or self.cart.source is None:
            return {}
        return {"redirectUrl": self.cart.source.redirect["redirectUrl"]}

    def _paid_wire(self) -> Json:
        wire = self.cart.payment_wire(strict=False)
        share = self.cart.parts(strict=False)
        if self.submitted_at is not None and self.cart.sources:
            source = self.cart.sources[0]
            amount = share.primary if self.cart.source is not None else share.credit
            wire["paymentMethod"]["charges"] = [source.charge_wire(amount, self.submitted_at, self.charge_status)]
        return wire

    def _payment_wire(self) -> Json:
        """The summary of older clients."""
        source = self.cart.source
        if source is None:
            return {}
        billing = self.cart.billing or {}
        wire: Json = {
            "paymentMethodName": source.details.get("brand", source.type),
            "customerFirstName": billing.get("firstName"),
            "customerLastName": billing.get("lastName"),
            "customerEmail": billing.get("emailAddress"),
            "paymentAmount": money(self.cart.totals().total, self.cart.currency),
            "softDescriptor": "DRI*riverdemo",
        }
        if self.last_four_digits is not None:
            wire |= {
                "displayableNumber": f"************{self.last_four_digits}",
                "expirationMonth": str(source.details["expirationMonth"]),
                "expirationYear": str(source.details["expirationYear"]),
            }
        return wire


def _text(value: bool) -> str:
    return "true" if value else "false"
