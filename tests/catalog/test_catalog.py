"""What is for sale: categories, search, variations, prices, stock; in the market that an operation chose."""

import asyncio
from typing import Any

import pytest
from dirty_equals import IsPartialDict

from gateway.upstream.ids import global_id
from sandbox.demo_shop.products import LISTED, WATCH
from sandbox.model.world import World
from tests.support.shop import (
    GRAPHITE,
    PACK,
    POLES,
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


# Categories.


async def test_a_menu_of_two_levels_costs_one_call(storefront: Storefront, world: World) -> None:
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


async def test_what_is_deeper_is_read_when_it_is_asked_for(storefront: Storefront, world: World) -> None:
    text = "query($id: ID!) { category(id: $id) { children { name children { name shortDescription } } } }"
    found = (await ask(storefront, text, id=ELECTRONICS))["category"]["children"]
    assert found[0]["children"] == [{"name": "Multi-band", "shortDescription": None}]
    assert found[1]["children"] == []
    assert world.calls.count("GET", f"{ME}/categories/{{id}}") == 2


async def test_children_that_are_told_in_short_are_read_one_by_one(shopper: Shopper, world: World) -> None:
    await shopper.control("switches", {"category_children": "short"})
    text = "query($id: ID!) { category(id: $id) { children { id name shortDescription } } }"
    found = (await ask(shopper.storefront, text, id=ELECTRONICS))["category"]["children"]
    assert names(found) == ["GPS watches", "Lamps"]
    assert found[0]["shortDescription"] == "The way home, on the wrist."
    assert world.calls.count("GET", f"{ME}/categories/{{id}}") == 3, "the category and each of its children"


async def test_a_category_is_found_by_its_id_alone(storefront: Storefront) -> None:
    text = (
        "query($id: ID!) { category(id: $id) { upstreamId name children { name } products(first: 9) { totalCount } } }"
    )
    found = (await ask(storefront, text, id=ELECTRONICS))["category"]
    assert found["upstreamId"] == "70229700"
    assert names(found["children"]) == ["GPS watches", "Lamps"]
    assert found["products"]["totalCount"] == 2
    for wrong in (global_id("Category", "1"), global_id("Category", "packs"), global_id("Product", PACK), "nonsense"):
        assert (await ask(storefront, text, id=wrong))["category"] is None


async def test_a_category_is_paged(storefront: Storefront) -> None:
    text = """query($id: ID!, $first: Int, $after: String, $last: Int, $before: String) { category(id: $id) {
      products(first: $first, after: $after, last: $last, before: $before) {
        totalCount pageInfo { hasNextPage endCursor startCursor } edges { cursor node { name } } } } }"""

    async def page(**window: Any) -> Any:
        return (await ask(storefront, text, id=CAMP, **window))["category"]["products"]

    everything = [edge["node"]["name"] for edge in (await page(first=100))["edges"]]
    seen: list[str] = []
    after = None
    while True:
        current = await page(first=2, after=after)
        seen += [edge["node"]["name"] for edge in current["edges"]]
        after = current["pageInfo"]["endCursor"]
        if not current["pageInfo"]["hasNextPage"]:
            break
    assert seen == everything
    assert len(everything) == current["totalCount"] >= 7
    back = await page(last=3, before=current["pageInfo"]["startCursor"])
    assert [edge["node"]["name"] for edge in back["edges"]] == everything[3:6]


async def test_a_category_is_remembered_for_a_quarter_of_an_hour(shopper: Shopper, world: World, clock: Clock) -> None:
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
    ("path", "text", "nothing"),
    [
        (f"{ME}/categories/{{id}}", 'category(id: "Q2F0ZWdvcnk6NzAyMjk3MDA") { name }', None),
        (f"{ME}/products/{{id}}", 'product(by: {upstreamId: "5401230100"}) { name }', None),
        (f"{ME}/products", 'product(by: {externalReferenceId: "trailhead-28"}) { name }', None),
    ],
)
@pytest.mark.parametrize("code", ["operation-failed", "invalid_category_key"])
async def test_a_conflict_on_a_read_of_the_catalogue_means_that_it_is_not_there(
    shopper: Shopper, path: str, text: str, nothing: Any, code: str
) -> None:
    await shopper.fault("status", path, status=409, code=code)
    (found,) = (await ask(shopper.storefront, f"{{ {text} }}")).values()
    assert found == nothing


async def test_another_conflict_is_a_failure(shopper: Shopper) -> None:
    await shopper.fault("status", f"{ME}/products/{{id}}", status=409, code="rate-limit-quota-exceeded")
    answer = await shopper.storefront.ask('{ product(by: {upstreamId: "5401230100"}) { name } }')
    assert answer.body["data"]["product"] is None
    assert answer.codes


# Search.

