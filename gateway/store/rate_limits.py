"""Limits the number of sign-ins, order look-ups and declined cards, so that passwords and cards cannot be guessed.

Each action and target, such as a client address, has a maximum number of tries in a moving window of time. Replicas
share their counts in the shared store. Without a shared store, or while it does not answer, each replica counts only
its own tries.
"""

import hashlib
import logging
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from ipaddress import ip_network
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
"""Rates that a replica applies while it cannot read the shared counts. They are half of `RATES`."""

MAX_KEYS = 100_000
"""Maximum number of rate-limit keys in memory. The least recently used key is dropped first."""


class RateLimits:
    """Counts the tries of each action and target. `pool` contains the connections to the shared store.

    An action is a key of `RATES`. A target is stored only as a digest, because it may be personal data. A target of
    None is not counted.
    """

    def __init__(self, now: Callable[[], datetime], pool: ConnectionPool | None = None) -> None:
        self._local = MovingWindowRateLimiter(MemoryWindows(lambda: now().timestamp()))
        self._shared = _shared_limiter(pool) if pool is not None else None

    async def count(self, action: str, *targets: str | None) -> None:
        """Count a try before it is made. Raises `RateLimited` if a target has no tries left."""
        await self.check(action, *targets)
        for key in _keys(action, targets):
            # Other requests may have counted tries after `check`.
            if not await self._hit(action, key):
                raise RateLimited(detail=action, retry_after=await self._retry_after(action, key))

    async def check(self, action: str, *targets: str | None) -> None:
        """Raise `RateLimited` if a target has no tries left. No try is counted."""
        for key in _keys(action, targets):
            retry_after = await self._retry_after(action, key)
            if retry_after is not None:
                raise RateLimited(detail=action, retry_after=retry_after)

    async def note(self, action: str, *targets: str | None) -> None:
        """Count a try that has already been made. `RateLimited` is not raised."""
        for key in _keys(action, targets):
            await self._hit(action, key)

    async def _hit(self, action: str, key: str) -> bool:
        """Count a try if the limit is not reached. Return whether the try was counted."""
        if self._shared is None:
            return await self._local.hit(RATES[action], key)
        try:
            return await self._shared.hit(RATES[action], key)
        except StorageError as failure:
            _log_fallback(failure)
            return await self._local.hit(FALLBACK_RATES[action], key)

    async def _retry_after(self, action: str, key: str) -> datetime | None:
        """Time at which the next try is allowed; None if a try is allowed now."""
        if self._shared is None:
            return await _window_end(self._local, RATES[action], key)
        try:
            return await _window_end(self._shared, RATES[action], key)
        except StorageError as failure:
            _log_fallback(failure)
            return await _window_end(self._local, FALLBACK_RATES[action], key)


def address_key(address: str | None) -> str | None:
    """Rate-limit key of the nearest address of a caller; None for background work, which is not limited.

    The addresses of an IPv6 network of 64 bits share a key, because one client has all of them.
    """
    if address is None:
        return None
    network = ip_network((address, 64), strict=False) if ":" in address else address
    return f"address:{network}"


async def _window_end(limiter: MovingWindowRateLimiter, rate: RateLimitItem, key: str) -> datetime | None:
    if await limiter.test(rate, key):
        return None
    reset_at, _ = await limiter.get_window_stats(rate, key)
    return datetime.fromtimestamp(reset_at, UTC)


def _keys(action: str, targets: tuple[str | None, ...]) -> list[str]:
    return [hashlib.sha256(f"{action}:{target}".encode()).hexdigest() for target in targets if target is not None]


def _shared_limiter(pool: ConnectionPool) -> MovingWindowRateLimiter:
    # The library reads only the storage type from this URL, because the pool already has the server's address.
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
    """Counts tries in moving windows, in memory.

    The gateway does not use the memory storage of the library `limits`, because it ignores the gateway's clock and
    starts threads.
    """

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
        """Times of the key's tries inside the window. The key moves to the end of `_times`, as the most recently used
        key."""
        times = self._times.pop(key, None) or deque()
        while times and times[0] <= self._clock() - expiry:
            times.popleft()
        if times:
            self._times[key] = times
        return times

    # Other methods of the library's interface. The gateway does not call `incr`, `get` and `get_expiry`.

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
