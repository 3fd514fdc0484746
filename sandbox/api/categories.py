"""`/v1/shoppers/me/categories`: the demo shop's tree, and what each answer shows of it."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from sandbox.api.products import product_of, short_list
from sandbox.api.requests import answer, base_of, expand_of, locale_of, paged, reader_of, world_of
from sandbox.demo_shop import products
from sandbox.demo_shop.german_texts import is_german
from sandbox.demo_shop.products import PRODUCTS, Product
from sandbox.wire.expand import Expand
from sandbox.wire.money import Json
from sandbox.wire.refusal import Refusal

IMAGES = "https://images.riverdemo.example/category"


@dataclass(frozen=True)
class Category:
    id: int
    slug: str
    name: str
    german: str
    products: tuple[int, ...] = ()
    children: tuple[int, ...] = ()
    description: str | None = None
    german_description: str | None = None

    def name_in(self, locale: str) -> str:
        return self.german if is_german(locale) else self.name

    def description_in(self, locale: str) -> str | None:
        return self.german_description if is_german(locale) else self.description


_TABLE = [
    Category(70229600, "packs", "Packs", "Rucksäcke", products=(5401230100,)),
    Category(
        70229700,
        "electronics",
        "Electronics",
        "Elektronik",
        children=(70229710, 70229720),
        description="What beeps and shines.",
        german_description="Was piept und leuchtet.",
    ),
    Category(
        70229710,
        "gps-watches",
        "GPS watches",
        "GPS-Uhren",
        children=(70229711,),
        description="The way home, on the wrist.",
        german_description="Der Heimweg am Handgelenk.",
    ),
    Category(70229711, "multi-band", "Multi-band", "Mehrband", products=(5401230300,)),
    Category(70229720, "lamps", "Lamps", "Lampen", products=(5401230600,)),
    Category(
        70229800,
        "software",
        "Software",
        "Software und Karten",
        products=(5401230700, 5401230800, 5401230900, 5401231600),
    ),
    Category(
        70229900,
        "camp",
        "Camp and trail",
        "Camp und Weg",
        products=(5401230200, 5401231300, 5401231400, 5401231500),
        children=(70229910, 70229920),
    ),
    Category(70229910, "cooking", "Cooking", "Kochen", products=(5401231100, 5401231000, 5401231700)),
    Category(70229920, "shelter", "Shelter", "Zelte", products=(5401231200,)),
]

CATEGORIES = {one.id: one for one in _TABLE}
TOP = [CATEGORIES[one] for one in (70229600, 70229700, 70229800, 70229900)]

SHORT = {"uri", "displayName", "products"}


async def categories(request: Request) -> Response:
    """`GET categories`: the top of the tree. Children come in short, in full by `category.categories.category`."""
    reader_of(request)
    expand = expand_of(request, "categories").below("category")
    return _listed(request, TOP, expand, f"{base_of(request)}/v1/shoppers/me/categories")


async def category(request: Request) -> Response:
    """`GET categories/{id}`: in full, with its children."""
    found = _category(request)
    expand = expand_of(request, "category")
    return answer(request, {"category": _wire(request, found, Expand(expand.paths, all=True))})


async def products_of_category(request: Request) -> Response:
    """`GET categories/{id}/products`: those of the category and of what is below it."""
    found = _category(request)
    return paged(request, "products", "product", _products(found), short_list(request))


async def categories_of_product(request: Request) -> Response:
    """`GET products/{id}/categories`: those that list the product, or the base product of a variation."""
    product = product_of(request)
    listed = {product.id, product.parent_id}
    found = [one for one in _TABLE if listed & set(one.products)]
    expand = expand_of(request, "categories").below("category")
    return _listed(request, found, expand, f"{products.uri(product.id, base_of(request))}/categories")


def _listed(request: Request, found: list[Category], expand: Expand, uri: str) -> Response:
    wires = [_wire(request, one, expand) for one in found]
    return answer(request, {"categories": {"uri": uri, "category": wires}})


def _category(request: Request) -> Category:
    reader_of(request)
    text = request.path_params["id"]
    if not text.isdecimal():
        # One client has met this where a plain 404 was to be expected.
        raise Refusal(409, "invalid_category_key", f"The category {text} is invalid.", relation="CategoriesResource")
    found = CATEGORIES.get(int(text))
    if found is None:
        text = f"The category {text} could not be found."
        raise Refusal(404, "resource-not-found", text, relation="CategoriesResource")
    return found


def _products(category: Category) -> list[Product]:
    below = [product for child in category.children for product in _products(CATEGORIES[child])]
    own = [PRODUCTS[product_id] for product_id in category.products]
    return list(dict.fromkeys(own + below))


def _wire(request: Request, category: Category, expand: Expand) -> Json:
    locale, _ = locale_of(request, reader_of(request))
    base = base_of(request)
    uri = f"{base}/v1/shoppers/me/categories/{category.id}"
    wire: Json = {
        "uri": uri,
        "id": category.id,
        "locale": locale,
        "name": category.slug,
        "displayName": category.name_in(locale),
        "shortDescription": category.description_in(locale),
        "longDescription": None,
        "thumbnailImage": f"{IMAGES}/thumbnail/{category.slug}.png",
        "customAttributes": {},
        "products": {"uri": f"{uri}/products"},
    }
    if any(path[0] == "products" for path in expand.paths):
        size = int(request.query_params.get("productsPageSize", "10"))
        wire["products"]["product"] = [short_list(request)(one) for one in _products(category)[:size]]
    shown = expand.chosen(wire, SHORT)
    if category.children and expand.has("categories"):
        # Everything expanded shows the children in short, unless their path is named.
        is_named = ("categories", "category") in expand.paths
        below = Expand(all=is_named and world_of(request).switches.category_children == "full")
        children = [_wire(request, CATEGORIES[one], below) for one in category.children]
        shown["categories"] = {"uri": f"{uri}/categories", "category": children}
    return shown
