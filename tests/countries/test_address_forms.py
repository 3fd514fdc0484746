"""Countries of the storefront and the forms of their addresses: names, order, required fields and subdivisions."""

import re
import unicodedata
from typing import Any

import pytest

from sandbox.model.world import World
from schema.build import build
from tests.support.shop import DETAILS, Clock, InMemoryTransport, Shopper, Storefront, gateway

FORM = """query($codes: [CountryCode!], $kind: AddressKind, $locale: Locale) @inContext(locale: $locale) {
  storefront { countries(codes: $codes) { code name isBillingCountry isShippingCountry
    addressFields(kind: $kind) { name label isRequired isUpperCase pattern examples }
    subdivisions { code isoCode name } } } }"""

NAMES = "query($locale: Locale) @inContext(locale: $locale) { storefront { countries { code name } } }"

CODES = "{ storefront { billingCountries shippingCountries } }"

CPF = "52998224725"

DOCUMENTED_STATES = """AK AL AR AZ CA CO CT DC DE FL GA HI IA ID IL IN KS KY LA MA MD ME MI MN MO MS MT NC ND NE NH NJ
NM NV NY OH OK OR PA RI SC SD TN TX UT VA VT WA WI WV WY AS GU MP PR VI AE AP AA"""
"""States, territories and military addresses that Digital River documents, with the states that its table lacks."""

TYPED = {
    "firstName": "Ada",
    "lastName": "Lovelace",
    "line1": "1 Analytical Row",
    "city": "Springfield",
    "phoneNumber": "952-555-0100",
    "email": "ada@example.com",
}
"""What the shopper types. Subdivision and postal code come from the form."""


async def countries(storefront: Storefront, locale: str | None = None, **variables: Any) -> list[dict[str, Any]]:
    answer = await storefront.ask(FORM, **variables, locale=locale)
    entries: list[dict[str, Any]] = answer.data["storefront"]["countries"]
    return entries


async def country(storefront: Storefront, code: str, **variables: Any) -> dict[str, Any]:
    (form,) = await countries(storefront, codes=[code], **variables)
    return form


