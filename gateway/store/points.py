"""Limits the points that the operations of one session, and of one client address, may cost in a minute.

All replicas count together, and no request waits for the store while its client is far below the limit: a replica
counts points by itself and reports them in the background, for many clients at once. The store answers with the total
of all replicas. Near the limit, and before a replica counts too much by itself, the store grants the points first.
While the store is down, each replica counts alone, to half of the limit.
"""

import asyncio
import contextlib
import hmac
import logging
from collections.abc import Callable
from contextvars import Context
from datetime import UTC, datetime
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

from gateway.errors import RateLimited
from gateway.metrics.limits import HIT
from gateway.store.point_counts import WINDOW_S, PointCount, PointCounts

log = logging.getLogger(__name__)

PREFIX = "riverfront:points:"

TTL_MS = 2 * WINDOW_S * 1000

PAUSE_S = 0.05
"""Seconds between two reports to the store, if no operation waits for them."""

MOST_REPORTED = 500
"""Counts in one report. The store answers nothing else meanwhile."""

MOST_ROUNDS = 5
"""Answers of the store for which an operation waits. Another operation of the client may have used what was granted."""

ORDER_SHARE = 1.5
"""Operations that submit or resume an order are limited by this multiple of the limit: what a shopper has read must not
keep the shopper from buying it."""

REPORT = """
local weight, ttl = tonumber(ARGV[1]), ARGV[2]
local answers = {}
for i = 1, #KEYS / 2 do
  local reported, wanted, limit = tonumber(ARGV[3 * i]), tonumber(ARGV[3 * i + 1]), tonumber(ARGV[3 * i + 2])
  local total = tonumber(redis.call('GET', KEYS[2 * i - 1]) or '0')
  local previous = tonumber(redis.call('GET', KEYS[2 * i]) or '0')
  total = math.max(total + reported, 0)
  local room = limit - total - math.floor(previous * weight)
  local granted = math.max(math.min(wanted, room), 0)
  total = total + granted
  if reported ~= 0 or granted > 0 then
    redis.call('SET', KEYS[2 * i - 1], string.format('%d', total), 'PX', ttl)
  end
  table.insert(answers, {total, previous, granted})
end
return answers
"""
"""Adds reported points to the totals of a minute, and grants what is wanted as far as the limit has room."""


