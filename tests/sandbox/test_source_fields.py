"""The fields of sources: what they echo, what the payment service adds, and the details of each payment method."""

import logging
from typing import Any

import pytest
from dirty_equals import IsPartialDict, IsStr

from tests.sandbox.accounts import OPTIONS
from tests.sandbox.payment_calls import CARD, OWNER, call, create, errors
from tests.support.commerce_client import ADDRESS, ME, Client
from tests.support.payment_method_cases import PAYMENT_METHOD_CASES, PaymentMethodCase
from tests.support.shop import CART, PACK, VISA

BROWSER = {
    "language": "en-US",
    "colorDepth": 24,
    "screenHeight": 1080,
    "screenWidth": 1920,
    "timeZoneOffset": 360,
    "javaEnabled": False,
    "referrer": "https://shop.example/checkout",
}
RETURN = {"returnUrl": "https://shop.example/return"}
BOTH = RETURN | {"cancelUrl": "https://shop.example/cancel"}
SHIPPING = {
    "recipient": "Ada Lovelace",
    "phoneNumber": "952-555-0100",
    "address": {
        "line1": "10380 Bren Road W",
        "city": "Minnetonka",
        "state": "MN",
        "country": "US",
        "postalCode": "55343",
    },
    "email": "ada@example.com",
}
"""The recipient of `ADDRESS`, with the field names of the payment service."""
TOKEN = IsStr(regex=r"\d{32}")


async def create_in_session(client: Client, source_type: str, details: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Create a source for the client's cart, without an owner, as Drop-in does without a billing address."""
    session_id = (await client.cart())["paymentSession"]["id"]
    body = {"type": source_type, "sessionId": session_id, "owner": None, source_type: details} | more
    return await create(client, **body)


# Every payment method with the body that Drop-in or the element of the method sends.

ELEMENT_DETAILS: dict[str, dict[str, Any]] = {
    "creditCard": CARD,
    "googlePay": {"token": {"paymentMethodData": {"info": {"cardNetwork": "MASTERCARD", "cardDetails": "0008"}}}},
    "applePay": {"data": "encrypted", "signature": "signed", "version": "EC_v1", "header": {"transactionId": "1"}},
    "amazonPay": {
        "resultReturnUrl": "https://shop.example/result",
        "placement": "Checkout",
        "checkoutLanguage": "en_US",
    },
    "boletoBancario": RETURN | {"nationalId": "123.456.789-09"},
    "konbini": {"storeId": "080"},
    "onlineBanking": {"bankCode": "86"},
    "directDebit": {"iban": "AT61 1904 3002 3457 3201"},
}
"""What the elements add to the details, by type. Drop-in sends both addresses for each method with a redirect."""


@pytest.mark.parametrize("with_owner", [True, False], ids=["owner", "no owner"])
@pytest.mark.parametrize("case", PAYMENT_METHOD_CASES, ids=lambda case: case.name)
async def test_every_payment_method_makes_a_source_from_the_library(
    client: Client, case: PaymentMethodCase, with_owner: bool
) -> None:
    await client.ask("POST", f"{ME}?locale={case.locale.replace('-', '_')}", 204)
    await client.ask("POST", f"{CART}?productId={case.product}")
    place = {"country": case.country, "countrySubdivision": "MN" if case.country == "US" else None}
    for side in ("billing", "shipping"):
        await client.ask("PUT", f"{CART}/{side}-address", 204, json={"address": ADDRESS | place})
    owner = {**OWNER, "organization": "Engines", "address": case.owner_address, "additionalAddressInfo": None}
    details = (BOTH if case.method.flow == "redirect" else {}) | ELEMENT_DETAILS.get(case.type, {})
    source = await create_in_session(
        client,
        case.type,
        details,
        owner=owner if with_owner else None,
        futureUse=False,
        browserInfo=BROWSER,
    )
    cart = await client.cart()
    total = cart["pricing"]["orderTotal"]
    assert source["type"] == case.type
    assert (float(source["amount"]), source["currency"]) == (total["value"], total["currency"])
    assert source["owner"] == IsPartialDict(lastName="Lovelace", email="ada@example.com")
    states = {"standard": "chargeable", "redirect": "pending_redirect", "receiver": "pending_funds"}
    assert (source["flow"], source["state"]) == (case.method.flow, states[case.method.flow])
    assert (source["upstreamId"], source["sessionId"]) == (str(cart["id"]), cart["paymentSession"]["id"])
    if source["state"] == "pending_redirect":
        await client.decide(source["id"], "approve")
        assert (await client.shown(source["id"]))["state"] == "chargeable"
    else:
        await client.attach(source["id"])


# Fields that every source has.


async def test_source_tells_where_it_comes_from(client: Client) -> None:
    card = await create(client, usage="subscription", futureUse=True, upstreamId="4711", browserInfo=BROWSER)
    assert card == IsPartialDict(usage="subscription", futureUse=True, upstreamId="4711", creationIp="127.0.0.1")
    added = {"userAgent": "Mozilla/5.0", "acceptHeader": "*/*", "browserIp": "127.0.0.1"}
    assert card["browserInfo"] == BROWSER | added
    assert await client.shown(card["id"]) == card
    plain = await create(client, browserInfo={"language": "de", "plugins": ["a"]})
    assert plain["browserInfo"] == added | {"language": "de"}
    assert plain.keys().isdisjoint({"usage", "futureUse", "upstreamId", "language", "paymentId"})


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"usage": "gift"}, ("invalid_parameter", "usage")),
        ({"browserInfo": "Mozilla"}, ("invalid_format", "browserInfo")),
        ({"browserInfo": {"language": ["en"]}}, ("invalid_format", "browserInfo")),
        ({"mandate": "yes"}, ("invalid_format", "mandate")),
        ({"owner": OWNER | {"additionalAddressInfo": "x"}}, ("invalid_format", "additionalAddressInfo")),
    ],
)
async def test_source_with_invalid_facts_is_rejected(
    client: Client, changes: dict[str, Any], expected: tuple[str, str]
) -> None:
    assert errors(await create(client, 400, **changes)) == [expected]


