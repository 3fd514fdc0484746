"""The HTTP protocol of the server: uvicorn's, with limits on time, size and number that uvicorn lacks.

A request that breaks a limit is answered with a GraphQL error and its connection is closed. The connections that wait
for their clients, to send a complete request or to read an answer, are in a list. If there are too many connections,
the one that waits longest is closed.
"""

import asyncio
import logging
import secrets
from contextvars import Context
from typing import Any, Never

import httptools
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle
from uvicorn.server import ServerState

from gateway.errors import TopLevelCode
from gateway.http import fast_lane
from gateway.http.common_headers import PRIVATE_LINES
from gateway.http.connections import ConnectionLimits, CountedConnection, HeldBodies, Phase
from gateway.http.draining import Draining
from gateway.http.graphql_path import GraphQLPath
from gateway.http.graphql_request import RequestRefused
from gateway.http.http_request import Reply, RequestHeaders
from gateway.http.request_head import malformed, problem_of
from gateway.http.response import LEGACY, ResponseWriter
from gateway.http.start_queue import StartQueue
from gateway.http.unread_requests import UnreadRequests
from gateway.http.unsent_refusals import UnsentRefusals
from gateway.metrics.limits import HIT, SECURITY
from gateway.settings.settings import Settings
from gateway.telemetry.logs import FOLDED, current_request_id

log = logging.getLogger(__name__)


STOPPED = "The gateway stops. The request had not arrived as a whole, and nothing was executed. Send it again."