def fields(country: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {field["name"]: field for field in country["addressFields"]}


def filled(country: dict[str, Any]) -> dict[str, str]:
    """An address with the required fields of the form."""
    address = {"countryCode": country["code"]}
    for field in country["addressFields"]:
        if field["isRequired"]:
            name = field["name"]
            choices = {"countrySubdivision": [entry["code"] for entry in country["subdivisions"]]}
            address[name] = [*field["examples"], *choices.get(name, ()), TYPED.get(name)][0]
    return address


@pytest.mark.parametrize(
    ("code", "locale", "names"),
    [
        ("US", "en-US", "firstName lastName line1 city countrySubdivision postalCode phoneNumber email"),
        ("DE", "de-DE", "firstName lastName line1 postalCode city phoneNumber email"),
        ("GB", "en-GB", "firstName lastName line1 city postalCode phoneNumber email"),
        ("BR", "en-US", "firstName lastName line1 city countrySubdivision postalCode phoneNumber email"),
        ("JP", "ja-JP", "postalCode countrySubdivision city line1 lastName firstName phoneNumber email"),
    ],
)
async def test_address_from_required_fields_of_the_form_buys(
    shopper: Shopper, code: str, locale: str, names: str
) -> None:
    form = await country(shopper.storefront, code, locale=locale)
    address = filled(form)
    assert list(address) == ["countryCode", *names.split()]
    await shopper.storefront.add("5401230100")
    payload = (await shopper.storefront.ask(DETAILS, address=address)).data["prepareCheckout"]
    assert payload["errors"] == []
    if code == "BR":
        text = """mutation($v: String!) { setTaxIdentifiers(input: {customerType: INDIVIDUAL,
          taxIdentifiers: [{key: "CPF", value: $v}]}) { errors { code } } }"""
        assert (await shopper.storefront.ask(text, v=CPF)).data["setTaxIdentifiers"]["errors"] == []
    missing = "{ paymentSession { dropIn { missingFields } } }"
    assert (await shopper.storefront.ask(missing)).data["paymentSession"]["dropIn"]["missingFields"] == []
    await shopper.pay_with()
    assert (await shopper.storefront.outcome())["__typename"] == "OrderPlaced"


async def test_form_of_each_country_fits_the_input(storefront: Storefront) -> None:
    inputs = set(build().core.type_map["AddressInput"].fields)  # type: ignore[attr-defined]  # an input type
    codes = (await storefront.ask(CODES)).data["storefront"]["billingCountries"]
    for start in range(0, len(codes), 10):
        for locale in ("en-US", "ja-JP"):
            for form in await countries(storefront, codes=codes[start : start + 10], locale=locale):
                names = [field["name"] for field in form["addressFields"]]
                assert len(set(names)) == len(names), form["code"]
                assert {"firstName", "lastName", "line1", "city", "email"} <= set(names) <= inputs
                for field in form["addressFields"]:
                    assert all(re.fullmatch(field["pattern"], example) for example in field["examples"])
                choices = [entry["code"] for entry in form["subdivisions"]]
                assert len(set(choices)) == len(choices)
                assert not choices or "countrySubdivision" in names
                assert all(entry["name"] for entry in form["subdivisions"])


@pytest.mark.parametrize("name", ["email", "phoneNumber"])
async def test_contact_details_are_required_in_billing_addresses_only(storefront: Storefront, name: str) -> None:
    assert fields(await country(storefront, "DE"))[name]["isRequired"] is True
    assert fields(await country(storefront, "DE", kind="SHIPPING"))[name]["isRequired"] is False


async def test_labels_are_those_of_the_country(storefront: Storefront) -> None:
    names = ("city", "countrySubdivision", "postalCode")
    labels = {
        form["code"]: [fields(form)[name]["label"] for name in names if name in fields(form)]
        for form in await countries(storefront, codes=["US", "GB", "JP", "IE", "CA", "HK"])
    }
    assert labels == {
        "US": ["CITY", "STATE", "ZIP_CODE"],
        "GB": ["POST_TOWN", "POSTAL_CODE"],
        "JP": ["CITY", "PREFECTURE", "POSTAL_CODE"],
        "IE": ["CITY", "COUNTY", "EIRCODE"],
        "CA": ["CITY", "PROVINCE", "POSTAL_CODE"],
        "HK": ["DISTRICT", "AREA"],
    }


async def test_subdivisions_have_names_in_the_language_of_the_locale(storefront: Storefront) -> None:
    by_locale = {
        locale: next(
            entry
            for entry in (await country(storefront, "JP", locale=locale))["subdivisions"]
            if "23" in entry["isoCode"]
        )
        for locale in ("ja-JP", "en-US")
    }
    assert by_locale == {
        "ja-JP": {"code": "愛知県", "isoCode": "JP-23", "name": "愛知県"},
        "en-US": {"code": "愛知県", "isoCode": "JP-23", "name": "Aichi"},
    }


async def test_subdivisions_without_a_translation_are_in_latin_script(storefront: Storefront) -> None:
    codes = (await storefront.ask(CODES)).data["storefront"]["billingCountries"]
    foreign = {
        entry["name"]
        for start in range(0, len(codes), 10)
        for form in await countries(storefront, codes=codes[start : start + 10], locale="de-DE")
        for entry in form["subdivisions"]
        if any(letter.isalpha() and "LATIN" not in unicodedata.name(letter) for letter in entry["name"])
    }
    assert foreign == set()


async def test_family_name_comes_first_in_the_language_of_the_form(storefront: Storefront) -> None:
    for locale, names in (("ja-JP", ["lastName", "firstName"]), ("en-US", ["firstName", "lastName"])):
        for code in ("JP", "US"):
            form = await country(storefront, code, locale=locale)
            assert [name for name in fields(form) if name in names] == names


async def test_japanese_form_asks_for_readings_of_the_names(storefront: Storefront) -> None:
    names = list(fields(await country(storefront, "JP", locale="ja-JP")))
    start = names.index("companyName")
    assert names[start:] == [
        "companyName",
        "division",
        "lastName",
        "firstName",
        "phoneticLastName",
        "phoneticFirstName",
        "phoneNumber",
        "email",
    ]


async def test_states_are_those_that_digital_river_lists(storefront: Storefront, shopper: Shopper) -> None:
    form = await country(storefront, "US")
    codes = [entry["code"] for entry in form["subdivisions"]]
    assert sorted(codes) == sorted(DOCUMENTED_STATES.split())
    await storefront.add("5401230100")
    for code in ("PR", "AE"):
        assert (await storefront.give_details(countrySubdivision=code))["errors"] == []


async def test_postal_code_pattern_is_what_digital_river_accepts(storefront: Storefront) -> None:
    pattern = fields(await country(storefront, "US"))["postalCode"]["pattern"]
    assert re.fullmatch(pattern, "55343-1234")
    assert not re.fullmatch(pattern, "55343 1234")


async def test_country_lists_are_whole_without_a_setting(storefront: Storefront) -> None:
    listed = (await storefront.ask(CODES)).data["storefront"]
    assert listed["billingCountries"] == listed["shippingCountries"]
    assert len(listed["billingCountries"]) == 249
    assert {"US", "DE", "JP"} <= set(listed["billingCountries"])


async def test_countries_of_the_settings_are_marked(world: World, network: InMemoryTransport, clock: Clock) -> None:
    async with gateway(world, network, clock, billing_countries="US,DE", shipping_countries="DE,AT") as storefront:
        listed = (await storefront.ask(CODES)).data["storefront"]
        assert listed == {"billingCountries": ["US", "DE"], "shippingCountries": ["DE", "AT"]}
        marks = {
            form["code"]: (form["isBillingCountry"], form["isShippingCountry"])
            for form in await countries(storefront, codes=["US", "DE", "AT", "FR"])
        }
        assert marks == {"US": (True, False), "DE": (True, True), "AT": (False, True)}


async def test_names_of_countries_are_sorted_in_the_locale(storefront: Storefront) -> None:
    names = [entry["name"] for entry in (await storefront.ask(NAMES, locale="de-DE")).data["storefront"]["countries"]]
    assert len(names) == 249
    assert names[: names.index("Albanien")] == ["Afghanistan", "Ägypten", "Ålandinseln"]
    english = (await storefront.ask(NAMES, locale="en-US")).data["storefront"]["countries"]
    assert {"code": "DE", "name": "Germany"} in english


async def test_form_of_a_country_is_cacheable_in_public(storefront: Storefront) -> None:
    text = '{ storefront { countries(codes: ["DE"]) { name addressFields { name } } } }'
    answer = await storefront.http.get("/graphql", params={"query": text})
    assert answer.headers["cache-control"] == "public, max-age=3600, stale-if-error=86400"


async def test_cost_counts_the_countries_and_their_forms(storefront: Storefront) -> None:
    form = await storefront.ask(FORM, codes=["DE"])
    names = await storefront.ask(NAMES)
    assert int(form.headers["x-riverfront-cost"]) == 2 + 14 + 50
    assert int(names.headers["x-riverfront-cost"]) == 1 + 250
    assert (await storefront.ask(FORM)).codes == ["OPERATION_TOO_EXPENSIVE"]
