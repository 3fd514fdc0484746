"""Products, categories and stock as Digital River sends them, with the graph's field names."""

from datetime import date
from typing import Any, NamedTuple

from msgspec import field
from msgspec.structs import replace

from gateway.amounts.money import Money, with_text
from gateway.enums import ProductKind
from gateway.upstream.decoding import (
    CUT,
    Attributes,
    CustomAttribute,
    Identifier,
    Int32,
    OneOrMany,
    Shape,
    blank_is_none,
    calendar_day,
    custom_attributes,
    first,
    locale_string,
    many,
    string_of,
)
from gateway.upstream.ids import global_id

UNTRACKED = 2_147_483_647
"""Quantity that Digital River sends for products whose stock is not tracked."""


class Market(NamedTuple):
    """A locale, such as `en-US`, with its currency. Catalog data is the same for all shoppers of a market."""

    locale: str
    currency_code: str

    def wire(self) -> dict[str, str]:
        return {"locale": locale_string(self.locale), "currency": self.currency_code}


class ProductPricing(Shape, frozen=True, kw_only=True):
    """Prices of one unit."""

    list_price: Money | None
    sale_price: Money | None
    suggested_price: Money | None
    commitment_price: Money | None
    includes_tax: bool


class WireProductPricing(Shape, frozen=True, kw_only=True, rename="camel"):
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

    def pricing(self) -> ProductPricing | None:
        """Prices of one unit; None if Digital River sent neither a list price nor a sale price."""
        listed = with_text(self.list_price, self.formatted_list_price)
        sale = with_text(first(self.sale_price_with_quantity, self.sale_price), self.formatted_sale_price_with_quantity)
        if listed is None and sale is None:
            return None
        return ProductPricing(
            list_price=listed,
            sale_price=sale,
            suggested_price=with_text(self.msrp_price, self.formatted_msrp_price),
            commitment_price=with_text(self.commitment_price, self.formatted_commitment_price),
            includes_tax=self.list_price_includes_tax is True,
        )


class ProductLink(Shape, frozen=True, kw_only=True):
    id: Identifier | None = None


class InventoryStatus(Shape, frozen=True, kw_only=True, rename="camel"):
    """Stock of a product. Digital River object: inventoryStatus."""

    product: OneOrMany[ProductLink] = []
    in_stock: bool | None = field(name="productIsInStock", default=None)
    wire_quantity: Int32 | None = field(name="availableQuantity", default=None)
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
        """Quantity in stock; None if the stock of the product is not tracked."""
        return None if self.tracked is False or self.wire_quantity == UNTRACKED else self.wire_quantity

    @property
    def is_estimated(self) -> bool:
        return self.estimated is True

    @property
    def allows_backorder(self) -> bool:
        return self.backorders is True

    def covers(self, quantity: int | None) -> bool:
        """Whether the product can be bought in this quantity. An unknown quantity exceeds every limited stock."""
        if self.allows_backorder:
            return True
        available = self.available_quantity
        return self.is_in_stock and (available is None or (quantity is not None and quantity <= available))

    @property
    def expected_in_stock_date(self) -> date | None:
        return calendar_day(self.expected)

    @property
    def message(self) -> str | None:
        return blank_is_none(self.custom_stock_message)


def stock_of_any(statuses: list[InventoryStatus]) -> InventoryStatus:
    """Stock of several products together, such as the variations of a base product.

    The total quantity is known only if the stock of every product is tracked.
    """
    counts = [status.available_quantity for status in statuses]
    tracked = [count for count in counts if count is not None]
    return InventoryStatus(
        in_stock=any(status.is_in_stock for status in statuses),
        wire_quantity=sum(tracked) if len(tracked) == len(counts) else UNTRACKED,
        estimated=any(status.is_estimated for status in statuses),
        backorders=any(status.allows_backorder for status in statuses),
        expected=min((status.expected for status in statuses if status.expected), default=None),
    )


