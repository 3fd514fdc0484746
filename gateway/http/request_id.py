"""The id, the fixed headers and the log line of each request, and the answer to one that crashed."""

import logging
import re
import secrets
import time

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.documents.cacheability import NOT_CACHED
from gateway.documents.card_numbers import has_card_number
from gateway.errors import TopLevelCode
from gateway.http.cache_headers import PRIVATE_VARY
from gateway.http.client_address import client_connection
from gateway.http.graphql_request import RequestRefused
from gateway.http.http_request import Reply
from gateway.http.response import LEGACY, MASKED, ResponseWriter
from gateway.settings import Settings
from gateway.telemetry import current_request_id, log_often

log = logging.getLogger(__name__)

REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")

ID_BYTES = 16

IDS_IN_BLOCK = 256

METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"})

FIXED_HEADERS = {
    "Cache-Control": NOT_CACHED,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""Headers of every answer. Only a public answer has another `Cache-Control`."""

HSTS = "max-age=31536000"


class RequestIds:
    """The middleware of all paths except that of GraphQL, see `exchange`."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings
        self._ids = IdSource()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started_at = time.monotonic()
        request_id = self._ids.id_for(Headers(scope=scope).get("x-request-id", ""))
        is_encrypted = client_connection(scope, self._settings).is_encrypted
        logged: dict[str, object] = {"status": 500}
        has_started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal has_started
            if message["type"] == "http.response.start":
                has_started = True
                logged["status"] = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = request_id
                for name, value in FIXED_HEADERS.items():
                    headers.setdefault(name, value)
                headers["Vary"] = PRIVATE_VARY
                if is_encrypted:
                    headers["Strict-Transport-Security"] = HSTS
            await send(message)

        token = current_request_id.set(request_id)
        try:
            await self._app(scope, receive, send_with_headers)
        except Exception:
            log.exception("request crashed")
            if has_started:
                raise  # The server ends the connection, so that the client does not take half an answer for a whole.
            reply = crash_reply(self._settings, request_id)
            await send_with_headers({"type": "http.response.start", "status": reply.status, "headers": reply.headers})
            await send({"type": "http.response.body", "body": reply.body})
        finally:
            log_request(scope["method"], _route(scope), logged, time.monotonic() - started_at)
            current_request_id.reset(token)


class IdSource:
    """Gives each request its id. Random bytes are read in blocks, because each reading asks the operating system."""

    def __init__(self) -> None:
        self._random_ids: list[str] = []

    def id_for(self, client_id: str) -> str:
        """If the client sends a valid `X-Request-Id`, it is the id, so that clients can trace requests by their own
        ids."""
        if client_id and REQUEST_ID.fullmatch(client_id) and not has_card_number(client_id):
            return client_id
        if not self._random_ids:
            block = secrets.token_hex(ID_BYTES * IDS_IN_BLOCK)
            self._random_ids = [block[start : start + ID_BYTES * 2] for start in range(0, len(block), ID_BYTES * 2)]
        return self._random_ids.pop()


def crash_reply(settings: Settings, request_id: str) -> Reply:
    crash = RequestRefused(500, TopLevelCode.INTERNAL_ERROR, MASKED)
    return ResponseWriter(settings, request_id, LEGACY).request_refused(crash)[0]


def log_request(method: str, route: str, logged: dict[str, object], duration_s: float) -> None:
    """`logged` has the other fields of the log line."""
    # Health checks are sent every few seconds, so they are logged at the level DEBUG.
    level = logging.DEBUG if route.startswith("/health/") else logging.INFO
    logged["method"] = method if method in METHODS else "other"
    logged["route"] = route
    logged["duration_ms"] = round(duration_s * 1000, 1)
    log_often(log, level, "request answered", logged)


def _route(scope: Scope) -> str:
    """Path of the matched route. Other paths are not logged, because clients can put any string in them."""
    route = getattr(scope.get("route"), "path", None)
    return route if isinstance(route, str) else "none"
