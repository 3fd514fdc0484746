"""Replicas count the points of a client together, and hardly ever wait for the store."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import cycle

import pytest
from redis.asyncio import Redis

from sandbox.model.world import World
from tests.store.standing_clock import StandingClock
from tests.support.shop import InMemoryTransport, Storefront, eventually, gateway
from tests.support.valkey import Valkey, emptied

pytestmark = pytest.mark.slow

COSTS_40 = "{ products(first: 30) { nodes { name } } }"

LIMIT = 8000

Pair = tuple[Storefront, Storefront]


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@asynccontextmanager
async def replicas(
    world: World, network: InMemoryTransport, clock: StandingClock, valkey: Valkey
) -> AsyncIterator[Pair]:
    await emptied(valkey)
    settings = {"store_url": valkey.url, "cost_limit": 100, "address_points": LIMIT}
    async with (
        gateway(world, network, clock, **settings) as first,
        gateway(world, network, clock, **settings) as second,
    ):
        yield first, second


async def admitted_points(*storefronts: Storefront, at_once: int) -> int:
    """Points of the operations that are executed until each storefront is refused."""
    points = 0

    async def flood(storefront: Storefront) -> None:
        nonlocal points
        while not (answer := await storefront.ask(COSTS_40)).codes:
            points += int(answer.headers["x-riverfront-cost"])

    await asyncio.gather(
        *(flood(storefront) for storefront, _ in zip(cycle(storefronts), range(at_once), strict=False))
    )
    return points


@pytest.mark.parametrize("at_once", [1, 2, 40])
async def test_replicas_keep_one_limit_within_five_percent(
    world: World, network: InMemoryTransport, clock: StandingClock, valkey: Valkey, at_once: int
) -> None:
    async with replicas(world, network, clock, valkey) as pair:
        assert await admitted_points(*pair, at_once=at_once) == pytest.approx(LIMIT, rel=0.05)
        for storefront in pair:
            # The next one is refused without the store.
            assert await admitted_points(storefront, at_once=1) <= LIMIT * 0.05
        clock.move(60)
        share = 5 / 60  # The last 60 seconds cover the other 55 of the minute before.
        assert await admitted_points(*pair, at_once=at_once) == pytest.approx(LIMIT * share, abs=LIMIT * 0.05)


async def test_client_far_below_its_limit_costs_few_commands(
    world: World, network: InMemoryTransport, clock: StandingClock, own_valkey: Valkey
) -> None:
    async with replicas(world, network, clock, own_valkey) as (first, _):
        redis = Redis.from_url(own_valkey.url)
        await redis.config_resetstat()
        for _ in range(50):
            assert (await first.ask(COSTS_40)).codes == []
        stats = await redis.info("commandstats")
        await redis.aclose()
        # A report needs a hundredth of the limit, which two of these requests have.
        assert stats["cmdstat_evalsha"]["calls"] <= 26
        # The replicas read the server's state now and then, however many requests there are.
        often = {command for command, stat in stats.items() if stat["calls"] > 5}
        assert often <= {"cmdstat_evalsha", "cmdstat_get", "cmdstat_set"}


async def test_replica_without_store_allows_half_of_the_points(
    world: World, network: InMemoryTransport, clock: StandingClock, own_valkey: Valkey
) -> None:
    async with replicas(world, network, clock, own_valkey) as (first, _):
        own_valkey.stop()
        assert await admitted_points(first, at_once=1) == LIMIT / 2
        own_valkey.restart()

        async def is_admitted() -> bool:
            return not (await first.ask(COSTS_40)).codes

        await eventually(is_admitted)
        assert await admitted_points(first, at_once=1) == pytest.approx(LIMIT / 2, rel=0.1)
