"""Answers the requests of the GraphQL path: what surrounds the endpoint, and the interface to the server.

All other paths are answered by Starlette. A request to the GraphQL path passes it by, because each of its middlewares
would wrap the answer once more.
"""

import logging
import time
from collections.abc import Awaitable, Callable

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.http.cache_headers import PRIVATE_VARY, open_to_all
from gateway.http.client_address import client_connection
from gateway.http.cors import CorsRules
from gateway.http.endpoint import GraphQLEndpoint
from gateway.http.http_request import HttpRequest, Reply
from gateway.http.request_id import FIXED_HEADERS, HSTS, IdSource, crash_reply, log_request
from gateway.settings import Settings
from gateway.telemetry import current_request_id

log = logging.getLogger(__name__)

PATH = "/graphql"

HEADERS_OF_PRIVATE_ANSWERS = [
    *((name.lower().encode(), value.encode()) for name, value in FIXED_HEADERS.items()),
    (b"vary", PRIVATE_VARY.encode()),
]

HSTS_LINE = (b"strict-transport-security", HSTS.encode())


class Exchange:
    """Leads each request to the endpoint and its reply to the server, from the id to the log line."""

    def __init__(self, endpoint: GraphQLEndpoint, settings: Settings) -> None:
        self._endpoint = endpoint
        self._settings = settings
        self._cors = CorsRules(settings)
        self._ids = IdSource()

    async def run(self, request: HttpRequest, send: Callable[[Reply], Awaitable[None]]) -> None:
        """Answer a request. `send` is called once, and the log line is written after it."""
        started_at = time.monotonic()
        request_id = self._ids.id_for(request.headers.get(b"x-request-id"))
        connection = client_connection(request.scope, self._settings)
        logged: dict[str, object] = {"status": 500}
        token = current_request_id.set(request_id)
        try:
            try:
                reply = self._cors.preflight_reply(request)
                if reply is None:
                    reply = await self._endpoint.answer(request, request_id, connection, logged)
                    reply.headers += self._cors.headers(request)
            except Exception:
                log.exception("request crashed")
                reply = crash_reply(self._settings, request_id)
            logged["status"] = reply.status
            self._add_headers(reply, request_id, is_encrypted=connection.is_encrypted)
            await send(reply)
        finally:
            log_request(request.method, PATH, logged, time.monotonic() - started_at)
            current_request_id.reset(token)

    def _add_headers(self, reply: Reply, request_id: str, *, is_encrypted: bool) -> None:
        if reply.is_public:
            headers = MutableHeaders(raw=reply.headers)
            for name, value in FIXED_HEADERS.items():
                headers.setdefault(name, value)
            open_to_all(headers)
        else:
            reply.headers += HEADERS_OF_PRIVATE_ANSWERS
            reply.headers.append((b"x-request-id", request_id.encode()))
        if is_encrypted:
            reply.headers.append(HSTS_LINE)


class GraphQLRequests:
    """The outermost ASGI middleware. Passes the requests of other paths on."""

    def __init__(self, app: ASGIApp, exchange: Exchange) -> None:
        self._app = app
        self._exchange = exchange

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != PATH:
            await self._app(scope, receive, send)
            return

        async def send_reply(reply: Reply) -> None:
            await send({"type": "http.response.start", "status": reply.status, "headers": reply.headers})
            await send({"type": "http.response.body", "body": reply.body})

        await self._exchange.run(HttpRequest(scope, receive), send_reply)
