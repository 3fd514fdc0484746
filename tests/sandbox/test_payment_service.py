"""The calls that DigitalRiver.js sends to the payment service, in the form in which the library sends them."""

import base64
from typing import Any

import httpx
import pytest
from dirty_equals import IsPartialDict, IsStr

from tests.sandbox.accounts import OPTIONS
from tests.sandbox.payment_calls import CARD, OWNER, SOURCES, call, create, errors, secret_of
from tests.support.commerce_client import Client
from tests.support.shop import CART, METHODS, VISA

TIME = IsStr(regex=r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def basic(credentials: str) -> str:
    return f"basic {base64.b64encode(credentials.encode()).decode()}"


async def types(client: Client, **query: str) -> list[str]:
    listed = await call(client, "GET", METHODS, params=query)
    return [method["type"] for method in listed["paymentMethods"]]


# Calls from a page of any origin.


@pytest.mark.parametrize("path", [SOURCES, f"{SOURCES}/", f"{SOURCES}/an-id/?secret=x", METHODS])
async def test_preflight_allows_the_headers_of_the_library(client: Client, path: str) -> None:
    fault = {"path": "*", "kind": "status", "times": 1}
    await client.http.post("/_sandbox/faults", json=fault)
    preflight = {"Origin": "https://shop.example", "Access-Control-Request-Method": "POST"}
    allowed = await client.http.options(path, headers=preflight)
    assert (allowed.status_code, allowed.headers["access-control-allow-origin"]) == (204, "*")
    headers = {name.strip().lower() for name in allowed.headers["access-control-allow-headers"].split(",")}
    assert {"authorization", "content-type", "version", "x-debug-drjs-application", "customer-token"} <= headers
    assert client.world.faults != [], "the fault is kept for the call itself"
    assert client.world.calls.count("OPTIONS") == 0


@pytest.mark.parametrize(
    ("authorization", "status"),
    [
        ("bearer pk_sandbox_riverdemo", 200),
        (basic("pk_sandbox_riverdemo"), 200),
        (basic("riverdemopublic"), 200),
        (basic("riverdemopublic:"), 200),
        (basic("riverdemo"), 401),
        (basic(""), 401),
        ("bearer sk_sandbox_riverdemo", 401),
        ("basic ???", 401),
        ("", 401),
    ],
)
async def test_payment_service_accepts_public_keys_of_both_forms(
    client: Client, authorization: str, status: int
) -> None:
    answer = await client.http.get(METHODS, headers={"Authorization": authorization})
    assert answer.status_code == status
    assert (answer.json().get("type") == "unauthorized") == (status == 401)


@pytest.mark.parametrize("path", [f"{SOURCES}/", "/v1/shoppers/me/payment-options/", f"{CART}/"])
async def test_slash_at_the_end_of_a_path_is_ignored(alex: Client, path: str) -> None:
    headers = {"Authorization": f"Bearer {alex.token}"}
    without, with_slash = [await alex.http.get(name, headers=headers) for name in (path[:-1], path)]
    assert without.status_code == with_slash.status_code
    assert with_slash.json().keys() == without.json().keys()


# The list of payment methods.


async def test_list_without_a_session_has_every_method(client: Client) -> None:
    listed = await call(client, "GET", METHODS)
    assert listed.keys() == {"paymentMethods"}
    names = [method["type"] for method in listed["paymentMethods"]]
    assert names == sorted(names, key=str.lower)
    assert {"creditCard", "konbini", "klarnaCredit", "klarnaCreditRecurring", "msts", "boletoBancario"} <= set(names)


async def test_filters_narrow_the_list_of_payment_methods(client: Client) -> None:
    everywhere = set(await types(client))
    american = set(await types(client, country="us", currency="usd"))
    assert {"afterPay", "creditCard"} <= american < everywhere
    assert american.isdisjoint({"konbini", "blik", "clearPay"})
    storable = await types(client, supportsStorage="true")
    assert storable == [
        *("alipayCn", "amazonPay", "applePay", "creditCard", "directDebit", "googlePay", "ideal"),
        *("klarnaCreditRecurring", "msts", "payPalBilling"),
    ]
    assert set(await types(client, supportsStorage="false")) == everywhere - set(storable)
    recurring = await types(client, country="US", currency="USD", supportsRecurring="true")
    assert {"creditCard", "googlePay", "klarnaCreditRecurring", "payPalBilling"} <= set(recurring)
    free = await types(client, supportsFreeTrial="true")
    assert free == ["creditCard", "googlePay", "payPalBilling"]
    assert await types(client, country="", supportsStorage="") == sorted(everywhere, key=str.lower)


async def test_filters_narrow_the_list_of_a_session(client: Client) -> None:
    cart = await client.fill()
    session = cart["paymentSession"]["id"]
    available = set(await types(client, sessionId=session))
    storable = set(await types(client, sessionId=session, supportsStorage="true"))
    assert {"creditCard", "googlePay"} <= storable < available
    in_japan = set(await types(client, sessionId=session, country="JP"))
    assert "afterPay" in available - in_japan
    assert "creditCard" in in_japan <= available


@pytest.mark.parametrize("locale", ["en", "en-US", "en_us", "it", "UK", "xx", ""])
async def test_list_accepts_a_language_as_its_locale(client: Client, locale: str) -> None:
    assert "creditCard" in await types(client, locale=locale)


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ({"locale": "english"}, "locale"),
        ({"currency": "US$"}, "currency"),
        ({"country": "USA"}, "country"),
        ({"supportsStorage": "maybe"}, "supportsStorage"),
    ],
)
async def test_list_with_an_invalid_parameter_is_rejected(
    client: Client, query: dict[str, str], parameter: str
) -> None:
    answer = await call(client, "GET", METHODS, 400, params=query)
    assert errors(answer) == [("invalid_parameter", parameter)]


