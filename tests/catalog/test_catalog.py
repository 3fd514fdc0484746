"""Catalog queries: categories, search, variations, prices and stock, in the locale and currency of the operation."""

import asyncio
from typing import Any

import pytest
from dirty_equals import IsPartialDict

from gateway.upstream.ids import global_id
from sandbox.demo_shop.products import LISTED_PRODUCTS, WATCH
from sandbox.model.world import World
from tests.support.shop import (
    GRAPHITE,
    PACK,
    POLES,
    SHORT_DEADLINE_S,
    SOFTWARE,
    STOVE,
    Clock,
    InMemoryTransport,
    Shopper,
    Storefront,
    gateway,
)

ME = "/v1/shoppers/me"
STOCK = f"{ME}/products/inventory-status"

ELECTRONICS = global_id("Category", "70229700")
CAMP = global_id("Category", "70229900")


async def ask(storefront: Storefront, text: str, **variables: Any) -> Any:
    return (await storefront.ask(text, **variables)).data


def names(nodes: list[dict[str, Any]]) -> list[str]:
    return [node["name"] for node in nodes]


# Reading categories.


async def test_two_category_levels_are_read_in_one_call(storefront: Storefront, world: World) -> None:
    text = "{ categories { name thumbnailUrl children { id name shortDescription } } }"
    top = (await ask(storefront, text))["categories"]
    assert names(top) == ["Packs", "Electronics", "Software", "Camp and trail"]
    assert top[1]["children"] == [
        {
            "id": global_id("Category", "70229710"),
            "name": "GPS watches",
            "shortDescription": "The way home, on the wrist.",
        },
        IsPartialDict(name="Lamps", shortDescription=None),
    ]
    assert world.calls.count("GET") == 1


async def test_third_category_level_is_read_only_when_selected(storefront: Storefront, world: World) -> None:
    text = "query($id: ID!) { category(id: $id) { children { name children { name shortDescription } } } }"
    children = (await ask(storefront, text, id=ELECTRONICS))["category"]["children"]
    assert children[0]["children"] == [{"name": "Multi-band", "shortDescription": None}]
    assert children[1]["children"] == []
    assert world.calls.count("GET", f"{ME}/categories/{{id}}") == 2


async def test_child_categories_with_missing_fields_are_read_one_by_one(shopper: Shopper, world: World) -> None:
    await shopper.control("switches", {"category_children": "short"})
    text = "query($id: ID!) { category(id: $id) { children { id name shortDescription } } }"
    children = (await ask(shopper.storefront, text, id=ELECTRONICS))["category"]["children"]
    assert names(children) == ["GPS watches", "Lamps"]
    assert children[0]["shortDescription"] == "The way home, on the wrist."
    assert world.calls.count("GET", f"{ME}/categories/{{id}}") == 3, "the category and each of its children"


async def test_category_is_null_for_an_unknown_or_malformed_id(storefront: Storefront) -> None:
    text = (
        "query($id: ID!) { category(id: $id) { upstreamId name children { name } products(first: 9) { totalCount } } }"
    )
    category = (await ask(storefront, text, id=ELECTRONICS))["category"]
    assert category["upstreamId"] == "70229700"
    assert names(category["children"]) == ["GPS watches", "Lamps"]
    assert category["products"]["totalCount"] == 2
    for wrong_id in (
        global_id("Category", "1"),
        global_id("Category", "packs"),
        global_id("Product", PACK),
        "nonsense",
    ):
        assert (await ask(storefront, text, id=wrong_id))["category"] is None


