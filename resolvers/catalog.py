"""What is for sale."""

import asyncio
import base64
from collections.abc import Sequence
from dataclasses import dataclass

from gateway.context import Context
from gateway.errors import BadUserInput
from gateway.upstream.cart import CartLine
from gateway.upstream.catalog import (
    InventoryStatus,
    Product,
    ProductPage,
    ProductPricing,
)
from gateway.upstream.ids import upstream_id
from gateway.upstream.order import Order
from gateway.upstream.wire import CustomAttribute
from resolvers.inputs import ProductBy

LARGEST_PAGE = 100


@dataclass(frozen=True)
class PageInfo:
    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


@dataclass(frozen=True)
class ProductEdge:
    cursor: str
    node: Product


@dataclass(frozen=True)
class ProductConnection:
    edges: list[ProductEdge]
    page_info: PageInfo
    total_count: int

    @property
    def nodes(self) -> list[Product]:
        return [edge.node for edge in self.edges]


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
) -> ProductConnection:
    """A page by `first` and `after`, or by `last` and `before`; exactly one pair."""
    if (first is None) == (last is None) or (first is None and after) or (last is None and before):
        raise BadUserInput("Give either first, with or without after, or last, with or without before.")
    size = first if first is not None else last
    if size is None or not 1 <= size <= LARGEST_PAGE:
        raise BadUserInput(f"A page has 1 to {LARGEST_PAGE} items.")
    shelf = Shelf(ctx, size)
    if first is not None:
        start = await shelf.place_of(after) + 1 if after else 0
        return await shelf.between(start, start + size)
    end = await shelf.place_of(before) if before else await shelf.total()
    return await shelf.between(max(end - size, 0), end)


@dataclass(frozen=True)
class Cursor:
    """Where an item was, and which one it was: a list that has changed is found again by the item."""

    size: int
    place: int
    product_id: str

    def text(self) -> str:
        return base64.urlsafe_b64encode(f"{self.size}:{self.place}:{self.product_id}".encode()).decode()

    @classmethod
    def read(cls, text: str) -> "Cursor":
        try:
            size, place, product_id = base64.urlsafe_b64decode(text.encode()).decode().split(":", 2)
            cursor = cls(int(size), int(place), product_id)
        except ValueError:
            raise BadUserInput("This is not a cursor of this list.") from None
        if not (1 <= cursor.size <= LARGEST_PAGE and 0 <= cursor.place < 10_000_000):
            raise BadUserInput("This is not a cursor of this list.")
        return cursor


@dataclass(frozen=True)
class Shelf:
    """All products as one row of places from 0, read by pages of `size`. Pages come through the cache."""

    ctx: Context
    size: int

    async def between(self, start: int, end: int) -> ProductConnection:
        numbers = range(start // self.size, max(end - 1, start) // self.size + 1)
        pages = await asyncio.gather(*(self._page(number, self.size) for number in numbers))
        row = [product for page in pages for product in page.products]
        offset = start - numbers[0] * self.size
        shown = row[offset : offset + end - start]
        edges = [
            ProductEdge(Cursor(self.size, start + index, product.upstream_id).text(), product)
            for index, product in enumerate(shown)
        ]
        total = pages[0].total_count
        return ProductConnection(
            edges=edges,
            page_info=PageInfo(
                has_next_page=start + len(shown) < total,
                has_previous_page=start > 0 and bool(shown),
                start_cursor=edges[0].cursor if edges else None,
                end_cursor=edges[-1].cursor if edges else None,
            ),
            total_count=total,
        )

    async def total(self) -> int:
        return (await self._page(0, self.size)).total_count

    async def place_of(self, text: str) -> int:
        """Where the item of a cursor is now; where it was when it is not near any more."""
        cursor = Cursor.read(text)
        number = cursor.place // cursor.size
        for near in (number, number - 1, number + 1):
            if near < 0:
                continue
            page = await self._page(near, cursor.size)
            for index, product in enumerate(page.products):
                if product.upstream_id == cursor.product_id:
                    return near * cursor.size + index
        return cursor.place

    async def _page(self, number: int, size: int) -> ProductPage:
        return await self.ctx.gateway.catalog.page(number + 1, size)


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
