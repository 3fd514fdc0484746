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


async def locks_of_carts(store: RedisStore) -> list[str]:
    """Names of the locks of carts that are held."""
    prefix = "riverfront:lock:"
    return [key.decode().removeprefix(prefix) async for key in store._redis.scan_iter(f"{prefix}cart:*")]
