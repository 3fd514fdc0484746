"""The checks for lost records ask the store at the same time, and so wait for one answer."""

import asyncio
from datetime import datetime, timedelta

import httpx

from gateway.store.clock import JUMP
from gateway.store.memory import MemoryStore
from sandbox.model.world import World
from tests.support.shop import PACK, Clock, InMemoryTransport, gateway_on, signed_in


class PatientStore(MemoryStore):
    """A store that reports since when it is intact only after it was also asked for its time and its clock's jump."""

    is_patient = False
    checks = 0

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock, intact_since=clock() - timedelta(days=1))
        self._asked_now, self._asked_jump = asyncio.Event(), asyncio.Event()

    async def now(self) -> datetime:
        self._asked_now.set()
        return await super().now()

    async def get(self, key: str) -> bytes | None:
        if key == JUMP:
            self._asked_jump.set()
        return await super().get(key)

    async def intact_since(self) -> datetime:
        if self.is_patient:
            self.checks += 1
            self._asked_now.clear()
            self._asked_jump.clear()
            async with asyncio.timeout(10):
                await self._asked_now.wait()
                await self._asked_jump.wait()
        return await super().intact_since()


async def test_registered_edits_and_orders_wait_for_one_answer_of_store(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient
) -> None:
    store, keys = PatientStore(clock), world.keys
    async with gateway_on(store, world, network, clock) as storefront:
        shopper = await signed_in(storefront, sandbox, world, keys.shopper_username, keys.shopper_password)
        await shopper.get_ready()
        store.is_patient = True
        assert (await shopper.storefront.add(PACK))["errors"] == []
        assert (await shopper.storefront.outcome())["__typename"] == "OrderPlaced"
        assert store.checks >= 2
        store.is_patient = False
