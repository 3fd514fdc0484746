"""Reads public data with the gateway's own guest token, which all shoppers share."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from gateway.elapsed_time import elapsed_s
from gateway.errors import UpstreamTokenInvalid
from gateway.sessions.token_renewal import FRESH_FOR_CHECKOUT
from gateway.settings.settings import Settings
from gateway.upstream.catalog import Market
from gateway.upstream.client import Upstream
from gateway.upstream.endpoints.catalog import CatalogEndpoints
from gateway.upstream.priority import Priority, prioritized

T = TypeVar("T")

Read = Callable[[CatalogEndpoints], Awaitable[T]]


@dataclass(frozen=True)
class GuestToken:
    value: str
    expires_at: datetime

    def __repr__(self) -> str:
        return "GuestToken(***)"


class GuestReader:
    """Reads public data with one guest token for all markets. Each read names its market."""

    def __init__(self, upstream: Upstream, settings: Settings, now: Callable[[], datetime]) -> None:
        self._upstream = upstream
        self._home = Market(*settings.locales[0])
        self._within_s = settings.operation_deadline_s
        self._now = now
        self._token: asyncio.Task[GuestToken] | None = None

    async def read(self, market: Market, read: Read[T]) -> T:
        """Call the function `read` with the catalog endpoints of the market, and return the result.

        If Digital River rejects the guest token, the function is called once more with a new token.
        """
        # Several operations can wait for this read, so it does not use the deadline of a single operation.
        upstream = self._upstream.until(elapsed_s() + self._within_s)
        token = await self._valid_token()
        try:
            return await read(upstream.catalog(token, market))
        except UpstreamTokenInvalid:
            return await read(upstream.catalog(await self._valid_token(refused=token), market))

    async def check_key(self) -> None:
        """Raise `UpstreamKeyRefused` if Digital River does not accept the site's key. A valid guest token proves it."""
        await self._valid_token()

    async def _valid_token(self, *, refused: str | None = None) -> str:
        """The current guest token, or a new one if the current token expires soon or equals `refused`.

        Concurrent callers share one request for a new token.
        """
        task = self._token
        if task is None or (task.done() and not self._is_valid(task, refused)):
            task = self._token = asyncio.create_task(self._new_token())
        return (await asyncio.shield(task)).value

    def _is_valid(self, task: asyncio.Task[GuestToken], refused: str | None) -> bool:
        if task.cancelled() or task.exception() is not None or task.result().value == refused:
            return False
        return task.result().expires_at - self._now() > FRESH_FOR_CHECKOUT

    async def _new_token(self) -> GuestToken:
        upstream = self._upstream.until(elapsed_s() + self._within_s)
        with prioritized(Priority.SUBMISSION):  # A submission may wait for the token that a public read requested.
            tokens = await upstream.tokens.guest_token(*self._home)
        return GuestToken(tokens.access_token, self._now() + timedelta(seconds=tokens.expires_in_s))
