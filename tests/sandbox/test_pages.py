"""The sandbox's HTML pages: its own, those of the provider and the bank, and those of unknown paths."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.app import create_app
from sandbox.model.world import World
from tests.support.commerce_client import ADDRESS, ME, Client
from tests.support.external_programs import needs_chromium, node
from tests.support.shop import CART, PACK, SOFTWARE, listening

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}

WHOLLY_OWN = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'"
)


async def make(client: Client, **form: Any) -> str:
    """Create a source, and return the path of the page that the shopper has to open."""
    made = (await client.http.post("/_sandbox/sources", json=form)).json()
    return httpx.URL(made["redirectUrl"]).raw_path.decode()


async def pages_of(client: Client) -> dict[str, str]:
    """A path of each kind of page, by name."""
    await client.fill()
    waiting, decided = await make(client, type="payPal"), await make(client, type="klarnaCredit")
    back = await client.http.post(decided, data={"decision": "approve"})
    await client.http.post("/_sandbox/faults", json={"path": "/v1/shoppers", "kind": "delay"})
    await client.attach((await client.http.post("/_sandbox/sources", json={"type": "wireTransfer"})).json()["sourceId"])
    await client.ask("POST", f"{CART}/submit-cart")
    await client.fill()
    return {
        "control": "/_sandbox/",
        "provider": waiting,
        "decided": decided,
        "bank": await make(client, scenario="creditCard-challenge"),
        "returned": httpx.URL(back.headers["location"]).raw_path.decode(),
        "unknown": "/api/graphql",
        "forgotten": "/payments/challenges/00000000-0000-0000-0000-000000000000",
    }


async def test_every_page_loads_only_what_the_sandbox_serves(client: Client) -> None:
    for path in (await pages_of(client)).values():
        answer = await client.http.get(path, headers=BROWSER)
        assert answer.headers["content-type"] == "text/html; charset=utf-8", path
        assert answer.headers["content-security-policy"].startswith(WHOLLY_OWN)
        assert "no-store" in answer.headers["cache-control"]
        assert '<html lang="en">' in answer.text
        assert "<style" not in answer.text
        assert " style=" not in answer.text


@pytest.mark.parametrize(
    ("return_url", "target"),
    [("https://shop.example:8443/paid?x=1", "https://shop.example:8443"), ("shop://paid", "shop:")],
)
async def test_form_of_the_provider_may_lead_to_the_storefront(client: Client, return_url: str, target: str) -> None:
    await client.fill()
    answer = await client.http.get(await make(client, type="payPal", returnUrl=return_url))
    assert answer.headers["content-security-policy"].endswith(f"form-action 'self' {target}")


async def test_provider_page_is_marked_as_played(client: Client) -> None:
    await client.fill()
    answer = await client.http.get(await make(client, type="klarnaCredit"), headers=BROWSER)
    assert "This page stands in for Klarna. No money moves." in answer.text
    for decision in ("approve", "later", "cancel", "reject"):
        assert f"value={decision} " in answer.text


async def test_decided_payment_offers_no_second_decision(client: Client) -> None:
    await client.fill()
    page = await make(client, type="payPal", returnUrl="https://shop.example/paid")
    await client.http.post(page, data={"decision": "reject"})
    shown = (await client.http.get(page, headers=BROWSER)).text
    assert "<button" not in shown
    assert 'href="https://shop.example/paid"' in shown
    assert "failed" in shown


@pytest.mark.parametrize(
    ("password", "decision", "state"),
    [("password", "", "chargeable"), ("wrong", "", "failed"), ("", "cancel", "requires_action")],
)
async def test_bank_page_decides_the_state(client: Client, password: str, decision: str, state: str) -> None:
    await client.fill()
    page = await make(client, scenario="creditCard-challenge")
    shown = (await client.http.get(page)).text
    assert "MasterCard •••• 5454" in shown
    amount = shown.split("<dt>Amount<dd>")[1].split("<")[0]
    german = (await client.http.get(page, params={"locale": "de-DE"})).text
    assert f"<dd>{amount[1:].replace('.', ',')}\N{NO-BREAK SPACE}$" in german
    back = await client.http.post(page, data={"password": password, "decision": decision})
    returned = await client.http.get(httpx.URL(back.headers["location"]).raw_path.decode())
    assert f"<dd>{state}" in returned.text


@pytest.mark.parametrize("path", ["/api/graphql", "/_sandbox/fault", "/v1/nothing", "/graphql"])
async def test_unknown_path_says_where_things_are(client: Client, path: str) -> None:
    shown = await client.http.get(path, headers=BROWSER)
    assert shown.status_code == 404
    assert f"<code>{path}</code>" in shown.text
    assert 'href="/_sandbox/"' in shown.text
    for_programs = await client.http.get(path, headers={"Accept": "application/json"})
    assert for_programs.status_code == 404
    assert for_programs.headers["content-type"] == "application/json"
    assert ("/_sandbox/" in for_programs.text) == (not path.startswith("/v1/"))


async def test_forgotten_payment_is_a_page_for_browsers_only(client: Client) -> None:
    page = "/payments/redirects/00000000-0000-0000-0000-000000000000?apiKey=pk_sandbox_riverdemo"
    shown = await client.http.get(page, headers=BROWSER)
    assert (shown.status_code, "is not known" in shown.text) == (404, True)
    assert (await client.http.get(page)).json()["errors"][0]["code"] == "not_found"


async def test_open_carts_are_listed_with_their_sessions(client: Client) -> None:
    await client.fill()
    (row,) = (await client.http.get("/_sandbox/carts")).json()
    cart = await client.cart()
    assert row["sessionId"] == cart["paymentSession"]["id"]
    assert (row["state"], row["quantity"], row["total"]["currency"]) == ("requires_source", 1, "USD")


async def test_listed_events_of_an_order_change_its_state(client: Client) -> None:
    await client.fill()
    await client.attach(await client.source("wireTransfer"))
    await client.ask("POST", f"{CART}/submit-cart")
    (order,) = (await client.http.get("/_sandbox/orders")).json()
    assert order["events"] == ["funds-arrive", "funds-lapse"]
    await client.http.post("/_sandbox/order-events", json={"orderId": order["id"], "event": "funds-arrive"})
    (paid,) = (await client.http.get("/_sandbox/orders")).json()
    assert (paid["state"], paid["events"]) == ("Submitted", [])


async def test_stock_is_listed_as_it_was_set(client: Client) -> None:
    body = {"productId": int(PACK), "quantity": 0, "isSoldAhead": True, "expectedOn": "2027-01-05"}
    await client.http.post("/_sandbox/stock", json=body)
    rows = (await client.http.get("/_sandbox/stock")).json()
    assert next(row for row in rows if row["productId"] == int(PACK)).items() >= body.items()


@pytest.mark.parametrize("kind", ["boletoBancario", "konbini"])
async def test_payment_slip_of_a_source_is_a_page(client: Client, kind: str) -> None:
    locale = {"boletoBancario": "pt_BR", "konbini": "ja_JP"}[kind]
    await client.ask("POST", "/v1/shoppers/me", 204, params={"locale": locale})
    await client.fill()
    made = (await client.http.post("/_sandbox/sources", json={"type": kind})).json()
    details = (await client.shown(made["sourceId"]))[kind]
    for name in {"document", "printableInvoiceUrl", "storeLogoUrl"} & details.keys():
        assert (await client.http.get(details[name])).status_code == 200, name


async def test_download_of_an_order_is_a_page(client: Client) -> None:
    await client.sign_in()
    await client.ask("POST", f"{CART}?productId={SOFTWARE}")
    await client.ask("PUT", f"{CART}/billing-address", 204, json={"address": ADDRESS})
    await client.attach(await client.source())
    order = (await client.ask("POST", f"{CART}/submit-cart"))["submitCart"]["order"]
    lines = (await client.ask("GET", f"{ME}/orders/{order['id']}?expand=all"))["order"]["lineItems"]["lineItem"]
    answer = await client.http.get(lines[0]["downloads"]["downloadUri"][0])
    assert (answer.status_code, "RouteMapper Pro" in answer.text) == (200, True)


# In Chromium.


@pytest.mark.browser
@pytest.mark.timeout(300)
async def test_pages_look_right_on_a_desk_and_a_phone(world: World, tmp_path: Path) -> None:
    chromium = needs_chromium()
    async with listening(create_app(world), "off") as url, httpx.AsyncClient(base_url=url) as http:
        client = Client(http, world)
        await client.start()
        pages = {name: f"{url}{path}" for name, path in (await pages_of(client)).items()}
        printed = await node("inspect_pages.mjs", chromium, str(tmp_path), json.dumps(pages))
    shown = [json.loads(line) for line in printed.splitlines()]
    assert {page["name"] for page in shown} == pages.keys()
    for page in shown:
        assert page["language"] == "en"
        assert page["title"]
        assert (page["tooWide"], page["problems"], page["brokenImages"], page["violations"]) == (0, [], [], []), page


@pytest.mark.browser
@pytest.mark.timeout(120)
async def test_buttons_of_the_page_work(client: Client, world: World) -> None:
    chromium = needs_chromium()
    await client.fill()
    async with listening(create_app(world), "off") as url:
        report = json.loads(await node("sandbox_page.mjs", chromium, url))
    assert report["copied"] == "4444222233331111"
    assert report["made"].startswith("Source ")
    assert (report["asked"], report["returned"]) == ("PayPal", "Approved")
    assert report["moved"].startswith("It is ")
    assert "503" in report["fault"]
    assert (report["cleared"], report["stocked"], report["credited"]) == ("Done.", "Done.", "Done.")
    assert world.stock[int(PACK)] == 3
    assert not world.faults
    assert world.switches.terms == "required"
    assert report["added"].count(",") == 2
    assert "currency" in report["refused"], "a refusal of the payment service is shown"
    assert len(report["problems"]) == 1, "the browser itself reports the refused request"
