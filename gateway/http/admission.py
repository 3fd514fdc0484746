"""Refuses requests when more arrive than the process can answer, so that the others do not wait.

The time that passes between the reading of a request and the beginning of its work is the load of the process: the
event loop is busy with others. If its mean stays too long, a budget of requests is admitted. It is what the process
executes while it is busy, less what waits already, and grows while the waits are short. The budget goes to the
priorities from the front: public reads are refused first, submissions never.
"""

import logging
import math
import time
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from gateway.http.http_request import HttpRequest
from gateway.http.unread_priority import priority_unread
from gateway.metrics import overload
from gateway.metrics.declaring import CounterSeries
from gateway.upstream.priority import Priority

log = logging.getLogger(__name__)

WINDOW_S = 0.05
"""Time over which waits are averaged, in seconds. The budget changes after each."""

BEGINS_SHARE, KEEPS_SHARE = 0.4, 0.1
"""Mean wait from which on some are refused, and mean wait that the budget then keeps, as shares of the longest wait.
The queue is kept short then, because a process that has to refuse requests is never idle."""

BUSY_SHARE = 0.2
"""Share of a core above which a process has so much to do that its requests wait. If it uses less, they wait because of
other programs, and to refuse some would not help the others."""

WINDOWS_BEFORE = 3
"""Windows in a row with long waits before anything is refused, unless it is a flood. One alone may be the garbage
collector, or a new document."""

WINDOWS_OF_FLOOD = 2
"""The same in a flood. What begins meanwhile is answered late."""

FLOOD_GROWS = 1.5
"""Factor by which the queue grows, at least, from window to window in a flood. After a pause or a burst, it shrinks."""

WINDOWS_AFTER = 20
"""Windows in a row in which nothing would have been refused, after which everything is admitted again."""

LEAST_REQUESTS = 10
"""Requests without which a mean says nothing. A window lasts until it has them, or so many wait, but not longer than
`QUIET_S`."""

LEAST_PER_S = 1 / WINDOW_S
"""Lowest estimate of what the process can execute. Without requests that are executed, it could not grow again."""

FRESH_S = 0.02
"""Time for which the wait of a request tells what the next one has to expect, in seconds."""

QUIET_S = 1
"""Time with hardly a request after which the past says nothing, in seconds."""

GROWS, GROWS_IDLE = 1.03, 1.2
"""Factor of the budget after a window with short waits, and after one in which the process was idle as well."""

IDLE_SHARE = 0.3
"""If the process used no CPU time in more than this share of a window, it was idle. A smaller share may have gone to
other programs."""

NEWEST_SHARE = 0.3
"""Share of the last window in the estimate of what the process can execute."""

MOST_RUNNING = {Priority.PUBLIC: 500, Priority.SESSION: 750, Priority.CHECKOUT: 1000, Priority.SUBMISSION: math.inf}
"""Requests in execution, of all priorities, above which none of this priority begins. Most of them wait for Digital
River, and each needs some memory: 1,000 need about 60 MB."""

GOLDEN = 0.6180339887498949
"""Its multiples, without their whole parts, are spread evenly, so the share that is admitted is exact."""

CREDENTIALS = (b"authorization", b"cookie")

REFUSED_WAITING: dict[Priority, CounterSeries] = {
    priority: overload.REFUSED.labels(priority.name.lower(), "wait")
    for priority in set(Priority) - {Priority.SUBMISSION}
}

ARRIVAL = "arrival"
"""Key of the `Arrival` in the state of a request that the application answers."""


class Arrival(NamedTuple):
    """When a request was read, and for which priority it was admitted then; None if that is not decided."""

    read_at: float
    admitted_as: Priority | None = None


class Window(NamedTuple):
    """What was measured in one. Times are in seconds."""

    took_s: float
    cpu_s: float
    mean_s: float
    """Mean wait of the requests whose work has begun."""

    @property
    def busy_share(self) -> float:
        return self.cpu_s / self.took_s


