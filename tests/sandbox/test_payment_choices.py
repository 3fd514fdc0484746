"""What DigitalRiver.js reads before it makes a source: banks, stores, schemas of countries, sessions of wallets."""

import json
import re
from typing import Any

import pytest
from dirty_equals import IsPartialDict, IsStr

from sandbox.demo_shop.banks_and_stores import BANKS
from sandbox.demo_shop.payment_methods import METHODS
from tests.sandbox.payment_calls import call, create, errors
from tests.support.commerce_client import ADDRESS, Client
from tests.support.shop import CART

BANKS_PATH = "/payments/online-banking/banks"
SPECS = "/country-specs"
APPLE = "/payments/apple-pay/session"
GOOGLE = "/payments/google-pay/session"
AMAZON = "/payments/amazon-pay/session"


async def banks(client: Client, country: str, currency: str) -> list[dict[str, str]]:
    listed: list[dict[str, str]] = await call(
        client, "GET", BANKS_PATH, params={"country": country, "currency": currency}
    )
    return listed


async def test_banks_of_germany_are_the_documented_ones(client: Client) -> None:
    assert await banks(client, "de", "eur") == [
        {"bankCode": "86", "bankName": "Sofortüberweisung"},
        {"bankCode": "21", "bankName": "Giropay"},
    ]


async def test_every_country_of_online_banking_has_banks(client: Client) -> None:
    served = {
        (country, limit.currency) for limit in METHODS["onlineBanking"].limits for country in limit.countries or ()
    }
    assert served == BANKS.keys()
    for country, currency in served:
        assert len(await banks(client, country, currency)) > 0


async def test_country_without_banks_has_an_empty_list(client: Client) -> None:
    assert await banks(client, "US", "USD") == []
    assert await banks(client, "DE", "PLN") == []


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"country": "DE"}, ("missing_parameter", "currency")),
        ({"currency": "EUR"}, ("missing_parameter", "country")),
        ({"country": "Germany", "currency": "EUR"}, ("invalid_parameter", "country")),
    ],
)
async def test_banks_need_country_and_currency(
    client: Client, query: dict[str, str], expected: tuple[str, str]
) -> None:
    assert errors(await call(client, "GET", BANKS_PATH, 400, params=query)) == [expected]


async def test_bank_of_another_country_makes_no_source(client: Client) -> None:
    addresses = {"returnUrl": "https://shop.example/", "cancelUrl": "https://shop.example/"}
    owner = {"firstName": "Ada", "lastName": "King", "email": "ada@example.com", "address": {"country": "AT"}}
    body: dict[str, Any] = {"type": "onlineBanking", "amount": 5, "currency": "EUR", "owner": owner}
    for code, status in (("30", 201), ("21", 400), ("999", 400)):
        sent = body | {"onlineBanking": addresses | {"bankCode": code}}
        answer = await create(client, status, **sent)
        if status == 400:
            assert errors(answer) == [("invalid_parameter", "onlineBanking.bankCode")]
        else:
            assert answer["onlineBanking"] == {"bankCode": code}


async def test_stores_have_names_and_logos(client: Client) -> None:
    stores = await call(client, "GET", "/payments/konbini/stores")
    assert [store["storeId"] for store in stores] == ["010", "030", "060", "080"]
    for store in stores:
        assert store == IsPartialDict(storeName=IsStr(min_length=1), localizedStoreName=IsStr(min_length=1))
        assert (await client.http.get(store["storeLogoUrl"])).headers["content-type"].startswith("image/")


# Schemas of countries.


async def spec(client: Client, country: str, entity: str) -> dict[str, Any] | None:
    """The answer's only element, with its schemas decoded; None if there is no element."""
    answer = await call(client, "GET", SPECS, params={"country": country, "sellingEntity": entity})
    if not answer["data"]:
        return None
    (country_spec,) = answer["data"]
    schemas = {name: json.loads(value) for name, value in country_spec.items() if name.endswith("Schema")}
    lists = {
        name: [json.loads(schema) for schema in value]
        for name, value in country_spec.items()
        if name.endswith("Schemas")
    }
    return {**country_spec, **schemas, **lists}


@pytest.mark.parametrize(
    ("country", "entity", "fitting", "unfitting"),
    [
        ("US", "DR_INC-ENTITY", "55343-1234", "5534"),
        ("CA", "DR_INC-ENTITY", "K1A 0B1", "12345"),
        ("DE", "DR_IRELAND-ENTITY", "10115", "1011"),
        ("GB", "DR_IRELAND-ENTITY", "SW1A 1AA", "10115"),
    ],
)
async def test_address_schemas_fit_the_country(
    client: Client, country: str, entity: str, fitting: str, unfitting: str
) -> None:
    country_spec = await spec(client, country, entity)
    assert country_spec is not None
    assert (country_spec["country"], country_spec["sellingEntity"], country_spec["liveMode"]) == (
        country,
        entity,
        False,
    )
    for name in ("billingAddressSchema", "shippingAddressSchema", "billingAddressOnlySchema"):
        properties, required = country_spec[name]["properties"], country_spec[name]["required"]
        assert set(required) <= properties.keys()
        assert re.search(properties["postalCode"]["pattern"], fitting)
        assert not re.search(properties["postalCode"]["pattern"], unfitting)
        assert properties["country"]["enum"] == [country]
        assert ("state" in properties) == (country in ("US", "CA"))
    assert country_spec["billingAddressSchema"]["required"] == ["country", "postalCode"]
    assert "line1" in country_spec["shippingAddressSchema"]["required"]


