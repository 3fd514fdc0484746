"""A session cookie is accepted only from pages of allowed origins, and only over POST."""

import httpx
import pytest
from dirty_equals import IsPartialDict

from sandbox.model.world import World
from tests.support.shop import CLIENT, ORIGIN, PACK, Clock, InMemoryTransport, Storefront, gateway

ACCEPTED = {"X-Riverfront-Client": "tests", "Origin": ORIGIN}
REJECTED_HEADERS: dict[str, dict[str, str]] = {
    "no client header": {"Origin": ORIGIN},
    "an empty client header": {"X-Riverfront-Client": " ", "Origin": ORIGIN},
    "no origin": {"X-Riverfront-Client": "tests"},
    "a foreign origin": {"X-Riverfront-Client": "tests", "Origin": "https://evil.example"},
    "a null origin": {"X-Riverfront-Client": "tests", "Origin": "null"},
    "a look-alike host": {"X-Riverfront-Client": "tests", "Origin": "http://localhost.evil.example"},
    "a look-alike port": {"X-Riverfront-Client": "tests", "Origin": "http://localhost:3000@evil.example"},
    "another site": {"X-Riverfront-Client": "tests", "Sec-Fetch-Site": "cross-site"},
    "a foreign origin, as same-origin": {
        **ACCEPTED,
        "Origin": "https://evil.example",
        "Sec-Fetch-Site": "same-origin",
    },
}
ACCEPTED_HEADERS: dict[str, dict[str, str]] = {
    "a listed origin": ACCEPTED,
    "a loopback address": ACCEPTED | {"Origin": "http://127.0.0.1:5173"},
    "same-origin": {"X-Riverfront-Client": "tests", "Sec-Fetch-Site": "same-origin"},
}


async def post(storefront: Storefront, query: str, headers: dict[str, str]) -> httpx.Response:
    with_cookie = headers | {"Cookie": f"__Host-rf_session={storefront.cookie}"}
    return await storefront.http.post("/graphql", json={"query": query}, headers=with_cookie)


@pytest.mark.parametrize("headers", REJECTED_HEADERS.values(), ids=REJECTED_HEADERS)
async def test_cookie_from_a_page_of_another_origin_is_rejected(
    storefront: Storefront, world: World, headers: dict[str, str]
) -> None:
    await storefront.add(PACK)
    world.calls.clear()
    answer = await post(storefront, "{ cart { id } }", headers)
    assert answer.status_code == 403
    assert answer.json()["errors"] == [IsPartialDict(extensions=IsPartialDict(code="CSRF_CHECK_FAILED"))]
    assert "data" not in answer.json()
    assert world.calls.count() == 0


START = {
    "startSession": "mutation { startSession(input: {%s}) { session { id } errors { code } } }",
    "addCartLines": 'mutation { addCartLines(input: {lines: [{product: {upstreamId: "5401230100"}, quantity: 1}] %s}) {'
    " cart { id } errors { code } } }",
    "signIn": 'mutation { signIn(input: {credentials: {merchantAssertion: "a.b.c"} %s}) { errors { code } } }',
}


@pytest.mark.parametrize("query", START.values(), ids=START)
@pytest.mark.parametrize("headers", REJECTED_HEADERS.values(), ids=REJECTED_HEADERS)
async def test_no_session_begins_with_a_cookie_that_would_be_rejected(
    storefront: Storefront, world: World, headers: dict[str, str], query: str
) -> None:
    modern = headers | {"Accept": CLIENT["Accept"]}
    answer = await storefront.http.post("/graphql", json={"query": query % ""}, headers=modern)
    (error,) = answer.json()["errors"]
    assert error["extensions"]["code"] == "CSRF_CHECK_FAILED"
    assert error["path"] == [answer.json()["data"].popitem()[0]]
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers
    assert world.calls.count() == 0
    later = await post(storefront, "{ cart { id } }", headers)
    assert later.json()["errors"][0]["message"] == error["message"], "the second request would be refused as well"


@pytest.mark.parametrize("query", [START["startSession"], START["addCartLines"]])
async def test_session_with_a_bearer_token_needs_no_such_headers(storefront: Storefront, query: str) -> None:
    answer = await storefront.http.post("/graphql", json={"query": query % "delivery: BEARER"})
    assert "errors" not in answer.json()
    assert "set-cookie" not in answer.headers


NOT_KEPT = "SESSION_COOKIE_NOT_KEPT"
LAN = "http://192.168.1.5:5173"
PAGES: dict[str, tuple[dict[str, str], list[str]]] = {
    "same site": ({"Sec-Fetch-Site": "same-site"}, []),
    "same origin": ({"Sec-Fetch-Site": "same-origin"}, []),
    "another site": ({"Sec-Fetch-Site": "cross-site"}, [NOT_KEPT]),
    "no such header": ({}, []),
    "http from another machine": ({"Origin": LAN}, [NOT_KEPT]),
    "http from another machine, behind a proxy with TLS": ({"Origin": LAN, "X-Forwarded-Proto": "https"}, []),
    "https from another machine": ({"Origin": "https://shop.example"}, []),
    "a name of this machine": ({"Origin": "http://shop.localhost:5173"}, []),
}


