"""The server: uvicorn, with an own way to accept connections.

uvicorn accepts all connections that wait before it reads from one of them. In a flood, the connection of a client that
has sent its request would be closed unread, to make room for the others. This server reads between a few connections.
"""

import asyncio
import logging
import math
import signal
import socket
import sys
from types import FrameType

import uvicorn
from starlette.applications import Starlette

from gateway.http.connections import ConnectionLimits
from gateway.http.draining import Draining
from gateway.http.metrics_listener import MetricsListener
from gateway.http.protocol import LimitedProtocol, limited
from gateway.http.workers import Worker
from gateway.settings.settings import Settings

log = logging.getLogger(__name__)

STOP_MARGIN_S = 10
"""Additional time that a shutdown waits for running requests, beyond the time limit of a submission."""

BACKLOG = 2048
"""Connections that may wait to be accepted."""

AT_ONCE = 32
"""Connections that are accepted before the server reads from those that it has. A worker accepts one, and leaves the
next to the others."""

LEFT_TO_OTHERS_S = 0.001
"""Time for which a worker leaves a connection to others that have fewer connections."""

WITHOUT_FILES_S = 0.1
"""Pause after the operating system has refused a connection, for example because all files are open."""


ANY_ADDRESS = "::"
"""All addresses of this machine, of IPv6 and of IPv4."""


def listening_socket(settings: Settings) -> socket.socket:
    """A socket that listens on the port of the settings. Exits if the port is in use."""
    return _listening(settings.host, settings.port)


def metrics_sockets(settings: Settings, workers: int = 1) -> list[socket.socket]:
    """A socket for each worker, on which its metrics are read; none if metrics are off. Exits if a port is in use."""
    ports = range(settings.metrics_port, settings.metrics_port + workers) if settings.metrics_port else ()
    return [_listening(settings.metrics_host, port) for port in ports]


def _listening(host: str, port: int) -> socket.socket:
    """A listening socket. On `::` it accepts IPv4 as well, whatever the default of the operating system is."""
    if host == ANY_ADDRESS:
        try:
            listener = socket.create_server((host, port), family=socket.AF_INET6, backlog=BACKLOG, dualstack_ipv6=True)
        except OSError as error:
            log.error(str(error))
            sys.exit(1)
    else:
        # uvicorn reports that the port is in use. It needs no application for that.
        listener = uvicorn.Config("", host=host, port=port, log_config=None).bind_socket()
        listener.listen(BACKLOG)
    listener.setblocking(False)
    return listener


def is_open(listener: socket.socket) -> bool:
    return listener.fileno() != -1


