"""Begins requests in the order of their arrival, a few in each turn of the event loop.

If all were begun at once, a process with more requests than it can answer would begin them all and end none: their
steps take turns, so each of them would last as long as all together. A request that waits here has cost nothing yet.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from contextvars import Context

from gateway.http.admission import Admission

BEGUN_AT_ONCE, BEGUN_IN_A_TURN = 32, 8
"""Requests that may begin as soon as they arrive, and by how many this number grows again in each turn. Those that have
begun go on in the same turn. Many cost less than one after the other, because the same step of all of them is done in a
row. But their steps take ten turns and more, so with more a flood would begin more than can end soon."""

CROWD = 32
"""Requests that wait, above which fewer are begun."""

BEGUN_IN_A_CROWD = 1
"""The same in a crowd: those that have begun shall be answered soon."""

TURNS_OF_ONE = 2
"""Turns in which one request begins while requests are refused, unless it has waited too long. The steps of a request
take up to 16 turns besides its calls to Digital River. Turns in which none begins are short."""


class StartQueue:
    """Of one server."""

    def __init__(self, admission: Admission) -> None:
        self._admission = admission
        self._waiting: OrderedDict[Callable[[], None], float] = OrderedDict()
        """With the times at which they were put in, by the clock of the loop."""
        self._left = BEGUN_AT_ONCE
        self._turns_until_next = 0
        self._turn_comes = False
        self._context = Context()
        """Of the turns. Otherwise they would have that of the request that was put in first, with its id and span."""

    def put(self, begin: Callable[[], None], loop: asyncio.AbstractEventLoop) -> None:
        """Call `begin` now, or in a later turn of the loop."""
        if self._left and not self._waiting:
            self._left -= 1
            begin()
        else:
            self._waiting[begin] = loop.time()
            self._admission.waiting = len(self._waiting)
        if not self._turn_comes:
            loop.call_soon(self._turn, loop, context=self._context)
            self._turn_comes = True

    def discard(self, begin: Callable[[], None]) -> None:
        """Never call `begin`, if it still waits."""
        self._waiting.pop(begin, None)
        self._admission.waiting = len(self._waiting)

    def _turn(self, loop: asyncio.AbstractEventLoop) -> None:
        self._left = self._most(loop.time())
        try:
            while self._left and self._waiting:
                self._left -= 1
                begin, _ = self._waiting.popitem(last=False)
                begin()
        finally:  # Without memory, one request may not begin. The others must.
            self._admission.waiting = len(self._waiting)
            self._turn_comes = False
            is_full = self._admission.is_shedding or self._left == BEGUN_AT_ONCE
            if self._waiting or not is_full:
                loop.call_soon(self._turn, loop, context=self._context)
                self._turn_comes = True

    def _most(self, now: float) -> int:
        """How many may begin in this turn."""
        if not self._admission.is_shedding:
            is_crowd = len(self._waiting) > CROWD
            return BEGUN_IN_A_CROWD if is_crowd else min(self._left + BEGUN_IN_A_TURN, BEGUN_AT_ONCE)
        self._turns_until_next -= 1
        put_at = next(iter(self._waiting.values()), now)
        # Of those that wait too long, most are refused when they begin, which costs little.
        if self._turns_until_next > 0 and now - put_at <= self._admission.longest_wait_s:
            return 0
        self._turns_until_next = TURNS_OF_ONE
        return 1
