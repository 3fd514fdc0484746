"""Who holds a session, with what, for how long, and from which page."""

import asyncio

import httpx
import pytest
from dirty_equals import IsPartialDict

from sandbox.model.world import World
from tests.support.shop import (
    ADDRESS,
    ORIGIN,
    PACK,
    Clock,
    InMemoryTransport,
    Shopper,
    Storefront,
    documents,
    gateway,
    new_key,
)

START = """mutation($delivery: SessionDelivery) { startSession(input: {delivery: $delivery}) {
  bearerToken session { id level expiresAt } errors { code } } }"""
WHO = "{ session { id level } cart { id } }"


async def test_a_cookie_is_kept_from_scripts_and_other_sites(storefront: Storefront) -> None:
    answer = await storefront.ask(START)
    attributes = {part.strip().split("=")[0].lower() for part in answer.headers["set-cookie"].split(";")[1:]}
    assert answer.headers["set-cookie"].startswith("__Host-rf_session=")
    assert attributes == {"path", "secure", "httponly", "samesite"}
    assert "samesite=strict" in answer.headers["set-cookie"].lower()
    assert answer.data["startSession"]["bearerToken"] is None
    assert len(storefront.cookie or "") >= 43, "256 bits"


async def test_a_bearer_is_told_once_and_sets_no_cookie(storefront: Storefront) -> None:
    answer = await storefront.ask(START, delivery="BEARER")
    token = answer.data["startSession"]["bearerToken"]
    assert "set-cookie" not in answer.headers
    app = Storefront(storefront.http, {"Authorization": f"Bearer {token}"})
    assert (await app.ask(WHO)).data["session"]["level"] == "ANONYMOUS"

    again = await app.ask(START, delivery="BEARER")
    assert again.data["startSession"]["bearerToken"] is None, "a live session keeps its handle"


async def test_a_handle_of_one_kind_is_none_of_the_other(storefront: Storefront, world: World) -> None:
    await storefront.add(PACK)
    world.calls.clear()
    as_bearer = Storefront(storefront.http, {"Authorization": f"Bearer {storefront.cookie}"})
    assert (await as_bearer.ask(WHO)).data["session"] is None
    both = await storefront.another_tab().send({"query": WHO}, Authorization="Bearer abc")
    assert both.status_code == 400
    assert world.calls.count() == 0


async def test_a_chosen_handle_is_never_adopted(storefront: Storefront) -> None:
    forged = Storefront(storefront.http, cookie="A" * 43)
    answer = await forged.ask("{ paymentSession { id } }")
    assert answer.codes == ["SESSION_EXPIRED"]
    assert 'rf_session=""' in answer.headers["set-cookie"]
    assert "max-age=0" in answer.headers["set-cookie"].lower()
    forged.cookie = "A" * 43
    await forged.add(PACK)
    assert forged.cookie
    assert forged.cookie != "A" * 43


async def test_what_needs_a_session_says_so_without_a_call(storefront: Storefront, world: World) -> None:
    answer = await storefront.ask("{ checkoutReadiness { status } paymentSession { id } }")
    assert answer.status == 401
    assert answer.codes == ["SESSION_REQUIRED", "SESSION_REQUIRED"]
    answer = await storefront.ask(documents()["GuestDetails"], address=ADDRESS)
    assert answer.codes == ["SESSION_REQUIRED"]
    assert world.calls.count() == 0


async def test_signing_out_ends_it_here_and_upstream(storefront: Storefront, world: World) -> None:
    await storefront.add(PACK)
    thief = storefront.another_tab()
    answer = await storefront.ask("mutation { signOut { signedOut errors { code } } }")
    assert answer.data["signOut"] == {"signedOut": True, "errors": []}
    assert storefront.cookie is None
    assert world.calls.count("DELETE", "/oauth20/access-tokens") == 1
    assert (await thief.ask("{ paymentSession { id } }")).codes == ["SESSION_EXPIRED"]


