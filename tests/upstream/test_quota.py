"""Digital River's quota: the gateway stays within it, and stops for a while if Digital River refuses a call."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import httpx
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import QuotaUsedUp, StoreUnavailable
from gateway.http.health import REMEMBERED_S
from gateway.store.call_permits import UNDER_WAY_MS, CallPermits, Grant, LocalPermits, SharedPermits
from gateway.store.memory import MemoryStore
from gateway.store.redis import RedisStore
from gateway.upstream import error_envelopes
from gateway.upstream.priority import Priority
from gateway.upstream.protection.quota import RANKS, REFUSED_FOR_S, Quota, rank_of
from sandbox.model.quota import CallQuota
from sandbox.model.world import World
from tests.support.shop import CART, PACK, Clock, InMemoryTransport, Shopper, Storefront, gateway, gateway_on
from tests.support.valkey import Valkey

FIRST, LAST = 0, RANKS - 1

PRODUCT = '{ product(by: {upstreamId: "%s"}) { name } }'


@pytest.fixture
async def limited(
    world: World, network: InMemoryTransport, sandbox: httpx.AsyncClient, clock: Clock
) -> AsyncIterator[Shopper]:
    """A shopper of a gateway with a test key, in front of a sandbox with the same quota."""
    async with gateway(world, network, clock, upstream_quota_per_s=10) as storefront:
        world.quota = CallQuota(10)
        yield Shopper(storefront, sandbox, world)


def retry_after(body: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(body["errors"][0]["extensions"]["retryAfter"])


class FrozenClock(Clock):
    def elapsed(self) -> float:
        return self.passed_s


async def test_public_reads_are_shed_before_the_quota_is_used_up(world: World, network: InMemoryTransport) -> None:
    clock = FrozenClock()
    async with gateway(world, network, clock, upstream_quota_per_s=10) as storefront:
        began_at = clock()
        answers = await asyncio.gather(*(storefront.ask(PRODUCT % number) for number in range(20)))
        shed = [answer for answer in answers if answer.codes == ["RATE_LIMITED"]]
        assert all(began_at + timedelta(seconds=1) <= retry_after(answer.body) for answer in shed)
        assert world.calls.count() == 6
        # One of these calls got the token of all.
        assert len(shed) == 20 - 5


async def test_order_is_placed_although_public_reads_use_up_their_share(
    world: World, network: InMemoryTransport, sandbox: httpx.AsyncClient, clock: Clock
) -> None:
    store = MemoryStore(clock)
    async with (
        gateway_on(store, world, network, clock) as unlimited,
        gateway_on(store, world, network, clock, upstream_quota_per_s=10) as limited,
    ):
        await Shopper(unlimited, sandbox, world).get_ready()
        cart = await unlimited.cart()
        world.quota = CallQuota(10)
        flood = [asyncio.ensure_future(limited.ask(PRODUCT % number)) for number in range(60)]
        shopper = Storefront(limited.http, cookie=unlimited.cookie)
        result = await shopper.outcome(total=cart["totals"]["orderTotal"], revision=cart["revision"])
        assert result["__typename"] == "OrderPlaced"
        await asyncio.gather(*flood)
    assert world.calls.refused == 0


@pytest.mark.parametrize("status", [409, 429])
async def test_refusal_of_digital_river_stops_all_calls_for_a_while(
    limited: Shopper, clock: Clock, status: int
) -> None:
    storefront, world = limited.storefront, limited.world
    await storefront.add(PACK)
    clock.move(1)
    world.switches.rate_limit_status = 409 if status == 409 else 429
    await limited.fault("status", CART, method="GET", code="rate-limit-quota-exceeded")
    world.calls.clear()
    answer = await storefront.ask("{ cart { id } }")
    assert answer.codes == ["RATE_LIMITED"]
    assert clock() < retry_after(answer.body) < clock() + timedelta(seconds=3)
    world.faults.clear()
    calls = world.calls.count()
    assert (await storefront.ask("{ cart { id } }")).codes == ["RATE_LIMITED"]
    assert world.calls.count() == calls
    clock.move(2)
    assert (await storefront.cart())["totalQuantity"] == 1


async def test_refusal_is_decoded_once(limited: Shopper, monkeypatch: pytest.MonkeyPatch) -> None:
    await limited.storefront.add(PACK)
    bodies: list[bytes] = []

    class CountingJson:
        @staticmethod
        def decode(body: bytes) -> object:
            bodies.append(body)
            return msgspec.json.decode(body)

    monkeypatch.setattr(error_envelopes, "msgspec", SimpleNamespace(json=CountingJson, DecodeError=msgspec.DecodeError))
    await limited.fault("status", CART, method="GET", status=409, code="rate-limit-quota-exceeded")
    assert (await limited.storefront.ask("{ cart { id } }")).codes
    assert len(bodies) == 1, "by the log, the quota and the caller together"


async def test_cached_answer_is_served_while_the_quota_is_used_up(limited: Shopper, clock: Clock) -> None:
    await limited.storefront.ask(PRODUCT % PACK)
    clock.move(61)
    limited.world.quota = CallQuota(1, retry_after_s=30)
    await asyncio.gather(*(limited.storefront.ask(PRODUCT % number) for number in range(3)))
    assert limited.world.calls.refused
    assert (await limited.storefront.ask(PRODUCT % PACK)).data["product"]["name"]


async def test_change_that_got_no_permit_may_be_repeated(limited: Shopper) -> None:
    await limited.storefront.add(PACK)
    limited.world.quota = CallQuota(1, retry_after_s=30)
    await asyncio.gather(*(limited.storefront.ask(PRODUCT % number) for number in range(3)))
    answer = await limited.storefront.ask(
        """mutation { updateCart(input: {organizationId: "1"}) {
          errors { code retry ... on RateLimitError { retryAfter } } } }"""
    )
    (error,) = answer.data["updateCart"]["errors"]
    assert (error["code"], error["retry"]) == ("RATE_LIMITED", "RETRY")


UPDATE = """mutation { updateCart(input: {organizationId: "1"}) {
  cart @include(if: %s) { id } errors { code ... on RateLimitError { retryAfter } } } }"""


async def test_change_without_a_permit_reads_nothing_for_its_answer(world: World, network: InMemoryTransport) -> None:
    clock = FrozenClock()
    store = MemoryStore(clock)
    async with (
        gateway_on(store, world, network, clock) as unlimited,
        gateway_on(store, world, network, clock, upstream_quota_per_s=10) as limited,
    ):
        await unlimited.add(PACK)
        shopper = Storefront(limited.http, cookie=unlimited.cookie)
        world.calls.clear()
        await asyncio.gather(*(limited.ask(PRODUCT % number) for number in range(20)))
        await shopper.ask("{ cart { id } }")
        await shopper.ask(UPDATE % "false")
        assert world.calls.count() == 8, "a change has no permit now, but what follows a change has one"
        answer = await shopper.ask(UPDATE % "true")
        payload = answer.body["data"]["updateCart"]
        assert payload["cart"] is None
        assert [(error["code"], datetime.fromisoformat(error["retryAfter"])) for error in payload["errors"]] == [
            ("RATE_LIMITED", retry_after(answer.body))
        ]
        assert world.calls.count() == 8


async def test_order_without_a_permit_is_reported_by_health(
    world: World, network: InMemoryTransport, sandbox: httpx.AsyncClient, clock: Clock
) -> None:
    store = MemoryStore(clock)
    async with (
        gateway_on(store, world, network, clock) as unlimited,
        gateway_on(store, world, network, clock, upstream_quota_per_s=10) as limited,
    ):
        await Shopper(unlimited, sandbox, world).get_ready()
        cart = await unlimited.cart()

        async def reasons() -> list[str]:
            clock.move(REMEMBERED_S)
            return [reason["code"] for reason in (await limited.http.get("/health/orders")).json()["reasons"]]

        assert await reasons() == []
        world.quota = CallQuota(1, retry_after_s=60)
        await asyncio.gather(*(limited.ask(PRODUCT % number) for number in range(3)))
        assert await reasons() == [], "public reads were refused, no order was"
        shopper = Storefront(limited.http, cookie=unlimited.cookie)
        await shopper.submit(total=cart["totals"]["orderTotal"], revision=cart["revision"])
        assert await reasons() == ["QUOTA_USED_UP"]
        assert (await limited.http.get("/health/ready")).status_code == 200
        clock.move(REFUSED_FOR_S)
        assert await reasons() == []


# The permits.


@given(st.lists(st.tuples(st.floats(0, 0.4), st.integers(1, 9), st.integers(1, 4), st.booleans()), max_size=100))
def test_no_second_has_more_calls_than_allowed(steps: list[tuple[float, int, int, bool]]) -> None:
    now_s, most, arrived = 0.0, 9, list[float]()
    permits, under_way, oldest_s = LocalPermits(lambda: now_s), list[str](), 0.0
    for pause_s, reach, number, is_answered in steps:
        now_s += pause_s
        if is_answered or now_s - oldest_s > UNDER_WAY_MS / 1000:
            asyncio.run(permits.answered(under_way))
            arrived += [now_s] * len(under_way)
            under_way.clear()
            oldest_s = now_s
        grant = asyncio.run(permits.take(most, reach, number, 0))
        under_way += grant.permits
        assert sum(at > now_s - 1 for at in arrived) <= most
        assert (len(grant.permits) == number) == (grant.wait_s == 0)
        assert grant.wait_s < 2.01


async def test_replicas_share_the_permits_of_a_second(own_valkey: Valkey) -> None:
    stores = [RedisStore(own_valkey.url, timeout_s=5) for _ in range(2)]
    here, there = (SharedPermits(store.redis) for store in stores)
    first = await here.take(1000, 700, 600, 0)
    assert (len(first.permits), first.spare, first.wait_s) == (600, [], 0)
    grant = await there.take(1000, 700, 200, 50)
    assert (len(grant.permits), grant.spare) == (100, [])
    assert 1 < grant.wait_s <= 2
    await here.answered(first.permits)
    assert 0 < (await there.take(1000, 700, 1, 0)).wait_s <= 1
    assert len((await here.take(1000, 1000, 200, 0)).permits) == 200
    await there.pause(30)
    grant = await here.take(1000, 1000, 1, 0)
    assert not grant.permits
    assert 29 < grant.wait_s <= 30
    for store in stores:
        await store.aclose()


async def test_free_permits_are_fetched_for_calls_to_come(own_valkey: Valkey) -> None:
    store = RedisStore(own_valkey.url, timeout_s=5)
    now_s = 0.0
    shared = SharedPermits(store.redis)
    quota = Quota(100, shared, LocalPermits(lambda: now_s), Clock(), lambda: now_s)
    assert quota.take_now() is None
    await quota.take(LAST, 10)
    assert [quota.take_now() is not None for _ in range(5)] == [True] * 4 + [False]
    await quota.take(LAST, 10)
    now_s += 1
    assert quota.take_now() is None, "old permits would exceed the quota of the second in which they are used"
    await store.aclose()


class DeadPermits:
    """A store that does not answer."""

    async def take(self, *_: int) -> Grant:
        raise StoreUnavailable

    async def answered(self, permits: Sequence[str]) -> None:  # noqa: ARG002 - the signature is that of CallPermits
        raise StoreUnavailable

    async def pause(self, pause_s: float) -> None:  # noqa: ARG002 - the signature is that of CallPermits
        raise StoreUnavailable


async def test_replica_counts_alone_at_half_the_rate_without_store() -> None:
    quota = quota_with(DeadPermits())
    for _ in range(45):
        await quota.take(FIRST, 10)
    with pytest.raises(QuotaUsedUp):
        await quota.take(FIRST, 0.01)


def quota_with(shared: CallPermits) -> Quota:
    return Quota(100, shared, LocalPermits(lambda: 0.0), Clock(), lambda: 0.0)


async def test_permits_go_to_the_most_important_call_first() -> None:
    now_s = 0.0
    local = LocalPermits(lambda: now_s)
    quota = Quota(2, local, local, Clock(), lambda: now_s)
    await quota.take(FIRST, 10)
    order: list[int] = []

    async def take(rank: int) -> None:
        await quota.take(rank, 10)
        order.append(rank)

    begun, submission = rank_of(Priority.CHECKOUT, is_continued=True), rank_of(Priority.SUBMISSION, is_continued=False)
    waiting = [asyncio.create_task(take(rank)) for rank in (begun, submission)]
    while len(order) < 2:
        await asyncio.sleep(0.001)
        now_s += 0.01
    await asyncio.gather(*waiting)
    assert order == [submission, begun]


async def test_less_important_calls_leave_a_part_of_the_quota() -> None:
    local = LocalPermits(lambda: 0.0)
    quota = Quota(100, local, local, Clock(), lambda: 0.0)
    counts: list[int] = []
    for priority in reversed(Priority):
        count = 0
        while True:
            try:
                await quota.take(rank_of(priority, is_continued=False), 0.001)
            except QuotaUsedUp:
                break
            count += 1
        counts.append(count)
    assert counts == [63, 9, 9, 9]


async def test_call_counts_until_a_second_after_its_answer() -> None:
    now_s = 0.0
    local = LocalPermits(lambda: now_s)
    permits = (await local.take(9, 9, 9, 0)).permits
    now_s = 1.5
    assert not (await local.take(9, 9, 1, 0)).permits
    await local.answered(permits[:4])
    assert not (await local.take(9, 9, 1, 0)).permits
    now_s = 2.5
    assert len((await local.take(9, 9, 9, 0)).permits) == 9, "without an answer, a permit ends after two seconds"


async def test_storefront_reads_without_a_quota(storefront: Storefront) -> None:
    answers = await asyncio.gather(*(storefront.ask(PRODUCT % number) for number in range(40)))
    assert all(answer.codes == [] for answer in answers)
