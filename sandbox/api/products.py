"""The catalogue: products and their stock."""

import re
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

from sandbox.api.requests import answer, base_of, expand_of, locale_of, paged, reader_of, whole_number, world_of
from sandbox.demo_shop import products as demo_products
from sandbox.demo_shop.products import LISTED, PRODUCTS, Product
from sandbox.wire.expand import Expand
from sandbox.wire.money import TAX_INCLUSIVE, Json
from sandbox.wire.refusal import Refusal

ON_A_PAGE = {"uri", "displayName", "thumbnailImage", "pricing", "addProductToCart"}
HIDDEN = {"customAttributes", "variations", "inventoryStatus"}
"""Of a single product, until it is expanded."""


async def products(request: Request) -> Response:
    """`GET /v1/shoppers/me/products`, all of them or those with certain ids; unknown ids are left out."""
    if "keyword" in request.query_params:
        return await search(request)
    return paged(request, "products", "product", _chosen(request), short_list(request))


async def product(request: Request) -> Response:
    """`GET /v1/shoppers/me/products/{id}`."""
    found = product_of(request)
    shown = {name for name in _full(request, found) if name not in HIDDEN}
    return answer(request, {"product": _wire(request, found, expand_of(request, "product"), shown)})


async def search(request: Request) -> Response:
    """`GET product-search`: products that have every word of the keyword, best match first."""
    locale, _ = locale_of(request, reader_of(request))
    words = _words(request.query_params.get("keyword", ""))
    scored = [(_score(one, words, locale), one) for one in LISTED]
    found = sorted((pair for pair in scored if pair[0]), key=lambda pair: -pair[0])
    shown = short_list(request)
    places = {one.id: (place, score) for place, (score, one) in enumerate(found, start=1)}

    def ranked(product: Product) -> Json:
        ranking, score = places[product.id]
        return shown(product) | {"ranking": ranking, "score": score}

    return paged(request, "products", "product", [one for _, one in found], ranked)


async def variations(request: Request) -> Response:
    """`GET products/{id}/variations`: none for a product that has none."""
    product, base = product_of(request), base_of(request)
    shown = short_list(request, "variations")
    below = [
        {"uri": demo_products.uri(one.id, base), "parentProduct": {"uri": demo_products.uri(product.id, base)}}
        | shown(one)
        for one in demo_products.variations(product)
    ]
    uri = f"{demo_products.uri(product.id, base)}/variations"
    return answer(request, {"variations": {"uri": uri} | ({"product": below} if below else {})})


async def pricing(request: Request) -> Response:
    """`GET products/{id}/pricing`."""
    return answer(request, {"pricing": _priced(request, product_of(request), demo_products.pricing)})


async def volume_pricing(request: Request) -> Response:
    """`GET products/{id}/pricing/volume-pricing`."""
    return answer(request, {"volumePricing": _priced(request, product_of(request), demo_products.volume_pricing)})


def _priced(request: Request, product: Product, price: Callable[..., Json]) -> Json:
    locale, currency = locale_of(request, reader_of(request))
    return price(product, currency, locale, base_of(request), tax_included=currency in TAX_INCLUSIVE)


def _words(keyword: str) -> list[str]:
    """What is looked for. Raises the refusal of an expression that cannot be read."""
    if not keyword.strip():
        text = "A keyword expression is missing."
        raise Refusal(400, "invalid-keyword-expression", text, relation="ProductSearchResource")
    is_open = keyword.count('"') % 2 or keyword.count("(") != keyword.count(")")
    has_stray = re.match(r"\s*[*?]", keyword) or re.search(r"\b(AND|OR|NOT)\s*$", keyword)
    words = re.findall(r"[\w'-]+", keyword.casefold())
    if is_open or has_stray or not words:
        text = f"The keyword expression {keyword} is invalid."
        raise Refusal(409, "invalid-keyword-expression", text, relation="ProductSearchResource")
    return words