class Server(uvicorn.Server):
    """Serves an application of `gateway.app.create_app`.

    A `worker` uses the socket of its parent process, and ends when the parent has ended.
    """

    def __init__(
        self, app: Starlette, settings: Settings, limits: ConnectionLimits, worker: Worker | None = None
    ) -> None:
        self._settings = settings
        self._worker = worker
        self._draining: Draining = app.state.draining
        if worker is not None:
            app.state.health.able = worker.shared
        self._protocol = limited(settings, limits, app.state.graphql_path, self._draining)
        super().__init__(
            uvicorn.Config(
                app,
                host=settings.host,
                port=settings.port,
                http=self._protocol,
                ws="none",
                log_config=None,
                # Each request has a context of its own, also one that begins while an earlier one is being answered.
                reset_contextvars=True,
                access_log=False,
                # `gateway.http.client_address` reads the forwarding headers, but only from trusted proxies.
                proxy_headers=False,
                server_header=False,
                timeout_graceful_shutdown=math.ceil(settings.submission_deadline_s) + STOP_MARGIN_S,
            )
        )
        self._listener: socket.socket | None = None
        self._told_to_stop = False
        self._closes_at = math.inf
        """When the port closes, by the clock of the loop."""
        self._stopping_since: float | None = None
        """When the stop began, by the clock of the loop."""
        self._opening: set[asyncio.Task[None]] = set()
        self._metrics = MetricsListener(settings, app.state.graphql_path, self._number_of_connections)

    @property
    def port(self) -> int:
        assert self._listener is not None  # noqa: S101 - asked after the start
        return int(self._listener.getsockname()[1])

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Exit if the port is in use, before anything else is started."""
        self._listener = listening_socket(self._settings) if self._worker is None else self._worker.listener
        metrics = metrics_sockets(self._settings) if self._worker is None else self._worker.metrics
        # With a list of sockets, even an empty one, uvicorn does not listen by itself.
        await super().startup(sockets or [])
        asyncio.get_running_loop().add_reader(self._listener, self._accept, self._listener)
        if self._worker is not None:
            self._worker.has_started()
            parent_ended = self._worker.parent_ended
            asyncio.get_running_loop().add_reader(parent_ended, self._stop_without_parent, parent_ended)
        for metrics_socket in metrics:
            await self._metrics.start(metrics_socket)
        log.info("listening", extra={"host": self.config.host, "port": self.port})

    async def on_tick(self, counter: int) -> bool:
        if self._worker is not None:
            self._report_to(self._worker)
            self._worker.give_sign_of_life()
        if self._told_to_stop and not self._draining.has_begun:
            self._drain()
        if asyncio.get_running_loop().time() >= self._closes_at:
            self.should_exit = True
        return await super().on_tick(counter)

    def handle_exit(self, sig: int, _frame: FrameType | None) -> None:
        """The first signal announces the stop, see `docs/operating.md`. The second one ends the process at once."""
        if self._told_to_stop:
            signal.signal(sig, signal.SIG_DFL)
            signal.raise_signal(sig)
        self._captured_signals.append(sig)
        self._told_to_stop = True

    def _drain(self) -> None:
        """Answer as before, but as not ready, and so that clients close their connections."""
        seconds = self._settings.drain_time_s
        self._begin_stop(f"the port closes in {seconds:g} s")
        self._draining.has_begun = True
        for connection in self.server_state.connections:
            if isinstance(connection, LimitedProtocol):
                connection.drain()
        self._closes_at = asyncio.get_running_loop().time() + seconds

    def _begin_stop(self, reason: str) -> None:
        if self._stopping_since is None:
            self._stopping_since = asyncio.get_running_loop().time()
            log.info("stopping", extra={"reason": reason})

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._begin_stop("the port closes now")
        if self._listener is not None:
            asyncio.get_running_loop().remove_reader(self._listener)
            self._listener.close()
        if self._opening:
            # Otherwise, their clients could keep the process from ending with one request after the other.
            await asyncio.wait(self._opening)
        await super().shutdown(sockets)
        # Until now, Prometheus can see how the process ends.
        await self._metrics.stop()
        took_s = asyncio.get_running_loop().time() - (self._stopping_since or 0)
        log.info("stopped", extra={"duration_ms": round(took_s * 1000, 1)})

    def _stop_without_parent(self, parent_ended: int) -> None:
        asyncio.get_running_loop().remove_reader(parent_ended)
        self._begin_stop("the first process has ended")
        self.should_exit = True

    def _accept(self, listener: socket.socket) -> None:
        if self._worker is None:
            self._accept_up_to(AT_ONCE, listener)
            return
        self._report_to(self._worker)
        if self._worker.has_more_than_another():
            loop = asyncio.get_running_loop()
            loop.remove_reader(listener)
            loop.call_later(LEFT_TO_OTHERS_S, self._accept_what_is_left, listener)
        else:
            self._accept_up_to(1, listener)

    def _accept_what_is_left(self, listener: socket.socket) -> None:
        if is_open(listener):
            # In this order, because after a refusal of the operating system the reader must stay away for a while.
            self._accept_again(listener)
            self._accept_up_to(1, listener)

    def _report_to(self, worker: Worker) -> None:
        worker.report(self._number_of_connections())

    def _number_of_connections(self) -> int:
        return len(self.server_state.connections) + len(self._opening)

    def _accept_up_to(self, number: int, listener: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        for _ in range(number):
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
        if is_open(listener):
            asyncio.get_running_loop().add_reader(listener, self._accept, listener)

    def _new_protocol(self) -> asyncio.Protocol:
        return self._protocol(self.config, self.server_state, self.lifespan.state)
