"""How often an action may be tried: sign-ins and order look-ups, which can be guessed, and declined cards.

A moving window: at most so many tries in any stretch of time, per action and target. Replicas count together in the
store that they share. Without it, or while it does not answer, each replica counts for itself.
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

FALLBACK_RATES = {action: type(rate)(max(rate.amount // 2, 1), rate.multiples) for action, rate in RATES.items()}
"""Half of each, while replicas cannot count together."""

MAX_KEYS = 100_000
"""Counted at once in memory. Beyond it the key that was unused for longest is dropped."""


class RateLimits:
    """`pool`: connections to the store that replicas share.

    An action is a key of `RATES`. A target may be personal, so only its digest is stored; None is no target.
    """

    def __init__(self, now: Callable[[], datetime], pool: ConnectionPool | None = None) -> None:
        self._local = MovingWindowRateLimiter(MemoryWindows(lambda: now().timestamp()))
        self._shared = _shared_limiter(pool) if pool is not None else None

    async def count(self, action: str, *targets: str | None) -> None:
        """Count a try that is about to be made. Raises `RateLimited` when a target has no tries left."""
        await self.check(action, *targets)
        for key in _keys(action, targets):
            # Other requests may have counted since the check.
            if not await self._hit(action, key):
                raise RateLimited(detail=action, retry_after=await self._retry_after(action, key))

    async def check(self, action: str, *targets: str | None) -> None:
        """Count nothing. Raises `RateLimited` when a target has no tries left."""
        for key in _keys(action, targets):
            retry_after = await self._retry_after(action, key)
            if retry_after is not None:
                raise RateLimited(detail=action, retry_after=retry_after)

    async def note(self, action: str, *targets: str | None) -> None:
        """Count a try that has been made."""
        for key in _keys(action, targets):
            await self._hit(action, key)

    async def _hit(self, action: str, key: str) -> bool:
        """Count a try. False, and nothing counted, when the limit is reached."""
        if self._shared is None:
            return await self._local.hit(RATES[action], key)
        try:
            return await self._shared.hit(RATES[action], key)
        except StorageError as failure:
            _log_fallback(failure)
            return await self._local.hit(FALLBACK_RATES[action], key)

    async def _retry_after(self, action: str, key: str) -> datetime | None:
        """When the next try may be made; None when it may be made now."""
        if self._shared is None:
            return await _window_end(self._local, RATES[action], key)
        try:
            return await _window_end(self._shared, RATES[action], key)
        except StorageError as failure:
            _log_fallback(failure)
            return await _window_end(self._local, FALLBACK_RATES[action], key)


def address_key(address: str | None) -> str | None:
    """Rate-limit key of the client address; None if the address is unknown, which limits nothing."""
    return f"address:{address}" if address is not None else None


async def _window_end(limiter: MovingWindowRateLimiter, rate: RateLimitItem, key: str) -> datetime | None:
    if await limiter.test(rate, key):
        return None
    reset_at, _ = await limiter.get_window_stats(rate, key)
    return datetime.fromtimestamp(reset_at, UTC)


def _keys(action: str, targets: tuple[str | None, ...]) -> list[str]:
    return [hashlib.sha256(f"{action}:{target}".encode()).hexdigest() for target in targets if target is not None]


def _shared_limiter(pool: ConnectionPool) -> MovingWindowRateLimiter:
    # The pool has the address; the library reads only the kind of storage from this one.
    storage = RedisStorage(
        "async+redis://",
        implementation="redispy",
        wrap_exceptions=True,
        key_prefix="riverfront:limit",
        connection_pool=pool,  # type: ignore[arg-type]  # passed to redis-py as it is
    )
    return MovingWindowRateLimiter(storage)


def _log_fallback(failure: StorageError) -> None:
    log.warning("rate limits counted by this replica alone", extra={"reason": type(failure.storage_error).__name__})


class MemoryWindows(Storage, MovingWindowSupport):
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
        while len(self._times) > MAX_KEYS:
            del self._times[next(iter(self._times))]
        return True

    async def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:  # noqa: ARG002 - the signature is the library's
        times = self._current(key, expiry)
        return (times[0] if times else self._clock()), len(times)

    def _current(self, key: str, expiry: int) -> deque[float]:
        """The times inside the window. The key moves to the end: it is the one used last."""
        times = self._times.pop(key, None) or deque()
        while times and times[0] <= self._clock() - expiry:
            times.popleft()
        if times:
            self._times[key] = times
        return times

    # The rest of the library's interface. Its counters are not used here.

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