async def test_list_of_an_unknown_session_is_not_found(client: Client) -> None:
    answer = await call(client, "GET", METHODS, 404, params={"sessionId": "unknown"})
    assert (answer["type"], errors(answer)) == ("not_found", [("not_found", "sessionId")])


@pytest.mark.parametrize(("locale", "word"), [("de-DE", "ermächtigen"), ("ja_JP", "口座"), ("fr", "authorize")])
async def test_methods_have_their_disclosures_in_the_language(client: Client, locale: str, word: str) -> None:
    listed = await call(client, "GET", METHODS, params={"locale": locale})
    methods = {method["type"]: method for method in listed["paymentMethods"]}
    assert methods["directDebit"]["requiresDisclosureAcceptance"] is True
    assert word in methods["directDebit"]["paymentDisclosure"]
    assert methods["klarnaCredit"]["requiresDisclosureAcceptance"] is False
    assert methods["msts"]["enrollmentUrl"].startswith("https://")
    assert methods["creditCard"].keys() == {
        *("type", "flow", "images", "supportsRecurring", "supportsFreeTrial", "supportsStorage"),
    }


async def test_session_information_tells_what_is_left_to_pay(client: Client) -> None:
    cart = await client.fill()
    query = {"sessionId": cart["paymentSession"]["id"]}
    before = (await call(client, "GET", METHODS, params=query))["sessionInformation"]
    assert before == {
        "currency": "USD",
        "country": "US",
        "amount": "96.69",
        "amountContributed": "0.00",
        "amountRemainingToBeContributed": "96.69",
        "recurring": False,
        "freeTrial": False,
        "sellingEntityId": "DR_INC-ENTITY",
    }
    await client.attach(await client.source())
    after = (await call(client, "GET", METHODS, params=query))["sessionInformation"]
    assert (after["amountContributed"], after["amountRemainingToBeContributed"]) == ("96.69", "0.00")


# Sources that are made to be saved.


