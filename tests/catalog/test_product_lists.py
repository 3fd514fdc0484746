"""Sorted and filtered lists of products, and their pictures."""

from typing import Any

import pytest

from gateway.upstream.ids import global_id
from sandbox.model.world import World
from tests.support.shop import PACK, WATCH, Clock, InMemoryTransport, Shopper, Storefront

ME = "/v1/shoppers/me"

CAMP = global_id("Category", "70229900")
ELECTRONICS = global_id("Category", "70229700")

LIST = """query($search: ProductSearchInput, $sort: ProductSort, $first: Int = 20, $after: String, $locale: Locale,
  $currency: CurrencyCode) @inContext(locale: $locale, currencyCode: $currency) {
    products(search: $search, sort: $sort, first: $first, after: $after) {
      totalCount pageInfo { endCursor } nodes { name pricing { listPrice { amount } } } } }"""

CATEGORY = """query($id: ID!, $sort: ProductSort) { category(id: $id) { products(sort: $sort, first: 20) {
  nodes { name pricing { listPrice { amount } } } } } }"""

PRODUCT = """query($id: String!) { product(by: {upstreamId: $id}) {
  images { imageUrl thumbnailUrl altText } variationAttributes { name displayName values } } }"""


async def listed(storefront: Storefront, **variables: Any) -> list[str]:
    products = (await storefront.ask(LIST, **variables)).data["products"]
    assert products["totalCount"] == len(products["nodes"])
    return [node["name"] for node in products["nodes"]]


async def search(storefront: Storefront, **search: Any) -> list[str]:
    return await listed(storefront, search=search)


def prices(nodes: list[dict[str, Any]]) -> list[float]:
    return [float(node["pricing"]["listPrice"]["amount"]) for node in nodes]


# Sorting.


@pytest.mark.parametrize("criteria", [None, {"text": "trail"}, {"categoryId": CAMP}, {"text": "s", "categoryId": CAMP}])
async def test_every_list_of_products_can_be_sorted(storefront: Storefront, criteria: Any) -> None:
    unsorted = await listed(storefront, search=criteria)
    assert len(unsorted) > 2
    by_name = await listed(storefront, search=criteria, sort="NAME_ASCENDING")
    assert by_name == sorted(unsorted, key=str.casefold)
    assert await listed(storefront, search=criteria, sort="NAME_DESCENDING") == by_name[::-1]
    for sort, descends in (("LIST_PRICE_ASCENDING", False), ("LIST_PRICE_DESCENDING", True)):
        nodes = (await storefront.ask(LIST, search=criteria, sort=sort)).data["products"]["nodes"]
        assert prices(nodes) == sorted(prices(nodes), reverse=descends)


async def test_products_of_a_category_can_be_sorted(storefront: Storefront) -> None:
    for sort, descends in (("LIST_PRICE_ASCENDING", False), ("LIST_PRICE_DESCENDING", True)):
        category = (await storefront.ask(CATEGORY, id=CAMP, sort=sort)).data["category"]
        amounts = prices(category["products"]["nodes"])
        assert len(amounts) > 5
        assert amounts == sorted(amounts, reverse=descends)


async def test_names_are_sorted_in_the_language_of_the_operation(storefront: Storefront) -> None:
    names = await listed(storefront, sort="NAME_ASCENDING", locale="de-DE")
    assert names == sorted(names, key=str.casefold)
    assert names != await listed(storefront, sort="NAME_ASCENDING")


