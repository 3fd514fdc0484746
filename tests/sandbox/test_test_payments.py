"""Payment sources without DigitalRiver.js: test cards, test scenarios, and pages of other origins that use them."""

from typing import Any

import httpx
import pytest
from dirty_equals import IsPartialDict

from sandbox.demo_shop.decline_reasons import DECLINES
from sandbox.demo_shop.payment_methods import METHODS
from sandbox.demo_shop.test_scenarios import SCENARIOS_BY_CARD, SCENARIOS_BY_NAME
from tests.sandbox.test_sources import create
from tests.support.commerce_client import Client
from tests.support.payment_method_cases import PAYMENT_METHOD_CASES, PaymentMethodCase
from tests.support.shop import CART, ORIGIN


async def make(client: Client, expected: int = 201, **form: Any) -> Any:
    answer = await client.http.post("/_sandbox/sources", json=form)
    assert answer.status_code == expected, answer.text
    return answer.json()


async def listed(client: Client, path: str) -> list[dict[str, Any]]:
    answer = await client.http.get(path)
    assert answer.status_code == 200, answer.text
    rows: list[dict[str, Any]] = answer.json()
    return rows


async def session_of(client: Client) -> str:
    session: str = (await client.cart())["paymentSession"]["id"]
    return session


def raw_path(url: str) -> str:
    return httpx.URL(url).raw_path.decode()


# The lists.


async def test_every_test_card_is_listed_with_what_happens(client: Client) -> None:
    cards = await listed(client, "/_sandbox/test-cards")
    assert {card["number"] for card in cards} > SCENARIOS_BY_CARD.keys()
    assert all(card["happens"].endswith(".") for card in cards)


async def test_every_documented_scenario_is_listed_once(client: Client) -> None:
    rows = await listed(client, "/_sandbox/test-scenarios")
    names = [row["scenario"] for row in rows]
    assert len(names) == len(set(names))
    assert {*METHODS, *(f"creditCard-{reason}" for reason in DECLINES)} <= set(names)
    last_names = {(row["type"], row.get("lastName")) for row in rows}
    assert {(kind, name) for kind, names in SCENARIOS_BY_NAME.items() for name in names} <= last_names


async def test_scenarios_of_a_session_are_those_its_cart_can_use(client: Client) -> None:
    await client.fill()
    rows = await listed(client, f"/_sandbox/test-scenarios?sessionId={await session_of(client)}")
    kinds = {row["type"] for row in rows}
    assert {"creditCard", "payPal", "wireTransfer"} <= kinds
    assert "konbini" not in kinds
    unknown = await client.http.get("/_sandbox/test-scenarios?sessionId=nobody")
    assert unknown.status_code == 400


async def test_clock_lists_steps_that_can_be_taken(client: Client) -> None:
    for step in (await client.http.get("/_sandbox/clock")).json()["steps"]:
        assert step["happens"].endswith(".")
        moved = await client.http.post("/_sandbox/clock", json={"forward_s": step["forward_s"]})
        assert moved.status_code == 200


# Sources.


@pytest.mark.parametrize(
    ("scenario", "state"),
    [
        ("creditCard", "chargeable"),
        ("creditCard-amex", "chargeable"),
        ("creditCard-challenge", "requires_action"),
        ("creditCard-source-fails", "failed"),
        ("payPal", "pending_redirect"),
        ("payPal-SourceCreationFail", "failed"),
        ("wireTransfer", "pending_funds"),
    ],
)
async def test_scenario_decides_the_state_of_a_source(client: Client, scenario: str, state: str) -> None:
    await client.fill()
    assert await make(client, scenario=scenario) == IsPartialDict(state=state, type=scenario.partition("-")[0])


async def test_declining_scenario_declines_the_charge(client: Client) -> None:
    await client.fill()
    made = await make(client, scenario="creditCard-insufficient_funds", sessionId=await session_of(client))
    await client.attach(made["sourceId"])
    refused = await client.ask("POST", f"{CART}/submit-cart", 409)
    assert refused["errors"]["error"][0]["subcode"] == "insufficient_funds"


