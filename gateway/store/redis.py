"""The store that replicas share: a Redis or Valkey server.

Nothing is tried twice here and no command waits long: who asks is told at once that the store does not
answer, and what hangs on it is refused. After some failures in a row it is left alone for
a moment, so that a server in trouble is not also stormed.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from redis.asyncio import BlockingConnectionPool, ConnectionPool, Redis
from redis.asyncio.lock import Lock
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import LockError, RedisError

from gateway.errors import StoreEvicts, StoreUnavailable
from gateway.store.interface import LockNotAcquired

log = logging.getLogger(__name__)

T = TypeVar("T")

PREFIX = "riverfront:"

CONNECTIONS = 64
FAILURES_IN_A_ROW = 5
LEFT_ALONE_S = 1.0
LOCK_POLL_S = 0.02

SCHEDULE_TTL_S = 7 * 86_400
"""Far longer than anything is to be looked at; each new member begins it anew."""

SERVER_TTL_S = 10 * 365 * 86_400

REPLACE = """
local present = redis.call('GET', KEYS[1])
if ARGV[1] == '1' and present ~= ARGV[2] or ARGV[1] == '0' and present then return 0 end
redis.call('SET', KEYS[1], ARGV[3], 'PX', ARGV[4])
return 1
"""

DELETE = """
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
"""

CLAIM_DUE = """
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, ARGV[3])
for _, entry in ipairs(due) do redis.call('ZADD', KEYS[1], ARGV[2], entry) end
return due
"""


class RedisStore:
    """`url`: `redis://` or, encrypted, `rediss://`, with user and password where the server wants them.

    `timeout_s`: how long one command may take.
    """

    def __init__(self, url: str, *, timeout_s: float = 0.25, prefix: str = PREFIX) -> None:
        self._timeout_s = timeout_s
        pool = BlockingConnectionPool.from_url(
            url,
            max_connections=CONNECTIONS,
            timeout=timeout_s,
            socket_timeout=timeout_s,
            socket_connect_timeout=timeout_s,
            retry=Retry(NoBackoff(), 0),
            health_check_interval=0,
        )
        self.pool: ConnectionPool = pool
        self._redis = Redis.from_pool(pool)
        self._prefix = prefix
        self._replace = self._redis.register_script(REPLACE)
        self._delete = self._redis.register_script(DELETE)
        self._claim_due = self._redis.register_script(CLAIM_DUE)
        self._failures = 0
        self._left_alone_until = 0.0
        self._keeps = False

    async def get(self, key: str) -> bytes | None:
        found: Any = await self._ask(lambda: self._redis.get(self._key(key)))
        return found if found is None else bytes(found)

    async def replace(self, key: str, value: bytes, *, expected: bytes | None, ttl_s: float) -> bool:
        is_expected = [b"0", b""] if expected is None else [b"1", expected]
        written = await self._ask(lambda: self._replace(keys=[self._key(key)], args=[*is_expected, value, _ms(ttl_s)]))
        return bool(written)

    async def put(self, key: str, value: bytes, *, ttl_s: float) -> None:
        await self._ask(lambda: self._redis.set(self._key(key), value, px=_ms(ttl_s)))

    async def delete(self, key: str, *, expected: bytes | None = None) -> bool:
        if expected is None:
            return bool(await self._ask(lambda: self._redis.delete(self._key(key))))
        return bool(await self._ask(lambda: self._delete(keys=[self._key(key)], args=[expected])))

    @asynccontextmanager
    async def lock(self, name: str, *, wait_s: float, ttl_s: float) -> AsyncIterator[None]:
        lock = Lock(
            self._redis,
            self._key(f"lock:{name}"),
            timeout=ttl_s,
            sleep=LOCK_POLL_S,
            blocking_timeout=wait_s,
        )
        # A wait of its own length, made of commands that each have their limit.
        if not await self._ask(lock.acquire, within_s=wait_s + self._timeout_s):
            raise LockNotAcquired
        try:
            yield
        finally:
            # Overtaken, or the store is gone: the turn ends by itself.
            with contextlib.suppress(LockError, StoreUnavailable):
                await self._ask(lock.release)

    async def schedule(self, schedule_name: str, entry: str, at: datetime) -> None:
        key = self._key(schedule_name)
        pipeline = self._redis.pipeline(transaction=True)
        pipeline.zadd(key, {entry: at.timestamp()})
        pipeline.expire(key, SCHEDULE_TTL_S)
        await self._ask(pipeline.execute)

    async def unschedule(self, schedule_name: str, entry: str) -> None:
        await self._ask(lambda: self._redis.zrem(self._key(schedule_name), entry))

    async def claim_due(self, schedule_name: str, *, now: datetime, until: datetime, limit: int) -> list[str]:
        args = [now.timestamp(), until.timestamp(), limit]
        due: list[bytes] = await self._ask(lambda: self._claim_due(keys=[self._key(schedule_name)], args=args))
        return [entry.decode() for entry in due]

    async def now(self) -> datetime:
        seconds, microseconds = await self._ask(self._redis.time)
        return datetime.fromtimestamp(seconds, UTC) + timedelta(microseconds=microseconds)

    async def check(self) -> None:
        """Also that nothing is dropped to make room: a lost record of a submission is an order sent twice."""
        if self._keeps:
            await self._ask(self._redis.ping)
            return
        memory: dict[str, Any] = await self._ask(lambda: self._redis.info("memory"))
        policy = str(memory.get("maxmemory_policy", "noeviction"))
        if policy != "noeviction":
            log.error("the store drops what it must keep: set its maxmemory-policy to noeviction")
            raise StoreEvicts(detail=f"maxmemory-policy {policy}")
        self._keeps = True

    async def intact_since(self, now: datetime) -> datetime | None:
        """A server that was flushed, restarted or replaced may have forgotten what it was told.

        Which server it is stands in the store itself; whoever finds another one there, or nothing, writes
        down when.
        """
        server: dict[str, Any] = await self._ask(lambda: self._redis.info("server"))
        present = str(server["run_id"])
        found = await self.get("server")
        known, _, since = (found or b"").decode().partition(" ")
        if known == present:
            return datetime.fromisoformat(since)
        log.warning("the store may have lost what it knew")
        noted = f"{present} {now.isoformat()}".encode()
        if await self.replace("server", noted, expected=found, ttl_s=SERVER_TTL_S):
            return now
        return await self.intact_since(now)

    async def aclose(self) -> None:
        await self._redis.aclose()

    def _key(self, key: str) -> str:
        return self._prefix + key

    async def _ask(self, command: Callable[[], Awaitable[T]], within_s: float | None = None) -> T:
        """The answer of one command. Raises `StoreUnavailable`."""
        if time.monotonic() < self._left_alone_until:
            raise StoreUnavailable(detail="left alone")
        try:
            async with asyncio.timeout(within_s or self._timeout_s):
                answer = await command()
        except LockError:
            raise
        except (RedisError, OSError, TimeoutError) as error:
            self._failures += 1
            if self._failures >= FAILURES_IN_A_ROW:
                self._left_alone_until = time.monotonic() + LEFT_ALONE_S
            raise StoreUnavailable(detail=type(error).__name__) from error
        self._failures = 0
        return answer


def _ms(ttl_s: float) -> int:
    return max(int(ttl_s * 1000), 1)