class VariationAttribute(Shape, frozen=True, kw_only=True, rename="camel"):
    """An attribute in which the variations of a base product differ. Digital River object:
    variationAttributes.attribute.
    """

    name: str = ""
    wire_display_name: str | None = field(name="displayName", default=None)
    domain_values: OneOrMany[Any] = []

    @property
    def display_name(self) -> str:
        return self.wire_display_name or self.name

    @property
    def values(self) -> list[str]:
        return [text for value in many(self.domain_values) if (text := string_of(value))]


class VariationAttributes(Shape, frozen=True, kw_only=True):
    attribute: OneOrMany[VariationAttribute] = []


class ProductImage(Shape, frozen=True, kw_only=True):
    """A picture of a product. `alt_text` is the name of what it shows, as Digital River has no alternative text."""

    image_url: str
    thumbnail_url: str | None
    alt_text: str


def image_of(url: str | None, thumbnail_url: str | None, name: str) -> ProductImage | None:
    """A picture of the product with this name; None if Digital River sent no address of a picture."""
    large = url or thumbnail_url
    return ProductImage(image_url=large, thumbnail_url=thumbnail_url, alt_text=name) if large else None


class ListedVariation(Shape, frozen=True, kw_only=True, rename="camel"):
    """The part of a variation that a list shows of its base product."""

    display_name: str | None = None
    internal_name: str | None = field(name="name", default=None)
    thumbnail_url: str | None = field(name="thumbnailImage", default=None)
    image_url: str | None = field(name="productImage", default=None)
    wire_attributes: Attributes | None = field(name="customAttributes", default=None)
    stock: InventoryStatus | None = field(name="inventoryStatus", default=None)

    @property
    def name(self) -> str:
        return self.display_name or self.internal_name or ""

    @property
    def attributes(self) -> list[CustomAttribute]:
        return custom_attributes(self.wire_attributes)


class ListedVariations(Shape, frozen=True, kw_only=True):
    product: OneOrMany[ListedVariation] = []


class Product(Shape, frozen=True, kw_only=True, rename="camel"):
    """A product. In a cart line, it has only some of its fields. Digital River object: product."""

    wire_id: Identifier | None = field(name="id", default=None)
    uri: str | None = None
    display_name: str | None = None
    internal_name: str | None = field(name="name", default=None)
    sku: str | None = None
    external_reference_id: str | None = None
    short_description: str | None = None
    long_description: str | None = None
    wire_kind: ProductKind | None = field(name="productType", default=None)
    purchasable: bool | None = None
    displayable_product: bool | None = None
    base_product: bool | None = None
    manufacturer_name: str | None = None
    manufacturer_part_number: str | None = None
    minimum_quantity: Int32 | None = None
    maximum_quantity: Int32 | None = None
    thumbnail_url: str | None = field(name="thumbnailImage", default=None)
    image_url: str | None = field(name="productImage", default=None)
    keywords: str | None = None
    wire_attributes: Attributes | None = field(name="customAttributes", default=None)
    wire_pricing: WireProductPricing | None = field(name="pricing", default=None)
    parent_product: "Product | None" = None
    wire_variation_attributes: VariationAttributes | None = field(name="variationAttributes", default=None)
    wire_variations: ListedVariations | None = field(name="variations", default=None)
    listed_stock: InventoryStatus | None = field(name="inventoryStatus", default=None)
    """Stock that was sent with the product. It may be as old as the product; `Catalog.stock` reads current stock."""
    cut: list[str] = field(name=CUT, default=[])
    """Names of the fields that could not be read."""

    @property
    def id(self) -> str:
        return global_id("Product", self.upstream_id)

    @property
    def upstream_id(self) -> str:
        return id_of(self.wire_id, self.uri)

    @property
    def if_known(self) -> "Product | None":
        """The product; None if its id is unknown."""
        return self if self.upstream_id else None

    @property
    def is_whole(self) -> bool:
        """Whether Digital River sent the product's data, and not only its link and name."""
        return self.wire_id is not None

    @property
    def name(self) -> str:
        return self.display_name or self.internal_name or ""

    @property
    def kind(self) -> ProductKind:
        return self.wire_kind or ProductKind.UNKNOWN

    @property
    def is_for_sale(self) -> bool:
        """Whether the product or, for a base product, a variation of it can be bought."""
        return self.purchasable is not False

    @property
    def is_purchasable(self) -> bool:
        return self.is_for_sale and not self.is_base_product

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
    def variation_attributes(self) -> list[VariationAttribute]:
        return many(self.wire_variation_attributes.attribute) if self.wire_variation_attributes else []

    @property
    def listed_variations(self) -> list[ListedVariation]:
        """Variations that were sent with the product; empty if there are none, or if they were not sent."""
        return many(self.wire_variations.product) if self.wire_variations else []

    @property
    def images(self) -> list[ProductImage]:
        """The picture of the product, then those of its variations. Each picture is listed once."""
        own = image_of(self.image_url, self.thumbnail_url, self.name)
        others = (image_of(other.image_url, other.thumbnail_url, other.name) for other in self.listed_variations)
        images = [image for image in (own, *others) if image]
        return list({image.image_url: image for image in reversed(images)}.values())[::-1]

    @property
    def listed_pricing(self) -> ProductPricing | None:
        """Prices of one unit; None if Digital River sent none, as for a product in a cart line."""
        return self.wire_pricing.pricing() if self.wire_pricing else None

    def without_prices(self) -> "Product":
        return replace(self, wire_pricing=None)


