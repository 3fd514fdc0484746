"""`/v1/shoppers/me/products`: products, their prices, variations and stock, and the search."""

import re
from collections.abc import Callable
from decimal import Decimal

from starlette.requests import Request
from starlette.responses import Response

from sandbox.api.requests import (
    answer,
    base_of,
    expand_of,
    find,
    locale_and_currency_of,
    paged,
    reader_of,
    whole_number,
    world_of,
)
from sandbox.demo_shop import products as demo_products
from sandbox.demo_shop.products import LISTED_PRODUCTS, PRODUCTS, Product
from sandbox.wire.expand import Expand
from sandbox.wire.money import TAX_INCLUSIVE
from sandbox.wire.refusal import Refusal
from sandbox.wire.values import Json

SORTS = {"name-asc", "name-desc", "listPrice-asc", "listPrice-desc"}
"""Values of the query parameter `sort`, as in the sort menus of Digital River's own storefronts. Its reference names
none, so other values have no effect.
"""

LISTED_FIELDS = {"uri", "displayName", "thumbnailImage", "pricing", "addProductToCart"}
"""Fields of a product that a list shows without `expand`."""
EXPANDED_FIELDS = {"customAttributes", "variations", "inventoryStatus"}
"""Fields that a single product shows only with `expand`."""


async def show_all(request: Request) -> Response:
    """`GET products`: all products, or the products whose ids are in the query. Unknown ids are ignored."""
    if "keyword" in request.query_params:
        return await search(request)
    reader_of(request)
    query = request.query_params
    is_filtered = any(query.get(name) for name in ("productId", "id", "externalReferenceId"))
    rows = _products_of_query(request) if is_filtered else LISTED_PRODUCTS
    return paged(request, "products", "product", sorted_products(request, rows), listed_product_wire(request))


async def show(request: Request) -> Response:
    """`GET products/{id}`."""
    product = product_of(request)
    default = {name for name in _full_wire(request, product) if name not in EXPANDED_FIELDS}
    return answer(request, {"product": _wire(request, product, expand_of(request, "product"), default)})


async def search(request: Request) -> Response:
    """`GET product-search`: products that contain all words of the keyword, the best match first."""
    locale, _ = locale_and_currency_of(request, reader_of(request))
    words = _words(request.query_params.get("keyword", ""))
    scores = {product.id: _score(product, words, locale) for product in LISTED_PRODUCTS}
    matches = [product for product in LISTED_PRODUCTS if scores[product.id]]
    matches.sort(key=lambda product: -scores[product.id])
    ranking = {product.id: rank for rank, product in enumerate(matches, start=1)}
    listed_wire = listed_product_wire(request)

    def wire(product: Product) -> Json:
        return listed_wire(product) | {"ranking": ranking[product.id], "score": scores[product.id]}

    return paged(request, "products", "product", sorted_products(request, matches), wire)


def sorted_products(request: Request, products: list[Product]) -> list[Product]:
    """The products in the order of the query parameter `sort`; unchanged without it."""
    sort = request.query_params.get("sort")
    if sort not in SORTS:
        return products
    locale, currency = locale_and_currency_of(request, reader_of(request))
    field, direction = sort.split("-")

    def key(product: Product) -> tuple[str | Decimal, ...]:
        return (product.name_in(locale).casefold(),) if field == "name" else (product.price(currency),)

    return sorted(products, key=key, reverse=direction == "desc")


async def variations(request: Request) -> Response:
    """`GET products/{id}/variations`. For a product without variations, the answer has no field `product`."""
    product, base = product_of(request), base_of(request)
    listed_wire = listed_product_wire(request, "variations")
    uri = demo_products.uri(product.id, base)
    wires = [
        {"uri": demo_products.uri(variation.id, base), "parentProduct": {"uri": uri}} | listed_wire(variation)
        for variation in demo_products.variations(product)
    ]
    return answer(request, {"variations": {"uri": f"{uri}/variations"} | ({"product": wires} if wires else {})})


async def pricing(request: Request) -> Response:
    """`GET products/{id}/pricing`."""
    return answer(request, {"pricing": _pricing_wire(request, demo_products.pricing)})


async def volume_pricing(request: Request) -> Response:
    """`GET products/{id}/pricing/volume-pricing`."""
    return answer(request, {"volumePricing": _pricing_wire(request, demo_products.volume_pricing)})


def _pricing_wire(request: Request, wire_of: Callable[..., Json]) -> Json:
    product = product_of(request)
    locale, currency = locale_and_currency_of(request, reader_of(request))
    return wire_of(product, currency, locale, base_of(request), tax_included=currency in TAX_INCLUSIVE)


