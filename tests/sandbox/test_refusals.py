"""Invalid requests are rejected. The Shopper API and the payment service have different error formats."""

from typing import Any

import pytest
from dirty_equals import IsPartialDict

from tests.support.commerce_client import ADDRESS, ME, Client, code
from tests.support.shop import CART, PACK, SOLD_OUT, STOVE, SUBMIT, VISA, WATCH

LINES = f"{CART}/line-items"
ATTACH = f"{CART}/apply-payment-method"
CARD = {"number": VISA, "expirationMonth": 10, "expirationYear": 2035, "cvv": "123"}
OWNER = {"firstName": "Ada", "lastName": "Lovelace", "email": "ada@example.com"}


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
async def test_body_with_wrong_types_is_rejected_and_changes_nothing(
    client: Client, method: str, path: str, body: Any
) -> None:
    assert code(await client.ask(method, path, 400, json=body)) == "invalid-request"
    cart = await client.cart()
    assert cart["totalItemsInCart"] == 0
    assert "customAttributes" not in cart


async def test_line_change_with_wrong_types_is_rejected(client: Client) -> None:
    await client.fill()
    (line,) = (await client.cart())["lineItems"]["lineItem"]
    shapes: list[Any] = ["x", ["x"], {"quantity": {}}]
    for sent in shapes:
        body = {"lineItem": sent}
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
        {"creditCard": CARD | {"expirationMonth": [1]}},
    ],
)
async def test_source_with_wrong_types_is_rejected(client: Client, change: dict[str, Any]) -> None:
    body = {"type": "creditCard", "amount": 10, "currency": "USD", "owner": OWNER, "creditCard": CARD} | change
    headers = {"Authorization": f"Bearer {client.world.keys.public_key}"}
    answer = await client.http.post("/payments/sources", json=body, headers=headers)
    assert answer.status_code == 400, answer.text
    assert answer.json()["type"] == "bad_request"


async def test_deeply_nested_body_is_rejected(client: Client) -> None:
    deep = b'{"cart":' + b"[" * 50_000 + b"]" * 50_000 + b"}"
    assert code(await client.ask("POST", CART, 400, content=deep)) == "invalid-request"


@pytest.mark.parametrize(
    ("method", "path", "status", "expected"),
    [
        ("POST", f"{CART}/line-items?productId=999", 409, "invalid-product-id"),
        ("POST", f"{CART}/line-items?productId={WATCH}", 409, "add-base-product-cart-error"),
        ("POST", f"{CART}/line-items?productId={SOLD_OUT}", 409, "inventory-unavailable-error"),
        ("POST", f"{CART}/line-items?productId={STOVE}&quantity=4", 409, "operation-failed"),
        ("POST", f"{CART}/line-items?productId={PACK}&quantity=many", 400, "invalid-request"),
        ("POST", f"{CART}/line-items", 400, "invalid-request"),
        ("POST", f"{CART}/line-items/1?quantity=2", 404, "resource-not-found"),
        ("DELETE", f"{CART}/line-items/1", 404, "resource-not-found"),
        ("GET", f"{ME}/products/999", 404, "resource-not-found"),
        ("GET", f"{ME}/orders/999", 404, "resource-not-found"),
        ("POST", f"{CART}/apply-shipping-option?shippingOptionId=1", 404, "resource-not-found"),
        ("DELETE", f"{CART}/payment", 409, "delete-payment-failure"),
        ("DELETE", f"{CART}/apply-payment-method", 409, "apply-payment-failure"),
        ("POST", SUBMIT, 409, "submit-cart-failed"),
        ("POST", f"{SUBMIT}?ipAddress=nowhere", 409, "invalid-ip-address"),
        ("POST", f"{CART}/resume-cart", 409, "resume-cart-failure"),
        ("POST", f"{ME}?locale=xx_XX", 409, "invalid-locale"),
        ("POST", f"{ME}?currency=XXX", 409, "valid-currency-code"),
        ("DELETE", CART, 405, "method-not-allowed"),
        ("PUT", CART, 405, "method-not-allowed"),
        ("GET", f"{ME}/purchase-plan", 404, "resource-not-found"),
        ("GET", "/v1/nothing", 404, "resource-not-found"),
    ],
)
async def test_invalid_commerce_request_returns_error_in_shopper_api_format(
    client: Client, method: str, path: str, status: int, expected: str
) -> None:
    assert code(await client.ask(method, path, status)) == expected


@pytest.mark.parametrize(
    ("change", "parameter", "expected"),
    [
        ({"type": None}, "type", "missing_parameter"),
        ({"type": "giftCard"}, "type", "invalid_parameter"),
        ({"currency": None}, "currency", "missing_parameter"),
        ({"currency": "xyz"}, "currency", "currency_unsupported"),
        ({"amount": "much"}, "amount", "invalid_parameter"),
        ({"owner": OWNER | {"firstName": ""}}, "owner.firstName", "invalid_parameter"),
        ({"creditCard": {"number": "4444222233331112"}}, "creditCard.number", "invalid_card_number"),
        (
            {"creditCard": CARD | {"expirationMonth": 1, "expirationYear": 2020}},
            "creditCard.expirationYear",
            "invalid_expiration_date",
        ),
        ({"type": "klarnaCredit"}, "klarnaCredit.returnUrl", "missing_parameter"),
    ],
)
async def test_invalid_payment_source_returns_error_in_payment_service_format(
    client: Client, change: dict[str, Any], parameter: str, expected: str
) -> None:
    body = {"type": "creditCard", "amount": 10, "currency": "USD", "owner": OWNER, "creditCard": CARD} | change
    headers = {"Authorization": f"Bearer {client.world.keys.public_key}"}
    answer = await client.http.post("/payments/sources", json=body, headers=headers)
    assert answer.status_code == 400
    assert answer.json() == {"type": "bad_request", "errors": [IsPartialDict(code=expected, parameter=parameter)]}
    without_key = await client.http.post("/payments/sources", json=body)
    assert (without_key.status_code, without_key.json()["type"]) == (401, "unauthorized")


async def test_card_number_in_a_string_is_rejected(client: Client) -> None:
    refused = await client.ask("PUT", f"{CART}/billing-address", 400, json={"address": ADDRESS | {"line2": VISA}})
    assert refused["errors"]["error"][0] == IsPartialDict(subcode="sensitive-data-detected")


async def test_card_number_as_a_json_number_is_rejected(client: Client) -> None:
    body = {"address": ADDRESS | {"phoneNumber": 4444222233331111}}
    refused = await client.ask("PUT", f"{CART}/billing-address", 400, json=body)
    assert refused["errors"]["error"][0] == IsPartialDict(subcode="sensitive-data-detected")
