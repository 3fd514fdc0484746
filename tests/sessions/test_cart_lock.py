"""A cart change that cannot acquire the lock of its cart in time fails with CART_BUSY."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import NamedTuple

import httpx
import pytest
from dirty_equals import IsPartialDict

from gateway.sessions.cart_change_lock import CartChangeLock
from gateway.store.interface import Lease, LockNotAcquired
from gateway.store.memory import MemoryStore
from sandbox.model.world import World
from tests.support.shop import CART, PACK, Clock, InMemoryTransport, Shopper, eventually, gateway_on, new_key

SOURCES = f"{CART}/apply-payment-method"
LINES = f"{CART}/line-items"


class ContendedStore(MemoryStore):
    """A store that grants no lock of a cart while `is_locked` is true. A test can end the `leases` of granted locks."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__(now)
        self.is_locked = False
        self.leases: list[Lease] = []

    @asynccontextmanager
    async def lock(self, name: str, *, wait_s: float, ttl_s: float) -> AsyncIterator[Lease]:
        if self.is_locked and name.startswith("cart:"):
            raise LockNotAcquired
        async with super().lock(name, wait_s=wait_s, ttl_s=ttl_s) as lease:
            self.leases.append(lease)
            yield lease


class Shop(NamedTuple):
    store: ContendedStore
    shopper: Shopper


@pytest.fixture
async def shop(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient
) -> AsyncIterator[Shop]:
    store = ContendedStore(clock)
    async with gateway_on(store, world, network, clock) as storefront:
        yield Shop(store, Shopper(storefront, sandbox, world))


async def test_change_of_a_locked_cart_fails_with_cart_busy(shop: Shop) -> None:
    await shop.shopper.storefront.add(PACK)
    shop.store.is_locked = True

    assert (await shop.shopper.storefront.add(PACK))["errors"] == [IsPartialDict(code="CART_BUSY", retry="RETRY")]
    shop.store.is_locked = False
    assert (await shop.shopper.storefront.cart())["totalQuantity"] == 1


async def test_cart_busy_becomes_top_level_error_unless_payload_selects_errors(shop: Shop) -> None:
    await shop.shopper.storefront.add(PACK)
    shop.store.is_locked = True
    text = 'mutation { applyOffer(input: {offer: {couponCode: "SPRING20"}}) { cart { totalQuantity } } }'

    assert (await shop.shopper.storefront.ask(text)).codes == ["CART_BUSY"]


async def test_submit_order_of_a_locked_cart_places_no_order(shop: Shop) -> None:
    await shop.shopper.get_ready()
    key = new_key()
    shop.store.is_locked = True
    payload = await shop.shopper.storefront.submit(key)

    assert payload["errors"] == [IsPartialDict(code="CART_BUSY", retry="RETRY")]
    assert "nothing was charged" in payload["errors"][0]["message"]
    assert shop.shopper.submits == 0
    shop.store.is_locked = False
    assert (await shop.shopper.storefront.outcome(key))["__typename"] == "OrderPlaced"


async def test_change_that_lost_its_lock_sends_nothing_more(shop: Shop, network: InMemoryTransport) -> None:
    await shop.shopper.get_ready()
    other_source = await shop.shopper.source()
    shop.shopper.world.calls.clear()
    network.gates[SOURCES] = gate = asyncio.Event()
    network.arrived[SOURCES].clear()
    change = asyncio.ensure_future(shop.shopper.storefront.attach(other_source))
    await network.arrived[SOURCES].wait()
    shop.store.leases[-1].ends_at = 0
    gate.set()

    assert (await change)["errors"] == [IsPartialDict(__typename="CartConflictError", code="CART_BUSY")]
    calls = shop.shopper.world.calls
    assert (calls.count("DELETE", SOURCES), calls.count("POST", SOURCES)) == (1, 0), "the attached source is detached"


async def test_only_twenty_changes_of_one_cart_wait(shop: Shop, network: InMemoryTransport) -> None:
    storefront = shop.shopper.storefront
    await storefront.add(PACK)
    network.gates[LINES] = gate = asyncio.Event()
    changes = [asyncio.create_task(storefront.another_tab().add(PACK)) for _ in range(50)]
    await eventually(lambda: sum(change.done() for change in changes) == 30)
    refused = [change.result()["errors"] for change in changes if change.done()]
    assert refused == [[IsPartialDict(code="CART_BUSY", retry="RETRY")]] * 30
    gate.set()
    assert [errors for change in changes if (errors := (await change)["errors"])] == refused
    assert (await storefront.cart())["totalQuantity"] == 21
    assert (await storefront.add(PACK))["errors"] == []


MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("of_guest", "of_account", "after"),
    [(None, None, None), (None, 2, 2), (1, None, 1), (2, 1, 2), (1, 2, 2)],
)
async def test_merged_cart_is_unsettled_as_long_as_either_was(
    clock: Clock, of_guest: int | None, of_account: int | None, after: int | None
) -> None:
    lock = CartChangeLock(store := MemoryStore(clock), lambda: now)
    now = clock()
    for owner, minutes in (("guest", of_guest), ("account", of_account)):
        if minutes is not None:
            noted = (now + minutes * MINUTE).isoformat().encode()
            await store.put(f"unsettled-cart:{owner}", noted, ttl_s=600)
    await lock.carry_over("guest", "account")
    assert await lock.unsettled_until("account") == (None if after is None else now + after * MINUTE)
