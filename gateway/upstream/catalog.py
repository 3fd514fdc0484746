"""Products, stock and offers as Digital River sends them, with the graph's field names."""

from datetime import date
from typing import NamedTuple

import msgspec
from msgspec import field
from msgspec.structs import replace

from gateway.enums import OfferKind, ProductKind
from gateway.money import Money, with_text
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
    cut: list[str] = field(name=CUT, default=[])
    """Names of the fields that could not be read."""

    @property
    def id(self) -> str:
        return global_id("Product", self.upstream_id)

    @property
    def upstream_id(self) -> str:
        return _id(self.wire_id, self.uri)

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
        return _id(self.wire_id, self.uri)

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


class OfferedProduct(Shape, frozen=True, kw_only=True, rename="camel"):
    """A product of an offer. Digital River object: productOffer."""

    product: Product
    wire_pricing: WireProductPricing | None = field(name="pricing", default=None)
    wire_pitch: OneOrMany[str] | None = field(name="salesPitch", default=None)

    @property
    def list_price(self) -> Money | None:
        pricing = self.wire_pricing.pricing() if self.wire_pricing else None
        return pricing.list_price if pricing else None

    @property
    def offer_price(self) -> Money | None:
        pricing = self.wire_pricing.pricing() if self.wire_pricing else None
        return pricing.sale_price if pricing else None

    @property
    def sales_pitch(self) -> str | None:
        return next(iter(pitches(self.wire_pitch)), None)


class ProductOffers(Shape, frozen=True, kw_only=True, rename="camel"):
    product_offer: OneOrMany[OfferedProduct] | None = None


class Offer(Shape, frozen=True, kw_only=True, rename="camel"):
    """A promotion. Digital River object: offer."""

    wire_id: Identifier = field(name="id", default="")
    wire_name: str | None = field(name="name", default=None)
    policy_name: str | None = None
    kind: OfferKind = field(name="type", default=OfferKind.UNKNOWN)
    trigger: str | None = None
    image_url: str | None = field(name="image", default=None)
    sales_pitch: OneOrMany[str] | None = None
    discount: Money | None = None
    product_offers: ProductOffers | None = None

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
        return pitches(self.sales_pitch)

    @property
    def offered(self) -> list[OfferedProduct] | None:
        """Products of the offer; None if Digital River did not list them."""
        return None if self.product_offers is None else many(self.product_offers.product_offer)

    def without_prices(self) -> "Offer":
        """Copy of the offer without its products, because their prices may be outdated."""
        return replace(self, product_offers=None)


class Offers(Shape, frozen=True, kw_only=True):
    offer: OneOrMany[Offer] = []


def pitches(wire: OneOrMany[str] | None) -> list[str]:
    """Sales pitches of an offer. Digital River sends them as a string, as a list, or as a string with a JSON array."""
    texts = []
    for text in many(wire):
        try:
            texts += msgspec.json.decode(text, type=list[str]) if text.startswith("[") else [text]
        except msgspec.DecodeError:
            texts.append(text)
    return [text for text in texts if text]


def _id(wire_id: Identifier | None, uri: str | None) -> str:
    """Upstream id of an object. If Digital River sent only a link to the object, the id is read from the link."""
    return str(wire_id) if wire_id is not None else (uri or "").partition("?")[0].rstrip("/").rpartition("/")[2]
