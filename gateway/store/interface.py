"""The store of sessions and submission records: bytes that outlive a request, each with a time to live.

One interface for the memory of one process and for the server that replicas share. Changes at the same time are
settled by compare-and-set.
"""

from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol


class LockNotAcquired(Exception):
    """Another holder had the lock for the whole time that the caller could wait."""


class Store(Protocol):
    """A key begins with its kind, as in `session:…`. A time to live is in seconds and above zero.

    Every method may raise `StoreUnavailable`. A write that raises it may have happened.
    """

    async def get(self, key: str) -> bytes | None:
        """The value; None when there is none, or when its time has passed."""

    async def replace(self, key: str, value: bytes, *, expected: bytes | None, ttl_s: float) -> bool:
        """Write when the present value is `expected`, None being no value. False when it is another one.

        Raises `RateLimited` for a new key when the store is full: no value is dropped before its time.
        """

    async def put(self, key: str, value: bytes, *, ttl_s: float) -> None:
        """Write over any present value."""

    async def delete(self, key: str, *, expected: bytes | None = None) -> bool:
        """Delete the key, with `expected` only while it has this value. False when nothing was deleted."""

    def lock(self, name: str, *, wait_s: float, ttl_s: float) -> AbstractAsyncContextManager[None]:
        """A lock with one holder. Raises `LockNotAcquired` after `wait_s`.

        It saves work and refusals, and proves nothing: after `ttl_s` another holder may have it.
        """

    async def schedule(self, schedule_name: str, entry: str, at: datetime) -> None:
        """Put an entry on a schedule, or move it to another time."""

    async def unschedule(self, schedule_name: str, entry: str) -> None:
        """Take an entry off a schedule. No error when it is not on it."""

    async def claim_due(self, schedule_name: str, *, now: datetime, until: datetime, limit: int) -> list[str]:
        """Up to `limit` entries that are due, moved to `until`: no other replica claims them before."""

    async def now(self) -> datetime:
        """The time by one clock that all replicas share."""

    async def check(self) -> None:
        """Raises `StoreUnavailable` while the store cannot be used."""

    async def intact_since(self, now: datetime) -> datetime | None:
        """Since when no write was lost. None when none can be missing: the sessions would be lost with it."""

    async def aclose(self) -> None: ...
