"""The in-memory store and the Redis store both fulfil the store interface."""

import asyncio
import time
import uuid
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import pytest
from redis.asyncio import Redis

from gateway.errors import StoreEvicts, StoreUnavailable
from gateway.store.interface import LockNotAcquired, Store
from gateway.store.memory import MemoryStore
from gateway.store.redis import RedisStore
from tests.support.shop import eventually
from tests.support.valkey import Valkey

T = TypeVar("T")

NOW = datetime(2026, 1, 1, tzinfo=UTC)


async def test_replace_writes_only_if_the_expected_value_is_current(store: Store) -> None:
    assert await store.replace("a", b"1", expected=None, ttl_s=10)
    assert not await store.replace("a", b"2", expected=None, ttl_s=10)
    assert await store.replace("a", b"\x00\xff", expected=b"1", ttl_s=10)
    assert not await store.replace("a", b"3", expected=b"1", ttl_s=10)
    assert await store.get("a") == b"\x00\xff"
    written = await asyncio.gather(
        *(store.replace("b", str(number).encode(), expected=None, ttl_s=10) for number in range(50))
    )
    assert written.count(True) == 1


async def test_empty_value_differs_from_a_missing_value(store: Store) -> None:
    assert await store.replace("a", b"", expected=None, ttl_s=10)
    assert not await store.replace("a", b"1", expected=None, ttl_s=10)
    assert await store.replace("a", b"1", expected=b"", ttl_s=10)


async def test_delete_removes_value_only_if_the_expected_value_is_current(store: Store) -> None:
    await store.put("a", b"1", ttl_s=10)
    await store.delete("a", expected=b"2")
    assert await store.get("a") == b"1"
    await store.delete("a", expected=b"1")
    assert await store.get("a") is None
    await store.put("a", b"1", ttl_s=10)
    await store.delete("a")
    await store.delete("a")
    assert await store.get("a") is None


async def test_value_expires_after_its_time_to_live(store: Store) -> None:
    await store.put("a", b"1", ttl_s=0.001)
    while await store.get("a") is not None:
        pass
    assert await store.replace("a", b"2", expected=None, ttl_s=10)


async def test_lock_has_one_holder_at_a_time(store: Store) -> None:
    holders = most_holders = 0

    async def hold() -> None:
        nonlocal holders, most_holders
        async with store.lock("a", wait_s=10, ttl_s=10):
            holders += 1
            most_holders = max(most_holders, holders)
            await store.get("x")
            holders -= 1

    await asyncio.gather(*(hold() for _ in range(10)))
    assert most_holders == 1
    async with store.lock("a", wait_s=0, ttl_s=10), store.lock("b", wait_s=0, ttl_s=10):
        with pytest.raises(LockNotAcquired):
            async with store.lock("a", wait_s=0, ttl_s=10):
                pass


async def test_due_schedule_entry_is_returned_to_only_one_caller(store: Store) -> None:
    for number in range(5):
        await store.schedule("s", f"e{number}", NOW + timedelta(seconds=number))
    await store.unschedule("s", "e1")
    await store.unschedule("s", "never scheduled")
    later = NOW + timedelta(seconds=60)
    claims = await asyncio.gather(
        *(store.claim_due("s", now=NOW + timedelta(seconds=3), until=later, limit=2) for _ in range(3))
    )
    assert sorted(entry for claim in claims for entry in claim) == ["e0", "e2", "e3"]
    assert all(len(claim) <= 2 for claim in claims)
    assert await store.claim_due("s", now=NOW + timedelta(seconds=5), until=later, limit=10) == ["e4"]
    assert set(await store.claim_due("s", now=later, until=later, limit=10)) == {"e0", "e2", "e3", "e4"}


async def test_check_of_an_available_store_raises_no_error(store: Store) -> None:
    await store.check()


# Tests of the Redis store only.


@pytest.mark.slow
async def test_store_fails_while_server_is_stopped_and_recovers_after_restart(own_valkey: Valkey) -> None:
    store = RedisStore(own_valkey.url)
    await store.put("a", b"1", ttl_s=10)
    own_valkey.stop()
    for _ in range(10):
        with pytest.raises(StoreUnavailable):
            await store.get("a")
    own_valkey.restart()
    while True:
        try:
            assert await store.get("a") is None
            break
        except StoreUnavailable:
            await asyncio.sleep(0)
    assert await store.replace("a", b"2", expected=None, ttl_s=10), "Lua scripts are loaded again after the restart"
    await store.aclose()


@pytest.mark.slow
async def test_store_fails_quickly_while_server_does_not_respond(own_valkey: Valkey) -> None:
    store = RedisStore(own_valkey.url)
    await store.put("a", b"1", ttl_s=100)
    with own_valkey.paused():
        began = time.monotonic()
        for _ in range(20):
            with pytest.raises(StoreUnavailable):
                await store.get("a")
        assert time.monotonic() - began < 20 * 0.25, "the circuit breaker is open"
    while True:
        try:
            assert await store.get("a") == b"1"
            break
        except StoreUnavailable:
            await asyncio.sleep(0)
    await store.aclose()


@pytest.mark.slow
async def test_data_loss_is_detected_after_server_flush_or_restart(own_valkey: Valkey) -> None:
    first, second = RedisStore(own_valkey.url), RedisStore(own_valkey.url)
    begun = await first.intact_since()
    assert await second.intact_since() == begun
    redis = Redis.from_url(own_valkey.url)
    await redis.flushall()
    await redis.aclose()
    flushed = await second.intact_since()
    assert flushed > begun, "a flush is detected"
    own_valkey.restart()
    while True:
        try:
            assert await first.intact_since() > flushed, "a restart is detected"
            break
        except StoreUnavailable:
            await asyncio.sleep(0)
    await first.aclose()
    await second.aclose()


