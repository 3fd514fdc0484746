"""Health checks for orchestrators and operators.

`/health/live`: the process runs. `/health/ready`: it may take traffic. `/health/orders`: it may take orders, else why
not.
"""

import asyncio
import logging
from collections.abc import Callable
from enum import StrEnum

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from gateway.catalog.guest_reader import GuestReader
from gateway.elapsed_time import elapsed_s
from gateway.errors import StoreEvicts, StoreUnavailable, UpstreamError, UpstreamKeyRefused
from gateway.http.draining import Draining
from gateway.http.request_head import LIVE, ORDERS, READY
from gateway.http.workers import SharedState
from gateway.metrics.health import TAKES_ORDERS
from gateway.store.interface import Store
from gateway.store.repetition import Repetition
from gateway.upstream.protection.quota import RefusedOrders
from gateway.upstream.transport import WayOut

log = logging.getLogger(__name__)

KEY_CHECK_PAUSE_S = 30
"""Minimum time between two checks of the site's key, in seconds. An accepted key needs no call until its token ends."""

LONGEST_WAIT_S = 1
"""Time for which an answer waits for the check of the site's key. Then the last result counts."""

REMEMBERED_S = 1
"""Time for which a result is used again, in seconds, since anybody may ask."""

WATCH_S = 5
"""Time between two checks that no request has asked for, in seconds. They keep log and metrics true."""


class Flag:
    """A flag of one process. Workers share theirs, see `gateway.http.workers`."""

    value = False


class Reason(StrEnum):
    """Why the process takes no orders. `docs/operating.md` says what to do."""

    DRAINING = "DRAINING"
    STORE_UNAVAILABLE = "STORE_UNAVAILABLE"
    STORE_EVICTS = "STORE_EVICTS"
    API_KEY_REFUSED = "API_KEY_REFUSED"
    NO_WAY_OUT = "NO_WAY_OUT"
    QUOTA_USED_UP = "QUOTA_USED_UP"


MESSAGES = {
    Reason.DRAINING: "The process was told to stop.",
    Reason.STORE_UNAVAILABLE: "The store does not answer, or refuses a command that orders need.",
    Reason.STORE_EVICTS: "The store may evict records of submissions. Set its maxmemory-policy to noeviction.",
    Reason.API_KEY_REFUSED: "Digital River does not accept the API key or its secret.",
    Reason.NO_WAY_OUT: "The egress proxy, the host name or the certificate prevents connections to Digital River.",
    Reason.QUOTA_USED_UP: "Submissions have just been refused, because Digital River's quota of calls is used up.",
}
"""What the answer says. The log has the error: anybody can read the answer."""


