"""All replicas use the time of their store. The time of a slow store is refused, so that a process starts and stops."""

import asyncio
from datetime import datetime, timedelta

import pytest

from gateway.errors import StoreUnavailable
from gateway.store.clock import SharedClock
from gateway.store.memory import MemoryStore
from tests.support.shop import Clock


class SlowStore(MemoryStore):
    """A store whose answers take two seconds, by the clock of the process."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.clock = clock
        self.takes_s = 2

    async def now(self) -> datetime:
        self.clock.move(self.takes_s)
        assert self.clock.passed_s < 60, "asked without an end"
        return await super().now()


async def test_time_of_a_slow_store_is_not_awaited_for_ever(clock: Clock) -> None:
    store = SlowStore(clock)
    time = SharedClock(store, clock, clock.elapsed)
    with pytest.raises(StoreUnavailable):
        await time.synchronize()
    store.takes_s = 0
    assert await time.synchronize() <= clock()


class OtherClockStore(MemoryStore):
    """A store whose clock is ahead of the clock of the process. It tells its time after it has answered others."""

    ahead = timedelta(hours=1)

    async def now(self) -> datetime:
        await asyncio.sleep(0)
        return await super().now() + self.ahead


async def test_time_is_the_one_of_the_store(clock: Clock) -> None:
    time = SharedClock(OtherClockStore(clock), clock, clock.elapsed)
    await time.synchronize()
    assert abs(time() - clock() - OtherClockStore.ahead) < timedelta(seconds=30)


async def test_jump_counts_at_the_reading_that_notices_it(clock: Clock) -> None:
    store = OtherClockStore(clock)
    time = SharedClock(store, clock, clock.elapsed)
    since = await time.synchronize()
    store.ahead += timedelta(hours=1)
    assert not await time.has_passed(timedelta(minutes=1), since=since)
    clock.move(60)
    assert await time.has_passed(timedelta(minutes=1), since=since)
