"""The sandbox's registered shoppers against what is documented of the real service."""

import base64
from typing import Any

import httpx
import pytest
from dirty_equals import IsInt, IsPartialDict, IsStr

from sandbox.model.world import World
from tests.support.commerce_client import ADDRESS, ME, Client, code
from tests.support.shop import CART, PACK, POLES

TOKEN = "/oauth20/token"
BOOK = f"{ME}/addresses"
OPTIONS = f"{ME}/payment-options"
PASSWORD = "Lakes+Rivers7"


@pytest.fixture
async def alex(client: Client) -> Client:
    await client.sign_in()
    return client


async def give(client: Client, form: dict[str, str], status: int = 200, **more: Any) -> Any:
    keys = client.world.keys
    given: dict[str, Any] = {"auth": (keys.confidential_key, keys.confidential_secret)} | more
    answer = await client.http.post(TOKEN, data=form, **given)
    assert answer.status_code == status, answer.text
    return answer.json()


def new_shopper(**changes: Any) -> dict[str, Any]:
    shopper = {
        "username": "kim@example.com",
        "password": base64.b64encode(PASSWORD.encode()).decode(),
        "firstName": "Kim",
        "lastName": "Ford",
        "emailAddress": "kim@example.com",
    }
    return {"shopper": {name: value for name, value in (shopper | changes).items() if value is not None}}


# Tokens.


async def test_a_full_token_is_somebodys(alex: Client) -> None:
    info = await alex.ask("GET", "/oauth20/access-tokens")
    assert info == IsPartialDict(authenticated="true", externalReferenceId="rf-cust-000042")
    shopper = (await alex.ask("GET", ME))["shopper"]
    assert shopper == IsPartialDict(
        id=info["userId"],
        username="alex.rivera@example.com",
        firstName="Alex",
        lastName="Rivera",
        emailAddress="alex.rivera@example.com",
        locale="en_US",
        currency="USD",
    )
    assert shopper["addresses"] == {"uri": f"http://sandbox{BOOK}"}
    whole = (await alex.ask("GET", f"{ME}?expand=all"))["shopper"]
    assert [one["nickName"] for one in whole["addresses"]["address"]] == ["Home", "Work"]
    assert whole["paymentOptions"]["paymentOption"][0]["creditCard"]["lastFourDigits"] == "1111"


async def test_a_password_is_taken_plain_and_in_base64(client: Client) -> None:
    keys = client.world.keys
    for password in (keys.shopper_password, base64.b64encode(keys.shopper_password.encode()).decode()):
        form = {"grant_type": "password", "username": keys.shopper_username, "password": password}
        assert (await give(client, form))["refresh_token"]


async def test_wrong_credentials_are_told_alike(client: Client) -> None:
    wrong = {"grant_type": "password", "username": client.world.keys.shopper_username, "password": "guess"}
    unknown = wrong | {"username": "nobody@example.com"}
    assert await give(client, wrong, 401) == await give(client, unknown, 401) == IsPartialDict(error="invalid_request")


async def test_the_merchant_names_a_shopper_by_reference(client: Client) -> None:
    form = {"grant_type": "client_credentials", "dr_external_reference_id": "rf-cust-000043"}
    body = await give(client, form)
    assert "refresh_token" not in body
    client.token = body["access_token"]
    assert (await client.ask("GET", ME))["shopper"]["firstName"] == "Sam"
    await give(client, form | {"dr_external_reference_id": "nobody"}, 401)
    public = (client.world.keys.public_key, "")
    assert (await give(client, form, 400, auth=public))["error"] == "invalid_request"


@pytest.mark.parametrize("way", ["dr_limited_token", "Bearer"])
async def test_the_cart_follows_a_guest_who_signs_in(client: Client, way: str) -> None:
    guest = await client.start()
    await client.fill()
    if way == "Bearer":
        keys = client.world.keys
        form = {"grant_type": "password", "username": keys.shopper_username, "password": keys.shopper_password}
        headers = {"Authorization": f"Bearer {guest['access_token']}"}
        client.token = (await give(client, form, auth=None, headers=headers))["access_token"]
    else:
        await client.sign_in(dr_limited_token=guest["access_token"])
    assert (await client.cart())["totalItemsInCart"] == 1
    client.token = guest["access_token"]
    assert code(await client.ask("GET", CART, 401)) == "invalid_token"
    await give(client, {"grant_type": "refresh_token", "refresh_token": guest["refresh_token"]}, 401)


