"""Pages of allowed origins may read all answers and send the usual headers. Refused pages are named in the log."""

import httpx
import pytest

from gateway.http.refused_pages import MOST_LINES
from sandbox.model.world import World
from tests.support.shop import CLIENT, ORIGIN, PACK, Clock, InMemoryTransport, Storefront, gateway

SHOP = "https://shop.example.com"
PREVIEW = "https://pr-12.shop.example.com"
APP = "capacitor://localhost"
EVIL = "https://evil.example"
PAGE = {"query": "{ products(first: 2) { nodes { name } } }"}
PRODUCTION = {"development": False, "origins": f"{SHOP}, https://*.shop.example.com, {APP}"}


async def preflight(storefront: Storefront, origin: str, *headers: str) -> httpx.Response:
    request = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    if headers:
        request["Access-Control-Request-Headers"] = ",".join(headers)
    return await storefront.http.options("/graphql", headers=request)


@pytest.mark.parametrize("origin", [SHOP, PREVIEW, APP])
async def test_credentialed_page_may_read_a_public_answer(
    world: World, network: InMemoryTransport, clock: Clock, origin: str
) -> None:
    async with gateway(world, network, clock, **PRODUCTION) as storefront:
        for headers in ({}, {"If-None-Match": "*"}):
            answer = await storefront.http.get("/graphql", params=PAGE, headers={"Origin": origin, **headers})
            assert answer.headers["cache-control"].startswith("public")
            assert answer.headers["access-control-allow-origin"] == origin
            assert answer.headers["access-control-allow-credentials"] == "true"
            assert answer.headers["vary"] == "Accept, Accept-Encoding, Origin"
        anyone = await storefront.http.get("/graphql", params=PAGE, headers={"Origin": EVIL})
        assert anyone.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in anyone.headers
        assert anyone.headers["vary"] == "Accept, Accept-Encoding, Origin", "a cache must not send this to the shop"


async def test_public_answer_is_not_split_without_allowed_origins(
    world: World, network: InMemoryTransport, clock: Clock
) -> None:
    async with gateway(world, network, clock, development=False) as storefront:
        for origin in (SHOP, ORIGIN):
            answer = await storefront.http.get("/graphql", params=PAGE, headers={"Origin": origin})
            assert answer.headers["vary"] == "Accept, Accept-Encoding"
            assert answer.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize(
    "origin",
    [
        "https://a.b.shop.example.com",
        "https://shop.example.com.evil.example",
        "https://evilshop.example.com",
        "https://.shop.example.com",
        "http://pr-12.shop.example.com",
        "https://pr-12.shop.example.com:8443",
        "https://pr-12xshop.example.com",
        "https://evil.example#.shop.example.com",
        "https://PR-12.shop.example.com",
        "capacitor://evil",
        "null",
        "",
        EVIL,
    ],
)
async def test_page_of_a_similar_origin_may_not_read_private_answers(
    world: World, network: InMemoryTransport, clock: Clock, origin: str
) -> None:
    async with gateway(world, network, clock, **PRODUCTION) as storefront:
        storefront.headers["Origin"] = SHOP
        await storefront.add(PACK)
        headers = CLIENT | {"Origin": origin, "Cookie": f"__Host-rf_session={storefront.cookie}"}
        refused = await storefront.http.post("/graphql", json={"query": "{ cart { id } }"}, headers=headers)
        assert refused.status_code == 403
        assert (await preflight(storefront, origin)).status_code == 400
        for answer in (refused, await preflight(storefront, origin)):
            assert "access-control-allow-origin" not in answer.headers


async def test_wildcard_allows_the_cookie_on_preview_pages(
    world: World, network: InMemoryTransport, clock: Clock
) -> None:
    async with gateway(world, network, clock, **PRODUCTION) as storefront:
        storefront.headers["Origin"] = PREVIEW
        await storefront.add(PACK)
        assert (await storefront.ask("{ cart { totalQuantity } }")).data == {"cart": {"totalQuantity": 1}}


USUAL_HEADERS = [
    "authorization",
    "content-type",
    "x-riverfront-client",
    "x-request-id",
    "apollographql-client-name",
    "apollographql-client-version",
    "sentry-trace",
    "baggage",
    "traceparent",
    "tracestate",
    "x-datadog-origin",
    "x-datadog-parent-id",
    "x-datadog-sampling-priority",
    "x-datadog-trace-id",
    "cache-control",
    "if-none-match",
]


async def test_page_may_send_headers_of_clients_and_tracing(storefront: Storefront) -> None:
    answer = await preflight(storefront, ORIGIN, *USUAL_HEADERS)
    assert answer.status_code == 200
    assert set(USUAL_HEADERS) <= set(answer.headers["access-control-allow-headers"].lower().split(", "))


