"""The store on a Redis or Valkey server that replicas share.

If the server is silent for a short time, `StoreUnavailable` is raised, until it answers again. All commands use one
connection, see `gateway.store.shared_connection`.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import uuid4

from redis.asyncio.lock import Lock
from redis.exceptions import LockError, NoPermissionError, RedisError, ResponseError

from gateway.elapsed_time import elapsed_s
from gateway.errors import StoreEvicts, StoreIsCluster, StoreUnavailable
from gateway.store.interface import Lease, LockNotAcquired
from gateway.store.server_address import end_connections_to_sentinels, pool_for
from gateway.store.shared_connection import SharedRedis
from gateway.store.waiting import renew_waiting
from gateway.telemetry.logs import FOLDED

log = logging.getLogger(__name__)

T = TypeVar("T")

PREFIX = "riverfront:"

LOCK_POLL_S = 0.02

EXTEND_AFTER_SHARE = 0.2
"""Share of a lock's time to live after which the lock is extended."""

SCHEDULE_TTL_S = 7 * 86_400
"""Time to live of a schedule, in seconds. It restarts with every new entry.

It is longer than the time for which an entry stays scheduled.
"""

KEEPS_KEYS = "noeviction"
"""The `maxmemory-policy` with which a server evicts no keys."""

CLUSTER = "cluster"
"""Mode of a server that has only a part of the keys."""

PROBE_TTL_S = 10

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

SCHEDULE = """
redis.call('ZADD', KEYS[1], ARGV[1], ARGV[2])
redis.call('EXPIRE', KEYS[1], ARGV[3])
"""

CLAIM_DUE = """
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, ARGV[3])
for _, entry in ipairs(due) do redis.call('ZADD', KEYS[1], ARGV[2], entry) end
return due
"""