async def test_store_in_memory_is_intact_since_it_was_created() -> None:
    store = MemoryStore(lambda: NOW)
    assert await store.intact_since() == NOW


@pytest.mark.slow
async def test_server_that_evicts_keys_fails_the_store_check(own_valkey: Valkey) -> None:
    redis = Redis.from_url(own_valkey.url)
    await redis.config_set("maxmemory-policy", "allkeys-lru")
    await redis.aclose()
    store = RedisStore(own_valkey.url)
    with pytest.raises(StoreEvicts) as caught:
        await store.check()
    assert "allkeys-lru" in caught.value.detail
    await store.aclose()


@pytest.mark.slow
async def test_policy_that_changes_later_fails_the_store_check(own_valkey: Valkey) -> None:
    store, redis = RedisStore(own_valkey.url, timeout_s=10), Redis.from_url(own_valkey.url)
    await store.check()
    await redis.config_set("maxmemory-policy", "allkeys-lru")
    with pytest.raises(StoreEvicts):
        await store.check()
    await redis.aclose()
    await store.aclose()


@pytest.mark.slow
async def test_data_loss_is_detected_after_server_has_evicted_keys(own_valkey: Valkey) -> None:
    store, redis = RedisStore(own_valkey.url, timeout_s=10), Redis.from_url(own_valkey.url)
    begun = await store.intact_since()
    await redis.config_set("maxmemory-policy", "allkeys-random")
    await redis.config_set("maxmemory", (await redis.info("memory"))["used_memory"] + 100_000)
    while (await redis.info("stats"))["evicted_keys"] == 0:
        await store.put(str(uuid.uuid4()), bytes(10_000), ttl_s=60)
    await redis.config_set("maxmemory-policy", "noeviction")
    await redis.config_set("maxmemory", 0)
    assert await store.intact_since() > begun, "although the policy is right again"
    await redis.aclose()
    await store.aclose()


async def test_every_redis_key_has_prefix_and_time_to_live(valkey: Valkey) -> None:
    prefix = f"{uuid.uuid4()}:"
    store = RedisStore(valkey.url, timeout_s=10, prefix=prefix)
    await store.put("a", b"1", ttl_s=10)
    await store.replace("b", b"1", expected=None, ttl_s=10)
    await store.schedule("s", "e", NOW)
    await store.intact_since()
    redis = Redis.from_url(valkey.url)
    async with store.lock("t", wait_s=1, ttl_s=10):
        keys = [key async for key in redis.scan_iter(f"{prefix}*")]
        assert len(keys) == 5
        assert all([await redis.pttl(key) > 0 for key in keys])
    await redis.aclose()
    await store.aclose()


@pytest.mark.slow
async def test_lock_is_held_longer_than_its_time_to_live(valkey: Valkey) -> None:
    store = RedisStore(valkey.url, timeout_s=0.2, prefix=f"{uuid.uuid4()}:")
    async with store.lock("a", wait_s=0, ttl_s=1) as lease:
        with pytest.raises(LockNotAcquired):
            async with store.lock("a", wait_s=2, ttl_s=1):
                raise AssertionError("the lock has two holders")
        assert lease.is_held()
    async with store.lock("a", wait_s=0, ttl_s=1):
        pass
    await store.aclose()


async def test_holder_notices_that_another_has_its_lock(valkey: Valkey) -> None:
    prefix = f"{uuid.uuid4()}:"
    store = RedisStore(valkey.url, timeout_s=10, prefix=prefix)
    redis = Redis.from_url(valkey.url)
    async with store.lock("a", wait_s=0, ttl_s=0.5) as lease:
        await redis.set(f"{prefix}lock:a", "another holder", px=60_000)
        await eventually(lambda: lease.ends_at == 0)
        assert not lease.is_held()
    assert await redis.get(f"{prefix}lock:a") == b"another holder", "the release leaves the lock of another holder"
    await redis.aclose()
    await store.aclose()


class BusyStore(RedisStore):
    """A store whose process reads every answer of the server ten seconds late."""

    elapsed = 0.0

    def __init__(self, url: str) -> None:
        super().__init__(url, timeout_s=10, prefix=f"{uuid.uuid4()}:", elapsed=lambda: self.elapsed)

    async def _run(self, command: Callable[[], Awaitable[T]]) -> T:
        answer = await super()._run(command)
        self.elapsed += 10
        return answer


async def test_lease_counts_from_when_its_command_was_sent(valkey: Valkey) -> None:
    store = BusyStore(valkey.url)
    async with store.lock("a", wait_s=0, ttl_s=20) as lease:
        assert lease.ends_at == 20
        assert lease.extend is not None
        await lease.extend()
        assert lease.ends_at == 30
    await store.aclose()


@pytest.mark.slow
async def test_lease_ends_while_the_store_cannot_be_reached(own_valkey: Valkey) -> None:
    store = RedisStore(own_valkey.url, timeout_s=0.1)
    async with store.lock("a", wait_s=1, ttl_s=1) as lease:
        assert lease.is_held()
        own_valkey.stop()
        await eventually(lambda: not lease.is_held())
    await store.aclose()
