"""An attempt that sent nothing is deleted, and the next attempt with the same idempotency key gets its store key. The
clean-up of the first attempt does not touch what the second one owns."""

import asyncio
from datetime import timedelta

import httpx

from gateway.orders.attempts import OPEN_ATTEMPTS
from gateway.store.memory import MemoryStore
from sandbox.app import create_app as create_sandbox
from sandbox.model.world import World
from tests.support.shop import CART, PACK, SUBMIT, Clock, InMemoryTransport, Shopper, Storefront, gateway_on, new_key


class SlowUnlockingStore(MemoryStore):
    """The first deletion of a cart lock waits until a test sets `continues`."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.is_unlocking, self.continues = asyncio.Event(), asyncio.Event()

    async def delete(self, key: str, *, expected: bytes | None = None) -> bool:
        if key.startswith("cart-lock:") and not self.is_unlocking.is_set():
            self.is_unlocking.set()
            await self.continues.wait()
        return await super().delete(key, expected=expected)


async def test_clean_up_of_an_attempt_keeps_lock_of_next(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient
) -> None:
    store, first_network = SlowUnlockingStore(clock), InMemoryTransport(create_sandbox(world))
    async with (
        gateway_on(store, world, first_network, clock) as first,
        gateway_on(store, world, network, clock) as second,
    ):
        await Shopper(second, sandbox, world).get_ready()
        agreed, key = await second.agreement(), new_key()
        # The first replica cannot read the cart. It deletes its attempt, and is about to delete the lock.
        first_network.unreachable.add(CART)
        failing = asyncio.create_task(Storefront(first.http, cookie=second.cookie).submit(key, **agreed))
        await store.is_unlocking.wait()
        network.gates[SUBMIT] = asyncio.Event()
        buying = asyncio.create_task(second.another_tab().submit(key, **agreed))
        await network.arrived[SUBMIT].wait()
        store.continues.set()
        assert (await failing)["errors"]

        (change,) = (await second.another_tab().add(PACK))["errors"]
        assert change["code"] == "CART_LOCKED", "the order is on its way"
        in_a_minute = clock() + timedelta(minutes=1)
        due = await store.claim_due(OPEN_ATTEMPTS, now=in_a_minute, until=in_a_minute, limit=9)
        assert len(due) == 1, "the reconciler checks the second attempt"
        network.gates[SUBMIT].set()
        assert (await buying)["result"]["__typename"] == "OrderPlaced"
