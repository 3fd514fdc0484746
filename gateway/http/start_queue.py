"""Begins requests in the order of their arrival, a few in each turn of the event loop.

If all were begun at once, a process with more requests than it can answer would begin them all and end none: their
steps take turns, so each of them would last as long as all together. A request that waits here has cost nothing yet.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from contextvars import Context

from gateway.http.admission import Admission

BEGUN_IN_A_TURN = 32
"""Requests that are begun in one turn. The requests that have begun before go on in the same turn. Many cost less than
one after the other, because the same step of all of them is done in a row."""

CROWD = 32
"""Requests that wait, above which fewer are begun."""

BEGUN_IN_A_CROWD = 1
"""The same in a crowd, and while requests are refused: those that have begun shall be answered soon."""


class StartQueue:
    """Of one server."""

    def __init__(self, admission: Admission) -> None:
        self._admission = admission
        self._waiting: OrderedDict[Callable[[], None], None] = OrderedDict()
        self._left = BEGUN_IN_A_TURN
        self._turn_comes = False
        self._context = Context()
        """Of the turns. Otherwise they would have that of the request that was put in first, with its id and span."""

    def put(self, begin: Callable[[], None], loop: asyncio.AbstractEventLoop) -> None:
        """Call `begin` now, or in a later turn of the loop."""
        if self._left and not self._waiting:
            self._left -= 1
            begin()
        else:
            self._waiting[begin] = None
        if not self._turn_comes:
            self._turn_comes = True
            loop.call_soon(self._turn, loop, context=self._context)

    def discard(self, begin: Callable[[], None]) -> None:
        """Never call `begin`, if it still waits."""
        self._waiting.pop(begin, None)

    def _turn(self, loop: asyncio.AbstractEventLoop) -> None:
        is_crowd = self._admission.is_shedding or len(self._waiting) > CROWD
        most = BEGUN_IN_A_CROWD if is_crowd else BEGUN_IN_A_TURN
        self._left = most
        try:
            while self._left and self._waiting:
                self._left -= 1
                begin, _ = self._waiting.popitem(last=False)
                begin()
        finally:  # Without memory, one request may not begin. The others must.
            self._turn_comes = self._left < most
            if self._turn_comes:
                loop.call_soon(self._turn, loop, context=self._context)
