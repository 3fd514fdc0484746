"""One change of a cart at a time.

Upstream asks for it, and refuses changes that overlap. It also lets a submission buy what it has looked at:
while one looks and sends, nothing else of this gateway changes the cart.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

from gateway.errors import UpstreamRefusal


class Turns:
    """Of one process. A session has one cart."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def take(self, session_id: str, deadline_at: float) -> AsyncIterator[None]:
        """Wait for the turn, at most until the deadline, in seconds of `time.monotonic`.

        Raises what upstream says of changes that overlap: nothing was done, and it may be tried again.
        """
        lock = self._locks.setdefault(session_id, asyncio.Lock())
        try:
            async with asyncio.timeout(max(deadline_at - time.monotonic(), 0)):
                await lock.acquire()
        except TimeoutError:
            raise UpstreamRefusal(409, "concurrent-cart-modification-failure") from None
        try:
            yield
        finally:
            lock.release()
