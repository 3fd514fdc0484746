"""Without the store's time, it is unknown whether the quiet time is over, so the order stays in doubt."""

from datetime import datetime, timedelta

import httpx

from gateway.errors import StoreUnavailable
from gateway.store.memory import MemoryStore
from sandbox.model.world import World
from tests.support.shop import SUBMIT, Clock, InMemoryTransport, Shopper, gateway_on, new_key

STATUS = "query($key: UUID) { orderSubmission(idempotencyKey: $key) { status } }"


class TimelessStore(MemoryStore):
    """A store whose time cannot be read while `is_timeless` is true."""

    is_timeless = False

    async def now(self) -> datetime:
        if self.is_timeless:
            raise StoreUnavailable
        return await super().now()


async def test_doubt_is_not_settled_while_store_time_is_unreadable(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient
) -> None:
    store = TimelessStore(clock, intact_since=clock() - timedelta(days=1))
    async with gateway_on(store, world, network, clock) as storefront:
        shopper, key = Shopper(storefront, sandbox, world), new_key()
        await shopper.get_ready()
        await shopper.fault("drop-before", SUBMIT, times=1)
        assert (await storefront.outcome(key))["__typename"] == "OrderInDoubt"
        for is_timeless, status in ((True, "IN_DOUBT"), (False, "NOT_PLACED")):
            store.is_timeless = is_timeless
            clock.move(200)
            assert (await storefront.ask(STATUS, key=key)).data["orderSubmission"]["status"] == status
