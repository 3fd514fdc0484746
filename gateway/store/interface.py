"""What must outlive a request: sessions and submission records, as bytes with a time to live.

One interface for the memory of one process and for the server that replicas share. Values are bytes,
never live objects, and changes that race are settled by compare-and-set.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from typing import Protocol
from weakref import WeakValueDictionary

from gateway.errors import RateLimited


class Taken(Exception):
    """Somebody else has had the turn for as long as one wanted to wait."""


class Store(Protocol):
    """Keys carry their own prefix. A time to live is in seconds and above zero.

    Every method may raise `StoreUnavailable`. A write that raises it may have happened.
    """

    async def get(self, key: str) -> bytes | None:
        """The value, or None when there is none or its time has passed."""

    async def replace(self, key: str, value: bytes, *, expected: bytes | None, ttl_s: float) -> bool:
        """Write if the present value is `expected` (None: there is none); False when it is not.

        Raises `RateLimited` for a new key when the store is full: nothing that was promised to be kept
        is dropped to make room.
        """

    async def put(self, key: str, value: bytes, *, ttl_s: float) -> None:
        """Write, whatever is there."""

    async def delete(self, key: str, *, expected: bytes | None = None) -> bool:
        """Forget the key, with `expected` only while it has this value; False when there was nothing to forget."""

    def turn(self, name: str, *, wait_s: float, ttl_s: float) -> AbstractAsyncContextManager[None]:
        """One holder at a time. Raises `Taken` when the turn does not come in time.

        It saves work and refusals, and proves nothing: a holder that takes longer than `ttl_s` may be
        overtaken.
        """

    async def remind(self, list_name: str, member: str, at: datetime) -> None:
        """Put a member on a list of what is to be looked at, or move it."""

    async def forget(self, list_name: str, member: str) -> None:
        """Take a member off the list; no error when it is not on it."""

    async def claim(self, list_name: str, *, now: datetime, until: datetime, most: int) -> list[str]:
        """Members whose time has come, moved to `until`, so that nobody else claims them before."""

    async def now(self) -> datetime:
        """The time that all replicas have in common, whatever their own clocks say."""

    async def check(self) -> None:
        """Raises `StoreUnavailable` while the store cannot be used."""

    async def whole_since(self, now: datetime) -> datetime | None:
        """Since when nothing that was written has been lost. None: for as long as any session lives."""

    async def aclose(self) -> None: ...


class MemoryStore:
    """For one process. Bounded: at the bound new keys are refused, old ones are kept until their time."""

    def __init__(self, *, entries: int, size_bytes: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._values: dict[str, tuple[bytes, float]] = {}
        self._lists: dict[str, dict[str, datetime]] = {}
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._entries = entries
        self._size_bytes = size_bytes
        self._used_bytes = 0
        self._clock = clock
        self._next_sweep = 0.0

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
        self._values[key] = (value, self._clock() + ttl_s)
        self._used_bytes += len(key) + len(value)

    async def delete(self, key: str, *, expected: bytes | None = None) -> bool:
        present = self._present(key)
        if present is None or expected not in (None, present):
            return False
        self._drop(key)
        return True

    @asynccontextmanager
    async def turn(self, name: str, *, wait_s: float, ttl_s: float) -> AsyncIterator[None]:  # noqa: ARG002 - nobody outlives this process
        lock = self._turns.setdefault(name, asyncio.Lock())
        try:
            async with asyncio.timeout(wait_s):
                await lock.acquire()
        except TimeoutError:
            raise Taken from None
        try:
            yield
        finally:
            lock.release()

    async def remind(self, list_name: str, member: str, at: datetime) -> None:
        self._lists.setdefault(list_name, {})[member] = at

    async def forget(self, list_name: str, member: str) -> None:
        self._lists.get(list_name, {}).pop(member, None)

    async def claim(self, list_name: str, *, now: datetime, until: datetime, most: int) -> list[str]:
        listed = self._lists.get(list_name, {})
        due = sorted((at, member) for member, at in listed.items() if at <= now)[:most]
        listed.update({member: until for _, member in due})
        return [member for _, member in due]

    async def now(self) -> datetime:
        return datetime.fromtimestamp(self._clock(), UTC)

    async def check(self) -> None:
        return None

    async def whole_since(self, now: datetime) -> datetime | None:  # noqa: ARG002 - see below
        # What this process knew is gone with it, and so are its sessions.
        return None

    async def aclose(self) -> None:
        return None

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