async def test_a_limited_token_must_be_a_guests_and_alive(client: Client) -> None:
    full = await client.sign_in()
    keys = client.world.keys
    form = {"grant_type": "password", "username": keys.shopper_username, "password": keys.shopper_password}
    for text in (full["access_token"], "unknown"):
        body = await give(client, form | {"dr_limited_token": text}, 400)
        assert body["error"] == "dr_limited_token_invalid"


@pytest.mark.parametrize(
    ("switches", "ids"),
    [
        ({}, {int(PACK): 2, int(POLES): 1}),
        ({"two_carts": "guest"}, {int(PACK): 2}),
        ({"two_carts": "account"}, {int(POLES): 1}),
        ({"guest_cart": "stays"}, {int(POLES): 1}),
    ],
)
async def test_two_carts_become_one(client: Client, switches: dict[str, str], ids: dict[int, int]) -> None:
    await client.http.post("/_sandbox/switches", json=switches)
    await client.sign_in()
    await client.ask("POST", f"{CART}?productId={POLES}")
    guest = await client.start()
    await client.ask("POST", f"{CART}?productId={PACK}&quantity=2")
    await client.sign_in(dr_limited_token=guest["access_token"])
    lines = (await client.cart())["lineItems"]["lineItem"]
    assert {line["product"]["id"]: line["quantity"] for line in lines} == ids


async def test_one_visit_ends_and_another_goes_on(client: Client) -> None:
    first = await client.sign_in()
    second = await client.sign_in()
    client.token = first["access_token"]
    await client.ask("DELETE", "/oauth20/access-tokens")
    await client.ask("GET", ME, 401)
    client.token = second["access_token"]
    await client.ask("GET", ME)
    assert (await client.renew(first["refresh_token"])).status_code == 401
    assert (await client.renew(second["refresh_token"])).status_code == 200


# Accounts.


async def test_somebody_registers_and_signs_in(client: Client) -> None:
    answer = await client.http.post(
        "/v1/shoppers", params={"apiKey": client.world.keys.public_key}, json=new_shopper(sendEMail=True)
    )
    assert answer.status_code == 201
    assert answer.headers["location"].endswith(ME)
    assert answer.json()["shopper"] == IsPartialDict(id=IsStr(), username="kim@example.com")
    form = {"grant_type": "password", "username": "Kim@example.com", "password": PASSWORD}
    client.token = (await give(client, form))["access_token"]
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
async def test_an_account_is_refused(client: Client, changes: dict[str, Any], status: int, expected: str) -> None:
    assert code(await client.ask("POST", "/v1/shoppers", status, json=new_shopper(**changes))) == expected


async def test_a_shopper_of_the_merchants_own_needs_no_password(client: Client) -> None:
    await client.ask("POST", "/v1/shoppers", 201, json=new_shopper(password=None, externalReferenceId="rf-9"))
    await give(client, {"grant_type": "client_credentials", "dr_external_reference_id": "rf-9"})
    await give(client, {"grant_type": "password", "username": "kim@example.com", "password": ""}, 401)


async def test_a_profile_is_changed_by_its_owner_only(client: Client) -> None:
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
async def test_a_guests_token_is_none_for_an_account(client: Client, method: str, path: str) -> None:
    assert code(await client.ask(method, path, 401)) == "invalid_token"


async def test_the_site_tells_its_markets(client: Client) -> None:
    site = (await client.ask("GET", "/v1/shoppers/site?expand=all"))["site"]
    assert site == IsPartialDict(id="riverdemo", defaultLocale="en_US")
    assert site["localeOptions"]["localeOption"][0] == IsPartialDict(locale="en_US", primaryCurrency="USD")


# The address book.


