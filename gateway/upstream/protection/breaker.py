"""A circuit breaker: after many failures no call is sent, until one call succeeds again.

While it is closed, calls are sent. It opens if at least `MIN_CALLS` calls have ended in the last `WINDOW_S` seconds and
half of them have failed. After `OPEN_S` it is half open: one call is sent as a probe, and its end closes or opens it.
"""

import random
from collections.abc import Callable
from enum import Enum, auto

from gateway.upstream.protection.recent_calls import RecentCalls

MIN_CALLS = 20

FAILED_SHARE = 0.5

OPEN_S = (2.0, 4.0)
"""Shortest and longest time in seconds for which it is open. The time is random, so that replicas probe at different
times."""

PROBE_S = 3
"""Time in seconds after which a probe without an answer is followed by the next one."""


class State(Enum):
    CLOSED = auto()
    OPEN = auto()
    HALF_OPEN = auto()


class Ended(Enum):
    SUCCEEDED = auto()
    FAILED = auto()
    UNCLEAR = auto()
    """The call says nothing about Digital River, for example because its client has hung up."""


Permit = int
"""Which calls may be sent together: all that were admitted since the last change of the state."""


class Breaker:
    """`elapsed` is the clock, in seconds. `random_between` returns a random number between its arguments."""

    def __init__(
        self, elapsed: Callable[[], float], random_between: Callable[[float, float], float] = random.uniform
    ) -> None:
        self._elapsed = elapsed
        self._random_between = random_between
        self._ended = RecentCalls(elapsed)
        self._permit: Permit = 0
        self._next_probe_at = 0.0
        self.state = State.CLOSED

    def admit(self) -> Permit | None:
        """A permit to send one call, for `end`; None if the call must not be sent."""
        if self.state is State.CLOSED:
            return self._permit
        now = self._elapsed()
        if now < self._next_probe_at:
            return None
        if self.state is State.OPEN:
            self._change(State.HALF_OPEN)
        self._next_probe_at = now + PROBE_S
        return self._permit

    def end(self, permit: Permit, ended: Ended) -> None:
        """Count a call that was admitted with this permit. A call that was sent in an earlier state is not counted."""
        if permit != self._permit:
            return
        if self.state is State.HALF_OPEN:
            if ended is Ended.SUCCEEDED:
                self._change(State.CLOSED)
            elif ended is Ended.FAILED:
                self._open()
            else:
                self._next_probe_at = self._elapsed()
        elif ended is not Ended.UNCLEAR:
            self._ended.add(marked=ended is Ended.FAILED)
            if ended is Ended.FAILED and self._fails_too_often():
                self._open()

    def wait_s(self) -> float:
        """Seconds until the next call may be sent. 0 if it is closed."""
        return 0 if self.state is State.CLOSED else max(self._next_probe_at - self._elapsed(), 0)

    def _fails_too_often(self) -> bool:
        total, failed = self._ended.counts()
        return total >= MIN_CALLS and failed >= total * FAILED_SHARE

    def _open(self) -> None:
        self._next_probe_at = self._elapsed() + self._random_between(*OPEN_S)
        self._change(State.OPEN)

    def _change(self, state: State) -> None:
        self.state = state
        self._permit += 1
        self._ended.clear()
