"""The cart as Digital River sends it, with the graph's field names."""

import hashlib
from functools import cached_property
from typing import Any

import msgspec
from msgspec import field
from msgspec.structs import replace

from gateway.amounts.money import Money, difference, with_text
from gateway.enums import ChargeType, CustomerType, LandedCostState, PaymentSessionState, ProductKind
from gateway.upstream import error_envelopes
from gateway.upstream.addresses import CartAddress, cart_address
from gateway.upstream.decoding import CUT, Identifier, Int32, JsonObject, OneOrMany, Shape, many
from gateway.upstream.ids import global_id
from gateway.upstream.lines import CartLine, RecurringTerms
from gateway.upstream.payment import CartPaymentSession, Source, lacks_source, sources


class CartTotals(Shape, frozen=True, kw_only=True):
    subtotal: Money | None
    subtotal_with_discount: Money | None
    discount: Money | None
    shipping_and_handling: Money | None
    tax: Money | None
    import_tax_and_duty: Money | None
    order_total: Money | None
    is_estimate: bool


class CartPricing(Shape, frozen=True, kw_only=True, rename="camel"):
    """Amounts of an open or submitted cart. Digital River object: pricing."""

    subtotal: Money | None = None
    subtotal_with_discount: Money | None = None
    discount: Money | None = None
    shipping_and_handling: Money | None = None
    tax: Money | None = None
    import_tax_and_duty: Money | None = None
    order_total: Money | None = None
    formatted_subtotal: str | None = None
    formatted_subtotal_with_discount: str | None = None
    formatted_discount: str | None = None
    formatted_shipping_and_handling: str | None = None
    formatted_tax: str | None = None
    formatted_import_tax_and_duty: str | None = None
    formatted_order_total: str | None = None

    def totals(self, *, is_estimate: bool) -> CartTotals:
        return CartTotals(
            subtotal=with_text(self.subtotal, self.formatted_subtotal),
            subtotal_with_discount=with_text(self.subtotal_with_discount, self.formatted_subtotal_with_discount)
            or difference(self.subtotal, self.discount),
            discount=with_text(self.discount, self.formatted_discount),
            shipping_and_handling=with_text(self.shipping_and_handling, self.formatted_shipping_and_handling),
            tax=with_text(self.tax, self.formatted_tax),
            import_tax_and_duty=with_text(self.import_tax_and_duty, self.formatted_import_tax_and_duty),
            order_total=with_text(self.order_total, self.formatted_order_total),
            is_estimate=is_estimate,
        )


class ShippingOption(Shape, frozen=True, kw_only=True):
    id: str
    name: str
    cost: Money | None
    cost_with_discount: Money | None
    is_selected: bool


class WireShippingOption(Shape, frozen=True, kw_only=True, rename="camel"):
    id: Identifier | None = None
    description: str | None = None
    cost: Money | None = None
    cost_with_discount: Money | None = None
    formatted_cost: str | None = None
    formatted_cost_with_discount: str | None = None
    cut: list[str] = field(name=CUT, default=[])
    """Names of the fields that could not be read."""

    def option(self, selected_code: str | None) -> ShippingOption | None:
        """The option; None for an option that cannot be selected. Digital River sends such options in unexpanded
        lists: they have no id, or neither a name nor a price.
        """
        is_whole = self.cost or self.cost_with_discount or self.description or self.cut
        if self.id is None or not is_whole:
            return None
        cost = with_text(self.cost, self.formatted_cost)
        reduced = with_text(self.cost_with_discount, self.formatted_cost_with_discount)
        return ShippingOption(
            id=str(self.id),
            name=self.description or "",
            cost=cost,
            cost_with_discount=reduced if reduced or "costWithDiscount" in self.cut else cost,
            is_selected=str(self.id) == selected_code,
        )


class ShippingOptions(Shape, frozen=True, kw_only=True, rename="camel"):
    shipping_option: OneOrMany[WireShippingOption] = []


class ShippingMethod(Shape, frozen=True, kw_only=True):
    code: Identifier | None = None
    description: str | None = None


class LineItems(Shape, frozen=True, kw_only=True, rename="camel"):
    line_item: OneOrMany[CartLine] = []
    cut: list[str] = field(name=CUT, default=[])
    """Not empty if a line could not be read, and is missing."""


class WireTaxIdentifier(Shape, frozen=True, kw_only=True):
    key: str
    value: str | int = ""


class TaxIdentifier(Shape, frozen=True, kw_only=True):
    key: str
    masked_value: str


class WireWarning(Shape, frozen=True, kw_only=True):
    """A warning of Digital River. The warning code is sent as `code` or as `Code`."""

    code: str | None = None
    capital_code: str | None = field(name="Code", default=None)


