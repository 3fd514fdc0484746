"""The sandbox's sources: what each method asks for, what it shows, and what its triggers do."""

from typing import Any

import httpx
import pytest
from dirty_equals import IsPartialDict, IsStr

from sandbox.demo_shop.payment_methods import METHODS
from sandbox.demo_shop.test_scenarios import BY_NAME
from tests.support.commerce_client import ADDRESS, Client, code
from tests.support.payment_method_cases import PAYMENT_METHOD_CASES, PaymentMethodCase
from tests.support.shop import CART, SUBMIT

OWNER = {"firstName": "Ada", "lastName": "Lovelace", "email": "ada@example.com", "phoneNumber": "952-555-0100"}
NEEDED = [(way, name) for way in PAYMENT_METHOD_CASES if not way.wallet_option for name in way.method.required]


async def create(client: Client, type: str, hash: dict[str, Any], status: int = 201, **more: Any) -> dict[str, Any]:
    """A source without a payment session: the amount is told."""
    headers = {"Authorization": f"Bearer {client.world.keys.public_key}"}
    body = {"type": type, "amount": "100", "currency": "USD", "owner": OWNER, type: hash} | more
    answer = await client.http.post("/payments/sources", headers=headers, json=body)
    assert answer.status_code == status, answer.text
    made: dict[str, Any] = answer.json()
    return made


def wrong(answer: dict[str, Any]) -> tuple[str, str]:
    (error,) = answer["errors"]
    return error["code"], error["parameter"]


def owner(**changes: Any) -> dict[str, Any]:
    return OWNER | changes


@pytest.mark.parametrize(
    ("way", "name"), NEEDED, ids=lambda one: one.name if isinstance(one, PaymentMethodCase) else one
)
async def test_nothing_is_made_without_what_the_method_needs(client: Client, way: PaymentMethodCase, name: str) -> None:
    hash = {key: value for key, value in way.details.items() if key != name}
    answer = await create(client, way.type, hash, 400, currency=way.currency)
    assert wrong(answer) == ("missing_parameter", f"{way.type}.{name}")


BOTH = {"returnUrl": "https://shop.example/", "cancelUrl": "https://shop.example/"}
AMAZON = BOTH | {"resultReturnUrl": "https://shop.example/", "placement": "Cart", "checkoutLanguage": "en_US"}


@pytest.mark.parametrize(
    ("type", "hash", "more", "parameter"),
    [
        ("konbini", {"storeId": "040"}, {"currency": "JPY"}, "konbini.storeId"),
        ("konbini", {"storeId": "060"}, {"currency": "JPY"}, "owner.lastName"),
        ("boletoBancario", BOTH | {"nationalId": "123"}, {"currency": "BRL"}, "boletoBancario.nationalId"),
        ("amazonPay", AMAZON | {"placement": "Footer"}, {}, "amazonPay.placement"),
        ("amazonPay", AMAZON | {"checkoutLanguage": "pt_BR"}, {}, "amazonPay.checkoutLanguage"),
        ("ccavenue", BOTH, {"currency": "INR", "owner": owner(phoneNumber="12345")}, "owner.phoneNumber"),
        ("klarnaCredit", BOTH | {"returnUrl": "javascript:alert(1)"}, {}, "klarnaCredit.returnUrl"),
        ("klarnaCredit", BOTH | {"cancelUrl": "/cart"}, {}, "klarnaCredit.cancelUrl"),
        ("cashInAnEnvelope", {}, {}, "type"),
        ("klarnaCredit", BOTH, {"owner": {}}, "owner"),
    ],
)
async def test_what_no_provider_would_take_is_refused(
    client: Client, type: str, hash: dict[str, Any], more: dict[str, Any], parameter: str
) -> None:
    answer = await create(client, type, hash, 400, **more)
    assert wrong(answer) in (("invalid_parameter", parameter), ("missing_parameter", parameter))


