"""An operation searches for its session once, also if several fields need it at the same time."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from gateway.errors import StoreUnavailable
from gateway.store.memory import MemoryStore
from sandbox.model.world import World
from tests.support.shop import PACK, Clock, InMemoryTransport, Shopper, gateway_on

FIELDS = "{ session { id } cart { id } paymentSession { sessionId } }"


class SlowStore(MemoryStore):
    """A store that answers reads of sessions when `may_answer` is set."""

    reads = 0
    fails = False

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.is_asked, self.may_answer = asyncio.Event(), asyncio.Event()
        self.may_answer.set()

    async def get(self, key: str) -> bytes | None:
        if key.startswith("session:"):
            self.reads += 1
            self.is_asked.set()
            await self.may_answer.wait()
            if self.fails:
                raise StoreUnavailable
        return await super().get(key)

    def stop(self) -> None:
        self.reads = 0
        self.is_asked.clear()
        self.may_answer.clear()


@pytest.fixture
def store(clock: Clock) -> SlowStore:
    return SlowStore(clock)


@pytest.fixture
async def shopper(
    store: SlowStore, world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient
) -> AsyncIterator[Shopper]:
    async with gateway_on(store, world, network, clock) as storefront:
        shopper = Shopper(storefront, sandbox, world)
        await storefront.add(PACK)
        yield shopper


@pytest.mark.parametrize("fails", [False, True])
async def test_fields_wait_for_one_search(fails: bool, shopper: Shopper, store: SlowStore) -> None:
    store.stop()
    store.fails = fails
    asking = asyncio.create_task(shopper.storefront.ask(FIELDS))
    await store.is_asked.wait()
    store.may_answer.set()
    answer = await asking
    assert store.reads == 1
    assert answer.codes == (["STORE_UNAVAILABLE"] * 3 if fails else [])


async def test_client_that_hangs_up_leaves_session_alone(shopper: Shopper, store: SlowStore) -> None:
    store.stop()
    asking = asyncio.create_task(shopper.storefront.ask(FIELDS))
    await store.is_asked.wait()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    store.may_answer.set()
    assert (await shopper.storefront.ask(FIELDS)).data["cart"]
