"""The Digital River tokens of a session: they are renewed early and only once, and a renewal may fail."""

import asyncio
from typing import Any

import httpx
import pytest

from gateway.errors import StoreUnavailable
from gateway.store.memory import MemoryStore
from gateway.store.redis import RedisStore
from sandbox.model.world import World
from tests.support.shop import (
    ADDRESS,
    CART,
    PACK,
    Clock,
    InMemoryTransport,
    Shopper,
    Storefront,
    documents,
    gateway,
    gateway_on,
)
from tests.support.valkey import Valkey, emptied

NEEDS_SESSION = "{ paymentSession { id } }"
TOKEN = "/oauth20/token"
DAY_S = 86_400


def revoke_tokens(world: World) -> None:
    """Make the sandbox reject the access token of every shopper who has a cart."""
    for token in [token for token, grant in world.tokens.items() if grant.shopper.cart]:
        del world.tokens[token]


async def test_expiring_access_token_is_renewed_once_for_concurrent_requests(
    world: World, network: InMemoryTransport, clock: Clock
) -> None:
    async with gateway(world, network, clock, session_idle_s=90_000, session_absolute_s=90_000) as storefront:
        await storefront.add(PACK)
        clock.move(DAY_S - 100)
        world.moved = clock.offset
        world.calls.clear()
        tabs = [storefront.another_tab() for _ in range(20)]
        answers = await asyncio.gather(*(tab.ask(documents()["GuestDetails"], address=ADDRESS) for tab in tabs))
        assert all(answer.data["prepareCheckout"]["errors"] == [] for answer in answers)
        assert world.calls.count("POST", "/oauth20/token") == 1


async def test_rejected_access_token_is_renewed_and_the_call_is_repeated(shopper: Shopper, world: World) -> None:
    await shopper.fill_cart()
    for renewal in ("with the first refresh token", "with the refresh token of the first renewal"):
        revoke_tokens(world)
        world.calls.clear()
        assert (await shopper.storefront.cart())["totalQuantity"] == 1, renewal
        assert world.calls.count("POST", "/oauth20/token") == 1, renewal


async def test_failed_renewal_is_ignored_while_access_token_is_valid(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient
) -> None:
    async with gateway(world, network, clock, session_idle_s=90_000, session_absolute_s=90_000) as storefront:
        await storefront.add(PACK)
        clock.move(DAY_S - 100)
        await Shopper(storefront, sandbox, world).fault("status", "/oauth20/token", status=503)
        assert (await storefront.add(PACK))["errors"] == []


async def test_expired_access_token_is_not_used_if_its_renewal_fails(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient
) -> None:
    async with gateway(world, network, clock, session_idle_s=90_000, session_absolute_s=90_000) as storefront:
        await storefront.add(PACK)
        clock.move(DAY_S)
        await Shopper(storefront, sandbox, world).fault("status", "/oauth20/token", status=503)
        world.calls.clear()
        assert (await storefront.ask("{ cart { totalQuantity } }")).codes == ["UPSTREAM_UNAVAILABLE"]
        assert world.calls.count("GET", CART) == 0


async def test_rejected_access_token_without_refresh_token_ends_the_session(
    world: World, network: InMemoryTransport, clock: Clock
) -> None:
    async with gateway(world, network, clock, guest_grant="client_credentials") as storefront:
        await storefront.add(PACK)
        revoke_tokens(world)
        assert (await storefront.ask(NEEDS_SESSION)).codes == ["SESSION_EXPIRED"]
        assert len([shopper for shopper in world.shoppers if shopper.account is None]) == 1


async def test_renewal_without_an_answer_leaves_the_valid_token(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient
) -> None:
    async with gateway(world, network, clock, session_idle_s=90_000, session_absolute_s=90_000) as storefront:
        shopper = Shopper(storefront, sandbox, world)
        await storefront.add(PACK)
        clock.move(DAY_S - 100)
        await shopper.fault("drop-after", TOKEN, times=1)
        assert (await storefront.give_details())["errors"] == []
        assert (await storefront.give_details())["errors"] == [], "the refresh token was used by the lost renewal"
        assert (await storefront.ask("{ cart { totalQuantity } }")).data == {"cart": {"totalQuantity": 1}}
        clock.move(101)
        assert (await storefront.ask(NEEDS_SESSION)).codes == ["SESSION_EXPIRED"]


@pytest.mark.slow
class FailingStore(MemoryStore):
    """A store that fails the next changes of a session, as often as `failures` says."""

    failures = 0

    async def replace(self, key: str, value: bytes, *, expected: bytes | None, ttl_s: float) -> bool:
        if self.failures and key.startswith("session:"):
            self.failures -= 1
            raise StoreUnavailable
        return await super().replace(key, value, expected=expected, ttl_s=ttl_s)


async def test_renewed_tokens_are_stored_although_the_store_fails_at_first(
    world: World, network: InMemoryTransport, clock: Clock
) -> None:
    store = FailingStore(clock)
    async with gateway_on(store, world, network, clock) as storefront:
        await storefront.add(PACK)
        for renewal in ("with the first refresh token", "with the next one, which the store has kept"):
            revoke_tokens(world)
            world.calls.clear()
            store.failures = 2
            assert (await storefront.cart())["totalQuantity"] == 1, renewal
            assert world.calls.count("POST", TOKEN) == 1, renewal


async def test_replica_that_renews_too_late_uses_the_new_token(
    world: World, network: InMemoryTransport, clock: Clock, valkey: Valkey
) -> None:
    await emptied(valkey)
    stores = [RedisStore(valkey.url, timeout_s=5) for _ in range(2)]
    async with (
        gateway_on(stores[0], world, network, clock) as first,
        gateway_on(stores[1], world, network, clock) as second,
    ):
        await first.add(PACK)
        other_tab = Storefront(second.http, dict(first.headers), first.cookie)
        revoke_tokens(world)
        world.calls.clear()
        early, early_gate = await renewal_waiting_at_gate(first, network)
        # The lock of the first replica ends before its renewal.
        (lock,) = [key async for key in stores[1].redis.scan_iter("riverfront:lock:renewal:*")]
        await stores[1].redis.delete(lock)
        late, late_gate = await renewal_waiting_at_gate(other_tab, network)
        early_gate.set()
        assert (await early)["totalQuantity"] == 1
        late_gate.set()
        assert (await late)["totalQuantity"] == 1
        assert world.calls.count("POST", TOKEN) == 2


async def renewal_waiting_at_gate(
    storefront: Storefront, network: InMemoryTransport
) -> tuple["asyncio.Future[dict[str, Any]]", asyncio.Event]:
    """Read the cart with a refused token, until the renewal of the token has been sent and waits."""
    network.arrived[TOKEN].clear()
    network.gates[TOKEN] = gate = asyncio.Event()
    reading = asyncio.ensure_future(storefront.cart())
    await network.arrived[TOKEN].wait()
    return reading, gate
