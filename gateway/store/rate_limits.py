"""Limits the number of sign-ins, order look-ups, coupon codes and declined cards, so that secrets cannot be guessed.
New sessions and submit requests are limited because they cost calls to Digital River.

Each action and target, such as a client address, has a maximum number of tries in each of several moving windows of
time. Replicas share their counts in the shared store. Without a shared store, or while it does not answer, each replica
counts only its own tries.
"""

import asyncio
import hmac
import logging
import unicodedata
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from ipaddress import ip_network
from typing import Any

from limits import RateLimitItem, RateLimitItemPerDay, RateLimitItemPerMinute, RateLimitItemPerSecond, parse_many
from limits.aio.storage import MovingWindowSupport, RedisStorage, Storage
from limits.aio.strategies import MovingWindowRateLimiter
from limits.errors import StorageError
from redis.asyncio import Redis

from gateway.errors import RateLimited
from gateway.metrics.limits import HIT
from gateway.telemetry.logs import FOLDED

log = logging.getLogger(__name__)

RATES = {
    ("sign-in", "account"): parse_many("5/minute; 50/day"),
    ("sign-in", "address"): parse_many("5/minute"),
    ("look-up", "order"): parse_many("5/minute; 10/day"),
    ("look-up", "email"): parse_many("5/minute; 10/day"),
    ("look-up", "address"): parse_many("5/minute; 50/day"),
    ("decline", "cart"): parse_many("5/10 minutes"),
    ("decline", "address"): parse_many("5/10 minutes"),
    ("coupon", "session"): parse_many("10/minute; 100/day"),
    ("coupon", "address"): parse_many("60/minute; 1000/day"),
}
"""Rates by action and kind of target. A secret with few possible values needs a rate per day: at five tries a minute,
all numbers of four digits are tried in 33 hours."""

KNOWN = RateLimitItemPerDay(1, 30)
"""A target is known for 30 days after it was remembered, see `RateLimits.remember`."""

MAX_KEYS = 100_000
"""Maximum number of rate-limit keys in memory. The least recently used key is dropped first."""


class RateLimits:
    """Counts the tries of each action and target. `redis` is the client of the shared store. `starts_per_s`: the
    sessions that one address may start in a second. `submits_per_minute`: the new submit requests of one session. 0 is
    no limit.

    A target is a string such as `address:203.0.113.9`, which begins with its kind. A target of None is not counted.
    Actions and kinds are keys of `RATES`. A target may be personal data. It is stored only as a digest with
    `digest_key`, because a plain digest of an address is found by trying all addresses.
    """

    def __init__(
        self,
        now: Callable[[], datetime],
        digest_key: bytes,
        redis: Redis | None = None,
        *,
        starts_per_s: int = 0,
        submits_per_minute: int = 0,
    ) -> None:
        self._digest_key = digest_key
        starts: list[RateLimitItem] = [RateLimitItemPerSecond(starts_per_s)] if starts_per_s else []
        submits: list[RateLimitItem] = [RateLimitItemPerMinute(submits_per_minute)] if submits_per_minute else []
        self._rates = RATES | {("session-start", "address"): starts, ("submit", "session"): submits}
        self._local = MovingWindowRateLimiter(MemoryWindows(lambda: now().timestamp()))
        self._shared = _shared_limiter(redis) if redis is not None else None

    async def count(self, action: str, *targets: str | None) -> None:
        """Count a try before it is made. Raises `RateLimited` if a target has no tries left."""
        await self.check(action, *targets)
        for rate, key in self._windows(action, targets):
            # Other requests may have counted tries after `check`.
            if not await self._hit(rate, key):
                HIT.labels(action).inc()
                raise RateLimited(detail=action, retry_after=await self._retry_after(rate, key))

    async def check(self, action: str, *targets: str | None) -> None:
        """Raise `RateLimited` if a target has no tries left. No try is counted."""
        windows = self._windows(action, targets)
        ends = await asyncio.gather(*(self._retry_after(rate, key) for rate, key in windows))
        retry_after = max((end for end in ends if end is not None), default=None)
        if retry_after is not None:
            HIT.labels(action).inc()
            raise RateLimited(detail=action, retry_after=retry_after)

    async def note(self, action: str, *targets: str | None) -> None:
        """Count a try that has already been made. `RateLimited` is not raised."""
        for rate, key in self._windows(action, targets):
            await self._hit(rate, key)

    async def remember(self, target: str) -> None:
        """Make a target known for some time. Nothing is counted."""
        await self._hit(KNOWN, self._key("known", target))

    async def is_known(self, target: str) -> bool:
        return await self._retry_after(KNOWN, self._key("known", target)) is not None

    def _windows(self, action: str, targets: tuple[str | None, ...]) -> list[tuple[RateLimitItem, str]]:
        """The rates of each target, with the target's key."""
        return [
            (rate, self._key(action, target))
            for target in targets
            if target is not None
            for rate in self._rates[action, target.partition(":")[0]]
        ]

    def _key(self, action: str, target: str) -> str:
        return hmac.new(self._digest_key, f"{action}:{target}".encode(), "sha256").hexdigest()

    async def _hit(self, rate: RateLimitItem, key: str) -> bool:
        """Count a try if the limit is not reached. Return whether the try was counted."""
        if self._shared is None:
            return await self._local.hit(rate, key)
        try:
            return await self._shared.hit(rate, key)
        except StorageError as failure:
            _log_fallback(failure)
            return await self._local.hit(_fallback(rate), key)

    async def _retry_after(self, rate: RateLimitItem, key: str) -> datetime | None:
        """Time at which the next try is allowed; None if a try is allowed now."""
        if self._shared is None:
            return await _window_end(self._local, rate, key)
        try:
            return await _window_end(self._shared, rate, key)
        except StorageError as failure:
            _log_fallback(failure)
            return await _window_end(self._local, _fallback(rate), key)


def _fallback(rate: RateLimitItem) -> RateLimitItem:
    """The rate that a replica applies while it cannot read the shared counts: half of the rate."""
    return type(rate)(max(rate.amount // 2, 1), rate.multiples)


def target_of(kind: str, typed: str) -> str:
    """The target for a string that a client typed. It is the same for all spellings that Digital River may regard as
    the same name, since each target has tries of its own."""
    return f"{kind}:{unicodedata.normalize('NFKC', typed).casefold().strip()}"


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


def _shared_limiter(redis: Redis) -> MovingWindowRateLimiter:
    return MovingWindowRateLimiter(SharedWindows(redis))


def _log_fallback(failure: StorageError) -> None:
    log.warning(
        "rate limits counted by this replica alone", extra={"reason": type(failure.storage_error).__name__, **FOLDED}
    )


class SharedWindows(RedisStorage):
    """Counts tries in moving windows, in the shared store. It uses the connection of the store."""

    STORAGE_SCHEME = None  # type: ignore[assignment]  # The library does not create this storage.

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        # The library needs a URL, but does not connect to it.
        super().__init__(
            "async+redis://", implementation="redispy", wrap_exceptions=True, key_prefix="riverfront:limit"
        )

    def configure_bridge(self) -> None:
        self.bridge.connection_getter = lambda _readonly: self._redis  # type: ignore[attr-defined]  # of RedispyBridge


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
