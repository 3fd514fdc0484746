"""One change of a cart at a time.

Upstream asks for it, and refuses changes that overlap. It also lets a submission buy what it has looked at:
while one looks and sends, nothing else of this gateway changes the cart.
"""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from gateway.errors import CartBusy
from gateway.sessions.sessions import Session
from gateway.store.interface import LockNotAcquired, Store

LONGEST_S = 20
"""A turn that lasts longer belongs to a process that died; it is twice what an operation may take."""


class CartLock:
    def __init__(self, store: Store) -> None:
        self._store = store

    @asynccontextmanager
    async def hold(self, session: Session, deadline_at: float) -> AsyncIterator[None]:
        """Wait for the turn, at most until the deadline, in seconds of `time.monotonic`.

        Raises `CartBusy` after that.
        """
        wait_s = max(deadline_at - time.monotonic(), 0)
        try:
            async with self._store.lock(f"cart:{session.cart_owner}", wait_s=wait_s, ttl_s=LONGEST_S):
                yield
        except LockNotAcquired:
            raise CartBusy from None
