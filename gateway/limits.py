"""How often somebody may try before we say no: for passwords, and for whatever else can be guessed.

A window that moves: at most so many tries in any minute, by what is tried and by who tries. A try counts
whether it succeeds or not. The counts are those of this process.
"""

import hashlib
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from limits import RateLimitItemPerMinute
from limits.aio.storage import MovingWindowSupport, Storage
from limits.aio.strategies import MovingWindowRateLimiter

from gateway.errors import RateLimited

TRIES_A_MINUTE = 5

WINDOW_S = 60

MOST_KEYS = 100_000
"""Counted at once. Beyond it the longest unused is forgotten, so that a flood cannot fill the memory."""


class Limits:
    def __init__(self, now: Callable[[], datetime]) -> None:
        self._windows = MovingWindowRateLimiter(Windows(lambda: now().timestamp()))
        self._tries = RateLimitItemPerMinute(TRIES_A_MINUTE)

    async def count(self, what: str, *targets: str | None) -> None:
        """Count one try of `what` against each target. Raises `RateLimited` when one has had enough of them.

        A target may be personal: it is kept as a digest.
        """
        keys = [hashlib.sha256(f"{what}:{target}".encode()).hexdigest() for target in targets if target is not None]
        for key in keys:
            if not await self._windows.test(self._tries, key):
                reset_at, _ = await self._windows.get_window_stats(self._tries, key)
                raise RateLimited(detail=what, retry_after=datetime.fromtimestamp(reset_at, UTC))
        for key in keys:
            await self._windows.hit(self._tries, key)


class Windows(Storage, MovingWindowSupport):
    """Moving windows in memory. The library's own storage has a clock and threads of its own."""

    STORAGE_SCHEME = None

    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__()
        self._clock = clock
        self._times: dict[str, deque[float]] = {}

    async def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        times = self._current(key, expiry)
        if len(times) + amount > limit:
            return False
        times.extend([self._clock()] * amount)
        self._times[key] = times
        while len(self._times) > MOST_KEYS:
            del self._times[next(iter(self._times))]
        return True

    async def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:  # noqa: ARG002 - the signature is the library's
        times = self._current(key, expiry)
        return (times[0] if times else self._clock()), len(times)

    def _current(self, key: str, expiry: int) -> deque[float]:
        """What is still inside the window. The key moves to the end, as the one used last."""
        times = self._times.pop(key, None) or deque()
        while times and times[0] <= self._clock() - expiry:
            times.popleft()
        if times:
            self._times[key] = times
        return times

    # What a storage of the library has besides; counters are not used here.

    @property
    def base_exceptions(self) -> type[Exception]:
        return ValueError

    async def check(self) -> bool:
        return True

    async def reset(self) -> int:
        count = len(self._times)
        self._times.clear()
        return count

    async def clear(self, key: str) -> None:
        self._times.pop(key, None)

    async def incr(self, *_: Any) -> int:
        raise NotImplementedError

    async def get(self, *_: Any) -> int:
        raise NotImplementedError

    async def get_expiry(self, *_: Any) -> float:
        raise NotImplementedError
