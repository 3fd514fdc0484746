"""The connections of one server: their limits, and what is counted over all of them."""

import asyncio
from dataclasses import dataclass
from enum import Enum, auto
from functools import partial
from typing import Any, ClassVar

from uvicorn._types import ASGI3Application
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from gateway.http.admission import ARRIVAL, Admission, Arrival
from gateway.http.cors import CorsRules
from gateway.http.draining import Draining
from gateway.http.fast_lane import DirectCycle
from gateway.http.graphql_path import GraphQLPath
from gateway.http.request_head import HEALTH
from gateway.http.start_queue import StartQueue
from gateway.http.unread_requests import UnreadRequests
from gateway.settings.settings import Settings


@dataclass(frozen=True)
class ConnectionLimits:
    """Limits of each connection, and of all together. Times are in seconds."""

    head_s: float = 5
    """Time in which a client must send the head of a request, its first line and headers."""
    body_s: float = 10
    """Time in which a client must send the rest of a request."""
    answer_s: float = 30
    """Time in which a client must receive a part of an answer."""
    idle_s: float = 90
    """Time for which a connection is kept after an answer."""
    head_bytes: int = 16 * 1024
    headers: int = 100
    body_bytes: int = 1024 * 1024
    """Bytes that are read after the head, so that a client whose body is too large reads its answer. Chunk sizes,
    extensions and trailers count. The limit of a body is a setting and is smaller."""
    body_parts: int = 10_000
    """Parts in which a body may arrive. A part is a chunk, or what one packet has of it."""
    pipelined: int = 4
    """Requests that may wait for the answer to an earlier one of their connection."""
    connections: int = 10_000
    held_bytes: int = 64 * 1024 * 1024
    """Bytes of all bodies together that have not arrived as a whole."""


class Phase(Enum):
    """What the client sends next."""

    NOTHING = auto()
    """A new request, or nothing."""
    HEAD = auto()
    BODY = auto()
    """The rest of a request whose head is complete."""
    IGNORED = auto()
    """A request on this connection was refused."""


class HeldBodies:
    """Counts the bytes of bodies that have not arrived as a whole."""

    total = 0


class CountedConnection(HttpToolsProtocol):
    """A connection that counts with all others of its server. `gateway.http.protocol.limited` makes a subclass that
    has what they share."""

    limits: ClassVar[ConnectionLimits]
    settings: ClassVar[Settings]
    hosts: ClassVar[frozenset[str]]
    graphql_path: ClassVar[GraphQLPath | None]
    """Answers GraphQL requests without the application. None if the fast lane is off."""
    unread_requests: ClassVar[UnreadRequests | None]
    """Refuses requests of an overload before they are read. None if the fast lane is off."""
    cors: ClassVar[CorsRules]
    draining: ClassVar[Draining]
    held: ClassVar[HeldBodies]
    admission: ClassVar[Admission]
    start_queue: ClassVar[StartQueue]
    waiting: ClassVar[dict["CountedConnection", None]]
    """Connections whose clients have sent no complete request since the last answer, or do not read an answer. The one
    that waits longest is first."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self.held_bytes = 0
        """Bytes of the body that has not arrived as a whole."""
        self._arrival: Arrival | None = None
        """Of the request whose first bytes were just received, if the process is overloaded."""
        self._writing: asyncio.TimerHandle | None = None
        self._idle_since: float | None = None
        """When the last answer was sent, by the clock of the loop. None if a request has begun since."""

    def timeout_keep_alive_handler(self) -> None:
        """The timer is not set again after each answer, but here."""
        self.timeout_keep_alive_task = None
        if self._idle_since is None:
            return  # The answer to the request that has begun sets the timer.
        left_s = self._idle_since + self.limits.idle_s - self.loop.time()
        if left_s > 0:
            self.timeout_keep_alive_task = self.loop.call_later(left_s, self.timeout_keep_alive_handler)
            return
        super().timeout_keep_alive_handler()
        self._abort_if_not_sent()

    def _begin_idle(self) -> None:
        self._idle_since = self.loop.time()
        if self.timeout_keep_alive_task is None:
            self.timeout_keep_alive_handler()

    def on_headers_complete(self) -> None:
        """Of a request that the application answers."""
        self.scope["state"][ARRIVAL] = self._arrival or Arrival(self.admission.now())
        self._arrival = None
        super().on_headers_complete()

    def _begin_next(self) -> None:
        """Begin the request that has waited for the answer to an earlier one."""
        cycle, app = self.pipeline.pop()
        if isinstance(cycle, DirectCycle):
            cycle.measure_from_now()
        else:
            cycle.scope["state"][ARRIVAL] = Arrival(self.admission.now())
        self._start_asgi_task(cycle, app)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        if isinstance(cycle, DirectCycle) or not cycle.scope["raw_path"].startswith(HEALTH):
            self.start_queue.put(partial(self._begin, cycle, app), self.loop)
        else:  # An overloaded process that seemed dead would be restarted.
            self._begin(cycle, app)

    def _begin(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        if not cycle.disconnected:
            super()._start_asgi_task(cycle, app)

    def _hold(self, size: int) -> None:
        """Count bytes of a body. If all have too many, close the connections that have waited longest for the rest."""
        self.held_bytes += size
        self.held.total += size
        if self.held.total > self.limits.held_bytes:
            for connection in [waiting for waiting in self.waiting if waiting.held_bytes]:
                if self.held.total <= self.limits.held_bytes:
                    break
                self.waiting.pop(connection)
                connection._release_body()
                connection.transport.abort()

    def _release_body(self) -> None:
        self.held.total -= self.held_bytes
        self.held_bytes = 0

    def _abort_if_not_sent(self) -> None:
        """Close the connection soon, even if the client does not receive the rest of its answer."""
        if self.transport.get_write_buffer_size():
            self._write_within(self.limits.answer_s)

    def _write_within(self, seconds: float) -> None:
        if self._writing is not None:
            self._writing.cancel()
        self._writing = self.loop.call_later(seconds, self.transport.abort)
