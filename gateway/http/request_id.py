"""Gives every request an id and one log line, and every answer that id and the fixed headers."""

import logging
import re
import secrets
import time

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.documents.card_numbers import has_card_number
from gateway.http import client_address
from gateway.settings import Settings
from gateway.telemetry import current_request_id

log = logging.getLogger(__name__)

REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")

METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"})

FIXED_HEADERS = {
    "Cache-Control": "private, no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""On every answer that does not say otherwise itself."""

HSTS = "max-age=31536000"


def tell(request: Request, **facts: object) -> None:
    """Add facts to the line that is written when this request has been answered."""
    request.state.told.update(facts)


class RequestIds:
    """Gives every request an id and one line in the log, and every answer that id and the fixed headers.

    A client's own id is taken over when it is harmless, so that it can find its requests with us.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        request_id = given if REQUEST_ID.fullmatch(given) and not has_card_number(given) else secrets.token_hex(16)
        told: dict[str, object] = {"status": 500}
        scope.setdefault("state", {}).update(request_id=request_id, told=told)

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                told["status"] = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = request_id
                for name, value in FIXED_HEADERS.items():
                    headers.setdefault(name, value)
                if client_address.is_encrypted(scope, self._settings):
                    headers["Strict-Transport-Security"] = HSTS
            await send(message)

        token = current_request_id.set(request_id)
        started_at = time.monotonic()
        try:
            await self._app(scope, receive, with_headers)
        finally:
            _log_request(scope, told, time.monotonic() - started_at)
            current_request_id.reset(token)


def _log_request(scope: Scope, told: dict[str, object], duration_s: float) -> None:
    route = _route(scope)
    method = scope["method"] if scope["method"] in METHODS else "other"
    # Whoever watches over the process asks every few seconds.
    level = logging.DEBUG if route.startswith("/health/") else logging.INFO
    facts = {"method": method, "route": route, "duration_ms": round(duration_s * 1000, 1)}
    log.log(level, "request answered", extra=facts | told)


def _route(scope: Scope) -> str:
    """The path of the route that matched. Any other path is the client's own words."""
    route = getattr(scope.get("route"), "path", None)
    return route if isinstance(route, str) else "none"
