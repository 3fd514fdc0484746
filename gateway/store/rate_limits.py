"""How often somebody may try before we say no: for passwords, for whatever else can be guessed, and for cards.

A window that moves: at most so many tries in any stretch of time, by what is tried and by who tries. Replicas
count together in the store they share; without it, or while it does not answer, each counts for itself.
"""

import hashlib
import logging
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from limits import RateLimitItem, parse
from limits.aio.storage import MovingWindowSupport, RedisStorage, Storage
from limits.aio.strategies import MovingWindowRateLimiter
from limits.errors import StorageError
from redis.asyncio import ConnectionPool

from gateway.errors import RateLimited

log = logging.getLogger(__name__)

RATES = {
    "sign-in": parse("5/minute"),
    "look-up": parse("5/minute"),
    "decline": parse("5/10 minutes"),
}

HALF = {what: type(rate)(max(rate.amount // 2, 1), rate.multiples) for what, rate in RATES.items()}
"""While replicas cannot count together, each lets less pass."""

MOST_KEYS = 100_000
"""Counted at once. Beyond it the longest unused is forgotten, so that a flood cannot fill the memory."""


class RateLimits:
    """`pool`: connections to the store that replicas share."""

    def __init__(self, now: Callable[[], datetime], pool: ConnectionPool | None = None) -> None:
        self._alone = MovingWindowRateLimiter(Windows(lambda: now().timestamp()))
        self._shared = _shared(pool) if pool is not None else None

    async def count(self, what: str, *targets: str | None) -> None:
        """Count one try of `what` against each target. Raises `RateLimited` when one has had enough of them.

        A target may be personal: it is kept as a digest.
        """
        await self.check(what, *targets)
        for key in _keys(what, targets):
            # Others may have tried since it was looked at.
            if not await self._hit(what, key):
                raise RateLimited(detail=what, retry_after=await self._full_until(what, key))

    async def check(self, what: str, *targets: str | None) -> None:
        """Raises `RateLimited` when a target has had enough of `what`."""
        for key in _keys(what, targets):
            retry_after = await self._full_until(what, key)
            if retry_after is not None:
                raise RateLimited(detail=what, retry_after=retry_after)

    async def note(self, what: str, *targets: str | None) -> None:
        """Count one try of `what` that has been made."""
        for key in _keys(what, targets):
            await self._hit(what, key)

    async def _hit(self, what: str, key: str) -> bool:
        """Count a try; False, and nothing counted, when there were enough."""
        if self._shared is None:
            return await self._alone.hit(RATES[what], key)
        try:
            return await self._shared.hit(RATES[what], key)
        except StorageError as failure:
            _tell(failure)
            return await self._alone.hit(HALF[what], key)

    async def _full_until(self, what: str, key: str) -> datetime | None:
        if self._shared is not None:
            try:
                return await _full(self._shared, RATES[what], key)
            except StorageError as failure:
                _tell(failure)
                return await _full(self._alone, HALF[what], key)
        return await _full(self._alone, RATES[what], key)


async def _full(windows: MovingWindowRateLimiter, rate: RateLimitItem, key: str) -> datetime | None:
    """When the next try may be made; None when it may be made now."""
    if await windows.test(rate, key):
        return None
    reset_at, _ = await windows.get_window_stats(rate, key)
    return datetime.fromtimestamp(reset_at, UTC)


def _keys(what: str, targets: tuple[str | None, ...]) -> list[str]:
    return [hashlib.sha256(f"{what}:{target}".encode()).hexdigest() for target in targets if target is not None]


def _shared(pool: ConnectionPool) -> MovingWindowRateLimiter:
    # The address is the pool's; the library only wants to be told of what kind it is.
    storage = RedisStorage(
        "async+redis://",
        implementation="redispy",
        wrap_exceptions=True,
        key_prefix="riverfront:limit",
        connection_pool=pool,  # type: ignore[arg-type]  # handed on as it is
    )
    return MovingWindowRateLimiter(storage)


def _tell(failure: StorageError) -> None:
    log.warning("limits counted alone", extra={"reason": type(failure.storage_error).__name__})


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