async def test_account_page_creates_a_card_without_session_and_amount(alex: Client) -> None:
    card = await create(alex)
    assert card == IsPartialDict(type="creditCard", state="chargeable", flow="standard", reusable=False)
    assert card.keys().isdisjoint({"amount", "currency", "sessionId", "mandate"})
    body = {"paymentOption": {"nickName": "From the account page", "sourceId": card["id"]}}
    await alex.ask("POST", OPTIONS, 201, json=body)
    cart = await alex.fill()
    await alex.attach(card["id"])
    assert (await alex.cart())["paymentMethod"] == IsPartialDict(
        sourceId=card["id"], amountContributed=cart["pricing"]["orderTotal"]
    )
    submitted = await alex.ask("POST", f"{CART}/submit-cart")
    assert submitted["submitCart"]["paymentSession"]["status"] == "complete"


async def test_amount_of_a_saved_card_is_in_the_carts_currency(alex: Client) -> None:
    card = await create(alex)
    await alex.ask("POST", OPTIONS, 201, json={"paymentOption": {"nickName": "Euro", "sourceId": card["id"]}})
    await alex.ask("POST", "/v1/shoppers/me?locale=de_DE", 204)
    await alex.fill()
    await alex.attach(card["id"])
    assert (await alex.cart())["paymentMethod"]["amountContributed"]["currency"] == "EUR"


@pytest.mark.parametrize("amount", ["0", "12.50"])
async def test_account_page_may_send_an_amount(client: Client, amount: str) -> None:
    card = await create(client, amount=amount, currency="USD")
    assert (float(card["amount"]), card["currency"]) == (float(amount), "USD")


@pytest.mark.parametrize(
    ("changes", "parameter"),
    [
        ({"amount": "5"}, "currency"),
        ({"currency": "USD"}, "amount"),
        ({"type": "wireTransfer", "wireTransfer": {}}, "amount"),
    ],
)
async def test_source_to_pay_with_needs_amount_and_currency(
    client: Client, changes: dict[str, Any], parameter: str
) -> None:
    assert errors(await create(client, 400, **changes)) == [("missing_parameter", parameter)]


async def test_mandate_is_echoed_with_the_time_of_signing(client: Client) -> None:
    terms = "Save this card for my next purchases."
    card = await create(client, futureUse=True, usage="convenience", mandate={"terms": terms})
    assert card["mandate"] == {"terms": terms, "signedTime": TIME}
    assert (await client.shown(card["id"]))["mandate"] == card["mandate"]
    without_terms = await create(client, mandate={})
    assert "mandate" not in without_terms


@pytest.mark.parametrize("source_type", ["directDebit", "payPalBilling", "googlePay", "applePay"])
async def test_every_storable_method_makes_a_source_without_amount(client: Client, source_type: str) -> None:
    addresses = {"returnUrl": "https://shop.example/", "cancelUrl": "https://shop.example/"}
    body: dict[str, Any] = {"type": source_type, "mandate": {"terms": "Save it."}, source_type: addresses}
    source = await create(client, **body)
    assert "amount" not in source
    if source["state"] == "pending_redirect":
        page = await client.http.get(httpx.URL(source["redirect"]["redirectUrl"]).raw_path.decode())
        assert (page.status_code, "Amount" in page.text) == (200, False)
        await client.decide(source["id"], "approve")
    assert await client.shown(source["id"]) == IsPartialDict(state="chargeable", mandate=source["mandate"])


# Reading and changing a source with its secret.


async def test_source_is_shown_with_its_secret_only(client: Client) -> None:
    card, other = await create(client), await create(client)
    path = f"{SOURCES}/{card['id']}"
    for secret in (secret_of(card), card["clientSecret"]):
        assert await call(client, "GET", path, params={"secret": secret}) == card
        assert await call(client, "GET", f"{path}/", params={"secret": secret}) == card
    for secret in (secret_of(other), other["clientSecret"], card["id"], "guess"):
        refused = await call(client, "GET", path, 404, params={"secret": secret})
        assert (refused["type"], errors(refused)) == ("not_found", [("source_not_found", "id")])
    assert errors(await call(client, "GET", path, 400)) == [("missing_parameter", "secret")]
    unknown = f"{SOURCES}/00000000-0000-4000-8000-000000000000"
    refused = await call(client, "GET", unknown, 404, params={"secret": secret_of(card)})
    assert errors(refused) == [("source_not_found", "id")]


