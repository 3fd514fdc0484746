"""Sessions: session cookies and bearer tokens, and lifetimes."""

import pytest

from sandbox.model.world import World
from tests.support.shop import (
    ADDRESS,
    PACK,
    Clock,
    InMemoryTransport,
    Storefront,
    documents,
    gateway,
)

START = """mutation($delivery: SessionDelivery) { startSession(input: {delivery: $delivery}) {
  bearerToken session { id level expiresAt } errors { code } } }"""
SESSION_AND_CART = "{ session { id level } cart { id } }"
NEEDS_SESSION = "{ paymentSession { id } }"


async def test_session_cookie_is_hidden_from_scripts_and_other_sites(storefront: Storefront) -> None:
    answer = await storefront.ask(START)
    attributes = {part.strip().split("=")[0].lower() for part in answer.headers["set-cookie"].split(";")[1:]}
    assert answer.headers["set-cookie"].startswith("__Host-rf_session=")
    assert attributes == {"path", "secure", "httponly", "samesite"}
    assert "samesite=strict" in answer.headers["set-cookie"].lower()
    assert answer.data["startSession"]["bearerToken"] is None
    assert len(storefront.cookie or "") >= 43, "the cookie has at least 256 bits"


async def test_bearer_token_is_returned_once_and_sets_no_cookie(storefront: Storefront) -> None:
    answer = await storefront.ask(START, delivery="BEARER")
    token = answer.data["startSession"]["bearerToken"]
    assert "set-cookie" not in answer.headers
    app = Storefront(storefront.http, {"Authorization": f"Bearer {token}"})
    assert (await app.ask(SESSION_AND_CART)).data["session"]["level"] == "ANONYMOUS"

    again = await app.ask(START, delivery="BEARER")
    assert again.data["startSession"]["bearerToken"] is None, "an active session gets no second bearer token"


async def test_session_cookie_is_not_accepted_as_a_bearer_token(storefront: Storefront, world: World) -> None:
    await storefront.add(PACK)
    world.calls.clear()
    as_bearer = Storefront(storefront.http, {"Authorization": f"Bearer {storefront.cookie}"})
    assert (await as_bearer.ask(SESSION_AND_CART)).data["session"] is None
    both = await storefront.another_tab().send({"query": SESSION_AND_CART}, Authorization="Bearer abc")
    assert both.status_code == 400
    assert world.calls.count() == 0


async def test_session_cookie_chosen_by_the_client_is_rejected(storefront: Storefront) -> None:
    forged = Storefront(storefront.http, cookie="A" * 43)
    answer = await forged.ask(NEEDS_SESSION)
    assert answer.codes == ["SESSION_EXPIRED"]
    assert "set-cookie" not in answer.headers, "the browser may have a newer cookie by now"
    await forged.add(PACK)
    assert forged.cookie
    assert forged.cookie != "A" * 43


@pytest.mark.parametrize("change", ["sign-in", "sign-out"])
async def test_late_request_with_old_cookie_does_not_clear_newer_one(
    storefront: Storefront, world: World, change: str
) -> None:
    await storefront.add(PACK)
    late = storefront.another_tab()
    if change == "sign-in":
        await storefront.sign_in(world.keys.shopper_username, world.keys.shopper_password)
    else:
        await storefront.ask("mutation { signOut { signedOut } }")
        await storefront.add(PACK)
    for query in ("{ session { level } }", NEEDS_SESSION, "mutation { signOut { signedOut } }"):
        assert "set-cookie" not in (await late.ask(query)).headers
    assert (await storefront.ask("{ session { level } }")).data["session"]


async def test_request_without_required_session_makes_no_upstream_call(storefront: Storefront, world: World) -> None:
    answer = await storefront.ask("{ checkoutReadiness { status } paymentSession { id } }")
    assert answer.status == 401
    assert answer.codes == ["SESSION_REQUIRED", "SESSION_REQUIRED"]
    answer = await storefront.ask(documents()["GuestDetails"], address=ADDRESS)
    assert answer.codes == ["SESSION_REQUIRED"]
    assert world.calls.count() == 0


async def test_sign_out_ends_session_at_gateway_and_digital_river(storefront: Storefront, world: World) -> None:
    await storefront.add(PACK)
    thief = storefront.another_tab()
    answer = await storefront.ask("mutation { signOut { signedOut errors { code } } }")
    assert answer.data["signOut"] == {"signedOut": True, "errors": []}
    assert 'rf_session=""' in answer.headers["set-cookie"]
    assert "max-age=0" in answer.headers["set-cookie"].lower()
    assert storefront.cookie is None
    assert world.calls.count("DELETE", "/oauth20/access-tokens") == 1
    assert (await thief.ask(NEEDS_SESSION)).codes == ["SESSION_EXPIRED"]


async def test_session_started_and_ended_in_one_request_sets_no_cookie(storefront: Storefront) -> None:
    answer = await storefront.ask("mutation { startSession(input: {}) { session { id } } signOut { signedOut } }")
    assert answer.data["startSession"]["session"]["id"]
    assert "set-cookie" not in answer.headers


async def test_session_ends_half_an_hour_after_its_last_use(storefront: Storefront, clock: Clock) -> None:
    await storefront.add(PACK)
    for _ in range(3):
        clock.move(1700)
        assert (await storefront.ask(SESSION_AND_CART)).data["cart"]
    clock.move(1801)
    assert (await storefront.ask(NEEDS_SESSION)).codes == ["SESSION_EXPIRED"]


async def test_session_ends_a_day_after_its_start_despite_use(
    world: World, network: InMemoryTransport, clock: Clock
) -> None:
    async with gateway(world, network, clock, session_idle_s=80_000) as storefront:
        await storefront.add(PACK)
        clock.move(79_000)
        world.moved = clock.offset
        assert (await storefront.ask(SESSION_AND_CART)).data["cart"]
        clock.move(8_000)
        world.moved = clock.offset
        assert (await storefront.ask(NEEDS_SESSION)).codes == ["SESSION_EXPIRED"]


@pytest.mark.parametrize(
    ("market_input", "market"),
    [
        ({}, ("en-US", "USD")),
        ({"locale": "de-DE"}, ("de-DE", "EUR")),
        ({"locale": "en-US", "currencyCode": "GBP"}, ("en-US", "GBP")),
        ({"currencyCode": "JPY"}, ("en-US", "JPY")),
        ({"locale": "sv-SE"}, None),
        ({"currencyCode": "SEK"}, None),
    ],
)
async def test_session_starts_only_with_locale_and_currency_of_the_storefront(
    storefront: Storefront, world: World, market_input: dict[str, str], market: tuple[str, str] | None
) -> None:
    query = """mutation($input: StartSessionInput!) { startSession(input: $input) {
      session { locale currencyCode } errors { code path } } }"""
    payload = (await storefront.ask(query, input=market_input)).data["startSession"]
    if market is None:
        assert payload["session"] is None
        assert payload["errors"] == [{"code": "INVALID_INPUT", "path": ["input", next(iter(market_input))]}]
        assert world.calls.count() == 0
    else:
        assert payload == {"session": {"locale": market[0], "currencyCode": market[1]}, "errors": []}
        assert (await storefront.add(PACK))["cart"]["totals"]["orderTotal"]["currencyCode"] == market[1]