async def test_products_of_a_category_are_paginated(storefront: Storefront) -> None:
    text = """query($id: ID!, $first: Int, $after: String, $last: Int, $before: String) { category(id: $id) {
      products(first: $first, after: $after, last: $last, before: $before) {
        totalCount pageInfo { hasNextPage endCursor startCursor } edges { cursor node { name } } } } }"""

    async def page(**window: Any) -> Any:
        return (await ask(storefront, text, id=CAMP, **window))["category"]["products"]

    all_names = [edge["node"]["name"] for edge in (await page(first=100))["edges"]]
    paged_names: list[str] = []
    after = None
    while True:
        current = await page(first=2, after=after)
        paged_names += [edge["node"]["name"] for edge in current["edges"]]
        after = current["pageInfo"]["endCursor"]
        if not current["pageInfo"]["hasNextPage"]:
            break
    assert paged_names == all_names
    assert len(all_names) == current["totalCount"] >= 7
    back = await page(last=3, before=current["pageInfo"]["startCursor"])
    assert [edge["node"]["name"] for edge in back["edges"]] == all_names[3:6]


async def test_category_is_cached_for_fifteen_minutes(shopper: Shopper, world: World, clock: Clock) -> None:
    text = "query($id: ID!) { category(id: $id) { name } }"
    for seconds in (0, 899, 2):
        clock.move(seconds)
        assert (await ask(shopper.storefront, text, id=ELECTRONICS))["category"]["name"] == "Electronics"
    assert world.calls.count("GET") == 2
    await shopper.fault("status", "*", status=503)
    clock.move(3600)
    assert (await ask(shopper.storefront, text, id=ELECTRONICS))["category"]["name"] == "Electronics"
    clock.move(24 * 3600)
    assert (await shopper.storefront.ask(text, id=ELECTRONICS)).codes == ["UPSTREAM_UNAVAILABLE"]


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        (f"{ME}/categories/{{id}}", 'category(id: "Q2F0ZWdvcnk6NzAyMjk3MDA") { name }', None),
        (f"{ME}/products/{{id}}", 'product(by: {upstreamId: "5401230100"}) { name }', None),
        (f"{ME}/products", 'product(by: {externalReferenceId: "trailhead-28"}) { name }', None),
    ],
)
@pytest.mark.parametrize("code", ["operation-failed", "invalid_category_key"])
async def test_status_409_for_an_unknown_catalog_object_returns_null(
    shopper: Shopper, path: str, text: str, expected: Any, code: str
) -> None:
    await shopper.fault("status", path, status=409, code=code)
    (value,) = (await ask(shopper.storefront, f"{{ {text} }}")).values()
    assert value == expected


async def test_status_409_for_an_exceeded_rate_limit_is_an_error(shopper: Shopper) -> None:
    await shopper.fault("status", f"{ME}/products/{{id}}", status=409, code="rate-limit-quota-exceeded")
    answer = await shopper.storefront.ask('{ product(by: {upstreamId: "5401230100"}) { name } }')
    assert answer.body["data"]["product"] is None
    assert answer.codes == ["RATE_LIMITED"]


# Searching for products.

SEARCH = """query($search: ProductSearchInput, $first: Int = 20, $after: String) {
  products(search: $search, first: $first, after: $after) {
    totalCount pageInfo { hasNextPage endCursor } nodes { name isPurchasable } } }"""


async def search(storefront: Storefront, **criteria: Any) -> list[str]:
    products = (await ask(storefront, SEARCH, search=criteria))["products"]
    assert products["totalCount"] == len(products["nodes"])
    return names(products["nodes"])


async def test_search_returns_products_that_match_every_word(storefront: Storefront, world: World) -> None:
    assert await search(storefront, text="gps watch") == ["Cascade GPS Watch", "Offline Maps Europe"]
    assert world.calls.count("GET", f"{ME}/product-search") == 1
    assert await search(storefront, text="no-such-thing") == []


@pytest.mark.parametrize("text", ['"gps" (watch', "*gps* watch?", "GPS -- +watch", "gps\u2009watch!"])
async def test_search_ignores_query_operators(storefront: Storefront, text: str) -> None:
    assert await search(storefront, text=text) == ["Cascade GPS Watch", "Offline Maps Europe"]
    assert await search(storefront, text="gps NOT watch") == [], "NOT is an ordinary search word"


@pytest.mark.parametrize("text", ["", "  ", "?!*", "a " * 11])
async def test_search_without_words_or_with_eleven_words_is_rejected(
    storefront: Storefront, world: World, text: str
) -> None:
    answer = await storefront.ask(SEARCH, search={"text": text})
    assert answer.codes == ["BAD_USER_INPUT"]
    assert world.calls.count() == 0


