"""What belongs to no cart: the shopper's own settings, and the products."""

from math import ceil
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from sandbox import catalog
from sandbox.catalog import LISTED, PRODUCTS, Product
from sandbox.errors import Refusal
from sandbox.money import PAIRS, TAX_INCLUSIVE, Json
from sandbox.requests import (
    answer,
    base_of,
    body_of,
    check_ip,
    expand_of,
    locale_of,
    nothing,
    reader_of,
    shopper_of,
    whole_number,
    world_of,
)
from sandbox.shaping import Expand

LONGEST_PAGE = 100_000

ON_A_PAGE = {"uri", "displayName", "thumbnailImage", "pricing", "addProductToCart"}
HIDDEN = {"customAttributes", "variations", "inventoryStatus"}
"""Of a single product, until it is expanded."""


async def me(request: Request) -> Response:
    """`GET /v1/shoppers/me`."""
    shopper = shopper_of(request)
    uri = f"{base_of(request)}/v1/shoppers/me"
    wire: Json = {
        "uri": uri,
        "id": "Anonymous",
        "username": None,
        "externalReferenceId": None,
        "firstName": None,
        "lastName": None,
        "emailAddress": None,
        "locale": shopper.locale,
        "currency": shopper.currency,
    }
    wire |= {name: {"uri": f"{uri}/{name}"} for name in ("addresses", "orders", "account")}
    return answer(request, {"shopper": wire})


async def update_me(request: Request) -> Response:
    """`POST /v1/shoppers/me`: a guest may change locale, currency and IP address."""
    world, shopper = world_of(request), shopper_of(request)
    given = (await body_of(request, "ShoppersResource")).get("shopper") or {}
    query = request.query_params
    locale = query.get("locale") or given.get("locale") or shopper.locale
    if locale not in PAIRS:
        raise _no(409, "invalid-locale", f"The locale {locale} is not supported.")
    currency = query.get("currency") or given.get("currency") or PAIRS[locale]
    if currency not in PAIRS.values():
        raise _no(409, "valid-currency-code", f"The currency {currency} is not supported.")
    check_ip(address := query.get("ipAddress") or given.get("ipAddress"), "ShoppersResource")
    cart = shopper.cart
    if cart is not None and cart.source is not None and currency != cart.currency:
        text = f"One or more sources in the cart does not support locale {locale} and currency {currency}."
        raise _no(409, "invalid-request", text)
    shopper.locale, shopper.currency = locale, currency
    shopper.ip_address = address or shopper.ip_address
    if cart is not None:
        cart.locale, cart.currency = locale, currency
        world.settle(cart)
    return nothing()


def _no(status: int, code: str, text: str) -> Refusal:
    return Refusal(status, code, text, relation="ShoppersResource")


# Products.


async def products(request: Request) -> Response:
    """`GET /v1/shoppers/me/products`, all of them or those with certain ids; unknown ids are left out."""
    query = request.query_params
    number = whole_number(query.get("pageNumber", "1"), "pageNumber", "ProductsResource")
    size = whole_number(query.get("pageSize", "10"), "pageSize", "ProductsResource")
    if number < 1 or not 0 < size < LONGEST_PAGE:
        text = "The page size must be greater than 0 and less than 100000, and page numbers begin at 1."
        raise Refusal(400, "invalid-request", text, relation="ProductsResource")
    found = _chosen(request)
    uri = f"{base_of(request)}/v1/shoppers/me/products"
    pages = ceil(len(found) / size)
    wire: Json = {"uri": uri}
    for name, there in (("nextPage", number + 1), ("previousPage", number - 1)):
        if 1 <= there <= pages:
            others = {key: value for key, value in query.items() if key not in ("token", "apiKey", "pageNumber")}
            wire[name] = {"uri": f"{uri}?{urlencode(others | {'pageNumber': there})}"}
    expand = expand_of(request, "products").below("product")
    wire["product"] = [_wire(request, one, expand, ON_A_PAGE) for one in found[(number - 1) * size : number * size]]
    return answer(request, {"products": wire | {"totalResults": len(found), "totalResultPages": pages}})


async def product(request: Request) -> Response:
    """`GET /v1/shoppers/me/products/{id}`."""
    found = _product(request)
    shown = {name for name in _full(request, found) if name not in HIDDEN}
    return answer(request, {"product": _wire(request, found, expand_of(request, "product"), shown)})


async def inventory(request: Request) -> Response:
    """`GET /v1/shoppers/me/products/inventory-status`; unknown ids are left out."""
    reader_of(request)
    quantity = whole_number(request.query_params.get("quantity", "1"), "quantity", "InventoryStatusResource")
    statuses = [_stock(request, one, quantity) for one in _named(request) if not one.is_base]
    uri = f"{base_of(request)}/v1/shoppers/me/products/inventory-status"
    return answer(request, {"products": {"uri": uri, "inventoryStatus": statuses}})


async def inventory_of_product(request: Request) -> Response:
    """`GET /v1/shoppers/me/products/{id}/inventory-status`."""
    quantity = whole_number(request.query_params.get("quantity", "1"), "quantity", "InventoryStatusResource")
    return answer(request, {"inventoryStatus": _stock(request, _product(request), quantity)})


def _product(request: Request) -> Product:
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


def _stock(request: Request, product: Product, quantity: int = 1) -> Json:
    return catalog.inventory(product, world_of(request).stock[product.id], base_of(request), quantity)


def _wire(request: Request, product: Product, expand: Expand, default: set[str]) -> Json:
    wire = expand.chosen(_full(request, product), default)
    if "id" not in default and not expand.has("pricing"):
        short = ("uri", "formattedListPrice", "formattedSalePriceWithQuantity")
        wire["pricing"] = {name: wire["pricing"][name] for name in short}
    return wire


def _full(request: Request, product: Product) -> Json:
    base = base_of(request)
    uri = catalog.uri(product.id, base)
    locale, currency = locale_of(request, reader_of(request))
    wire = catalog.core(product, base)
    if product.parent_id is not None:
        wire["parentProduct"] = {"uri": catalog.uri(product.parent_id, base)}
    wire["categories"] = {"uri": f"{uri}/categories"}
    wire["familyAttributes"] = {"uri": f"{uri}/family-attributes"}
    wire["pricing"] = catalog.pricing(product, currency, locale, base, tax_included=currency in TAX_INCLUSIVE)
    if product.is_base:
        below = [_full(request, one) for one in catalog.variations(product)]
        wire["variations"] = {"uri": f"{uri}/variations", "product": below}
        return wire
    cart = f"{base}/v1/shoppers/me/carts/active"
    wire["inventoryStatus"] = _stock(request, product)
    wire["addProductToCart"] = {
        "uri": f"{cart}/line-items?productId={product.id}",
        "cartUri": f"{cart}?productId={product.id}",
    }
    return wire
