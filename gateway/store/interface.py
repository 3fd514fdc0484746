"""What must outlive a request: sessions and submission records, as bytes with a time to live.

One interface for the memory of one process and for the server that replicas share. Values are bytes,
never live objects, and changes that race are settled by compare-and-set.
"""

from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol


class LockNotAcquired(Exception):
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

    def lock(self, name: str, *, wait_s: float, ttl_s: float) -> AbstractAsyncContextManager[None]:
        """One holder at a time. Raises `LockNotAcquired` when the turn does not come in time.

        It saves work and refusals, and proves nothing: a holder that takes longer than `ttl_s` may be
        overtaken.
        """

    async def schedule(self, schedule_name: str, entry: str, at: datetime) -> None:
        """Put a member on a list of what is to be looked at, or move it."""

    async def unschedule(self, schedule_name: str, entry: str) -> None:
        """Take a member off the list; no error when it is not on it."""

    async def claim_due(self, schedule_name: str, *, now: datetime, until: datetime, limit: int) -> list[str]:
        """Members whose time has come, moved to `until`, so that nobody else claims them before."""

    async def now(self) -> datetime:
        """The time that all replicas have in common, whatever their own clocks say."""

    async def check(self) -> None:
        """Raises `StoreUnavailable` while the store cannot be used."""

    async def intact_since(self, now: datetime) -> datetime | None:
        """Since when nothing that was written has been lost. None: for as long as any session lives."""

    async def aclose(self) -> None: ...