MARKETS = [case for case in PAYMENT_METHOD_CASES if case.wallet_option is None]


@pytest.mark.parametrize("case", MARKETS, ids=lambda case: case.type)
async def test_source_of_each_method_needs_no_more_than_type(client: Client, case: PaymentMethodCase) -> None:
    await client.ask("POST", "/v1/shoppers/me", 204, params={"locale": case.locale.replace("-", "_")})
    await client.fill(case.product)
    assert await make(client, type=case.type) == IsPartialDict(type=case.type)


async def test_source_belongs_to_the_named_session(client: Client) -> None:
    await client.fill()
    session_id = await session_of(client)
    other = Client(client.http, client.world)
    await other.start()
    await other.fill()
    assert (await make(client, sessionId=session_id))["sessionId"] == session_id
    assert (await make(client))["sessionId"] == await session_of(other)


@pytest.mark.parametrize("form", [{"scenario": "luck"}, {"scenario": "payPal", "type": "payPal"}, {"type": "luck"}])
async def test_impossible_form_of_a_source_is_refused(client: Client, form: dict[str, str]) -> None:
    await client.fill()
    assert (await make(client, 400, **form))["errors"][0]["message"]


# Pages of another origin.


@pytest.mark.parametrize("path", ["sources", "clock", "test-cards", "test-scenarios", "faults"])
async def test_page_of_another_origin_may_use_controls(client: Client, path: str) -> None:
    headers = {"Origin": ORIGIN, "Access-Control-Request-Method": "POST"}
    headers["Access-Control-Request-Headers"] = "content-type, traceparent"
    preflight = await client.http.options(f"/_sandbox/{path}", headers=headers)
    assert preflight.status_code == 204
    assert preflight.headers["access-control-allow-origin"] == "*"
    assert "POST" in preflight.headers["access-control-allow-methods"]
    assert "*" in preflight.headers["access-control-allow-headers"]
    answer = await client.http.get(f"/_sandbox/{path}", headers={"Origin": ORIGIN})
    assert answer.headers["access-control-allow-origin"] == "*"


# Addresses to which the shopper returns.


@pytest.mark.parametrize(
    "address",
    ["https://shop.example/paid", "http://localhost:5173/paid?x=1", "shop://paid", "com.example.shop:/paid"],
)
async def test_shopper_returns_to_a_page_or_an_app(client: Client, address: str) -> None:
    await client.fill()
    made = await make(client, type="payPal", returnUrl=address)
    answer = await client.http.post(raw_path(made["redirectUrl"]), data={"decision": "approve"})
    assert (answer.status_code, answer.headers["location"]) == (303, address)


@pytest.mark.parametrize(
    "address", ["/paid", "paid", "https://", "javascript:/alert(1)", "data:/,paid", "file:///paid", "shop://a b"]
)
async def test_return_address_that_leads_nowhere_is_refused(client: Client, address: str) -> None:
    refused = await create(client, "payPal", {"returnUrl": address, "cancelUrl": "shop://cancel"}, status=400)
    assert refused["errors"][0]["parameter"] == "payPal.returnUrl"


@pytest.mark.parametrize(
    ("decision", "title"), [("approve", "Approved"), ("cancel", "Not decided"), ("reject", "Rejected")]
)
async def test_default_return_address_shows_the_decision(client: Client, decision: str, title: str) -> None:
    await client.fill()
    made = await make(client, type="payPal")
    await make(client, type="klarnaCredit")
    answer = await client.http.post(raw_path(made["redirectUrl"]), data={"decision": decision})
    shown = await client.http.get(raw_path(answer.headers["location"]))
    assert shown.status_code == 200
    assert f"<h1>{title}</h1>" in shown.text
    assert made["sourceId"] in shown.text
