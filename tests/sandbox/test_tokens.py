"""Tokens of guests and registered shoppers: sign-in, renewal and revocation."""

import base64

import pytest
from dirty_equals import IsPartialDict

from tests.sandbox.accounts import BOOK, request_token
from tests.support.commerce_client import ME, Client, code
from tests.support.shop import CART, PACK, POLES


async def test_each_grant_type_issues_the_documented_tokens(client: Client) -> None:
    assert (await client.start())["token_type"] == "bearer"
    assert "refresh_token" not in await client.start("client_credentials")
    wrong = await client.http.post("/oauth20/token", auth=("riverdemo", "guess"), data={"grant_type": "password"})
    assert (wrong.status_code, wrong.json()["error"]) == (401, "invalid_client")


async def test_refresh_token_can_be_used_once_and_keeps_the_cart(client: Client) -> None:
    guest = await client.start()
    await client.ask("POST", f"{CART}?productId={PACK}")
    renewed = await client.renew(guest["refresh_token"])
    client.token = renewed.json()["access_token"]
    assert (await client.cart())["totalItemsInCart"] == 1
    info = await client.ask("GET", "/oauth20/access-tokens")
    assert info == IsPartialDict(authenticated="false", cartId=str((await client.cart())["id"]))
    assert (await client.renew(guest["refresh_token"])).status_code == 401, "a refresh token can be used once"
    assert (await client.renew(renewed.json()["refresh_token"])).status_code == 200


async def test_revoking_one_token_revokes_the_whole_session(client: Client) -> None:
    guest = await client.start()
    old = client.token
    renewed = (await client.renew(guest["refresh_token"])).json()
    client.token = renewed["access_token"]
    await client.ask("DELETE", "/oauth20/access-tokens")
    for client.token in (old, renewed["access_token"]):
        gone = await client.ask("GET", CART, 401)
        assert gone["errors"]["error"][0] == IsPartialDict(description="Invalid token for specified shopper")
    assert (await client.ask("GET", "/oauth20/access-tokens", 401))["error"] == "invalid_token"
    assert (await client.renew(renewed["refresh_token"])).status_code == 401


async def test_revoking_one_session_does_not_end_another(client: Client) -> None:
    first = await client.sign_in()
    second = await client.sign_in()
    client.token = first["access_token"]
    await client.ask("DELETE", "/oauth20/access-tokens")
    await client.ask("GET", ME, 401)
    client.token = second["access_token"]
    await client.ask("GET", ME)
    assert (await client.renew(first["refresh_token"])).status_code == 401
    assert (await client.renew(second["refresh_token"])).status_code == 200


async def test_access_token_expires_after_a_day(client: Client) -> None:
    await client.http.post("/_sandbox/clock", json={"forward_s": 24 * 3600 + 1})
    late = await client.ask("GET", CART, 401)
    assert late["errors"]["error"][0]["description"] == "Session expired"


async def test_token_information_names_the_registered_shopper(alex: Client) -> None:
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
    assert [entry["nickName"] for entry in whole["addresses"]["address"]] == ["Home", "Work"]
    assert whole["paymentOptions"]["paymentOption"][0]["creditCard"]["lastFourDigits"] == "1111"


async def test_password_is_accepted_in_plain_text_and_base64(client: Client) -> None:
    keys = client.world.keys
    for password in (keys.shopper_password, base64.b64encode(keys.shopper_password.encode()).decode()):
        form = {"grant_type": "password", "username": keys.shopper_username, "password": password}
        assert (await request_token(client, form))["refresh_token"]


async def test_wrong_password_and_unknown_user_get_the_same_error(client: Client) -> None:
    wrong = {"grant_type": "password", "username": client.world.keys.shopper_username, "password": "guess"}
    unknown = wrong | {"username": "nobody@example.com"}
    refused = await request_token(client, wrong, 401)
    assert refused == IsPartialDict(error="invalid_request")
    assert await request_token(client, unknown, 401) == refused


async def test_merchant_signs_in_a_shopper_by_external_reference(client: Client) -> None:
    form = {"grant_type": "client_credentials", "dr_external_reference_id": "rf-cust-000043"}
    body = await request_token(client, form)
    assert "refresh_token" not in body
    client.token = body["access_token"]
    assert (await client.ask("GET", ME))["shopper"]["firstName"] == "Sam"
    await request_token(client, form | {"dr_external_reference_id": "nobody"}, 401)
    public = (client.world.keys.public_key, "")
    assert (await request_token(client, form, 400, auth=public))["error"] == "invalid_request"


@pytest.mark.parametrize("credentials", ["dr_limited_token", "Bearer"])
async def test_sign_in_moves_the_guest_cart_to_the_account(client: Client, credentials: str) -> None:
    guest = await client.start()
    await client.fill()
    if credentials == "Bearer":
        keys = client.world.keys
        form = {"grant_type": "password", "username": keys.shopper_username, "password": keys.shopper_password}
        headers = {"Authorization": f"Bearer {guest['access_token']}"}
        client.token = (await request_token(client, form, auth=None, headers=headers))["access_token"]
    else:
        await client.sign_in(dr_limited_token=guest["access_token"])
    assert (await client.cart())["totalItemsInCart"] == 1
    client.token = guest["access_token"]
    assert code(await client.ask("GET", CART, 401)) == "invalid_token"
    await request_token(client, {"grant_type": "refresh_token", "refresh_token": guest["refresh_token"]}, 401)


async def test_sign_in_with_an_invalid_dr_limited_token_is_rejected(client: Client) -> None:
    full = await client.sign_in()
    keys = client.world.keys
    form = {"grant_type": "password", "username": keys.shopper_username, "password": keys.shopper_password}
    for token in (full["access_token"], "unknown"):
        body = await request_token(client, form | {"dr_limited_token": token}, 400)
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
async def test_sandbox_switch_decides_which_cart_remains_after_sign_in(
    client: Client, switches: dict[str, str], ids: dict[int, int]
) -> None:
    await client.http.post("/_sandbox/switches", json=switches)
    await client.sign_in()
    await client.ask("POST", f"{CART}?productId={POLES}")
    guest = await client.start()
    await client.ask("POST", f"{CART}?productId={PACK}&quantity=2")
    await client.sign_in(dr_limited_token=guest["access_token"])
    lines = (await client.cart())["lineItems"]["lineItem"]
    assert {line["product"]["id"]: line["quantity"] for line in lines} == ids
