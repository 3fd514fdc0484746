"""Tries are counted in moving windows, for each target. Without the shared store, half as many are allowed."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from redis.asyncio import ConnectionPool

from gateway.errors import RateLimited
from gateway.store.rate_limits import RateLimits
from tests.store.frozen_clock import FrozenClock


async def refusal(limits: RateLimits, action: str, *targets: str | None) -> datetime | None:
    """Count a try. Return the time of the next one if it is refused."""
    try:
        await limits.count(action, *targets)
    except RateLimited as limited:
        return limited.retry_after
    return None


@pytest.mark.parametrize(("action", "window_s"), [("sign-in", 60), ("look-up", 60), ("decline", 600)])
async def test_sixth_try_waits_until_the_first_leaves_the_window(action: str, window_s: int) -> None:
    time = FrozenClock()
    start, limits = time(), RateLimits(time)
    for _ in range(5):
        assert await refusal(limits, action, "a") is None
        time.move(1)
    assert await refusal(limits, action, "a") == start + timedelta(seconds=window_s)
    assert await refusal(limits, action, "b") is None, "another target has its own tries"
    assert await refusal(limits, "look-up" if action == "sign-in" else "sign-in", "a") is None
    time.move(window_s - 5 - 0.5)
    assert await refusal(limits, action, "a") is not None
    time.move(0.5)
    assert await refusal(limits, action, "a") is None
    assert await refusal(limits, action, "a") == start + timedelta(seconds=window_s + 1)


async def test_each_target_of_a_try_is_counted(clock: Callable[[], datetime]) -> None:
    limits = RateLimits(clock)
    for number in range(5):
        assert await refusal(limits, "sign-in", "address", f"name {number}", None) is None
    assert await refusal(limits, "sign-in", "another name", "address") is not None
    for _ in range(10):
        assert await refusal(limits, "sign-in", None) is None, "an unknown target is not limited"


async def test_noted_tries_count_and_checks_do_not(clock: Callable[[], datetime]) -> None:
    limits = RateLimits(clock)
    for _ in range(10):
        await limits.check("decline", "a")
    for _ in range(7):
        await limits.note("decline", "a")
    with pytest.raises(RateLimited) as limited:
        await limits.check("decline", "a")
    assert limited.value.detail == "decline"
    await limits.check("decline", "b")


async def test_replica_without_shared_store_allows_half_the_tries(clock: Callable[[], datetime]) -> None:
    limits = RateLimits(clock, ConnectionPool.from_url("redis://127.0.0.1:1"))
    assert [await refusal(limits, "sign-in", "a") is None for _ in range(3)] == [True, True, False]
    with pytest.raises(RateLimited):
        await limits.check("sign-in", "a")