async def test_a_session_that_ends_where_it_began_leaves_no_cookie(storefront: Storefront) -> None:
    answer = await storefront.ask("mutation { startSession(input: {}) { session { id } } signOut { signedOut } }")
    assert answer.data["startSession"]["session"]["id"]
    assert "set-cookie" not in answer.headers


async def test_a_session_ends_when_nobody_uses_it(storefront: Storefront, clock: Clock) -> None:
    await storefront.add(PACK)
    for _ in range(3):
        clock.move(1700)
        assert (await storefront.ask(WHO)).data["cart"]
    clock.move(1801)
    assert (await storefront.ask("{ paymentSession { id } }")).codes == ["SESSION_EXPIRED"]


async def test_a_session_ends_after_a_day_however_busy(world: World, network: InMemoryTransport, clock: Clock) -> None:
    async with gateway(world, network, clock, session_idle_s=80_000) as storefront:
        await storefront.add(PACK)
        clock.move(79_000)
        world.moved = clock.offset
        assert (await storefront.ask(WHO)).data["cart"]
        clock.move(8_000)
        world.moved = clock.offset
        assert (await storefront.ask("{ paymentSession { id } }")).codes == ["SESSION_EXPIRED"]


async def test_a_token_near_its_end_is_renewed_once(world: World, network: InMemoryTransport, clock: Clock) -> None:
    async with gateway(world, network, clock, session_idle_s=90_000, session_absolute_s=90_000) as storefront:
        await storefront.add(PACK)
        clock.move(24 * 3600 - 100)
        world.moved = clock.offset
        world.calls.clear()
        tabs = [storefront.another_tab() for _ in range(20)]
        answers = await asyncio.gather(*(tab.ask(documents()["GuestDetails"], address=ADDRESS) for tab in tabs))
        assert all(answer.data["prepareCheckout"]["errors"] == [] for answer in answers)
        assert world.calls.count("POST", "/oauth20/token") == 1


async def test_a_token_refused_early_is_renewed_and_the_call_made_again(shopper: Shopper, world: World) -> None:
    await shopper.fill_cart()
    for time in ("with the first refresh token", "with the one that came with it"):
        for token in [token for token, known in world.tokens.items() if known.shopper.cart]:
            del world.tokens[token]
        world.calls.clear()
        assert (await shopper.storefront.cart())["totalQuantity"] == 1, time
        assert world.calls.count("POST", "/oauth20/token") == 1, time


async def test_a_guest_without_renewal_never_gets_an_empty_cart_instead(
    world: World, network: InMemoryTransport, clock: Clock
) -> None:
    async with gateway(world, network, clock, guest_grant="client_credentials") as storefront:
        await storefront.add(PACK)
        for token in [token for token, known in world.tokens.items() if known.shopper.cart]:
            del world.tokens[token]
        answer = await storefront.ask("{ paymentSession { id } }")
        assert answer.codes == ["SESSION_EXPIRED"]
        assert len([one for one in world.shoppers if one.account is None]) == 1


# From which page.

GOOD = {"X-Riverfront-Client": "tests", "Origin": ORIGIN}
REFUSED: list[tuple[str, dict[str, str]]] = [
    ("no client header", {"Origin": ORIGIN}),
    ("an empty client header", {"X-Riverfront-Client": " ", "Origin": ORIGIN}),
    ("no origin", {"X-Riverfront-Client": "tests"}),
    ("a foreign origin", {"X-Riverfront-Client": "tests", "Origin": "https://evil.example"}),
    ("a null origin", {"X-Riverfront-Client": "tests", "Origin": "null"}),
    ("a look-alike", {"X-Riverfront-Client": "tests", "Origin": "http://localhost.evil.example"}),
    ("a look-alike port", {"X-Riverfront-Client": "tests", "Origin": "http://localhost:3000@evil.example"}),
    ("another site", {"X-Riverfront-Client": "tests", "Sec-Fetch-Site": "cross-site"}),
    ("foreign, said to be same", {**GOOD, "Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"}),
]
SERVED: list[tuple[str, dict[str, str]]] = [
    ("a known origin", GOOD),
    ("loopback by address", GOOD | {"Origin": "http://127.0.0.1:5173"}),
    ("the page's own", {"X-Riverfront-Client": "tests", "Sec-Fetch-Site": "same-origin"}),
]


