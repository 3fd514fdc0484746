"""Payment sources: required fields, details, test cards and test names, and later events of a source or order."""

from typing import Any

import httpx
import pytest
from dirty_equals import IsPartialDict, IsStr

from sandbox.demo_shop.payment_methods import METHODS
from sandbox.demo_shop.test_scenarios import SCENARIOS_BY_NAME
from tests.support.commerce_client import ADDRESS, Client, code
from tests.support.payment_method_cases import PAYMENT_METHOD_CASES, PaymentMethodCase
from tests.support.shop import CART, SUBMIT, VISA

OWNER = {"firstName": "Ada", "lastName": "Lovelace", "email": "ada@example.com", "phoneNumber": "952-555-0100"}
BOTH_URLS = {"returnUrl": "https://shop.example/", "cancelUrl": "https://shop.example/"}
AMAZON = BOTH_URLS | {"resultReturnUrl": "https://shop.example/", "placement": "Cart", "checkoutLanguage": "en_US"}

REQUIRED_FIELDS = [
    pytest.param(case, field, id=f"{case.name}-{field}")
    for case in PAYMENT_METHOD_CASES
    if not case.wallet_option
    for field in case.method.required
]


async def create(
    client: Client, source_type: str, details: dict[str, Any], status: int = 201, **more: Any
) -> dict[str, Any]:
    """Create a source of 100 USD without a payment session. `more` adds or replaces fields. Returns the JSON body."""
    headers = {"Authorization": f"Bearer {client.world.keys.public_key}"}
    body = {"type": source_type, "amount": "100", "currency": "USD", "owner": OWNER, source_type: details} | more
    answer = await client.http.post("/payments/sources", headers=headers, json=body)
    assert answer.status_code == status, answer.text
    source: dict[str, Any] = answer.json()
    return source


def code_and_parameter(answer: dict[str, Any]) -> tuple[str, str]:
    """Code and parameter name of the error in an answer that must contain exactly one error."""
    (error,) = answer["errors"]
    return error["code"], error["parameter"]


def owner(**changes: Any) -> dict[str, Any]:
    return OWNER | changes


@pytest.mark.parametrize(("case", "field"), REQUIRED_FIELDS)
async def test_source_without_a_required_field_is_rejected(client: Client, case: PaymentMethodCase, field: str) -> None:
    details = {name: value for name, value in case.details.items() if name != field}
    answer = await create(client, case.type, details, 400, currency=case.currency)
    assert code_and_parameter(answer) == ("missing_parameter", f"{case.type}.{field}")


@pytest.mark.parametrize(
    ("source_type", "details", "more", "parameter"),
    [
        ("konbini", {"storeId": "040"}, {"currency": "JPY"}, "konbini.storeId"),
        ("konbini", {"storeId": "060"}, {"currency": "JPY"}, "owner.lastName"),
        ("boletoBancario", BOTH_URLS | {"nationalId": "123"}, {"currency": "BRL"}, "boletoBancario.nationalId"),
        ("amazonPay", AMAZON | {"placement": "Footer"}, {}, "amazonPay.placement"),
        ("amazonPay", AMAZON | {"checkoutLanguage": "pt_BR"}, {}, "amazonPay.checkoutLanguage"),
        ("ccavenue", BOTH_URLS, {"currency": "INR", "owner": owner(phoneNumber="12345")}, "owner.phoneNumber"),
        ("klarnaCredit", BOTH_URLS | {"returnUrl": "javascript:alert(1)"}, {}, "klarnaCredit.returnUrl"),
        ("klarnaCredit", BOTH_URLS | {"cancelUrl": "/cart"}, {}, "klarnaCredit.cancelUrl"),
        ("cashInAnEnvelope", {}, {}, "type"),
        ("klarnaCredit", BOTH_URLS, {"owner": {}}, "owner"),
    ],
)
async def test_source_with_an_invalid_field_is_rejected(
    client: Client, source_type: str, details: dict[str, Any], more: dict[str, Any], parameter: str
) -> None:
    answer = await create(client, source_type, details, 400, **more)
    assert code_and_parameter(answer) in (("invalid_parameter", parameter), ("missing_parameter", parameter))


async def test_konbini_source_for_lawson_accepts_kanji_names(client: Client) -> None:
    kanji = owner(lastName="山田", firstName="太郎")
    source = await create(client, "konbini", {"storeId": "060"}, currency="JPY", owner=kanji)
    assert source["konbini"] == IsPartialDict(storeName="Lawson / MiniStop", receiptNumber=IsStr(regex=r"\d{13}"))


