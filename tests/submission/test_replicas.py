"""Quick and slow replicas that share a store place one order and report the same outcome."""

import asyncio
from datetime import timedelta

import httpx
import pytest
from dirty_equals import IsPartialDict
from redis.asyncio import Redis

from gateway.store.memory import MemoryStore
from gateway.store.redis import RedisStore
from sandbox.model.world import World
from tests.submission.lost_submissions import DelayedSubmission, status_of
from tests.support.shop import (
    CART,
    SHORT_DEADLINE_S,
    SUBMIT,
    Clock,
    InMemoryTransport,
    Shopper,
    Storefront,
    eventually,
    gateway,
    gateway_on,
    new_key,
)
from tests.support.valkey import Valkey, emptied

pytestmark = pytest.mark.slow


async def test_slow_replica_does_not_submit_a_cart_already_submitted(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient, valkey: Valkey
) -> None:
    await emptied(valkey)
    slow_network = InMemoryTransport(network.app)
    async with (
        gateway(world, slow_network, clock, store_url=valkey.url) as slow_replica,
        gateway(world, network, clock, store_url=valkey.url) as quick_replica,
    ):
        shopper = Shopper(quick_replica, sandbox, world)
        await shopper.get_ready()
        agreed, key = await quick_replica.agreement(), new_key()
        slow_network.gates[CART] = asyncio.Event()
        slow_submit = asyncio.create_task(
            Storefront(slow_replica.http, cookie=quick_replica.cookie).submit(key, **agreed)
        )
        await slow_network.arrived[CART].wait()
        # Delete the heartbeat and the lock of the slow replica, as if both had expired.
        redis = Redis.from_url(valkey.url)
        for pattern in ("riverfront:replica:*", "riverfront:lock:*"):
            await redis.delete(*[store_key async for store_key in redis.scan_iter(pattern)])
        await redis.aclose()
        network.gates[SUBMIT] = asyncio.Event()
        quick_submit = asyncio.create_task(quick_replica.another_tab().submit(key, **agreed))
        await network.arrived[SUBMIT].wait()
        slow_network.gates[CART].set()
        # Continue after a second, because the slow replica may be waiting for the outcome of the quick replica.
        await asyncio.wait({slow_submit}, timeout=1)
        network.arrived[SUBMIT].clear()
        second_submit = asyncio.create_task(quick_replica.another_tab().outcome(**agreed))
        second_arrival = asyncio.create_task(network.arrived[SUBMIT].wait())
        await asyncio.wait({second_submit, second_arrival}, return_when=asyncio.FIRST_COMPLETED)
        second_arrival.cancel()
        network.gates[SUBMIT].set()
        results = await asyncio.gather(quick_submit, second_submit, slow_submit)
        assert shopper.submits == 1
        assert results[1]["__typename"] == "OrderBlocked"
        assert results[0]["result"]["__typename"] == "OrderPlaced"
        assert results[2]["result"]["__typename"] != "OrderBlocked", (
            "the slow replica reports the order with the same key"
        )


async def test_replica_renews_its_heartbeat_while_waiting_for_digital_river(
    world: World,
    network: InMemoryTransport,
    clock: Clock,
    sandbox: httpx.AsyncClient,
    valkey: Valkey,
) -> None:
    await emptied(valkey)
    async with gateway(world, network, clock, store_url=valkey.url, reconcile_every_s=0.05) as storefront:
        shopper = Shopper(storefront, sandbox, world)
        await shopper.get_ready()
        await shopper.fault("drop-after", SUBMIT, times=1)
        assert (await storefront.outcome())["__typename"] == "OrderInDoubt"
        network.arrived[CART].clear()
        network.gates[CART] = asyncio.Event()
        clock.move(31)
        await network.arrived[CART].wait()
        redis = Redis.from_url(valkey.url)
        await redis.delete(*[store_key async for store_key in redis.scan_iter("riverfront:replica:*")])

        async def is_alive() -> bool:
            return bool([store_key async for store_key in redis.scan_iter("riverfront:replica:*")])

        await eventually(is_alive)
        await redis.aclose()
        network.gates[CART].set()


async def test_lost_answer_does_not_overwrite_a_known_outcome(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient, valkey: Valkey
) -> None:
    await emptied(valkey)

    class LostAnswer(InMemoryTransport):
        submit_done, lose_answer = asyncio.Event(), asyncio.Event()

        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            answer = await super().handle_async_request(request)
            if request.url.path == SUBMIT:
                self.submit_done.set()
                await self.lose_answer.wait()
                raise httpx.ReadError("lost", request=request)
            return answer

    slow_network = LostAnswer(network.app)
    async with (
        gateway(world, slow_network, clock, store_url=valkey.url) as slow_replica,
        gateway(world, network, clock, store_url=valkey.url) as quick_replica,
    ):
        shopper = Shopper(slow_replica, sandbox, world)
        await shopper.get_ready()
        agreed, key = await slow_replica.agreement(), new_key()
        submitting = asyncio.create_task(slow_replica.another_tab().submit(key, **agreed))
        await slow_network.submit_done.wait()
        redis = Redis.from_url(valkey.url)
        for store_key in [store_key async for store_key in redis.scan_iter("riverfront:replica:*")]:
            await redis.delete(store_key)
        await redis.aclose()
        quick_storefront = Storefront(quick_replica.http, cookie=slow_replica.cookie)
        assert await status_of(quick_storefront, key) == "PLACED"
        slow_network.lose_answer.set()
        payload = await submitting
        assert await status_of(quick_storefront, key) == "PLACED"
        assert payload["result"]["__typename"] == "OrderPlaced"


async def test_replica_with_a_fast_clock_respects_the_quiet_time(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient, valkey: Valkey
) -> None:
    await emptied(valkey)
    delayed_network, fast_clock = DelayedSubmission(network.app), Clock()
    fast_clock.move(125)
    async with (
        gateway(world, delayed_network, clock, store_url=valkey.url) as sender,
        gateway(
            world, network, fast_clock, store_url=valkey.url, store=RedisStore(valkey.url, timeout_s=10)
        ) as fast_replica,
    ):
        shopper = Shopper(sender, sandbox, world)
        await shopper.get_ready()
        delayed_network.is_armed, key = True, new_key()
        assert (await sender.outcome(key))["__typename"] == "OrderInDoubt"
        fast_storefront = Storefront(fast_replica.http, cookie=sender.cookie)
        assert await status_of(fast_storefront, key) == "IN_DOUBT"


async def test_replica_stops_although_another_one_is_sending(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient
) -> None:
    store = MemoryStore(clock, intact_since=clock() - timedelta(days=1))
    async with gateway_on(store, world, network, clock) as first:
        await Shopper(first, sandbox, world).get_ready()
        agreed, key = await first.agreement(), new_key()
        network.gates[SUBMIT] = asyncio.Event()
        sending = asyncio.create_task(first.another_tab().submit(key, **agreed))
        await network.arrived[SUBMIT].wait()
        async with gateway_on(store, world, network, clock, submission_deadline_s=SHORT_DEADLINE_S) as second:
            payload = await Storefront(second.http, cookie=first.cookie).submit(key, **agreed)
            assert payload["attempt"] == IsPartialDict(status="IN_PROGRESS"), payload
        network.gates[SUBMIT].set()
        assert (await sending)["result"]["__typename"] == "OrderPlaced"
