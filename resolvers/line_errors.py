"""Which line of an input a refusal of Digital River is about, and which quantities of its product are allowed.

Digital River gets one call for several lines, and its refusal names none of them. The catalog shows which of the
products could have caused it.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from gateway.catalog.catalog import Catalog
from gateway.enums import ErrorCode
from gateway.errors import UpstreamError
from gateway.operation.context import Context
from gateway.refusals.user_errors import AnyUserError, AvailabilityError, Path
from gateway.upstream.catalog import InventoryStatus, Product
from gateway.upstream.changes import NewLine

log = logging.getLogger(__name__)

ABOUT_PRODUCTS = frozenset(
    {
        ErrorCode.NOT_FOUND,
        ErrorCode.PRODUCT_NOT_PURCHASABLE,
        ErrorCode.INSUFFICIENT_STOCK,
        ErrorCode.QUANTITY_OUT_OF_RANGE,
    }
)


@dataclass(frozen=True)
class Facts:
    """What the catalog has of a product that a line adds. `quantity` is the number of units after the change."""

    product: Product | None
    stock: InventoryStatus | None
    quantity: int

    def may_cause(self, code: ErrorCode) -> bool:
        product, stock = self.product, self.stock
        match code:
            case ErrorCode.NOT_FOUND:
                return product is None
            case ErrorCode.PRODUCT_NOT_PURCHASABLE:
                return product is not None and (product.is_base_product or not product.is_purchasable)
            case ErrorCode.INSUFFICIENT_STOCK:
                return stock is not None and not stock.covers(self.quantity)
            case _:
                least = product.minimum_quantity if product is not None else None
                most = product.maximum_quantity if product is not None else None
                return self.quantity < (least or 0) or (most is not None and self.quantity > most)


async def at_their_lines(
    ctx: Context, errors: Sequence[AnyUserError], lines: Mapping[int, NewLine]
) -> list[AnyUserError]:
    """The errors of a call that adds these lines, which have their indexes in the input. An error about a product gets
    the path of each line that may have caused it, and the quantities of the product. It keeps its path if the catalog
    shows no such line.
    """
    if ABOUT_PRODUCTS.isdisjoint(error.code for error in errors):
        return [*errors]
    try:
        facts = await ctx.in_time(_facts(ctx, lines))
    except UpstreamError:
        return [*errors]
    located: list[AnyUserError] = []
    for error in errors:
        causes = [index for index in lines if len(lines) == 1 or facts[index].may_cause(error.code)]
        if error.code in ABOUT_PRODUCTS and causes:
            located += [_with_quantities(replace(error, path=line_path(index)), facts[index]) for index in causes]
        else:
            located.append(error)
    return located


def line_path(index: int) -> Path:
    return "input", "lines", str(index)


async def with_quantities_of(ctx: Context, error: AnyUserError, line_id: str) -> AnyUserError:
    """An error about a line of the cart. If it is about the quantity, it gets the quantities of the line's product."""
    if not isinstance(error, AvailabilityError):
        return error
    try:
        cart = await ctx.cart()
        for product in (line.known_product for line in cart.lines if line.upstream_id == line_id):
            if product is not None:
                stock = await ctx.in_time(ctx.services.catalog.stock([product.upstream_id], past_cache=True))
                return _with_quantities(error, Facts(product, stock.get(product.upstream_id), 0))
    except UpstreamError:
        log.info("quantities not read", extra={"code": error.code.name})
    return error


def _with_quantities(error: AnyUserError, facts: Facts) -> AnyUserError:
    if not isinstance(error, AvailabilityError):
        return error
    product, stock = facts.product, facts.stock
    return replace(
        error,
        available_quantity=stock.available_quantity if stock else None,
        minimum_quantity=product.minimum_quantity if product else None,
        maximum_quantity=product.maximum_quantity if product else None,
    )


async def _facts(ctx: Context, lines: Mapping[int, NewLine]) -> Mapping[int, Facts]:
    catalog = ctx.services.catalog
    ids = dict(zip(lines, await asyncio.gather(*(_product_id(catalog, line) for line in lines.values())), strict=True))
    known = [product_id for product_id in ids.values() if product_id]
    products, stock, cart = await asyncio.gather(
        _products(catalog, known), catalog.stock(known, past_cache=True), ctx.cart()
    )
    units: Counter[str] = Counter()
    for present in cart.lines:
        if present.known_product is not None:
            units[present.known_product.upstream_id] += present.quantity or 0
    for index, line in lines.items():
        units[ids[index]] += line.quantity
    return {
        index: Facts(products.get(product_id), stock.get(product_id), units[product_id])
        for index, product_id in ids.items()
    }


async def _products(catalog: Catalog, product_ids: list[str]) -> Mapping[str, Product]:
    if len(product_ids) != 1:
        return await catalog.products(product_ids)
    product = await catalog.product(product_ids[0])  # The answer is in the cache if the shopper saw the product's page.
    return {} if product is None else {product.upstream_id: product}


async def _product_id(catalog: Catalog, line: NewLine) -> str:
    """Digital River's id of the product; empty if the catalog does not have it."""
    if line.product_id is not None:
        return line.product_id
    product = await catalog.product_by_reference(line.external_reference_id or "")
    return product.upstream_id if product is not None else ""
