"""JSON answers of the sandbox: formats, `expand`, `fields`, paging, headers and sandbox switches."""

import pytest
from dirty_equals import IsPartialDict, IsPositiveInt

from sandbox.demo_shop.products import LISTED_PRODUCTS
from tests.support.commerce_client import ME, Client, code
from tests.support.shop import CART, PACK, SOLD_OUT, WATCH


async def test_cart_has_the_documented_json_format(client: Client) -> None:
    plain = (await client.ask("GET", CART))["cart"]
    assert plain["billingAddress"].keys() == {"uri"}
    assert "lineItem" not in plain["lineItems"]
    assert plain["payment"] == {}
    assert plain["shippingMethod"] == {}
    assert "subtotalWithDiscount" not in plain["pricing"]
    cart = await client.fill()
    assert cart["id"] == IsPositiveInt
    assert cart["id"] > 2**32
    assert cart["taxInclusive"] == "false"
    assert cart["billingAddress"]["companyName"] is None
    (line,) = cart["lineItems"]["lineItem"]
    assert line["id"] > 2**32
    assert line["pricing"]["salePrice"] == {"currency": "USD", "value": 80.1}
    assert line["product"]["purchasable"] == "true"
    assert cart["uri"].startswith("http://sandbox/")
    brief = (await client.ask("GET", CART))["cart"]["lineItems"]["lineItem"][0]
    assert brief["product"].keys() == {"uri", "displayName", "thumbnailImage"}
    assert "salePrice" not in brief["pricing"]


async def test_product_list_follows_page_expand_and_fields_parameters(client: Client) -> None:
    first = (await client.ask("GET", f"{ME}/products?pageSize=5"))["products"]
    assert len(first["product"]) == 5
    assert first == IsPartialDict(totalResults=len(LISTED_PRODUCTS), totalResultPages=3)
    assert "previousPage" not in first
    assert "id" not in first["product"][0]
    count, page = 5, first
    while "nextPage" in page:
        page = (await client.ask("GET", page["nextPage"]["uri"]))["products"]
        count += len(page["product"])
    assert count == len(LISTED_PRODUCTS)
    assert code(await client.ask("GET", f"{ME}/products?pageSize=0", 400)) == "invalid-request"
    some = (await client.ask("GET", f"{ME}/products?productId={PACK},999&expand=all"))["products"]["product"]
    assert [product["id"] for product in some] == [int(PACK)]
    base = (await client.ask("GET", f"{ME}/products/{WATCH}?expand=all"))["product"]
    assert [product["inventoryStatus"]["productIsInStock"] for product in base["variations"]["product"]] == [
        "true",
        "false",
    ]
    assert "variations" not in (await client.ask("GET", f"{ME}/products/{WATCH}"))["product"]
    few = (await client.ask("GET", f"{ME}/products/{PACK}?fields=displayName,pricing&expand=all"))["product"]
    assert few.keys() == {"uri", "displayName", "pricing"}
    assert (await client.ask("GET", f"{ME}/products.json"))["products"]
    stock = await client.ask("GET", f"{ME}/products/inventory-status?productId={PACK},{SOLD_OUT},1")
    assert [status["productIsInStock"] for status in stock["products"]["inventoryStatus"]] == ["true", "false"]
    key = client.world.keys.public_key
    assert (await client.http.get(f"{ME}/products?apiKey={key}")).status_code == 200


async def test_fields_parameter_does_not_remove_the_errors_of_a_cart(client: Client) -> None:
    await client.fill()
    await client.http.post("/_sandbox/stock", json={"productId": int(PACK), "quantity": 0})
    answer = await client.ask("GET", f"{CART}?fields=id")
    assert answer["cart"].keys() == {"uri", "id"}
    assert code(answer) == "inventory-unavailable-error"


async def test_sandbox_counts_calls_that_do_not_request_json(client: Client) -> None:
    headers = {"Authorization": f"Bearer {client.token}"}
    for path in (f"{ME}/products?format=json", f"{ME}/products.json"):
        assert (await client.http.get(path, headers=headers | {"Accept": "*/*"})).json()["products"]
    assert client.world.calls.without_json == 0
    assert (await client.http.get(f"{ME}/products", headers=headers | {"Accept": "*/*"})).json()["products"]
    assert client.world.calls.without_json == 1


@pytest.mark.parametrize("switches", [{"single_as": "object"}, {"numbers_as": "text"}])
async def test_sandbox_switches_change_how_lists_and_numbers_are_encoded(
    client: Client, switches: dict[str, str]
) -> None:
    await client.http.post("/_sandbox/switches", json=switches)
    cart = await client.fill()
    line = cart["lineItems"]["lineItem"]
    if "single_as" in switches:
        assert line["quantity"] == 1
    else:
        assert line[0]["quantity"] == "1"
        assert cart["pricing"]["orderTotal"]["value"] == "96.69"


async def test_cross_origin_calls_are_allowed(client: Client) -> None:
    refused = await client.http.get(CART)
    assert (refused.status_code, refused.headers["access-control-allow-origin"]) == (401, "*")


@pytest.mark.parametrize("method", ["DELETE", "TRACE", "PROPFIND"])
async def test_unknown_http_method_returns_405(client: Client, method: str) -> None:
    assert code(await client.ask(method, CART, 405)) == "method-not-allowed"
