"""Health checks for orchestrators. The answers are `ok` and `not ready`; the log says what is missing."""

import asyncio
import logging

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from gateway.catalog.guest_reader import GuestReader
from gateway.elapsed_time import elapsed_s
from gateway.errors import StoreUnavailable, UpstreamError, UpstreamKeyRefused
from gateway.store.interface import Store

log = logging.getLogger(__name__)

KEY_CHECK_PAUSE_S = 30
"""Minimum time between two checks of the site's key, in seconds. An accepted key needs no call until its token ends."""

LONGEST_WAIT_S = 1
"""Time for which an answer waits for the check of the site's key. Then the last result counts."""


class Readiness:
    """Whether this process can do its work: its store does all that is needed, and the site's key is accepted.

    An outage of Digital River changes nothing, because no other process would be better. Requests that come at the same
    time share one check, since anybody may send them.
    """

    def __init__(self, store: Store, reader: GuestReader) -> None:
        self._store = store
        self._reader = reader
        self._checking: asyncio.Task[str] | None = None
        self._checking_key: asyncio.Task[None] | None = None
        self._next_key_check = 0.0
        self._key_is_refused = False
        self._logged = ""

    async def missing(self) -> str:
        """What is missing; empty if the process is ready."""
        if self._checking is None or self._checking.done():
            self._checking = asyncio.create_task(self._check())
        missing = await asyncio.shield(self._checking)
        if missing != self._logged:
            self._logged = missing
            log.warning("not ready" if missing else "ready again", extra={"reason": missing})
        return missing

    async def stop(self) -> None:
        tasks = {task for task in (self._checking, self._checking_key) if task is not None}
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    async def _check(self) -> str:
        try:
            await self._store.probe()
        except StoreUnavailable as failure:
            return f"store: {failure.detail}"
        if self._checking_key is None or (self._checking_key.done() and elapsed_s() >= self._next_key_check):
            self._next_key_check = elapsed_s() + KEY_CHECK_PAUSE_S
            self._checking_key = asyncio.create_task(self._check_key())
        await asyncio.wait({self._checking_key}, timeout=LONGEST_WAIT_S)
        return "api key refused" if self._key_is_refused else ""

    async def _check_key(self) -> None:
        try:
            await self._reader.check_key()
        except UpstreamKeyRefused:
            self._key_is_refused = True
        except UpstreamError:
            return  # Nothing is known about the key.
        else:
            self._key_is_refused = False


def routes(readiness: Readiness) -> list[Route]:
    async def live(_request: Request) -> Response:
        return PlainTextResponse("ok")

    async def ready(_request: Request) -> Response:
        """Status 503 while something is missing."""
        missing = await readiness.missing()
        return PlainTextResponse("not ready", 503) if missing else PlainTextResponse("ok")

    return [Route("/health/live", live), Route("/health/ready", ready)]
