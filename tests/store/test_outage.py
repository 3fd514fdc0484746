"""While the gateway's store is unavailable, no change is sent twice, and fields that need no session return data."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any, NamedTuple

import httpx
import pytest
from dirty_equals import IsPartialDict, IsStr
from redis.asyncio import Redis

from gateway.errors import StoreUnavailable
from gateway.http.health import REMEMBERED_S
from gateway.store.memory import MemoryStore
from sandbox.model.world import World
from tests.support.shop import (
    CART,
    PACK,
    SUBMIT,
    Clock,
    InMemoryTransport,
    Shopper,
    Storefront,
    documents,
    eventually,
    gateway,
    gateway_on,
    new_key,
    signed_in,
)
from tests.support.valkey import Valkey, emptied

SESSION = "session:"
ATTEMPT = "attempt:"

OPERATIONS = {
    "query": "{ cart { totalQuantity } }",
    "mutation": 'mutation { applyOffer(input: {offer: {couponCode: "SPRING20"}}) { errors { code } } }',
    "submitOrder": """mutation { submitOrder(input: {idempotencyKey: "8f14e45f-ceea-467f-a2e6-6c1f2b9a5f10",
      expectedTotal: {amount: "1.00", currencyCode: "USD"}}) { errors { code } } }""",
}


class FailingStore(MemoryStore):
    """A store that raises `StoreUnavailable` for reads of keys that begin with `failing_prefix`."""

    failing_prefix: str | None = None

    async def get(self, key: str) -> bytes | None:
        if self.failing_prefix is not None and key.startswith(self.failing_prefix):
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
async def test_operation_fails_with_store_unavailable_when_session_cannot_be_read(shop: Shop, operation: str) -> None:
    await shop.shopper.storefront.add(PACK)
    shop.store.failing_prefix = SESSION
    answer = await shop.shopper.storefront.ask(operation)

    assert answer.codes == ["STORE_UNAVAILABLE"]
    assert "Nothing was sent and nothing was charged" in answer.body["errors"][0]["message"]


async def test_store_outage_during_submit_order_allows_retry_with_same_key(shop: Shop) -> None:
    await shop.shopper.get_ready()
    key = new_key()
    shop.store.failing_prefix = ATTEMPT
    payload = await shop.shopper.storefront.submit(key)

    assert payload["errors"] == [IsPartialDict(code="STORE_UNAVAILABLE", retry="RETRY")]
    assert shop.shopper.submits == 0
    shop.store.failing_prefix = None
    assert (await shop.shopper.storefront.outcome(key))["__typename"] == "OrderPlaced"


# Outages of a real Valkey server.


async def takes_orders(storefront: Storefront, clock: Clock) -> bool:
    clock.move(REMEMBERED_S)
    return bool((await storefront.http.get("/health/orders")).status_code == 200)


@pytest.mark.slow
@pytest.mark.parametrize("trouble", ["stopped", "paused"])
async def test_only_fields_that_need_no_session_work_during_store_outage(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient, own_valkey: Valkey, trouble: str
) -> None:
    changes = {"store_url": own_valkey.url, "store_timeout_s": 1}
    async with gateway(world, network, clock, **changes) as storefront, AsyncExitStack() as stack:
        shopper = Shopper(storefront, sandbox, world)
        await shopper.get_ready()
        cart = await storefront.cart()
        if trouble == "stopped":
            own_valkey.stop()
        else:
            stack.enter_context(own_valkey.paused())
        agreed = {"total": cart["totals"]["orderTotal"], "revision": cart["revision"]}
        answer = await storefront.ask(documents()["GuestOrder"], key=new_key(), **agreed)
        assert answer.codes == ["STORE_UNAVAILABLE"]
        assert "nothing was charged" in answer.body["errors"][0]["message"]
        assert shopper.submits == 0
        assert (await storefront.ask("{ products(first: 1) { totalCount } }")).data["products"]["totalCount"]
        assert not await takes_orders(storefront, clock)
        assert (await storefront.http.get("/health/live")).status_code == 200


class InterruptedMutation(NamedTuple):
    """A mutation, and the errors and cart of its payload if the store stops during the upstream call to `path`."""

    path: str
    query: str
    errors: list[Any]
    cart: dict[str, Any]


INTERRUPTED_MUTATIONS = {
    "keyed": InterruptedMutation(
        f"{CART}/line-items",
        """mutation { addCartLines(input: {idempotencyKey: "8f14e45f-ceea-467f-a2e6-6c1f2b9a5f10",
          lines: [{product: {upstreamId: "5401230400"}}]}) {
            cart { totalQuantity } errors { code retry message } } }""",
        [],
        {"totalQuantity": 2},
    ),
    "not keyed": InterruptedMutation(
        CART,
        """mutation { applyOffer(input: {offer: {couponCode: "SPRING20"}}) {
          cart { totals { discount { amount } } } errors { code retry message } } }""",
        [IsPartialDict(code="STORE_UNAVAILABLE", retry="READ_STATE_FIRST")],
        {"totals": {"discount": {"amount": IsStr(regex="[1-9].*")}}},
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("change", INTERRUPTED_MUTATIONS.values(), ids=INTERRUPTED_MUTATIONS)
async def test_cart_change_during_store_outage_returns_the_changed_cart(
    world: World,
    network: InMemoryTransport,
    clock: Clock,
    sandbox: httpx.AsyncClient,
    own_valkey: Valkey,
    change: InterruptedMutation,
) -> None:
    async with gateway(world, network, clock, store_url=own_valkey.url, store_timeout_s=1) as storefront:
        await Shopper(storefront, sandbox, world).fill_cart()
        network.arrived.clear()
        network.gates[change.path] = asyncio.Event()
        running = asyncio.create_task(storefront.ask(change.query))
        await network.arrived[change.path].wait()
        own_valkey.stop()
        network.gates[change.path].set()

        (payload,) = (await running).data.values()
        assert payload["errors"] == change.errors
        assert all("may have been made" in error["message"] for error in payload["errors"])
        assert payload["cart"] == change.cart


@pytest.mark.slow
async def test_sign_in_returns_its_bearer_token_while_store_is_paused(
    world: World, network: InMemoryTransport, clock: Clock, own_valkey: Valkey
) -> None:
    shopper_path, keys = "/v1/shoppers/me", world.keys
    async with gateway(world, network, clock, store_url=own_valkey.url, store_timeout_s=1) as storefront:
        network.gates[shopper_path] = asyncio.Event()
        running = asyncio.create_task(storefront.sign_in(keys.shopper_username, keys.shopper_password, "BEARER"))
        await network.arrived[shopper_path].wait()
        with own_valkey.paused():
            network.gates[shopper_path].set()
            assert (await running)["bearerToken"]
        await eventually(lambda: takes_orders(storefront, clock))
        session = (await storefront.ask("{ session { level } }")).data["session"]
        assert session == {"level": "REGISTERED"}


@pytest.mark.slow
@pytest.mark.parametrize("trouble", ["flushed", "restarted", "stopped"])
async def test_next_order_is_delayed_after_store_loses_submission_record(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient, own_valkey: Valkey, trouble: str
) -> None:
    await emptied(own_valkey)
    async with gateway(world, network, clock, store_url=own_valkey.url) as storefront:
        username, password = world.keys.shopper_username, world.keys.shopper_password
        shopper = await signed_in(storefront, sandbox, world, username, password)
        await shopper.get_ready()
        agreed = await shopper.storefront.agreement()
        await shopper.fault("delay", SUBMIT, delay_s=0.5, times=1)
        submission = asyncio.create_task(shopper.storefront.another_tab().outcome(**agreed))
        await network.arrived[SUBMIT].wait()
        if trouble == "flushed":
            redis = Redis.from_url(own_valkey.url)
            await redis.flushall()
            await redis.aclose()
        elif trouble == "restarted":
            own_valkey.restart()
        else:
            own_valkey.stop()
        assert (await submission)["__typename"] == "OrderPlaced", (
            "the outcome is reported although the store has no record"
        )
        if trouble == "stopped":
            own_valkey.restart()
        await eventually(lambda: takes_orders(storefront, clock))

        again = await signed_in(Storefront(storefront.http), sandbox, world, username, password)
        assert (await again.storefront.add(PACK))["errors"] == [], "the next cart cannot be bought yet"
        refused = await again.storefront.submit()
        assert refused["errors"] == [IsPartialDict(code="STORE_UNAVAILABLE", retry="RETRY")]
        assert "Nothing was sent" in refused["errors"][0]["message"]
        assert shopper.submits == 1
        clock.move(121)
        await again.get_ready()
        assert (await again.storefront.outcome())["__typename"] == "OrderPlaced"
