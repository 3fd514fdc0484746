"""Answers a GraphQL request on its connection, without the interface between an ASGI server and its application.

The setting `fast_lane` turns it off; the answers are the same. The interface costs a seventh of a small operation: a
request is wrapped in messages, and each message is checked once more.
"""

import asyncio
import logging

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from gateway.http.admission import Arrival
from gateway.http.graphql_path import PATH, GraphQLPath
from gateway.http.http_request import HttpRequest, Reply, RequestHeaders

log = logging.getLogger(__name__)

TARGET = PATH.encode()


class DirectCycle(RequestResponseCycle):
    """One request and its answer. uvicorn's protocol treats it like one of an ASGI application."""

    # The states of uvicorn's own cycle, as they are at first.
    disconnected = response_started = response_complete = False
    more_body = True

    def __init__(
        self,
        protocol: HttpToolsProtocol,
        headers: RequestHeaders,
        graphql_path: GraphQLPath,
        arrival: Arrival | None,
    ) -> None:
        # uvicorn's own constructor also sets what only an ASGI application needs.
        self.keep_alive = protocol.parser.get_http_version() != "1.0" and protocol.parser.should_keep_alive()
        self.waiting_for_100_continue = protocol.expect_100_continue
        self.transport = protocol.transport
        self.flow = protocol.flow
        self.message_event = asyncio.Event()
        self.body = bytearray()
        self.on_response = protocol.on_response_complete
        self.default_headers = protocol.server_state.default_headers
        self._method = protocol.parser.get_method().decode("ascii")
        self._headers = headers
        self._peer = protocol.client[0] if protocol.client else None
        self._scheme = protocol.scheme or "http"
        self._graphql_path = graphql_path
        self._arrival = arrival or Arrival(graphql_path.admission.now())

    def measure_from_now(self) -> None:
        """The earlier request of the connection has its answer. The wait for it was not the load of the process."""
        self._arrival = Arrival(self._graphql_path.admission.now())

    async def run_asgi(self, app: object) -> None:  # noqa: ARG002 - the application is not called
        body = None if self.more_body else bytes(self.body)
        request = HttpRequest(self._method, b"", self._headers, self._peer, self._scheme, self.receive, body)  # type: ignore[arg-type]  # uvicorn's types of ASGI
        try:
            if self._graphql_path.admission.begins(request, self._arrival, body):
                await self._graphql_path.answer(request, self._send)
            else:
                await self._graphql_path.refuse(request, self._send)
        except Exception:
            log.exception("answer not sent")
        finally:
            if not self.response_complete:
                self.transport.close()
            self.on_response = nothing  # Otherwise, the connection and its last request would refer to each other.

    async def _send(self, reply: Reply) -> None:
        if self.flow.write_paused and not self.disconnected:
            await self.flow.drain()
        if self.disconnected:
            return
        self.response_started = True
        parts = [STATUS_LINE[reply.status]]
        for name, value in (*self.default_headers, *reply.headers):
            parts += (name, b": ", value, b"\r\n")
        parts.append(b"\r\n" if self.keep_alive else b"connection: close\r\n\r\n")
        if self._method != "HEAD":
            parts.append(reply.body)
        self.transport.write(b"".join(parts))
        self.response_complete = True
        self.message_event.set()
        if not self.keep_alive:
            self.transport.close()
        self.on_response()


def nothing() -> None:
    pass


def begin(
    protocol: HttpToolsProtocol, headers: RequestHeaders, graphql_path: GraphQLPath, arrival: Arrival | None
) -> None:
    """Begin the request whose head the protocol has read, or queue it behind an earlier one of the connection.

    `arrival`: see `UnreadRequests.decide`. None if the process is not overloaded.
    """
    cycle = DirectCycle(protocol, headers, graphql_path, arrival)
    earlier: RequestResponseCycle | None = protocol.cycle
    protocol.cycle = cycle
    if earlier is None or earlier.response_complete:
        protocol._start_asgi_task(cycle, protocol.app)
    else:
        protocol.flow.pause_reading()
        protocol.pipeline.appendleft((cycle, protocol.app))
