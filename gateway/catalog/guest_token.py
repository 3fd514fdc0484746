"""The gateway's own guest token, with which it reads what is the same for everybody."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from gateway.errors import UpstreamTokenInvalid
from gateway.sessions.sessions import FRESH_FOR_CHECKOUT
from gateway.settings import Settings
from gateway.upstream.catalog import (
    Market,
)
from gateway.upstream.client import Upstream
from gateway.upstream.endpoints.catalog import CatalogEndpoints

T = TypeVar("T")


Read = Callable[[CatalogEndpoints], Awaitable[T]]


@dataclass(frozen=True)
class GuestToken:
    text: str
    ends_at: datetime

    def __repr__(self) -> str:
        return "GuestToken(***)"


class Guest:
    """The gateway's own guest, of no market in particular: each read names the one it is for."""

    def __init__(self, upstream: Upstream, settings: Settings, now: Callable[[], datetime]) -> None:
        self._upstream = upstream
        self._home = Market(*settings.locales[0])
        self._within_s = settings.operation_deadline_s
        self._now = now
        self._token: asyncio.Task[GuestToken] | None = None

    async def read(self, market: Market, read: Read[T]) -> T:
        """Read as this guest; once more with a new token when upstream refuses the present one."""
        # A read is shared and outlives who asked first: it has a deadline of its own.
        upstream = self._upstream.until(time.monotonic() + self._within_s)
        token = await self._guest_token()
        try:
            return await read(upstream.catalog(token, market))
        except UpstreamTokenInvalid:
            return await read(upstream.catalog(await self._guest_token(stale=token), market))

    async def _guest_token(self, *, stale: str | None = None) -> str:
        """Asked for once by however many need it, or need another one than `stale`."""
        task = self._token
        if task is None or (task.done() and not self._is_good(task, stale)):
            task = self._token = asyncio.create_task(self._new_token())
        return (await asyncio.shield(task)).text

    def _is_good(self, task: asyncio.Task[GuestToken], stale: str | None) -> bool:
        if task.cancelled() or task.exception() is not None or task.result().text == stale:
            return False
        return task.result().ends_at - self._now() > FRESH_FOR_CHECKOUT

    async def _new_token(self) -> GuestToken:
        upstream = self._upstream.until(time.monotonic() + self._within_s)
        tokens = await upstream.tokens.guest_token(*self._home)
        return GuestToken(tokens.access_token, self._now() + timedelta(seconds=tokens.expires_in_s))