async def test_owner_is_echoed_whole(client: Client) -> None:
    owner = OWNER | {
        "organization": "Analytical Engines",
        "customerId": "502283345689",
        "address": {"line1": "1 River Road", "city": "Minnetonka", "country": "US", "postalCode": "55343"},
        "additionalAddressInfo": {"neighborhood": "Centro", "phoneticFirstName": "Eda", "division": "Looms"},
    }
    assert (await create(client, owner=owner))["owner"] == owner


async def test_cart_gets_the_address_and_company_of_the_owner(client: Client) -> None:
    await client.ask("POST", f"{CART}?productId={PACK}")
    owner = OWNER | {"organization": "Engines", "address": SHIPPING["address"]}
    source = await create_in_session(client, "creditCard", CARD, owner=owner)
    await client.attach(source["id"])
    assert (await client.cart())["billingAddress"] == IsPartialDict(companyName="Engines", line1="10380 Bren Road W")


async def test_source_without_owner_has_the_billing_address(client: Client) -> None:
    await client.fill()
    source = await create_in_session(client, "payPal", BOTH)
    assert source["owner"] == OWNER | {"address": SHIPPING["address"]}
    missing = await create(client, 400, owner=None)
    assert errors(missing) == [("missing_parameter", "owner")]


async def test_change_of_state_updates_the_time_of_the_source(client: Client) -> None:
    await client.fill()
    source = await create_in_session(client, "klarnaCredit", BOTH)
    assert source["updatedTime"] == source["createdTime"]
    await client.http.post("/_sandbox/clock", json={"forward_s": 60})
    await client.decide(source["id"], "approve")
    approved = await client.shown(source["id"])
    assert approved["updatedTime"] > approved["createdTime"] == source["createdTime"]