SEARCH = """query($search: ProductSearchInput, $first: Int = 20, $after: String) {
  products(search: $search, first: $first, after: $after) {
    totalCount pageInfo { hasNextPage endCursor } nodes { name isPurchasable } } }"""


async def search(storefront: Storefront, **wanted: Any) -> list[str]:
    found = (await ask(storefront, SEARCH, search=wanted))["products"]
    assert found["totalCount"] == len(found["nodes"])
    return names(found["nodes"])


async def test_words_are_searched_for(storefront: Storefront, world: World) -> None:
    assert await search(storefront, text="gps watch") == ["Cascade GPS Watch", "Offline Maps Europe"]
    assert world.calls.count("GET", f"{ME}/product-search") == 1
    assert await search(storefront, text="no-such-thing") == []


@pytest.mark.parametrize("text", ['"gps" (watch', "*gps* watch?", "GPS -- +watch", "gps\u2009watch!"])
async def test_operators_of_an_expression_are_left_out(storefront: Storefront, text: str) -> None:
    assert await search(storefront, text=text) == ["Cascade GPS Watch", "Offline Maps Europe"]
    assert await search(storefront, text="gps NOT watch") == [], "a word like any other"


@pytest.mark.parametrize("text", ["", "  ", "?!*", "a " * 11])
async def test_a_search_has_words_and_not_too_many(storefront: Storefront, world: World, text: str) -> None:
    answer = await storefront.ask(SEARCH, search={"text": text})
    assert answer.codes == ["BAD_USER_INPUT"]
    assert world.calls.count() == 0


async def test_only_what_can_be_bought_is_found_unless_told_otherwise(storefront: Storefront) -> None:
    assert await search(storefront, text="drone") == []
    assert await search(storefront, text="drone", purchasableOnly=False) == ["Ridgeline Drone"]
    assert len(await search(storefront)) == len([one for one in LISTED if one.is_purchasable])
    assert "Ridgeline Drone" in names((await ask(storefront, SEARCH))["products"]["nodes"]), "no search at all"


async def test_a_category_narrows_a_search(storefront: Storefront) -> None:
    assert await search(storefront, categoryId=ELECTRONICS) == ["Cascade GPS Watch", "Basecamp Headlamp"]
    assert await search(storefront, categoryId=ELECTRONICS, text="gps") == ["Cascade GPS Watch"]
    assert await search(storefront, categoryId=ELECTRONICS, text="stove") == []
    assert await search(storefront, categoryId=global_id("Category", "1")) == []
    assert await search(storefront, categoryId="nonsense") == []
    assert "Ridgeline Drone" in await search(storefront, categoryId=CAMP, purchasableOnly=False)


async def test_matches_are_paged_as_a_list_of_their_own(storefront: Storefront) -> None:
    everything = await search(storefront, categoryId=CAMP)
    seen: list[str] = []
    after = None
    while True:
        page = (await ask(storefront, SEARCH, search={"categoryId": CAMP}, first=2, after=after))["products"]
        seen += names(page["nodes"])
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert seen == everything
    assert len(seen) >= 6


# Products.


async def test_the_variations_of_a_product_and_their_parent(storefront: Storefront, world: World) -> None:
    text = """query($id: String!) { product(by: {upstreamId: $id}) { isBaseProduct parent { upstreamId }
      variations { upstreamId pricing { salePrice { amount } } parent { upstreamId } } } }"""
    base = (await ask(storefront, text, id=str(WATCH)))["product"]
    assert base["parent"] is None
    assert base["variations"] == [
        {"upstreamId": id, "pricing": {"salePrice": {"amount": "249.00"}}, "parent": {"upstreamId": str(WATCH)}}
        for id in (GRAPHITE, "5401230500")
    ]
    assert world.calls.count("GET") == 3, "the product, its variations, and one parent for all of them"

    single = (await ask(storefront, text, id=PACK))["product"]
    assert single == {"isBaseProduct": False, "parent": None, "variations": []}
    assert world.calls.count("GET") == 4


async def test_the_parent_of_a_line_costs_nothing(storefront: Storefront, world: World) -> None:
    await storefront.add(GRAPHITE)
    world.calls.clear()
    line = (await ask(storefront, "{ cart { lines { product { name parent { name } } } } }"))["cart"]["lines"][0]
    assert line["product"]["parent"] == {"name": "Cascade GPS Watch"}
    assert world.calls.count() == 1


async def test_prices_by_quantity(storefront: Storefront) -> None:
    text = """query($id: String!) { product(by: {upstreamId: $id}) {
      volumePricing { fromQuantity toQuantity unitPrice { amount formatted } } } }"""
    tiers = (await ask(storefront, text, id=SOFTWARE))["product"]["volumePricing"]
    assert [(tier["fromQuantity"], tier["toQuantity"], tier["unitPrice"]["amount"]) for tier in tiers] == [
        (1, 4, "39.99"),
        (5, 9, "35.99"),
        (10, 20, "29.99"),
    ]
    assert (await ask(storefront, text, id=PACK))["product"]["volumePricing"] == []


