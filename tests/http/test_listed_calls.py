"""A client that asks for them, and may have them, gets the calls of its operation."""

import asyncio
import re
from typing import Any

import httpx
import pytest
from dirty_equals import IsFloat, IsPartialDict

from gateway.http.csrf import SERVER_KEY_HEADER
from gateway.http.listed_calls import HEADER
from gateway.telemetry.recorded_calls import MOST_CALLS, CallRecord
from gateway.upstream.call_names import CALL_NAMES
from sandbox.model.world import World
from tests.support.operation_calls import TABLE
from tests.support.shop import (
    CART,
    CLIENT,
    PACK,
    POLES,
    Clock,
    InMemoryTransport,
    Shopper,
    Storefront,
    documents,
    gateway,
)

PRODUCT = f'{{ product(by: {{upstreamId: "{PACK}"}}) {{ name }} }}'

PRODUCT_AND_CART = PRODUCT.removesuffix("}") + " cart { id } }"

PRODUCT_PATH = f"/v1/shoppers/me/products/{PACK}"

PRODUCT_CALL = "GET /v1/shoppers/me/products/{id}"

KEY = "a-key-of-the-developers-" + "0" * 32


async def calls_of(storefront: Storefront, query: str, /, **variables: Any) -> list[dict[str, Any]]:
    answer = await storefront.send({"query": query, "variables": variables}, **{HEADER: "1"})
    calls: list[dict[str, Any]] = answer.json()["extensions"]["riverfront"]["calls"]
    return calls


async def test_call_is_listed_with_its_time_and_status(storefront: Storefront) -> None:
    await storefront.add(PACK)
    assert await calls_of(storefront, "{ cart { id } }") == [
        {
            "call": "GET /v1/shoppers/me/carts/active",
            "read": None,
            "cache": None,
            "startMs": IsFloat(ge=0),
            "durationMs": IsFloat(ge=0),
            "tries": 1,
            "status": 200,
        }
    ]


async def test_repeated_call_is_listed_once_with_its_tries(shopper: Shopper) -> None:
    await shopper.storefront.add(PACK)
    await shopper.fault("status", CART, method="GET", status=503, times=2)
    (call,) = await calls_of(shopper.storefront, "{ cart { id } }")
    assert (call["tries"], call["status"]) == (3, 200)


async def test_failed_call_is_listed_with_its_status(shopper: Shopper) -> None:
    await shopper.storefront.add(PACK)
    await shopper.fault("status", CART, method="GET", status=503, times=3)
    (call,) = await calls_of(shopper.storefront, "{ cart { id } }")
    assert (call["tries"], call["status"]) == (3, 503)


async def test_cached_read_is_listed_without_a_call(storefront: Storefront) -> None:
    *_, loaded = await calls_of(storefront, PRODUCT)
    assert loaded == IsPartialDict(call=PRODUCT_CALL, read="product", cache="LOADED", tries=1, status=200)
    assert await calls_of(storefront, PRODUCT) == [
        IsPartialDict(call=None, read="product", cache="HIT", tries=0, status=None)
    ]


class ProductWaitsForCarts(InMemoryTransport):
    """A network that answers no product before the cart has been read three times."""

    carts = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.carts += (request.method, request.url.path) == ("GET", CART)
        if self.carts == 3 and PRODUCT_PATH in self.gates:
            self.gates[PRODUCT_PATH].set()
        return await super().handle_async_request(request)


async def test_call_of_another_operation_is_listed_as_shared(
    world: World, network: InMemoryTransport, clock: Clock
) -> None:
    waiting = ProductWaitsForCarts(network.app)
    async with gateway(world, waiting, clock) as storefront:
        await storefront.add(POLES)
        waiting.carts, waiting.gates[PRODUCT_PATH] = 0, asyncio.Event()
        tabs = [storefront.another_tab() for _ in range(3)]
        lists = await asyncio.gather(*(calls_of(tab, PRODUCT_AND_CART) for tab in tabs))
    reads = [[call for call in calls if call["read"] == "product"][-1] for calls in lists]
    assert sorted(call["cache"] for call in reads) == ["LOADED", "SHARED", "SHARED"]
    assert [call["call"] for call in reads if call["cache"] == "SHARED"] == [None, None]
    assert all(call["durationMs"] > 0 for call in reads)