async def test_search_omits_unpurchasable_products_by_default(storefront: Storefront) -> None:
    assert await search(storefront, text="drone") == []
    assert await search(storefront, text="drone", purchasableOnly=False) == ["Ridgeline Drone"]
    assert len(await search(storefront)) == len([product for product in LISTED_PRODUCTS if product.is_purchasable])
    assert "Ridgeline Drone" in names((await ask(storefront, SEARCH))["products"]["nodes"]), "listed without a search"


async def test_base_product_is_listed_and_offers_its_variations_instead(storefront: Storefront) -> None:
    assert "Cascade GPS Watch" in await search(storefront, text="watch")
    text = """query($id: String!) { product(by: {upstreamId: $id}) {
      isPurchasable isBaseProduct variations { upstreamId isPurchasable } } }"""
    base = (await storefront.ask(text, id=str(WATCH))).data["product"]
    assert (base["isPurchasable"], base["isBaseProduct"]) == (False, True)
    assert {"upstreamId": GRAPHITE, "isPurchasable": True} in base["variations"]
    (error,) = (await storefront.add(str(WATCH)))["errors"]
    assert error["code"] == "PRODUCT_NOT_PURCHASABLE"
    assert "`Product.variations`" in error["message"]
    assert (await storefront.add(GRAPHITE))["errors"] == []


async def test_search_can_be_limited_to_a_category(storefront: Storefront) -> None:
    assert await search(storefront, categoryId=ELECTRONICS) == ["Cascade GPS Watch", "Basecamp Headlamp"]
    assert await search(storefront, categoryId=ELECTRONICS, text="gps") == ["Cascade GPS Watch"]
    assert await search(storefront, categoryId=ELECTRONICS, text="stove") == []
    assert await search(storefront, categoryId=global_id("Category", "1")) == []
    assert await search(storefront, categoryId="nonsense") == []
    assert "Ridgeline Drone" in await search(storefront, categoryId=CAMP, purchasableOnly=False)


async def test_search_results_are_paginated(storefront: Storefront) -> None:
    all_names = await search(storefront, categoryId=CAMP)
    paged_names: list[str] = []
    after = None
    while True:
        page = (await ask(storefront, SEARCH, search={"categoryId": CAMP}, first=2, after=after))["products"]
        paged_names += names(page["nodes"])
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert paged_names == all_names
    assert len(paged_names) >= 6


# Reading product details.


async def test_product_variations_and_their_parent_are_read_in_three_calls(
    storefront: Storefront, world: World
) -> None:
    text = """query($id: String!) { product(by: {upstreamId: $id}) { isBaseProduct parent { upstreamId }
      variations { upstreamId pricing { salePrice { amount } } parent { upstreamId } } } }"""
    base = (await ask(storefront, text, id=str(WATCH)))["product"]
    assert base["parent"] is None
    assert base["variations"] == [
        {
            "upstreamId": variation_id,
            "pricing": {"salePrice": {"amount": "249.00"}},
            "parent": {"upstreamId": str(WATCH)},
        }
        for variation_id in (GRAPHITE, "5401230500")
    ]
    assert world.calls.count("GET") == 3, "calls: product, variations, parent"

    single = (await ask(storefront, text, id=PACK))["product"]
    assert single == {"isBaseProduct": False, "parent": None, "variations": []}
    assert world.calls.count("GET") == 4


async def test_parent_product_in_a_cart_line_needs_no_extra_call(storefront: Storefront, world: World) -> None:
    await storefront.add(GRAPHITE)
    world.calls.clear()
    line = (await ask(storefront, "{ cart { lines { product { name parent { name } } } } }"))["cart"]["lines"][0]
    assert line["product"]["parent"] == {"name": "Cascade GPS Watch"}
    assert world.calls.count() == 1


