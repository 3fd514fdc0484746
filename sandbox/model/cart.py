"""A cart: its lines, what they cost, and how they are paid."""

from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from sandbox.demo_shop import products, promotions, taxes
from sandbox.demo_shop.coupons import BY_ID, COUPONS, OrderOffer, order_offer, pack_offer
from sandbox.demo_shop.eligibility import Purchase
from sandbox.demo_shop.products import Product
from sandbox.demo_shop.promotions import Offer
from sandbox.model import postal_address
from sandbox.model.contributions import Parts, parts
from sandbox.model.postal_address import Side
from sandbox.model.source import Source
from sandbox.wire.expand import Expand
from sandbox.wire.money import TAX_INCLUSIVE, ZERO, Amounts, Json, formatted, in_currency, money, rounded, split

if TYPE_CHECKING:  # An order is made of its cart.
    from sandbox.model.order import Order


PATH = "/v1/shoppers/me/carts/active"

SHIPPING: dict[int, tuple[str, Amounts]] = {
    142400: ("Standard", ("9.95", "6.90", "5.90", "900")),
    167400: ("Express", ("24.95", "19.90", "16.90", "2400")),
    171200: ("International", ("39.00", "34.00", "29.00", "4800")),
}
"""Shipping options by id: the name, and the cost in USD, EUR, GBP and JPY."""

DOMESTIC = frozenset({"US", "CA", "DE", "FR", "AT", "NL", "BE", "GB", "IE", "JP"})
"""Countries with the first two options; elsewhere there is only the third."""

REVIEWED_EMAIL = "hold1@fraud.com"


@dataclass
class Line:
    id: int
    product: Product
    quantity: int
    attributes: Json | None = None
    terms: Json | None = None
    """Recurring ones."""
    offer: Offer | None = None
    """Through which it was added."""
    parent_id: int | None = None
    """The line without which it goes."""

    def discount(self, currency: str) -> Decimal:
        """The better of the product's own price and that of the offer."""
        own = products.discount(self.product, currency, self.quantity)
        return max(own, self.offer.discount(self.product, currency, self.quantity)) if self.offer else own


@dataclass(frozen=True)
class LinePrice:
    listed: Decimal
    discount: Decimal
    product_tax: Decimal
    shipping_tax: Decimal

    @property
    def sale(self) -> Decimal:
        return self.listed - self.discount


@dataclass(frozen=True)
class Totals:
    lines: list[LinePrice]
    subtotal: Decimal
    discount: Decimal
    shipping: Decimal
    tax: Decimal
    total: Decimal
    tax_rate: Decimal