class Admission:
    """Of one process. `longest_wait_s` is the wait, in seconds, that no request should have; with 0, the load is not
    measured."""

    def __init__(
        self,
        longest_wait_s: float,
        now: Callable[[], float] = time.monotonic,
        cpu_s: Callable[[], float] = time.process_time,
    ) -> None:
        self.now = now
        self.cpu_s = cpu_s
        """The CPU time of the process."""
        self.is_shedding = False
        self.running = 0
        """Requests in execution."""
        self.waiting = 0
        """Requests whose work has not begun."""
        self.longest_wait_s = longest_wait_s or math.inf
        # The first request ends the time before the first window.
        self._window_began_at = self._window_ends_at = -math.inf
        self._cpu_before_s = cpu_s()
        self._observed_at = self._waited_s = self._last_wait_s = 0.0
        self._started = self._refused_unread = self._executed = 0
        self._long_windows = self._flood_windows = self._calm_windows = 0
        self._waiting_before = 0
        """Requests that waited when the last window ended."""
        self._executed_before: deque[tuple[int, float]] = deque(maxlen=WINDOWS_BEFORE)
        """Requests that the last windows have executed, and the CPU time in seconds."""
        self._budget_per_s = self._capacity_per_s = 0.0
        self._arrived: dict[Priority, int] = {}
        self._shares: dict[Priority, float] = {}
        self._position = 0.0

    def begins(self, request: HttpRequest, arrival: Arrival, body: bytes | None) -> bool:
        """Count a request whose work begins. Returns whether it may be read. `body`: None if not all has arrived."""
        request.admitted_as = arrival.admitted_as
        return not self.observe(arrival.read_at) or self.admits_unread(request, body)

    def begins_elsewhere(self, arrival: Arrival) -> bool:
        """Count a request of another path than that of the graph. Returns whether it is answered, like a public read:
        before all others, it is not."""
        is_admitted = not self.observe(arrival.read_at) or self._draw(Priority.PUBLIC, self._last_wait_s)
        self._executed += is_admitted
        return is_admitted

    def observe(self, read_at: float) -> bool:
        """Count a request whose work begins now. Returns whether some requests are refused. Every request calls it."""
        now = self.now()
        self._observed_at, self._last_wait_s = now, now - read_at
        self._waited_s += self._last_wait_s
        self._started += 1
        if now >= self._window_ends_at:
            self._end_window(now)
        return self.is_shedding

    def refuses_unread(self, priority: Priority, now: float) -> bool:
        """Whether a request that has just arrived is refused, while some are. `now` is the time of its arrival."""
        if now >= self._window_ends_at:
            self._end_window(now)
        is_refused = self.is_shedding and not self._draw(priority, self._expected_wait_s(now))
        self._refused_unread += is_refused
        return is_refused

    def admits_unread(self, request: HttpRequest, body: bytes | None) -> bool:
        """Whether the request that was observed last may be read, while some are refused."""
        if request.admitted_as is not None:  # Decided when it arrived, but it has waited since.
            return not self._is_late(request.admitted_as, self._last_wait_s)
        has_credentials = any(request.headers.lines(name) for name in CREDENTIALS)
        request.admitted_as = priority_unread(body, is_read=request.is_read, has_credentials=has_credentials)
        return request.admitted_as is None or self._draw(request.admitted_as, self._last_wait_s)

    def admits(self, priority: Priority, admitted_as: Priority | None) -> bool:
        """Whether an operation may be executed. `admitted_as`: the priority for which it was admitted unread."""
        if self.running >= MOST_RUNNING[priority]:
            overload.REFUSED.labels(priority.name.lower(), "running").inc()
            return False
        is_decided = not self.is_shedding or (admitted_as is not None and admitted_as >= priority)
        is_admitted = is_decided or self._draw(priority, self._last_wait_s)
        self._executed += is_admitted
        return is_admitted

    def _draw(self, priority: Priority, wait_s: float) -> bool:
        self._arrived[priority] = self._arrived.get(priority, 0) + 1
        self._position = (self._position + GOLDEN) % 1
        if priority is Priority.SUBMISSION:
            return True
        if self._position >= self._shares[priority]:
            REFUSED_WAITING[priority].inc()
            return False
        return not self._is_late(priority, wait_s)

    def _expected_wait_s(self, now: float) -> float:
        return self._last_wait_s if now - self._observed_at < FRESH_S else 0

    def _is_late(self, priority: Priority, wait_s: float) -> bool:
        is_late = priority is not Priority.SUBMISSION and wait_s > self.longest_wait_s
        if is_late:
            REFUSED_WAITING[priority].inc()
        return is_late

    def _end_window(self, now: float) -> None:
        took_s = now - self._window_began_at
        if max(self._started + self._refused_unread, self.waiting) < LEAST_REQUESTS and took_s < QUIET_S:
            return
        cpu_s, mean_s = self.cpu_s(), self._waited_s / max(self._started, 1)
        overload.WAIT.labels().set(mean_s)
        window = Window(took_s, cpu_s - self._cpu_before_s, mean_s)
        is_busy = window.busy_share > BUSY_SHARE or mean_s > self.longest_wait_s
        if self.is_shedding:
            self._adapt(window, now, is_busy=is_busy)
        else:
            self._observe_waits(window, is_busy=is_busy)
        self._window_began_at, self._window_ends_at, self._cpu_before_s = now, now + WINDOW_S, cpu_s
        self._waited_s, self._started, self._refused_unread, self._executed = 0.0, 0, 0, 0
        self._arrived = dict.fromkeys(Priority, 0)

    def _observe_waits(self, window: Window, *, is_busy: bool) -> None:
        """Begin to refuse requests after enough windows with long waits."""
        if window.took_s >= QUIET_S:
            self._executed_before.clear()
        else:
            self._executed_before.append((self._executed, window.cpu_s))
        # After a burst, which is no overload, the process was idle and the last request has not waited.
        is_long = window.mean_s > self.longest_wait_s * BEGINS_SHARE < self._last_wait_s
        # The first requests of a flood begin at once, so their waits are short. Those behind them will have waited so
        # long.
        backlog_s = self.waiting * window.cpu_s / max(self._started, 1)
        is_flood = backlog_s > self.longest_wait_s and self.waiting > FLOOD_GROWS * self._waiting_before
        self._waiting_before = self.waiting
        can_count = is_busy and window.took_s < QUIET_S
        self._long_windows = self._long_windows + 1 if can_count and is_long else 0
        self._flood_windows = self._flood_windows + 1 if can_count and is_flood else 0
        if self._long_windows >= WINDOWS_BEFORE or self._flood_windows >= WINDOWS_OF_FLOOD:
            self._begin(self._executed / window.took_s, max(window.mean_s, backlog_s))

    def _begin(self, per_s: float, wait_s: float) -> None:
        log.error("overloaded", extra={"reason": f"{per_s:.0f} requests a second wait {wait_s * 1000:.0f} ms each"})
        self.is_shedding, self._calm_windows = True, 0
        self._long_windows = self._flood_windows = 0
        # In the last window alone, the process was busy with those that began in the ones before.
        executed, cpu_s = map(sum, zip(*self._executed_before, strict=True))
        self._executed_before.clear()
        self._capacity_per_s = self._budget_per_s = max(executed / max(cpu_s, WINDOW_S), LEAST_PER_S)
        # What arrives of each priority is counted from now on.
        self._shares = dict.fromkeys(Priority, 1.0) | {Priority.PUBLIC: 0.5}

    def _adapt(self, window: Window, now: float, *, is_busy: bool) -> None:
        took_s, target_s = window.took_s, self.longest_wait_s * KEEPS_SHARE
        is_long = is_busy and window.mean_s > target_s and took_s < QUIET_S
        excess_s = self._expected_wait_s(now) - target_s
        # The process was never idle, nor busy with the refusals of the queue that began the overload.
        if is_long and window.mean_s <= self.longest_wait_s:
            executed_per_s = max(self._executed / took_s, LEAST_PER_S)
            self._capacity_per_s += NEWEST_SHARE * (executed_per_s - self._capacity_per_s)
        if is_long or (is_busy and excess_s > 0):
            # In the next window, the queue is answered as well.
            self._budget_per_s = self._capacity_per_s * min(max(1 - excess_s / WINDOW_S, 0), 1)
        else:
            grows = GROWS if window.busy_share > 1 - IDLE_SHARE else GROWS_IDLE
            self._budget_per_s = max(self._budget_per_s, self._capacity_per_s) * grows
        left = self._budget_per_s * took_s
        for priority in Priority:
            arrived = self._arrived.get(priority, 0)
            self._shares[priority] = min(max(left, 0) / arrived, 1.0) if arrived else float(left > 0)
            left -= arrived
        overload.BUDGET.labels().set(self._budget_per_s)
        self._calm_windows = self._calm_windows + 1 if left >= 0 else 0
        if self._calm_windows >= WINDOWS_AFTER or took_s >= QUIET_S:
            self.is_shedding = False
            overload.BUDGET.labels().set(math.inf)
            log.warning("no longer overloaded")
