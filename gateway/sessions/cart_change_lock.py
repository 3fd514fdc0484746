"""The lock of a cart. Changes of a cart are made one at a time, and no change is made while a submission reads the
cart.

Digital River refuses overlapping changes of a cart. A submission that has waited for the lock reads all earlier
changes. A change that was not answered may arrive later than that, so its cart is noted as unsettled for a while.
"""

import logging
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from gateway.elapsed_time import elapsed_s
from gateway.errors import CartBusy, RateLimited, StoreUnavailable
from gateway.store.interface import Lease, LockNotAcquired, Store
from gateway.upstream.connections.connecting import UNACKNOWLEDGED_S

log = logging.getLogger(__name__)

SETTLED_AFTER_S = UNACKNOWLEDGED_S + 10
"""Seconds after which a change that was not answered has arrived at Digital River and is finished, or never arrives."""

LOCK_TTL_S = SETTLED_AFTER_S
"""Lifetime of a lock in seconds, unless its holder extends it. The lock of a stopped process ends after this time. It
is extended directly before each change is sent, so by then the change of the process is settled."""

MOST_AT_ONCE = 20
"""Maximum number of changes of one cart that a process makes or lets wait. With the shared store, each one that waits
asks for the lock every 20 ms, so hundreds of them would slow all shoppers down."""


class CartChangeLock:
    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now
        self._at_once: Counter[str] = Counter()
        """Changes that are made or wait, by the owner of the cart."""

    @asynccontextmanager
    async def hold(self, owner: str, deadline_at: float) -> AsyncIterator[Lease]:
        """Hold the lock of an owner's cart. `owner`: the `cart_owner` of a session.

        Raises `CartBusy` if the lock is not free by the deadline, in seconds of `elapsed_s`, and if too many changes
        wait for it.
        """
        if self._at_once[owner] >= MOST_AT_ONCE:
            raise CartBusy
        self._at_once[owner] += 1
        try:
            async with self._locked(owner, deadline_at) as lease:
                yield lease
        finally:
            self._at_once[owner] -= 1
            if not self._at_once[owner]:
                del self._at_once[owner]

    @asynccontextmanager
    async def _locked(self, owner: str, deadline_at: float) -> AsyncIterator[Lease]:
        wait_s = max(deadline_at - elapsed_s(), 0)
        try:
            async with self._store.lock(f"cart:{owner}", wait_s=wait_s, ttl_s=LOCK_TTL_S) as lease:
                try:
                    yield lease
                finally:
                    if lease.is_unsettled:
                        await self._note_unsettled(owner, lease)
        except LockNotAcquired:
            raise CartBusy from None

    async def _note_unsettled(self, owner: str, lease: Lease) -> None:
        # Without the note, the lock protects the cart until it expires.
        lease.is_kept = True
        try:
            await self._put(owner, self._now() + timedelta(seconds=SETTLED_AFTER_S))
        except (StoreUnavailable, RateLimited) as failure:
            log.error("unsettled cart not noted", extra={"reason": failure.detail})
        else:
            lease.is_kept = False

    async def unsettled_until(self, owner: str) -> datetime | None:
        """Time until which a change of an owner's cart that was not answered may arrive; None if there is none."""
        noted = await self._store.get(_unsettled_key(owner))
        return None if noted is None else datetime.fromisoformat(noted.decode())

    async def carry_over(self, owner: str, next_owner: str) -> None:
        """Note that the cart of `next_owner` is unsettled as long as that of `owner`, because the two are merged."""
        until, own = await self.unsettled_until(owner), await self.unsettled_until(next_owner)
        if until is not None and (own is None or own < until):
            await self._put(next_owner, until)

    async def _put(self, owner: str, until: datetime) -> None:
        left_s = (until - self._now()).total_seconds()
        if left_s > 0:
            await self._store.put(_unsettled_key(owner), until.isoformat().encode(), ttl_s=left_s)


def _unsettled_key(owner: str) -> str:
    return f"unsettled-cart:{owner}"
