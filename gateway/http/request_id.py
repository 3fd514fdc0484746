"""Adds fixed headers to each answer, and a request id to each answer that is not public. Logs each request, and answers
one that crashed.
"""

import logging
import re
import secrets
import time

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.documents.cacheability import NOT_CACHED
from gateway.documents.card_numbers import has_card_number
from gateway.errors import TopLevelCode
from gateway.http.cache_headers import PRIVATE_VARY, open_to_all
from gateway.http.client_address import client_connection
from gateway.http.request import RequestRefused
from gateway.http.response import LEGACY, MASKED, ResponseWriter
from gateway.settings import Settings
from gateway.telemetry import current_request_id

log = logging.getLogger(__name__)

REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")

METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"})

FIXED_HEADERS = {
    "Cache-Control": NOT_CACHED,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""Default headers of every answer."""

HSTS = "max-age=31536000"


class RequestIds:
    """The outermost middleware.

    Sets `request_id`, `connection` (see `client_address`) and `logged` in the state of the request. `logged` has the
    fields of the log line. The endpoint adds fields to `logged`. If the client sends a valid `X-Request-Id`, it is used
    as the request id, so that clients can trace requests by their own ids.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started_at = time.monotonic()
        request_id = _request_id(Headers(scope=scope).get("x-request-id", ""))
        connection = client_connection(scope, self._settings)
        logged: dict[str, object] = {"status": 500}
        scope.setdefault("state", {}).update(request_id=request_id, connection=connection, logged=logged)

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
                if headers["Cache-Control"].startswith("public"):
                    open_to_all(headers)
                else:
                    headers["Vary"] = PRIVATE_VARY
                if connection.is_encrypted:
                    headers["Strict-Transport-Security"] = HSTS
            await send(message)

        token = current_request_id.set(request_id)
        try:
            await self._app(scope, receive, send_with_headers)
        except Exception:
            log.exception("request crashed")
            if has_started:
                raise  # The server ends the connection, so that the client does not take half an answer for a whole.
            crash = RequestRefused(500, TopLevelCode.INTERNAL_ERROR, MASKED)
            response, _ = ResponseWriter(self._settings, request_id, LEGACY).request_refused(crash)
            await response(scope, receive, send_with_headers)
        finally:
            _log_request(scope, logged, time.monotonic() - started_at)
            current_request_id.reset(token)


def _request_id(client_id: str) -> str:
    is_harmless = REQUEST_ID.fullmatch(client_id) and not has_card_number(client_id)
    return client_id if is_harmless else secrets.token_hex(16)


def _log_request(scope: Scope, logged: dict[str, object], duration_s: float) -> None:
    route = _route(scope)
    method = scope["method"] if scope["method"] in METHODS else "other"
    # Health checks are sent every few seconds, so they are logged at the level DEBUG.
    level = logging.DEBUG if route.startswith("/health/") else logging.INFO
    facts = {"method": method, "route": route, "duration_ms": round(duration_s * 1000, 1)}
    log.log(level, "request answered", extra=facts | logged)


def _route(scope: Scope) -> str:
    """Path of the matched route. Other paths are not logged, because clients can put any string in them."""
    route = getattr(scope.get("route"), "path", None)
    return route if isinstance(route, str) else "none"
