"""What a person finds at the sandbox who looks for its controls, and a purchase tried with them by hand."""

from typing import Any

import pytest

from sandbox.control.controls import CONTROLS
from tests.support.commerce_client import Client
from tests.support.shop import CART, PACK


@pytest.mark.parametrize("path", ["/", "/_sandbox", "/_sandbox/"])
async def test_whoever_looks_finds_every_control(client: Client, path: str) -> None:
    client.world.calls.clear()
    answer = await client.http.get(path, follow_redirects=True)
    listed = answer.json()["controls"]
    assert {(one["method"], one["path"]) for one in listed} == {(one.method, one.path) for one in CONTROLS}
    assert all(one["does"].endswith(".") for one in listed)
    assert client.world.calls.count() == 0


async def test_a_control_that_is_not_there_says_where_they_are(client: Client) -> None:
    answer = await client.http.post("/_sandbox/fault", json={})
    assert (answer.status_code, "GET /_sandbox/" in answer.json()["error"]) == (404, True)


@pytest.mark.parametrize("control", [one for one in CONTROLS if one.example is not None], ids=lambda one: one.path)
async def test_the_example_of_a_control_can_be_sent(client: Client, control: Any) -> None:
    await client.fill()
    body = dict(control.example)
    if "sessionId" in body:
        body["sessionId"] = (await client.cart())["paymentSession"]["id"]
    if "shopperId" in body:
        body["shopperId"] = (await client.http.get("/_sandbox/keys")).json()["shoppers"][0]["id"]
    if "orderId" in body:
        await client.attach(await client.source("wireTransfer"))
        order = await client.ask("POST", f"{CART}/submit-cart")
        body["orderId"] = order["submitCart"]["order"]["id"]
    answer = await client.http.request(control.method, control.path, json=body)
    assert answer.status_code < 300, answer.text


@pytest.mark.parametrize("amount", ["-1", "NaN"])
async def test_credit_is_an_amount(client: Client, amount: str) -> None:
    body = {"reference": "rf-cust-000042", "amount": amount, "currency": "USD"}
    answer = await client.http.post("/_sandbox/credit", json=body)
    assert (answer.status_code, list(answer.json())) == (400, ["error"])


# A source without DigitalRiver.js.


async def test_a_purchase_by_hand_needs_no_form(client: Client) -> None:
    await client.fill()
    made = (await client.http.post("/_sandbox/sources")).json()
    assert (made["state"], made["redirectUrl"]) == ("chargeable", None)
    await client.attach(made["sourceId"])
    assert (await client.cart())["paymentSession"]["status"] == "requires_confirmation"


async def test_another_way_to_pay_has_the_page_of_its_provider(client: Client) -> None:
    await client.fill()
    made = (await client.http.post("/_sandbox/sources", json={"type": "payPal"})).json()
    assert made["state"] == "pending_redirect"
    assert (await client.http.get(made["redirectUrl"])).status_code == 200


async def test_the_form_fills_in_what_decides_a_payment(client: Client) -> None:
    await client.fill()
    made = await client.http.post("/_sandbox/sources", json={"number": "4000000000003295"})
    assert made.json()["state"] == "failed"
    unknown = await client.http.post("/_sandbox/sources", json={"colour": "red"})
    assert unknown.status_code == 400


async def test_there_is_no_source_without_something_to_pay(client: Client) -> None:
    answer = await client.http.post("/_sandbox/sources", json={"sessionId": "nobody"})
    assert answer.status_code == 400
    assert "Add something to a cart first" in answer.json()["errors"][0]["message"]
    await client.ask("POST", f"{CART}?productId={PACK}")
    assert (await client.http.post("/_sandbox/sources")).status_code == 201
