"""A session that ends while it submits or waits for approval keeps what its submission needs, or submits nothing."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import httpx
import pytest

from gateway.store.memory import MemoryStore
from sandbox.model.world import World
from tests.submission.lost_submissions import order_states
from tests.support.shop import (
    Clock,
    InMemoryTransport,
    Shopper,
    Storefront,
    documents,
    eventually,
    gateway_on,
    new_key,
    signed_in,
)

pytestmark = pytest.mark.slow

TOKEN = "/oauth20/token"
SIGN_OUT = "mutation { signOut { signedOut } }"
IDLE_S = 1800


class InterruptedStore(MemoryStore):
    """A store that runs `meanwhile` during the next command for a key with the prefix."""

    prefix: str | None = None
    meanwhile: Callable[[], Awaitable[object]]

    def interrupt(self, prefix: str, meanwhile: Callable[[], Awaitable[object]]) -> None:
        self.prefix, self.meanwhile = prefix, meanwhile

    async def _interrupted(self, key: str) -> None:
        if self.prefix is not None and key.startswith(self.prefix):
            self.prefix = None
            await self.meanwhile()

    async def get(self, key: str) -> bytes | None:
        value = await super().get(key)
        await self._interrupted(key)
        return value

    async def replace(self, key: str, value: bytes, *, expected: bytes | None, ttl_s: float) -> bool:
        await self._interrupted(key)
        return await super().replace(key, value, expected=expected, ttl_s=ttl_s)


async def sign_out(storefront: Storefront) -> None:
    assert (await storefront.ask(SIGN_OUT)).data["signOut"]["signedOut"]


async def approve(shopper: Shopper, url: str) -> None:
    await shopper.decide(url)
    assert order_states(shopper.world) == ["Source Pending Redirect"]


async def test_order_is_finished_although_a_sign_in_began_before_it(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient
) -> None:
    keys, store = world.keys, MemoryStore(clock, intact_since=clock() - timedelta(days=1))
    async with gateway_on(store, world, network, clock, reconcile_every_s=0.01) as storefront:
        shopper = await signed_in(storefront, sandbox, world, keys.shopper_username, keys.shopper_password)
        await shopper.get_ready("klarnaCredit")
        network.arrived[TOKEN].clear()
        network.gates[TOKEN] = asyncio.Event()
        tab = shopper.storefront.another_tab()
        signing_in = asyncio.create_task(tab.sign_in(keys.shopper_username, keys.shopper_password))
        await network.arrived[TOKEN].wait()
        result = await shopper.storefront.another_tab().outcome()
        network.gates[TOKEN].set()
        assert (await signing_in)["errors"] == []
        clock.move(IDLE_S + 1)
        await approve(shopper, result["action"]["redirectUrl"])
        clock.move(301)
        await eventually(lambda: order_states(world) == ["Submitted"])


async def test_order_is_finished_although_sign_out_overtakes_a_check(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient
) -> None:
    store = InterruptedStore(clock)
    async with gateway_on(store, world, network, clock, reconcile_every_s=0.01) as storefront:
        shopper = Shopper(storefront, sandbox, world)
        await shopper.get_ready("klarnaCredit")
        result = await storefront.outcome()
        has_signed_out = asyncio.Event()

        async def leave() -> None:
            await sign_out(storefront)
            has_signed_out.set()

        store.interrupt("session-at:", leave)
        clock.move(10)
        await has_signed_out.wait()
        await approve(shopper, result["action"]["redirectUrl"])
        clock.move(301)
        await eventually(lambda: order_states(world) == ["Submitted"])


@pytest.mark.parametrize("is_first", ["sign-out", "submission"])
async def test_submission_of_a_session_that_ends_sends_nothing(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient, is_first: str
) -> None:
    store = InterruptedStore(clock)
    async with gateway_on(store, world, network, clock) as storefront:
        shopper = Shopper(storefront, sandbox, world)
        await shopper.get_ready("klarnaCredit")
        agreed = await storefront.agreement()
        tab, answers = storefront.another_tab(), []

        async def submit() -> None:
            answers.append(await tab.ask(documents()["GuestOrder"], key=new_key(), **agreed))

        if is_first == "sign-out":
            # The sign-out has looked for the lock when the submission takes it.
            store.interrupt("cart-lock:", submit)
            await sign_out(storefront)
        else:
            store.interrupt("cart-lock:", lambda: sign_out(storefront.another_tab()))
            await submit()
        assert "SESSION_EXPIRED" in str(answers[0].body)
        assert shopper.submits == 0
        assert order_states(world) == []