def _score(product: Product, words: list[str], locale: str) -> int:
    """100 for words of the name, 50 when the description is needed too, 0 for none."""
    name = product.name_in(locale).casefold()
    if all(word in name for word in words):
        return 100
    below = " ".join(one.name_in(locale) for one in demo_products.variations(product))
    text = f"{name} {product.description_in(locale)} {product.slug} {below}".casefold()
    return 50 if all(word in text for word in words) else 0


async def inventory(request: Request) -> Response:
    """`GET /v1/shoppers/me/products/inventory-status`; unknown ids are left out."""
    reader_of(request)
    quantity = whole_number(request.query_params.get("quantity", "1"), "quantity", "InventoryStatusResource")
    statuses = [stock_wire(request, one, quantity) for one in _named(request) if not one.is_base]
    uri = f"{base_of(request)}/v1/shoppers/me/products/inventory-status"
    return answer(request, {"products": {"uri": uri, "inventoryStatus": statuses}})


async def inventory_of_product(request: Request) -> Response:
    """`GET /v1/shoppers/me/products/{id}/inventory-status`."""
    quantity = whole_number(request.query_params.get("quantity", "1"), "quantity", "InventoryStatusResource")
    return answer(request, {"inventoryStatus": stock_wire(request, product_of(request), quantity)})


def product_of(request: Request) -> Product:
    reader_of(request)
    text = request.path_params["id"]
    found = PRODUCTS.get(int(text)) if text.isdecimal() else None
    if found is None:
        raise Refusal(404, "resource-not-found", f"The product {text} could not be found.", relation="ProductsResource")
    return found


def _chosen(request: Request) -> list[Product]:
    reader_of(request)
    query = request.query_params
    is_narrowed = any(query.get(name) for name in ("productId", "id", "externalReferenceId"))
    return _named(request) if is_narrowed else LISTED


def _named(request: Request) -> list[Product]:
    query = request.query_params
    ids = (query.get("productId") or query.get("id") or "").split(",")
    slugs = (query.get("externalReferenceId") or "").split(",")
    return [one for one in PRODUCTS.values() if str(one.id) in ids or one.slug in slugs]


def stock_wire(request: Request, product: Product, quantity: int = 1) -> Json:
    world = world_of(request)
    wire = demo_products.inventory(product, world.stock[product.id], base_of(request), quantity)
    if product.id in world.backorders:
        wire |= {"productIsAllowsBackorders": "true", "expectedInStockDate": world.backorders[product.id]}
    return wire


def short_list(request: Request, wrapper: str = "products") -> Callable[[Product], Json]:
    """How an element of a list of products is shown, as far as `expand` of this request goes."""
    expand = expand_of(request, wrapper).below("product")
    return lambda product: _wire(request, product, expand, ON_A_PAGE)


def _wire(request: Request, product: Product, expand: Expand, default: set[str]) -> Json:
    wire = expand.chosen(_full(request, product), default)
    if "id" not in default and not expand.has("pricing"):
        short = ("uri", "formattedListPrice", "formattedSalePriceWithQuantity")
        wire["pricing"] = {name: wire["pricing"][name] for name in short}
    return wire


def _full(request: Request, product: Product) -> Json:
    base = base_of(request)
    uri = demo_products.uri(product.id, base)
    locale, currency = locale_of(request, reader_of(request))
    wire = demo_products.core(product, base, locale)
    if product.parent_id is not None:
        wire["parentProduct"] = {"uri": demo_products.uri(product.parent_id, base)}
    wire["categories"] = {"uri": f"{uri}/categories"}
    wire["familyAttributes"] = {"uri": f"{uri}/family-attributes"}
    wire["pricing"] = demo_products.pricing(product, currency, locale, base, tax_included=currency in TAX_INCLUSIVE)
    if product.is_base:
        below = [_full(request, one) for one in demo_products.variations(product)]
        wire["variations"] = {"uri": f"{uri}/variations", "product": below}
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
