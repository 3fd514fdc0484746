"""A connection to Digital River over which one request at a time is sent."""

import asyncio
import select
from collections.abc import Callable
from typing import cast

from gateway.errors import UpstreamError, UpstreamTimeout, UpstreamUnavailable
from gateway.upstream.connections.response_reader import ResponseReader
from gateway.upstream.exchange import Response


class StaleConnection(UpstreamUnavailable):
    """A kept connection ended before the first byte of the response. The server had probably closed it already."""


class Connection(asyncio.Protocol):
    """`on_lost` is called when the connection has ended."""

    is_kept = False
    """Whether the connection was used before."""
    idle_since = 0.0
    """Time of `elapsed_s` since which the connection is idle."""

    def __init__(self, on_lost: Callable[["Connection"], None]) -> None:
        self._on_lost = on_lost
        self._is_lost = False
        self._reader: ResponseReader | None = None
        self._answered: asyncio.Future[None] | None = None

    @property
    def is_open(self) -> bool:
        return not self._is_lost and not self._transport.is_closing()

    @property
    def may_be_used(self) -> bool:
        """Whether a request may be sent now: the connection is open, and nothing has arrived on it.

        What arrives on an idle connection is a surplus answer, which would be taken for the answer to the next request,
        possibly of another shopper; or the end of the connection. The operating system is asked as well, since the
        event loop may not have read it yet. A new connection is not asked: with TLS, bytes may arrive before the first
        request.
        """
        return self.is_open and not (self.is_kept and self._arrivals.poll(0))

    async def exchange(self, sent: bytes, *, has_body: bool, ends_at: float) -> Response:
        """Send the bytes of a request, and read the response until `ends_at`, a time of the event loop.

        Nothing may be awaited between a look at `may_be_used` and this call. `has_body`: False if the response has no
        body whatever its headers say.
        """
        loop = asyncio.get_running_loop()
        self._answered = loop.create_future()
        self._reader = reader = ResponseReader(has_body=has_body)
        self._transport.write(sent)
        timer = loop.call_at(ends_at, self._time_out)
        try:
            await self._answered
            return reader.response()
        finally:
            timer.cancel()
            reader.end()
            self._reader = self._answered = None
            self.is_kept = True
            # The rest of a response would be taken for the answer to the next request.
            if not reader.leaves_connection_usable or self._transport.get_write_buffer_size():
                self.end()

    def end(self) -> None:
        self._transport.abort()

    # Called by the event loop.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._arrivals = select.poll()
        self._arrivals.register(transport.get_extra_info("socket").fileno(), select.POLLIN)

    def data_received(self, data: bytes) -> None:
        reader = self._reader
        if reader is None or reader.is_complete:
            self.end()
            return
        try:
            is_complete = reader.feed(data)
        except UpstreamError as failure:
            self._fail(failure)
        else:
            if is_complete:
                self._succeed()

    def connection_lost(self, error: Exception | None) -> None:
        self._is_lost = True
        self._on_lost(self)
        if self._reader is None:
            return
        try:
            self._reader.feed_end(error)
        except UpstreamError as failure:
            is_stale = self.is_kept and not self._reader.has_begun
            self._fail(StaleConnection(detail="kept connection ended") if is_stale else failure)
        else:
            self._succeed()

    def _time_out(self) -> None:
        self._fail(UpstreamTimeout(detail="no answer in time"))

    def _succeed(self) -> None:
        if self._answered is not None and not self._answered.done():
            self._answered.set_result(None)

    def _fail(self, failure: UpstreamError) -> None:
        if self._answered is not None and not self._answered.done():
            self._answered.set_exception(failure)
