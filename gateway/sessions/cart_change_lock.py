"""The lock of a cart. Changes of a cart are made one at a time, and no change is made while a submission reads the
cart.

Digital River refuses overlapping changes of a cart. A submission that has waited for the lock reads all earlier
changes.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from gateway.elapsed_time import elapsed_s
from gateway.errors import CartBusy
from gateway.store.interface import Lease, LockNotAcquired, Store

LOCK_TTL_S = 20
"""Lifetime of a lock in seconds, unless its holder extends it. The lock of a stopped process ends after this time. By
then, Digital River has finished the change that the process had sent."""


class CartChangeLock:
    def __init__(self, store: Store) -> None:
        self._store = store

    @asynccontextmanager
    async def hold(self, owner: str, deadline_at: float) -> AsyncIterator[Lease]:
        """Hold the lock of an owner's cart. `owner`: the `cart_owner` of a session.

        Raises `CartBusy` if the lock is not free by the deadline, in seconds of `elapsed_s`.
        """
        wait_s = max(deadline_at - elapsed_s(), 0)
        try:
            async with self._store.lock(f"cart:{owner}", wait_s=wait_s, ttl_s=LOCK_TTL_S) as lease:
                yield lease
        except LockNotAcquired:
            raise CartBusy from None
