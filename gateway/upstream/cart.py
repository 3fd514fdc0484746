"""The cart as Digital River tells it, with the graph's names."""

import hashlib
from functools import cached_property
from typing import Any

import msgspec
from msgspec import field
from msgspec.structs import replace

from gateway.enums import ChargeType, CustomerType, LandedCostState, PaymentSessionState, ProductKind
from gateway.money import Money, zero
from gateway.upstream import error_envelopes
from gateway.upstream.addresses import CartAddress, cart_address
from gateway.upstream.catalog import worded
from gateway.upstream.decoding import Identifier, Loose, OneOrMany, Shape, decode, first, many, present
from gateway.upstream.ids import global_id
from gateway.upstream.lines import CartLine
from gateway.upstream.payment import CartPaymentSession, Source, sources


class CartTotals(Shape, frozen=True, kw_only=True):
    subtotal: Money
    subtotal_with_discount: Money
    discount: Money
    shipping_and_handling: Money
    tax: Money
    import_tax_and_duty: Money
    order_total: Money
    is_estimate: bool


class CartPricing(Shape, frozen=True, kw_only=True, rename="camel"):
    """Amounts of a cart or a submitted one. Source: pricing."""

    subtotal: Money | None = None
    subtotal_with_discount: Money | None = None
    discount: Money | None = None
    shipping_and_handling: Money | None = None
    tax: Money | None = None
    import_tax_and_duty: Money | None = None
    order_total: Money
    formatted_subtotal: str | None = None
    formatted_subtotal_with_discount: str | None = None
    formatted_discount: str | None = None
    formatted_shipping_and_handling: str | None = None
    formatted_tax: str | None = None
    formatted_import_tax_and_duty: str | None = None
    formatted_order_total: str | None = None

    def totals(self, *, is_estimate: bool) -> CartTotals:
        nothing = zero(self.order_total.currency_code)
        subtotal = worded(self.subtotal, self.formatted_subtotal) or nothing
        discount = worded(self.discount, self.formatted_discount) or nothing
        return CartTotals(
            subtotal=subtotal,
            subtotal_with_discount=worded(self.subtotal_with_discount, self.formatted_subtotal_with_discount)
            or Money(subtotal.amount - discount.amount, subtotal.currency_code),
            discount=discount,
            shipping_and_handling=worded(self.shipping_and_handling, self.formatted_shipping_and_handling) or nothing,
            tax=worded(self.tax, self.formatted_tax) or nothing,
            import_tax_and_duty=worded(self.import_tax_and_duty, self.formatted_import_tax_and_duty) or nothing,
            order_total=worded(self.order_total, self.formatted_order_total) or nothing,
            is_estimate=is_estimate,
        )


class ShippingOption(Shape, frozen=True, kw_only=True):
    id: str
    name: str
    cost: Money
    cost_with_discount: Money
    is_selected: bool


class WireShippingOption(Shape, frozen=True, kw_only=True, rename="camel"):
    id: Identifier | None = None
    description: str | None = None
    cost: Money | None = None
    cost_with_discount: Money | None = None
    formatted_cost: str | None = None
    formatted_cost_with_discount: str | None = None


class ShippingOptions(Shape, frozen=True, kw_only=True, rename="camel"):
    shipping_option: OneOrMany[WireShippingOption] = []


class ShippingMethod(Shape, frozen=True, kw_only=True):
    code: Identifier | None = None
    description: str | None = None


class LineItems(Shape, frozen=True, kw_only=True, rename="camel"):
    line_item: OneOrMany[CartLine] = []


class WireTaxIdentifier(Shape, frozen=True, kw_only=True):
    key: str
    value: str | int = ""


class TaxIdentifier(Shape, frozen=True, kw_only=True):
    key: str
    masked_value: str


class WireWarning(Shape, frozen=True, kw_only=True):
    code: str | None = None
    capital_code: str | None = field(name="Code", default=None)


def warning_codes(*found: OneOrMany[WireWarning] | None) -> list[str]:
    """Both spellings of the list, and of a code in it, occur."""
    codes = [first(one.code, one.capital_code) for listed in found for one in many(listed)]
    return [code for code in codes if code]