class LimitedProtocol(CountedConnection):
    """One connection of a client."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._phase = Phase.NOTHING
        self._received = self._parts = self._trailers = 0
        self._refusal: RequestRefused | None = None
        self._reading: asyncio.TimerHandle | None = None
        self._unset_timer_s: float | None = None
        """Time limit of a part of a request that has just begun. Most requests are complete before it has to be set."""

    # Connections

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as in uvicorn
        super().connection_made(transport)
        self.waiting[self] = None
        self._read_within(self.limits.head_s)
        if len(self.connections) > self.limits.connections:
            HIT.labels("connections").inc()
            next(iter(self.waiting))._abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self.waiting.pop(self, None)
        self._give_up()
        self._stop_timers()
        self._unset_keepalive_if_required()
        super().connection_lost(exc)

    def drain(self) -> None:
        """Close the connection after the answer to the running request."""
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is not None:
            cycle.keep_alive = False

    def shutdown(self) -> None:
        """End the connection: at once if no complete request has arrived, else after the answer."""
        self.unsent_refusals.send_to(self.transport)
        if self._phase is Phase.BODY and not self.pipeline and not self.cycle.response_complete:
            self._refuse(RequestRefused(503, TopLevelCode.RATE_LIMITED, STOPPED))
        else:
            super().shutdown()

    def eof_received(self) -> None:
        self.unsent_refusals.send_to(self.transport)

    # Requests

    def data_received(self, data: bytes) -> None:
        self.unsent_refusals.send_to(self.transport)
        if self._phase is Phase.IGNORED or self.transport.is_closing():
            return
        self._arrival = None  # A request of which a part arrived before is measured from the end of its head on.
        unread = self.unread_requests
        if unread is not None and unread.admission.is_shedding and self._refuses(unread, data):
            return
        self._idle_since = None
        position = 0
        while position < len(data):
            if self._phase is Phase.NOTHING:
                self._begin_head()
            piece = data[position : position + self._allowed()]
            position += len(piece)
            self._received += len(piece)
            try:
                self.parser.feed_data(piece)
            except (httptools.HttpParserError, httptools.HttpParserUpgrade):
                if not self.transport.is_closing():
                    self._refuse(self._refusal or malformed("The request is not well-formed HTTP/1.1."))
                return
            if self.transport.is_closing():
                return
            if self._phase is Phase.HEAD and self._received >= self.limits.head_bytes:
                self._refuse(_too_large(self.limits))
                return
            if self._phase is Phase.BODY and self._received >= self.limits.body_bytes:
                self._abort()
                return
        if self._unset_timer_s is not None:
            self._read_within(self._unset_timer_s)

    def on_message_begin(self) -> None:
        # A request that follows another one at once begins in the middle of a piece.
        if self._phase is Phase.NOTHING:
            self._begin_head()
            self._received = 0
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._phase is Phase.BODY:
            # A field after the body is not one of the request's headers: the checks of the headers have passed.
            self._trailers += 1
            count = self._trailers
        else:
            self.headers.append((name.lower(), value))
            count = len(self.headers)
        if count > self.limits.headers:
            self._refuse_while_parsing(_too_large(self.limits))

    def on_headers_complete(self) -> None:
        changes_protocol = self.parser.should_upgrade()
        version = self.parser.get_http_version()
        headers = RequestHeaders(self.headers)
        self.expect_100_continue = b"100-continue" in map(bytes.lower, headers.lines(b"expect"))
        problem = problem_of(version, self.url, headers, self.hosts, changes_protocol=changes_protocol)
        if problem is not None:
            self._refuse_while_parsing(problem)
        if len(self.pipeline) >= self.limits.pipelined:
            self._refuse_while_parsing(malformed("Too many requests wait for an earlier answer on this connection."))
        if self.url == fast_lane.TARGET and self.graphql_path is not None:
            fast_lane.begin(self, headers, self.graphql_path, self._arrival)
            self._arrival = None
        else:
            super().on_headers_complete()
        # Not before, as a request that cannot begin has no rest.
        self._phase, self._received, self._parts, self._trailers = Phase.BODY, 0, 0, 0
        self._unset_timer_s = self.limits.body_s
        if self.draining.has_begun:
            self.cycle.keep_alive = False

    def on_body(self, body: bytes) -> None:
        self._parts += 1
        if self._parts > self.limits.body_parts:
            self._refuse_while_parsing(malformed("The body has too many chunks."))
        super().on_body(body)
        if not self.cycle.response_complete:  # Otherwise, the bytes are thrown away.
            self._hold(len(body))

    def on_message_complete(self) -> None:
        self._phase = Phase.NOTHING
        self._stop_reading_timer()
        if self.cycle.response_complete:
            # The request was answered before its body had arrived. No further answer sets the timer.
            self._begin_idle()
        else:
            if self._has_begun(self.cycle):
                self._release_body()
            if not self.flow.write_paused:
                self.waiting.pop(self, None)
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Like that of uvicorn, which sets a timer after each answer."""
        self.server_state.total_requests += 1
        if self.cycle.response_complete:
            self._release_body()
        if self.transport.is_closing():
            self._abort_if_not_sent()
            return
        self.flow.resume_reading()
        if self.pipeline:
            self._begin_next()
        else:
            self._begin_idle()
        if self.cycle.response_complete or self.cycle.more_body:
            # All requests have their answers, or the last one has not arrived as a whole.
            self.waiting[self] = None

    def _refuses(self, unread: UnreadRequests, data: bytes) -> bool:
        """Refuse the request of which these are all bytes, if it is not admitted. Returns whether it was refused."""
        cycle: RequestResponseCycle | None = self.cycle
        is_idle = self._phase is Phase.NOTHING and (cycle is None or cycle.response_complete)
        if not is_idle or self.flow.write_paused or self.draining.has_begun or len(data) > self.limits.head_bytes:
            return False
        decision = unread.decide(data, self.server_state.default_headers, is_encrypted=self.scheme == "https")
        if not isinstance(decision, bytes):
            self._arrival = decision
            return False
        self.unsent_refusals.put(self.transport, decision, self.loop)
        self._stop_reading_timer()
        self.server_state.total_requests += 1
        self.waiting.pop(self, None)
        self.waiting[self] = None
        self._begin_idle()
        return True

    # Limits

    def _begin_head(self) -> None:
        self._phase, self._received = Phase.HEAD, 0
        if self._reading is None:
            self._unset_timer_s = self.limits.head_s

    def _allowed(self) -> int:
        limit = self.limits.head_bytes if self._phase is Phase.HEAD else self.limits.body_bytes
        return min(limit - self._received, self.limits.head_bytes)

    def _refuse_while_parsing(self, refused: RequestRefused) -> Never:
        """End the parsing. `data_received` answers, as the parser hides what its callbacks raise."""
        self._refusal = refused
        raise refused

    def _refuse(self, refused: RequestRefused) -> None:
        """Answer with an error and close. Answers to earlier requests of the connection are sent before it closes."""
        is_body, self._phase = self._phase is Phase.BODY, Phase.IGNORED
        self._stop_reading_timer()  # An earlier answer may not be read yet. Its timer goes on.
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is not None and is_body and (cycle.response_started or self.pipeline):
            self._abort()
        elif cycle is None or cycle.response_complete:
            self._answer(refused)
        elif not is_body:
            cycle.keep_alive = False
        else:
            # The application may wait for the rest of this request.
            self._give_up()
            self._answer(refused)

    def _answer(self, refused: RequestRefused) -> None:
        # What reads from a connection may have the context of an earlier request of it, with its id and span.
        self.transport.write(Context().run(_refusal, self, refused))
        self.transport.close()
        self._abort_if_not_sent()

    # Timers

    def _read_within(self, seconds: float) -> None:
        self._stop_reading_timer()
        self._reading = self.loop.call_later(seconds, self._not_read_in_time, seconds)

    def _not_read_in_time(self, seconds: float) -> None:
        if self.flow.read_paused:
            # The gateway does not read, because an earlier request of the connection is being answered.
            self._read_within(seconds)
        elif self._phase is Phase.NOTHING:
            self.transport.close()
        else:
            message = (
                f"A request must arrive within {self.limits.head_s} seconds, and its body within {seconds} seconds."
            )
            self._refuse(RequestRefused(408, TopLevelCode.BAD_USER_INPUT, message))

    def _stop_reading_timer(self) -> None:
        self._unset_timer_s = None
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None

    def _stop_timers(self) -> None:
        self._stop_reading_timer()
        if self._writing is not None:
            self._writing.cancel()