async def test_pages_of_a_sorted_list_continue_each_other(storefront: Storefront) -> None:
    whole = await listed(storefront, sort="NAME_ASCENDING")
    names: list[str] = []
    after = None
    while len(names) < len(whole):
        page = (await storefront.ask(LIST, sort="NAME_ASCENDING", first=4, after=after)).data["products"]
        names += [node["name"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
    assert names == whole


async def test_cursor_of_one_order_or_filter_is_refused_in_another(storefront: Storefront) -> None:
    criteria: dict[str, Any] = {"categoryId": CAMP, "priceRange": {"minimum": "10"}}
    page = (await storefront.ask(LIST, search=criteria, sort="NAME_ASCENDING", first=2)).data["products"]
    after = page["pageInfo"]["endCursor"]
    for changes in (
        {"sort": "NAME_DESCENDING"},
        {"search": criteria | {"priceRange": {"minimum": "11"}}},
        {"search": criteria | {"inStockOnly": True}},
        {"search": criteria | {"attributes": [{"name": "color", "values": ["Graphite"]}]}},
    ):
        variables = {"search": criteria, "sort": "NAME_ASCENDING"} | changes
        assert (await storefront.ask(LIST, **variables, first=2, after=after)).codes == ["BAD_USER_INPUT"]


async def test_each_order_of_a_list_is_cached_on_its_own(storefront: Storefront, world: World) -> None:
    sorts = ["NAME_ASCENDING", "NAME_DESCENDING", "LIST_PRICE_ASCENDING", "LIST_PRICE_DESCENDING", None]
    for _ in range(2):
        assert len({tuple(await listed(storefront, sort=sort)) for sort in sorts}) == 5
    assert world.calls.count("GET", f"{ME}/products") == 5


# Filters.


async def test_filters_of_prices_compare_what_the_shopper_pays(storefront: Storefront) -> None:
    assert "Trailhead 28L Daypack" in await search(storefront, text="pack", priceRange={"maximum": "80.10"})
    assert await search(storefront, text="pack", priceRange={"maximum": "80.09"}) == []
    assert await search(storefront, text="pack", priceRange={"minimum": "80.11"}) == []
    between = {"minimum": "30", "maximum": "80"}
    assert await search(storefront, categoryId=ELECTRONICS, priceRange=between) == ["Basecamp Headlamp"]


async def test_prices_are_filtered_in_the_currency_of_the_operation(storefront: Storefront) -> None:
    search = {"text": "pack", "priceRange": {"minimum": "10000"}}
    assert await listed(storefront, search=search, currency="JPY") == ["Trailhead 28L Daypack"]
    assert await listed(storefront, search=search) == []


async def test_products_out_of_stock_can_be_left_out(shopper: Shopper, clock: Clock) -> None:
    everything = await search(shopper.storefront, categoryId=CAMP)
    in_stock = await search(shopper.storefront, categoryId=CAMP, inStockOnly=True)
    assert {*everything} - {*in_stock} == {"First Edition Field Notes"}
    assert await search(shopper.storefront, text="cascade", inStockOnly=True) == ["Cascade GPS Watch"]
    await shopper.control("stock", {"productId": 5401230400, "quantity": 0})
    clock.move(61)
    assert await search(shopper.storefront, text="cascade", inStockOnly=True) == [], "no variation is in stock"


async def test_attributes_select_base_products_by_their_variations(storefront: Storefront) -> None:
    def color(*values: str) -> list[dict[str, Any]]:
        return [{"name": "color", "values": list(values)}]

    assert await search(storefront, text="watch", attributes=color("Glacier", "Red")) == ["Cascade GPS Watch"]
    assert await search(storefront, text="watch", attributes=color("Red")) == []
    both = [*color("Graphite"), {"name": "weight", "values": ["0.150 lb"]}]
    assert await search(storefront, text="watch", attributes=both) == ["Cascade GPS Watch"]
    assert await search(storefront, text="watch", attributes=[*both, {"name": "size", "values": ["L"]}]) == []


@pytest.mark.parametrize(
    "filters",
    [
        {"priceRange": {"maximum": "50"}},
        {"inStockOnly": True},
        {"attributes": [{"name": "color", "values": ["Graphite"]}]},
        {"text": "pack", "priceRange": {"minimum": "2", "maximum": "1"}},
        {"text": "pack", "attributes": [{"name": "color", "values": []}] * 11},
        {"text": "pack", "attributes": [{"name": "color", "values": [""] * 101}]},
    ],
)
async def test_filter_that_cannot_be_applied_is_refused_before_any_call(
    storefront: Storefront, world: World, filters: dict[str, Any]
) -> None:
    assert (await storefront.ask(LIST, search=filters)).codes == ["BAD_USER_INPUT"]
    assert world.calls.count() == 0


async def test_filters_read_no_more_than_the_search_itself(storefront: Storefront, world: World) -> None:
    await search(storefront, categoryId=CAMP)
    calls = world.calls.count()
    await search(storefront, categoryId=CAMP, inStockOnly=True, priceRange={"minimum": "20"})
    assert world.calls.count() == calls


async def test_outdated_prices_and_stock_select_no_products(shopper: Shopper, clock: Clock) -> None:
    filters: list[dict[str, Any]] = [{"priceRange": {"minimum": "1"}}, {"inStockOnly": True}]
    await search(shopper.storefront, text="pack")
    await shopper.fault("status", "*", status=503)
    clock.move(61)
    for chosen in filters:
        answer = await shopper.storefront.ask(LIST, search={"text": "pack"} | chosen)
        assert answer.codes == ["UPSTREAM_UNAVAILABLE"]
    assert (await shopper.storefront.ask('{ products(search: {text: "pack"}, first: 9) { totalCount } }')).data


# Pictures and attributes of products.


async def test_base_product_shows_pictures_of_its_variations(storefront: Storefront) -> None:
    product = (await storefront.ask(PRODUCT, id=WATCH)).data["product"]
    assert [image["altText"] for image in product["images"]] == [
        "Cascade GPS Watch",
        "Cascade GPS Watch - Graphite",
        "Cascade GPS Watch - Glacier",
    ]
    assert len({image["imageUrl"] for image in product["images"]}) == 3
    assert all(image["thumbnailUrl"] != image["imageUrl"] for image in product["images"])
    assert product["variationAttributes"] == [
        {"name": "color", "displayName": "Color", "values": ["Graphite", "Glacier"]}
    ]


async def test_alternative_text_is_in_the_language_of_the_operation(storefront: Storefront) -> None:
    text = '{ product(by: {upstreamId: "5401230100"}) { name images { altText } } }'
    product = (await storefront.ask('query @inContext(locale: "de-DE") ' + text)).data["product"]
    assert product["images"] == [{"altText": product["name"]}]
    assert product["name"] == "Trailhead Tagesrucksack 28 l"


async def test_pictures_that_are_missing_or_equal_are_listed_once(
    storefront: Storefront, network: InMemoryTransport
) -> None:
    def with_one_picture(body: Any) -> Any:
        for product in (body["product"], *body["product"]["variations"]["product"]):
            product["productImage"] = None
            product["thumbnailImage"] = "https://images.example/same.png"
        return body

    network.rewrites["GET", f"{ME}/products/{WATCH}"] = with_one_picture
    images = (await storefront.ask(PRODUCT, id=WATCH)).data["product"]["images"]
    url = "https://images.example/same.png"
    assert images == [{"imageUrl": url, "thumbnailUrl": url, "altText": "Cascade GPS Watch"}]

    def without_pictures(body: Any) -> Any:
        return {"product": body["product"] | {"productImage": None, "thumbnailImage": None}}

    network.rewrites["GET", f"{ME}/products/{PACK}"] = without_pictures
    product = (await storefront.ask(PRODUCT, id=PACK)).data["product"]
    assert product == {"images": [], "variationAttributes": []}