async def test_saved_card_follows_the_clock_after_a_reset(client: Client) -> None:
    await client.http.post("/_sandbox/reset")
    await client.http.post("/_sandbox/clock", json={"forward_s": 86_400})
    await client.sign_in()
    (first, *_) = (await client.ask("GET", f"{OPTIONS}?expand=all"))["paymentOptions"]["paymentOption"]
    await client.ask("DELETE", f"{OPTIONS}/{first['id']}", 204)
    removed = await client.shown(first["sourceId"])
    assert removed["state"] == "cancelled"
    assert removed["updatedTime"] > (await create(client))["createdTime"][:10]


async def test_saved_source_names_its_account_to_servers(alex: Client) -> None:
    card = await create(alex)
    headers = {"Authorization": f"Bearer {alex.world.keys.payment_key}"}
    path = f"/sources/{card['id']}"
    assert "customerId" not in (await alex.http.get(path, headers=headers)).json()
    await alex.ask("POST", OPTIONS, 201, json={"paymentOption": {"nickName": "New", "sourceId": card["id"]}})
    shopper = (await alex.ask("GET", ME))["shopper"]
    saved = (await alex.http.get(path, headers=headers)).json()
    assert (saved["customerId"], saved["reusable"]) == (str(shopper["id"]), True)


# Details by payment method.


@pytest.mark.parametrize(
    ("source_type", "details", "expected"),
    [
        ("payPal", BOTH, {"shipping": SHIPPING, "token": IsStr(regex=r"EC-[0-9A-F]{17}")}),
        ("payPalCredit", BOTH, {"shipping": SHIPPING, "token": IsStr(regex=r"EC-[0-9A-F]{17}")}),
        ("payPalBilling", BOTH, {"shipping": SHIPPING, "token": IsStr(regex=r"BA-[0-9A-F]{17}")}),
        ("msts", BOTH, {"shipping": SHIPPING, "token": TOKEN}),
        ("klarnaCredit", BOTH, {"shipping": SHIPPING, "token": TOKEN}),
        ("klarnaCreditRecurring", BOTH, BOTH | {"token": TOKEN}),
        ("afterPay", BOTH, BOTH | {"shipping": SHIPPING}),
        ("alipay", RETURN, {}),
        ("applePay", {}, {}),
    ],
)
async def test_details_depend_on_the_payment_method(
    client: Client, source_type: str, details: dict[str, Any], expected: dict[str, Any]
) -> None:
    await client.fill()
    source = await create_in_session(client, source_type, details)
    assert source[source_type] == expected
    assert source.get("language") == (None if source_type == "applePay" else "en")
    assert source.get("redirect", {"offline": False})["offline"] is False


async def test_recipient_that_the_client_sends_is_kept(client: Client) -> None:
    await client.fill()
    gift = SHIPPING | {"recipient": "Charles Babbage"}
    source = await create_in_session(client, "afterPay", BOTH | {"shipping": gift})
    assert source["afterPay"]["shipping"] == gift


async def test_cart_has_the_details_as_strings(client: Client) -> None:
    await client.fill()
    source = await create_in_session(client, "klarnaCredit", BOTH)
    await client.attach(source["id"])
    shown = (await client.cart())["paymentMethod"]["klarnaCredit"]
    assert shown["shipping"] == (
        "{recipient=Ada Lovelace, phoneNumber=952-555-0100, address={line1=10380 Bren Road W, city=Minnetonka,"
        " state=MN, country=US, postalCode=55343}, email=ada@example.com}"
    )


@pytest.mark.parametrize(
    ("source_type", "expected"),
    [
        ("klarnaCredit", {"shipping": SHIPPING, "token": TOKEN, "paymentType": "pay_later"}),
        ("afterPay", BOTH | {"accountToken": TOKEN}),
    ],
)
async def test_approval_changes_the_details(client: Client, source_type: str, expected: dict[str, Any]) -> None:
    await client.fill()
    source = await create_in_session(client, source_type, BOTH)
    await client.decide(source["id"], "approve")
    assert (await client.shown(source["id"]))[source_type] == expected


