"""A full store refuses a new session before Digital River is called. A session that fails leaves nothing."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from gateway.store.memory import MemoryStore
from sandbox.model.fault import Fault
from sandbox.model.world import World
from tests.support.full_store import fill
from tests.support.shop import PACK, Answer, Clock, InMemoryTransport, Storefront, gateway_on, new_key

TOKEN = "/oauth20/token"
START = "mutation { startSession(input: {}) { session { id } errors { code } } }"
ENTRIES = 20


async def start(storefront: Storefront, world: World) -> Answer:
    return await storefront.ask(START)


async def add(storefront: Storefront, world: World) -> Answer:
    line = f'{{product: {{upstreamId: "{PACK}"}}}}'
    return await storefront.ask(f"mutation {{ addCartLines(input: {{lines: [{line}]}}) {{ errors {{ code }} }} }}")


async def sign_in(storefront: Storefront, world: World) -> Answer:
    credentials = f'{{username: "{world.keys.shopper_username}", password: "{world.keys.shopper_password}"}}'
    return await storefront.ask(
        f"mutation {{ signIn(input: {{credentials: {{password: {credentials}}}}}) {{ errors {{ code }} }} }}"
    )


def small_store(clock: Clock) -> MemoryStore:
    return MemoryStore(clock, intact_since=clock() - timedelta(days=1), max_entries=ENTRIES)


@pytest.mark.parametrize("way", [start, add])
async def test_full_store_refuses_a_session_without_a_call(
    way: Callable[[Storefront, World], Awaitable[Answer]], world: World, network: InMemoryTransport, clock: Clock
) -> None:
    store = small_store(clock)
    async with gateway_on(store, world, network, clock) as storefront:
        await fill(store)
        for _ in range(3):
            answer = await way(storefront, world)
            assert "RATE_LIMITED" in str(answer.body)
        assert world.calls.count("POST", TOKEN) == 0
        clock.move(61)
        assert (await storefront.ask(START)).data["startSession"]["errors"] == []


@pytest.mark.parametrize("way", [start, add, sign_in])
async def test_failed_start_of_a_session_leaves_no_entry(
    way: Callable[[Storefront, World], Awaitable[Answer]], world: World, network: InMemoryTransport, clock: Clock
) -> None:
    store = MemoryStore(clock, intact_since=clock() - timedelta(days=1))
    async with gateway_on(store, world, network, clock) as storefront:
        world.faults.append(Fault(TOKEN, "status", method="POST", times=9, status=503))
        answer = await way(storefront, world)
        assert storefront.cookie is None, answer.body
        assert [key for key in store._entries if key.startswith("session:")] == []


SUBMIT = """mutation($key: UUID!) { submitOrder(input: {idempotencyKey: $key,
  expectedTotal: {amount: "1.00", currencyCode: "USD"}}) { result { __typename } errors { code } } }"""


async def test_one_client_cannot_keep_others_from_buying(
    world: World, network: InMemoryTransport, clock: Clock
) -> None:
    store = MemoryStore(clock, intact_since=clock() - timedelta(days=1), max_entries=100)
    async with gateway_on(store, world, network, clock, trusted_proxies="198.51.100.0/24") as storefront:
        greedy, other = storefront.another_tab(), storefront.another_tab()
        greedy.headers["X-Forwarded-For"], other.headers["X-Forwarded-For"] = "203.0.113.1", "203.0.113.2"
        await greedy.ask(START)
        answers = [await greedy.ask(SUBMIT, key=new_key()) for _ in range(100)]
        assert answers[0].body["data"]["submitOrder"]["result"] == {"__typename": "OrderBlocked"}
        assert "RATE_LIMITED" in str(answers[-1].body)
        assert (await other.ask(START)).data["startSession"]["errors"] == []
        assert (await other.add(PACK))["errors"] == []


async def test_sign_in_needs_room_for_one_record_only(world: World, network: InMemoryTransport, clock: Clock) -> None:
    store = MemoryStore(clock, intact_since=clock() - timedelta(days=1), max_entries=400)
    async with gateway_on(store, world, network, clock) as storefront:
        await storefront.add(PACK)
        await fill(store)
        await store.delete("filler:0")
        payload = await storefront.sign_in(world.keys.shopper_username, world.keys.shopper_password)
        assert payload["errors"] == []
        assert payload["session"]["level"] == "REGISTERED"
