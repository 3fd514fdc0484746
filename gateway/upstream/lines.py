"""The lines of a cart as Digital River sends them, with the graph's field names."""

from decimal import Decimal

from msgspec import field
from msgspec.structs import replace

from gateway.amounts.money import Money, with_text
from gateway.enums import OfferKind
from gateway.upstream.catalog import Product
from gateway.upstream.decoding import (
    CUT,
    Attributes,
    CustomAttribute,
    Identifier,
    Int32,
    OneOrMany,
    Shape,
    blank_is_none,
    boolean_string,
    custom_attributes,
    many,
)
from gateway.upstream.ids import global_id
from gateway.upstream.offers import Offer

NO_DISCOUNT = "empty"
"""Value that Digital River sends as the description of a discount that has no description."""


class LinePricing(Shape, frozen=True, kw_only=True, rename="camel"):
    """Amounts of one line. Digital River object: lineItem.pricing."""

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
    quantity: Int32 | None = None

    @property
    def sale_price_total(self) -> Money | None:
        if self.wire_sale_total is not None:
            return with_text(self.wire_sale_total, self.formatted_sale_price_with_quantity)
        return self._total_of(self.wire_sale)

    @property
    def sale_price(self) -> Money | None:
        if self.wire_sale is not None:
            return with_text(self.wire_sale, self.formatted_sale_price)
        return self._unit_of(self.wire_sale_total)

    @property
    def list_price(self) -> Money | None:
        if self.wire_list is not None:
            return with_text(self.wire_list, self.formatted_list_price)
        return self._unit_of(self.wire_list_total)

    @property
    def list_price_total(self) -> Money | None:
        if self.wire_list_total is not None:
            return with_text(self.wire_list_total, self.formatted_list_price_with_quantity)
        return self._total_of(self.wire_list)

    def _total_of(self, unit: Money | None) -> Money | None:
        return unit.times(self.quantity) if unit and self.quantity is not None else None

    def _unit_of(self, total: Money | None) -> Money | None:
        return Money(total.amount / self.quantity, total.currency_code).rounded() if total and self.quantity else None

    @property
    def discount_total(self) -> Money | None:
        return with_text(self.wire_discount, self.formatted_total_discount_with_quantity)

    @property
    def import_tax(self) -> Money | None:
        return with_text(self.wire_import_tax, self.formatted_import_tax)

    @property
    def import_duty(self) -> Money | None:
        return with_text(self.wire_import_duty, self.formatted_import_duty)

    @property
    def discount_description(self) -> str | None:
        return None if self.wire_description == NO_DISCOUNT else blank_is_none(self.wire_description)


class RecurringTerms(Shape, frozen=True, kw_only=True, rename="camel"):
    """Terms of a recurring purchase. Digital River object: subscriptionInfo."""

    auto_renewal: bool | None = None
    free_trial: bool | None = None
    terms: str | None = None
    billing_agreement_id: str | None = None
    cut: list[str] = field(name=CUT, default=[])
    """Names of the fields that could not be read."""

    @property
    def is_auto_renewing(self) -> bool:
        return self.auto_renewal is True

    @property
    def has_free_trial(self) -> bool:
        return self.free_trial is True

    def wire(self) -> dict[str, object]:
        fields: dict[str, object] = {
            "autoRenewal": boolean_string(self.is_auto_renewing),
            "freeTrial": boolean_string(self.has_free_trial),
        }
        return fields | ({"terms": self.terms} if self.terms is not None else {})


class GroupOffer(Shape, frozen=True, kw_only=True, rename="camel"):
    policy_name: str | None = None
    kind: OfferKind = field(name="type", default=OfferKind.UNKNOWN)


class GroupEntry(Shape, frozen=True, kw_only=True):
    offer: GroupOffer | None = None


class Group(Shape, frozen=True, kw_only=True):
    group: OneOrMany[GroupEntry] = []


class CartLine(Shape, frozen=True, kw_only=True, rename="camel"):
    """A product and its quantity in a cart. Digital River object: lineItem."""

    wire_id: Identifier = field(name="id")
    quantity: Int32 | None = None
    product: Product = Product()
    """Product of the line. It has no id if Digital River sent none, or if the product could not be read."""
    wire_pricing: LinePricing = field(name="pricing", default=LinePricing())
    wire_parent: Identifier | None = field(name="parentLineItemId", default=None)
    recurring_terms: RecurringTerms | None = field(name="subscriptionInfo", default=None)
    wire_attributes: Attributes | None = field(name="customAttributes", default=None)
    groups: OneOrMany[Group] | None = None
    cut: list[str] = field(name=CUT, default=[])
    """Names of the fields that could not be read."""

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
    def is_complete(self) -> bool:
        """Whether the line can be added to another cart as it is. Otherwise a part of it could not be read."""
        terms = self.recurring_terms
        was_cut = {"subscriptionInfo", "customAttributes"} & {*self.cut} or (terms is not None and terms.cut)
        return self.quantity is not None and self.product.if_known is not None and not was_cut

    @property
    def known_product(self) -> Product | None:
        return self.product.if_known

    @property
    def parent_line_id(self) -> str | None:
        return global_id("CartLine", str(self.wire_parent)) if self.wire_parent is not None else None

    @property
    def custom_attributes(self) -> list[CustomAttribute]:
        return custom_attributes(self.wire_attributes)

    def was_added_for(self, offer: Offer) -> bool:
        """Whether the line was added for this offer. Offers are compared by policy name and kind, because the line does
        not contain the id of its offer."""
        entries = [entry for group in many(self.groups) for entry in many(group.group)]
        offers = {(entry.offer.policy_name, entry.offer.kind) for entry in entries if entry.offer is not None}
        return (offer.policy_name, offer.kind) in offers
