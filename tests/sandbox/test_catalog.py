"""Products, categories, search, prices and languages of the sandbox."""

from typing import Any

import pytest
from dirty_equals import IsPartialDict

from tests.support.commerce_client import ME, Client, code
from tests.support.shop import CART, PACK, SOFTWARE, WATCH

DRONE = 5401231500


ELECTRONICS, WATCHES = 70229700, 70229710


async def test_expand_parameter_decides_how_many_category_levels_are_returned(client: Client) -> None:
    top = (await client.ask("GET", f"{ME}/categories"))["categories"]["category"]
    assert [category["displayName"] for category in top] == ["Packs", "Electronics", "Software", "Camp and trail"]
    assert top[1].keys() == {"uri", "displayName", "products"}

    whole = (await client.ask("GET", f"{ME}/categories?expand=all"))["categories"]["category"][1]
    assert whole == IsPartialDict(id=ELECTRONICS, locale="en_US", name="electronics")
    children = whole["categories"]["category"]
    assert [child["displayName"] for child in children] == ["GPS watches", "Lamps"]
    assert "id" not in children[0]

    deep = await client.ask("GET", f"{ME}/categories?expand=all,category.categories.category")
    watches = deep["categories"]["category"][1]["categories"]["category"][0]
    assert watches == IsPartialDict(id=WATCHES, shortDescription="The way home, on the wrist.")
    assert "id" not in watches["categories"]["category"][0]

    leaf = (await client.ask("GET", f"{ME}/categories/70229600"))["category"]
    assert "categories" not in leaf
    assert code(await client.ask("GET", f"{ME}/categories/1", 404)) == "resource-not-found"
    assert code(await client.ask("GET", f"{ME}/categories/packs", 409)) == "invalid_category_key"


async def test_category_lists_products_of_its_subcategories_too(client: Client) -> None:
    page = (await client.ask("GET", f"{ME}/categories/{ELECTRONICS}/products?pageSize=1"))["products"]
    assert page == IsPartialDict(totalResults=2, totalResultPages=2)
    following = (await client.ask("GET", page["nextPage"]["uri"]))["products"]
    names = [product["displayName"] for listed in (page, following) for product in listed["product"]]
    assert names == ["Cascade GPS Watch", "Basecamp Headlamp"]
    some = await client.ask("GET", f"{ME}/categories/{ELECTRONICS}?expand=products&productsPageSize=1")
    assert len(some["category"]["products"]["product"]) == 1
    malformed = await client.ask("GET", f"{ME}/categories?expand=category.products&productsPageSize=x", 400)
    assert code(malformed) == "invalid-request"
    of_variation = await client.ask("GET", f"{ME}/products/5401230400/categories?expand=all")
    assert [category["name"] for category in of_variation["categories"]["category"]] == ["multi-band"]


@pytest.mark.parametrize(
    ("keyword", "product_ids"),
    [
        ("watch", [WATCH, "5401230900"]),
        ("GPS maps", [WATCH, "5401230900"]),
        ("graphite", [WATCH]),
        ("nothing-like-it", []),
    ],
)
async def test_search_returns_products_that_contain_all_searched_words(
    client: Client, keyword: str, product_ids: list[str]
) -> None:
    for path in ("product-search", "products"):
        answer = await client.ask("GET", f"{ME}/{path}", params={"keyword": keyword, "expand": "all"})
        assert [str(product["id"]) for product in answer["products"]["product"]] == product_ids
    assert all(product["score"] in (50, 100) for product in answer["products"]["product"])


@pytest.mark.parametrize(
    ("keyword", "status"), [("", 400), ("   ", 400), ('"open', 409), ("(open", 409), ("*", 409), ("pack AND", 409)]
)
async def test_malformed_search_expression_is_rejected(client: Client, keyword: str, status: int) -> None:
    refused = await client.ask("GET", f"{ME}/product-search", status, params={"keyword": keyword})
    assert code(refused) == "invalid-keyword-expression"


