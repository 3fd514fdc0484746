"""Limits the simultaneous requests to Digital River, by what waits for them."""

import asyncio
from collections import deque

from gateway.errors import CallHeldBack
from gateway.metrics.upstream import SLOTS, WITHOUT_SLOT
from gateway.upstream.exchange import Request, Reserve
from gateway.upstream.priority import Priority

SHARES = {Priority.SUBMISSION: 1.0, Priority.CHECKOUT: 1.0, Priority.SESSION: 0.8, Priority.PUBLIC: 0.5}
"""Share of the slots without a reserve that may be taken when a request of this priority begins. So reads leave some to
changes of carts, and public reads leave half to the others."""


class Slots:
    """Slots of one kind, and the requests that wait for one, of each priority in their order.

    `reserve` is the name of the reserve in the metrics.
    """

    def __init__(self, slots: int, reserve: str = "none") -> None:
        self._in_use, self._refusals = SLOTS.labels(reserve), WITHOUT_SLOT.labels(reserve)
        self._limits = {priority: max(int(slots * share), 1) for priority, share in SHARES.items()}
        self._taken = 0
        self._waiting: dict[Priority, deque[asyncio.Future[None]]] = {priority: deque() for priority in Priority}

    def has_room(self, priority: Priority) -> bool:
        """Whether a request would not have to wait."""
        return self._taken < self._limits[priority] and not self._next(priority)

    async def take(self, priority: Priority, within_s: float) -> None:
        """Take a slot, or wait for one. Raises `CallHeldBack` if none was free in time."""
        if self.has_room(priority):
            self._occupy()
            return
        turn = asyncio.get_running_loop().create_future()
        self._waiting[priority].append(turn)
        try:
            async with asyncio.timeout(within_s):
                await turn
        except BaseException as ended:
            if turn.done() and not turn.cancelled():
                self.free()
            if isinstance(ended, TimeoutError):
                self._refusals.inc()
                raise CallHeldBack(detail="no free connection in time") from ended
            raise

    def free(self) -> None:
        self._taken -= 1
        self._in_use.dec()
        for priority in Priority:
            waiting = self._next(priority)
            if waiting and self._taken < self._limits[priority]:
                self._occupy()
                waiting.popleft().set_result(None)
                return

    def _occupy(self) -> None:
        self._taken += 1
        self._in_use.inc()

    def _next(self, priority: Priority) -> "deque[asyncio.Future[None]]":
        """The requests that wait, without those at the front that have given up."""
        waiting = self._waiting[priority]
        while waiting and waiting[0].done():
            waiting.popleft()
        return waiting


class AllSlots:
    """The slots that requests share, and those of each reserve."""

    def __init__(self, shared: int) -> None:
        self._shared = Slots(shared)
        self._reserves = {reserve: Slots(reserve.value, reserve.name.lower()) for reserve in Reserve}

    async def take(self, request: Request, within_s: float) -> Slots:
        """The slots of which the request has taken one. If its reserve is used up, a request of a submission takes a
        slot that others share."""
        slots = self._shared if request.reserve is None else self._reserves[request.reserve]
        priority = request.priority if request.reserve is None else Priority.SUBMISSION
        if request.reserve is Reserve.SUBMISSIONS and not slots.has_room(priority) and self._shared.has_room(priority):
            slots = self._shared
        await slots.take(priority, within_s)
        return slots
