"""What is for sale."""

from collections.abc import Sequence

from gateway.context import Context
from gateway.upstream.cart import CartLine
from gateway.upstream.catalog import (
    InventoryStatus,
    Product,
    ProductPricing,
)
from gateway.upstream.ids import upstream_id
from gateway.upstream.order import Order
from gateway.upstream.wire import CustomAttribute
from resolvers.inputs import ProductBy
from resolvers.pages import Connection, Page, Window, connection


async def product(ctx: Context, by: ProductBy) -> Product | None:
    if by.external_reference_id is not None:
        return _shown(await ctx.gateway.catalog.product_by_reference(by.external_reference_id))
    wanted = by.upstream_id if by.upstream_id is not None else upstream_id("Product", by.id or "")
    return _shown(await ctx.gateway.catalog.product(wanted)) if wanted else None


def _shown(product: Product | None) -> Product | None:
    return product if product is not None and product.is_displayable else None


async def products(
    ctx: Context,
    first: int | None = None,
    after: str | None = None,
    last: int | None = None,
    before: str | None = None,
) -> Connection[Product]:
    async def read(number: int, size: int, past_cache: bool) -> Page[Product]:
        found = await ctx.gateway.catalog.page(number, size, past_cache=past_cache)
        return Page(found.products, found.total_count)

    return await connection(read, Window.of(first, after, last, before))


async def pricing(parent: Product, ctx: Context) -> ProductPricing | None:
    """From the product's own answer; on a line of a cart or order by one read for all of them."""
    if parent.listed_pricing is not None:
        return parent.listed_pricing
    found = await ctx.operation.products.load(parent.upstream_id)
    return found.listed_pricing if found else None


async def inventory(parent: Product, ctx: Context) -> InventoryStatus | None:
    return await ctx.operation.stock.load(parent.upstream_id)


async def line_inventory(parent: CartLine, ctx: Context) -> InventoryStatus | None:
    return await ctx.operation.stock.load(parent.product.upstream_id)


async def custom_attributes(
    parent: Product | Order, ctx: Context, names: Sequence[str] | None = None
) -> list[CustomAttribute]:
    attributes = parent.attributes
    return attributes if names is None else [attribute for attribute in attributes if attribute.name in names]