async def test_volume_prices_are_listed_by_quantity(storefront: Storefront) -> None:
    text = """query($id: String!) { product(by: {upstreamId: $id}) {
      volumePricing { fromQuantity toQuantity unitPrice { amount formatted } } } }"""
    tiers = (await ask(storefront, text, id=SOFTWARE))["product"]["volumePricing"]
    assert [(tier["fromQuantity"], tier["toQuantity"], tier["unitPrice"]["amount"]) for tier in tiers] == [
        (1, 4, "39.99"),
        (5, 9, "35.99"),
        (10, 20, "29.99"),
    ]
    assert (await ask(storefront, text, id=PACK))["product"]["volumePricing"] == []


async def test_product_lists_its_categories(storefront: Storefront) -> None:
    text = """query($id: String!) { product(by: {upstreamId: $id}) {
      categories { name products(first: 1) { totalCount } } } }"""
    categories = (await ask(storefront, text, id=GRAPHITE))["product"]["categories"]
    assert categories == [{"name": "Multi-band", "products": {"totalCount": 1}}]


CATALOG_QUERY = """query($id: String!, $category: ID!) {
  product(by: {upstreamId: $id}) { id upstreamId name isBaseProduct customAttributes { name value valueType }
    pricing { listPrice { amount } } inventory { availableQuantity isInStock }
    variations { id maximumQuantity parent { id } } categories { id name }
    offers { id kind products { offerPrice { amount } } } }
  software: product(by: {upstreamId: "5401230700"}) { volumePricing { fromQuantity toQuantity unitPrice { amount } } }
  category(id: $category) { id children { id name } products(first: 1) { totalCount nodes { id } } }
  products(search: {text: "drone", purchasableOnly: false}, first: 5) { totalCount nodes { id isPurchasable } } }"""


@pytest.mark.parametrize("switch", [{"single_as": "object"}, {"numbers_as": "text"}], ids=str)
async def test_every_json_format_of_digital_river_gives_the_same_catalog(
    shopper: Shopper, clock: Clock, switch: dict[str, str]
) -> None:
    variables = {"id": str(WATCH), "category": ELECTRONICS}
    plain = await ask(shopper.storefront, CATALOG_QUERY, **variables)
    assert plain["product"]["offers"][0]["products"]
    assert plain["category"]["children"]
    clock.move(3600)
    await shopper.control("switches", switch)
    assert await ask(shopper.storefront, CATALOG_QUERY, **variables) == plain


# Stock of products and cart lines.


async def test_operation_reads_stock_of_all_products_in_one_call(storefront: Storefront, world: World) -> None:
    text = """query($watch: String!, $pack: String!) {
      watch: product(by: {upstreamId: $watch}) { inventory { isInStock }
        variations { name inventory { availableQuantity isInStock } } }
      pack: product(by: {upstreamId: $pack}) { inventory { availableQuantity } }
      categories { products(first: 2) { nodes { inventory { isInStock } } } }
      products(first: 3) { nodes { inventory { isInStock } } } }"""
    data = await ask(storefront, text, watch=str(WATCH), pack=PACK)
    assert [variation["inventory"]["availableQuantity"] for variation in data["watch"]["variations"]] == [7, 0]
    assert data["watch"]["inventory"] == {"isInStock": True}, "one variation is in stock"
    assert data["pack"]["inventory"]["availableQuantity"] == 42
    assert data["categories"][0]["products"]["nodes"][0]["inventory"] == {"isInStock": True}
    assert world.calls.count("GET", STOCK) == 1


async def test_stock_is_cached_for_fifteen_seconds(shopper: Shopper, world: World, clock: Clock) -> None:
    text = "query($id: String!) { product(by: {upstreamId: $id}) { inventory { availableQuantity } } }"

    async def available() -> int:
        quantity: int = (await ask(shopper.storefront, text, id=PACK))["product"]["inventory"]["availableQuantity"]
        return quantity

    assert await available() == 42
    await shopper.control("stock", {"productId": int(PACK), "quantity": 3})
    assert await available() == 42
    clock.move(16)
    assert await available() == 3
    await shopper.fault("status", STOCK, status=503)
    clock.move(16)
    answer = await shopper.storefront.ask(text, id=PACK)
    assert answer.body["data"]["product"] == {"inventory": None}, "stale stock is never shown"