def _words(keyword: str) -> list[str]:
    """Words of a search keyword. Raises a 400 if the keyword is missing, and a 409 if it is malformed."""
    if not keyword.strip():
        description = "A keyword expression is missing."
        raise Refusal(400, "invalid-keyword-expression", description, relation="ProductSearchResource")
    is_unbalanced = keyword.count('"') % 2 or keyword.count("(") != keyword.count(")")
    has_stray_operator = re.match(r"\s*[*?]", keyword) or re.search(r"\b(AND|OR|NOT)\s*$", keyword)
    words = re.findall(r"[\w'-]+", keyword.casefold())
    if is_unbalanced or has_stray_operator or not words:
        description = f"The keyword expression {keyword} is invalid."
        raise Refusal(409, "invalid-keyword-expression", description, relation="ProductSearchResource")
    return words


def _score(product: Product, words: list[str], locale: str) -> int:
    """Search score. It is 100 if the name contains all words, 50 if the texts of the product together contain all
    words, and otherwise 0.
    """
    name = product.name_in(locale).casefold()
    if all(word in name for word in words):
        return 100
    names = " ".join(variation.name_in(locale) for variation in demo_products.variations(product))
    content = f"{name} {product.description_in(locale)} {product.slug} {names}".casefold()
    return 50 if all(word in content for word in words) else 0


async def inventory(request: Request) -> Response:
    """`GET products/inventory-status`. Unknown ids are ignored."""
    reader_of(request)
    quantity = _requested_quantity(request)
    wires = [stock_wire(request, product, quantity) for product in _products_of_query(request) if not product.is_base]
    uri = f"{base_of(request)}/v1/shoppers/me/products/inventory-status"
    return answer(request, {"products": {"uri": uri, "inventoryStatus": wires}})


async def inventory_of_product(request: Request) -> Response:
    """`GET products/{id}/inventory-status`."""
    quantity = _requested_quantity(request)
    return answer(request, {"inventoryStatus": stock_wire(request, product_of(request), quantity)})


def _requested_quantity(request: Request) -> int:
    return whole_number(request.query_params.get("quantity", "1"), "quantity", "InventoryStatusResource")


def product_of(request: Request) -> Product:
    """Product whose id is in the path. Raises a 404 for an unknown id."""
    reader_of(request)
    return find(PRODUCTS.values(), request.path_params["id"], "product", "ProductsResource")


def _products_of_query(request: Request) -> list[Product]:
    query = request.query_params
    ids = (query.get("productId") or query.get("id") or "").split(",")
    slugs = (query.get("externalReferenceId") or "").split(",")
    return [product for product in PRODUCTS.values() if str(product.id) in ids or product.slug in slugs]


def stock_wire(request: Request, product: Product, quantity: int = 1) -> Json:
    world = world_of(request)
    wire = demo_products.inventory(product, world.stock[product.id], base_of(request), quantity)
    if product.id in world.backorders:
        wire |= {"productIsAllowsBackorders": "true", "expectedInStockDate": world.backorders[product.id]}
    return wire


def listed_product_wire(request: Request, wrapper: str = "products") -> Callable[[Product], Json]:
    """Function that converts a product of a list to JSON. The query parameter `expand` adds fields."""
    expand = expand_of(request, wrapper).below("product")
    return lambda product: _wire(request, product, expand, LISTED_FIELDS)


def _wire(request: Request, product: Product, expand: Expand, default: set[str]) -> Json:
    wire = expand.select(_full_wire(request, product), default)
    if "id" not in default and not expand.has("pricing"):
        short = ("uri", "formattedListPrice", "formattedSalePriceWithQuantity")
        wire["pricing"] = {name: wire["pricing"][name] for name in short}
    return wire


def _full_wire(request: Request, product: Product) -> Json:
    base = base_of(request)
    uri = demo_products.uri(product.id, base)
    locale, currency = locale_and_currency_of(request, reader_of(request))
    wire = demo_products.core(product, base, locale)
    if product.parent_id is not None:
        wire["parentProduct"] = {"uri": demo_products.uri(product.parent_id, base)}
    wire["categories"] = {"uri": f"{uri}/categories"}
    wire["familyAttributes"] = {"uri": f"{uri}/family-attributes"}
    wire["pricing"] = demo_products.pricing(product, currency, locale, base, tax_included=currency in TAX_INCLUSIVE)
    if product.is_base:
        wires = [_full_wire(request, variation) for variation in demo_products.variations(product)]
        wire["variations"] = {"uri": f"{uri}/variations", "product": wires}
        return wire
    if not product.is_purchasable:
        return wire
    cart = f"{base}/v1/shoppers/me/carts/active"
    wire["inventoryStatus"] = stock_wire(request, product)
    wire["addProductToCart"] = {
        "uri": f"{cart}/line-items?productId={product.id}",
        "cartUri": f"{cart}?productId={product.id}",
    }
    return wire
