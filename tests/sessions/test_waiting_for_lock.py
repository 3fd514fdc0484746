"""A request that has waited for the cart's lock goes on with the session as it is then."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, NamedTuple

import httpx
import pytest

from gateway.store.interface import Lease
from gateway.store.memory import MemoryStore
from sandbox.model.world import World
from tests.support.shop import SUBMIT, Clock, InMemoryTransport, Shopper, gateway_on, new_key

TOKEN = "/oauth20/token"
DETACH = "mutation { detachSource(input: {target: {all: true}}) { errors { code } } }"


class WatchedStore(MemoryStore):
    """A store that sets `has_waiter` when a request begins to wait for the lock of a cart."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock, intact_since=clock() - timedelta(days=1))
        self.has_waiter = asyncio.Event()

    @asynccontextmanager
    async def lock(self, name: str, *, wait_s: float, ttl_s: float) -> AsyncIterator[Lease]:
        lock = self._locks.get(name)
        if lock is not None and lock.locked():
            self.has_waiter.set()
        async with super().lock(name, wait_s=wait_s, ttl_s=ttl_s) as lease:
            yield lease


class Shop(NamedTuple):
    store: WatchedStore
    shopper: Shopper


@pytest.fixture
async def shop(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient
) -> AsyncIterator[Shop]:
    store = WatchedStore(clock)
    async with gateway_on(store, world, network, clock) as storefront:
        yield Shop(store, Shopper(storefront, sandbox, world))


async def test_sign_in_that_waited_takes_the_new_cart(shop: Shop, network: InMemoryTransport, world: World) -> None:
    storefront = shop.shopper.storefront
    await shop.shopper.get_ready("klarnaCredit")
    await storefront.outcome()
    network.arrived[TOKEN].clear()
    network.gates[TOKEN] = asyncio.Event()
    other_tab = storefront.another_tab()
    # The abandonment of the redirect gives the session a new cart. The token of the old cart stays valid.
    await shop.shopper.fault("status", "/oauth20/access-tokens", method="DELETE", status=500, times=4)
    abandoning = asyncio.create_task(storefront.ask(DETACH))
    await network.arrived[TOKEN].wait()
    signing_in = asyncio.create_task(other_tab.sign_in(world.keys.shopper_username, world.keys.shopper_password))
    await shop.store.has_waiter.wait()
    network.gates[TOKEN].set()
    assert (await abandoning).data["detachSource"]["errors"] == []
    assert (await signing_in)["errors"] == []

    session = (await other_tab.ask("{ paymentSession { state } }")).data["paymentSession"]
    assert session == {"state": "REQUIRES_SOURCE"}, "the account has the new cart, not the abandoned one"


async def test_submission_that_waited_for_a_sign_in_sends_nothing(
    shop: Shop, network: InMemoryTransport, world: World
) -> None:
    storefront = shop.shopper.storefront
    await shop.shopper.get_ready()
    agreed = await storefront.agreement()
    guests = {value: token for value, token in world.tokens.items() if token.shopper.cart}

    def keep_guest_tokens(answer: Any) -> Any:
        # Digital River does not document that a sign-in ends the tokens of the guest.
        if not guests.keys() <= world.tokens.keys():
            account = world.tokens[answer["access_token"]].shopper
            for value, token in guests.items():
                token.shopper = account
                world.tokens[value] = token
        return answer

    network.rewrites["POST", TOKEN] = keep_guest_tokens
    network.arrived[TOKEN].clear()
    network.gates[TOKEN] = asyncio.Event()
    other_tab = storefront.another_tab()
    signing_in = asyncio.create_task(storefront.sign_in(world.keys.shopper_username, world.keys.shopper_password))
    await network.arrived[TOKEN].wait()
    submitting = asyncio.create_task(other_tab.ask(SUBMIT_ORDER, key=new_key(), **agreed))
    await shop.store.has_waiter.wait()
    network.gates[TOKEN].set()
    assert (await signing_in)["errors"] == []

    answer = await submitting
    assert answer.codes == ["SESSION_EXPIRED"]
    assert "set-cookie" not in answer.headers, "the cookie may be that of the signed-in session"
    assert world.calls.count("POST", SUBMIT) == 0


SUBMIT_ORDER = """mutation($key: UUID!, $total: MoneyInput!, $revision: CartRevision!) { submitOrder(input: {
  idempotencyKey: $key, expectedTotal: $total, ifRevision: $revision, termsOfSaleAccepted: true}) {
    result { __typename } errors { code } } }"""
