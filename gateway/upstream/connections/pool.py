"""Keeps connections to Digital River open, and sends each request over one that is idle or new."""

import asyncio
from collections import defaultdict

from gateway.elapsed_time import elapsed_s
from gateway.errors import CallHeldBack, UpstreamNotReached
from gateway.upstream.body import ACCEPTED
from gateway.upstream.connections.connecting import Connecting, ConnectionOptions
from gateway.upstream.connections.connection import Connection
from gateway.upstream.exchange import Origin, Request, Response

CLOSE_S = 1
"""Maximum wait for the event loop to end all connections."""

HAS_LENGTH = frozenset({"POST", "PUT", "PATCH"})
"""Methods whose requests have a length even without a body."""


class ConnectionPool:
    def __init__(self, options: ConnectionOptions) -> None:
        self._options = options
        self._connecting = Connecting(options)
        self._idle: defaultdict[Origin, list[Connection]] = defaultdict(list)
        """Idle connections, the one that was used last at the end."""
        self._open: set[Connection] = set()
        self._all_lost: asyncio.Event | None = None
        self._sweep: asyncio.TimerHandle | None = None

    async def exchange(self, request: Request, ends_at: float) -> Response:
        """Send the request, and read the response until `ends_at`, a time of the event loop.

        Raises `UpstreamNotReached` if it was not sent, and any other `UpstreamError` if it may have been sent.
        """
        sent = encoded(request)
        connection = await self._connection(request, ends_at)
        # Nothing is awaited between the last look at the connection and the request.
        try:
            return await connection.exchange(sent, has_body=request.method != "HEAD", ends_at=ends_at)
        finally:
            if request.on_new_connection:
                connection.end()
            elif connection.is_open:
                self._keep(request.origin, connection)

    def obstacle(self, origin: Origin) -> str:
        """What prevents new connections to the origin, see `NoWayOut`. Empty if the last one succeeded."""
        return self._connecting.obstacles.get(origin, "")

    async def connect(self, origin: Origin) -> None:
        """Open a connection for the next request. Raises `UpstreamNotReached`."""
        connection = await self._connect(origin, asyncio.get_running_loop().time() + self._options.timeout_s)
        if connection.is_open:
            self._keep(origin, connection)

    async def aclose(self) -> None:
        """End all connections, also those that are in use."""
        self._all_lost = asyncio.Event()
        self._connecting.close()
        if self._sweep is not None:
            self._sweep.cancel()
        for connection in self._open:
            connection.end()
        if self._open:
            async with asyncio.timeout(CLOSE_S):
                await self._all_lost.wait()

    async def _connection(self, request: Request, ends_at: float) -> Connection:
        while True:
            connection = None if request.on_new_connection else self._take(request.origin)
            if connection is None:
                connection = await self._connect(request.origin, ends_at)
            if request.may_send is not None and not request.may_send():
                connection.end()
                raise CallHeldBack(detail="may no longer be sent")
            if connection.may_be_used:
                return connection
            connection.end()
            if not connection.is_kept:
                raise UpstreamNotReached(detail="connection lost")

    def _take(self, origin: Origin) -> Connection | None:
        idle = self._idle[origin]
        connection = idle.pop() if idle else None
        if connection is not None and elapsed_s() - connection.idle_since > self._options.idle_s:
            # All others have been idle for longer.
            for old in (connection, *idle):
                old.end()
            idle.clear()
            return None
        return connection

    async def _connect(self, origin: Origin, ends_at: float) -> Connection:
        try:
            async with asyncio.timeout_at(ends_at):
                connection = await self._connecting.connect(origin, lambda: Connection(self._lost))
        except TimeoutError as error:
            raise UpstreamNotReached(detail="no connection in time") from error
        if self._all_lost is not None:
            connection.end()
            raise CallHeldBack(detail="closed")
        if connection.is_open:
            self._open.add(connection)
        return connection

    def _keep(self, origin: Origin, connection: Connection) -> None:
        connection.idle_since = elapsed_s()
        idle = self._idle[origin]
        idle.append(connection)
        if len(idle) > self._options.max_idle:
            idle.pop(0).end()
        if self._sweep is None:
            self._sweep = asyncio.get_running_loop().call_later(self._options.idle_s, self._end_old)

    def _end_old(self) -> None:
        oldest = elapsed_s() - self._options.idle_s
        for origin, idle in self._idle.items():
            for connection in idle:
                if connection.idle_since <= oldest:
                    connection.end()
            self._idle[origin] = [connection for connection in idle if connection.is_open]
        self._sweep = None
        if any(self._idle.values()):
            self._sweep = asyncio.get_running_loop().call_later(self._options.idle_s, self._end_old)

    def _lost(self, connection: Connection) -> None:
        self._open.discard(connection)
        for idle in self._idle.values():
            if connection in idle:
                idle.remove(connection)
        if self._all_lost is not None and not self._open:
            self._all_lost.set()


def encoded(request: Request) -> bytes:
    """The bytes of the request. Raises `UpstreamNotReached` if its first line or a header would be read as two, or is
    not ASCII.

    A token is part of an answer of Digital River, so it may contain anything.
    """
    lines = [
        f"{request.method} {request.target} HTTP/1.1",
        f"Host: {request.origin.authority}",
        "User-Agent: riverfront",
        f"Accept-Encoding: {ACCEPTED}",
        *[f"{name}: {value}" for name, value in request.headers],
    ]
    if request.body or request.method in HAS_LENGTH:
        lines.append(f"Content-Length: {len(request.body)}")
    if request.on_new_connection:
        lines.append("Connection: close")
    head = "\r\n".join(lines)
    if not head.isascii() or head.splitlines() != lines or "\0" in head or " " in request.target:
        raise CallHeldBack(detail="invalid header")
    return b"%b\r\n\r\n%b" % (head.encode(), request.body)
