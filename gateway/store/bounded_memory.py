"""In-memory cache for aiocache, limited in entries and in bytes.

aiocache's own in-memory cache has no limit and runs a timer for each key. `BoundedMemory` implements `set`, `get` and
`delete` of aiocache's `BaseCache`. The gateway uses no other methods.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from aiocache.base import BaseCache
from aiocache.serializers import NullSerializer

MAX_ENTRIES = 20_000
MAX_BYTES = 64 * 1024 * 1024


class Entry(NamedTuple):
    value: bytes
    ends_at: datetime


class BoundedMemory(BaseCache):  # type: ignore[misc]  # aiocache has no types
    """Cache that drops its oldest entries when a limit is exceeded.

    Every entry needs a time to live, in seconds. An expired entry is dropped when it is read. Until then, it counts
    like the other entries.
    """

    NAME = "bounded-memory"

    def __init__(
        self, now: Callable[[], datetime], *, max_entries: int = MAX_ENTRIES, max_bytes: int = MAX_BYTES
    ) -> None:
        # A timeout of 0 switches off aiocache's time limit, which is not needed because memory does not block.
        super().__init__(serializer=NullSerializer(), timeout=0)
        self._now = now
        self._max_entries = max_entries
        self._max_bytes = max_bytes
        # Sorted by the time of the last `set`, the oldest entry first.
        self._entries: dict[str, Entry] = {}
        self._used_bytes = 0

    async def _set(self, key: str, value: bytes, ttl: float, **_: Any) -> bool:
        self._drop(key)
        self._entries[key] = Entry(value, self._now() + timedelta(seconds=ttl))
        self._used_bytes += len(value)
        while len(self._entries) > self._max_entries or self._used_bytes > self._max_bytes:
            self._drop(next(iter(self._entries)))
        return True

    async def _get(self, key: str, **_: Any) -> bytes | None:
        entry = self._entries.get(key)
        if entry is None:
            return None
        if entry.ends_at <= self._now():
            self._drop(key)
            return None
        return entry.value

    async def _delete(self, key: str, **_: Any) -> int:
        return self._drop(key)

    def _drop(self, key: str) -> int:
        """Drop the entry of the key. Return 1; 0 if the key has no entry."""
        entry = self._entries.pop(key, None)
        if entry is None:
            return 0
        self._used_bytes -= len(entry.value)
        return 1