def _too_large(limits: ConnectionLimits) -> RequestRefused:
    message = f"A request may have at most {limits.headers} headers, and {limits.head_bytes} bytes of URL and headers."
    return RequestRefused(431, TopLevelCode.BAD_USER_INPUT, message)


def _refusal(connection: LimitedProtocol, refused: RequestRefused) -> bytes:
    """The answer to a request that is not read further, as it is sent."""
    request_id = secrets.token_hex(16)
    current_request_id.set(request_id)
    SECURITY.labels("head").inc()
    log.info(
        "request refused before it was read", extra={"status": refused.status, "reason": refused.messages[0], **FOLDED}
    )
    reply, _ = ResponseWriter(connection.settings, request_id, LEGACY).request_refused(refused)
    connection.cors.add_headers(RequestHeaders(connection.headers or []), reply)
    default = connection.server_state.default_headers
    reply.headers = [*default, *reply.headers, (b"x-request-id", request_id.encode())]
    return _last_answer(reply)


def _last_answer(reply: Reply) -> bytes:
    """The answer after which a connection is closed, as it is sent."""
    headers = [*reply.headers, *PRIVATE_LINES, (b"connection", b"close")]
    lines = [b"%s: %s\r\n" % header for header in headers]
    return b"".join([STATUS_LINE[reply.status], *lines, b"\r\n", reply.body])


def limited(
    settings: Settings, limits: ConnectionLimits, graphql_path: GraphQLPath, draining: Draining
) -> type[LimitedProtocol]:
    """The protocol of one server. Its connections count together."""

    class Protocol(LimitedProtocol):
        waiting = {}
        held = HeldBodies()
        admission = graphql_path.admission
        start_queue = StartQueue(admission)
        unsent_refusals = UnsentRefusals()

    Protocol.limits, Protocol.settings, Protocol.draining = limits, settings, draining
    Protocol.hosts = frozenset(host.lower() for host in settings.hosts)
    Protocol.graphql_path = graphql_path if settings.fast_lane else None
    Protocol.unread_requests = UnreadRequests(graphql_path) if settings.fast_lane else None
    Protocol.cors = graphql_path.cors
    return Protocol
