"""What the sandbox makes of a request: bodies of any shape, actions, `fields`, other origins, controls."""

from typing import Any

import pytest
from dirty_equals import IsPartialDict

from tests.support.commerce_client import ADDRESS, ME, Client, code
from tests.support.shop import CART, PACK, POLES, STOVE, SUBMIT

LINES = f"{CART}/line-items"
ATTACH = f"{CART}/apply-payment-method"

SHAPES: list[tuple[str, str, Any]] = [
    ("POST", CART, {"cart": "x"}),
    ("POST", CART, {"cart": ["x"]}),
    ("POST", CART, {"cart": {"billingAddress": "x"}}),
    ("POST", CART, {"cart": {"billingAddress": {"city": ["x"]}}}),
    ("POST", CART, {"cart": {"lineItems": "x"}}),
    ("POST", CART, {"cart": {"lineItems": {"lineItem": ["x"]}}}),
    ("POST", CART, {"cart": {"lineItems": {"lineItem": [{"product": "x"}]}}}),
    ("POST", CART, {"cart": {"lineItems": {"lineItem": [{"product": {"id": {}}}]}}}),
    ("POST", CART, {"cart": {"lineItems": {"lineItem": [{"product": {"id": PACK}, "customAttributes": "x"}]}}}),
    ("POST", CART, {"cart": {"customAttributes": "x"}}),
    ("POST", CART, {"cart": {"customAttributes": {"attribute": "x"}}}),
    ("POST", CART, {"cart": {"customAttributes": {"attribute": {"name": "a"}}}}),
    ("POST", CART, {"cart": {"customAttributes": {"attribute": {"name": "a", "value": {}}}}}),
    ("POST", CART, {"cart": {"chargeType": {}}}),
    ("POST", CART, {"cart": {"ipAddress": ["x"]}}),
    ("POST", CART, {"cart": {"organizationId": {}}}),
    ("POST", LINES, {"cart": "x"}),
    ("POST", LINES, {"lineItems": {"lineItem": {"product": {"id": PACK}, "quantity": [1]}}}),
    ("POST", f"{LINES}?productId={PACK}&quantity={'9' * 5000}", {}),
    ("PUT", f"{CART}/billing-address", {"address": "x"}),
    ("POST", ATTACH, {"paymentMethod": "x"}),
    ("POST", ATTACH, {"paymentMethod": {"sourceId": {}}}),
    ("POST", ATTACH, {"paymentMethod": {"sourceId": "x"}, "shopper": "x"}),
    ("DELETE", ATTACH, {"paymentMethod": ["x"]}),
    ("POST", SUBMIT, {"cart": "x"}),
    ("POST", SUBMIT, {"cart": {"termsOfSalesAcceptance": {}}}),
    ("POST", ME, {"shopper": "x"}),
    ("POST", ME, {"shopper": {"locale": ["x"]}}),
    ("POST", CART, []),
]


@pytest.mark.parametrize(("method", "path", "body"), SHAPES)
async def test_a_body_of_another_shape_is_refused_and_changes_nothing(
    client: Client, method: str, path: str, body: Any
) -> None:
    assert code(await client.ask(method, path, 400, json=body)) == "invalid-request"
    cart = await client.cart()
    assert cart["totalItemsInCart"] == 0
    assert "customAttributes" not in cart


async def test_a_line_is_changed_by_an_object_only(client: Client) -> None:
    await client.fill()
    (line,) = (await client.cart())["lineItems"]["lineItem"]
    shapes: list[Any] = ["x", ["x"], {"quantity": {}}]
    for given in shapes:
        body = {"lineItem": given}
        assert code(await client.ask("POST", f"{LINES}/{line['id']}", 400, json=body)) == "invalid-request"


