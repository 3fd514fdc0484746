"""The events that are still to happen, in the order of their time."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from heapq import heappop, heappush
from itertools import count


@dataclass(order=True)
class _Event:
    at: datetime
    number: int
    """Events of the same time happen in the order in which they were added."""
    act: Callable[[], None] = field(compare=False)


class Schedule:
    def __init__(self) -> None:
        self._events: list[_Event] = []
        self._numbers = count()

    def add(self, at: datetime, act: Callable[[], None]) -> None:
        heappush(self._events, _Event(at, next(self._numbers), act))

    def run_until(self, now: datetime) -> None:
        """Run every event that is due by `now`, including those that these events add."""
        while self._events and self._events[0].at <= now:
            heappop(self._events).act()