async def test_old_answer_after_a_failed_call_is_stale(
    storefront: Storefront, network: InMemoryTransport, clock: Clock
) -> None:
    await storefront.ask(PRODUCT)
    clock.move(3600)
    network.unreachable.add(PRODUCT_PATH)
    *_, failed, stale = await calls_of(storefront, PRODUCT)
    assert failed == IsPartialDict(call=PRODUCT_CALL, cache="LOADED", tries=3, status=None)
    assert stale == IsPartialDict(call=None, read="product", cache="STALE")


@pytest.mark.parametrize("name", ["CheckoutPage", "GuestOrder", "OrderDetail", "ProductPage", "SignIn"])
async def test_listed_calls_of_examples_have_no_ids(name: str, shopper: Shopper) -> None:
    variables = await TABLE[name].arrange(shopper)
    for call in await calls_of(shopper.storefront, documents()[name], **variables):
        assert call["call"] is None or call["call"] in CALL_NAMES
        assert call["read"] is None or re.fullmatch("[a-z-]+", call["read"])


def test_list_of_calls_is_limited() -> None:
    record = CallRecord()
    for _ in range(MOST_CALLS + 2):
        record.begin_call(f"GET {CART}")
    listed = record.as_json()
    assert (len(listed["calls"]), listed["callsLeftOut"]) == (MOST_CALLS, 2)


async def test_calls_are_not_listed_without_the_header(storefront: Storefront) -> None:
    assert "extensions" not in (await storefront.ask(PRODUCT)).body


async def test_calls_stand_beside_unread_warnings(storefront: Storefront) -> None:
    await storefront.add(PACK)
    coupon = 'mutation { applyOffer(input: {offer: {couponCode: "SUMMIT50"}}) { errors { code } } }'
    answer = await storefront.send({"query": coupon}, **{HEADER: "1"})
    assert answer.json()["extensions"]["riverfront"].keys() == {"warnings", "calls"}


@pytest.mark.parametrize(
    ("settings", "key", "is_listed"),
    [
        ({"development": False}, KEY, False),
        ({"development": False, "server_keys": KEY}, KEY, True),
        ({"development": False, "server_keys": KEY}, "", False),
        ({"development": False, "server_keys": KEY}, f"{KEY}é", False),
        ({"server_keys": KEY}, "", True),
    ],
)
async def test_outside_development_only_a_server_key_lists_calls(
    world: World,
    network: InMemoryTransport,
    clock: Clock,
    settings: dict[str, Any],
    key: str,
    is_listed: bool,
) -> None:
    async with gateway(world, network, clock, **settings) as storefront:
        headers = httpx.Headers(CLIENT | {HEADER: "1", SERVER_KEY_HEADER: key}, encoding="latin-1")
        answer = await storefront.http.post("/graphql", json={"query": PRODUCT}, headers=headers)
    assert ("extensions" in answer.json()) is is_listed


async def test_answer_with_calls_is_never_stored_by_caches(storefront: Storefront) -> None:
    for headers, is_public in (({}, True), ({HEADER: "1"}, False)):
        answer = await storefront.http.get("/graphql", params={"query": PRODUCT}, headers=CLIENT | headers)
        assert ("public" in answer.headers["cache-control"]) is is_public
        assert ("no-store" in answer.headers["cache-control"]) is not is_public
        assert ("etag" in answer.headers) is is_public
        assert ("extensions" in answer.json()) is not is_public


async def test_page_of_an_allowed_origin_may_ask_for_calls(storefront: Storefront) -> None:
    preflight: httpx.Response = await storefront.http.request(
        "OPTIONS",
        "/graphql",
        headers={
            "Origin": CLIENT["Origin"],
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": HEADER,
        },
    )
    assert HEADER.lower() in preflight.headers["access-control-allow-headers"].lower()
