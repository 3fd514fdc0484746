"""The time of a slow store is refused, so that the process starts and stops nevertheless."""

from datetime import datetime

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
