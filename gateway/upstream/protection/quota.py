"""Keeps the calls of all replicas within Digital River's quota. Each call needs a permit.

The more important a call is, the more of the quota it may use up, and the longer it may wait. In one process, the most
important calls get their permits first.
"""

import asyncio
import logging
import math
from collections import deque
from collections.abc import Callable, Coroutine
from contextlib import suppress
from contextvars import Context
from datetime import datetime, timedelta

from gateway.errors import QuotaUsedUp, StoreUnavailable
from gateway.store.call_permits import CallPermits, Grant
from gateway.upstream.priority import Priority

log = logging.getLogger(__name__)

SHARE = 0.9
"""Share of Digital River's quota that the gateway uses."""

KEPT_SHARE = 0.05
"""Share of these permits that each rank leaves to the calls of higher ones."""

FIRST_WAIT_S, LONGEST_WAIT_S = 0.2, 5.0
"""Longest waits for a permit, in seconds: of the first call of an operation, and of its other calls. If one of these
were shed, the first ones would have been sent for nothing, and a change would be half made. Calls of submissions always
wait for longer."""

SPARE_SHARE = 0.05
"""Share of the permits that a process takes at once for calls to come, so that most calls do not wait for the store."""

SPARE_S = 0.1
"""Time in seconds after which permits that no call has needed are dropped."""

PAUSE_S = (0.01, 0.1)
"""Shortest and longest pause in seconds before the store is asked again."""

WITHOUT_STORE = 0.5
"""Share of the permits that each process allows itself while the store does not answer."""


ANSWERS_S = 0.02
"""Time in seconds for which ends of calls are collected before the store is told."""


REFUSED_FOR_S = 15.0
"""Time in seconds for which an order that got no permit counts as a sign that no orders can be taken."""


class RefusedOrders:
    """Notes when a call of a submission got no permit. These calls are shed last."""

    def __init__(self, elapsed: Callable[[], float]) -> None:
        self._elapsed = elapsed
        self._last = -math.inf

    def note(self) -> None:
        self._last = self._elapsed()

    def are_recent(self) -> bool:
        return self._elapsed() - self._last < REFUSED_FOR_S


Rank = int
"""Which calls get permits first: the lower the number, the earlier. An operation's further calls have an odd rank."""

RANKS = 2 * len(Priority) - 1


class Quota:
    """The permits of this process. `per_s` is Digital River's quota of calls a second. `local` counts the permits while
    `shared` does not answer."""

    def __init__(
        self,
        per_s: float,
        shared: CallPermits,
        local: CallPermits,
        now: Callable[[], datetime],
        elapsed: Callable[[], float],
    ) -> None:
        self._most = max(math.floor(per_s * SHARE), 1)
        self._shared, self._local = shared, local
        self._now, self._elapsed = now, elapsed
        self._spare, self._spare_until = list[str](), 0.0
        self._answered: list[str] = []
        self._queues: list[deque[asyncio.Future[str]]] = [deque() for _ in range(RANKS)]
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def take_now(self) -> str | None:
        """A permit that was fetched before, if there is one."""
        if self._spare and self._elapsed() < self._spare_until:
            return self._spare.pop()
        return None

    async def take(self, rank: Rank, within_s: float) -> str:
        """Wait for a permit. Raises `QuotaUsedUp` if there is none in time."""
        longest_s = min(LONGEST_WAIT_S if rank % 2 or not rank else FIRST_WAIT_S, within_s)
        if not any(self._queues[: rank + 1]):
            grant = await self._permits(rank, 1)
            if grant.permits:
                return grant.permits[0]
            if grant.wait_s > longest_s:
                raise self._used_up(grant.wait_s)
        permit: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._queues[rank].append(permit)
        self._run("fetch", self._fetch)
        try:
            async with asyncio.timeout(longest_s):
                return await permit
        except TimeoutError:
            raise self._used_up(PAUSE_S[1]) from None

    def answered(self, permit: str) -> None:
        """Note that the call with this permit has ended."""
        self._answered.append(permit)
        self._run("answers", self._note_answers)

    async def pause(self, pause_s: float) -> None:
        """Give out no permits for a while, because Digital River has refused a call."""
        self._spare.clear()
        await self._local.pause(pause_s)
        try:
            await self._shared.pause(pause_s)
        except StoreUnavailable as failure:
            log.warning("quota paused by this replica alone", extra={"reason": failure.detail})

    def _run(self, name: str, work: Callable[[], Coroutine[None, None, None]]) -> None:
        """Run this work, unless it runs already. It serves all requests, so it gets none of a request's context."""
        if name not in self._tasks or self._tasks[name].done():
            self._tasks[name] = asyncio.get_running_loop().create_task(work(), context=Context())

    async def _fetch(self) -> None:
        """Fetch permits until no call waits."""
        while (rank := self._first_waiting()) is not None:
            queue = self._queues[rank]
            grant = await self._permits(rank, len(queue))
            for permit in grant.permits:
                if (waiting := next((future for future in queue if not future.done()), None)) is not None:
                    waiting.set_result(permit)
                else:
                    self.answered(permit)
            if grant.wait_s:
                await asyncio.sleep(min(max(grant.wait_s, PAUSE_S[0]), PAUSE_S[1]))

    async def _note_answers(self) -> None:
        while self._answered:
            await asyncio.sleep(ANSWERS_S)
            answered, self._answered = self._answered, []
            for permits in (self._local, self._shared):
                with suppress(StoreUnavailable):
                    await permits.answered(answered)

    def _first_waiting(self) -> Rank | None:
        for rank, queue in enumerate(self._queues):
            while queue and queue[0].done():
                queue.popleft()
            if queue:
                return rank
        return None

    async def _permits(self, rank: Rank, number: int) -> Grant:
        spare = math.floor(self._most * SPARE_SHARE)
        asked_at = self._elapsed()
        try:
            grant = await self._shared.take(self._most, _reach(self._most, rank), number, spare)
        except StoreUnavailable as failure:
            log.warning("calls counted by this replica alone", extra={"reason": failure.detail})
            most = max(math.floor(self._most * WITHOUT_STORE), 1)
            return await self._local.take(most, _reach(most, rank), number, 0)
        if grant.spare:
            self._spare, self._spare_until = list(grant.spare), asked_at + SPARE_S
        return grant

    def _used_up(self, wait_s: float) -> QuotaUsedUp:
        return QuotaUsedUp(detail="quota used up", retry_after=self._now() + timedelta(seconds=max(wait_s, 1)))


def rank_of(priority: Priority, *, is_continued: bool) -> Rank:
    return max(2 * priority - is_continued, 0)


def _reach(most: int, rank: Rank) -> int:
    return max(round(most * (1 - KEPT_SHARE * rank)), 1)