class RedisStore:
    """Store on a Redis or Valkey server. `timeout_s` is the time for which the server may be silent.

    `url` begins with `redis://`, or with `rediss://` for TLS. It contains user and password if the server requires
    them. With `redis+sentinel://` or `rediss+sentinel://`, it has the addresses of Sentinels. `ca` is the path of a
    file with the authorities that are trusted for TLS, instead of those of the system.
    """

    def __init__(
        self,
        url: str,
        *,
        ca: str = "",
        timeout_s: float = 0.25,
        prefix: str = PREFIX,
        elapsed: Callable[[], float] = elapsed_s,
    ) -> None:
        self._elapsed = elapsed
        self._pool = pool_for(url, ca)
        self.redis = SharedRedis(self._pool, timeout_s)
        self._prefix = prefix
        self._replace = self.redis.register_script(REPLACE)
        self._delete = self.redis.register_script(DELETE)
        self._schedule = self.redis.register_script(SCHEDULE)
        self._claim_due = self.redis.register_script(CLAIM_DUE)

    async def get(self, key: str) -> bytes | None:
        value: Any = await self._run(lambda: self.redis.get(self._key(key)))
        return value if value is None else bytes(value)

    async def replace(self, key: str, value: bytes, *, expected: bytes | None, ttl_s: float) -> bool:
        args: list[bytes | int] = [*([b"0", b""] if expected is None else [b"1", expected]), value, _ms(ttl_s)]
        return bool(await self._run(lambda: self._replace(keys=[self._key(key)], args=args)))

    async def put(self, key: str, value: bytes, *, ttl_s: float) -> None:
        await self._run(lambda: self.redis.set(self._key(key), value, px=_ms(ttl_s)))

    async def delete(self, key: str, *, expected: bytes | None = None) -> bool:
        if expected is None:
            return bool(await self._run(lambda: self.redis.delete(self._key(key))))
        return bool(await self._run(lambda: self._delete(keys=[self._key(key)], args=[expected])))

    @asynccontextmanager
    async def lock(self, name: str, *, wait_s: float, ttl_s: float) -> AsyncIterator[Lease]:
        lock = Lock(self.redis, self._key(f"lock:{name}"), timeout=ttl_s)
        lease = Lease(await self._acquire(lock, wait_s) + ttl_s)
        lease.extend = lambda: self._extend(lock, lease, ttl_s)
        released = asyncio.Event()
        extending = asyncio.create_task(self._keep_extending(lease, ttl_s, released))
        try:
            yield lease
        finally:
            released.set()
            extending.cancel()
            if not lease.is_kept:
                # A lock that cannot be released expires after `ttl_s`.
                with contextlib.suppress(LockError, StoreUnavailable):
                    await self._run(lock.release)

    async def _acquire(self, lock: Lock, wait_s: float) -> float:
        """Acquire the lock, and return when the command was sent. Its answer may be read much later, if the process is
        busy or suspended, and the lock expires meanwhile."""
        give_up_at = self._elapsed() + wait_s
        while True:
            sent_at = self._elapsed()
            if await self._run(lambda: lock.acquire(blocking=False)):
                return sent_at
            if self._elapsed() + LOCK_POLL_S > give_up_at:
                raise LockNotAcquired
            renew_waiting()  # The wait for the lock is no wait for the store.
            await asyncio.sleep(LOCK_POLL_S)

    async def _keep_extending(self, lease: Lease, ttl_s: float, released: asyncio.Event) -> None:
        """Extend the lease until `released` is set or another holder has the lock.

        `released` is needed although the task is cancelled: on Python 3.11, redis-py can swallow a cancellation.
        """
        while not released.is_set() and lease.ends_at > 0:
            await asyncio.sleep(ttl_s * EXTEND_AFTER_SHARE)
            assert lease.extend is not None  # noqa: S101 - `lock` sets it
            with contextlib.suppress(StoreUnavailable):  # The lease ends unless a later try succeeds.
                await lease.extend()

    async def _extend(self, lock: Lock, lease: Lease, ttl_s: float) -> None:
        sent_at = self._elapsed()
        try:
            await self._run(lock.reacquire)
        except LockError:
            lease.ends_at = 0
            log.warning("lock lost")
        else:
            lease.ends_at = sent_at + ttl_s

    async def schedule(self, schedule_name: str, entry: str, at: datetime) -> None:
        args: list[float | str] = [at.timestamp(), entry, SCHEDULE_TTL_S]
        await self._run(lambda: self._schedule(keys=[self._key(schedule_name)], args=args))

    async def unschedule(self, schedule_name: str, entry: str) -> None:
        await self._run(lambda: self.redis.zrem(self._key(schedule_name), entry))

    async def scheduled(self, schedule_name: str, *, limit: int) -> list[str]:
        key = self._key(schedule_name)
        entries: list[Any] = await self._run(lambda: self.redis.zrangebyscore(key, "-inf", "+inf", 0, limit))
        return [entry.decode() for entry in entries]

    async def claim_due(self, schedule_name: str, *, now: datetime, until: datetime, limit: int) -> list[str]:
        args = [now.timestamp(), until.timestamp(), limit]
        due: list[bytes] = await self._run(lambda: self._claim_due(keys=[self._key(schedule_name)], args=args))
        return [entry.decode() for entry in due]

    async def now(self) -> datetime:
        seconds, microseconds = await self._run(self.redis.time)
        return datetime.fromtimestamp(seconds, UTC) + timedelta(microseconds=microseconds)

    async def check(self) -> None:
        """Raise `StoreEvicts` if the server evicts keys when memory is full.

        If the record of a submission is evicted, the order could be sent twice. The policy is read each time, because a
        server can be configured again or replaced while the gateway runs.
        """
        memory: dict[str, Any] = await self._run(lambda: self.redis.info("memory"))
        policy = str(memory.get("maxmemory_policy", "unknown"))
        if policy != KEEPS_KEYS:
            log.error("store may drop keys: set its maxmemory-policy to noeviction", extra=FOLDED)
            raise StoreEvicts(detail=f"maxmemory-policy {policy}")

    async def probe(self) -> None:
        """Run every kind of command, on keys of this probe.

        A user of the server may lack a command, a full server refuses to write, and so does a replica.
        """
        await self._refuse_cluster()
        key = f"probe:{uuid4()}"
        now = (await asyncio.gather(self.check(), self.intact_since(), self.now()))[2]
        async with self.lock(key, wait_s=0, ttl_s=PROBE_TTL_S) as lease:
            if lease.extend is not None:
                await lease.extend()
        await self.put(key, b"1", ttl_s=PROBE_TTL_S)
        await self.replace(key, b"2", expected=b"1", ttl_s=PROBE_TTL_S)
        if await self.get(key) != b"2":
            raise StoreUnavailable(detail="a written value is missing")
        await self.delete(key, expected=b"2")
        await self.delete(key)
        await self.schedule(key, "entry", now)
        await self.claim_due(key, now=now, until=now, limit=1)
        await self.unschedule(key, "entry")

    async def _refuse_cluster(self) -> None:
        """Raise `StoreIsCluster` if the server is one of a cluster, which refuses the keys of the others."""
        server: dict[str, Any] = await self._run(lambda: self.redis.info("server"))
        if CLUSTER in (server.get("redis_mode"), server.get("server_mode")):
            raise StoreIsCluster(detail="cluster mode")

    async def intact_since(self) -> datetime:
        """Time since which the server has lost no writes. A server that was flushed, restarted or replaced, or that has
        evicted keys, may have lost writes.

        The server has a new run id after each start, and counts the keys that it has evicted. If the stored id and
        number are missing or differ from those of the server, the replica stores those of the server with the current
        time.
        """
        server: dict[str, Any]
        server, recorded = await asyncio.gather(self._run(self.redis.info), self.get("server"))
        state = f"{server['run_id']}/{server['evicted_keys']}"
        recorded_state, _, since = (recorded or b"").decode().partition(" ")
        if recorded_state == state:
            return datetime.fromisoformat(since)
        log.warning("store may have lost writes")
        now = await self.now()
        if await self.replace("server", f"{state} {now.isoformat()}".encode(), expected=recorded, ttl_s=SERVER_TTL_S):
            return now
        return await self.intact_since()

    async def aclose(self) -> None:
        await self.redis.aclose()
        await end_connections_to_sentinels(self._pool)

    def _key(self, key: str) -> str:
        return self._prefix + key

    async def _run(self, command: Callable[[], Awaitable[T]]) -> T:
        """Run a command, and return the server's answer. Raises `StoreUnavailable` if the command fails."""
        try:
            return await command()
        except LockError:
            raise
        except (RedisError, OSError) as error:
            cause = _cause(error)
            log.warning("store command failed", extra={"reason": cause, **FOLDED})
            raise StoreUnavailable(detail=cause) from error


def _cause(error: Exception) -> str:
    """Name of the error's class. A command that is refused within a script has a name as outside of it."""
    is_of_script = isinstance(error, ResponseError) and "ACL failure in script" in str(error)
    return (NoPermissionError if is_of_script else type(error)).__name__


def _ms(ttl_s: float) -> int:
    return max(int(ttl_s * 1000), 1)