@pytest.mark.parametrize(
    "change",
    [
        {"amount": "1e30"},
        {"amount": {}},
        {"amount": "NaN"},
        {"sessionId": ["x"]},
        {"owner": "x"},
        {"owner": {"firstName": "Ada", "lastName": ["x"]}},
        {"owner": {"firstName": "Ada", "address": "x"}},
        {"creditCard": "x"},
        {"creditCard": {"number": ["x"]}},
        {"creditCard": {"number": "4444222233331111", "expirationMonth": [1], "expirationYear": 2035, "cvv": "123"}},
    ],
)
async def test_a_source_of_another_shape_is_refused(client: Client, change: dict[str, Any]) -> None:
    card = {"number": "4444222233331111", "expirationMonth": 10, "expirationYear": 2035, "cvv": "123"}
    owner = {"firstName": "Ada", "lastName": "Lovelace", "email": "ada@example.com"}
    body = {"type": "creditCard", "amount": 10, "currency": "USD", "owner": owner, "creditCard": card} | change
    headers = {"Authorization": f"Bearer {client.world.keys.public_key}"}
    answer = await client.http.post("/payments/sources", json=body, headers=headers)
    assert answer.status_code == 400, answer.text
    assert answer.json()["type"] == "bad_request"


async def test_a_body_deeper_than_any_cart_is_refused(client: Client) -> None:
    deep = b'{"cart":' + b"[" * 50_000 + b"]" * 50_000 + b"}"
    assert code(await client.ask("POST", CART, 400, content=deep)) == "invalid-request"


async def test_a_cart_is_changed_as_a_whole_or_not_at_all(client: Client) -> None:
    line = {"lineItem": {"product": {"id": PACK}}}
    body = {"cart": {"lineItems": line, "organizationId": "a" * 51}}
    assert code(await client.ask("POST", CART, 409, json=body)) == "field-too-long"
    body = {"cart": {"lineItems": line, "customAttributes": {"attribute": [{"name": "a"}]}}}
    assert code(await client.ask("POST", CART, 400, json=body)) == "invalid-request"
    assert (await client.cart())["totalItemsInCart"] == 0
    body = {"cart": {"lineItems": line, "organizationId": "a" * 50}}
    assert (await client.ask("POST", CART, json=body))["cart"]["organizationId"] == "a" * 50


async def test_the_number_of_a_card_is_found_as_a_number_too(client: Client) -> None:
    body = {"address": ADDRESS | {"phoneNumber": 4444222233331111}}
    refused = await client.ask("PUT", f"{CART}/billing-address", 400, json=body)
    assert refused["errors"]["error"][0] == IsPartialDict(subcode="sensitive-data-detected")


# Lines.


async def test_lines_are_added_set_and_lowered(client: Client) -> None:
    async def act(action: str, quantity: int, expected: int = 200) -> Any:
        path = f"{LINES}?productId={PACK}&quantity={quantity}&action={action}"
        return await client.ask("POST", path, expected)

    for action, quantity, left in (("add", 2, 2), ("add", 3, 5), ("subtract", 1, 4), ("update", 7, 7)):
        answered = await act(action, quantity)
        assert [line["quantity"] for line in answered["lineItems"]["lineItem"]] == [left], action
    assert code(await act("subtract", 8, 409)) == "operation-failed"
    assert code(await act("double", 1, 400)) == "invalid-request"
    assert (await act("subtract", 7))["lineItems"]["lineItem"] == []
    assert (await client.cart())["totalItemsInCart"] == 0


async def test_products_are_added_all_of_them_or_none(client: Client) -> None:
    refused = await client.ask("POST", f"{LINES}?productId={POLES},{STOVE}&quantity=4", 409)
    assert code(refused) == "operation-failed"
    assert (await client.cart())["totalItemsInCart"] == 0


async def test_an_order_is_a_test_order_by_a_line_too(client: Client) -> None:
    await client.ask("POST", f"{LINES}?productId={PACK}&testOrder=true")
    assert client.world.shoppers[-1].cart is not None
    assert client.world.shoppers[-1].cart.is_test


async def test_a_limit_counts_a_product_over_all_its_lines(client: Client) -> None:
    async def engraved(word: str, expected: int = 200) -> Any:
        attribute = {"attribute": [{"name": "engraving", "value": word}]}
        line = {"product": {"id": STOVE}, "quantity": 2, "customAttributes": attribute}
        return await client.ask("POST", LINES, expected, json={"lineItems": {"lineItem": line}})

    (first,) = (await engraved("Ada"))["lineItems"]["lineItem"]
    assert code(await engraved("Grace", 409)) == "operation-failed"
    await client.ask("POST", f"{LINES}/{first['id']}?quantity=1")
    await engraved("Grace")
    assert code(await client.ask("POST", f"{LINES}/{first['id']}?quantity=2", 409)) == "operation-failed"
    await client.ask("POST", f"{LINES}/{first['id']}?quantity=0")


