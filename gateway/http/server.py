"""The server: uvicorn, with an own way to accept connections.

uvicorn accepts all connections that wait before it reads from one of them. In a flood, the connection of a client that
has sent its request would be closed unread, to make room for the others. This server reads between a few connections.
"""

import asyncio
import logging
import math
import socket

import uvicorn
from starlette.applications import Starlette

from gateway.http.protocol import ConnectionLimits, limited
from gateway.settings import Settings

log = logging.getLogger(__name__)

STOP_MARGIN_S = 10
"""Additional time that a shutdown waits for running requests, beyond the time limit of a submission."""

BACKLOG = 2048
"""Connections that may wait to be accepted."""

AT_ONCE = 32
"""Connections that are accepted before the server reads from those that it has."""

WITHOUT_FILES_S = 0.1
"""Pause after the operating system has refused a connection, for example because all files are open."""


class Server(uvicorn.Server):
    """Serves an application of `gateway.app.create_app`."""

    def __init__(self, app: Starlette, settings: Settings, limits: ConnectionLimits) -> None:
        self._protocol = limited(settings, limits, app.state.exchange)
        super().__init__(
            uvicorn.Config(
                app,
                host=settings.host,
                port=settings.port,
                http=self._protocol,
                ws="none",
                log_config=None,
                access_log=False,
                # `gateway.http.client_address` reads the forwarding headers, but only from trusted proxies.
                proxy_headers=False,
                server_header=False,
                timeout_graceful_shutdown=math.ceil(settings.submission_deadline_s) + STOP_MARGIN_S,
            )
        )
        self._listener: socket.socket | None = None
        self._opening: set[asyncio.Task[None]] = set()

    @property
    def port(self) -> int:
        assert self._listener is not None  # noqa: S101 - asked after the start
        return int(self._listener.getsockname()[1])

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Exit if the port is in use, before anything else is started."""
        self._listener = self.config.bind_socket()
        self._listener.listen(BACKLOG)
        self._listener.setblocking(False)
        # With a list of sockets, even an empty one, uvicorn does not listen by itself.
        await super().startup(sockets or [])
        asyncio.get_running_loop().add_reader(self._listener, self._accept, self._listener)
        log.info("listening", extra={"host": self.config.host, "port": self.port})

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if self._listener is not None:
            asyncio.get_running_loop().remove_reader(self._listener)
            self._listener.close()
        if self._opening:
            # Otherwise, their clients could keep the process from ending with one request after the other.
            await asyncio.wait(self._opening)
        await super().shutdown(sockets)

    def _accept(self, listener: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        for _ in range(AT_ONCE):
            try:
                client, _ = listener.accept()
            except (BlockingIOError, ConnectionAbortedError):
                return
            except OSError:
                loop.remove_reader(listener)
                loop.call_later(WITHOUT_FILES_S, self._accept_again, listener)
                return
            client.setblocking(False)
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            opening = loop.create_task(self._open(client))
            self._opening.add(opening)
            opening.add_done_callback(self._opening.discard)

    async def _open(self, client: socket.socket) -> None:
        try:
            await asyncio.get_running_loop().connect_accepted_socket(self._new_protocol, client)
        except OSError:
            client.close()  # The client has gone.

    def _accept_again(self, listener: socket.socket) -> None:
        is_open = listener.fileno() != -1
        if is_open:
            asyncio.get_running_loop().add_reader(listener, self._accept, listener)

    def _new_protocol(self) -> asyncio.Protocol:
        return self._protocol(self.config, self.server_state, self.lifespan.state)