class Points:
    """`redis` is the client of the shared store, and None without one. Without it, a replica counts alone, to the whole
    limit. Keys of clients are stored as digests with `digest_key`, since an address is personal. A limit of 0 is none.
    An operation waits for at most `timeout_s` for each answer of the store."""

    def __init__(
        self,
        now: Callable[[], datetime],
        digest_key: bytes,
        redis: Redis | None = None,
        *,
        session_limit: int,
        address_limit: int,
        timeout_s: float,
    ) -> None:
        self._now = now
        self._digest_key = digest_key
        self._timeout_s = timeout_s
        self.has_limits = bool(session_limit or address_limit)
        """Whether anything is counted. If not, `charge` need not be called."""
        self._sessions = PointCounts("session", session_limit)
        self._addresses = PointCounts("address", address_limit)
        self._report_script = redis.register_script(REPORT) if redis is not None else None
        self._is_down = False
        self._unreported: dict[PointCount, None] = {}
        self._is_urgent = asyncio.Event()
        self._reporting: asyncio.Task[None] | None = None

    async def charge(self, session: str | None, address: str | None, points: int, *, buys: bool) -> int | None:
        """Count an operation before it is executed. Return the points that are left to its session or its address,
        whichever has fewer; None if neither is limited. Raises `RateLimited`.

        `session` and `address` are keys of the client. A key of None is not limited.
        """
        points = max(points, 1)
        minute, weight = self._minute()
        counts = [*self._sessions.of(session, minute), *self._addresses.of(address, minute)]
        if not counts:
            return None
        for _ in range(MOST_ROUNDS):
            self._check(counts, points, weight, buys=buys)
            if buys or self._counts_alone:
                break
            short = [count for count in counts if not count.may_add(points, weight)]
            if not short:
                break
            await self._ask(short, points)
            minute, weight = self._minute()
            for count in counts:
                count.begin(minute)
        left = self._check(counts, points, weight, buys=buys)
        for count in counts:
            count.add(points)
            self._report_later(count)
        return left

    async def aclose(self) -> None:
        if self._reporting is not None:
            self._reporting.cancel()
            await asyncio.wait({self._reporting})

    @property
    def _counts_alone(self) -> bool:
        return self._report_script is None or self._is_down

    def _minute(self) -> tuple[int, float]:
        """The minute of the clock, and the share of the minute before it that the last 60 seconds cover."""
        minute, second = divmod(self._now().timestamp(), WINDOW_S)
        return int(minute), 1 - second / WINDOW_S

    def _check(self, counts: list[PointCount], points: int, weight: float, *, buys: bool) -> int:
        """The points that are left after the operation. Raises `RateLimited`."""
        alone, lefts = self._counts_alone, []
        for count in counts:
            limit = count.limit // 2 if self._is_down else count.limit
            left = limit - count.used(weight, alone=alone) - points
            if left < (limit - int(limit * ORDER_SHARE) if buys else 0):
                for other in counts:
                    self._report_later(other)  # The store may have granted points that are not used now.
                free_at = datetime.fromtimestamp(count.free_at(points, limit, alone=alone), UTC)
                name = f"{count.key.partition(':')[0]}-points"
                HIT.labels(name).inc()
                raise RateLimited(detail=name, retry_after=free_at)
            lefts.append(left)
        return max(min(lefts), 0)

    # Reports to the store.

    def _report_later(self, count: PointCount) -> None:
        if self._report_script is not None and count.is_worth_a_report:
            self._unreported[count] = None
            self._start_reporting()

    async def _ask(self, counts: list[PointCount], points: int) -> None:
        """Wait until the store has answered, and has granted these points if there is room for them."""
        answers = set()
        for count in counts:
            count.wanted += points
            if count.answered is None:
                count.answered = asyncio.get_running_loop().create_future()
            answers.add(count.answered)
            self._unreported[count] = None
        self._is_urgent.set()
        self._start_reporting()
        await asyncio.wait(answers, timeout=self._timeout_s)

    def _start_reporting(self) -> None:
        if self._reporting is None or self._reporting.done():
            # Reports are about all clients, so the task gets none of the request's context.
            self._reporting = asyncio.get_running_loop().create_task(self._report_all(), context=Context())

    async def _report_all(self) -> None:
        while self._unreported:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(PAUSE_S):
                    await self._is_urgent.wait()
            self._is_urgent.clear()
            batch = list(self._unreported)[:MOST_REPORTED]
            for count in batch:
                del self._unreported[count]
            if self._unreported:
                self._is_urgent.set()
            if not await self._report(batch):
                return

    async def _report(self, batch: list[PointCount]) -> bool:
        """Report the counts. Return whether the store has answered."""
        assert self._report_script is not None  # noqa: S101 - without a store, nothing is reported
        minute, weight = self._minute()
        keys: list[str] = []
        args: list[str | int] = [f"{weight:.6f}", TTL_MS]
        sent, waiting = [], []
        for count in batch:
            count.begin(minute)
            digest = hmac.new(self._digest_key, f"points:{count.key}".encode(), "sha256").hexdigest()
            keys += [f"{PREFIX}{digest}:{count.minute}", f"{PREFIX}{digest}:{count.minute - 1}"]
            args += [count.unreported, count.wanted, count.limit]
            sent.append((count, count.minute, max(count.unreported, 0)))
            # Granted points that go back to the store may be granted to another replica before its answer arrives.
            count.unreported = max(count.unreported, 0)
            if count.answered is not None:
                waiting.append(count.answered)
            count.wanted, count.answered = 0, None
        try:
            answers: list[Any] = await self._report_script(keys, args)
        except RedisError as failure:
            if not self._is_down:
                log.warning("points counted by this replica alone", extra={"reason": type(failure).__name__})
            self._is_down = True
            self._unreported.update(dict.fromkeys(batch))
            return False
        else:
            self._is_down = False
            for (count, of_minute, reported), (total, previous, granted) in zip(sent, answers, strict=True):
                count.learn(of_minute, total, previous, reported + granted)
            return True
        finally:
            for answered in waiting:
                answered.set_result(None)
