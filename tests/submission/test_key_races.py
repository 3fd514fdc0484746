"""A submission is sent at most once, even if the store answers slowly or loses the attempt."""

import asyncio

import httpx
import pytest
from dirty_equals import IsPartialDict

from gateway.orders.attempts import store_key_in
from gateway.store.memory import MemoryStore
from sandbox.model.world import World
from tests.support.shop import CART, SUBMIT, Clock, InMemoryTransport, Shopper, Storefront, gateway_on, new_key

RESUME_CART = f"{CART}/resume-cart"
RESUME = """mutation($key: UUID) { resumeOrder(input: {idempotencyKey: $key}) {
  result { __typename } errors { code } } }"""
STATUS = "query($key: UUID) { orderSubmission(idempotencyKey: $key) { status } }"


class SlowReplyStore(MemoryStore):
    """If `is_slow`, the store writes the next new attempt at once, but returns only after a test sets `reply`."""

    is_slow = False

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.written, self.read, self.reply = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def get(self, key: str) -> bytes | None:
        value = await super().get(key)
        if key.startswith("attempt:") and self.written.is_set():
            self.read.set()
        return value

    async def replace(self, key: str, value: bytes, *, expected: bytes | None, ttl_s: float) -> bool:
        was_written = await super().replace(key, value, expected=expected, ttl_s=ttl_s)
        if self.is_slow and key.startswith("attempt:") and expected is None:
            self.is_slow = False
            self.written.set()
            await self.reply.wait()
        return was_written


class SlowReadStore(MemoryStore):
    """If `is_slow`, the store reads the next attempt at once, but returns only after a test sets `reply`."""

    is_slow = False

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.read, self.reply = asyncio.Event(), asyncio.Event()

    async def get(self, key: str) -> bytes | None:
        value = await super().get(key)
        if self.is_slow and key.startswith("attempt:"):
            self.is_slow = False
            self.read.set()
            await self.reply.wait()
        return value


class LosingStore(MemoryStore):
    """If `reads_until_loss` is 2, the store rejects the next outcome, and deletes the attempt after the next read.

    The outcome is rejected as if another replica had changed the attempt first.
    """

    reads_until_loss: int | None = None

    async def replace(self, key: str, value: bytes, *, expected: bytes | None, ttl_s: float) -> bool:
        is_outcome = key.startswith("attempt:") and expected is not None and b'"stage":"outcome"' in value
        if self.reads_until_loss == 2 and is_outcome:
            self.reads_until_loss = 1
            return False
        return await super().replace(key, value, expected=expected, ttl_s=ttl_s)

    async def get(self, key: str) -> bytes | None:
        value = await super().get(key)
        if self.reads_until_loss == 1 and key.startswith("attempt:"):
            self.reads_until_loss = 0
            await self.delete(key)
        return value


class FlushedStore(MemoryStore):
    """If `is_flushed`, the store loses the next attempt that is about to be marked as sent."""

    is_flushed = False

    async def put(self, key: str, value: bytes, *, ttl_s: float) -> None:
        await super().put(key, value, ttl_s=ttl_s)
        if self.is_flushed and key.startswith("submission-of:"):
            self.is_flushed = False
            assert await self.delete(store_key_in(value.decode()))


@pytest.mark.parametrize("second_request", ["submit", "look up"])
async def test_second_request_during_slow_store_write_sends_no_second_order(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient, second_request: str
) -> None:
    store = SlowReplyStore(clock)
    async with gateway_on(store, world, network, clock) as storefront:
        shopper = Shopper(storefront, sandbox, world)
        await shopper.get_ready()
        agreed, key = await storefront.agreement(), new_key()
        store.is_slow = True
        first = asyncio.create_task(storefront.another_tab().submit(key, **agreed))
        await store.written.wait()
        if second_request == "look up":
            await storefront.ask(STATUS, key=key)
        else:
            second = asyncio.create_task(storefront.another_tab().submit(key, **agreed))
            await store.read.wait()
        store.reply.set()
        assert (await first)["errors"] == []
        if second_request == "submit":
            assert (await second)["errors"] == []
        assert shopper.submits == 1


@pytest.mark.parametrize("is_same_request", [True, False])
async def test_request_overtaken_by_another_with_its_key_is_a_replay(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient, is_same_request: bool
) -> None:
    store = SlowReadStore(clock)
    async with gateway_on(store, world, network, clock) as storefront:
        shopper = Shopper(storefront, sandbox, world)
        await shopper.get_ready()
        agreed, key = await storefront.agreement(), new_key()
        store.is_slow = True
        other = agreed if is_same_request else agreed | {"revision": None}
        overtaken = asyncio.create_task(storefront.another_tab().submit(key, **other))
        await store.read.wait()
        first = await storefront.another_tab().submit(key, **agreed)
        assert first["attempt"] == IsPartialDict(status="PLACED", isReplay=False)
        store.reply.set()
        second = await overtaken
        if is_same_request:
            assert second["attempt"] == IsPartialDict(status="PLACED", isReplay=True)
        else:
            assert [error["code"] for error in second["errors"]] == ["IDEMPOTENCY_KEY_REUSED"]
        assert (await _status(storefront, key)) == "PLACED"
        assert shopper.submits == 1


async def test_attempt_lost_from_the_store_is_stored_again(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient
) -> None:
    store = LosingStore(clock)
    async with gateway_on(store, world, network, clock) as storefront:
        shopper = Shopper(storefront, sandbox, world)
        await shopper.get_ready()
        await shopper.fault("drop-before", SUBMIT)
        key = new_key()
        store.reads_until_loss = 2
        outcome = await storefront.outcome(key)
        assert outcome == IsPartialDict(__typename="OrderInDoubt")
        assert shopper.submits == 1
        assert (await _status(storefront, key)) == "IN_DOUBT", "the answer is in the store again"


async def test_order_is_not_sent_if_its_reservation_is_gone(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient
) -> None:
    store = FlushedStore(clock)
    async with gateway_on(store, world, network, clock) as storefront:
        shopper = Shopper(storefront, sandbox, world)
        await shopper.get_ready()
        store.is_flushed = True
        payload = await storefront.submit(key := new_key())
        assert [error["code"] for error in payload["errors"]] == ["STORE_UNAVAILABLE"]
        assert shopper.submits == 0
        assert (await storefront.outcome(key))["__typename"] == "OrderPlaced"
        assert shopper.submits == 1


async def test_order_without_record_is_not_resumed_without_a_reservation(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient
) -> None:
    store = FlushedStore(clock)
    async with gateway_on(store, world, network, clock) as storefront:
        shopper = Shopper(storefront, sandbox, world)
        await shopper.get_ready("klarnaCredit")
        result = await storefront.outcome(key := new_key())
        await shopper.decide(result["action"]["redirectUrl"])
        session_id = (await storefront.ask("{ session { id } }")).data["session"]["id"]
        assert await store.delete(f"attempt:{session_id}:{key}")
        store.is_flushed = True
        assert await _resumed(storefront, key) == {"result": None, "errors": [{"code": "STORE_UNAVAILABLE"}]}
        assert world.calls.count("POST", RESUME_CART) == 0
        assert await _resumed(storefront, key) == {"result": {"__typename": "OrderPlaced"}, "errors": []}
        assert world.calls.count("POST", RESUME_CART) == 1


async def _resumed(storefront: Storefront, key: str) -> object:
    return (await storefront.ask(RESUME, key=key)).data["resumeOrder"]


async def _status(storefront: Storefront, key: str) -> object:
    return (await storefront.ask(STATUS, key=key)).data["orderSubmission"]["status"]