@dataclass
class Cart:
    id: int
    session_id: str
    session_secret: str
    currency: str
    locale: str
    lines: list[Line] = field(default_factory=list)
    billing: Json | None = None
    shipping: Json | None = None
    shipping_option: int | None = None
    codes: list[str] = field(default_factory=list)
    """Coupon codes as entered, earned or not."""
    offer_ids: list[int] = field(default_factory=list)
    """Order offers that were applied by their id."""
    source: Source | None = None
    """The primary one."""
    credit: Source | None = None
    """The secondary one."""
    ignores_credit: bool = False
    """Whether the credit came after the primary, which had taken on the whole total by then."""
    terms_accepted: bool | None = None
    is_test: bool = False
    organization_id: str | None = None
    attributes: dict[str, str] = field(default_factory=dict)
    charge_type: str = "customer_initiated"
    customer_type: str = "I"
    registrations: dict[str, str] = field(default_factory=dict)
    """Tax identifiers by key."""
    order: "Order | None" = None
    """Set while the cart is submitted and waits for the shopper to come back from the provider."""
    has_failed: bool = False
    """Whether the provider rejected the shopper after the submission."""
    verifies_addresses: bool = False
    forced_state: str | None = None
    """Set by a control; upstream decides it by itself."""

    @property
    def is_tax_inclusive(self) -> bool:
        return self.currency in TAX_INCLUSIVE

    @property
    def is_physical(self) -> bool:
        return any(line.product.is_physical for line in self.lines)

    @property
    def recurs(self) -> bool:
        return any(line.terms is not None for line in self.lines)

    @property
    def quantity(self) -> int:
        return sum(line.quantity for line in self.lines)

    def copy(self) -> "Cart":
        """As it is at this moment, whatever becomes of the cart itself."""
        return replace(
            self,
            lines=[replace(line) for line in self.lines],
            codes=list(self.codes),
            offer_ids=list(self.offer_ids),
            attributes=dict(self.attributes),
            registrations=dict(self.registrations),
            order=None,
        )

    # Addresses.

    def address(self, side: Side) -> Json | None:
        return self.billing if side == "billing" else self.shipping

    def set_address(self, side: Side, address: Json) -> None:
        if side == "billing":
            self.billing = address
        else:
            self.shipping = address

    def suggestions(self, side: Side) -> dict[str, Json]:
        """Corrections of the present address by their id; none while the site does not verify addresses."""
        return postal_address.suggestions(self.address(side)) if self.verifies_addresses else {}

    # Money.

    def totals(self) -> Totals:
        currency = self.currency
        listed = [line.product.price(currency) * line.quantity for line in self.lines]
        off = [line.discount(currency) for line in self.lines]
        sales = [one - less for one, less in zip(listed, off, strict=True)]
        subtotal = sum(sales, ZERO)
        best = self.best_offer(subtotal)
        discount = best.discount(subtotal, currency) if best else ZERO
        shares = split(discount, sales, currency)
        tax_rate = self._tax_rate()
        product_taxes = [self._tax(sale - share, tax_rate) for sale, share in zip(sales, shares, strict=True)]
        shipping = self.shipping_cost(self.shipping_option) if self.shipping_option and self.is_physical else ZERO
        weights = [sale if line.product.is_physical else ZERO for sale, line in zip(sales, self.lines, strict=True)]
        shipping_taxes = split(self._tax(shipping, tax_rate), weights, currency)
        tax = sum(product_taxes, ZERO) + sum(shipping_taxes, ZERO)
        return Totals(
            lines=[LinePrice(*parts) for parts in zip(listed, off, product_taxes, shipping_taxes, strict=True)],
            subtotal=subtotal,
            discount=discount,
            shipping=shipping,
            tax=tax,
            total=subtotal - discount + shipping + (ZERO if self.is_tax_inclusive else tax),
            tax_rate=tax_rate,
        )

    @property
    def tax_place(self) -> Json:
        """The country that taxes: where goods go, and for downloads who is billed. Until it is known nothing does."""
        return (self.shipping if self.is_physical else self.billing or self.shipping) or {}

    def _tax_rate(self) -> Decimal:
        if self.customer_type == "B" and taxes.EXEMPTING & self.registrations.keys():
            return ZERO
        return taxes.rate(self.tax_place.get("country"), self.tax_place.get("countrySubdivision"))

    def _tax(self, amount: Decimal, tax_rate: Decimal) -> Decimal:
        share = tax_rate / (1 + tax_rate) if self.is_tax_inclusive else tax_rate
        return rounded(amount * share, self.currency)

    def best_offer(self, subtotal: Decimal) -> OrderOffer | None:
        """Of the earned order offers the one that takes off most; only one counts for an order."""
        had = [*(COUPONS[code] for code in self.codes), *(BY_ID[offer_id] for offer_id in self.offer_ids)]
        earned = [one for one in had if one.is_earned(subtotal, self.currency)]
        return max(earned, key=lambda one: one.discount(subtotal, self.currency), default=None)

    def shipping_options(self) -> list[int]:
        """Ids of the options for the goods in the cart and where they go; empty without an address."""
        if not self.is_physical or self.shipping is None:
            return []
        return [142400, 167400] if self.shipping.get("country") in DOMESTIC else [171200]

    def shipping_cost(self, option: int) -> Decimal:
        return in_currency(SHIPPING[option][1], self.currency)

    def take_lines(self, other: "Cart") -> None:
        """Add what another cart holds; the same product with the same attributes makes one line."""
        for line in other.lines:
            same = (one for one in self.lines if one.product is line.product and one.attributes == line.attributes)
            found = next(same, None)
            if found is None:
                self.lines.append(line)
            else:
                found.quantity += line.quantity

    # Payment.

    def contributions(self, *, strict: bool) -> tuple[Decimal, Decimal]:
        """What the sources pay, and what is still to be paid."""
        total = self.totals().total
        paid = self.parts(strict=strict).paid
        return paid, total - paid

    def parts(self, *, strict: bool) -> Parts:
        credit = None if self.ignores_credit else self.credit
        return parts(self.totals().total, self.source, credit, strict=strict)

    @property
    def sources(self) -> list[Source]:
        """The primary first."""
        return [source for source in (self.source, self.credit) if source is not None]

    def session_state(self, *, strict: bool) -> str:
        if self.forced_state is not None:
            return self.forced_state
        if self.order is not None:
            return self.order.session_state
        if self.has_failed:
            return "failed"
        if self.source is not None and self.source.state == "requires_action":
            return "requires_action"
        _, remaining = self.contributions(strict=strict)
        return "requires_confirmation" if self.lines and remaining == 0 else "requires_source"

    def purchase(self) -> Purchase:
        billing = self.billing or {}
        return Purchase(
            currency=self.currency,
            total=self.totals().total,
            locale=self.locale,
            billing_country=billing.get("country"),
            shipping_country=(self.shipping or {}).get("country"),
            billing_last_name=billing.get("lastName"),
            is_recurring=self.recurs,
            has_free_trial=any(line.terms["freeTrial"] == "true" for line in self.lines if line.terms),
            organization_id=self.organization_id,
            has_tax_registrations=bool(self.registrations),
        )

    # What the answers show.

    def wire(self, base: str, expand: Expand, *, strict: bool, shows_amounts: bool) -> Json:
        uri = f"{base}/v1/shoppers/me/carts/active"
        warnings = [
            {"Code": "couponcode_not_eligible", "description": f"The coupon {code} is not earned yet."}
            for code in self.codes
            if not COUPONS[code].is_earned(self.totals().subtotal, self.currency)
        ]
        wire: Json = {
            "uri": uri,
            "paymentMethods": {"uri": f"{uri}/payment-methods"},
            "applyPaymentMethod": {"uri": f"{uri}/apply-payment-method"},
            "submitCart": {"uri": f"{uri}/submit-cart"},
            "webCheckout": {"uri": f"{uri}/web-checkout"},
            "id": self.id,
            "lineItems": {"uri": f"{uri}/line-items"},
            "totalItemsInCart": self.quantity,
            "businessEntityCode": self.seller,
            "billingAddress": self._address_wire("billing", uri, shown=expand.has("billingAddress")),
            "shippingAddress": self._address_wire("shipping", uri, shown=expand.has("shippingAddress")),
        }
        if self.lines:
            wire["lineItems"]["lineItem"] = self.line_wires(base, expand.below("lineItems"))
        wire |= self.payment_wire(strict=strict)
        wire |= {
            "payment": {},
            "paymentSession": self.session_wire(strict=strict, shows_amounts=shows_amounts),
            "shippingMethod": self.shipping_method_wire(),
            "shippingOptions": self._options_wire(uri, shown=expand.has("shippingOptions")),
            "taxInclusive": _text(self.is_tax_inclusive),
            "landedCostState": "NOT_ELIGIBLE",
            "pricing": self.pricing_wire(whole=expand.has("pricing")),
            "termsOfSalesAcceptance": None if self.terms_accepted is None else _text(self.terms_accepted),
            "chargeType": self.charge_type,
            "customerType": self.customer_type,
        }
        wire |= self.registrations_wire()
        if self.organization_id is not None:
            wire["organizationId"] = self.organization_id
        if expand.has("customAttributes") and self.attributes:
            wire["customAttributes"] = {
                "attribute": [
                    {"name": name, "type": "string", "value": value} for name, value in self.attributes.items()
                ]
            }
        if warnings:
            wire["Warnings"] = warnings
        return wire

    def registrations_wire(self) -> Json:
        """Absent while there are none."""
        if not self.registrations:
            return {}
        return {"taxRegistrations": [{"key": key, "value": value} for key, value in self.registrations.items()]}

    def payment_wire(self, *, strict: bool) -> Json:
        """The primary, and below it the credit; credit that is alone stands in its place."""
        share = self.parts(strict=strict)
        if self.source is None:
            return {"paymentMethod": self.credit.cart_wire(share.credit)} if self.credit is not None else {}
        wire = self.source.cart_wire(share.primary)
        if self.credit is not None:
            wire["supplementaryPaymentMethods"] = [self.credit.cart_wire(share.credit)]
        return {"paymentMethod": wire}

    @property
    def seller(self) -> str:
        country = (self.billing or {}).get("country") or self.locale.rpartition("_")[2]
        return {"US": "DR_INC-ENTITY", "CA": "DR_INC-ENTITY", "JP": "DR_JAPAN-ENTITY"}.get(country, "DR_IRELAND-ENTITY")

    def line_wires(self, base: str, expand: Expand, *, uri: str = "") -> list[Json]:
        place = uri or f"{base}/v1/shoppers/me/carts/active/line-items"
        prices = self.totals()
        whole = expand.has("lineItem")
        shown = products.core if whole else products.brief
        wires = []
        for line, price in zip(self.lines, prices.lines, strict=True):
            wire = {
                "uri": f"{place}/{line.id}",
                "id": line.id,
                "quantity": line.quantity,
                "product": shown(line.product, base, self.locale),
                "pricing": self._line_pricing(line, price, prices.tax_rate, whole=whole),
            }
            if line.parent_id is not None:
                wire["parentLineItemId"] = line.parent_id
            if line.offer is not None:
                named = {"policyName": line.offer.policy, "type": line.offer.kind}
                wire["groups"] = [{"group": [{"relationType": line.offer.kind, "offer": named}]}]
            if line.terms:
                wire["subscriptionInfo"] = dict(line.terms)
            if whole and line.attributes:
                wire["customAttributes"] = line.attributes
            wires.append(wire)
        return wires

    def _line_pricing(self, line: Line, price: LinePrice, tax_rate: Decimal, *, whole: bool) -> Json:
        one = line.product.price(self.currency)
        amounts = {
            "listPrice": one,
            "listPriceWithQuantity": price.listed,
            "salePriceWithQuantity": price.sale,
        }
        if whole:
            amounts["salePrice"] = rounded(price.sale / line.quantity, self.currency)
            amounts["totalDiscountWithQuantity"] = price.discount
        wire = self._both_forms(amounts)
        wire |= {
            "productTax": self._money(price.product_tax),
            "shippingTax": self._money(price.shipping_tax),
            "feeTax": self._money(ZERO),
            "taxRate": float(tax_rate) if tax_rate else 0,
        }
        if whole:
            off = price.discount * 100 / price.listed if price.listed else ZERO
            wire["discountDescription"] = f"{off:.0f}%" if off else "empty"
        return wire | self._both_forms({"importTax": ZERO, "importDuty": ZERO})

    def pricing_wire(self, *, whole: bool) -> Json:
        totals = self.totals()
        amounts = {
            "subtotal": totals.subtotal,
            "discount": totals.discount,
            "shippingAndHandling": totals.shipping,
            "importTaxAndDuty": ZERO,
            "tax": totals.tax,
            "orderTotal": totals.total,
        }
        if whole:
            amounts["subtotalWithDiscount"] = totals.subtotal - totals.discount
        return self._both_forms(amounts)

    def order_pricing_wire(self) -> Json:
        """The same amounts under the names that an order has for them."""
        totals = self.totals()
        return self._both_forms(
            {
                "subtotal": totals.subtotal,
                "subtotalWithDiscount": totals.subtotal - totals.discount,
                "incentive": totals.discount,
                "shipping": totals.shipping,
                "tax": totals.tax,
                "total": totals.total,
            }
        )

    def session_wire(self, *, strict: bool, shows_amounts: bool) -> Json:
        wire: Json = {
            "id": self.session_id,
            "clientSecret": self.session_secret,
            "status": self.session_state(strict=strict),
        }
        if self.order is not None:
            return wire | self.order.redirect_wire()
        if self.sources and shows_amounts:
            paid, remaining = self.contributions(strict=strict)
            wire["amountContributed"] = self._money(paid)
            wire["amountRemainingToBeContributed"] = self._money(remaining)
        return wire

    def shipping_method_wire(self) -> Json:
        if self.shipping_option is None or not self.is_physical:
            return {}
        return {"code": self.shipping_option, "description": SHIPPING[self.shipping_option][0]}

    def _address_wire(self, side: Side, uri: str, *, shown: bool) -> Json:
        link = {"uri": f"{uri}/{side}-address"}
        if not shown:
            return link
        wire = link | self.address_wire(side)
        return wire | ({"suggestions": self._suggestions_wire(side, uri)} if self.suggestions(side) else {})

    def full_address_wire(self, side: Side, base: str) -> Json:
        return self._address_wire(side, f"{base}{PATH}", shown=True)

    def suggestions_wire(self, side: Side, base: str) -> Json:
        return self._suggestions_wire(side, f"{base}{PATH}")

    def _suggestions_wire(self, side: Side, uri: str) -> Json:
        wire: Json = {"uri": f"{uri}/{side}-address/suggestions"}
        offered = self.suggestions(side)
        if offered:
            wire["address"] = [self._suggestion_wire(side, uri, *one) for one in offered.items()]
        return wire

    def suggestion_wire(self, side: Side, base: str, suggestion_id: str, address: Json) -> Json:
        return self._suggestion_wire(side, f"{base}{PATH}", suggestion_id, address)

    def _suggestion_wire(self, side: Side, uri: str, suggestion_id: str, address: Json) -> Json:
        """What is not known of a suggestion is written as the word null."""
        wire: Json = {
            "uri": f"{uri}/{side}-address/suggestions/{suggestion_id}",
            "applyAddress": {"uri": f"{uri}/apply-{side}-address?suggestionid={suggestion_id}"},
            "id": int(suggestion_id),
        }
        return wire | {name: "null" if address.get(name) is None else address[name] for name in postal_address.FIELDS}

    def address_wire(self, side: Side) -> Json:
        """Null in every field that nobody has filled."""
        given = (self.billing if side == "billing" else self.shipping) or {}
        wire: Json = {"id": f"{side}Address"} | {name: given.get(name) for name in postal_address.FIELDS}
        return wire | {"title": None} if side == "billing" else wire

    def _options_wire(self, uri: str, *, shown: bool) -> Json:
        wire: Json = {"uri": f"{uri}/shipping-options"}
        options = self.shipping_options()
        if shown and options:
            wire["shippingOption"] = [self.option_wire(option, uri, whole=True) for option in options]
        return wire

    def option_wire(self, option: int, uri: str, *, whole: bool) -> Json:
        cost = self.shipping_cost(option)
        wire: Json = {
            "uri": f"{uri}/shipping-options/{option}",
            "description": SHIPPING[option][0],
            "formattedCost": self._formatted(cost),
            "applyShippingOptionToCart": {"uri": f"{uri}/apply-shipping-option?shippingOptionId={option}"},
        }
        if whole:
            wire |= {"id": option, "cost": self._money(cost), "costWithDiscount": self._money(cost)}
            wire["formattedCostWithDiscount"] = self._formatted(cost)
        return wire

    def offer_wires(self, base: str) -> list[Json]:
        """What is in effect: on packs, on lines that were added through an offer, and on the order."""
        wires = [pack_offer(base)] if any(line.product.percent_off for line in self.lines) else []
        through = dict.fromkeys(line.offer for line in self.lines if line.offer is not None)
        wires += [promotions.brief(offer, base, self.locale) for offer in through]
        best = self.best_offer(self.totals().subtotal)
        return [*wires, order_offer(best, base)] if best else wires

    def _both_forms(self, amounts: dict[str, Decimal]) -> Json:
        """Each amount as money, and as text under `formatted…`."""
        wire: Json = {name: self._money(amount) for name, amount in amounts.items()}
        return wire | {f"formatted{name[0].upper()}{name[1:]}": self._formatted(a) for name, a in amounts.items()}

    def _money(self, amount: Decimal) -> Json:
        return money(amount, self.currency)

    def _formatted(self, amount: Decimal) -> str:
        return formatted(amount, self.currency, self.locale)

    def settle(self, *, preselects: bool) -> None:
        """Drop what no longer fits the lines and the addresses."""
        there = {line.id for line in self.lines}
        self.lines = [line for line in self.lines if line.parent_id is None or line.parent_id in there]
        if not self.lines:
            self.detach_all()
        options = self.shipping_options()
        if self.shipping_option not in options:
            self.shipping_option = options[0] if options and preselects else None

    def detach(self, source: Source, *, keeps: bool = False) -> None:
        if not keeps and not source.reusable:
            source.state = "cancelled"
        if source is self.credit:
            self.credit = None
        else:
            self.source, self.has_failed = None, False
        # Without the primary that was there first, credit counts.
        self.ignores_credit = False

    def detach_all(self) -> None:
        for source in self.sources:
            self.detach(source)


def _text(value: bool) -> str:
    return "true" if value else "false"