async def change(client: Client, source: dict[str, Any], body: dict[str, Any], status: int = 200) -> dict[str, Any]:
    path = f"{SOURCES}/{source['id']}"
    query = {"secret": secret_of(source)}
    changed: dict[str, Any] = await call(client, "POST", path, status, params=query, json=body)
    return changed


async def test_card_gets_a_new_owner_and_expiration_date(client: Client) -> None:
    await client.http.post("/_sandbox/clock", json={"forward_s": 1})
    card = await create(client)
    await client.http.post("/_sandbox/clock", json={"forward_s": 60})
    owner = OWNER | {"lastName": "King", "address": {"line1": "1 River Road", "postalCode": 55410, "country": "US"}}
    body = {"owner": owner, "creditCard": {"expirationMonth": 2, "expirationYear": 2037}}
    changed = await change(client, card, body)
    assert changed["creditCard"] == card["creditCard"] | {"expirationMonth": 2, "expirationYear": 2037}
    assert (changed["owner"]["lastName"], changed["owner"]["address"]["postalCode"]) == ("King", "55410")
    assert (changed["id"], changed["clientSecret"]) == (card["id"], card["clientSecret"])
    assert changed["updatedTime"] > changed["createdTime"] == card["createdTime"]
    only_date = await change(client, card, {"creditCard": {"expirationMonth": 3, "expirationYear": 2038}})
    assert only_date["owner"] == changed["owner"]
    assert await client.shown(card["id"]) == only_date


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"creditCard": {"number": VISA}}, ("invalid_parameter", "creditCard.number")),
        (
            {"creditCard": {"expirationMonth": 2, "expirationYear": 2020}},
            ("invalid_expiration_date", "creditCard.expirationYear"),
        ),
        ({"creditCard": {"expirationMonth": 2}}, ("invalid_expiration_date", "creditCard.expirationMonth")),
        ({"owner": OWNER | {"email": ""}}, ("invalid_parameter", "owner.email")),
        ({"owner": "Ada"}, ("invalid_format", "owner")),
    ],
)
async def test_invalid_change_of_a_card_changes_nothing(
    client: Client, body: dict[str, Any], expected: tuple[str, str]
) -> None:
    card = await create(client)
    assert errors(await change(client, card, body, 400)) == [expected]
    assert await client.shown(card["id"]) == card


async def test_only_a_usable_card_can_be_changed(client: Client) -> None:
    debit = await create(client, type="directDebit", directDebit={"returnUrl": "https://shop.example/"})
    assert errors(await change(client, debit, {"owner": OWNER}, 400)) == [("invalid_parameter", "type")]
    failed = await create(client, creditCard=CARD | {"number": "4000000000003295"})
    refused = await change(client, failed, {"owner": OWNER}, 409)
    assert (refused["type"], errors(refused)) == ("conflict", [("invalid_state", "id")])
    wrong = await call(client, "POST", f"{SOURCES}/{failed['id']}?secret=guess", 404, json={})
    assert errors(wrong) == [("source_not_found", "id")]


# Faults of the payment service.


@pytest.mark.parametrize(
    ("status", "error_type"),
    [
        (400, "bad_request"),
        (401, "unauthorized"),
        (404, "not_found"),
        (409, "conflict"),
        (429, "too_many_requests"),
        (500, "internal_server_error"),
        (503, "internal_server_error"),
    ],
)
async def test_fault_of_the_payment_service_has_its_error_format(client: Client, status: int, error_type: str) -> None:
    fault = {"path": SOURCES, "kind": "status", "status": status, "times": 1}
    await client.http.post("/_sandbox/faults", json=fault)
    failed = await create(client, status)
    assert failed == {"type": error_type, "errors": [{"code": "unknown_error", "message": IsStr(min_length=1)}]}
    assert (await create(client))["state"] == "chargeable"
