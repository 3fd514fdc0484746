"""Lists of products that Digital River searches and sorts, and that the gateway filters.

Digital River sorts, and finds words and categories. It has no other filter. The gateway therefore reads the products
that words or a category select, and applies the other conditions to them. It reads no whole catalog for a filter.
"""

import re
from collections.abc import Awaitable, Callable, Iterable
from decimal import Decimal
from functools import partial

from gateway.catalog.catalog import PageRead
from gateway.enums import ProductSort
from gateway.errors import BadUserInput
from gateway.operation.context import Context
from gateway.upstream.catalog import Product, ProductPage
from gateway.upstream.endpoints.catalog import PageOfProducts
from gateway.upstream.ids import upstream_id
from resolvers.inputs.catalog import PriceRangeInput, ProductSearchInput
from resolvers.pagination import Page, Read, filtered

WORD = re.compile(r"\w+(?:['\u2019-]\w+)*")
"""A word of a search. Other characters are removed, because Digital River could read them as operators."""

MOST_WORDS = 10
MOST_ATTRIBUTES = 10
MOST_VALUES = 100

ReadPage = Callable[[PageRead], Awaitable[ProductPage]]


def matches(ctx: Context, search: ProductSearchInput | None, sort: ProductSort | None) -> Read[Product]:
    """Function that reads the products that match a search; all products without a search.

    It reads one or two lists of Digital River: the search results, the products of a category, or all products. It then
    applies the conditions that Digital River cannot apply.
    """
    if search is None:
        return _reader(ctx.catalog.page, sort, needs_current=False)
    needs_current = search.price_range is not None or search.in_stock_only
    is_narrow = search.text is not None or search.category_id is not None
    if not is_narrow and (needs_current or search.attributes):
        raise BadUserInput(
            "`search.priceRange`, `search.inStockOnly` and `search.attributes` need `search.text` or "
            "`search.categoryId`."
        )
    read = _selected(ctx, search, sort, needs_current=needs_current)
    conditions = list(_conditions(search))
    if not conditions:
        return read
    return filtered(read, passes=lambda product: all(condition(product) for condition in conditions))


def _selected(
    ctx: Context, search: ProductSearchInput, sort: ProductSort | None, *, needs_current: bool
) -> Read[Product]:
    category = None if search.category_id is None else upstream_id("Category", search.category_id)
    if search.text is None and search.category_id is None:
        return _reader(ctx.catalog.page, sort, needs_current=needs_current)
    if search.text is None:
        return in_category(ctx, category, sort, needs_current=needs_current)
    read = _with_words(ctx, search.text, sort, needs_current=needs_current)
    return read if search.category_id is None else filtered(read, also_in=in_category(ctx, category, None))


def in_category(
    ctx: Context, category_id: str | None, sort: ProductSort | None, *, needs_current: bool = False
) -> Read[Product]:
    """Function that reads the products of a category; none if `category_id` is None."""
    if category_id is None:
        return _no_products
    return _reader(lambda page_read: ctx.catalog.in_category(category_id, page_read), sort, needs_current=needs_current)


def _with_words(ctx: Context, phrase: str, sort: ProductSort | None, *, needs_current: bool) -> Read[Product]:
    # A word in lower case is never an operator, because Digital River's operators are in upper case.
    words = WORD.findall(phrase.lower())
    if not 1 <= len(words) <= MOST_WORDS:
        raise BadUserInput(f"`search.text` must have 1 to {MOST_WORDS} words.")
    keyword = " ".join(words)
    return _reader(lambda page_read: ctx.catalog.search(keyword, page_read), sort, needs_current=needs_current)


def _reader(read_page: ReadPage, sort: ProductSort | None, *, needs_current: bool) -> Read[Product]:
    async def read(number: int, size: int, past_cache: bool) -> Page[Product]:
        page = await read_page(PageRead(PageOfProducts(number, size, sort), past_cache, needs_current))
        return Page(page.products, page.total_count)

    return read


async def _no_products(number: int, size: int, past_cache: bool) -> Page[Product]:
    return Page([], 0)


# Conditions that the gateway applies.


def _conditions(search: ProductSearchInput) -> Iterable[Callable[[Product], bool]]:
    if search.purchasable_only:
        yield lambda product: product.is_for_sale
    if search.price_range is not None:
        yield partial(_costs, _checked(search.price_range))
    if search.in_stock_only:
        yield _is_in_stock
    attributes = search.attributes or []
    if len(attributes) > MOST_ATTRIBUTES:
        raise BadUserInput(f"`search.attributes` may have at most {MOST_ATTRIBUTES} attributes.")
    for attribute in attributes:
        if len(attribute.values) > MOST_VALUES:
            raise BadUserInput(f"`search.attributes.values` may have at most {MOST_VALUES} values.")
        yield partial(_has, attribute.name, frozenset(attribute.values))


def _checked(prices: PriceRangeInput) -> PriceRangeInput:
    if prices.minimum is not None and prices.maximum is not None and prices.minimum > prices.maximum:
        raise BadUserInput("`search.priceRange.minimum` must not be above `maximum`.")
    return prices


def _costs(prices: PriceRangeInput, product: Product) -> bool:
    """Whether the price is in the range. A product without a price is not."""
    pricing = product.listed_pricing
    price = (pricing.sale_price or pricing.list_price) if pricing else None
    if price is None:
        return False
    return (prices.minimum or Decimal(0)) <= price.amount and (prices.maximum is None or price.amount <= prices.maximum)


def _is_in_stock(product: Product) -> bool:
    """Whether Digital River sent with the product that it, or one of its variations, is in stock."""
    statuses = [product.listed_stock, *(variation.stock for variation in product.listed_variations)]
    return any(status is not None and status.is_in_stock for status in statuses)


def _has(name: str, values: frozenset[str], product: Product) -> bool:
    """Whether the product, or one of its variations, has one of these values of the attribute."""
    listed = [*product.attributes, *(own for variation in product.listed_variations for own in variation.attributes)]
    return any(own.name == name and own.value in values for own in listed) or any(
        axis.name == name and not values.isdisjoint(axis.values) for axis in product.variation_attributes
    )