class Health:
    """What this process can do.

    It may take traffic once it could have taken orders for the first time, until it is told to stop. A process whose
    settings are wrong never gets traffic. What fails later fails in all replicas: without them, public reads would fail
    as well. An outage of Digital River changes nothing.
    """

    def __init__(
        self,
        store: Store,
        reader: GuestReader,
        draining: Draining,
        refused_orders: RefusedOrders,
        way_out: WayOut,
        elapsed: Callable[[], float] = elapsed_s,
    ) -> None:
        self._store = store
        self._reader = reader
        self._draining = draining
        self._refused_orders = refused_orders
        self._way_out = way_out
        self._elapsed = elapsed
        self.able: Flag | SharedState = Flag()
        """Whether orders were possible at any time since the start."""
        self._checking: asyncio.Task[list[Reason]] | None = None
        self._checked_at = 0.0
        self._checking_key: asyncio.Task[None] | None = None
        self._key_checked_at = 0.0
        self._key_failure: tuple[list[Reason], str] = [], ""
        self._logged = ""

    async def may_take_traffic(self) -> bool:
        if not self._draining.has_begun and not self.able.value:
            await self._failures()
        return self.able.value and not self._draining.has_begun

    async def reasons_against_orders(self) -> list[Reason]:
        """Empty if orders can be taken. Requests that come at the same time share one check."""
        failures = await self._failures()
        return [Reason.DRAINING, *failures] if self._draining.has_begun else failures

    def watch(self, interval_s: float) -> Repetition:
        """Check every `interval_s` seconds, but not at once."""
        is_first = True

        async def check() -> None:
            nonlocal is_first
            if not is_first:
                await self._failures()
            is_first = False

        return Repetition(check, interval_s)

    async def stop(self) -> None:
        tasks = {task for task in (self._checking, self._checking_key) if task is not None}
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    async def _failures(self) -> list[Reason]:
        checking, now = self._checking, self._elapsed()
        if checking is None or (checking.done() and (_has_failed(checking) or now - self._checked_at >= REMEMBERED_S)):
            self._checked_at = now
            checking = self._checking = asyncio.create_task(self._check())
        return await asyncio.shield(checking)

    async def _check(self) -> list[Reason]:
        failures, detail = await self._store_failure()
        if not failures:
            failures, detail = await self._failure_of_key()
        if not failures:
            self.able.value = True
            if self._refused_orders.are_recent():
                failures = [Reason.QUOTA_USED_UP]
        TAKES_ORDERS.labels().set(not failures)
        self._log(": ".join(filter(None, [*failures, detail])))
        return failures

    async def _store_failure(self) -> tuple[list[Reason], str]:
        try:
            await self._store.probe()
        except StoreUnavailable as failure:
            evicts = isinstance(failure, StoreEvicts)
            return [Reason.STORE_EVICTS if evicts else Reason.STORE_UNAVAILABLE], failure.detail
        return [], ""

    async def _failure_of_key(self) -> tuple[list[Reason], str]:
        # A connection that fails costs Digital River nothing.
        pause_s = WATCH_S if self._way_out.obstacle else KEY_CHECK_PAUSE_S
        passed_s = self._elapsed() - self._key_checked_at
        if self._checking_key is None or (self._checking_key.done() and passed_s >= pause_s):
            self._key_checked_at = self._elapsed()
            self._checking_key = asyncio.create_task(self._check_key())
        await asyncio.wait({self._checking_key}, timeout=LONGEST_WAIT_S)
        if obstacle := self._way_out.obstacle:
            return [Reason.NO_WAY_OUT], obstacle
        return self._key_failure

    async def _check_key(self) -> None:
        try:
            if self._way_out.obstacle:
                await self._way_out.try_again()
            await self._reader.check_key()
        except UpstreamKeyRefused:
            self._key_failure = [Reason.API_KEY_REFUSED], ""
        except UpstreamError:
            return  # Nothing is known about the key.
        else:
            self._key_failure = [], ""

    def _log(self, failure: str) -> None:
        if failure != self._logged:
            self._logged = failure
            if failure:
                log.error("no orders can be taken", extra={"reason": failure})
            else:
                log.warning("orders can be taken again")


def _has_failed(checking: "asyncio.Task[list[Reason]]") -> bool:
    return checking.cancelled() or checking.exception() is not None


def routes(health: Health) -> list[Route]:
    """Of the first two, the answers are `ok` and `not ready`, so that they reveal nothing."""

    async def live(_request: Request) -> Response:
        return PlainTextResponse("ok")

    async def ready(_request: Request) -> Response:
        """Status 503 before the process may take traffic, and once it drains."""
        return PlainTextResponse("ok") if await health.may_take_traffic() else PlainTextResponse("not ready", 503)

    async def orders(_request: Request) -> Response:
        """Status 503 with reasons while no orders can be taken."""
        reasons = await health.reasons_against_orders()
        listed = [{"code": reason, "message": MESSAGES[reason]} for reason in reasons]
        return JSONResponse({"takesOrders": not reasons, "reasons": listed}, 503 if reasons else 200)

    return [Route(LIVE, live), Route(READY, ready), Route(ORDERS, orders)]