async def test_setting_allows_further_headers(world: World, network: InMemoryTransport, clock: Clock) -> None:
    async with gateway(world, network, clock, cors_headers="X-Shop-Test, x-other") as storefront:
        allowed = (await preflight(storefront, ORIGIN, "x-shop-test")).headers["access-control-allow-headers"]
        assert {"X-Shop-Test", "x-other", "baggage"} <= set(allowed.split(", "))


async def test_page_of_another_origin_can_read_internal_errors(
    world: World, network: InMemoryTransport, clock: Clock
) -> None:
    async with gateway(world, network, clock, **PRODUCTION) as storefront:
        network.broken.add("/v1/shoppers/me/products")
        answer = await storefront.http.get("/graphql", params=PAGE, headers={"Origin": SHOP})
        assert "INTERNAL_ERROR" in answer.text
        assert answer.headers["access-control-allow-origin"] == SHOP


def lines(caplog: pytest.LogCaptureFixture, beginning: str) -> list[tuple[str, str, str]]:
    """Event, origin and header of each line about a refused page."""
    return [
        (record.message, vars(record)["origin"], vars(record).get("header", ""))
        for record in caplog.records
        if record.message.startswith(beginning)
    ]


async def test_refused_origin_is_logged_once_a_minute(
    world: World, network: InMemoryTransport, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    event = "origin refused: not in RIVERFRONT_ORIGINS"
    async with gateway(world, network, clock, **PRODUCTION) as storefront:
        for _ in range(3):
            await preflight(storefront, EVIL)
            await storefront.http.post("/graphql", json=PAGE, headers={"Origin": EVIL})
        assert lines(caplog, "origin refused") == [(event, EVIL, "")]
        await preflight(storefront, "https://other.example")
        assert lines(caplog, "origin refused")[1:] == [(event, "https://other.example", "")]
        clock.move(61)
        await preflight(storefront, EVIL)
        assert lines(caplog, "origin refused")[2:] == [(event, EVIL, "")]


async def test_flood_of_origins_writes_a_limited_number_of_lines(
    world: World, network: InMemoryTransport, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    async with gateway(world, network, clock, **PRODUCTION) as storefront:
        for number in range(MOST_LINES + 20):
            await preflight(storefront, f"https://evil-{number}.example")
        assert len(lines(caplog, "origin refused")) == MOST_LINES
        caplog.clear()
        clock.move(61)
        await preflight(storefront, "alex.rivera@mail.example 4444222233331111")
        assert [origin for _, origin, _ in lines(caplog, "origin refused")] == ["malformed"]


async def test_allowed_and_public_pages_are_not_logged(
    world: World, network: InMemoryTransport, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    async with gateway(world, network, clock, **PRODUCTION) as storefront:
        await preflight(storefront, SHOP, "content-type")
        await storefront.http.post("/graphql", json=PAGE, headers={"Origin": SHOP})
        await storefront.http.get("/graphql", params=PAGE, headers={"Origin": EVIL})
        own = {"Origin": "https://gateway.example", "Sec-Fetch-Site": "same-origin"}
        await storefront.http.post("/graphql", json=PAGE, headers=own)
        assert lines(caplog, "origin refused") == []


async def test_refused_header_is_named_to_the_browser_and_the_log(
    storefront: Storefront, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(2):
        answer = await preflight(storefront, ORIGIN, "content-type", "x-shop-test")
        assert answer.status_code == 200, "with another status, browsers do not name the header"
        assert "x-shop-test" not in answer.headers["access-control-allow-headers"].lower()
    assert lines(caplog, "header refused") == [
        ("header refused: not in RIVERFRONT_CORS_HEADERS", ORIGIN, "x-shop-test")
    ]


@pytest.mark.parametrize("query", ["{ cart { id } }", "{ session { expiresAt } }"])
async def test_private_query_over_get_names_the_options_of_clients(storefront: Storefront, query: str) -> None:
    for accept, status in (("application/json", 200), (CLIENT["Accept"], 405)):
        answer = await storefront.http.get("/graphql", params={"query": query}, headers=CLIENT | {"Accept": accept})
        (error,) = answer.json()["errors"]
        assert answer.status_code == status
        assert "data" not in answer.json()
        assert "Use POST: `preferGetMethod: false` in urql" in error["message"]
        assert "`useGETForQueries: false` in Apollo Client" in error["message"]
        assert error["extensions"]["code"] == "METHOD_NOT_ALLOWED"
        assert answer.headers["access-control-allow-origin"] == ORIGIN
        assert answer.headers["allow"] == "POST"