async def post(storefront: Storefront, query: str, headers: dict[str, str]) -> httpx.Response:
    given = headers | {"Cookie": f"__Host-rf_session={storefront.cookie}"}
    return await storefront.http.post("/graphql", json={"query": query}, headers=given)


@pytest.mark.parametrize("headers", [row[1] for row in REFUSED], ids=[row[0] for row in REFUSED])
async def test_a_cookie_from_elsewhere_is_refused(
    storefront: Storefront, world: World, headers: dict[str, str]
) -> None:
    await storefront.add(PACK)
    world.calls.clear()
    answer = await post(storefront, "{ cart { id } }", headers)
    assert answer.status_code == 403
    assert answer.json()["errors"] == [IsPartialDict(extensions=IsPartialDict(code="CSRF_CHECK_FAILED"))]
    assert "data" not in answer.json()
    assert world.calls.count() == 0


@pytest.mark.parametrize("headers", [row[1] for row in SERVED], ids=[row[0] for row in SERVED])
async def test_a_cookie_from_its_page_is_served(storefront: Storefront, headers: dict[str, str]) -> None:
    await storefront.add(PACK)
    answer = await post(storefront, "{ cart { id } }", headers)
    assert answer.json()["data"]["cart"]["id"]


@pytest.mark.parametrize("other", ['prefs={"a":1}', "a b=c", "=", "plain", 'q="open'])
async def test_a_cookie_of_somebody_else_costs_no_session(storefront: Storefront, other: str) -> None:
    await storefront.add(PACK)
    for cookies in (
        f"{other}; __Host-rf_session={storefront.cookie}",
        f"__Host-rf_session={storefront.cookie}; {other}",
    ):
        given = {"query": "{ cart { totalQuantity } }"}
        answer = await storefront.http.post("/graphql", json=given, headers=GOOD | {"Cookie": cookies})
        assert answer.json()["data"]["cart"] == {"totalQuantity": 1}
        assert "set-cookie" not in answer.headers


async def test_an_encrypted_connection_is_to_stay_encrypted(
    world: World, network: InMemoryTransport, clock: Clock
) -> None:
    for proxies, expected in (("", False), ("198.51.100.0/24", True)):
        async with gateway(world, network, clock, trusted_proxies=proxies) as storefront:
            answer = await storefront.http.get("/health/live", headers={"X-Forwarded-Proto": "https"})
            assert ("strict-transport-security" in answer.headers) is expected


async def test_a_renewal_that_fails_costs_nothing_while_the_token_lives(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient
) -> None:
    async with gateway(world, network, clock, session_idle_s=90_000, session_absolute_s=90_000) as storefront:
        shopper = Shopper(storefront, sandbox, world)
        await storefront.add(PACK)
        clock.move(24 * 3600 - 100)
        await shopper.fault("status", "/oauth20/token", status=503)
        assert (await storefront.add(PACK))["errors"] == []


