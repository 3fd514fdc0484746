"""A store failure during a change causes no second order and no permanently locked cart."""

import asyncio

import httpx
import pytest
from dirty_equals import IsPartialDict

from gateway.errors import RateLimited, StoreUnavailable
from gateway.store.memory import MemoryStore
from sandbox.model.world import World
from tests.submission.lost_submissions import is_unlocked
from tests.support.shop import PACK, SUBMIT, Clock, InMemoryTransport, Shopper, eventually, gateway_on, new_key

pytestmark = pytest.mark.slow

DETACH = "mutation { detachSource(input: {target: {all: true}}) { warnings { code } errors { code message } } }"


class UnconfirmedWriteStore(MemoryStore):
    """A store that writes the next value of a key with `unconfirmed_prefix`, but then raises `StoreUnavailable`."""

    unconfirmed_prefix: str | None = None

    async def replace(self, key: str, value: bytes, *, expected: bytes | None, ttl_s: float) -> bool:
        written = await super().replace(key, value, expected=expected, ttl_s=ttl_s)
        if self.unconfirmed_prefix is not None and key.startswith(self.unconfirmed_prefix) and expected is not None:
            self.unconfirmed_prefix = None
            raise StoreUnavailable
        return written


class FailingStore(MemoryStore):
    """A store that raises `StoreUnavailable` when keys with a given prefix are changed."""

    failing: tuple[str, int] | None = None
    """Prefix of the keys, and number of changes that succeed before the first failure."""

    async def replace(self, key: str, value: bytes, *, expected: bytes | None, ttl_s: float) -> bool:
        if self.failing is not None and key.startswith(self.failing[0]):
            if self.failing[1] == 0:
                raise StoreUnavailable
            self.failing = (self.failing[0], self.failing[1] - 1)
        return await super().replace(key, value, expected=expected, ttl_s=ttl_s)


class FullStore(MemoryStore):
    """A store that has no room for new keys while `is_full`."""

    is_full = False

    async def put(self, key: str, value: bytes, *, ttl_s: float) -> None:
        if self.is_full and await self.get(key) is None:
            raise RateLimited
        await super().put(key, value, ttl_s=ttl_s)


async def test_placed_order_is_reported_although_the_store_is_full(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient
) -> None:
    store = FullStore(clock)
    async with gateway_on(store, world, network, clock) as storefront:
        shopper = Shopper(storefront, sandbox, world)
        await shopper.get_ready()
        cart, key = await storefront.cart(), new_key()
        network.gates[SUBMIT] = asyncio.Event()
        submitting = asyncio.create_task(
            storefront.submit(key, total=cart["totals"]["orderTotal"], revision=cart["revision"])
        )
        await network.arrived[SUBMIT].wait()
        store.is_full = True
        network.gates[SUBMIT].set()
        payload = await submitting
        assert (payload["errors"], payload["result"]["__typename"]) == ([], "OrderPlaced")
        assert (await storefront.submit(key, total=cart["totals"]["orderTotal"], revision=cart["revision"]))[
            "attempt"
        ] == IsPartialDict(status="PLACED", isReplay=True)


async def test_store_error_before_sending_leaves_the_cart_unlocked(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient
) -> None:
    store = UnconfirmedWriteStore(clock)
    async with gateway_on(store, world, network, clock, reconcile_every_s=0.01) as storefront:
        shopper = Shopper(storefront, sandbox, world)
        await shopper.get_ready()
        store.unconfirmed_prefix = "attempt:"
        payload = await shopper.storefront.submit()
        assert [error["code"] for error in payload["errors"]] == ["STORE_UNAVAILABLE"]
        assert shopper.submits == 0
        clock.move(200)
        await eventually(lambda: is_unlocked(storefront))
        assert (await storefront.outcome())["__typename"] == "OrderPlaced", (
            "the cart is unlocked because nothing was sent"
        )


async def test_repeated_cart_change_is_made_once_although_store_fails(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient
) -> None:
    mutation = """mutation($key: UUID!, $id: String!) { addCartLines(input: {idempotencyKey: $key,
      lines: [{product: {upstreamId: $id}, quantity: 1}]}) { errors { code retry } } }"""
    store = FailingStore(clock)
    async with gateway_on(store, world, network, clock) as storefront:
        await storefront.add(PACK)
        key = new_key()
        store.failing = ("keyed:", 1)
        await storefront.ask(mutation, key=key, id=PACK)
        store.failing = None
        clock.move(61)
        await storefront.ask(mutation, key=key, id=PACK)
        assert (await storefront.cart())["totalQuantity"] == 2


async def test_redirect_can_be_abandoned_again_after_store_failure(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient
) -> None:
    store = FailingStore(clock)
    async with gateway_on(store, world, network, clock, reconcile_every_s=0.01) as storefront:
        shopper = Shopper(storefront, sandbox, world)
        await shopper.get_ready("klarnaCredit")
        key = new_key()
        redirect = await storefront.outcome(key)
        store.failing = ("session:", 0)
        await storefront.ask(DETACH)
        store.failing = None
        await shopper.decide(redirect["action"]["redirectUrl"])
        clock.move(10)
        resumed = (await storefront.run("ReturnFromRedirect"))["resumeOrder"]
        abandoned = (await storefront.ask(DETACH)).data["detachSource"]
        assert resumed["result"]["__typename"] == "OrderNotPlaced", "the shopper has left the order"
        assert abandoned["errors"] == [], "the shopper gets a new cart"
        await shopper.pay_with()
        assert (await storefront.outcome())["__typename"] == "OrderPlaced"
        assert shopper.submits == 2


async def test_required_authentication_is_reported_although_the_store_fails(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient
) -> None:
    store = FailingStore(clock)
    async with gateway_on(store, world, network, clock) as storefront:
        shopper = Shopper(storefront, sandbox, world)
        await shopper.fill_cart()
        await shopper.pay_with(owner__lastName="Decline:sca_not_completed")
        agreed, key = await storefront.agreement(), new_key()
        network.gates[SUBMIT] = asyncio.Event()
        submitting = asyncio.create_task(storefront.another_tab().submit(key, **agreed))
        await network.arrived[SUBMIT].wait()
        store.failing = ("session:", 0)
        network.gates[SUBMIT].set()
        payload = await submitting
        store.failing = None
        assert payload["errors"] == []
        assert payload["result"]["__typename"] == "OrderActionRequired"
