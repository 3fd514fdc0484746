"""Points that the operations of one session or client address have cost in the last minute, as one replica knows them.

The last minute is estimated from two minutes of the clock: the points of the current one, and of the one before it the
share that the last minute still covers. The library `limits` calls this a sliding window counter.
"""

import math
from asyncio import Future
from collections.abc import Iterator

from gateway.store.rate_limits import MAX_KEYS

WINDOW_S = 60

UNASKED_SHARE = 0.02
"""Share of the limit that a replica may count without the store. All replicas together exceed the limit by less than
this share for each further replica, if one client uses all of them at the same time."""

NEAR_SHARE = 0.8
"""Share of the limit above which the store grants the points of each operation before it begins."""

REPORT_SHARE = 0.01
"""Share of the limit below which points are not worth a report to the store."""


class PointCount:
    """The points of one session or address.

    `total` and `previous` are what the store knows of the current and the previous minute, as it last reported them.
    `unreported` are points of this replica that the store does not know yet. It is negative while the store has granted
    points that no operation has used. `own` and `own_previous` are the points of this replica alone.
    """

    __slots__ = (
        "answered",
        "key",
        "limit",
        "minute",
        "own",
        "own_previous",
        "previous",
        "total",
        "unreported",
        "wanted",
    )

    def __init__(self, key: str, limit: int, minute: int) -> None:
        self.key = key
        self.limit = limit
        self.minute = minute
        self.total = self.previous = self.unreported = self.own = self.own_previous = 0
        self.wanted = 0
        """Points of the operations that wait for the store."""
        self.answered: Future[None] | None = None
        """Done when the store has answered the next report."""

    def begin(self, minute: int) -> None:
        """Move on to this minute of the clock. A clock that was corrected may be in the minute before."""
        if self.minute - 1 <= minute <= self.minute:
            return
        is_next = minute == self.minute + 1
        self.previous = self.total + self.unreported if is_next else 0
        self.own_previous = self.own if is_next else 0
        self.total = self.unreported = self.own = 0
        self.minute = minute

    def used(self, weight: float, *, alone: bool) -> int:
        """Points of the last minute. `weight` is the share of the previous minute that it covers. `alone`: only those
        of this replica."""
        if alone:
            return self.own + int(self.own_previous * weight)
        return self.total + self.unreported + int(self.previous * weight)

    def may_add(self, points: int, weight: float) -> bool:
        """Whether this replica may count these points before the store knows them."""
        unreported = self.unreported + points
        if unreported <= 0:
            return True
        if self.used(weight, alone=False) + points > self.limit * NEAR_SHARE:
            return False
        return self.unreported <= 0 or unreported <= self.limit * UNASKED_SHARE

    def add(self, points: int) -> None:
        self.unreported += points
        self.own += points

    @property
    def is_worth_a_report(self) -> bool:
        return self.unreported < 0 or self.unreported >= self.limit * REPORT_SHARE

    def learn(self, minute: int, total: int, previous: int, reported: int) -> None:
        """Take over what the store has answered about a minute. `reported` are the points that it has counted for this
        replica now, with those that it has granted."""
        if minute == self.minute:
            self.total, self.previous = total, previous
            self.unreported -= reported
        elif minute == self.minute - 1:
            self.previous = total

    def free_at(self, points: int, limit: int, *, alone: bool) -> float:
        """When the limit has room for these points, as a timestamp, if nothing is counted until then."""
        current = self.own if alone else self.total + self.unreported
        previous = self.own_previous if alone else self.previous
        room, begins_at = max(limit - points, 0), self.minute * WINDOW_S
        if current > room:
            current, previous, begins_at = 0, current, begins_at + WINDOW_S
        weight = min((room - current) / previous, 1) if previous else 1
        return math.ceil((begins_at + WINDOW_S * (1 - weight)) * 1000) / 1000


class PointCounts:
    """The counts of all sessions, or of all addresses. The count that was not used for the longest time is dropped
    first."""

    def __init__(self, kind: str, limit: int) -> None:
        self.kind = kind
        self._limit = limit
        self._counts: dict[str, PointCount] = {}

    def __len__(self) -> int:
        return len(self._counts)

    def of(self, key: str | None, minute: int) -> Iterator[PointCount]:
        """The count of this key. Nothing, if the key is None or there is no limit."""
        if key is None or not self._limit:
            return
        count = self._counts.pop(key, None)
        if count is None:
            count = PointCount(f"{self.kind}:{key}", self._limit, minute)
            self._make_room(minute)
        else:
            count.begin(minute)
        self._counts[key] = count
        yield count

    def _make_room(self, minute: int) -> None:
        """Drop counts that say nothing any more, two for each new one."""
        for _ in range(2):
            oldest = next(iter(self._counts.items()), None)
            if oldest is None or (oldest[1].minute >= minute - 1 and len(self._counts) < MAX_KEYS):
                return
            del self._counts[oldest[0]]
