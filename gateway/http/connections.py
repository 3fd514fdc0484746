"""The connections of one server: their limits, and what is counted over all of them."""

import asyncio
from collections.abc import Callable
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
from gateway.http.fast_lane import DirectCycle, nothing
from gateway.http.graphql_path import GraphQLPath
from gateway.http.request_head import HEALTH_TARGETS
from gateway.http.start_queue import StartQueue
from gateway.http.unread_requests import UnreadRequests
from gateway.http.unsent_refusals import UnsentRefusals
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
    """Bytes of all bodies together that have not arrived as a whole, or whose requests have not begun."""


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
    """Counts the bytes of bodies that have not arrived as a whole, or whose requests have not begun."""

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
    unsent_refusals: ClassVar[UnsentRefusals]
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
        """Those of this connection."""
        self._current: RequestResponseCycle | None = None
        """The request that is being answered, or the next one that begins."""
        self._queued: Callable[[], None] | None = None
        """Begins that request, if it waits in the queue."""
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
        self._current = cycle
        if isinstance(cycle, DirectCycle) or cycle.scope["raw_path"] not in HEALTH_TARGETS:
            self._queued = partial(self._begin, cycle, app)
            self.start_queue.put(self._queued, self.loop)
        else:  # An overloaded process that seemed dead would be restarted.
            self._begin(cycle, app)

    def _begin(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self._queued = None
        if not cycle.more_body:
            self._release(len(cycle.body))
        try:
            super()._start_asgi_task(cycle, app)
        except BaseException:  # Without memory. No answer would end the connection.
            self._abort()
            raise

    def _has_begun(self, cycle: RequestResponseCycle) -> bool:
        return cycle is self._current and self._queued is None

    def _abort(self) -> None:
        """Close the connection at once. What was not sent is lost."""
        self.waiting.pop(self, None)
        self._give_up()
        self.transport.abort()

    def _give_up(self) -> None:
        """The client reads no more answers: let the running request notice it, and forget those that have not begun."""
        if self._queued is not None:
            self.start_queue.discard(self._queued)
        for cycle in (self._current, *(cycle for cycle, _ in self.pipeline)):
            if cycle is None or cycle.response_complete:
                continue
            cycle.disconnected = True
            cycle.message_event.set()
            if not self._has_begun(cycle):
                cycle.body, cycle.on_response = bytearray(), nothing
        self._queued = None
        self.pipeline.clear()
        self._release_body()

    def _hold(self, size: int) -> None:
        """Count bytes of a body. If all have too many, close the connections that have waited longest for the rest, or
        else this one."""
        self.held_bytes += size
        self.held.total += size
        if self.held.total > self.limits.held_bytes:
            for connection in [waiting for waiting in self.waiting if waiting.held_bytes]:
                if self.held.total <= self.limits.held_bytes:
                    break
                connection._abort()
            if self.held.total > self.limits.held_bytes:
                self._abort()
            if self.transport.is_closing():
                raise ConnectionAbortedError  # Ends the parsing. Requests that follow in the same bytes do not begin.

    def _release(self, size: int) -> None:
        self.held_bytes -= size
        self.held.total -= size

    def _release_body(self) -> None:
        self._release(self.held_bytes)

    def pause_writing(self) -> None:
        super().pause_writing()
        self.waiting.setdefault(self)
        self._write_within(self.limits.answer_s)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self.transport.is_closing():
            self._abort_if_not_sent()
        elif self._writing is not None:
            self._writing.cancel()
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is not None and not cycle.response_complete and not cycle.more_body:
            self.waiting.pop(self, None)

    def _abort_if_not_sent(self) -> None:
        """Close the connection soon, even if the client does not receive the rest of its answer."""
        if self.transport.get_write_buffer_size():
            self.waiting.setdefault(self)
            self._write_within(self.limits.answer_s)

    def _write_within(self, seconds: float) -> None:
        if self._writing is not None:
            self._writing.cancel()
        self._writing = self.loop.call_later(seconds, self._abort)