async def test_cart_lines_never_show_cached_stock(shopper: Shopper) -> None:
    await shopper.storefront.add(PACK)
    text = "{ cart { lines { inventory { availableQuantity } } } }"
    for quantity in (42, 3):
        await shopper.control("stock", {"productId": int(PACK), "quantity": quantity})
        (line,) = (await ask(shopper.storefront, text))["cart"]["lines"]
        assert line["inventory"] == {"availableQuantity": quantity}


async def test_cart_lines_and_products_share_one_stock_call(shopper: Shopper, world: World) -> None:
    await shopper.storefront.add(PACK)
    text = """query($id: String!) { product(by: {upstreamId: $id}) { inventory { availableQuantity } }
      cart { lines { inventory { availableQuantity } product { inventory { availableQuantity } } } } }"""
    await ask(shopper.storefront, "query($id: String!) { product(by: {upstreamId: $id}) { name } }", id=PACK)
    world.calls.clear()
    data = await ask(shopper.storefront, text, id=PACK)
    stock = {"availableQuantity": 42}
    assert data["product"]["inventory"] == stock
    assert data["cart"]["lines"] == [{"inventory": stock, "product": {"inventory": stock}}]
    assert world.calls.count("GET", STOCK) == 1


async def test_stock_is_returned_when_reading_product_categories_times_out(
    world: World, network: InMemoryTransport, clock: Clock, shopper: Shopper
) -> None:
    await shopper.fault("delay", f"{ME}/products/{{id}}/categories", delay_s=60)
    async with gateway(world, network, clock, operation_deadline_s=SHORT_DEADLINE_S) as storefront:
        text = """query($id: String!) { product(by: {upstreamId: $id}) {
          name categories { name } inventory { isInStock } } }"""
        answer = await storefront.ask(text, id=PACK)
    assert answer.codes == ["UPSTREAM_TIMEOUT"]
    product = answer.body["data"]["product"]
    assert product == {"name": "Trailhead 28L Daypack", "categories": None, "inventory": {"isInStock": True}}


# Locale and currency of an operation, set by `@inContext`.

PRODUCT_IN_CONTEXT = """query($id: String!, $locale: Locale, $currency: CurrencyCode)
  @inContext(locale: $locale, currencyCode: $currency) {
    product(by: {upstreamId: $id}) { name pricing { includesTax listPrice { amount currencyCode formatted } } } }"""


@pytest.mark.parametrize(
    ("locale", "currency", "name", "amount", "formatted"),
    [
        ("de-DE", None, "Trailhead Tagesrucksack 28 l", "84.90", "84,90\xa0€"),
        ("de-DE", "USD", "Trailhead Tagesrucksack 28 l", "89.00", "89,00\xa0$"),
        (None, "GBP", "Trailhead 28L Daypack", "74.90", "£74.90"),
        (None, None, "Trailhead 28L Daypack", "89.00", "$89.00"),
        ("ja-JP", None, "Trailhead 28L Daypack", "12900", "￥12,900"),
    ],
)
async def test_in_context_directive_sets_language_and_currency_of_products(
    storefront: Storefront, locale: str | None, currency: str | None, name: str, amount: str, formatted: str
) -> None:
    product = (await ask(storefront, PRODUCT_IN_CONTEXT, id=PACK, locale=locale, currency=currency))["product"]
    assert product["name"] == name
    assert product["pricing"]["listPrice"] == IsPartialDict(amount=amount, formatted=formatted)
    assert product["pricing"]["includesTax"] is (product["pricing"]["listPrice"]["currencyCode"] != "USD")


async def test_product_is_cached_separately_for_each_locale_and_currency(storefront: Storefront, world: World) -> None:
    markets: list[dict[str, str]] = [
        {},
        {"locale": "de-DE"},
        {"locale": "de-DE", "currency": "USD"},
        {"currency": "EUR"},
    ]
    for _ in range(2):
        prices = [(await ask(storefront, PRODUCT_IN_CONTEXT, id=PACK, **market))["product"] for market in markets]
        assert len({str(price) for price in prices}) == 4
    assert world.calls.count("GET") == 4
    assert world.calls.count("POST", "/oauth20/token") == 1, "one guest token for all locales and currencies"


