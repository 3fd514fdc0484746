"""Answers a GraphQL request on its connection, without the interface between an ASGI server and its application.

The setting `fast_lane` turns it off; the answers are the same. The interface costs a seventh of a small operation: a
request is wrapped in messages, and each message is checked once more.
"""

import asyncio
import logging

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from gateway.http.exchange import PATH, Exchange
from gateway.http.http_request import HttpRequest, Reply

log = logging.getLogger(__name__)

TARGET = PATH.encode()


class DirectCycle(RequestResponseCycle):
    """One request and its answer. uvicorn's protocol begins it like one for an ASGI application.

    `exchange` has to be set before the cycle begins.
    """

    exchange: Exchange

    async def run_asgi(self, app: object) -> None:  # noqa: ARG002 - the application is not called
        whole_body = None if self.more_body else bytes(self.body)
        try:
            await self.exchange.run(HttpRequest(self.scope, self.receive, whole_body), self._send)  # type: ignore[arg-type]  # uvicorn's types of ASGI
        except Exception:
            log.exception("answer not sent")
        finally:
            if not self.response_complete:
                self.transport.close()
            self.on_response = _nothing  # Otherwise, the connection and its last request would refer to each other.

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
        parts.append(reply.body)
        self.transport.write(b"".join(parts))
        self.response_complete = True
        self.message_event.set()
        if not self.keep_alive:
            self.transport.close()
        self.on_response()


def _nothing() -> None:
    pass


def begin(protocol: HttpToolsProtocol, exchange: Exchange) -> None:
    """Begin the request whose head the protocol has read, or queue it behind an earlier one of the connection."""
    version = protocol.parser.get_http_version()
    protocol.scope |= {
        "method": protocol.parser.get_method().decode("ascii"),
        "http_version": version,
        "path": PATH,
        "query_string": b"",
    }
    cycle = DirectCycle(
        scope=protocol.scope,
        transport=protocol.transport,
        flow=protocol.flow,
        logger=protocol.logger,
        access_logger=protocol.access_logger,
        access_log=False,
        default_headers=protocol.server_state.default_headers,
        message_event=asyncio.Event(),
        expect_100_continue=protocol.expect_100_continue,
        keep_alive=version != "1.0" and protocol.parser.should_keep_alive(),
        on_response=protocol.on_response_complete,
    )
    cycle.exchange = exchange
    earlier: RequestResponseCycle | None = protocol.cycle
    protocol.cycle = cycle
    if earlier is None or earlier.response_complete:
        protocol._start_asgi_task(cycle, protocol.app)
    else:
        protocol.flow.pause_reading()
        protocol.pipeline.appendleft((cycle, protocol.app))