async def test_prices_and_variations_can_be_read_by_uri(client: Client) -> None:
    pricing = (await client.ask("GET", f"{ME}/products/{PACK}/pricing"))["pricing"]
    assert pricing == IsPartialDict(
        salePriceWithQuantity={"currency": "USD", "value": 80.1},
        discountDescription="10%",
        listPriceIncludesTax="false",
    )
    volume = (await client.ask("GET", f"{ME}/products/{SOFTWARE}/pricing/volume-pricing"))["volumePricing"]
    tiers = [(tier["from"], tier["to"], tier["pricing"]["salePriceWithQuantity"]["value"]) for tier in volume["tier"]]
    assert tiers == [(1, 4, 39.99), (5, 9, 35.99), (10, 20, 29.99)]
    assert volume["formattedSalesPriceRange"] == "$29.99 - $39.99"
    none = (await client.ask("GET", f"{ME}/products/{PACK}/pricing/volume-pricing"))["volumePricing"]
    assert "tier" not in none

    variations = (await client.ask("GET", f"{ME}/products/{WATCH}/variations"))["variations"]["product"]
    assert [variation["displayName"] for variation in variations] == [
        "Cascade GPS Watch - Graphite",
        "Cascade GPS Watch - Glacier",
    ]
    assert variations[0]["parentProduct"]["uri"].endswith(WATCH)
    assert "id" not in variations[0]
    whole = (await client.ask("GET", f"{ME}/products/{WATCH}/variations?expand=all"))["variations"]["product"]
    assert whole[1]["inventoryStatus"]["productIsInStock"] == "false"
    assert "product" not in (await client.ask("GET", f"{ME}/products/{PACK}/variations"))["variations"]


async def test_cart_line_has_the_volume_price_of_its_quantity(client: Client) -> None:
    await client.ask("POST", f"{CART}?productId={SOFTWARE}&quantity=5")
    (line,) = (await client.cart())["lineItems"]["lineItem"]
    assert line["pricing"]["salePriceWithQuantity"]["value"] == 179.95
    assert line["pricing"]["discountDescription"] == "10%"


async def test_product_that_is_not_purchasable_cannot_be_added(client: Client) -> None:
    drone = (await client.ask("GET", f"{ME}/products/{DRONE}"))["product"]
    assert drone["purchasable"] == "false"
    assert "addProductToCart" not in drone
    assert code(await client.ask("POST", f"{CART}?productId={DRONE}", 409)) == "line-item-creation-failure"


async def test_product_names_and_prices_depend_on_locale_and_currency(client: Client) -> None:
    async def ask(path: str) -> Any:
        return await client.ask("GET", f"{ME}/{path}")

    german = (await ask(f"products/{PACK}?locale=de_DE"))["product"]
    assert german == IsPartialDict(
        name="Trailhead 28L Daypack",
        displayName="Trailhead Tagesrucksack 28 l",
        pricing=IsPartialDict(formattedListPrice="84,90\xa0€", listPriceIncludesTax="true"),
    )
    watch = (await ask(f"products/{WATCH}?locale=de_DE"))["product"]
    assert watch["variationAttributes"]["attribute"][0]["displayName"] == "Farbe"
    in_dollars = (await ask(f"products/{PACK}?locale=de_DE&currency=USD"))["product"]
    assert in_dollars["pricing"]["listPrice"] == {"currency": "USD", "value": 89}
    assert (await ask("categories?locale=de_DE"))["categories"]["category"][0]["displayName"] == "Rucksäcke"
    matches = (await ask("product-search?keyword=rucksack&locale=de_DE"))["products"]
    assert matches["totalResults"] == 1
    assert code(await client.ask("GET", f"{ME}/categories?locale=sv_SE", 409)) == "invalid-locale"
    assert code(await client.ask("GET", f"{ME}/products?currency=SEK", 409)) == "valid-currency-code"


@pytest.mark.parametrize("path", ["products", "product-search?keyword=trail", "categories/70229900/products"])
async def test_lists_are_sorted_by_the_values_of_digital_river(client: Client, path: str) -> None:
    async def ids(sort: str) -> list[int]:
        joint = "&" if "?" in path else "?"
        page = (await client.ask("GET", f"{ME}/{path}{joint}pageSize=50&expand=all&sort={sort}"))["products"]
        return [product["id"] for product in page["product"]]

    for name in ("name", "listPrice"):
        assert await ids(f"{name}-asc") == (await ids(f"{name}-desc"))[::-1]
    assert await ids("name-asc") != await ids("listPrice-asc")
    assert await ids("newest") == await ids(""), "an unknown order has no effect"