async def test_a_product_names_the_categories_that_list_it(storefront: Storefront) -> None:
    text = """query($id: String!) { product(by: {upstreamId: $id}) {
      categories { name products(first: 1) { totalCount } } } }"""
    found = (await ask(storefront, text, id=GRAPHITE))["product"]["categories"]
    assert found == [{"name": "Multi-band", "products": {"totalCount": 1}}]


WHOLE = """query($id: String!, $category: ID!) {
  product(by: {upstreamId: $id}) { id upstreamId name isBaseProduct customAttributes { name value valueType }
    pricing { listPrice { amount } } inventory { availableQuantity isInStock }
    variations { id maximumQuantity parent { id } } categories { id name }
    offers { id kind products { offerPrice { amount } } } }
  software: product(by: {upstreamId: "5401230700"}) { volumePricing { fromQuantity toQuantity unitPrice { amount } } }
  category(id: $category) { id children { id name } products(first: 1) { totalCount nodes { id } } }
  products(search: {text: "drone", purchasableOnly: false}, first: 5) { totalCount nodes { id isPurchasable } } }"""


@pytest.mark.parametrize("switch", [{"single_as": "object"}, {"numbers_as": "text"}])
async def test_every_form_of_the_wire_reads_the_same(shopper: Shopper, clock: Clock, switch: dict[str, str]) -> None:
    variables = {"id": str(WATCH), "category": ELECTRONICS}
    plain = await ask(shopper.storefront, WHOLE, **variables)
    assert plain["product"]["offers"][0]["products"]
    assert plain["category"]["children"]
    clock.move(3600)
    await shopper.control("switches", switch)
    assert await ask(shopper.storefront, WHOLE, **variables) == plain


# Stock.


async def test_the_stock_of_a_whole_operation_is_one_call(storefront: Storefront, world: World) -> None:
    text = """query($watch: String!, $pack: String!) {
      watch: product(by: {upstreamId: $watch}) { inventory { isInStock }
        variations { name inventory { availableQuantity isInStock } } }
      pack: product(by: {upstreamId: $pack}) { inventory { availableQuantity } }
      categories { products(first: 2) { nodes { inventory { isInStock } } } }
      products(first: 3) { nodes { inventory { isInStock } } } }"""
    data = await ask(storefront, text, watch=str(WATCH), pack=PACK)
    assert [one["inventory"]["availableQuantity"] for one in data["watch"]["variations"]] == [7, 0]
    assert data["watch"]["inventory"] == {"isInStock": True}, "one of the variations is there"
    assert data["pack"]["inventory"]["availableQuantity"] == 42
    assert data["categories"][0]["products"]["nodes"][0]["inventory"] == {"isInStock": True}
    assert world.calls.count("GET", STOCK) == 1


async def test_stock_is_remembered_for_fifteen_seconds(shopper: Shopper, world: World, clock: Clock) -> None:
    text = "query($id: String!) { product(by: {upstreamId: $id}) { inventory { availableQuantity } } }"

    async def left() -> int:
        found: int = (await ask(shopper.storefront, text, id=PACK))["product"]["inventory"]["availableQuantity"]
        return found

    assert await left() == 42
    await shopper.control("stock", {"productId": int(PACK), "quantity": 3})
    assert await left() == 42
    clock.move(16)
    assert await left() == 3
    await shopper.fault("status", STOCK, status=503)
    clock.move(16)
    answer = await shopper.storefront.ask(text, id=PACK)
    assert answer.body["data"]["product"] == {"inventory": None}, "an old stock stands in for nothing"


async def test_a_cart_never_shows_remembered_stock(shopper: Shopper) -> None:
    await shopper.storefront.add(PACK)
    text = "{ cart { lines { inventory { availableQuantity } } } }"
    for quantity in (42, 3):
        await shopper.control("stock", {"productId": int(PACK), "quantity": quantity})
        (line,) = (await ask(shopper.storefront, text))["cart"]["lines"]
        assert line["inventory"] == {"availableQuantity": quantity}


async def test_lines_and_products_share_one_call_for_stock(shopper: Shopper, world: World) -> None:
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


