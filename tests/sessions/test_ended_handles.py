"""What a client learns when its session has ended, or when it asks for a session that it has already."""

from typing import Any

import pytest

from sandbox.model.world import World
from tests.support.shop import PACK, Clock, Storefront

START = """mutation($input: StartSessionInput!) { startSession(input: $input) {
  bearerToken session { id locale currencyCode } warnings { code message } errors { code } } }"""
ADD = """mutation($id: String!) { addCartLines(input: {lines: [{product: {upstreamId: $id}}]}) {
  bearerToken cart { totalQuantity } warnings { code } errors { code } } }"""
SIGN_IN = """mutation($username: String!, $password: String!) { signIn(input: {
  credentials: {password: {username: $username, password: $password}}}) {
    bearerToken session { level } warnings { code } errors { code } } }"""
READ = "{ session { id } cart { id } }"


def codes(payload: dict[str, Any]) -> list[str]:
    return [warning["code"] for warning in payload["warnings"]]


def extension_codes(body: dict[str, Any]) -> list[str]:
    warnings = body.get("extensions", {}).get("riverfront", {}).get("warnings", [])
    return [warning["code"] for warning in warnings]


async def start(storefront: Storefront, **fields: Any) -> dict[str, Any]:
    payload: dict[str, Any] = (await storefront.ask(START, input=fields)).data["startSession"]
    return payload


@pytest.fixture
async def dead_app(storefront: Storefront, clock: Clock) -> Storefront:
    """An app whose bearer token was valid once."""
    token = (await start(storefront, delivery="BEARER"))["bearerToken"]
    clock.move(1801)
    return Storefront(storefront.http, {"Authorization": f"Bearer {token}"})


@pytest.mark.parametrize(
    "wish", [{"locale": "de-DE"}, {"currencyCode": "GBP"}, {"locale": "sv-SE"}, {"delivery": "BEARER"}]
)
async def test_start_with_other_arguments_reports_that_the_session_stays(
    storefront: Storefront, world: World, wish: dict[str, str]
) -> None:
    first = await start(storefront)
    world.calls.clear()
    again = await start(storefront, **wish)
    assert again["session"] == first["session"]
    assert (codes(again), again["errors"], again["bearerToken"]) == (["SESSION_KEPT"], [], None)
    assert world.calls.count() == 0


@pytest.mark.parametrize("delivery", ["COOKIE", "BEARER"])
async def test_start_with_the_arguments_of_the_session_warns_of_nothing(storefront: Storefront, delivery: str) -> None:
    first = await start(storefront, locale="de-DE", delivery=delivery)
    if first["bearerToken"]:
        storefront.headers["Authorization"] = f"Bearer {first['bearerToken']}"
    for fields in ({}, {"locale": "de-DE"}, {"currencyCode": "EUR"}, {"delivery": delivery}):
        again = await start(storefront, **fields)
        assert (again["session"], codes(again)) == (first["session"], [])


async def test_first_calls_of_a_guest_warn_of_nothing(storefront: Storefront) -> None:
    read = await storefront.ask(READ)
    assert (read.status, read.body) == (200, {"data": {"session": None, "cart": None}})
    added = (await storefront.ask(ADD, id=PACK)).data["addCartLines"]
    assert (codes(added), added["errors"]) == ([], [])
    assert extension_codes((await storefront.ask(READ)).body) == []


async def test_line_added_with_an_ended_token_returns_another(dead_app: Storefront) -> None:
    answer = await dead_app.ask(ADD, id=PACK)
    added = answer.data["addCartLines"]
    assert (codes(added), added["errors"]) == (["SESSION_RESTARTED"], [])
    assert "set-cookie" not in answer.headers, "an app would never send the cookie"
    app = Storefront(dead_app.http, {"Authorization": f"Bearer {added['bearerToken']}"})
    assert (await app.ask("{ cart { totalQuantity } }")).data["cart"]["totalQuantity"] == 1


async def test_unread_warning_of_a_new_session_is_in_the_extensions(dead_app: Storefront) -> None:
    query = ADD.replace("warnings { code }", "")
    assert extension_codes((await dead_app.ask(query, id=PACK)).body) == ["SESSION_RESTARTED"]


async def test_session_started_with_an_ended_token_is_for_apps(dead_app: Storefront) -> None:
    started = await start(dead_app)
    assert codes(started) == ["SESSION_RESTARTED"]
    assert started["bearerToken"]


async def test_sign_in_with_an_ended_token_returns_another(dead_app: Storefront, world: World) -> None:
    keys = world.keys
    answer = await dead_app.ask(SIGN_IN, username=keys.shopper_username, password=keys.shopper_password)
    signed_in = answer.data["signIn"]
    assert (codes(signed_in), signed_in["errors"]) == (["SESSION_RESTARTED"], [])
    assert signed_in["session"] == {"level": "REGISTERED"}
    assert signed_in["bearerToken"]
    assert "set-cookie" not in answer.headers


async def test_line_added_with_an_ended_cookie_has_a_warning(storefront: Storefront, clock: Clock) -> None:
    await storefront.add(PACK)
    clock.move(1801)
    answer = await storefront.ask(ADD, id=PACK)
    assert codes(answer.data["addCartLines"]) == ["SESSION_RESTARTED"]
    assert answer.data["addCartLines"]["cart"] == {"totalQuantity": 1}
    assert "set-cookie" in answer.headers


@pytest.mark.parametrize("handle", ["ended token", "unknown token", "ended cookie"])
async def test_read_with_an_ended_handle_has_a_warning(
    dead_app: Storefront, storefront: Storefront, clock: Clock, handle: str
) -> None:
    client = dead_app
    if handle == "unknown token":
        client = Storefront(storefront.http, {"Authorization": "Bearer unknown"})
    elif handle == "ended cookie":
        client = storefront
        await client.add(PACK)
        clock.move(1801)
    answer = await client.ask(READ)
    assert (answer.status, answer.body["data"]) == (200, {"session": None, "cart": None})
    assert extension_codes(answer.body) == ["SESSION_ENDED"]


async def test_error_of_an_ended_session_needs_no_warning_beside_it(dead_app: Storefront) -> None:
    answer = await dead_app.ask("{ cart { id } paymentSession { id } }")
    assert answer.codes == ["SESSION_EXPIRED"]
    assert extension_codes(answer.body) == []


async def test_public_query_does_not_look_for_the_session(dead_app: Storefront) -> None:
    answer = await dead_app.ask("{ storefront { locales } }")
    assert extension_codes(answer.body) == []
