"""Answers the requests of the GraphQL path: what surrounds the endpoint, and the interface to the server.

All other paths are answered by Starlette. A request to the GraphQL path passes it by, because each of its middlewares
would wrap the answer once more.
"""

import logging
from collections.abc import Awaitable, Callable

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.elapsed_time import elapsed_s
from gateway.http.accepted_type import accepted_type
from gateway.http.admission import ARRIVAL, Arrival
from gateway.http.client_address import ClientConnection, client_connection
from gateway.http.common_headers import FIXED_HEADERS, HSTS_LINE, PRIVATE_LINES
from gateway.http.cors import CorsRules
from gateway.http.counted_operation import count_crash
from gateway.http.endpoint import GraphQLEndpoint
from gateway.http.http_request import HttpRequest, Reply, RequestHeaders
from gateway.http.logged_request import LoggedRequest
from gateway.http.request_head import HEALTH_PATHS
from gateway.http.request_id import IdSource
from gateway.http.response import LEGACY, MODERN, crash_reply, overloaded_reply
from gateway.http.traced_request import RequestTracing
from gateway.settings.settings import Settings
from gateway.tracing.tracer import Tracer

log = logging.getLogger(__name__)

PATH = "/graphql"


class GraphQLPath:
    """Leads each request to the endpoint and its reply to the server, from the id to the log line."""

    def __init__(
        self,
        endpoint: GraphQLEndpoint,
        settings: Settings,
        elapsed: Callable[[], float] = elapsed_s,
        tracer: Tracer | None = None,
    ) -> None:
        self._endpoint = endpoint
        self._tracing = RequestTracing(tracer, settings) if tracer is not None else None
        self.admission = endpoint.admission
        self.priority_of = endpoint.priority_of
        self._refusals = {media_type: overloaded_reply(settings, media_type) for media_type in (MODERN, LEGACY)}
        self._settings = settings
        self.cors = CorsRules(settings, elapsed)
        self.ids = IdSource()

    async def answer(self, request: HttpRequest, send: Callable[[Reply], Awaitable[None]]) -> None:
        """Answer a request. `send` is called once, and the log line is written after it."""
        request_id = self.ids.id_for(request.headers.get(b"x-request-id"))
        connection = client_connection(request, self._settings)
        logged = LoggedRequest(request_id, request.method, PATH)
        if self._tracing is None:
            await self._answer(request, connection, logged, send)
        else:
            with self._tracing.traced(request, logged):
                await self._answer(request, connection, logged, send)

    async def _answer(
        self,
        request: HttpRequest,
        connection: ClientConnection,
        logged: LoggedRequest,
        send: Callable[[Reply], Awaitable[None]],
    ) -> None:
        with logged:
            try:
                reply = self.cors.preflight_reply(request)
                if reply is None:
                    reply = await self._endpoint.answer(request, connection, logged)
                    self.cors.add_headers(request.headers, reply)
            except Exception:
                log.exception("request crashed")
                logged.level = logging.ERROR
                count_crash()
                reply = crash_reply(self._settings, logged.id)
                self.cors.add_headers(request.headers, reply)
            logged.status = reply.status
            _add_headers(reply, logged.id, is_encrypted=connection.is_encrypted)
            await send(reply)

    async def refuse(self, request: HttpRequest, send: Callable[[Reply], Awaitable[None]]) -> None:
        """Answer that the process is overloaded. The answer costs little, and has no log line of its own."""
        connection = client_connection(request, self._settings)
        reply = self.refusal(request.headers, self.ids.id_for(""), is_encrypted=connection.is_encrypted)
        await send(reply)

    def refusal(self, headers: RequestHeaders, request_id: str, *, is_encrypted: bool) -> Reply:
        """The answer of an overloaded process to a request with these headers."""
        media_type = accepted_type(headers.lines(b"accept")) or LEGACY
        reply = self._refusals[media_type].with_id(request_id)
        self.cors.add_headers(headers, reply)
        _add_headers(reply, request_id, is_encrypted=is_encrypted)
        return reply


def _add_headers(reply: Reply, request_id: str, *, is_encrypted: bool) -> None:
    if reply.is_public:
        headers = MutableHeaders(raw=reply.headers)
        for name, value in FIXED_HEADERS.items():
            headers.setdefault(name, value)
    else:
        reply.headers += PRIVATE_LINES
        reply.headers.append((b"x-request-id", request_id.encode()))
    if is_encrypted:
        reply.headers.append(HSTS_LINE)


class GraphQLRequests:
    """The outermost ASGI middleware. Passes the requests of other paths on, unless the process is overloaded."""

    def __init__(self, app: ASGIApp, graphql_path: GraphQLPath) -> None:
        self._app = app
        self._graphql_path = graphql_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in HEALTH_PATHS:
            await self._app(scope, receive, send)
            return

        async def send_reply(reply: Reply) -> None:
            await send({"type": "http.response.start", "status": reply.status, "headers": reply.headers})
            await send({"type": "http.response.body", "body": reply.body})

        request = HttpRequest.of(scope, receive)
        arrival: Arrival | None = scope.get("state", {}).get(ARRIVAL)  # Another server than ours has none.
        admission, is_elsewhere = self._graphql_path.admission, scope["path"] != PATH
        if is_elsewhere and (arrival is None or admission.begins_elsewhere(arrival)):
            await self._app(scope, receive, send)
        elif not is_elsewhere and (arrival is None or admission.begins(request, arrival, None)):
            await self._graphql_path.answer(request, send_reply)
        else:
            await self._graphql_path.refuse(request, send_reply)