async def test_an_address_book_is_kept(alex: Client) -> None:
    short = (await alex.ask("GET", BOOK))["addresses"]["address"]
    assert short[0].keys() == {"uri", "nickName", "isDefault"}
    cabin = {"nickName": "Cabin", "isDefault": "true", **ADDRESS}
    await alex.ask("POST", BOOK, 204, json={"address": cabin})
    book = (await alex.ask("GET", f"{BOOK}?expand=all"))["addresses"]["address"]
    assert [(one["nickName"], one["isDefault"]) for one in book] == [
        ("Home", "false"),
        ("Work", "false"),
        ("Cabin", "true"),
    ]
    assert book[2] == IsPartialDict(id=IsInt(), city="Minnetonka", companyName=None)

    await alex.ask("POST", BOOK, 204, json={"address": cabin | {"city": "Duluth", "isDefault": "false"}})
    again = (await alex.ask("GET", f"{BOOK}/{book[2]['id']}"))["address"]
    assert (again["city"], again["isDefault"]) == ("Duluth", "false"), "the same nickname is the same entry"
    await alex.ask("POST", f"{BOOK}/{book[2]['id']}", 204, json={"address": ADDRESS | {"nickName": "Hut"}})
    assert (await alex.ask("GET", f"{BOOK}/{book[2]['id']}"))["address"]["nickName"] == "Hut"
    await alex.ask("DELETE", f"{BOOK}/{book[2]['id']}", 204)
    assert code(await alex.ask("GET", f"{BOOK}/{book[2]['id']}", 404)) == "resource-not-found"


@pytest.mark.parametrize(
    ("changes", "status", "expected"),
    [
        ({"nickName": ""}, 400, "invalid-request"),
        ({"city": "x" * 256}, 409, "field-too-long"),
        ({"postalCode": "553431234"}, 409, "invalid-postal-code"),
    ],
)
async def test_an_address_is_refused(alex: Client, changes: dict[str, str], status: int, expected: str) -> None:
    body = {"address": {"nickName": "Cabin", **ADDRESS, **changes}}
    assert code(await alex.ask("POST", BOOK, status, json=body)) == expected


async def test_nobody_reaches_what_is_anothers(client: Client) -> None:
    await client.sign_in(1)
    for path in (f"{BOOK}/1655007697", f"{OPTIONS}/740865108"):
        for method in ("GET", "DELETE"):
            assert code(await client.ask(method, path, 404)) == "resource-not-found"
    for name, entry in (("billingAddressId", "1655007697"), ("paymentOptionId", "740865108")):
        await client.ask("POST", f"{CART}/apply-shopper?{name}={entry}", 404)


# Payment options.


async def test_a_card_is_saved_and_charged_again(alex: Client) -> None:
    await alex.fill()
    source_id = await alex.source()
    body = {"paymentOption": {"nickName": "New card", "sourceId": source_id}, "shopper": {"ipAddress": "203.0.113.9"}}
    option = (await alex.ask("POST", OPTIONS, 201, json=body))["paymentOption"]
    assert option == IsPartialDict(nickName="New card", isDefault="false", type="creditCard", sourceId=source_id)
    assert option["creditCard"] == IsPartialDict(brand="Visa", lastFourDigits="1111", reusable="true")
    for _ in range(2):
        await alex.fill()
        await alex.attach(source_id)
        await alex.ask("POST", f"{CART}/submit-cart")
    path = f"{OPTIONS}/{option['id']}"
    await alex.ask("POST", path, json={"paymentOption": {"isDefault": "true"}})
    options = (await alex.ask("GET", OPTIONS))["paymentOptions"]["paymentOption"]
    assert [one["isDefault"] for one in options] == ["false", "false", "true"]
    assert "creditCard" not in options[0], "details need expand"
    await alex.ask("DELETE", path, 204)
    await alex.ask("GET", path, 404)
    await alex.fill()
    assert code(await alex.attach(source_id, 409)) == "source_status_invalid_for_session"


async def test_the_first_option_is_the_default(client: Client) -> None:
    await client.ask("POST", "/v1/shoppers", 201, json=new_shopper())
    form = {"grant_type": "password", "username": "kim@example.com", "password": PASSWORD}
    client.token = (await give(client, form))["access_token"]
    await client.http.post("/_sandbox/switches", json={"saved_option": "empty"})
    await client.fill()
    body = {"paymentOption": {"nickName": "Card", "sourceId": await client.source()}}
    await client.ask("POST", OPTIONS, 204, json=body)
    assert (await client.ask("GET", OPTIONS))["paymentOptions"]["paymentOption"][0]["isDefault"] == "true"


