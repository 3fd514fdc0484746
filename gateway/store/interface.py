"""Interface of the store for sessions and submission records.

The store is either the memory of one process or a server that replicas share. Every value has a time to live. Writers
use compare-and-set, so that they do not overwrite each other's changes.
"""

import math
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from gateway.elapsed_time import elapsed_s


class LockNotAcquired(Exception):
    """Another task or replica held the lock during the whole waiting time."""


@dataclass
class Lease:
    """A held lock. The store extends the lease while the holder keeps the lock."""

    ends_at: float = math.inf
    """Time of `elapsed_s` from which another holder may have the lock. It is in the past if the lock was lost."""

    extend: Callable[[], Awaitable[None]] | None = None
    """Ask the store to extend the lease. Then `ends_at` is up to date. None: no other process can have the lock."""

    is_unsettled: bool = False
    """Whether a change that was sent under the lock may still arrive after the lock was released."""
    is_kept: bool = False
    """Whether the lock is not released but expires after its time to live."""

    def is_held(self, *, for_s: float = 0) -> bool:
        """Whether no other holder can get the lock during the next `for_s` seconds."""
        return elapsed_s() + for_s < self.ends_at


class Store(Protocol):
    """Store of values by key. A key begins with the kind of its value, as in `session:…`.

    Times to live are in seconds, above 0. Every method may raise `StoreUnavailable`. If a write raises
    `StoreUnavailable`, the value may still have been written.
    """

    async def get(self, key: str) -> bytes | None:
        """Value of the key; None if the key is missing or has expired."""

    async def replace(self, key: str, value: bytes, *, expected: bytes | None, ttl_s: float) -> bool:
        """Write the value if the current value equals `expected`. Return whether the value was written.

        If `expected` is None, the value is written only if the key is missing. Raises `RateLimited` if the key is new
        and the store is full.
        """

    async def put(self, key: str, value: bytes, *, ttl_s: float) -> None:
        """Write a value, even if the key already has one."""

    async def delete(self, key: str, *, expected: bytes | None = None) -> bool:
        """Delete the key, and return whether it was deleted.

        If `expected` is set, the key is deleted only if its value equals `expected`.
        """

    def lock(self, name: str, *, wait_s: float, ttl_s: float) -> AbstractAsyncContextManager[Lease]:
        """Context manager that holds a lock. Raises `LockNotAcquired` if the lock is not free within `wait_s`.

        The lease is extended while the context is open. If the process stops or loses the store, another holder can
        acquire the lock after `ttl_s`. Therefore the holder must check its lease before each write.
        """

    async def schedule(self, schedule_name: str, entry: str, at: datetime) -> None:
        """Add an entry to a schedule. If the schedule already has the entry, the time of the entry is changed."""

    async def unschedule(self, schedule_name: str, entry: str) -> None:
        """Remove an entry from a schedule. A missing entry is ignored."""

    async def scheduled(self, schedule_name: str, *, limit: int) -> list[str]:
        """Up to `limit` entries of a schedule, those that are due first at the beginning."""

    async def claim_due(self, schedule_name: str, *, now: datetime, until: datetime, limit: int) -> list[str]:
        """Claim up to `limit` due entries of a schedule, and return them.

        The claimed entries are due again at `until`. Before that time, no other replica can claim them.
        """

    async def now(self) -> datetime:
        """Current time of the store's clock, which all replicas share."""

    async def check(self) -> None:
        """Raise `StoreUnavailable` if the store cannot be reached or may drop keys."""

    async def probe(self) -> None:
        """Raise `StoreUnavailable` unless the store can do all that the gateway needs, such as writing."""

    async def intact_since(self) -> datetime:
        """Time since which the store has lost no writes, by the store's clock.

        A store in memory begins empty. Carts at Digital River may be older than the store.
        """

    async def aclose(self) -> None: ...