async def test_wire_transfer_names_an_account_in_the_currency(client: Client) -> None:
    body: dict[str, Any] = {"type": "wireTransfer", "amount": 5, "wireTransfer": {}}
    euros, dollars = [await create(client, currency=currency, **body) for currency in ("EUR", "USD")]
    assert euros["wireTransfer"]["iban"].startswith("NL")
    assert "swiftCode" in dollars["wireTransfer"].keys() - euros["wireTransfer"].keys()
    assert euros == IsPartialDict(language="en", paymentId=IsStr(regex=r"[0-9a-f-]{36}"))


async def test_amazon_pay_source_has_what_its_button_needs(client: Client) -> None:
    await client.fill()
    source = await create_in_session(client, "amazonPay", BOTH | ELEMENT_DETAILS["amazonPay"])
    assert source["amazonPay"] == IsPartialDict(productType="PayOnly", ledgerCurrency="USD", signature=IsStr)
    assert "https://shop.example/return" in source["amazonPay"]["payload"]


async def test_google_pay_source_describes_the_card_in_the_wallet(client: Client) -> None:
    source = await create(client, type="googlePay", googlePay=ELEMENT_DETAILS["googlePay"])
    card = source["googlePay"]
    assert card == IsPartialDict(brand="MasterCard", lastFourDigits="0008", expirationMonth=12)
    other = await create(client, type="googlePay", googlePay={})
    assert other["googlePay"]["paymentIdentifier"] != card["paymentIdentifier"]


@pytest.mark.parametrize("source_type", ["directDebit", "ideal"])
async def test_bank_account_is_checked_and_not_kept(client: Client, source_type: str) -> None:
    iban = "AT611904300234573201"
    body: dict[str, Any] = {"type": source_type, "amount": 5, "currency": "EUR"}
    source = await create(client, **body, **{source_type: BOTH | {"iban": iban}})
    assert iban not in str(source)
    assert iban not in repr(client.world)
    refused = await create(client, 400, **body, **{source_type: BOTH | {"iban": "AT611904300234573202"}})
    assert errors(refused) == [("invalid_iban", f"{source_type}.iban")]


# Card numbers.


async def test_card_number_is_not_kept_and_not_logged(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    spaced = "4444 2222 3333 1111"
    for number in (VISA, spaced):
        card = await create(client, creditCard=CARD | {"number": number})
        assert card["creditCard"] == {
            "brand": "Visa",
            "expirationMonth": 10,
            "expirationYear": 2035,
            "lastFourDigits": "1111",
            "fundingSource": "credit",
            "paymentIdentifier": IsStr(regex=r"\d{32}"),
        }
    wrong = "4444222233331112"
    for details in (CARD | {"number": wrong}, CARD | {"cvv": VISA}, CARD | {"expirationYear": VISA}):
        assert VISA not in str(await create(client, 400, creditCard=details))
    misplaced: tuple[dict[str, Any], ...] = (
        {"owner": OWNER | {"lastName": VISA}},
        {"owner": OWNER | {"address": {"line2": spaced}}},
        {"mandate": {"terms": f"Save {VISA}"}},
        {"browserInfo": {"referrer": f"https://shop.example/?card={VISA}"}},
    )
    for changes in misplaced:
        assert VISA not in str(await create(client, 400, **changes))
    remains = repr(client.world) + caplog.text
    for number in (VISA, spaced, wrong):
        assert number not in remains


async def test_payment_identifier_is_the_same_for_the_same_card(client: Client) -> None:
    cards = [CARD, CARD | {"expirationYear": 2036}, CARD | {"number": "5466160000000008"}]
    first, again, other = [(await create(client, creditCard=card))["creditCard"]["paymentIdentifier"] for card in cards]
    assert first == again != other
    assert all(len(identifier) == 32 for identifier in (first, other))


async def test_refused_card_is_a_failed_source_with_an_id(client: Client) -> None:
    refused = await create(client, creditCard=CARD | {"number": "4000000000003295"})
    assert refused == IsPartialDict(state="failed", liveMode=False, id=IsStr(regex=r"[0-9a-f-]{36}"))
    assert (await call(client, "GET", f"/payments/sources/{refused['id']}?secret={refused['clientSecret']}")) == refused
