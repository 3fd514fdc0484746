"""The cart as Digital River tells it, with the graph's names."""

import hashlib
from decimal import Decimal
from functools import cached_property

import msgspec
from msgspec import field
from msgspec.structs import replace

from gateway.enums import ChargeType, CustomerType, LandedCostState, OfferKind, PaymentSessionState, ProductKind
from gateway.money import Money, zero
from gateway.upstream.catalog import Offer, Product, times, worded
from gateway.upstream.ids import global_id
from gateway.upstream.payment import Source, WirePaymentSession, sources
from gateway.upstream.wire import (
    Attributes,
    CustomAttribute,
    Identifier,
    Loose,
    OneOrMany,
    Shape,
    blank_is_none,
    custom_attributes,
    first,
    many,
)

NO_DISCOUNT = "empty"
"""What upstream writes where a discount has no wording."""


class Address(Shape, frozen=True, kw_only=True):
    """A postal address with contact details. None where nothing was given."""

    first_name: str | None = None
    last_name: str | None = None
    phonetic_first_name: str | None = None
    phonetic_last_name: str | None = None
    company_name: str | None = None
    division: str | None = None
    line1: str | None = None
    line2: str | None = None
    line3: str | None = None
    city: str | None = None
    country_subdivision: str | None = None
    county_name: str | None = None
    postal_code: str | None = None
    country_code: str | None = None
    phone_number: str | None = None
    email: str | None = None

    def __repr__(self) -> str:
        return "Address(***)"

    def wire(self) -> dict[str, str]:
        """As upstream takes it; what is absent is left alone."""
        given = {wire: getattr(self, name) for name, wire in ADDRESS_NAMES.items()}
        return {wire: value for wire, value in given.items() if value is not None}


ADDRESS_NAMES = {
    "first_name": "firstName",
    "last_name": "lastName",
    "phonetic_first_name": "phoneticFirstName",
    "phonetic_last_name": "phoneticLastName",
    "company_name": "companyName",
    "division": "division",
    "line1": "line1",
    "line2": "line2",
    "line3": "line3",
    "city": "city",
    "country_subdivision": "countrySubdivision",
    "county_name": "countyName",
    "postal_code": "postalCode",
    "country_code": "country",
    "phone_number": "phoneNumber",
    "email": "emailAddress",
}

NO_SUBDIVISION = frozenset({"NA", "na"})


class AddressSuggestion(Shape, frozen=True, kw_only=True):
    id: str
    address: Address


class CartAddress(Shape, frozen=True, kw_only=True):
    address: Address
    suggestions: list[AddressSuggestion]


def address(found: Loose | None) -> Address | None:
    """The address; None while all of it is null, or where only its link came."""
    if found is None:
        return None
    given = {name: _address_text(found.get(wire)) for name, wire in ADDRESS_NAMES.items()}
    if given["country_subdivision"] in NO_SUBDIVISION:
        given["country_subdivision"] = None
    return Address(**given) if any(given.values()) else None


def _address_text(value: object) -> str | None:
    # Postal codes also come as numbers.
    return blank_is_none(str(value)) if isinstance(value, str | int | Decimal) else None


def cart_address(found: Loose | None) -> CartAddress | None:
    read = address(found)
    if read is None or found is None:
        return None
    return CartAddress(address=read, suggestions=_suggestions(found.get("suggestions")))


def _suggestions(found: object) -> list[AddressSuggestion]:
    listed = found.get("address") if isinstance(found, dict) else None
    read = []
    for one in many(listed):
        corrected, suggestion_id = address(one), _address_text(one.get("id"))
        if corrected is not None and suggestion_id is not None:
            read.append(AddressSuggestion(id=suggestion_id, address=corrected))
    return read