def warning_codes(*lists: OneOrMany[WireWarning] | None) -> list[str]:
    """Codes of the warnings in all these lists."""
    codes = [warning.code or warning.capital_code for warnings in lists for warning in many(warnings)]
    return [code for code in codes if code]


class Cart(Shape, frozen=True, kw_only=True, rename="camel", dict=True, gc=True):
    """The open cart, with all its linked objects. Digital River object: cart."""

    wire_id: Identifier | None = field(name="id", default=None)
    line_items: LineItems = LineItems()
    total_items_in_cart: Int32 | None = None
    pricing: CartPricing = CartPricing()
    wire_billing: JsonObject | None = field(name="billingAddress", default=None)
    wire_shipping: JsonObject | None = field(name="shippingAddress", default=None)
    wire_options: ShippingOptions | None = field(name="shippingOptions", default=None)
    wire_method: ShippingMethod | None = field(name="shippingMethod", default=None)
    customer_type: CustomerType = CustomerType.INDIVIDUAL
    tax_registrations: OneOrMany[WireTaxIdentifier] | None = None
    tax_inclusive: bool | None = None
    wire_landed_cost: LandedCostState = field(name="landedCostState", default=LandedCostState.NOT_ELIGIBLE)
    terms_of_sales_acceptance: bool | None = None
    organization_id: str | None = None
    wire_charge: ChargeType = field(name="chargeType", default=ChargeType.CUSTOMER_INITIATED)
    business_entity_code: str | None = None
    payment_method: JsonObject | None = None
    payment_session: CartPaymentSession | None = field(name="paymentSession", default=None)
    inner_warnings: OneOrMany[WireWarning] | None = field(name="warnings", default=None)
    inner_capital_warnings: OneOrMany[WireWarning] | None = field(name="Warnings", default=None)
    cut: list[str] = field(name=CUT, default=[])
    """Names of the fields that could not be read."""
    outer_warnings: list[str] = []
    """Codes of the warnings that the answer contains outside the cart object."""
    refusals: list[str] = []
    """Codes of the errors that the answer contains outside the cart object."""

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
    def product_ids(self) -> list[str]:
        """Ids of the products of all lines. A product whose id is unknown is left out."""
        return [line.product.upstream_id for line in self.lines if line.product.if_known]

    @property
    def lacks_lines(self) -> bool:
        """Whether `lines` lacks a line of the cart, because Digital River's answer could not be read."""
        return bool(self.line_items.cut) or "lineItems" in self.cut

    @property
    def landed_cost_state(self) -> LandedCostState:
        return LandedCostState.UNKNOWN if "landedCostState" in self.cut else self.wire_landed_cost

    @property
    def charge_type(self) -> ChargeType:
        return ChargeType.UNKNOWN if "chargeType" in self.cut else self.wire_charge

    @property
    def order_id(self) -> str | None:
        """Id that the order of this cart will have; None if Digital River sent no numeric id of the cart."""
        return self.upstream_id if self.upstream_id.isdecimal() else None

    @property
    def is_empty(self) -> bool:
        return not self.lines

    @property
    def total_quantity(self) -> int:
        if self.total_items_in_cart is not None:
            return self.total_items_in_cart
        return sum(line.quantity or 0 for line in self.lines)

    @property
    def currency_code(self) -> str | None:
        """Currency of the total, or of another amount of the cart; None if no amount could be read."""
        of_lines = (line.pricing.sale_price_total for line in self.lines)
        amount = self.pricing.order_total or self.pricing.subtotal or next(filter(None, of_lines), None)
        return amount.currency_code if amount else None

    @cached_property
    def order_total(self) -> Money | None:
        return with_text(self.pricing.order_total, self.pricing.formatted_order_total)

    @cached_property
    def requires_shipping(self) -> bool:
        return any(line.product.kind is ProductKind.PHYSICAL for line in self.lines)

    @cached_property
    def totals(self) -> CartTotals:
        lacks_address = self.billing_address is None or (self.requires_shipping and self.shipping_address is None)
        lacks_option = self.requires_shipping and self._selected_code is None
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
        return [option for wire in listed if (option := wire.option(self._selected_code)) is not None]

    @property
    def selected_shipping_option(self) -> ShippingOption | None:
        """The selected shipping option, even if it is no longer available for the cart."""
        code = self._selected_code
        if code is None:
            return None
        offered = next((option for option in self.shipping_options if option.is_selected), None)
        if offered is not None:
            return offered
        cost = self.pricing.shipping_and_handling
        name = self.wire_method.description if self.wire_method else None
        return ShippingOption(id=code, name=name or "", cost=cost, cost_with_discount=cost, is_selected=True)

    @cached_property
    def tax_identifiers(self) -> list[TaxIdentifier]:
        return [
            TaxIdentifier(key=wire.key, masked_value=_masked(str(wire.value))) for wire in many(self.tax_registrations)
        ]

    @property
    def destination_country(self) -> str | None:
        """Country of the shipping address if the cart is shipped and has a shipping address.

        Otherwise, country of the billing address.
        """
        destination = (self.shipping_address if self.requires_shipping else None) or self.billing_address
        return destination.address.country_code if destination else None

    @property
    def billing_country(self) -> str | None:
        return self.billing_address.address.country_code if self.billing_address else None

    @property
    def shipping_country(self) -> str | None:
        return self.shipping_address.address.country_code if self.shipping_address else None

    @property
    def is_tax_inclusive(self) -> bool:
        return self.tax_inclusive is True

    @property
    def terms_of_sale_accepted(self) -> bool:
        return self.terms_of_sales_acceptance is True

    @cached_property
    def _sources(self) -> list[Source]:
        """Sources that are attached to the cart.

        Digital River sends payment instructions even before the shopper has to pay. Until then, the instructions are
        removed.
        """
        session, attached = self.payment_session, sources(self.payment_method, self.order_total)
        if session is not None and session.state is PaymentSessionState.PENDING_FUNDS:
            return attached
        return [replace(source, instructions=None) if source.instructions else source for source in attached]

    @property
    def lacks_source(self) -> bool:
        """Whether `primary_source` or `secondary_source` is None because Digital River's answer could not be read."""
        return lacks_source(self.payment_method)

    @cached_property
    def primary_source(self) -> Source | None:
        return next((source for source in self._sources if source.type != "customerCredit"), None)

    @cached_property
    def secondary_source(self) -> Source | None:
        return next((source for source in self._sources if source.type == "customerCredit"), None)

    @property
    def warning_codes(self) -> list[str]:
        return [*warning_codes(self.inner_warnings, self.inner_capital_warnings), *self.outer_warnings]

    @cached_property
    def _recurring_terms(self) -> list[RecurringTerms]:
        return [line.recurring_terms for line in self.lines if line.recurring_terms is not None]

    @property
    def recurs(self) -> bool:
        return bool(self._recurring_terms)

    @property
    def starts_free(self) -> bool:
        return any(terms.has_free_trial for terms in self._recurring_terms)

    @cached_property
    def revision(self) -> str:
        """Digest of the parts of the cart to which the shopper agrees, such as lines, amounts, addresses and sources.

        Names of products and formatted amounts are not included.
        """
        totals = self.totals
        amounts = (
            totals.subtotal,
            totals.discount,
            totals.shipping_and_handling,
            totals.tax,
            totals.import_tax_and_duty,
            totals.order_total,
        )
        agreed = (
            self.upstream_id,
            [
                (
                    line.upstream_id,
                    line.product.upstream_id,
                    line.quantity,
                    (price := line.wire_pricing.wire_sale_total or line.pricing.sale_price_total) and price.canonical(),
                    line.recurring_terms,
                )
                for line in self.lines
            ],
            [amount and amount.canonical() for amount in amounts],
            self.billing_address.address if self.billing_address else None,
            self.shipping_address.address if self.shipping_address else None,
            self._selected_code,
            self.customer_type,
            [(wire.key, str(wire.value)) for wire in many(self.tax_registrations)],
            [
                (source.type, source.source_id, (part := source.amount_contributed) and part.canonical())
                for source in self._sources
            ],
        )
        return hashlib.sha256(msgspec.msgpack.encode(agreed)).hexdigest()[:32]


class CartAnswer(msgspec.Struct, frozen=True):
    """An answer that contains a cart, and may contain warnings and errors outside the cart object."""

    wire_cart: Cart = field(name="cart")
    warnings: OneOrMany[WireWarning] | None = None
    capital_warnings: OneOrMany[WireWarning] | None = field(name="Warnings", default=None)
    errors: Any = None

    @property
    def cart(self) -> Cart:
        """The cart, with the codes of the warnings and errors that the answer contains outside the cart object."""
        if not (self.warnings or self.capital_warnings or self.errors):
            return self.wire_cart
        return replace(
            self.wire_cart,
            outer_warnings=warning_codes(self.warnings, self.capital_warnings),
            refusals=error_envelopes.codes(self.errors),
        )


def _masked(value: str) -> str:
    return "•" * max(len(value) - 4, 0) + value[-4:]
