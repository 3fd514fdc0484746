"""What must outlive a request: sessions and submission records, as bytes with a time to live.

One interface, so that replicas can share a server later. Values are bytes, never live objects, and
changes that race are settled by compare-and-set.
"""

import time
from collections.abc import Callable
from typing import Protocol

from gateway.errors import RateLimited


class Store(Protocol):
    """Keys carry their own prefix. A time to live is in seconds and above zero."""

    async def get(self, key: str) -> bytes | None:
        """The value, or None when there is none or its time has passed."""

    async def replace(self, key: str, value: bytes, *, expected: bytes | None, ttl_s: float) -> bool:
        """Write if the present value is `expected` (None: there is none); False when it is not.

        Raises `RateLimited` for a new key when the store is full: nothing that was promised to be kept
        is dropped to make room.
        """

    async def delete(self, key: str) -> None:
        """Forget the key; no error when it is gone."""


class MemoryStore:
    """For one process. Bounded: at the bound new keys are refused, old ones are kept until their time."""

    def __init__(self, *, entries: int, size_bytes: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._values: dict[str, tuple[bytes, float]] = {}
        self._entries = entries
        self._size_bytes = size_bytes
        self._used_bytes = 0
        self._clock = clock
        self._next_sweep = 0.0

    async def get(self, key: str) -> bytes | None:
        return self._present(key)

    async def replace(self, key: str, value: bytes, *, expected: bytes | None, ttl_s: float) -> bool:
        present = self._present(key)
        if present != expected:
            return False
        if present is None:
            self._make_room(len(key) + len(value))
        self._drop(key)
        self._values[key] = (value, self._clock() + ttl_s)
        self._used_bytes += len(key) + len(value)
        return True

    async def delete(self, key: str) -> None:
        self._drop(key)

    def _present(self, key: str) -> bytes | None:
        found = self._values.get(key)
        if found is None:
            return None
        value, ends_at = found
        if ends_at <= self._clock():
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
        now = self._clock()
        if now < self._next_sweep:
            return
        self._next_sweep = now + 1
        for key in [key for key, (_, ends_at) in self._values.items() if ends_at <= now]:
            self._drop(key)

    def _drop(self, key: str) -> None:
        if (found := self._values.pop(key, None)) is not None:
            self._used_bytes -= len(key) + len(found[0])
