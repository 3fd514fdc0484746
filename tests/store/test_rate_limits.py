"""Tries are counted in moving windows, for each target. Without the shared store, half as many are allowed."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from redis.asyncio import Redis

from gateway.errors import RateLimited
from gateway.store.client_calls import MemoryCounts
from gateway.store.rate_limits import MAX_KEYS, MemoryWindows, RateLimits
from tests.store.frozen_clock import FrozenClock

KEY = b"any"

WINDOWS = [
    ("sign-in", "account", 60),
    ("sign-in", "address", 60),
    ("look-up", "order", 60),
    ("look-up", "email", 60),
    ("look-up", "address", 60),
    ("decline", "cart", 600),
    ("decline", "address", 600),
]
DAYS = [
    ("sign-in", "account", 50),
    ("look-up", "order", 10),
    ("look-up", "email", 10),
    ("look-up", "address", 50),
]


async def refusal(limits: RateLimits, action: str, *targets: str | None) -> datetime | None:
    """Count a try. Return the time of the next one if it is refused."""
    try:
        await limits.count(action, *targets)
    except RateLimited as limited:
        return limited.retry_after
    return None


@pytest.mark.parametrize(("action", "kind", "window_s"), WINDOWS)
async def test_sixth_try_waits_until_the_first_leaves_the_window(action: str, kind: str, window_s: int) -> None:
    time = FrozenClock()
    start, limits = time(), RateLimits(time, KEY)
    for _ in range(5):
        assert await refusal(limits, action, f"{kind}:a") is None
        time.move(1)
    assert await refusal(limits, action, f"{kind}:a") == start + timedelta(seconds=window_s)
    assert await refusal(limits, action, f"{kind}:b") is None, "another target has its own tries"
    time.move(window_s - 5 - 0.5)
    assert await refusal(limits, action, f"{kind}:a") is not None
    time.move(0.5)
    assert await refusal(limits, action, f"{kind}:a") is None
    assert await refusal(limits, action, f"{kind}:a") == start + timedelta(seconds=window_s + 1)


@pytest.mark.parametrize(("action", "kind", "tries"), DAYS)
async def test_tries_of_a_day_are_limited(action: str, kind: str, tries: int) -> None:
    time = FrozenClock()
    start, limits = time(), RateLimits(time, KEY)
    for _ in range(tries):
        assert await refusal(limits, action, f"{kind}:a") is None
        time.move(60)
    assert await refusal(limits, action, f"{kind}:a") == start + timedelta(days=1)
    time.move(86_400 - 60 * tries)
    assert await refusal(limits, action, f"{kind}:a") is None


async def test_each_target_of_a_try_is_counted(clock: Callable[[], datetime]) -> None:
    limits = RateLimits(clock, KEY)
    for number in range(5):
        assert await refusal(limits, "sign-in", "address:a", f"account:{number}", None) is None
    assert await refusal(limits, "sign-in", "account:other", "address:a") is not None
    assert await refusal(limits, "look-up", "address:a") is None, "another action has its own tries"
    for _ in range(10):
        assert await refusal(limits, "sign-in", None) is None, "an unknown target is not limited"


async def test_noted_tries_count_and_checks_do_not(clock: Callable[[], datetime]) -> None:
    limits = RateLimits(clock, KEY)
    for _ in range(10):
        await limits.check("decline", "cart:a")
    for _ in range(7):
        await limits.note("decline", "cart:a")
    with pytest.raises(RateLimited):
        await limits.check("decline", "cart:a")
    await limits.check("decline", "cart:b")


async def test_replica_without_shared_store_allows_half_the_tries(clock: Callable[[], datetime]) -> None:
    limits = RateLimits(clock, KEY, Redis.from_url("redis://127.0.0.1:1"))
    assert [await refusal(limits, "sign-in", "address:a") is None for _ in range(3)] == [True, True, False]
    with pytest.raises(RateLimited):
        await limits.check("sign-in", "address:a")


async def test_memory_forgets_the_clients_that_came_first() -> None:
    tries, calls = MemoryWindows(lambda: 0), MemoryCounts(lambda: 0)
    for key in ["first", *map(str, range(MAX_KEYS))]:
        await tries.acquire_entry(key, 1, 60)
        calls.incr(key, 60)
    assert await tries.acquire_entry("first", 1, 60)
    assert not await tries.acquire_entry("99999", 1, 60)
    assert (calls.get("first"), calls.get("99999")) == (0, 1)
