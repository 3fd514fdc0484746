"""Only the answers to public queries over GET may be cached."""

import json
from urllib.parse import urlencode

import httpx
import pytest

from gateway.http.response import LEGACY, MODERN
from sandbox.model.world import World
from tests.support.shop import CLIENT, ORIGIN, PACK, Clock, Shopper, Storefront

PRODUCT = '{ product(by: {upstreamId: "%s"}) { %s } }'
PAGE = "{ products(first: 2) { nodes { name } } }"


async def get(
    storefront: Storefront, text: str, /, headers: dict[str, str] | None = None, **more: str
) -> httpx.Response:
    url = "/graphql?" + urlencode({"query": text, **more})
    return await storefront.http.get(url, headers=CLIENT | (headers or {}))


@pytest.mark.parametrize(
    ("text", "cache_control"),
    [
        ("{ storefront { locales } }", "public, max-age=3600, stale-if-error=86400"),
        (PRODUCT % (PACK, "name"), "public, max-age=300, stale-if-error=86400"),
        (PRODUCT % (PACK, "name pricing { salePrice { amount } }"), "public, max-age=60"),
        (PRODUCT % (PACK, "name inventory { isInStock }"), "public, max-age=15"),
        (PAGE, "public, max-age=120, stale-if-error=3600"),
        ("{ storefront { locales } products(first: 1) { totalCount } }", "public, max-age=120, stale-if-error=3600"),
        ("{ __typename }", "private, no-store"),
        ("{ storefront { locales } __schema { types { name } } }", "private, no-store"),
    ],
)
async def test_strictest_field_decides_cache_control(storefront: Storefront, text: str, cache_control: str) -> None:
    answer = await get(storefront, text)
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == cache_control


async def test_public_answer_is_the_same_for_every_caller(shopper: Shopper, world: World) -> None:
    storefront = shopper.storefront
    plain = await get(storefront, PAGE, {"Origin": "https://anyone.example"})
    await storefront.add(PACK)
    cookie = {"Cookie": f"__Host-rf_session={storefront.cookie}"}
    assert plain.headers["vary"] == "Accept, Accept-Encoding, Origin"
    assert plain.headers["access-control-allow-origin"] == "*"
    assert plain.headers["access-control-expose-headers"] == "X-Riverfront-Cost, X-Riverfront-Cost-Limit"
    assert {"access-control-allow-credentials", "set-cookie"}.isdisjoint(plain.headers)
    for headers in (
        cookie,
        {"Authorization": "Bearer anything"},
        {"Origin": "https://elsewhere.example"},
        {"X-Request-Id": "alex.rivera-checkout"},
    ):
        answer = await get(storefront, PAGE, {"Origin": "https://anyone.example"} | headers)
        assert (answer.content, without_age(answer)) == (plain.content, without_age(plain))
    without_origin = await storefront.http.get("/graphql", params={"query": PAGE}, headers={"Accept": CLIENT["Accept"]})
    assert without_age(without_origin) == without_age(plain)


def without_age(answer: httpx.Response) -> dict[str, str]:
    """The headers of an answer without its age, which depends on the time."""
    return {name: value for name, value in answer.headers.items() if name != "age"}


async def test_public_answer_of_another_media_type_is_cached_apart(storefront: Storefront) -> None:
    legacy, modern = [await get(storefront, PAGE, {"Accept": accept}) for accept in (LEGACY, MODERN)]
    assert legacy.headers["content-type"] != modern.headers["content-type"]
    assert "Accept" in legacy.headers["vary"].split(", ")
    assert legacy.headers["etag"] != modern.headers["etag"]


