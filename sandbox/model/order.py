"""An order: a submitted cart, with the states of its fulfilment and payment."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from sandbox.demo_shop import products
from sandbox.demo_shop.document_paths import download
from sandbox.model import cart_wire
from sandbox.model.cart import Cart
from sandbox.model.postal_address import Side
from sandbox.model.totals import Line
from sandbox.wire.expand import Expand
from sandbox.wire.money import ZERO, money
from sandbox.wire.values import Json, boolean, timestamp_in_seconds

LISTED_AMOUNTS = ("total", "formattedTotal")
"""Fields of `pricing` that a list of orders shows without `expand=all`."""


@dataclass
class Order:
    cart: Cart
    state: str
    submitted_at: datetime | None = None
    paid_at: datetime | None = None
    password: str = field(default_factory=lambda: secrets.token_hex(5))
    """Password from the confirmation mail. Any caller can look up the order by its number and this password."""
    refunded: Decimal = ZERO
    charge_status: str = "Capturable"
    shows_source: bool = True
    """Whether the JSON of the order contains its source. Very old orders have only a summary in `payment`."""

    @property
    def id(self) -> int:
        return self.cart.id

    @property
    def session_state(self) -> str | None:
        """State of the payment session of the submitted cart."""
        return self.cart.session_state_after_submission

    @session_state.setter
    def session_state(self, state: str) -> None:
        self.cart.session_state_after_submission = state

    @property
    def email(self) -> str | None:
        return (self.cart.billing or {}).get("emailAddress")

    @property
    def last_four_digits(self) -> str | None:
        source = self.cart.source
        return str(source.details["lastFourDigits"]) if source and source.type == "creditCard" else None

    @property
    def is_shipped(self) -> bool:
        return self.state == "Complete"

    # JSON of the order.

    def uri(self, base: str) -> str:
        return f"{base}/v1/shoppers/me/orders/{self.id}"

    def header_wire(self, base: str) -> Json:
        cart = self.cart
        settled = cart.totals().total if self.is_shipped else ZERO
        attribute = {"name": "orderSubmittedByShopperApiFlag", "type": "string", "value": "shopperApiV1Submitted"}
        return {
            "uri": self.uri(base),
            "id": cart.id,
            "submissionDate": timestamp_in_seconds(self.submitted_at) if self.submitted_at else None,
            "displayName": "New Order",
            "locale": cart.locale,
            "optIn": "false",
            "testOrder": boolean(cart.is_test),
            "taxExempt": "false",
            "businessEntityCode": cart.seller,
            "orderState": self.state,
            "orderStateDetails": {
                "description": None,
                "settled": money(settled, cart.currency),
                "refunded": money(self.refunded, cart.currency),
            },
            "customAttributes": {"attribute": [attribute]},
        }

    def submitted_wire(self, base: str) -> Json:
        """JSON of the order in the answers of submit-cart and resume-cart. It has the field names of a cart."""
        cart = self.cart
        lines = self.line_wires(base, is_full=True)
        for line in lines:
            del line["uri"]
        wire: Json = {
            "order": self.header_wire(base),
            "lineItems": {"lineItem": lines},
            "billingAddress": cart_wire.address_wire(cart, "billing"),
            "shippingAddress": cart_wire.address_wire(cart, "shipping"),
            "shippingMethod": cart_wire.shipping_method_wire(cart),
            "taxInclusive": boolean(cart.is_tax_inclusive),
            "landedCostState": "NOT_ELIGIBLE",
            "pricing": cart_wire.pricing_wire(cart, is_full=True),
            "paymentCompletionResources": {},
            "termsOfSalesAcceptance": cart_wire.terms_accepted_wire(cart),
            "paymentSession": cart_wire.submitted_session_wire(cart),
            "customerType": cart.customer_type,
        }
        return wire | cart_wire.registrations_wire(cart) | self._sources_wire()

    def wire(self, base: str, expand: Expand) -> Json:
        """JSON of the order in the answer of `GET orders/{id}`. `expand` adds addresses, products and attributes."""
        cart = self.cart
        wire = self.header_wire(base) | {
            "pricing": cart_wire.order_pricing_wire(cart),
            "payment": self._summary_wire(),
            "billingAddress": self.address_wire(base, "billing", is_full=expand.has("billingAddress")),
            "shippingAddress": self.address_wire(base, "shipping", is_full=expand.has("shippingAddress")),
            "lineItems": self.lines_wire(base, is_full=expand.has("lineItems")),
            "shippingMethod": cart_wire.shipping_method_wire(cart),
            "taxInclusive": boolean(cart.is_tax_inclusive),
            "landedCostState": "NOT_ELIGIBLE",
            "paymentSession": cart_wire.submitted_session_wire(cart),
        }
        if self.shows_source:
            wire |= self._sources_wire()
        if not expand.has("customAttributes"):
            del wire["customAttributes"]
        return wire

    def listed_wire(self, base: str, expand: Expand) -> Json:
        """JSON of the order in a list of orders. It has the `uri`, and the fields that `expand` selects."""
        if not expand.all and not expand.paths:
            return {"uri": self.uri(base)}
        wire = expand.select(self.wire(base, expand), {"uri"})
        if not expand.all and "pricing" in wire:
            wire["pricing"] = {name: wire["pricing"][name] for name in LISTED_AMOUNTS}
        return wire

    def lookup_wire(self, base: str, expand: Expand) -> Json:
        """JSON of the order in the answer of order-lookup."""
        full = self.wire(base, Expand(all=True))
        if expand.all:
            return full
        wire = {name: full[name] for name in ("uri", "id", "submissionDate", "orderState")}
        wire["pricing"] = {name: full["pricing"][name] for name in LISTED_AMOUNTS}
        wire["payment"] = {name: full["payment"].get(name) for name in ("paymentMethodName", "displayableNumber")}
        return wire | {name: full[name] for name in ("billingAddress", "shippingAddress")}

    def address_wire(self, base: str, side: Side, *, is_full: bool) -> Json:
        wire = {"uri": f"{self.uri(base)}/{side}-address"}
        return wire | cart_wire.address_wire(self.cart, side) if is_full else wire

    def lines_wire(self, base: str, *, is_full: bool) -> Json:
        return {"uri": f"{self.uri(base)}/line-items", "lineItem": self.line_wires(base, is_full=is_full)}

    def line_wires(self, base: str, *, is_full: bool) -> list[Json]:
        """JSON of the order lines. If `is_full`, each product has all fields."""
        wires = cart_wire.line_wires(self.cart, base, Expand(all=True), uri=f"{self.uri(base)}/line-items")
        for wire, line in zip(wires, self.cart.lines, strict=True):
            if not is_full:
                wire["product"] = products.brief(line.product, base, self.cart.locale)
            wire |= self._fulfilment_wire(line, base)
        return wires

    def _fulfilment_wire(self, line: Line, base: str) -> Json:
        is_download = self.session_state == "complete" and not line.product.is_physical
        return {
            "lineItemState": "Downloadable" if is_download else self.state,
            "lineItemStateDetails": {
                "description": None,
                "backOrdered": 0,
                "shipped": line.quantity if self.is_shipped and line.product.is_physical else 0,
                "returned": 0,
                "pendingReturn": 0,
            },
            "downloads": {"downloadUri": [f"{base}{download(self.id, line.product.slug)}"]} if is_download else {},
            "digitalRights": {"serialNumber": [f"RD-{self.id}-{line.id}"]} if is_download else {},
        }

    def _sources_wire(self) -> Json:
        wire = cart_wire.payment_wire(self.cart, strict=False)
        if self.submitted_at is not None and self.cart.sources:
            amounts = self.cart.contributions(strict=False)
            amount = amounts.primary if self.cart.source is not None else amounts.credit
            charge = self.cart.sources[0].charge_wire(amount, self.cart.currency, self.submitted_at, self.charge_status)
            wire["paymentMethod"]["charges"] = [charge]
        return wire

    def _summary_wire(self) -> Json:
        """JSON of the field `payment`, which summarizes the payment for older clients."""
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
