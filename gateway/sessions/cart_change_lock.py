"""The lock of a cart: one change at a time, and none while a submission reads the cart.

Digital River refuses changes of a cart that overlap. A submission that has waited for the lock sees every change that
came before.
"""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from gateway.errors import CartBusy
from gateway.sessions.sessions import Session
from gateway.store.interface import LockNotAcquired, Store

LOCK_TTL_S = 20
"""Twice what an operation may take: a lock that is held for longer belongs to a process that died."""


class CartChangeLock:
    def __init__(self, store: Store) -> None:
        self._store = store

    @asynccontextmanager
    async def hold(self, session: Session, deadline_at: float) -> AsyncIterator[None]:
        """Wait for the lock until the deadline, in seconds of `time.monotonic`. Raises `CartBusy` after that."""
        wait_s = max(deadline_at - time.monotonic(), 0)
        try:
            async with self._store.lock(f"cart:{session.cart_owner}", wait_s=wait_s, ttl_s=LOCK_TTL_S):
                yield
        except LockNotAcquired:
            raise CartBusy from None
