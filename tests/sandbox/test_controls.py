"""The sandbox controls at `/_sandbox/`, with which tests create payment sources and change the sandbox."""

from typing import Any

import pytest

from sandbox.control.controls import CONTROLS
from tests.support.commerce_client import Client, code
from tests.support.shop import CART, PACK

CONTROLS_WITH_EXAMPLES = [control for control in CONTROLS if control.example is not None]


@pytest.mark.parametrize("path", ["/", "/_sandbox", "/_sandbox/"])
async def test_sandbox_guide_lists_every_control(client: Client, path: str) -> None:
    client.world.calls.clear()
    answer = await client.http.get(path, follow_redirects=True)
    listed = answer.json()["controls"]
    assert {(row["method"], row["path"]) for row in listed} == {(control.method, control.path) for control in CONTROLS}
    assert all(row["does"].endswith(".") for row in listed)
    assert client.world.calls.count() == 0


async def test_sandbox_guide_is_html_for_browsers(client: Client) -> None:
    answer = await client.http.get("/_sandbox/", headers={"Accept": "text/html,*/*;q=0.8"})
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    for control in CONTROLS:
        assert f"<code>{control.method} {control.path}</code>" in answer.text
    assert "<!-- " not in answer.text


async def test_sandbox_guide_lists_every_switch_with_the_default_first(client: Client) -> None:
    listed = (await client.http.get("/_sandbox/")).json()["switches"]
    defaults = (await client.http.get("/_sandbox/switches")).json()
    assert {row["name"]: row["values"][0] for row in listed} == defaults


async def test_unknown_control_returns_404_with_a_link_to_the_guide(client: Client) -> None:
    answer = await client.http.post("/_sandbox/fault", json={})
    assert (answer.status_code, "GET /_sandbox/" in answer.json()["error"]) == (404, True)


@pytest.mark.parametrize("control", CONTROLS_WITH_EXAMPLES, ids=lambda control: control.path)
async def test_example_request_of_each_control_is_accepted(client: Client, control: Any) -> None:
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


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("faults", {"path": "*", "kind": "stutter"}),
        ("faults", {"path": "/no/such/path", "kind": "status"}),
        ("faults", {"path": "*", "kind": "status", "colour": "red"}),
        ("faults", {"path": "*", "kind": "delay", "delay_s": -1}),
        ("clock", {"backward_s": 1}),
        ("stock", {"productId": 1, "quantity": 1}),
        ("stock", {"productId": int(PACK), "quantity": -1}),
        ("session-state", {"sessionId": "nobody", "state": "complete"}),
        ("switches", {"colour": "red"}),
        ("switches", {"numbers_as": "roman"}),
        ("switches", []),
        ("nothing", {}),
    ],
)
async def test_invalid_control_request_is_rejected(client: Client, name: str, body: Any) -> None:
    answer = await client.http.post(f"/_sandbox/{name}", json=body)
    assert answer.status_code in (400, 404)
    assert answer.json()["error"]


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
async def test_request_to_inject_an_impossible_fault_is_rejected(client: Client, fault: dict[str, Any]) -> None:
    answer = await client.http.post("/_sandbox/faults", json=fault)
    assert answer.status_code == 400
    assert answer.json()["error"]
    assert not client.world.faults


@pytest.mark.parametrize("amount", ["-1", "NaN"])
async def test_ledger_balance_with_an_invalid_amount_is_rejected(client: Client, amount: str) -> None:
    body = {"reference": "rf-cust-000042", "amount": amount, "currency": "USD"}
    answer = await client.http.post("/_sandbox/credit", json=body)
    assert (answer.status_code, list(answer.json())) == (400, ["error"])


async def test_unknown_payment_session_state_is_rejected_with_the_known_states(client: Client) -> None:
    session_id = (await client.fill())["paymentSession"]["id"]
    body = {"sessionId": session_id, "state": "lost"}
    answer = await client.http.post("/_sandbox/session-state", json=body)
    assert (answer.status_code, "requires_source" in answer.json()["error"]) == (400, True)
    assert (await client.cart())["paymentSession"]["status"] == "requires_source"


async def test_unknown_order_state_is_rejected_with_the_known_states(client: Client) -> None:
    keys = (await client.http.get("/_sandbox/keys")).json()
    placed = await client.http.post("/_sandbox/orders", json={"shopperId": keys["shoppers"][0]["id"]})
    (order_id,) = placed.json()["ids"]
    answer = await client.http.post("/_sandbox/order-state", json={"orderId": order_id, "state": "Lost at Sea"})
    assert (answer.status_code, "In Review" in answer.json()["error"]) == (400, True)
    (order,) = (await client.http.get("/_sandbox/orders")).json()
    assert order["state"] == "Submitted"


async def test_favicon_request_is_not_counted_as_api_call(client: Client) -> None:
    client.world.calls.clear()
    assert (await client.http.get("/favicon.ico")).status_code == 404
    assert (await client.http.get("/v1/no-such-path")).status_code == 404
    assert client.world.calls.count() == client.world.calls.count(path="other") == 1


async def test_reset_clears_call_counts_and_tokens(client: Client) -> None:
    await client.fill()
    calls = (await client.http.get("/_sandbox/calls")).json()
    assert {"method": "POST", "path": "/oauth20/token", "shopper": None, "count": 1} in calls["calls"]
    keys = (await client.http.get("/_sandbox/keys")).json()
    assert keys.keys() == {
        *(
            "publicApiKey",
            "legacyPublicApiKey",
            "confidentialApiKey",
            "confidentialSecret",
            "merchantKey",
            "paymentKey",
        ),
        *("ledgerKey", "shoppers"),
    }
    await client.http.post("/_sandbox/reset")
    assert (await client.http.get("/_sandbox/calls")).json()["total"] == 0
    assert code(await client.ask("GET", CART, 401)) == "invalid_token"


async def test_call_with_token_as_query_parameter_is_counted_for_shopper(client: Client) -> None:
    client.world.calls.clear()
    answer = await client.http.get(f"{CART}?token={client.token}&format=json")
    assert answer.status_code == 200
    assert client.world.calls.count("GET", CART, client.world.shoppers[-1].id) == 1


# Payment sources that are created without DigitalRiver.js.


async def test_sources_control_creates_a_chargeable_source(client: Client) -> None:
    await client.fill()
    made = (await client.http.post("/_sandbox/sources")).json()
    assert (made["state"], made["redirectUrl"]) == ("chargeable", None)
    await client.attach(made["sourceId"])
    assert (await client.cart())["paymentSession"]["status"] == "requires_confirmation"


async def test_source_of_a_redirect_method_has_a_provider_page(client: Client) -> None:
    await client.fill()
    made = (await client.http.post("/_sandbox/sources", json={"type": "payPal"})).json()
    assert made["state"] == "pending_redirect"
    assert (await client.http.get(made["redirectUrl"])).status_code == 200


async def test_sources_control_creates_a_source_from_given_test_card(client: Client) -> None:
    await client.fill()
    made = await client.http.post("/_sandbox/sources", json={"number": "4000000000003295"})
    assert made.json()["state"] == "failed"
    unknown = await client.http.post("/_sandbox/sources", json={"colour": "red"})
    assert unknown.status_code == 400


async def test_sources_control_rejects_a_cart_without_lines(client: Client) -> None:
    answer = await client.http.post("/_sandbox/sources", json={"sessionId": "nobody"})
    assert answer.status_code == 400
    assert "Add something to a cart first" in answer.json()["errors"][0]["message"]
    await client.ask("POST", f"{CART}?productId={PACK}")
    assert (await client.http.post("/_sandbox/sources")).status_code == 201
