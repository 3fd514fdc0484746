"""The store in the memory of one process."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from weakref import WeakValueDictionary

from gateway.errors import RateLimited
from gateway.store.interface import LockNotAcquired

MOST_ENTRIES = 100_000

MOST_BYTES = 256 * 1024 * 1024
"""Keys and values. A deployment that outgrows one of the two uses a shared store."""


class MemoryStore:
    """For one process. Bounded: at the bound new keys are refused, old ones are kept until their time."""

    def __init__(
        self, now: Callable[[], datetime], *, entries: int = MOST_ENTRIES, size_bytes: int = MOST_BYTES
    ) -> None:
        self._values: dict[str, tuple[bytes, datetime]] = {}
        self._schedules: dict[str, dict[str, datetime]] = {}
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._entries = entries
        self._size_bytes = size_bytes
        self._used_bytes = 0
        self._now = now
        self._next_sweep = now()

    async def get(self, key: str) -> bytes | None:
        return self._present(key)

    async def replace(self, key: str, value: bytes, *, expected: bytes | None, ttl_s: float) -> bool:
        if self._present(key) != expected:
            return False
        await self.put(key, value, ttl_s=ttl_s)
        return True

    async def put(self, key: str, value: bytes, *, ttl_s: float) -> None:
        if self._present(key) is None:
            self._make_room(len(key) + len(value))
        self._drop(key)
        self._values[key] = (value, self._now() + timedelta(seconds=ttl_s))
        self._used_bytes += len(key) + len(value)

    async def delete(self, key: str, *, expected: bytes | None = None) -> bool:
        present = self._present(key)
        if present is None or expected not in (None, present):
            return False
        self._drop(key)
        return True

    @asynccontextmanager
    async def lock(self, name: str, *, wait_s: float, ttl_s: float) -> AsyncIterator[None]:  # noqa: ARG002 - nobody outlives this process
        lock = self._locks.setdefault(name, asyncio.Lock())
        try:
            async with asyncio.timeout(wait_s):
                await lock.acquire()
        except TimeoutError:
            raise LockNotAcquired from None
        try:
            yield
        finally:
            lock.release()

    async def schedule(self, schedule_name: str, entry: str, at: datetime) -> None:
        self._schedules.setdefault(schedule_name, {})[entry] = at

    async def unschedule(self, schedule_name: str, entry: str) -> None:
        self._schedules.get(schedule_name, {}).pop(entry, None)

    async def claim_due(self, schedule_name: str, *, now: datetime, until: datetime, limit: int) -> list[str]:
        scheduled = self._schedules.get(schedule_name, {})
        due = sorted((at, entry) for entry, at in scheduled.items() if at <= now)[:limit]
        scheduled.update({entry: until for _, entry in due})
        return [entry for _, entry in due]

    async def now(self) -> datetime:
        return self._now()

    async def check(self) -> None:
        return None

    async def intact_since(self, now: datetime) -> datetime | None:  # noqa: ARG002 - see below
        # What this process knew is gone with it, and so are its sessions.
        return None

    async def aclose(self) -> None:
        return None

    def _present(self, key: str) -> bytes | None:
        found = self._values.get(key)
        if found is None:
            return None
        value, ends_at = found
        if ends_at <= self._now():
            self._drop(key)
            return None
        return value

    def _make_room(self, size_bytes: int) -> None:
        if self._has_room(size_bytes):
            return
        self._sweep()
        if not self._has_room(size_bytes):
            raise RateLimited(detail="the memory store is full")

    def _has_room(self, size_bytes: int) -> bool:
        return len(self._values) < self._entries and self._used_bytes + size_bytes <= self._size_bytes

    def _sweep(self) -> None:
        # A full store would otherwise be walked for every refused key.
        now = self._now()
        if now < self._next_sweep:
            return
        self._next_sweep = now + timedelta(seconds=1)
        for key in [key for key, (_, ends_at) in self._values.items() if ends_at <= now]:
            self._drop(key)

    def _drop(self, key: str) -> None:
        if (found := self._values.pop(key, None)) is not None:
            self._used_bytes -= len(key) + len(found[0])