class ProductPage(Shape, frozen=True, kw_only=True, rename="camel"):
    """A page of products. Digital River object: products."""

    product: OneOrMany[Product] = []
    total_results: Int32 | None = None

    @property
    def products(self) -> list[Product]:
        return many(self.product)

    @property
    def total_count(self) -> int:
        return len(self.products) if self.total_results is None else self.total_results

    def without_prices(self) -> "ProductPage":
        return replace(self, product=[product.without_prices() for product in self.products])


class VolumePriceTier(Shape, frozen=True, kw_only=True, rename="camel"):
    """Price for a range of quantities. Digital River object: volumePricing.tier."""

    from_quantity: Int32 | None = field(name="from", default=None)
    wire_end: Int32 | None = field(name="to", default=None)
    wire_pricing: WireProductPricing | None = field(name="pricing", default=None)

    @property
    def to_quantity(self) -> int | None:
        """Last quantity of the range; None if there is no upper limit."""
        return None if self.wire_end in (None, 0, UNTRACKED) else self.wire_end

    @property
    def unit_price(self) -> Money | None:
        pricing = self.wire_pricing.pricing() if self.wire_pricing else None
        return pricing.sale_price if pricing else None


class VolumePricing(Shape, frozen=True, kw_only=True):
    tier: OneOrMany[VolumePriceTier] = []


class Category(Shape, frozen=True, kw_only=True, rename="camel"):
    """A group of products. Digital River object: category."""

    wire_id: Identifier | None = field(name="id", default=None)
    uri: str | None = None
    display_name: str | None = None
    internal_name: str | None = field(name="name", default=None)
    short_description: str | None = None
    long_description: str | None = None
    thumbnail_url: str | None = field(name="thumbnailImage", default=None)
    wire_children: "Categories | None" = field(name="categories", default=None)

    @property
    def id(self) -> str:
        return global_id("Category", self.upstream_id)

    @property
    def upstream_id(self) -> str:
        return id_of(self.wire_id, self.uri)

    @property
    def name(self) -> str:
        return self.display_name or self.internal_name or ""

    @property
    def is_whole(self) -> bool:
        """Whether Digital River sent the category's data, and not only its link and name.

        If False, the children of the category are unknown.
        """
        return self.wire_id is not None

    @property
    def children(self) -> "list[Category]":
        return many(self.wire_children.category) if self.wire_children else []


class Categories(Shape, frozen=True, kw_only=True):
    category: OneOrMany[Category] = []


def id_of(wire_id: Identifier | None, uri: str | None) -> str:
    """Upstream id of an object. If Digital River sent only a link to the object, the id is read from the link."""
    return str(wire_id) if wire_id is not None else (uri or "").partition("?")[0].rstrip("/").rpartition("/")[2]