@pytest.mark.parametrize(("headers", "codes"), PAGES.values(), ids=PAGES)
async def test_first_answer_warns_of_a_cookie_that_is_dropped(
    world: World, network: InMemoryTransport, clock: Clock, headers: dict[str, str], codes: list[str]
) -> None:
    origins = f"{LAN},https://shop.example,http://shop.localhost:5173"
    settings = {"origins": origins, "trusted_proxies": "198.51.100.0/24"}
    async with gateway(world, network, clock, **settings) as storefront:
        for mutation in (START["startSession"], START["addCartLines"]):
            page = Storefront(storefront.http, headers)
            warned = await page.ask(mutation.replace("errors { code }", "warnings { code }") % "")
            (payload,) = warned.data.values()
            assert [warning["code"] for warning in payload["warnings"]] == codes
            assert page.cookie, "the cookie is sent all the same"
            assert (await page.ask(START["startSession"] % "")).body.get("extensions") is None, "no new cookie"
            unread = (await Storefront(storefront.http, headers).ask(mutation % "")).body
            warnings = unread.get("extensions", {}).get("riverfront", {}).get("warnings", [])
            assert [warning["code"] for warning in warnings] == codes
        bearer = await Storefront(storefront.http, headers).ask(START["startSession"] % "delivery: BEARER")
        assert bearer.body.get("extensions") is None


async def test_no_warning_of_another_site_if_its_cookies_are_kept(
    world: World, network: InMemoryTransport, clock: Clock
) -> None:
    settings = {"origins": "https://shop.example", "cookie_same_site": "none"}
    async with gateway(world, network, clock, **settings) as storefront:
        storefront.headers |= {"Origin": "https://shop.example", "Sec-Fetch-Site": "cross-site"}
        answer = await storefront.ask("mutation { startSession(input: {}) { warnings { code } } }")
        assert answer.data == {"startSession": {"warnings": []}}


@pytest.mark.parametrize("headers", ACCEPTED_HEADERS.values(), ids=ACCEPTED_HEADERS)
async def test_cookie_from_a_page_of_an_allowed_origin_is_accepted(
    storefront: Storefront, headers: dict[str, str]
) -> None:
    await storefront.add(PACK)
    answer = await post(storefront, "{ cart { id } }", headers)
    assert answer.json()["data"]["cart"]["id"]


async def test_production_accepts_only_origins_in_the_settings(
    world: World, network: InMemoryTransport, clock: Clock
) -> None:
    shop = "https://shop.example"
    async with gateway(world, network, clock, development=False, origins=shop) as storefront:
        storefront.headers["Origin"] = shop
        await storefront.add(PACK)
        assert (await post(storefront, "{ cart { id } }", ACCEPTED)).status_code == 403
        assert (await post(storefront, "{ cart { id } }", ACCEPTED | {"Origin": shop})).status_code == 200
        preflight_headers = {"Origin": shop, "Access-Control-Request-Method": "POST"}
        preflight = await storefront.http.options("/graphql", headers=preflight_headers)
        assert preflight.headers["access-control-allow-origin"] == shop
        assert preflight.headers["access-control-allow-credentials"] == "true"
        assert int(preflight.headers["access-control-max-age"]) <= 600
        foreign = await storefront.http.options(
            "/graphql", headers=preflight_headers | {"Origin": "https://evil.example"}
        )
        assert "access-control-allow-origin" not in foreign.headers
        assert (await storefront.http.get("/graphiql")).status_code == 404


async def test_request_without_cookie_and_origin_is_accepted(storefront: Storefront) -> None:
    answer = await storefront.http.post("/graphql", json={"query": "{ storefront { locales } }"})
    assert answer.status_code == 200


async def test_private_fields_and_mutations_are_rejected_over_get(storefront: Storefront, world: World) -> None:
    await storefront.add(PACK)
    world.calls.clear()
    cookie = CLIENT | {"Cookie": f"__Host-rf_session={storefront.cookie}"}
    mutation = "mutation { startSession(input: {}) { session { id } } }"
    mixed = "{ products(first: 1) { totalCount } cart { id } }"
    for query in ("{ cart { id } }", "{ session { id } }", mixed, mutation):
        answer = await storefront.http.get("/graphql", params={"query": query}, headers=cookie)
        assert answer.status_code == 405
        assert answer.headers["allow"] == "POST"
    legacy = await storefront.http.get("/graphql", params={"query": mutation}, headers=ACCEPTED)
    assert legacy.status_code == 405
    assert world.calls.count() == 0
    public = await storefront.http.get("/graphql", params={"query": "{ storefront { locales } }"}, headers=cookie)
    assert public.json()["data"]["storefront"]["locales"]
    assert "set-cookie" not in public.headers


@pytest.mark.parametrize("other", ['prefs={"a":1}', "a b=c", "=", "plain", 'q="open'])
async def test_session_cookie_is_read_beside_a_malformed_cookie(storefront: Storefront, other: str) -> None:
    await storefront.add(PACK)
    session_cookie = f"__Host-rf_session={storefront.cookie}"
    for cookies in (f"{other}; {session_cookie}", f"{session_cookie}; {other}"):
        body = {"query": "{ cart { totalQuantity } }"}
        answer = await storefront.http.post("/graphql", json=body, headers=ACCEPTED | {"Cookie": cookies})
        assert answer.json()["data"]["cart"] == {"totalQuantity": 1}
        assert "set-cookie" not in answer.headers
