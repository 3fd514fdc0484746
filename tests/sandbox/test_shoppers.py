"""Registration, profile and settings of shoppers."""

from typing import Any

import pytest
from dirty_equals import IsPartialDict, IsStr

from tests.sandbox.accounts import BOOK, OPTIONS, PASSWORD, new_shopper, request_token
from tests.support.commerce_client import ME, Client, code
from tests.support.shop import CART


async def test_registered_shopper_can_sign_in(client: Client) -> None:
    answer = await client.http.post(
        "/v1/shoppers", params={"apiKey": client.world.keys.public_key}, json=new_shopper(sendEMail=True)
    )
    assert answer.status_code == 201
    assert answer.headers["location"].endswith(ME)
    assert answer.json()["shopper"] == IsPartialDict(id=IsStr(), username="kim@example.com")
    form = {"grant_type": "password", "username": "Kim@example.com", "password": PASSWORD}
    client.token = (await request_token(client, form))["access_token"]
    assert (await client.ask("GET", ME))["shopper"]["lastName"] == "Ford"


@pytest.mark.parametrize(
    ("changes", "status", "expected"),
    [
        ({"username": None}, 400, "invalid-request"),
        ({"lastName": None}, 400, "invalid-request"),
        ({"password": None}, 400, "invalid-request"),
        ({"password": "short+A1"[:7]}, 400, "password-failure"),
        ({"password": "onlylowercase"}, 400, "password-failure"),
        ({"password": "A1+" + "a" * 30}, 400, "password-failure"),
        ({"username": "ALEX.rivera@example.com"}, 409, "shopper-already-exists"),
        ({"externalReferenceId": "rf-cust-000042"}, 409, "shopper-already-exists"),
        ({"locale": "sv_SE"}, 409, "invalid-locale"),
        ({"currency": "SEK"}, 409, "valid-currency-code"),
    ],
)
async def test_invalid_registration_is_rejected(
    client: Client, changes: dict[str, Any], status: int, expected: str
) -> None:
    assert code(await client.ask("POST", "/v1/shoppers", status, json=new_shopper(**changes))) == expected


async def test_shopper_with_an_external_reference_needs_no_password(client: Client) -> None:
    await client.ask("POST", "/v1/shoppers", 201, json=new_shopper(password=None, externalReferenceId="rf-9"))
    await request_token(client, {"grant_type": "client_credentials", "dr_external_reference_id": "rf-9"})
    await request_token(client, {"grant_type": "password", "username": "kim@example.com", "password": ""}, 401)


async def test_profile_can_be_changed_by_registered_shopper_but_not_guest(client: Client) -> None:
    change = {"shopper": {"firstName": "Alexis", "emailAddress": "alexis@example.com"}}
    assert code(await client.ask("POST", ME, 400, json=change)) == "invalid-request"
    await client.sign_in()
    await client.ask("POST", ME, 204, json=change)
    shopper = (await client.ask("GET", ME))["shopper"]
    assert (shopper["firstName"], shopper["lastName"]) == ("Alexis", "Rivera")
    assert code(await client.ask("POST", ME, 409, json={"shopper": {"lastName": "x" * 256}})) == "field-too-long"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", BOOK),
        ("POST", BOOK),
        ("GET", f"{BOOK}/1655007697"),
        ("DELETE", f"{BOOK}/1655007697"),
        ("GET", OPTIONS),
        ("POST", OPTIONS),
        ("GET", f"{OPTIONS}/740865108"),
        ("DELETE", f"{OPTIONS}/740865108"),
        ("POST", f"{CART}/apply-shopper"),
    ],
)
async def test_account_requests_with_a_guest_token_are_rejected(client: Client, method: str, path: str) -> None:
    assert code(await client.ask(method, path, 401)) == "invalid_token"


async def test_addresses_and_payment_options_of_another_account_are_not_found(client: Client) -> None:
    await client.sign_in(1)
    for path in (f"{BOOK}/1655007697", f"{OPTIONS}/740865108"):
        for method in ("GET", "DELETE"):
            assert code(await client.ask(method, path, 404)) == "resource-not-found"
    for name, entry in (("billingAddressId", "1655007697"), ("paymentOptionId", "740865108")):
        await client.ask("POST", f"{CART}/apply-shopper?{name}={entry}", 404)


async def test_ip_address_update_leaves_locale_and_currency_unchanged(client: Client) -> None:
    await client.ask("POST", f"{ME}?locale=en_US&currency=EUR", 204)
    await client.ask("POST", f"{ME}?ipAddress=203.0.113.24", 204)
    assert (await client.ask("GET", ME))["shopper"] == IsPartialDict(locale="en_US", currency="EUR")
    await client.ask("POST", f"{ME}?locale=en_GB", 204)
    assert (await client.ask("GET", ME))["shopper"] == IsPartialDict(locale="en_GB", currency="GBP")


async def test_site_lists_its_locales(client: Client) -> None:
    site = (await client.ask("GET", "/v1/shoppers/site?expand=all"))["site"]
    assert site == IsPartialDict(id="riverdemo", defaultLocale="en_US")
    assert site["localeOptions"]["localeOption"][0] == IsPartialDict(locale="en_US", primaryCurrency="USD")
