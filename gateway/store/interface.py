"""The interface of the store for sessions and submission records.

A value is bytes with a time to live. The store is either the memory of one process or a server that replicas share.
Concurrent writes are resolved by compare-and-set.
"""

from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol


class LockNotAcquired(Exception):
    """Another holder did not release the lock within the caller's waiting time."""


class Store(Protocol):
    """Store of values by key. A key begins with its kind, as in `session:…`. Times to live are in seconds, above 0.

    Every method may raise `StoreUnavailable`. A write that raises `StoreUnavailable` may have been made.
    """

    async def get(self, key: str) -> bytes | None:
        """The value; None if the key is missing or has expired."""

    async def replace(self, key: str, value: bytes, *, expected: bytes | None, ttl_s: float) -> bool:
        """Write if the current value equals `expected` (None: missing key). Return whether the value was written.

        Raises `RateLimited` for a new key if the store is full, because no value is dropped before it expires.
        """

    async def put(self, key: str, value: bytes, *, ttl_s: float) -> None:
        """Write a value, even if the key already has one."""

    async def delete(self, key: str, *, expected: bytes | None = None) -> bool:
        """Delete the key; if `expected` is set, only if the value equals it. Return whether a key was deleted."""

    def lock(self, name: str, *, wait_s: float, ttl_s: float) -> AbstractAsyncContextManager[None]:
        """A lock with one holder at a time. Raises `LockNotAcquired` after `wait_s`.

        The lock prevents useless work but guarantees nothing: after `ttl_s` another holder can acquire it.
        """

    async def schedule(self, schedule_name: str, entry: str, at: datetime) -> None:
        """Add an entry to a schedule, or change the time of the entry."""

    async def unschedule(self, schedule_name: str, entry: str) -> None:
        """Remove an entry from a schedule. A missing entry is no error."""

    async def claim_due(self, schedule_name: str, *, now: datetime, until: datetime, limit: int) -> list[str]:
        """Up to `limit` entries that are due.

        They are moved to `until`, so that no other replica claims them before that time.
        """

    async def now(self) -> datetime:
        """Current time of a clock that all replicas share."""

    async def check(self) -> None:
        """Raise `StoreUnavailable` if the store cannot be used."""

    async def intact_since(self, now: datetime) -> datetime | None:
        """Time since which the store has lost no writes; None if losing writes would also lose all sessions."""

    async def aclose(self) -> None: ...