async def test_lawson_takes_kanji(client: Client) -> None:
    kanji = owner(lastName="山田", firstName="太郎")
    made = await create(client, "konbini", {"storeId": "060"}, currency="JPY", owner=kanji)
    assert made["konbini"] == IsPartialDict(storeName="Lawson / MiniStop", receiptNumber=IsStr(regex=r"\d{13}"))


@pytest.mark.parametrize("spelling", ["googlepay", "googlePay"])
async def test_a_type_is_known_by_any_of_its_spellings(client: Client, spelling: str) -> None:
    assert (await create(client, spelling, {}))["type"] == "googlePay"


async def test_sources_that_wait_for_money_say_how_to_pay(client: Client) -> None:
    boleto = await create(
        client, "boletoBancario", BOTH | {"nationalId": "123.456.789-09"}, currency="BRL", owner=OWNER
    )
    assert boleto == IsPartialDict(state="pending_funds", flow="receiver", expirationTime=IsStr)
    assert boleto["boletoBancario"] == {"documentCode": IsStr(regex=r"\d{47}"), "document": IsStr(regex=r"https://.*")}
    euros = await create(client, "wireTransfer", {}, currency="EUR")
    assert "iban" in euros["wireTransfer"]
    dollars = await create(client, "wireTransfer", {})
    assert "swiftCode" in dollars["wireTransfer"]


# Triggers.


TRIGGERS = [(type, name) for type, names in BY_NAME.items() for name in names]
HASHES = {way.type: way.details for way in PAYMENT_METHOD_CASES} | {"klarnaCreditRecurring": BOTH}
MARKETS = {way.type: way.currency for way in PAYMENT_METHOD_CASES} | {"klarnaCreditRecurring": "USD"}


@pytest.mark.parametrize(("type", "name"), TRIGGERS)
async def test_a_last_name_decides_whether_a_source_is_made(client: Client, type: str, name: str) -> None:
    made = await create(client, type, HASHES[type], currency=MARKETS[type], owner=owner(lastName=name))
    usual = {"redirect": "pending_redirect", "receiver": "pending_funds", "standard": "chargeable"}
    fails = name in ("SourceCreationFail", "SourceFail", "authFail")
    asks = name.startswith("SCATest")
    assert made["state"] == ("failed" if fails else "requires_action" if asks else usual[METHODS[type].flow])


async def test_a_trigger_of_another_method_is_a_name(client: Client) -> None:
    for type in ("bancontact", "directDebit"):
        made = await create(client, type, BOTH, currency="EUR", owner=owner(lastName="SourceCreationFail"))
        assert made["state"] == "pending_redirect"


async def test_paypal_without_an_owner_goes_by_the_name_on_the_bill(client: Client) -> None:
    await client.fill()
    address = ADDRESS | {"lastName": "SourceCreationFail"}
    await client.ask("PUT", f"{CART}/billing-address", 204, json={"address": address})
    session_id = (await client.cart())["paymentSession"]["id"]
    made = await create(client, "payPal", BOTH, sessionId=session_id, owner=None)
    assert made["state"] == "failed"


CHARGES = [
    ("payPal", "ChargeCreationFail"),
    ("klarnaCredit", "ChargeCreationFail"),
    ("alipay", "authFailAfterRedirect"),
    ("googlePay", "ChargeFail"),
]


@pytest.mark.parametrize(("type", "name"), CHARGES)
async def test_a_last_name_decides_whether_a_charge_goes_through(client: Client, type: str, name: str) -> None:
    await client.fill()
    source_id = await client.source(type, owner__lastName=name)
    if type == "payPal":
        await client.decide(source_id, "approve")
    await client.attach(source_id)
    assert code(await client.ask("POST", SUBMIT, 409)) == "cart-charge-failure"
    assert code(await client.ask("POST", SUBMIT, 409)) == "invalid-payment-failure", "the source is gone"


async def test_a_mandate_may_fail_although_the_shopper_has_approved(client: Client) -> None:
    hash = {"returnUrl": "https://shop.example/"}
    made = await create(client, "directDebit", hash, currency="EUR", owner=owner(lastName="SourceFailAfterRedirect"))
    await client.decide(made["id"], "approve")
    headers = {"Authorization": f"Bearer {client.world.keys.public_key}"}
    answer = await client.http.get(f"/payments/sources/{made['id']}", headers=headers)
    assert answer.json()["state"] == "failed"


