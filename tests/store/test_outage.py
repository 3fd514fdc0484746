"""What a client is told while the store of the gateway is unreachable."""

from collections.abc import AsyncIterator
from typing import NamedTuple

import httpx
import pytest
from dirty_equals import IsPartialDict

from gateway.errors import StoreUnavailable
from gateway.store.memory import MemoryStore
from sandbox.model.world import World
from tests.support.shop import PACK, Clock, InMemoryTransport, Shopper, gateway_on, new_key

SESSION = "session:"
ATTEMPT = "attempt:"

OPERATIONS = {
    "query": "{ cart { totalQuantity } }",
    "mutation": 'mutation { applyOffer(input: {offer: {couponCode: "SPRING20"}}) { errors { code } } }',
    "submitOrder": """mutation { submitOrder(input: {idempotencyKey: "8f14e45f-ceea-467f-a2e6-6c1f2b9a5f10",
      expectedTotal: {amount: "1.00", currencyCode: "USD"}}) { errors { code } } }""",
}


class FailingStore(MemoryStore):
    """Fails for the keys that begin with `failing`."""

    failing: str | None = None

    async def get(self, key: str) -> bytes | None:
        if self.failing is not None and key.startswith(self.failing):
            raise StoreUnavailable
        return await super().get(key)


class Shop(NamedTuple):
    store: FailingStore
    shopper: Shopper


@pytest.fixture
async def shop(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient
) -> AsyncIterator[Shop]:
    store = FailingStore(clock)
    async with gateway_on(store, world, network, clock) as storefront:
        yield Shop(store, Shopper(storefront, sandbox, world))


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
async def test_outage_before_the_session_is_read_is_a_top_level_error(shop: Shop, operation: str) -> None:
    await shop.shopper.storefront.add(PACK)
    shop.store.failing = SESSION
    answer = await shop.shopper.storefront.ask(operation)

    assert answer.codes == ["STORE_UNAVAILABLE"]
    assert "Nothing was sent and nothing was charged" in answer.body["errors"][0]["message"]


async def test_outage_during_submit_order_sends_nothing_and_frees_the_key(shop: Shop) -> None:
    await shop.shopper.get_ready()
    key = new_key()
    shop.store.failing = ATTEMPT
    payload = await shop.shopper.storefront.submit(key)

    assert payload["errors"] == [IsPartialDict(code="STORE_UNAVAILABLE", retry="RETRY")]
    assert shop.shopper.submits == 0
    shop.store.failing = None
    assert (await shop.shopper.storefront.outcome(key))["__typename"] == "OrderPlaced"