class LinePricing(Shape, frozen=True, kw_only=True, rename="camel"):
    """Amounts of one line. Source: lineItem.pricing."""

    wire_list: Money | None = field(name="listPrice", default=None)
    wire_list_total: Money | None = field(name="listPriceWithQuantity", default=None)
    wire_sale: Money | None = field(name="salePrice", default=None)
    wire_sale_total: Money | None = field(name="salePriceWithQuantity", default=None)
    wire_discount: Money | None = field(name="totalDiscountWithQuantity", default=None)
    product_tax: Money | None = None
    shipping_tax: Money | None = None
    fee_tax: Money | None = None
    wire_import_tax: Money | None = field(name="importTax", default=None)
    wire_import_duty: Money | None = field(name="importDuty", default=None)
    tax_rate: Decimal | None = None
    wire_description: str | None = field(name="discountDescription", default=None)
    formatted_list_price: str | None = None
    formatted_list_price_with_quantity: str | None = None
    formatted_sale_price: str | None = None
    formatted_sale_price_with_quantity: str | None = None
    formatted_total_discount_with_quantity: str | None = None
    formatted_import_tax: str | None = None
    formatted_import_duty: str | None = None
    quantity: int = 1

    @property
    def sale_price_total(self) -> Money | None:
        return worded(
            first(self.wire_sale_total, self._times(self.wire_sale), self.list_price_total),
            self.formatted_sale_price_with_quantity if self.wire_sale_total else None,
        )

    @property
    def sale_price(self) -> Money | None:
        if self.wire_sale is not None:
            return worded(self.wire_sale, self.formatted_sale_price)
        total = self.sale_price_total
        return Money(total.amount / max(self.quantity, 1), total.currency_code) if total else None

    @property
    def list_price(self) -> Money | None:
        if self.wire_list is not None:
            return worded(self.wire_list, self.formatted_list_price)
        return self.sale_price if self.wire_sale or self.wire_sale_total else None

    @property
    def list_price_total(self) -> Money | None:
        if self.wire_list_total is not None:
            return worded(self.wire_list_total, self.formatted_list_price_with_quantity)
        return self._times(self.wire_list)

    @property
    def discount_total(self) -> Money | None:
        return worded(self.wire_discount, self.formatted_total_discount_with_quantity)

    @property
    def import_tax(self) -> Money | None:
        return worded(self.wire_import_tax, self.formatted_import_tax)

    @property
    def import_duty(self) -> Money | None:
        return worded(self.wire_import_duty, self.formatted_import_duty)

    @property
    def discount_description(self) -> str | None:
        return None if self.wire_description == NO_DISCOUNT else blank_is_none(self.wire_description)

    def _times(self, money: Money | None) -> Money | None:
        return times(money, self.quantity) if money is not None else None


class RecurringTerms(Shape, frozen=True, kw_only=True, rename="camel"):
    """Source: subscriptionInfo."""

    auto_renewal: bool | None = None
    free_trial: bool | None = None
    terms: str | None = None
    billing_agreement_id: str | None = None

    @property
    def is_auto_renewing(self) -> bool:
        return self.auto_renewal is True

    @property
    def has_free_trial(self) -> bool:
        return self.free_trial is True

    def wire(self) -> dict[str, object]:
        told = {"autoRenewal": self.is_auto_renewing, "freeTrial": self.has_free_trial}
        parts: dict[str, object] = {name: "true" if value else "false" for name, value in told.items()}
        return parts | ({"terms": self.terms} if self.terms is not None else {})


class GroupedBy(Shape, frozen=True, kw_only=True, rename="camel"):
    policy_name: str | None = None
    kind: OfferKind = field(name="type", default=OfferKind.UNKNOWN)


class GroupEntry(Shape, frozen=True, kw_only=True):
    offer: GroupedBy | None = None


class Group(Shape, frozen=True, kw_only=True):
    group: OneOrMany[GroupEntry] = []


class CartLine(Shape, frozen=True, kw_only=True, rename="camel"):
    """A product and its quantity. Source: lineItem."""

    wire_id: Identifier = field(name="id")
    quantity: int
    product: Product
    wire_pricing: LinePricing = field(name="pricing", default=LinePricing())
    wire_parent: Identifier | None = field(name="parentLineItemId", default=None)
    recurring_terms: RecurringTerms | None = field(name="subscriptionInfo", default=None)
    wire_attributes: Attributes | None = field(name="customAttributes", default=None)
    groups: OneOrMany[Group] | None = None

    @property
    def id(self) -> str:
        return global_id("CartLine", self.upstream_id)

    @property
    def upstream_id(self) -> str:
        return str(self.wire_id)

    @property
    def pricing(self) -> LinePricing:
        return replace(self.wire_pricing, quantity=self.quantity)

    @property
    def parent_line_id(self) -> str | None:
        return global_id("CartLine", str(self.wire_parent)) if self.wire_parent is not None else None

    @property
    def custom_attributes(self) -> list[CustomAttribute]:
        return custom_attributes(self.wire_attributes)

    def is_grouped_by(self, offer: Offer) -> bool:
        """Whether the line was added for this offer. Upstream names it by policy and kind, not by its id."""
        entries = [entry for group in many(self.groups) for entry in many(group.group)]
        marks = {(entry.offer.policy_name, entry.offer.kind) for entry in entries if entry.offer is not None}
        return (offer.policy_name, offer.kind) in marks


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
    wire_payment_session: WirePaymentSession | None = field(name="paymentSession", default=None)
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
        wire = self.wire_payment_session
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
        inside = [*many(self.inner_warnings), *many(self.inner_capital_warnings)]
        codes = [first(warning.code, warning.capital_code) for warning in inside]
        return [*(code for code in codes if code), *self.outer_warnings]

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


def _figure(money: Money | None) -> str | None:
    """An amount in one spelling: 9.9 and 9.90 are the same."""
    return None if money is None else f"{money.amount.normalize():f} {money.currency_code}"


