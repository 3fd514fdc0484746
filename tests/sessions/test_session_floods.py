"""Sessions, coupon codes and submit requests cost calls to Digital River, so one client cannot begin many of them."""

import asyncio
import time
from itertools import cycle
from typing import Any

import pytest

from sandbox.model.world import World
from tests.store.standing_clock import StandingClock
from tests.support.shop import PACK, Clock, InMemoryTransport, Shopper, Storefront, gateway, new_key
from tests.support.valkey import Valkey, emptied

START = """mutation { startSession(input: {delivery: BEARER}) { session { id } errors { code
  ... on RateLimitError { retryAfter } } } }"""

ADD = """mutation($key: UUID!) { addCartLines(input: {idempotencyKey: $key, delivery: BEARER,
  lines: [{product: {upstreamId: "5401230100"}, quantity: 1}]}) { errors { code } } }"""

COUPON = """mutation($code: String!) { applyOffer(input: {offer: {couponCode: $code}}) { errors { code path
  ... on RateLimitError { retryAfter } } } }"""


def codes(payload: dict[str, Any]) -> list[str]:
    return [error["code"] for error in payload["errors"]]


async def start(storefront: Storefront) -> dict[str, Any]:
    payload: dict[str, Any] = (await storefront.ask(START)).data["startSession"]
    return payload


async def test_sixth_session_of_a_second_waits(world: World, network: InMemoryTransport) -> None:
    clock = StandingClock()
    async with gateway(world, network, clock, session_starts_per_s=5) as storefront:
        assert [codes(await start(storefront)) for _ in range(5)] == [[]] * 5
        world.calls.clear()
        refused = await start(storefront)
        added = (await storefront.ask(ADD, key=new_key())).data["addCartLines"]
        assert (codes(refused), codes(added), world.calls.count()) == (["RATE_LIMITED"], ["RATE_LIMITED"], 0)
        clock.move(1)
        assert codes(await start(storefront)) == []


@pytest.mark.slow
async def test_flood_of_sessions_costs_five_calls_a_second(
    world: World, network: InMemoryTransport, clock: Clock, valkey: Valkey
) -> None:
    await emptied(valkey)
    settings = {"store_url": valkey.url, "session_starts_per_s": 5}
    async with (
        gateway(world, network, clock, **settings) as first,
        gateway(world, network, clock, **settings) as second,
    ):
        began_at = time.monotonic()

        async def flood(storefront: Storefront) -> None:
            for _ in range(15):
                await start(storefront)

        await asyncio.gather(
            *(flood(storefront) for storefront, _ in zip(cycle((first, second)), range(20), strict=False))
        )
        seconds = time.monotonic() - began_at
    # Each second of the flood, and the one in which it began.
    assert 5 <= world.calls.count() <= 5 * (seconds + 1)


async def test_eleventh_coupon_code_of_a_minute_is_not_sent(shopper: Shopper, world: World, clock: Clock) -> None:
    await shopper.fill_cart()
    for number in range(10):
        payload = (await shopper.storefront.ask(COUPON, code=f"GUESS-{number}")).data["applyOffer"]
        assert codes(payload) == ["COUPON_INVALID"]
    world.calls.clear()
    payload = (await shopper.storefront.ask(COUPON, code="GUESS-10")).data["applyOffer"]
    assert codes(payload) == ["RATE_LIMITED"]
    assert payload["errors"][0]["path"] == ["input", "offer", "couponCode"]
    assert world.calls.count("POST") == 0
    clock.move(60)
    assert codes((await shopper.storefront.ask(COUPON, code="GUESS-11")).data["applyOffer"]) == ["COUPON_INVALID"]


async def test_sixth_new_submit_request_of_a_minute_waits(
    world: World, network: InMemoryTransport, clock: Clock
) -> None:
    async with gateway(world, network, clock, submits_per_minute=5) as storefront:
        await storefront.add(PACK)
        first = new_key()
        for key in (first, *(new_key() for _ in range(4))):
            assert (await storefront.outcome(key))["__typename"] == "OrderBlocked"
        assert codes(await storefront.submit()) == ["RATE_LIMITED"]
        assert (await storefront.outcome(first))["__typename"] == "OrderBlocked", "a replay is free"
        clock.move(60)
        assert (await storefront.outcome())["__typename"] == "OrderBlocked"
