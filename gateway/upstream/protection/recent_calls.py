"""Counts the calls of the last seconds."""

from collections import deque
from collections.abc import Callable

WINDOW_S = 10


class RecentCalls:
    """Counts the calls of the last `WINDOW_S` seconds, and those of them that are marked. Each second is forgotten as a
    whole. `elapsed` is the clock, in seconds."""

    def __init__(self, elapsed: Callable[[], float]) -> None:
        self._elapsed = elapsed
        self._seconds: deque[list[int]] = deque()
        """Number of the second, its calls, and the marked ones of them; the oldest first."""
        self._total = self._marked = 0

    def add(self, *, marked: bool) -> None:
        second = int(self._elapsed())
        seconds = self._seconds
        if not seconds or seconds[-1][0] != second:
            self._forget_until(second - WINDOW_S)
            seconds.append([second, 0, 0])
        seconds[-1][1] += 1
        self._total += 1
        if marked:
            seconds[-1][2] += 1
            self._marked += 1

    def counts(self) -> tuple[int, int]:
        """All calls, and the marked ones of them."""
        self._forget_until(int(self._elapsed()) - WINDOW_S)
        return self._total, self._marked

    def clear(self) -> None:
        self._seconds.clear()
        self._total = self._marked = 0

    def _forget_until(self, second: int) -> None:
        while self._seconds and self._seconds[0][0] <= second:
            _, total, marked = self._seconds.popleft()
            self._total -= total
            self._marked -= marked