async def test_stock_does_not_wait_for_a_read_that_hangs(
    world: World, network: InMemoryTransport, clock: Clock, shopper: Shopper
) -> None:
    await shopper.fault("delay", f"{ME}/products/{{id}}/categories", delay_s=60)
    async with gateway(world, network, clock, operation_deadline_s=0.5) as storefront:
        text = """query($id: String!) { product(by: {upstreamId: $id}) {
          name categories { name } inventory { isInStock } } }"""
        answer = await storefront.ask(text, id=PACK)
    assert answer.codes == ["UPSTREAM_TIMEOUT"]
    product = answer.body["data"]["product"]
    assert product == {"name": "Trailhead 28L Daypack", "categories": None, "inventory": {"isInStock": True}}


# The market of an operation.

IN_MARKET = """query($id: String!, $locale: Locale, $currency: CurrencyCode)
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
async def test_texts_and_prices_follow_the_chosen_market(
    storefront: Storefront, locale: str | None, currency: str | None, name: str, amount: str, formatted: str
) -> None:
    found = (await ask(storefront, IN_MARKET, id=PACK, locale=locale, currency=currency))["product"]
    assert found["name"] == name
    assert found["pricing"]["listPrice"] == IsPartialDict(amount=amount, formatted=formatted)
    assert found["pricing"]["includesTax"] is (found["pricing"]["listPrice"]["currencyCode"] != "USD")


async def test_each_market_is_remembered_apart(storefront: Storefront, world: World) -> None:
    markets: list[dict[str, str]] = [
        {},
        {"locale": "de-DE"},
        {"locale": "de-DE", "currency": "USD"},
        {"currency": "EUR"},
    ]
    for _ in range(2):
        prices = [(await ask(storefront, IN_MARKET, id=PACK, **market))["product"] for market in markets]
        assert len({str(price) for price in prices}) == 4
    assert world.calls.count("GET") == 4
    assert world.calls.count("POST", "/oauth20/token") == 1, "one guest for all markets"


@pytest.mark.parametrize(
    "directive",
    [
        '@inContext(locale: "sv-SE")',
        '@inContext(currencyCode: "SEK")',
        '@inContext(locale: "de-DE", currencyCode: "SEK")',
    ],
)
async def test_a_market_that_is_not_offered_is_refused(storefront: Storefront, world: World, directive: str) -> None:
    answer = await storefront.ask(f'query {directive} {{ product(by: {{upstreamId: "{PACK}"}}) {{ name }} }}')
    assert answer.status == 400
    assert answer.codes == ["BAD_USER_INPUT"]
    assert "data" not in answer.body
    assert world.calls.count() == 0


async def test_a_market_that_upstream_does_not_know_is_told(
    world: World, network: InMemoryTransport, clock: Clock
) -> None:
    async with gateway(world, network, clock, locales="en-US:USD,sv-SE:SEK") as storefront:
        answer = await storefront.ask(IN_MARKET, id=PACK, locale="sv-SE")
    assert answer.body["data"] == {"product": None}
    assert answer.codes == ["BAD_USER_INPUT"]


async def test_the_market_of_an_operation_changes_no_session(storefront: Storefront) -> None:
    await storefront.add(PACK)
    text = """query @inContext(locale: "de-DE") { session { locale currencyCode }
      cart { currencyCode lines { product { name pricing { listPrice { currencyCode } } } } } }"""
    data = await ask(storefront, text)
    assert data["session"] == {"locale": "en-US", "currencyCode": "USD"}
    assert data["cart"]["currencyCode"] == "USD"
    (line,) = data["cart"]["lines"]
    assert line["product"]["pricing"]["listPrice"]["currencyCode"] == "EUR", "a public value"


async def test_markets_side_by_side_do_not_mix(storefront: Storefront) -> None:
    async def name(locale: str) -> str:
        tab = Storefront(storefront.http)
        found: str = (await ask(tab, IN_MARKET, id=PACK, locale=locale))["product"]["name"]
        return found

    found = await asyncio.gather(*(name(locale) for locale in ("de-DE", "en-US") * 10))
    assert found == ["Trailhead Tagesrucksack 28 l", "Trailhead 28L Daypack"] * 10


# As whom it is read.


async def test_a_token_that_is_refused_is_replaced_once_for_all_reads(
    storefront: Storefront, world: World, network: InMemoryTransport
) -> None:
    text = "query($id: String!) { product(by: {upstreamId: $id}) { name } }"
    await ask(storefront, text, id=PACK)
    paths = {id: f"{ME}/products/{id}" for id in (SOFTWARE, GRAPHITE, POLES, STOVE)}
    network.gates = dict.fromkeys(paths.values(), asyncio.Event())
    reading = [asyncio.create_task(ask(storefront, text, id=id)) for id in paths]
    for path in paths.values():
        await network.arrived[path].wait()
    world.tokens.clear()
    world.calls.clear()
    for gate in network.gates.values():
        gate.set()
    assert all(data["product"]["name"] for data in await asyncio.gather(*reading))
    assert world.calls.count("POST", "/oauth20/token") == 1