@pytest.mark.parametrize("spelling", ["googlepay", "googlePay"])
async def test_source_type_is_accepted_in_every_documented_spelling(client: Client, spelling: str) -> None:
    assert (await create(client, spelling, {}))["type"] == "googlePay"


async def test_receiver_source_has_payment_instructions(client: Client) -> None:
    boleto = await create(
        client, "boletoBancario", BOTH_URLS | {"nationalId": "123.456.789-09"}, currency="BRL", owner=OWNER
    )
    assert boleto == IsPartialDict(state="pending_funds", flow="receiver", expirationTime=IsStr)
    assert boleto["boletoBancario"] == {
        "documentCode": IsStr(regex=r"\d{47}"),
        "document": IsStr(regex=r"http://sandbox/_sandbox/documents/slips/\d+"),
    }
    euros = await create(client, "wireTransfer", {}, currency="EUR")
    assert "iban" in euros["wireTransfer"]
    dollars = await create(client, "wireTransfer", {})
    assert "swiftCode" in dollars["wireTransfer"]


# Card numbers and last names that Digital River documents for testing.


@pytest.mark.parametrize(
    ("number", "state"),
    [
        ("343456789012341", "chargeable"),
        ("30345678901235", "chargeable"),
        ("6011987698769876", "chargeable"),
        ("3528987698769879", "chargeable"),
        ("5466160000000008", "chargeable"),
        ("6226220000000009", "chargeable"),
        (VISA, "chargeable"),
        ("4000000000003600", "chargeable"),
        ("4000000000003295", "failed"),
    ],
)
async def test_source_of_a_documented_test_card_has_documented_state(client: Client, number: str, state: str) -> None:
    await client.fill()
    cvv = "1234" if number.startswith("34") else "123"
    source_id = await client.source(creditCard__number=number, creditCard__cvv=cvv)
    source = await client.shown(source_id)
    assert source["state"] == state
    assert source["creditCard"]["lastFourDigits"] == number[-4:]
    assert number not in str(source)


TEST_NAMES = [(source_type, name) for source_type, names in SCENARIOS_BY_NAME.items() for name in names]
DETAILS = {case.type: case.details for case in PAYMENT_METHOD_CASES} | {"klarnaCreditRecurring": BOTH_URLS}
CURRENCIES = {case.type: case.currency for case in PAYMENT_METHOD_CASES} | {"klarnaCreditRecurring": "USD"}


@pytest.mark.parametrize(("source_type", "name"), TEST_NAMES)
async def test_documented_test_last_name_decides_the_state_of_a_source(
    client: Client, source_type: str, name: str
) -> None:
    source = await create(
        client, source_type, DETAILS[source_type], currency=CURRENCIES[source_type], owner=owner(lastName=name)
    )
    usual = {"redirect": "pending_redirect", "receiver": "pending_funds", "standard": "chargeable"}
    fails = name in ("SourceCreationFail", "SourceFail", "authFail")
    is_challenged = name.startswith("SCATest")
    assert source["state"] == (
        "failed" if fails else "requires_action" if is_challenged else usual[METHODS[source_type].flow]
    )


async def test_documented_test_last_name_does_not_affect_other_payment_methods(client: Client) -> None:
    for source_type in ("bancontact", "directDebit"):
        source = await create(
            client, source_type, BOTH_URLS, currency="EUR", owner=owner(lastName="SourceCreationFail")
        )
        assert source["state"] == "pending_redirect"


async def test_paypal_source_without_owner_takes_last_name_from_billing_address(client: Client) -> None:
    await client.fill()
    address = ADDRESS | {"lastName": "SourceCreationFail"}
    await client.ask("PUT", f"{CART}/billing-address", 204, json={"address": address})
    session_id = (await client.cart())["paymentSession"]["id"]
    source = await create(client, "payPal", BOTH_URLS, sessionId=session_id, owner=None)
    assert source["state"] == "failed"


FAILING_CHARGES = [
    ("payPal", "ChargeCreationFail"),
    ("klarnaCredit", "ChargeCreationFail"),
    ("alipay", "authFailAfterRedirect"),
    ("googlePay", "ChargeFail"),
]


@pytest.mark.parametrize(("source_type", "name"), FAILING_CHARGES)
async def test_charge_fails_for_the_documented_test_last_names(client: Client, source_type: str, name: str) -> None:
    await client.fill()
    source_id = await client.source(source_type, owner__lastName=name)
    if source_type == "payPal":
        await client.decide(source_id, "approve")
    await client.attach(source_id)
    assert code(await client.ask("POST", SUBMIT, 409)) == "cart-charge-failure"
    assert code(await client.ask("POST", SUBMIT, 409)) == "invalid-payment-failure", (
        "the failed charge detached the source"
    )


