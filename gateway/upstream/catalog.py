"""Products, stock and offers as Digital River tells them, with the graph's names."""

from datetime import date
from decimal import Decimal

from msgspec import field
from msgspec.structs import replace

from gateway.enums import OfferKind, ProductKind
from gateway.money import Money
from gateway.upstream.ids import global_id
from gateway.upstream.wire import (
    Attributes,
    CustomAttribute,
    Identifier,
    OneOrMany,
    Shape,
    blank_is_none,
    custom_attributes,
    first,
    many,
)

UNTRACKED = 2_147_483_647
"""Quantity that upstream tells for stock nobody counts."""


class ProductPricing(Shape, frozen=True, kw_only=True):
    """Price of one unit."""

    list_price: Money
    sale_price: Money
    suggested_price: Money | None
    commitment_price: Money | None
    includes_tax: bool


class WirePricing(Shape, frozen=True, kw_only=True, rename="camel"):
    list_price: Money | None = None
    sale_price: Money | None = None
    sale_price_with_quantity: Money | None = None
    msrp_price: Money | None = None
    commitment_price: Money | None = None
    list_price_includes_tax: bool | None = None
    formatted_list_price: str | None = None
    formatted_sale_price_with_quantity: str | None = None
    formatted_msrp_price: str | None = None
    formatted_commitment_price: str | None = None


class Product(Shape, frozen=True, kw_only=True, rename="camel"):
    """A product, or what a line says of it. Source: product."""

    wire_id: Identifier | None = field(name="id", default=None)
    uri: str | None = None
    display_name: str | None = None
    internal_name: str | None = field(name="name", default=None)
    sku: str | None = None
    external_reference_id: str | None = None
    short_description: str | None = None
    long_description: str | None = None
    kind: ProductKind = field(name="productType", default=ProductKind.UNKNOWN)
    purchasable: bool | None = None
    displayable_product: bool | None = None
    base_product: bool | None = None
    manufacturer_name: str | None = None
    manufacturer_part_number: str | None = None
    minimum_quantity: int | None = None
    maximum_quantity: int | None = None
    thumbnail_url: str | None = field(name="thumbnailImage", default=None)
    image_url: str | None = field(name="productImage", default=None)
    keywords: str | None = None
    wire_attributes: Attributes | None = field(name="customAttributes", default=None)
    wire_pricing: WirePricing | None = field(name="pricing", default=None)

    @property
    def id(self) -> str:
        return global_id("Product", self.upstream_id)

    @property
    def upstream_id(self) -> str:
        if self.wire_id is not None:
            return str(self.wire_id)
        # A short product has its id in its link alone.
        return (self.uri or "").partition("?")[0].rstrip("/").rpartition("/")[2]

    @property
    def name(self) -> str:
        return self.display_name or self.internal_name or ""

    @property
    def is_purchasable(self) -> bool:
        return self.purchasable is not False

    @property
    def is_displayable(self) -> bool:
        return self.displayable_product is not False

    @property
    def is_base_product(self) -> bool:
        return self.base_product is True

    @property
    def attributes(self) -> list[CustomAttribute]:
        return custom_attributes(self.wire_attributes)

    @property
    def listed_pricing(self) -> ProductPricing | None:
        """None where the answer had no prices, as on a line."""
        wire = self.wire_pricing
        listed = worded(wire.list_price, wire.formatted_list_price) if wire else None
        if wire is None or listed is None:
            return None
        sale = worded(first(wire.sale_price_with_quantity, wire.sale_price), wire.formatted_sale_price_with_quantity)
        return ProductPricing(
            list_price=listed,
            sale_price=sale or listed,
            suggested_price=worded(wire.msrp_price, wire.formatted_msrp_price),
            commitment_price=worded(wire.commitment_price, wire.formatted_commitment_price),
            includes_tax=wire.list_price_includes_tax is True,
        )

    def without_prices(self) -> "Product":
        return replace(self, wire_pricing=None)


class ProductPage(Shape, frozen=True, kw_only=True, rename="camel"):
    """A page of products. Source: products."""

    product: OneOrMany[Product] = []
    total_results: int | None = None

    @property
    def products(self) -> list[Product]:
        return many(self.product)

    @property
    def total_count(self) -> int:
        return len(self.products) if self.total_results is None else self.total_results

    def without_prices(self) -> "ProductPage":
        return replace(self, product=[product.without_prices() for product in self.products])


class ProductLink(Shape, frozen=True, kw_only=True):
    id: Identifier | None = None


class InventoryStatus(Shape, frozen=True, kw_only=True, rename="camel"):
    """Stock of a product. Source: inventoryStatus."""

    product: OneOrMany[ProductLink] = []
    in_stock: bool | None = field(name="productIsInStock", default=None)
    wire_quantity: int | None = field(name="availableQuantity", default=None)
    tracked: bool | None = field(name="productIsTracked", default=None)
    estimated: bool | None = field(name="availableQuantityIsEstimated", default=None)
    backorders: bool | None = field(name="productIsAllowsBackorders", default=None)
    expected: str | None = field(name="expectedInStockDate", default=None)
    custom_stock_message: str | None = None

    @property
    def product_ids(self) -> list[str]:
        return [str(link.id) for link in many(self.product) if link.id is not None]

    @property
    def is_in_stock(self) -> bool:
        return self.in_stock is True

    @property
    def available_quantity(self) -> int | None:
        """None when nobody counts."""
        return None if self.tracked is False or self.wire_quantity == UNTRACKED else self.wire_quantity

    @property
    def is_estimated(self) -> bool:
        return self.estimated is True

    @property
    def allows_backorder(self) -> bool:
        return self.backorders is True

    @property
    def expected_in_stock_date(self) -> date | None:
        return day(self.expected)

    @property
    def message(self) -> str | None:
        return blank_is_none(self.custom_stock_message)


class Offer(Shape, frozen=True, kw_only=True, rename="camel"):
    """A promotion. Source: offer."""

    wire_id: Identifier = field(name="id", default="")
    wire_name: str | None = field(name="name", default=None)
    policy_name: str | None = None
    kind: OfferKind = field(name="type", default=OfferKind.UNKNOWN)
    trigger: str | None = None
    image_url: str | None = field(name="image", default=None)
    sales_pitch: OneOrMany[str] | None = None
    discount: Money | None = None

    @property
    def id(self) -> str:
        return global_id("Offer", self.upstream_id)

    @property
    def upstream_id(self) -> str:
        return str(self.wire_id)

    @property
    def name(self) -> str:
        return self.wire_name or self.policy_name or ""

    @property
    def sales_pitches(self) -> list[str]:
        return [pitch for pitch in many(self.sales_pitch) if pitch]


def worded(money: Money | None, text: str | None) -> Money | None:
    """An amount with upstream's wording of it."""
    return replace(money, text=text) if money is not None and text else money


def day(text: str | None) -> date | None:
    """The calendar day of an instant or a date; None for what is neither."""
    try:
        return date.fromisoformat((text or "")[:10])
    except ValueError:
        return None


def times(money: Money, quantity: int) -> Money:
    return Money(money.amount * Decimal(quantity), money.currency_code)