@pytest.mark.parametrize(
    ("type", "changes", "expected"),
    [
        ("creditCard", {"nickName": "Everyday Visa"}, "payment-option-already-exists"),
        ("creditCard", {"sourceId": "00000000-0000-4000-8000-000000000001"}, "source_not_found"),
        ("wireTransfer", {}, "source_not_chargeable"),
        ("payPal", {}, "source_not_chargeable"),
    ],
)
async def test_a_source_is_not_saved(alex: Client, type: str, changes: dict[str, str], expected: str) -> None:
    await alex.fill()
    body = {"paymentOption": {"nickName": "New", "sourceId": await alex.source(type)} | changes}
    assert code(await alex.ask("POST", OPTIONS, 409, json=body)) == expected


async def test_a_saved_source_pays_for_its_owner_alone(alex: Client) -> None:
    option = (await alex.ask("GET", OPTIONS))["paymentOptions"]["paymentOption"][0]
    await alex.fill()
    await alex.attach(option["sourceId"])
    await alex.sign_in(1)
    await alex.fill()
    assert code(await alex.attach(option["sourceId"], 409)) == "apply-payment-failure"


# An account's defaults on a cart.


async def test_defaults_are_applied_to_the_cart(alex: Client) -> None:
    await alex.ask("POST", f"{CART}?productId={PACK}")
    cart = (await alex.ask("POST", f"{CART}/apply-shopper?expand=all"))["cart"]
    assert cart["billingAddress"]["line1"] == cart["shippingAddress"]["line1"] == "10380 Bren Road West"
    assert cart["paymentMethod"]["creditCard"] == IsPartialDict(lastFourDigits="1111", reusable="true")
    assert cart["paymentSession"]["status"] == "requires_confirmation"


async def test_named_entries_are_applied(alex: Client) -> None:
    book = (await alex.ask("GET", f"{BOOK}?expand=all"))["addresses"]["address"]
    await alex.ask("POST", f"{CART}?productId={PACK}")
    path = f"{CART}/apply-shopper?expand=all&billingAddressId={book[1]['id']}&paymentOptionId=740865131"
    cart = (await alex.ask("POST", path))["cart"]
    assert cart["billingAddress"]["city"] == cart["shippingAddress"]["city"] == "Minneapolis", "shipping follows"
    assert cart["paymentMethod"]["creditCard"]["brand"] == "MasterCard"
    again = await alex.ask("POST", f"{CART}/apply-shopper", 409)
    assert code(again) == "apply-payment-failure", "another source is attached"


async def test_without_anything_to_apply_it_fails(client: Client) -> None:
    await client.ask("POST", "/v1/shoppers", 201, json=new_shopper())
    form = {"grant_type": "password", "username": "kim@example.com", "password": PASSWORD}
    client.token = (await give(client, form))["access_token"]
    assert code(await client.ask("POST", f"{CART}/apply-shopper", 409)) == "apply-shopper-failure"


# Corrections of an address.


async def test_a_verifier_offers_corrections(client: Client, sandbox: httpx.AsyncClient, world: World) -> None:
    await client.fill()
    assert "suggestions" not in (await client.cart())["shippingAddress"]
    world.switches.address_verifier = "on"
    (offered,) = (await client.cart())["shippingAddress"]["suggestions"]["address"]
    assert offered == IsPartialDict(postalCode="55343-1234", line1="10380 Bren Road W", companyName="null")
    path = f"{CART}/shipping-address/suggestions"
    assert (await client.ask("GET", path))["suggestions"]["address"] == [offered]
    assert (await client.ask("GET", f"{path}/{offered['id']}"))["address"] == offered
    cart = (await client.ask("POST", f"{CART}/apply-shipping-address?expand=all&suggestionId={offered['id']}"))["cart"]
    assert cart["shippingAddress"]["postalCode"] == "55343-1234"
    assert code(await client.ask("GET", f"{path}/{offered['id']}", 404)) == "resource-not-found", "it was for another"
    shown = (await client.ask("GET", f"{CART}/billing-address"))["address"]
    assert shown == IsPartialDict(id="billingAddress", postalCode="55343")


async def test_a_postal_code_is_enough_for_an_estimate(client: Client) -> None:
    await client.ask("POST", f"{CART}?productId={PACK}")
    cart = (await client.ask("POST", f"{CART}/apply-shipping-address?country=US&postalCode=10001&expand=all"))["cart"]
    assert cart["shippingOptions"]["shippingOption"]
    assert code(await client.ask("POST", f"{CART}/apply-billing-address", 400)) == "invalid-request"
