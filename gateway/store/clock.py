"""The clock that all replicas of a store share."""

from collections.abc import Callable
from datetime import datetime, timedelta

from gateway.store.interface import Store


class SharedClock:
    """The store's time. Replicas compare times with each other, so they must not use their own clocks.

    Between two calls of `synchronize`, the time advances with the local clock.
    """

    def __init__(self, store: Store, local: Callable[[], datetime]) -> None:
        self._store = store
        self._local = local
        self._ahead = timedelta(0)

    def __call__(self) -> datetime:
        return self._local() + self._ahead

    async def synchronize(self) -> None:
        """Read the store's time. Raises `StoreUnavailable`, and then leaves the time as it is."""
        before = self._local()
        stored = await self._store.now()
        self._ahead = stored - (before + (self._local() - before) / 2)
