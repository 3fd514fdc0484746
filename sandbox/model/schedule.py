"""A schedule of functions that the sandbox calls when its clock reaches the scheduled time."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from heapq import heappop, heappush
from itertools import count


@dataclass(order=True)
class _ScheduledCall:
    at: datetime
    number: int
    """Serial number of the scheduled call. Calls at the same time run in the order of their numbers."""
    act: Callable[[], None] = field(compare=False)


class Schedule:
    def __init__(self) -> None:
        self._calls: list[_ScheduledCall] = []
        self._numbers = count()

    def add(self, at: datetime, act: Callable[[], None]) -> None:
        heappush(self._calls, _ScheduledCall(at, next(self._numbers), act))

    def run_until(self, now: datetime) -> None:
        """Run all scheduled calls that are due by `now`. Calls that these calls schedule run too, if they are due."""
        while self._calls and self._calls[0].at <= now:
            heappop(self._calls).act()
