"""Products, categories and offers."""

import asyncio
import re
from collections.abc import Awaitable, Sequence

from gateway.errors import BadUserInput, UpstreamInvalidResponse
from gateway.operation.context import Context
from gateway.upstream.catalog import (
    Category,
    InventoryStatus,
    Offer,
    OfferedProduct,
    Product,
    ProductPage,
    ProductPricing,
    VolumePriceTier,
    stock_of_any,
)
from gateway.upstream.decoding import CustomAttribute
from gateway.upstream.ids import upstream_id
from gateway.upstream.lines import CartLine
from gateway.upstream.order import Order
from resolvers.inputs.catalog import ProductBy, ProductSearchInput
from resolvers.pagination import Connection, Page, Read, Window, connection, filtered, key_of

WORD = re.compile(r"\w+(?:['\u2019-]\w+)*")
"""A word of a search. Other characters are removed, because Digital River could read them as operators."""

MOST_WORDS = 10

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
    first: int | None = None,
    after: str | None = None,
    last: int | None = None,
    before: str | None = None,
) -> Connection[Product]:
    chosen = (search.text, search.category_id, search.purchasable_only) if search is not None else ()
    window = Window.of(first, after, last, before, key=key_of(ctx.services.cursor_secret, "products", *chosen))
    return await connection(_all(ctx) if search is None else _matches(ctx, search), window)


def _all(ctx: Context) -> Read[Product]:
    async def read(number: int, size: int, past_cache: bool) -> Page[Product]:
        return _page(await ctx.catalog.page(number, size, past_cache=past_cache))

    return read


def _matches(ctx: Context, search: ProductSearchInput) -> Read[Product]:
    """Function that reads the products that match a search.

    It reads one or two lists of Digital River: the search results, the products of a category, or all products. It then
    applies the conditions that Digital River cannot apply.
    """
    read = _all(ctx)
    if search.category_id is not None:
        read = _in_category(ctx, upstream_id("Category", search.category_id))
    if search.text is not None:
        category = None if search.category_id is None else read
        read = _with_words(ctx, search.text)
        if category is not None:
            read = filtered(read, also_in=category)
    return filtered(read, passes=lambda product: product.is_purchasable) if search.purchasable_only else read


def _in_category(ctx: Context, category_id: str | None) -> Read[Product]:
    async def read(number: int, size: int, past_cache: bool) -> Page[Product]:
        if category_id is None:
            return Page([], 0)
        return _page(await ctx.catalog.in_category(category_id, number, size, past_cache=past_cache))

    return read


def _with_words(ctx: Context, phrase: str) -> Read[Product]:
    # A word in lower case is never an operator, because Digital River's operators are in upper case.
    words = WORD.findall(phrase.lower())
    if not 1 <= len(words) <= MOST_WORDS:
        raise BadUserInput(f"`search.text` must have 1 to {MOST_WORDS} words.")
    keyword = " ".join(words)

    async def read(number: int, size: int, past_cache: bool) -> Page[Product]:
        return _page(await ctx.catalog.search(keyword, number, size, past_cache=past_cache))

    return read


def _page(page: ProductPage) -> Page[Product]:
    return Page(page.products, page.total_count)


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
    first: int | None = None,
    after: str | None = None,
    last: int | None = None,
    before: str | None = None,
) -> Connection[Product]:
    key = key_of(ctx.services.cursor_secret, "category", parent.upstream_id)
    window = Window.of(first, after, last, before, key=key)
    return await connection(_in_category(ctx, parent.upstream_id), window)


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