# The provider's page.


async def test_paypal_offers_what_fits_the_payment(client: Client) -> None:
    made = await create(client, "payPal", BOTH, owner=OWNER | {"address": {"country": "US"}})
    path = httpx.URL(made["redirect"]["redirectUrl"]).raw_path.decode()
    page = (await client.http.get(path)).text
    assert "PayPal Pay in 4" in page
    assert "PayPal Pay in 3" not in page
    refused = await client.http.post(path, data={"decision": "approve", "option": "PayPal Pay in 3"})
    assert wrong(refused.json()) == ("invalid_parameter", "option")
    chosen = await client.http.post(path, data={"decision": "approve", "option": "PayPal Pay in 4"})
    assert chosen.status_code == 303


async def test_ccavenue_tells_how_it_was_paid(client: Client) -> None:
    made = await create(client, "ccavenue", BOTH, currency="INR")
    await client.decide(made["id"], "approve")
    headers = {"Authorization": f"Bearer {client.world.keys.public_key}"}
    shown = (await client.http.get(f"/payments/sources/{made['id']}", headers=headers)).json()
    assert shown["ccavenue"] == IsPartialDict(orderStatus="Success", bankName="AvenueTest")


async def test_a_source_that_waits_for_money_lapses_with_or_without_an_order(client: Client) -> None:
    made = await create(client, "wireTransfer", {})
    await client.http.post("/_sandbox/clock", json={"forward_s": 30 * 86_400})
    headers = {"Authorization": f"Bearer {client.world.keys.public_key}"}
    shown = (await client.http.get(f"/payments/sources/{made['id']}", headers=headers)).json()
    assert shown["state"] == "cancelled"


# Controls.


async def ordered(client: Client, type: str) -> int:
    await client.fill()
    await client.attach(await client.source(type))
    number: int = (await client.ask("POST", SUBMIT))["submitCart"]["order"]["id"]
    return number


@pytest.mark.parametrize(
    "event", ["funds-arrive", "funds-lapse", "charge-settles", "charge-fails", "review-passes", "review-blocks"]
)
async def test_what_does_not_fit_an_order_does_not_happen(client: Client, event: str) -> None:
    number = await ordered(client, "creditCard")
    answer = await client.http.post("/_sandbox/order-events", json={"orderId": number, "event": event})
    assert answer.status_code == 204
    assert [order.state for order in client.world.orders()] == ["Submitted"]


@pytest.mark.parametrize(
    "body", [{"orderId": 1, "event": "funds-arrive"}, {"orderId": 0, "event": "miracle"}, {"event": "funds-arrive"}]
)
async def test_an_event_of_nothing_is_refused(client: Client, body: dict[str, Any]) -> None:
    number = await ordered(client, "wireTransfer")
    given = body | ({"orderId": number} if body.get("orderId") == 0 else {})
    answer = await client.http.post("/_sandbox/order-events", json=given)
    assert answer.status_code == 400
    assert answer.json()["error"]


async def test_money_that_came_is_waited_for_no_more(client: Client) -> None:
    number = await ordered(client, "wireTransfer")
    await client.http.post("/_sandbox/order-events", json={"orderId": number, "event": "funds-arrive"})
    await client.http.post("/_sandbox/clock", json={"forward_s": 31 * 86_400})
    assert [order.state for order in client.world.orders()] == ["Complete"]
    assert (await client.http.get("/_sandbox/events")).json() == []


async def test_money_may_bounce(client: Client) -> None:
    await client.fill()
    await client.attach(await client.source("wireTransfer", owner__lastName="SourceFailWithDelay"))
    number = (await client.ask("POST", SUBMIT))["submitCart"]["order"]["id"]
    await client.http.post("/_sandbox/order-events", json={"orderId": number, "event": "funds-arrive"})
    (order,) = client.world.orders()
    assert (order.state, order.session_state) == ("Cancelled", "failed")
