"""What surrounds the answers of all paths except that of GraphQL: their ids, headers and log lines."""

import logging

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.http.cache_headers import PRIVATE_VARY
from gateway.http.client_address import client_connection
from gateway.http.common_headers import FIXED_HEADERS, HSTS
from gateway.http.http_request import HttpRequest
from gateway.http.logged_request import NO_ROUTE, LoggedRequest
from gateway.http.request_id import IdSource
from gateway.http.response import crash_reply
from gateway.settings.settings import Settings

log = logging.getLogger(__name__)


class OtherPaths:
    """An ASGI middleware. `graphql_path` does the same for GraphQL requests, which it does not pass on."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings
        self._ids = IdSource()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = HttpRequest.of(scope, receive)
        request_id = self._ids.id_for(request.headers.get(b"x-request-id"))
        is_encrypted = client_connection(request, self._settings).is_encrypted
        has_started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal has_started
            if message["type"] == "http.response.start":
                has_started = True
                logged.status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = request_id
                for name, value in FIXED_HEADERS.items():
                    headers.setdefault(name, value)
                headers["Vary"] = PRIVATE_VARY
                if is_encrypted:
                    headers["Strict-Transport-Security"] = HSTS
            await send(message)

        with LoggedRequest(request_id, request.method) as logged:
            try:
                await self._app(scope, receive, send_with_headers)
            except Exception:
                log.exception("request crashed")
                logged.level = logging.ERROR
                if has_started:
                    # The server ends the connection, so that the client does not take half an answer for a whole.
                    raise
                reply = crash_reply(self._settings, request_id)
                start = {"type": "http.response.start", "status": reply.status, "headers": reply.headers}
                await send_with_headers(start)
                await send({"type": "http.response.body", "body": reply.body})
            finally:
                logged.route = _route(scope)


def _route(scope: Scope) -> str:
    """Path of the matched route."""
    route = getattr(scope.get("route"), "path", None)
    return route if isinstance(route, str) else NO_ROUTE