@pytest.mark.parametrize(
    "directive",
    [
        '@inContext(locale: "sv-SE")',
        '@inContext(currencyCode: "SEK")',
        '@inContext(locale: "de-DE", currencyCode: "SEK")',
    ],
)
async def test_locale_or_currency_missing_from_the_settings_is_rejected(
    storefront: Storefront, world: World, directive: str
) -> None:
    answer = await storefront.ask(f'query {directive} {{ product(by: {{upstreamId: "{PACK}"}}) {{ name }} }}')
    assert answer.status == 400
    assert answer.codes == ["BAD_USER_INPUT"]
    assert "data" not in answer.body
    assert world.calls.count() == 0


async def test_locale_unknown_to_digital_river_is_an_input_error(
    world: World, network: InMemoryTransport, clock: Clock
) -> None:
    async with gateway(world, network, clock, locales="en-US:USD,sv-SE:SEK") as storefront:
        answer = await storefront.ask(PRODUCT_IN_CONTEXT, id=PACK, locale="sv-SE")
    assert answer.body["data"] == {"product": None}
    assert answer.codes == ["BAD_USER_INPUT"]


async def test_in_context_directive_does_not_change_the_session(storefront: Storefront) -> None:
    await storefront.add(PACK)
    text = """query @inContext(locale: "de-DE") { session { locale currencyCode }
      cart { currencyCode lines { product { name pricing { listPrice { currencyCode } } } } } }"""
    data = await ask(storefront, text)
    assert data["session"] == {"locale": "en-US", "currencyCode": "USD"}
    assert data["cart"]["currencyCode"] == "USD"
    (line,) = data["cart"]["lines"]
    assert line["product"]["pricing"]["listPrice"]["currencyCode"] == "EUR", (
        "list prices have the currency of the operation"
    )


async def test_markets_are_the_locales_with_their_currencies(
    world: World, network: InMemoryTransport, clock: Clock
) -> None:
    async with gateway(world, network, clock, locales="en-US:USD,fr-CH:CHF,fr-CH:EUR") as storefront:
        markets = (await ask(storefront, "{ storefront { markets { locale currencyCode } } }"))["storefront"]["markets"]
    offered = [(market["locale"], market["currencyCode"]) for market in markets]
    assert offered == [("en-US", "USD"), ("fr-CH", "CHF"), ("fr-CH", "EUR")]


async def test_concurrent_operations_use_their_own_locales(storefront: Storefront) -> None:
    async def name(locale: str) -> str:
        tab = Storefront(storefront.http)
        product_name: str = (await ask(tab, PRODUCT_IN_CONTEXT, id=PACK, locale=locale))["product"]["name"]
        return product_name

    product_names = await asyncio.gather(*(name(locale) for locale in ("de-DE", "en-US") * 10))
    assert product_names == ["Trailhead Tagesrucksack 28 l", "Trailhead 28L Daypack"] * 10


# Replacing a guest token that Digital River rejects.


async def test_concurrent_reads_replace_a_rejected_guest_token_once(
    storefront: Storefront, world: World, network: InMemoryTransport
) -> None:
    text = "query($id: String!) { product(by: {upstreamId: $id}) { name } }"
    await ask(storefront, text, id=PACK)
    paths = {product_id: f"{ME}/products/{product_id}" for product_id in (SOFTWARE, GRAPHITE, POLES, STOVE)}
    network.gates = dict.fromkeys(paths.values(), asyncio.Event())
    reading = [asyncio.create_task(ask(storefront, text, id=product_id)) for product_id in paths]
    for path in paths.values():
        await network.arrived[path].wait()
    world.tokens.clear()
    world.calls.clear()
    for gate in network.gates.values():
        gate.set()
    assert all(data["product"]["name"] for data in await asyncio.gather(*reading))
    assert world.calls.count("POST", "/oauth20/token") == 1
