"""A gateway or store that may have lost records of orders delays the next order, but only where it must."""

import asyncio
from datetime import timedelta

import httpx
import pytest
from dirty_equals import IsPartialDict
from redis.asyncio import Redis

from gateway.store.interface import Store
from gateway.store.memory import MemoryStore
from gateway.store.redis import RedisStore
from sandbox.model.world import World
from tests.support.shop import (
    CART,
    PACK,
    SUBMIT,
    Clock,
    InMemoryTransport,
    Shopper,
    Storefront,
    eventually,
    gateway,
    gateway_on,
    signed_in,
)
from tests.support.valkey import Valkey, emptied

LINES = f"{CART}/line-items"
QUIET_S = 120
REFUSED = [IsPartialDict(code="STORE_UNAVAILABLE", retry="RETRY")]


async def alex(storefront: Storefront, sandbox: httpx.AsyncClient, world: World) -> Shopper:
    """The registered shopper Alex, signed in at this gateway."""
    return await signed_in(storefront, sandbox, world, world.keys.shopper_username, world.keys.shopper_password)


async def test_restarted_gateway_does_not_submit_the_same_cart_twice(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient
) -> None:
    # The first gateway is killed while its submit-cart is on the way. Its request arrives late.
    async with gateway(world, network, clock) as killed:
        shopper = await alex(killed, sandbox, world)
        await shopper.get_ready()
        network.gates[SUBMIT] = gate = asyncio.Event()
        lost = asyncio.ensure_future(shopper.storefront.outcome())
        await network.arrived[SUBMIT].wait()
        async with gateway_on(MemoryStore(clock), world, network, clock) as restarted:
            again = await alex(restarted, sandbox, world)
            assert (await again.storefront.submit())["errors"] == REFUSED
            gate.set()
            assert (await lost)["__typename"] == "OrderPlaced"
            clock.move(QUIET_S + 1)
            await again.get_ready()
            assert (await again.storefront.outcome())["__typename"] == "OrderPlaced"
    assert shopper.submits == 2, "one order of each cart"


async def test_cart_is_unchanged_while_lost_order_may_buy_it(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient
) -> None:
    async with gateway(world, network, clock) as killed:
        shopper = await alex(killed, sandbox, world)
        await shopper.get_ready()
        network.gates[SUBMIT] = gate = asyncio.Event()
        lost = asyncio.ensure_future(shopper.storefront.outcome())
        await network.arrived[SUBMIT].wait()
        async with gateway_on(MemoryStore(clock), world, network, clock) as restarted:
            again = await alex(restarted, sandbox, world)
            assert (await again.storefront.add(PACK))["errors"] == REFUSED
            guest = Storefront(restarted.http)
            await guest.add(PACK)
            keys = world.keys
            assert (await guest.sign_in(keys.shopper_username, keys.shopper_password))["errors"] == REFUSED
            gate.set()
            placed = await lost
            assert placed["order"]["totals"]["orderTotal"]["amount"] == "96.69"
            assert (await again.storefront.add(PACK))["errors"] == [], "a cart without a source cannot be bought"
            source = await again.source()
            assert (await again.storefront.attach(source))["errors"] == REFUSED
            clock.move(QUIET_S + 1)
            assert (await again.storefront.attach(await again.source()))["errors"] == []
    assert shopper.submits == 1


@pytest.mark.slow
async def test_order_is_refused_if_lock_of_a_change_was_lost(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient, own_valkey: Valkey
) -> None:
    await emptied(own_valkey)
    redis = Redis.from_url(own_valkey.url)
    async with gateway(world, network, clock, store_url=own_valkey.url) as storefront:
        shopper = await alex(storefront, sandbox, world)
        await shopper.get_ready()
        network.arrived.pop(LINES)
        network.gates[LINES] = gate = asyncio.Event()
        changing = asyncio.ensure_future(shopper.storefront.another_tab().add(PACK))
        await network.arrived[LINES].wait()
        submitting = asyncio.ensure_future(shopper.storefront.submit())

        async def waits_for_lock() -> bool:
            return bool(await redis.keys("riverfront:cart-lock:*"))

        await eventually(waits_for_lock)
        # The server evicts the lock of the change, which is on its way.
        await redis.delete(*await redis.keys("riverfront:lock:cart:*"), "riverfront:server")
        assert (await submitting)["errors"] == REFUSED
        gate.set()
        await changing
    assert shopper.submits == 0
    await redis.aclose()


async def test_guest_can_buy_right_after_start_on_a_new_store(
    store: Store, world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient
) -> None:
    async with gateway_on(store, world, network, clock) as storefront:
        shopper = Shopper(storefront, sandbox, world)
        await shopper.get_ready()
        assert (await storefront.outcome())["__typename"] == "OrderPlaced"


@pytest.mark.slow
async def test_new_store_delays_orders_only_after_the_start(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient, own_valkey: Valkey
) -> None:
    async with gateway(world, network, clock, store_url=own_valkey.url) as storefront:
        clock.move(QUIET_S + 1)
        shopper = await alex(storefront, sandbox, world)
        await shopper.get_ready()
        assert (await shopper.storefront.outcome())["__typename"] == "OrderPlaced", "no submit request came before"


@pytest.mark.slow
@pytest.mark.parametrize("skew_s", [-3600, -10, 10, 3600])
async def test_replica_uses_the_time_of_the_store(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient, valkey: Valkey, skew_s: int
) -> None:
    await emptied(valkey)
    skewed = Clock(timedelta(seconds=skew_s))
    async with (
        gateway(world, network, clock, store_url=valkey.url) as first,
        gateway(world, network, skewed, store_url=valkey.url, store=RedisStore(valkey.url, timeout_s=10)) as second,
    ):
        await Shopper(first, sandbox, world).fill_cart()
        other_tab = Storefront(second.http, dict(first.headers), first.cookie)
        assert (await other_tab.cart())["totalQuantity"] == 1, "the session has not ended"
        assert (await first.cart())["totalQuantity"] == 1

        guest = Shopper(Storefront(second.http), sandbox, world)
        await guest.get_ready()
        own = Storefront(first.http, dict(guest.storefront.headers), guest.storefront.cookie)
        assert (await own.cart())["totalQuantity"] == 1, "nor has a session of the other replica"