async def test_direct_debit_mandate_can_fail_after_approval(client: Client) -> None:
    details = {"returnUrl": "https://shop.example/"}
    source = await create(
        client, "directDebit", details, currency="EUR", owner=owner(lastName="SourceFailAfterRedirect")
    )
    await client.decide(source["id"], "approve")
    assert (await client.shown(source["id"]))["state"] == "failed"


# The provider's page, where the shopper approves a source.


async def test_paypal_page_offers_only_installment_plans_of_the_owners_country(client: Client) -> None:
    source = await create(client, "payPal", BOTH_URLS, owner=OWNER | {"address": {"country": "US"}})
    path = httpx.URL(source["redirect"]["redirectUrl"]).raw_path.decode()
    page = (await client.http.get(path)).text
    assert "PayPal Pay in 4" in page
    assert "PayPal Pay in 3" not in page
    refused = await client.http.post(path, data={"decision": "approve", "option": "PayPal Pay in 3"})
    assert code_and_parameter(refused.json()) == ("invalid_parameter", "option")
    chosen = await client.http.post(path, data={"decision": "approve", "option": "PayPal Pay in 4"})
    assert chosen.status_code == 303


async def test_ccavenue_source_has_bank_details_after_approval(client: Client) -> None:
    source = await create(client, "ccavenue", BOTH_URLS, currency="INR")
    await client.decide(source["id"], "approve")
    shown = await client.shown(source["id"])
    assert shown["ccavenue"] == IsPartialDict(orderStatus="Success", bankName="AvenueTest")


# Sandbox events that change a source or an order after its creation.


async def test_receiver_source_without_an_order_is_cancelled_after_thirty_days(client: Client) -> None:
    source = await create(client, "wireTransfer", {})
    await client.http.post("/_sandbox/clock", json={"forward_s": 30 * 86_400})
    shown = await client.shown(source["id"])
    assert shown["state"] == "cancelled"


async def order_with(client: Client, source_type: str) -> int:
    """Place an order that a source of this type pays. Returns the order number."""
    await client.fill()
    await client.attach(await client.source(source_type))
    number: int = (await client.ask("POST", SUBMIT))["submitCart"]["order"]["id"]
    return number


@pytest.mark.parametrize(
    "event", ["funds-arrive", "funds-lapse", "charge-settles", "charge-fails", "review-passes", "review-blocks"]
)
async def test_event_that_cannot_happen_to_the_order_is_ignored(client: Client, event: str) -> None:
    number = await order_with(client, "creditCard")
    answer = await client.http.post("/_sandbox/order-events", json={"orderId": number, "event": event})
    assert answer.status_code == 204
    assert [order.state for order in client.world.orders()] == ["Submitted"]


@pytest.mark.parametrize(
    "body", [{"orderId": 1, "event": "funds-arrive"}, {"orderId": 0, "event": "miracle"}, {"event": "funds-arrive"}]
)
async def test_event_with_an_unknown_order_or_name_is_rejected(client: Client, body: dict[str, Any]) -> None:
    number = await order_with(client, "wireTransfer")
    sent = body | ({"orderId": number} if body.get("orderId") == 0 else {})
    answer = await client.http.post("/_sandbox/order-events", json=sent)
    assert answer.status_code == 400
    assert answer.json()["error"]


async def test_paid_order_is_not_cancelled_and_sends_no_reminder(client: Client) -> None:
    number = await order_with(client, "wireTransfer")
    await client.http.post("/_sandbox/order-events", json={"orderId": number, "event": "funds-arrive"})
    await client.http.post("/_sandbox/clock", json={"forward_s": 31 * 86_400})
    assert [order.state for order in client.world.orders()] == ["Complete"]
    assert (await client.http.get("/_sandbox/events")).json() == []


async def test_order_is_cancelled_if_source_fails_when_funds_arrive(client: Client) -> None:
    await client.fill()
    await client.attach(await client.source("wireTransfer", owner__lastName="SourceFailWithDelay"))
    number = (await client.ask("POST", SUBMIT))["submitCart"]["order"]["id"]
    await client.http.post("/_sandbox/order-events", json={"orderId": number, "event": "funds-arrive"})
    (order,) = client.world.orders()
    assert (order.state, order.session_state) == ("Cancelled", "failed")
