"""A request to a slow store is refused after one waiting time, however many commands it needs."""

import httpx
import pytest
from dirty_equals import IsPartialDict

from sandbox.model.world import World
from tests.support.shop import Clock, InMemoryTransport, Shopper, gateway, new_key
from tests.support.store_relay import relay_to
from tests.support.valkey import Valkey, emptied

TIMEOUT_S = 1
SLOW_S = 0.4


@pytest.mark.slow
async def test_submit_order_is_refused_after_one_waiting_time(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient, valkey: Valkey
) -> None:
    await emptied(valkey)
    async with (
        relay_to(valkey) as relay,
        gateway(world, network, clock, store_url=relay.url, store_timeout_s=TIMEOUT_S) as storefront,
    ):
        shopper, key = Shopper(storefront, sandbox, world), new_key()
        await shopper.get_ready()
        agreed = await storefront.agreement()
        relay.delay_s, before = SLOW_S, relay.answers
        refused = await storefront.submit(key, **agreed)
        assert refused["errors"] == [IsPartialDict(code="STORE_UNAVAILABLE", retry="RETRY")]
        assert shopper.submits == 0
        relay.delay_s, refused_after = 0, relay.answers - before
        assert (await storefront.outcome(key))["__typename"] == "OrderPlaced"
        # It did not wait for one answer after the other.
        assert refused_after < (relay.answers - before - refused_after) / 3
        assert shopper.submits == 1


@pytest.mark.slow
async def test_store_restart_fails_no_shopper(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient, valkey: Valkey
) -> None:
    await emptied(valkey)
    async with (
        relay_to(valkey) as relay,
        gateway(world, network, clock, store_url=relay.url) as storefront,
    ):
        shoppers = [Shopper(storefront.another_tab(), sandbox, world) for _ in range(5)]
        for shopper in shoppers:
            await shopper.fill_cart()
        for _ in range(3):
            relay.cut()
            for shopper in shoppers:
                assert (await shopper.storefront.cart())["totalQuantity"] == 1
        await shopper.pay_with()
        assert (await shopper.storefront.outcome())["__typename"] == "OrderPlaced"