def _masked(value: str) -> str:
    return "•" * max(len(value) - 4, 0) + value[-4:]


class AppliedOffer(Shape, frozen=True, kw_only=True):
    """An offer in effect on the cart, with the discount it gives where upstream breaks it out."""

    offer: Offer

    @property
    def discount(self) -> Money | None:
        return self.offer.discount


class Through(Shape, frozen=True, kw_only=True):
    """The offer for which a line is added, and the line it belongs to. Upstream takes both for a whole call."""

    offer_id: str | None = None
    parent_line_id: str | None = None

    def params(self) -> dict[str, str]:
        given = {"offerId": self.offer_id, "parentLineItemId": self.parent_line_id}
        return {name: value for name, value in given.items() if value is not None}


class NewLine(Shape, frozen=True, kw_only=True):
    """A product to add, by its upstream id or the merchant's own."""

    product_id: str | None
    external_reference_id: str | None
    quantity: int
    recurring_terms: RecurringTerms | None = None
    custom_attributes: list[tuple[str, str]] = []
    through: "Through | None" = None

    def wire(self) -> dict[str, object]:
        product = {"id": self.product_id} if self.product_id else {"externalReferenceId": self.external_reference_id}
        line: dict[str, object] = {"quantity": self.quantity, "product": product}
        if self.recurring_terms is not None:
            line["subscriptionInfo"] = self.recurring_terms.wire()
        if self.custom_attributes:
            attributes = [{"name": name, "value": value} for name, value in self.custom_attributes]
            line["customAttributes"] = {"attribute": attributes}
        return line


class CartChange(Shape, frozen=True, kw_only=True):
    """What one call may change about a cart; None leaves a part alone."""

    billing_address: Address | None = None
    shipping_address: Address | None = None
    organization_id: str | None = None
    terms_of_sale_accepted: bool | None = None
    coupon_code: str | None = None
    order_offer_id: str | None = None
    ip_address: str | None = None

    def wire(self) -> dict[str, object]:
        accepted = self.terms_of_sale_accepted
        parts: dict[str, object | None] = {
            "billingAddress": self.billing_address.wire() if self.billing_address else None,
            "shippingAddress": self.shipping_address.wire() if self.shipping_address else None,
            "organizationId": self.organization_id,
            "termsOfSalesAcceptance": None if accepted is None else str(accepted).lower(),
            "ipAddress": self.ip_address,
            "appliedOrderOffers": {"offer": {"offerId": self.order_offer_id}} if self.order_offer_id else None,
        }
        return {name: part for name, part in parts.items() if part is not None}


class TaxIdentifierField(Shape, frozen=True, kw_only=True):
    key: str
    label: str
    help: str | None
    patterns: list[str]


class TaxIdentifierRequirement(Shape, frozen=True, kw_only=True):
    customer_type: CustomerType
    minimum_count: int
    fields: list[TaxIdentifierField]


class SchemaNode(Shape, frozen=True, kw_only=True, rename="camel"):
    """A node of the JSON schema that says which tax identifiers a cart may have."""

    ref: str | None = field(name="$ref", default=None)
    title: str | None = None
    description: str | None = None
    enum: list[str] = []
    pattern: str | None = None
    min_items: int | None = None
    items: "OneOrMany[SchemaNode]" = []
    any_of: "list[SchemaNode]" = []
    one_of: "list[SchemaNode]" = []
    properties: "dict[str, SchemaNode]" = {}
    definitions: "dict[str, SchemaNode]" = {}


def tax_requirements(schema: SchemaNode) -> list[TaxIdentifierRequirement]:
    """One set for each kind of buyer that may, or must, give identifiers."""
    found = []
    for branch in schema.one_of or [schema]:
        kind = branch.properties.get("customerType")
        wanted = branch.properties.get("taxRegistrations")
        if kind is None or wanted is None or not kind.enum:
            continue
        references = [node for item in many(wanted.items) for node in (item.any_of or item.one_of or [item])]
        fields = [read for node in references if (read := _tax_field(node, schema.definitions)) is not None]
        found.append(
            TaxIdentifierRequirement(
                customer_type=CustomerType(kind.enum[0]), minimum_count=wanted.min_items or 0, fields=fields
            )
        )
    return found


def _tax_field(node: SchemaNode, definitions: dict[str, SchemaNode]) -> TaxIdentifierField | None:
    definition = definitions.get((node.ref or "").rpartition("/")[2], node)
    key, value = definition.properties.get("key"), definition.properties.get("value")
    if key is None or value is None or not key.enum:
        return None
    alternatives = [value, *value.any_of, *value.one_of]
    return TaxIdentifierField(
        key=key.enum[0],
        label=value.title or key.enum[0],
        help=value.description,
        patterns=[one.pattern for one in alternatives if one.pattern],
    )