class Cart(Shape, frozen=True, kw_only=True, rename="camel", dict=True, gc=True):
    """The open cart, expanded. Source: cart."""

    wire_id: Identifier | None = field(name="id", default=None)
    line_items: LineItems = LineItems()
    total_items_in_cart: int | None = None
    pricing: CartPricing
    wire_billing: Loose | None = field(name="billingAddress", default=None)
    wire_shipping: Loose | None = field(name="shippingAddress", default=None)
    wire_options: ShippingOptions | None = field(name="shippingOptions", default=None)
    wire_method: ShippingMethod | None = field(name="shippingMethod", default=None)
    customer_type: CustomerType = CustomerType.INDIVIDUAL
    tax_registrations: OneOrMany[WireTaxIdentifier] | None = None
    tax_inclusive: bool | None = None
    landed_cost_state: LandedCostState = LandedCostState.NOT_ELIGIBLE
    terms_of_sales_acceptance: bool | None = None
    organization_id: str | None = None
    charge_type: ChargeType = ChargeType.CUSTOMER_INITIATED
    business_entity_code: str | None = None
    payment_method: Loose | None = None
    payment_session: CartPaymentSession | None = field(name="paymentSession", default=None)
    inner_warnings: OneOrMany[WireWarning] | None = field(name="warnings", default=None)
    inner_capital_warnings: OneOrMany[WireWarning] | None = field(name="Warnings", default=None)
    outer_warnings: list[str] = []
    """Codes of warnings that stood beside the cart."""
    refusals: list[str] = []
    """Codes of errors that stood beside the cart."""

    @property
    def id(self) -> str:
        return global_id("Cart", self.upstream_id)

    @property
    def upstream_id(self) -> str:
        return str(self.wire_id) if self.wire_id is not None else "active"

    @cached_property
    def lines(self) -> list[CartLine]:
        return many(self.line_items.line_item)

    @property
    def order_id(self) -> str | None:
        """The id the cart keeps as an order; None where upstream shows none, or the word `active`."""
        return self.upstream_id if self.upstream_id.isdecimal() else None

    @property
    def is_empty(self) -> bool:
        return not self.lines

    @property
    def total_quantity(self) -> int:
        if self.total_items_in_cart is not None:
            return self.total_items_in_cart
        return sum(line.quantity for line in self.lines)

    @property
    def currency_code(self) -> str:
        return self.pricing.order_total.currency_code

    @property
    def order_total(self) -> Money:
        return worded(self.pricing.order_total, self.pricing.formatted_order_total) or self.pricing.order_total

    @property
    def requires_shipping(self) -> bool:
        return any(line.product.kind is ProductKind.PHYSICAL for line in self.lines)

    @cached_property
    def totals(self) -> CartTotals:
        lacks_address = self.billing_address is None or (self.requires_shipping and self.shipping_address is None)
        lacks_option = self.requires_shipping and self.selected_shipping_option is None
        return self.pricing.totals(is_estimate=lacks_address or lacks_option)

    @cached_property
    def billing_address(self) -> CartAddress | None:
        return cart_address(self.wire_billing)

    @cached_property
    def shipping_address(self) -> CartAddress | None:
        return cart_address(self.wire_shipping)

    @property
    def _selected_code(self) -> str | None:
        code = self.wire_method.code if self.wire_method else None
        return None if code is None else str(code)

    @cached_property
    def shipping_options(self) -> list[ShippingOption]:
        listed = many(self.wire_options.shipping_option) if self.wire_options else []
        return [option for one in listed if (option := self._option(one)) is not None]

    def _option(self, one: WireShippingOption) -> ShippingOption | None:
        # A short list has no ids and no prices: nothing in it could be selected.
        if one.id is None or one.cost is None:
            return None
        cost = worded(one.cost, one.formatted_cost) or one.cost
        return ShippingOption(
            id=str(one.id),
            name=one.description or "",
            cost=cost,
            cost_with_discount=worded(one.cost_with_discount, one.formatted_cost_with_discount) or cost,
            is_selected=str(one.id) == self._selected_code,
        )

    @property
    def selected_shipping_option(self) -> ShippingOption | None:
        """Also one that is no longer offered: the cart still says that it uses it."""
        code = self._selected_code
        if code is None:
            return None
        offered = next((option for option in self.shipping_options if option.is_selected), None)
        if offered is not None:
            return offered
        nothing = self.pricing.shipping_and_handling or zero(self.currency_code)
        name = self.wire_method.description if self.wire_method else None
        return ShippingOption(id=code, name=name or "", cost=nothing, cost_with_discount=nothing, is_selected=True)

    @property
    def tax_identifiers(self) -> list[TaxIdentifier]:
        return [
            TaxIdentifier(key=one.key, masked_value=_masked(str(one.value))) for one in many(self.tax_registrations)
        ]

    @property
    def destination_country(self) -> str | None:
        """Where the goods go; for what is not shipped, who is billed."""
        place = (self.shipping_address if self.requires_shipping else None) or self.billing_address
        return place.address.country_code if place else None

    @property
    def is_tax_inclusive(self) -> bool:
        return self.tax_inclusive is True

    @property
    def terms_of_sale_accepted(self) -> bool:
        return self.terms_of_sales_acceptance is True

    @cached_property
    def _sources(self) -> list[Source]:
        """What to pay into is told upstream from the first; here not before somebody should."""
        found = sources(self.payment_method, self.order_total)
        wire = self.payment_session
        if wire is not None and wire.state is PaymentSessionState.PENDING_FUNDS:
            return found
        return [replace(source, instructions=None) for source in found]

    @property
    def primary_source(self) -> Source | None:
        return next((source for source in self._sources if source.type != "customerCredit"), None)

    @property
    def secondary_source(self) -> Source | None:
        return next((source for source in self._sources if source.type == "customerCredit"), None)

    @property
    def warning_codes(self) -> list[str]:
        return [*warning_codes(self.inner_warnings, self.inner_capital_warnings), *self.outer_warnings]

    @property
    def recurs(self) -> bool:
        return any(line.recurring_terms is not None for line in self.lines)

    @property
    def starts_free(self) -> bool:
        return any(line.recurring_terms is not None and line.recurring_terms.has_free_trial for line in self.lines)

    @cached_property
    def revision(self) -> str:
        """Digest of everything a shopper agrees to; texts for display are no part of it."""
        agreed = (
            self.upstream_id,
            [
                (
                    line.upstream_id,
                    line.product.upstream_id,
                    line.quantity,
                    _figure(line.pricing.sale_price_total),
                    line.recurring_terms,
                )
                for line in self.lines
            ],
            [
                _figure(amount)
                for amount in (
                    self.totals.subtotal,
                    self.totals.discount,
                    self.totals.shipping_and_handling,
                    self.totals.tax,
                    self.totals.import_tax_and_duty,
                    self.totals.order_total,
                )
            ],
            self.billing_address.address if self.billing_address else None,
            self.shipping_address.address if self.shipping_address else None,
            self._selected_code,
            self.customer_type,
            [(one.key, str(one.value)) for one in many(self.tax_registrations)],
            [(source.type, source.source_id, _figure(source.amount_contributed)) for source in self._sources],
        )
        return hashlib.sha256(msgspec.msgpack.encode(agreed)).hexdigest()[:32]


class CartAnswer(msgspec.Struct, frozen=True):
    cart: Cart | None = None
    warnings: OneOrMany[WireWarning] | None = None
    capital_warnings: OneOrMany[WireWarning] | None = field(name="Warnings", default=None)
    errors: Any = None


def cart_of(body: bytes) -> Cart:
    """The cart in an answer, with the warnings and refusals that stand beside it."""
    answer = decode(body, CartAnswer)
    cart = present(answer.cart)
    if answer.warnings or answer.capital_warnings or answer.errors:
        return replace(
            cart,
            outer_warnings=warning_codes(answer.warnings, answer.capital_warnings),
            refusals=error_envelopes.codes(answer.errors),
        )
    return cart


def _figure(money: Money | None) -> str | None:
    """An amount in one spelling: 9.9 and 9.90 are the same."""
    return None if money is None else f"{money.amount.normalize():f} {money.currency_code}"


def _masked(value: str) -> str:
    return "•" * max(len(value) - 4, 0) + value[-4:]