async def test_in_production_only_listed_origins_count(world: World, network: InMemoryTransport, clock: Clock) -> None:
    shop = "https://shop.example"
    changes = {"development": False, "origins": shop}
    async with gateway(world, network, clock, **changes) as storefront:
        storefront.headers["Origin"] = shop
        await storefront.add(PACK)
        assert (await post(storefront, "{ cart { id } }", GOOD)).status_code == 403
        assert (await post(storefront, "{ cart { id } }", GOOD | {"Origin": shop})).status_code == 200
        asked = {"Origin": shop, "Access-Control-Request-Method": "POST"}
        preflight = await storefront.http.options("/graphql", headers=asked)
        assert preflight.headers["access-control-allow-origin"] == shop
        assert preflight.headers["access-control-allow-credentials"] == "true"
        assert int(preflight.headers["access-control-max-age"]) <= 600
        other = await storefront.http.options("/graphql", headers=asked | {"Origin": "https://evil.example"})
        assert "access-control-allow-origin" not in other.headers
        assert (await storefront.http.get("/graphiql")).status_code == 404


async def test_without_a_cookie_no_origin_is_needed(storefront: Storefront) -> None:
    answer = await storefront.http.post("/graphql", json={"query": "{ storefront { locales } }"})
    assert answer.status_code == 200


async def test_a_private_field_is_not_read_over_get(storefront: Storefront, world: World) -> None:
    await storefront.add(PACK)
    world.calls.clear()
    cookie = GOOD | {"Cookie": f"__Host-rf_session={storefront.cookie}"}
    for query in ("{ cart { id } }", "{ session { id } }", "{ products(first: 1) { totalCount } cart { id } }"):
        answer = await storefront.http.get("/graphql", params={"query": query}, headers=cookie)
        assert answer.status_code == 405
        assert answer.headers["allow"] == "POST"
    assert world.calls.count() == 0
    public = await storefront.http.get("/graphql", params={"query": "{ storefront { locales } }"}, headers=cookie)
    assert public.json()["data"]["storefront"]["locales"]
    assert "set-cookie" not in public.headers
    change = await storefront.http.get("/graphql", params={"query": START}, headers=cookie)
    assert change.status_code == 405


async def test_the_address_of_the_shopper_is_believed_from_proxies_only(
    world: World, network: InMemoryTransport, clock: Clock
) -> None:
    headers = {"X-Forwarded-For": "203.0.113.9, 198.51.100.1"}
    seen: list[str] = []

    class Watching(InMemoryTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            if request.url.path.endswith("submit-cart"):
                seen.append(request.url.params["ipAddress"])
            return await super().handle_async_request(request)

    for proxies in ("", "198.51.100.0/24"):
        own = Watching(network.app)
        async with (
            gateway(world, own, clock, trusted_proxies=proxies) as storefront,
            httpx.AsyncClient(transport=network, base_url="http://sandbox") as sandbox,
        ):
            storefront.headers |= headers
            shopper = Shopper(storefront, sandbox, world)
            await shopper.get_ready()
            await storefront.outcome(new_key())
    assert seen == ["198.51.100.7", "203.0.113.9"]


@pytest.mark.parametrize(
    ("asked", "market"),
    [
        ({}, ("en-US", "USD")),
        ({"locale": "de-DE"}, ("de-DE", "EUR")),
        ({"locale": "en-US", "currencyCode": "GBP"}, ("en-US", "GBP")),
        ({"currencyCode": "JPY"}, ("en-US", "JPY")),
        ({"locale": "sv-SE"}, None),
        ({"currencyCode": "SEK"}, None),
    ],
)
async def test_a_session_begins_in_a_market_of_the_storefront(
    storefront: Storefront, world: World, asked: dict[str, str], market: tuple[str, str] | None
) -> None:
    text = """mutation($input: StartSessionInput!) { startSession(input: $input) {
      session { locale currencyCode } errors { code path } } }"""
    payload = (await storefront.ask(text, input=asked)).data["startSession"]
    if market is None:
        assert payload["session"] is None
        assert payload["errors"] == [{"code": "INVALID_INPUT", "path": ["input", next(iter(asked))]}]
        assert world.calls.count() == 0
    else:
        assert payload == {"session": {"locale": market[0], "currencyCode": market[1]}, "errors": []}
        assert (await storefront.add(PACK))["cart"]["totals"]["orderTotal"]["currencyCode"] == market[1]
