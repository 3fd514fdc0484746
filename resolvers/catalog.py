"""Products, categories and offers."""

import asyncio
from collections.abc import Awaitable, Sequence

from gateway.enums import ProductSort
from gateway.errors import UpstreamInvalidResponse
from gateway.operation.context import Context
from gateway.upstream.catalog import (
    Category,
    InventoryStatus,
    Product,
    ProductPricing,
    VolumePriceTier,
    stock_of_any,
)
from gateway.upstream.decoding import CustomAttribute
from gateway.upstream.ids import upstream_id
from gateway.upstream.lines import CartLine
from gateway.upstream.offers import Offer, OfferedProduct
from gateway.upstream.order import Order
from resolvers import product_lists
from resolvers.inputs.catalog import ProductBy, ProductSearchInput
from resolvers.pagination import Connection, Window, connection, key_of

UNKNOWN_STOCK = InventoryStatus()
"""Inventory status of a product for which Digital River sends no inventory status. No unit can be delivered."""


# Products.


async def product(ctx: Context, by: ProductBy) -> Product | None:
    if by.external_reference_id is not None:
        return displayable(await ctx.catalog.product_by_reference(by.external_reference_id))
    product_id = by.upstream_id if by.upstream_id is not None else upstream_id("Product", by.id or "")
    return displayable(await ctx.catalog.product(product_id)) if product_id else None


def displayable(product: Product | None) -> Product | None:
    """The product; None for a product that may not be shown."""
    return product if product is not None and product.is_displayable else None


async def products(
    ctx: Context,
    search: ProductSearchInput | None = None,
    sort: ProductSort | None = None,
    first: int | None = None,
    after: str | None = None,
    last: int | None = None,
    before: str | None = None,
) -> Connection[Product]:
    key = key_of(ctx.services.cursor_secret, "products", repr(search), repr(sort))
    window = Window.of(first, after, last, before, key=key)
    return await connection(product_lists.matches(ctx, search, sort), window)


def pricing(parent: Product, ctx: Context) -> ProductPricing | Awaitable[ProductPricing]:
    """The price of a product. The products on cart lines come without a price, so one call reads the prices of all
    lines.
    """
    listed = parent.listed_pricing
    return listed if listed is not None else _unlisted_pricing(parent, ctx)


async def _unlisted_pricing(parent: Product, ctx: Context) -> ProductPricing:
    product = await ctx.products.load(parent.upstream_id)
    if product is None or product.listed_pricing is None:
        raise UpstreamInvalidResponse(detail="product without price")
    return product.listed_pricing


async def volume_pricing(parent: Product, ctx: Context) -> list[VolumePriceTier]:
    return await ctx.catalog.volume_pricing(parent.upstream_id)


async def inventory(parent: Product, ctx: Context) -> InventoryStatus:
    if parent.is_base_product:
        return await _stock_of_base(parent, ctx)
    return await ctx.stock.load(parent.upstream_id) or UNKNOWN_STOCK


async def _stock_of_base(parent: Product, ctx: Context) -> InventoryStatus:
    """The stock of a base product, computed from its variations because Digital River does not report it.

    A base product is in stock if at least one of its variations is in stock.
    """
    below = await ctx.catalog.variations(parent.upstream_id)
    statuses = await asyncio.gather(*(ctx.stock.load(variation.upstream_id) for variation in below))
    return stock_of_any([status for status in statuses if status is not None])


async def line_inventory(parent: CartLine, ctx: Context) -> InventoryStatus:
    product = parent.product.if_known
    stock = await ctx.stock.load(product.upstream_id, past_cache=True) if product else None
    return stock or UNKNOWN_STOCK


def parent_product(parent: Product, ctx: Context) -> Product | Awaitable[Product | None] | None:
    """The base product of a variation. A call reads it if Digital River sent only some fields of the base product."""
    base = parent.parent_product
    return displayable(base) if base is None or base.is_whole else _whole_product(base.upstream_id, ctx)


async def _whole_product(product_id: str, ctx: Context) -> Product | None:
    return displayable(await ctx.products.load(product_id))


def variations(parent: Product, ctx: Context) -> list[Product] | Awaitable[list[Product]]:
    # `base_product` is None if Digital River sent only some fields of the product. The product may be a base product,
    # so the variations are read.
    return [] if parent.base_product is False else ctx.catalog.variations(parent.upstream_id)


async def product_categories(parent: Product, ctx: Context) -> list[Category]:
    return await ctx.catalog.categories_of(parent.upstream_id)


async def product_offers(parent: Product, ctx: Context, point_of_promotion: str | None = None) -> list[Offer]:
    return await ctx.catalog.offers_of_product(parent.upstream_id, point_of_promotion)


# Categories.


async def categories(ctx: Context) -> list[Category]:
    return await ctx.catalog.categories()


async def category(ctx: Context, global_id: str) -> Category | None:
    category_id = upstream_id("Category", global_id)
    return await ctx.catalog.category(category_id) if category_id else None


async def children(parent: Category, ctx: Context) -> list[Category]:
    """The direct subcategories. Further calls read them if Digital River sent only some of their fields."""
    below = parent.children
    if not parent.is_whole or not all(child.is_whole for child in below):
        whole = await ctx.catalog.category(parent.upstream_id)
        below = whole.children if whole else []
    return await asyncio.gather(*(_whole(child, ctx) for child in below))


async def _whole(child: Category, ctx: Context) -> Category:
    return child if child.is_whole else await ctx.catalog.category(child.upstream_id) or child


async def category_products(
    parent: Category,
    ctx: Context,
    sort: ProductSort | None = None,
    first: int | None = None,
    after: str | None = None,
    last: int | None = None,
    before: str | None = None,
) -> Connection[Product]:
    key = key_of(ctx.services.cursor_secret, "category", parent.upstream_id, repr(sort))
    window = Window.of(first, after, last, before, key=key)
    return await connection(product_lists.in_category(ctx, parent.upstream_id, sort), window)


# Offers.


async def offers(ctx: Context, point_of_promotion: str) -> list[Offer]:
    return await ctx.catalog.offers_of_point_of_promotion(point_of_promotion)


def offered_products(parent: Offer, ctx: Context) -> list[OfferedProduct] | Awaitable[list[OfferedProduct]]:
    """The products of an offer. Digital River sends a cart's offer without products, so a further call reads them."""
    return parent.offered if parent.offered is not None else ctx.catalog.offered_products(parent.upstream_id)


def custom_attributes(
    parent: Product | Order, ctx: Context, names: Sequence[str] | None = None
) -> list[CustomAttribute]:
    attributes = parent.attributes
    return attributes if names is None else [attribute for attribute in attributes if attribute.name in names]
