"""Counts the permits for calls to Digital River, for all replicas or for this process alone.

A permit counts until a second after its call has arrived. A call may wait in its process, on the way, or before it is
read, so it has certainly arrived only when its answer comes. Until then it counts.
"""

from collections.abc import Callable, Sequence
from itertools import count
from typing import NamedTuple, Protocol
from uuid import uuid4

from redis.exceptions import RedisError

from gateway.errors import StoreUnavailable
from gateway.store.redis import PREFIX
from gateway.store.shared_connection import SharedRedis

WINDOW_MS = 1000
"""Time for which Digital River counts a call."""

UNDER_WAY_MS = 1000
"""Time for which a call is expected to be under way. A later answer counts the call again."""

UNKNOWN_WAIT_MS = 100
"""Wait that is reported if no permit may be given out, however many are free."""

KEYS = [f"{PREFIX}{{permits}}", f"{PREFIX}{{permits}}:paused"]
"""The permits by the time until which they count, and the end of the pause. In a cluster, both are on one server."""

NOW = """
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
"""

TAKE = (
    NOW
    + """
local paused = tonumber(redis.call('GET', KEYS[2]) or '0')
if now < paused then return {0, 0, paused - now} end
local name, most, reach, wanted, spare, lasts, unknown = ARGV[1], unpack(ARGV, 2)
for _, old in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, 1000)) do
  redis.call('ZREM', KEYS[1], old)
end
local counted = redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. now, '+inf', 'WITHSCORES')
local taken = #counted / 2
local granted = math.min(wanted, math.max(reach - taken, 0))
local more = math.min(spare, math.max(math.floor(most / 2) - taken - granted, 0))
for number = 1, granted + more do redis.call('ZADD', KEYS[1], now + lasts, name .. ':' .. number) end
redis.call('PEXPIRE', KEYS[1], lasts)
local wait = 0
if granted < tonumber(wanted) then
  local first = math.max(taken - reach, 0)
  wait = tonumber(reach) > 0 and counted[2 * first + 2] and counted[2 * first + 2] - now or tonumber(unknown)
end
return {granted, more, wait}
"""
)

ANSWERED = (
    NOW
    + """
for number = 3, #ARGV do redis.call('ZADD', KEYS[1], now + ARGV[1], ARGV[number]) end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
"""
)

PAUSE = (
    NOW
    + """
local paused = math.max(tonumber(redis.call('GET', KEYS[2]) or '0'), now + ARGV[1])
redis.call('SET', KEYS[2], string.format('%.0f', paused), 'PX', string.format('%.0f', math.max(paused - now, 1)))
"""
)


class Grant(NamedTuple):
    permits: Sequence[str]
    """Permits for calls that wait."""
    spare: Sequence[str]
    """Permits for calls to come. There are none unless more than half of all are free."""
    wait_s: float
    """Seconds until the next permit may be free, if there were not enough."""


class CallPermits(Protocol):
    """At most `most` calls arrive in any second. Every method may raise `StoreUnavailable`."""

    async def take(self, most: int, reach: int, number: int, spare: int) -> Grant:
        """Take up to this number of permits, but none if `reach` of the `most` are taken, and up to `spare` more."""

    async def answered(self, permits: Sequence[str]) -> None:
        """Note that the calls with these permits have ended just now."""

    async def pause(self, pause_s: float) -> None:
        """Give out no permits for so many seconds."""


class SharedPermits:
    """The permits of all replicas, by the clock of their server."""

    def __init__(self, redis: SharedRedis) -> None:
        self._take = redis.register_script(TAKE)
        self._answered = redis.register_script(ANSWERED)
        self._pause = redis.register_script(PAUSE)
        self._replica, self._takes = uuid4().hex[:12], count()

    async def take(self, most: int, reach: int, number: int, spare: int) -> Grant:
        name = f"{self._replica}:{next(self._takes)}"
        lasts = WINDOW_MS + UNDER_WAY_MS
        try:
            granted, more, wait_ms = await self._take(KEYS, [name, most, reach, number, spare, lasts, UNKNOWN_WAIT_MS])
        except (RedisError, OSError) as error:
            raise StoreUnavailable(detail=type(error).__name__) from error
        permits = [f"{name}:{permit}" for permit in range(1, granted + more + 1)]
        return Grant(permits[:granted], permits[granted:], wait_ms / 1000)

    async def answered(self, permits: Sequence[str]) -> None:
        try:
            await self._answered(KEYS, [WINDOW_MS, WINDOW_MS + UNDER_WAY_MS, *permits])
        except (RedisError, OSError) as error:
            raise StoreUnavailable(detail=type(error).__name__) from error

    async def pause(self, pause_s: float) -> None:
        try:
            await self._pause(KEYS, [int(pause_s * 1000)])
        except (RedisError, OSError) as error:
            raise StoreUnavailable(detail=type(error).__name__) from error


class LocalPermits:
    """The permits of this process. `elapsed` is the clock, in seconds."""

    def __init__(self, elapsed: Callable[[], float]) -> None:
        self._elapsed = elapsed
        self._until: dict[str, float] = {}
        """The time until which each permit counts."""
        self._paused_until = 0.0
        self._numbers = count()

    async def take(self, most: int, reach: int, number: int, spare: int) -> Grant:  # noqa: ARG002 - the local permits need no store
        now = self._elapsed()
        if now < self._paused_until:
            return Grant((), (), self._paused_until - now)
        self._until = {permit: until for permit, until in self._until.items() if until > now}
        counted = sorted(self._until.values())
        granted = [f"local:{next(self._numbers)}" for _ in range(min(number, max(reach - len(counted), 0)))]
        self._until |= dict.fromkeys(granted, now + (WINDOW_MS + UNDER_WAY_MS) / 1000)
        if len(granted) == number:
            return Grant(granted, (), 0)
        first = max(len(counted) - reach, 0)
        return Grant(granted, (), counted[first] - now if reach and counted else UNKNOWN_WAIT_MS / 1000)

    async def answered(self, permits: Sequence[str]) -> None:
        self._until |= dict.fromkeys(permits, self._elapsed() + WINDOW_MS / 1000)

    async def pause(self, pause_s: float) -> None:
        self._paused_until = max(self._paused_until, self._elapsed() + pause_s)