async def test_age_counts_the_time_in_the_gateways_cache(shopper: Shopper, clock: Clock) -> None:
    priced = PRODUCT % (PACK, "name pricing { salePrice { amount } }")
    assert int((await get(shopper.storefront, priced)).headers["age"]) < 10
    clock.move(50)
    answer = await get(shopper.storefront, priced)
    assert answer.headers["cache-control"] == "public, max-age=60"
    assert 50 <= int(answer.headers["age"]) < 60
    together = await get(shopper.storefront, f"{{ products(first: 1) {{ totalCount }} {priced[2:]}")
    assert 50 <= int(together.headers["age"]) < 60
    clock.move(20)
    assert int((await get(shopper.storefront, priced)).headers["age"]) < 10


async def test_stale_answer_is_not_cached(shopper: Shopper, clock: Clock) -> None:
    named = PRODUCT % (PACK, "name")
    assert (await get(shopper.storefront, named)).headers["cache-control"].startswith("public")
    clock.move(61)
    await shopper.fault("status", "/v1/shoppers/me/products", status=503, times=9)
    await shopper.fault("status", "/v1/shoppers/me/products/{id}", status=503, times=9)
    stale = await get(shopper.storefront, named)
    assert stale.json()["data"]["product"]["name"]
    assert stale.headers["cache-control"] == "private, no-store"
    assert {"etag", "age"}.isdisjoint(stale.headers)


async def test_unchanged_answer_gets_status_304_without_body(storefront: Storefront) -> None:
    first = await get(storefront, PAGE)
    tag = first.headers["etag"]
    for if_none_match in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = await get(storefront, PAGE, {"If-None-Match": if_none_match})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
        assert again.headers["cache-control"] == first.headers["cache-control"]
        assert again.headers["vary"] == first.headers["vary"]
        assert "x-request-id" not in again.headers
    assert (await get(storefront, PAGE, {"If-None-Match": '"other"'})).status_code == 200
    other = await get(storefront, "{ products(first: 3) { nodes { name } } }")
    assert other.headers["etag"] != tag


async def test_answers_with_errors_are_not_cached(shopper: Shopper) -> None:
    await shopper.fault("status", "/v1/shoppers/me/products", status=503, times=9)
    partial = await get(shopper.storefront, "{ storefront { locales } products(first: 2) { nodes { name } } }")
    assert partial.json()["data"]["storefront"]
    assert partial.json()["errors"]
    for answer in (
        partial,
        await get(shopper.storefront, "{ nothingLikeThis }"),
        await get(shopper.storefront, "{ products { totalCount } }"),
        await get(shopper.storefront, "{ cart { id } }"),
        await shopper.storefront.send({"query": PAGE}),
    ):
        assert answer.headers["cache-control"] == "private, no-store"
        assert "etag" not in answer.headers


async def test_answer_for_a_session_is_not_cached(shopper: Shopper) -> None:
    await shopper.storefront.add(PACK)
    for headers in ({}, {"Origin": ORIGIN}):
        answer = await shopper.storefront.send({"query": "{ cart { id } }"}, **headers)
        assert answer.headers["cache-control"] == "private, no-store"
        assert answer.headers["vary"] == "Cookie, Authorization, Origin"


@pytest.mark.parametrize(
    "text", ["{ cart { id } }", "{ session { expiresAt } }", "{ storefront { locales } cart { id } }"]
)
async def test_private_fields_are_rejected_over_get(shopper: Shopper, world: World, text: str) -> None:
    await shopper.storefront.add(PACK)
    world.calls.clear()
    answer = await get(shopper.storefront, text, {"Cookie": f"__Host-rf_session={shopper.storefront.cookie}"})
    assert answer.status_code == 405
    assert answer.headers["allow"] == "POST"
    assert world.calls.count() == 0


async def test_get_request_reads_variables_from_its_url(storefront: Storefront) -> None:
    text = "query($n: Int!) { products(first: $n) { nodes { name } } }"
    answer = await get(storefront, text, variables=json.dumps({"n": 3}))
    assert len(answer.json()["data"]["products"]["nodes"]) == 3
    assert answer.headers["cache-control"].startswith("public")