async def test_identifier_schemas_are_those_of_the_cart(client: Client) -> None:
    brazil = await spec(client, "BR", "DR_IRELAND-ENTITY")
    assert brazil is not None
    assert "billingAddressSchema" not in brazil
    (individual,) = brazil["individualTaxIdentifiersSchemas"]
    assert (individual["title"], individual["required"]) == ("cpf", ["taxIdentifier"])
    assert re.search(individual["properties"]["taxIdentifier"]["pattern"], "12345678909")
    germany = await spec(client, "DE", "DR_IRELAND-ENTITY")
    assert germany is not None
    assert germany["individualTaxIdentifiersSchemas"] == []
    assert [schema["required"] for schema in germany["businessTaxIdentifiersSchemas"]] == [[]]


async def test_unknown_country_or_entity_has_no_schemas(client: Client) -> None:
    assert await spec(client, "AQ", "DR_IRELAND-ENTITY") is None
    assert await spec(client, "US", "DR_IRELAND-ENTITY") is None
    assert await spec(client, "US", "undefined") is None
    assert errors(await call(client, "GET", SPECS, 400, params={"country": "US"})) == [
        ("missing_parameter", "sellingEntity")
    ]
    assert errors(await call(client, "GET", SPECS, 400, params={"sellingEntity": "DR_INC-ENTITY"})) == [
        ("missing_parameter", "country")
    ]


# Sessions of wallets.


async def test_apple_pay_session_is_for_the_domain_of_the_page(client: Client) -> None:
    body = {"validationUrl": "https://apple.example/session", "domain": "shop.example", "displayName": "shop.example"}
    session = await call(client, "POST", APPLE, json=body)
    assert session == IsPartialDict(domainName="shop.example", displayName="shop.example")
    assert session["merchantSessionIdentifier"].startswith("SSH")
    assert session["expiresAt"] - session["epochTimestamp"] == 5 * 60 * 1000
    again = await call(client, "POST", APPLE, json=body)
    assert again["nonce"] != session["nonce"]
    for changes, expected in (
        ({"domain": None}, ("missing_parameter", "domain")),
        ({"validationUrl": None}, ("missing_parameter", "validationUrl")),
        ({"validationUrl": "javascript:alert(1)"}, ("invalid_parameter", "validationUrl")),
    ):
        assert errors(await call(client, "POST", APPLE, 400, json=body | changes)) == [expected]


async def test_google_pay_session_has_the_market_of_the_cart(client: Client) -> None:
    session_id = (await client.fill())["paymentSession"]["id"]
    session = await call(client, "POST", GOOGLE, json={"sessionId": session_id})
    assert session["transactionInfo"] == {"countryCode": "US", "currencyCode": "USD"}
    assert "VISA" in session["allowedPaymentMethods"][0]["parameters"]["allowedCardNetworks"]
    elsewhere = await call(client, "POST", GOOGLE, json={"country": "de", "currency": "eur"})
    assert elsewhere["transactionInfo"] == {"countryCode": "DE", "currencyCode": "EUR"}
    assert errors(await call(client, "POST", GOOGLE, 400, json={})) == [("missing_parameter", "country")]
    assert errors(await call(client, "POST", GOOGLE, 404, json={"sessionId": "x"})) == [("not_found", "sessionId")]


@pytest.mark.parametrize(
    ("country", "currency", "expected"),
    [
        ("US", "USD", ("NA", "USD")),
        ("DE", "EUR", ("EU", "EUR")),
        ("GB", "GBP", ("EU", "GBP")),
        ("JP", "JPY", ("JP", "JPY")),
    ],
)
async def test_amazon_pay_session_has_the_region_of_the_shopper(
    client: Client, country: str, currency: str, expected: tuple[str, str]
) -> None:
    session = await call(client, "POST", AMAZON, json={"country": country, "currency": currency})
    assert (session["amazonPay"]["region"], session["amazonPay"]["ledgerCurrency"]) == expected


async def test_amazon_pay_session_takes_the_country_of_the_cart(client: Client) -> None:
    session_id = (await client.fill())["paymentSession"]["id"]
    address = ADDRESS | {"country": "JP", "countrySubdivision": None, "postalCode": "106-0032"}
    await client.ask("PUT", f"{CART}/billing-address", 204, json={"address": address})
    session = await call(client, "POST", AMAZON, json={"sessionId": session_id})
    assert session["amazonPay"]["region"] == "JP"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", BANKS_PATH),
        ("GET", "/payments/konbini/stores"),
        ("GET", SPECS),
        ("POST", APPLE),
        ("POST", GOOGLE),
        ("POST", AMAZON),
    ],
)
async def test_choices_need_the_public_key(client: Client, method: str, path: str) -> None:
    answer = await client.http.request(method, path)
    assert (answer.status_code, answer.json()["type"]) == (401, "unauthorized")
    wrong = await client.http.request("PATCH", path)
    assert (wrong.status_code, errors(wrong.json())) == (405, [("method_not_allowed", None)])