# Answers.


async def test_attributes_are_shown_when_they_are_asked_for(client: Client) -> None:
    attribute = {"name": "campaign", "value": "spring"}
    await client.ask("POST", CART, json={"cart": {"customAttributes": {"attribute": attribute}}})
    assert "customAttributes" not in (await client.ask("GET", CART))["cart"]
    shown = (await client.ask("GET", f"{CART}?expand=customAttributes"))["cart"]["customAttributes"]
    assert shown["attribute"] == [IsPartialDict(attribute)]


async def test_fields_leave_what_is_wrong_beside_a_cart(client: Client) -> None:
    await client.fill()
    await client.http.post("/_sandbox/stock", json={"productId": int(PACK), "quantity": 0})
    answered = await client.ask("GET", f"{CART}?fields=id")
    assert answered["cart"].keys() == {"uri", "id"}
    assert code(answered) == "inventory-unavailable-error"


async def test_an_address_alone_leaves_the_currency(client: Client) -> None:
    await client.ask("POST", f"{ME}?locale=en_US&currency=EUR", 204)
    await client.ask("POST", f"{ME}?ipAddress=203.0.113.24", 204)
    assert (await client.ask("GET", ME))["shopper"] == IsPartialDict(locale="en_US", currency="EUR")
    await client.ask("POST", f"{ME}?locale=en_GB", 204)
    assert (await client.ask("GET", ME))["shopper"] == IsPartialDict(locale="en_GB", currency="GBP")


async def test_offers_are_read_with_the_public_key(client: Client) -> None:
    key = client.world.keys.public_key
    answer = await client.http.get(f"{CART}/applied-offers?apiKey={key}")
    assert answer.status_code == 200
    assert answer.json()["offers"]["offer"] == []
    assert (await client.http.get(f"{CART}/applied-offers?apiKey=guess")).status_code == 401


async def test_any_page_may_call(client: Client) -> None:
    asked = {"Origin": "https://shop.example", "Access-Control-Request-Method": "POST"}
    allowed = await client.http.options("/payments/sources", headers=asked)
    assert allowed.status_code == 200
    assert allowed.headers["access-control-allow-origin"] == "*"
    assert "Authorization" in allowed.headers["access-control-allow-headers"]
    refused = await client.http.get(CART)
    assert (refused.status_code, refused.headers["access-control-allow-origin"]) == (401, "*")


@pytest.mark.parametrize("method", ["DELETE", "TRACE", "PROPFIND"])
async def test_a_method_that_a_path_has_not_is_a_405(client: Client, method: str) -> None:
    assert code(await client.ask(method, CART, 405)) == "method-not-allowed"


async def test_a_token_in_the_query_is_counted_as_its_shopper(client: Client) -> None:
    client.world.calls.clear()
    answer = await client.http.get(f"{CART}?token={client.token}&format=json")
    assert answer.status_code == 200
    assert client.world.calls.count("GET", CART, client.world.shoppers[-1].id) == 1


# The controls.


@pytest.mark.parametrize(
    "fault",
    [
        {"path": CART, "kind": "status", "method": "PATCH"},
        {"path": f"{CART}/submit-cart", "kind": "delay", "method": "GET"},
        {"path": "*", "kind": "status", "method": "BREW"},
        {"path": "/_sandbox/stock", "kind": "status"},
        {"path": CART, "kind": "drip", "status": 500},
        {"path": CART, "kind": "status", "delay_s": 1},
        {"path": CART, "kind": "malformed", "code": "system-error"},
    ],
)
async def test_a_fault_that_can_never_happen_is_refused(client: Client, fault: dict[str, Any]) -> None:
    answer = await client.http.post("/_sandbox/faults", json=fault)
    assert answer.status_code == 400
    assert answer.json()["error"]
    assert not client.world.faults
