"""`/v1/shoppers/me/categories`: the category tree."""

from starlette.requests import Request
from starlette.responses import Response

from sandbox.api.products import listed_product_wire, product_of, sorted_products
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
from sandbox.demo_shop import products
from sandbox.demo_shop.categories import CATEGORIES, TOP, Category, categories_of
from sandbox.demo_shop.image_paths import category_image
from sandbox.wire.expand import Expand
from sandbox.wire.refusal import Refusal
from sandbox.wire.values import Json

RELATION = "CategoriesResource"

SHORT_FIELDS = {"uri", "displayName", "products"}
"""Fields of a category that are shown without `expand`."""


async def show_all(request: Request) -> Response:
    """`GET categories`: top categories. `expand=category.categories.category` shows all fields of child categories."""
    reader_of(request)
    return _answer(request, TOP, f"{base_of(request)}/v1/shoppers/me/categories")


async def show(request: Request) -> Response:
    """`GET categories/{id}`: the category with all fields and its children."""
    category = _category(request)
    expand = expand_of(request, "category")
    return answer(request, {"category": _wire(request, category, Expand(expand.paths, all=True))})


async def products_of_category(request: Request) -> Response:
    """`GET categories/{id}/products`: products of the category and its subcategories."""
    rows = sorted_products(request, _category(request).products)
    return paged(request, "products", "product", rows, listed_product_wire(request))


async def categories_of_product(request: Request) -> Response:
    """`GET products/{id}/categories`: categories that list the product, or the base product of a variation."""
    product = product_of(request)
    return _answer(request, categories_of(product), f"{products.uri(product.id, base_of(request))}/categories")


def _answer(request: Request, listed: list[Category], uri: str) -> Response:
    expand = expand_of(request, "categories").below("category")
    wires = [_wire(request, category, expand) for category in listed]
    return answer(request, {"categories": {"uri": uri, "category": wires}})


def _category(request: Request) -> Category:
    reader_of(request)
    category_id = request.path_params["id"]
    if not category_id.isdecimal():
        # Digital River answers with a 409 to an id that is not a number.
        raise Refusal(409, "invalid_category_key", f"The category {category_id} is invalid.", relation=RELATION)
    return find(CATEGORIES.values(), category_id, "category", RELATION)


def _wire(request: Request, category: Category, expand: Expand) -> Json:
    locale, _ = locale_and_currency_of(request, reader_of(request))
    uri = f"{base_of(request)}/v1/shoppers/me/categories/{category.id}"
    full: Json = {
        "uri": uri,
        "id": category.id,
        "locale": locale,
        "name": category.slug,
        "displayName": category.name_in(locale),
        "shortDescription": category.description_in(locale),
        "longDescription": None,
        "thumbnailImage": f"{base_of(request)}{category_image(category.slug)}",
        "customAttributes": {},
        "products": {"uri": f"{uri}/products"},
    }
    if any(path[0] == "products" for path in expand.paths):
        size = whole_number(request.query_params.get("productsPageSize", "10"), "productsPageSize", RELATION)
        full["products"]["product"] = [listed_product_wire(request)(product) for product in category.products[:size]]
    wire = expand.select(full, SHORT_FIELDS)
    if category.children and expand.has("categories"):
        # `expand=all` adds only some fields of child categories. The path `categories.category` adds all their fields.
        has_path = ("categories", "category") in expand.paths
        below = Expand(all=has_path and world_of(request).switches.category_children == "full")
        children = [_wire(request, child, below) for child in category.children]
        wire["categories"] = {"uri": f"{uri}/categories", "category": children}
    return wire
