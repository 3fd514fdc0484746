"""The clock that all replicas of a store share."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from gateway.elapsed_time import elapsed_s
from gateway.errors import StoreUnavailable
from gateway.store.interface import Store

log = logging.getLogger(__name__)

TOLERANCE_S = 1
"""Maximum difference in seconds between the time that has passed by the store's clock and by the process's own. With a
greater difference, the store's clock has jumped."""

MOST_READINGS = 5
"""Maximum number of readings of the store's time. Each may take too long to be used, if the process or the store is
slow. A slow store must not keep the process from starting or stopping."""

JUMP_TTL_S = 7 * 86_400

JUMP = "clock-jump"
"""Store key of the time to which the store's clock has jumped, as any replica has noticed."""


class Reading(NamedTuple):
    """The store's time, and the elapsed time of this process when the time was read."""

    stored: datetime
    elapsed: float


class SharedClock:
    """The store's time. Replicas compare times with each other, so they must not use their own clocks.

    Between two calls of `synchronize`, the time advances with the local clock.
    """

    def __init__(self, store: Store, local: Callable[[], datetime], elapsed: Callable[[], float] = elapsed_s) -> None:
        self._store = store
        self._local = local
        self._elapsed = elapsed
        self._ahead = timedelta(0)
        self._last: Reading | None = None
        self._noted_jump: datetime | None = None

    def __call__(self) -> datetime:
        return self._local() + self._ahead

    async def synchronize(self) -> datetime:
        """Read the store's time, and note if the store's clock has jumped forward since the last call. Return the time.

        Raises `StoreUnavailable`, and then leaves the time as it is.
        """
        for _ in range(MOST_READINGS):
            local, elapsed = self._local(), self._elapsed()
            stored = await self._store.now()
            local_after, took_s = self._local(), self._elapsed() - elapsed
            if took_s <= TOLERANCE_S:  # Otherwise, it is unknown to which moment the store's time belongs.
                break
        else:
            raise StoreUnavailable(detail="too slow to read its time")
        last = self._last
        if last is not None and (stored - last.stored).total_seconds() - (elapsed - last.elapsed) > TOLERANCE_S:
            log.warning("clock of the store has jumped")
            await self._store.put(JUMP, stored.isoformat().encode(), ttl_s=JUMP_TTL_S)
            self._noted_jump = stored
        self._last = Reading(stored, elapsed)
        self._ahead = stored - (local + (local_after - local) / 2)
        return stored

    async def has_passed(self, duration: timedelta, *, since: datetime) -> bool:
        """Whether `duration` has really passed since a time of the store's clock, see `end_of` below."""
        now, jump = await self.read()
        return now >= end_of(duration, since=since, jump=jump)

    async def read(self) -> tuple[datetime, datetime | None]:
        """The store's time, and the time to which the store's clock has last jumped; None if it has not.

        Every replica notices a jump, and notes it for those that start later.
        """
        now, noted = await asyncio.gather(self.synchronize(), self._store.get(JUMP))
        jumps = [datetime.fromisoformat(noted.decode())] if noted is not None else []
        if self._noted_jump is not None:  # `synchronize` may have noted it after the store was asked.
            jumps.append(self._noted_jump)
        return now, max(jumps, default=None)


def end_of(duration: timedelta, *, since: datetime, jump: datetime | None) -> datetime:
    """End of `duration`, which began at `since`. If the store's clock has jumped forward since then, the duration
    begins again: it is unknown how much of it had passed."""
    return (since if jump is None else max(since, jump)) + duration
