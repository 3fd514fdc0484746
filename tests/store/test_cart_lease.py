"""A change of a cart keeps the cart's lock until it has ended, however long Digital River takes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from gateway.store.interface import Lease, LockNotAcquired
from gateway.store.redis import RedisStore
from sandbox.model.world import World
from tests.support.shop import CART, PACK, Clock, InMemoryTransport, Shopper, Storefront, gateway_on
from tests.support.valkey import Valkey, emptied

pytestmark = pytest.mark.slow

SOURCES = f"{CART}/apply-payment-method"

TTL_S = 3


class StoreWithShortLocks(RedisStore):
    """A Redis store whose locks expire after three seconds unless they are extended."""

    @asynccontextmanager
    async def lock(self, name: str, *, wait_s: float, ttl_s: float) -> AsyncIterator[Lease]:
        async with super().lock(name, wait_s=wait_s, ttl_s=min(ttl_s, TTL_S)) as lease:
            yield lease


async def test_order_waits_for_a_change_slower_than_the_lock(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient, valkey: Valkey
) -> None:
    await emptied(valkey)
    stores = [StoreWithShortLocks(valkey.url, timeout_s=0.5) for _ in range(2)]
    async with (
        gateway_on(stores[0], world, network, clock) as first,
        gateway_on(stores[1], world, network, clock) as second,
    ):
        shopper = Shopper(first, sandbox, world)
        await shopper.get_ready()
        cart = await first.cart()
        other_tab = Storefront(second.http, dict(first.headers), first.cookie)
        line_items = f"{CART}/line-items"
        network.arrived[line_items].clear()
        network.gates[line_items] = gate = asyncio.Event()
        adding = asyncio.ensure_future(first.add(PACK))
        await network.arrived[line_items].wait()
        submitting = asyncio.ensure_future(
            other_tab.outcome(total=cart["totals"]["orderTotal"], revision=cart["revision"])
        )
        (lock,) = await locks_of_carts(stores[1])
        # No other request gets the lock, although its time to live has passed.
        with pytest.raises(LockNotAcquired):
            async with stores[1].lock(lock, wait_s=1.5 * TTL_S, ttl_s=TTL_S):
                pass
        gate.set()
        assert (await adding)["errors"] == []
        result = await submitting
    assert result["__typename"] == "OrderBlocked"
    assert [blocker["code"] for blocker in result["blockers"]] == ["TOTAL_CHANGED", "CART_CHANGED"]
    assert shopper.submits == 0


async def test_change_whose_lock_another_holds_is_not_sent(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient, valkey: Valkey
) -> None:
    await emptied(valkey)
    store = RedisStore(valkey.url, timeout_s=10)
    async with gateway_on(store, world, network, clock) as storefront:
        shopper = Shopper(storefront, sandbox, world)
        await shopper.get_ready()
        other_source = await shopper.source()
        network.arrived[SOURCES].clear()
        network.gates[SOURCES] = gate = asyncio.Event()
        attaching = asyncio.ensure_future(storefront.attach(other_source))
        await network.arrived[SOURCES].wait()
        # The lock expires, because the clock of the server jumps or the machine of the gateway is paused.
        (lock,) = await locks_of_carts(store)
        await store.redis.delete(f"riverfront:lock:{lock}")
        async with store.lock(lock, wait_s=0, ttl_s=20):
            world.calls.clear()
            gate.set()
            (error,) = (await attaching)["errors"]
    assert error["code"] == "CART_BUSY"
    assert world.calls.count("POST", SOURCES) == 0, "only the first call of the change was sent"


async def locks_of_carts(store: RedisStore) -> list[str]:
    """Names of the locks of carts that are held."""
    prefix = "riverfront:lock:"
    return [key.decode().removeprefix(prefix) async for key in store.redis.scan_iter(f"{prefix}cart:*")]
