"""The store in the memory of one process."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import NamedTuple
from weakref import WeakValueDictionary

from gateway.errors import RateLimited
from gateway.metrics.limits import HIT
from gateway.store.client import client_of_request
from gateway.store.interface import Lease, LockNotAcquired

MAX_ENTRIES = 100_000

MAX_BYTES = 256 * 1024 * 1024
"""Maximum total size of keys and values, in bytes. A larger deployment uses a shared store."""

LARGEST_SHARE = 20
"""While the store is more than half full, one client may have added at most this part of its maximum: a twentieth.
Otherwise, one client could fill the store and keep all others from buying until tomorrow."""

SWEEP_EVERY = timedelta(seconds=1)
"""Minimum interval between two searches for expired entries in a full store. Each search reads all entries."""


class Entry(NamedTuple):
    value: bytes
    ends_at: datetime
    client: str | None
    """The client whose request has added the key; None if it is not known."""


class MemoryStore:
    """Store in memory, limited in entries and bytes.

    A full store rejects new keys, because no entry is dropped before it expires. A store that is half full rejects
    those of clients with a large share. `intact_since`: time at which the store was empty; None for now.
    """

    def __init__(
        self,
        now: Callable[[], datetime],
        *,
        intact_since: datetime | None = None,
        max_entries: int = MAX_ENTRIES,
        max_bytes: int = MAX_BYTES,
    ) -> None:
        self._now = now
        self._max_entries = max_entries
        self._max_bytes = max_bytes
        self._entries: dict[str, Entry] = {}
        self._used_bytes = 0
        self._entries_of: Counter[str | None] = Counter()
        self._bytes_of: Counter[str | None] = Counter()
        self._next_sweep = now()
        self._intact_since = intact_since or now()
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._schedules: dict[str, dict[str, datetime]] = {}

    async def get(self, key: str) -> bytes | None:
        return self._present(key)

    async def replace(self, key: str, value: bytes, *, expected: bytes | None, ttl_s: float) -> bool:
        if self._present(key) != expected:
            return False
        await self.put(key, value, ttl_s=ttl_s)
        return True

    async def put(self, key: str, value: bytes, *, ttl_s: float) -> None:
        size_bytes = len(key) + len(value)
        if self._present(key) is None:
            client = client_of_request()
            self._make_room(size_bytes, client)
        else:
            client = self._entries[key].client
        self._drop(key)
        self._entries[key] = Entry(value, self._now() + timedelta(seconds=ttl_s), client)
        self._used_bytes += size_bytes
        self._entries_of[client] += 1
        self._bytes_of[client] += size_bytes

    async def delete(self, key: str, *, expected: bytes | None = None) -> bool:
        present = self._present(key)
        if present is None or expected not in (None, present):
            return False
        self._drop(key)
        return True

    @asynccontextmanager
    async def lock(self, name: str, *, wait_s: float, ttl_s: float) -> AsyncIterator[Lease]:
        lock = self._locks.setdefault(name, asyncio.Lock())
        try:
            async with asyncio.timeout(wait_s):
                await lock.acquire()
        except TimeoutError:
            raise LockNotAcquired from None
        lease = Lease()
        try:
            yield lease
        finally:
            if lease.is_kept:
                asyncio.get_running_loop().call_later(ttl_s, lock.release)
            else:
                lock.release()

    async def schedule(self, schedule_name: str, entry: str, at: datetime) -> None:
        self._schedules.setdefault(schedule_name, {})[entry] = at

    async def unschedule(self, schedule_name: str, entry: str) -> None:
        self._schedules.get(schedule_name, {}).pop(entry, None)

    async def scheduled(self, schedule_name: str, *, limit: int) -> list[str]:
        entries = self._schedules.get(schedule_name, {})
        return sorted(entries, key=entries.__getitem__)[:limit]

    async def claim_due(self, schedule_name: str, *, now: datetime, until: datetime, limit: int) -> list[str]:
        scheduled = self._schedules.get(schedule_name, {})
        due = sorted((at, entry) for entry, at in scheduled.items() if at <= now)[:limit]
        scheduled.update({entry: until for _, entry in due})
        return [entry for _, entry in due]

    async def now(self) -> datetime:
        return self._now()

    async def check(self) -> None:
        return None

    async def probe(self) -> None:
        return None

    async def intact_since(self) -> datetime:
        return self._intact_since

    async def aclose(self) -> None:
        return None

    def _present(self, key: str) -> bytes | None:
        entry = self._entries.get(key)
        if entry is None:
            return None
        if entry.ends_at <= self._now():
            self._drop(key)
            return None
        return entry.value

    def _make_room(self, size_bytes: int, client: str | None) -> None:
        if self._has_room(size_bytes, client):
            return
        self._sweep()
        if not self._has_room(size_bytes, client):
            HIT.labels("memory-store").inc()
            raise RateLimited(detail="the memory store is full, or one client has too large a share")

    def _has_room(self, size_bytes: int, client: str | None) -> bool:
        entries, used_bytes = len(self._entries) + 1, self._used_bytes + size_bytes
        if entries > self._max_entries or used_bytes > self._max_bytes:
            return False
        if client is None or (entries * 2 <= self._max_entries and used_bytes * 2 <= self._max_bytes):
            return True
        is_share_of_entries = (self._entries_of[client] + 1) * LARGEST_SHARE <= self._max_entries
        return is_share_of_entries and (self._bytes_of[client] + size_bytes) * LARGEST_SHARE <= self._max_bytes

    def _sweep(self) -> None:
        now = self._now()
        if now < self._next_sweep:
            return
        self._next_sweep = now + SWEEP_EVERY
        for key in [key for key, entry in self._entries.items() if entry.ends_at <= now]:
            self._drop(key)

    def _drop(self, key: str) -> None:
        if (entry := self._entries.pop(key, None)) is not None:
            size_bytes = len(key) + len(entry.value)
            self._used_bytes -= size_bytes
            self._entries_of[entry.client] -= 1
            self._bytes_of[entry.client] -= size_bytes
            if not self._entries_of[entry.client]:
                del self._entries_of[entry.client], self._bytes_of[entry.client]
