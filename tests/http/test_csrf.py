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
