"""Limits the calls to Digital River that one client causes with public queries, which need no session.

Each replica counts by itself: a call must not wait for the shared store, and the limit protects Digital River's quota
from one client, not from all together.
"""

from collections.abc import Callable
from datetime import UTC, datetime

from limits import RateLimitItemPerMinute
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter

from gateway.errors import RateLimited
from gateway.metrics.limits import HIT
from gateway.store.client import client_key
from gateway.store.rate_limits import MAX_KEYS

RATE = RateLimitItemPerMinute(3000)
"""About half of Digital River's quota of 100 calls a second. Answers from the cache are not counted."""


class ClientCalls:
    def __init__(self, now: Callable[[], datetime]) -> None:
        self._counts = MemoryCounts(lambda: now().timestamp())
        self._limiter = FixedWindowRateLimiter(self._counts)

    def count(self, address: str | None) -> None:
        """Count a call before it is made. Raises `RateLimited` if the client has made too many.

        `address` is the nearest address of the client. Clients that cannot be told apart are not limited.
        """
        key = client_key(address)
        if key is not None and not self._limiter.hit(RATE, key):
            ends_at = datetime.fromtimestamp(self._limiter.get_window_stats(RATE, key).reset_time, UTC)
            HIT.labels("calls").inc()
            raise RateLimited(detail="calls", retry_after=ends_at)


class MemoryCounts(Storage):
    """Counts in windows of fixed length, in memory.

    The gateway does not use the memory storage of the library `limits`, because it ignores the gateway's clock and
    starts threads.
    """

    STORAGE_SCHEME = None

    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__()
        self._clock = clock
        self._windows: dict[str, tuple[int, float]] = {}
        """Count and end of the current window of each key."""

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        count, ends_at = self._window(key)
        self._windows.pop(key, None)
        self._windows[key] = (count + amount, ends_at or self._clock() + expiry)
        while len(self._windows) > MAX_KEYS:
            del self._windows[next(iter(self._windows))]
        return count + amount

    def get(self, key: str) -> int:
        return self._window(key)[0]

    def get_expiry(self, key: str) -> float:
        return self._window(key)[1]

    def _window(self, key: str) -> tuple[int, float]:
        count, ends_at = self._windows.get(key, (0, 0.0))
        return (count, ends_at) if self._clock() < ends_at else (0, 0.0)

    @property
    def base_exceptions(self) -> type[Exception]:
        return ValueError

    def check(self) -> bool:
        return True

    def reset(self) -> int:
        count = len(self._windows)
        self._windows.clear()
        return count

    def clear(self, key: str) -> None:
        self._windows.pop(key, None)
