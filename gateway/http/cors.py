"""Cross-origin resource sharing: which pages of other origins may read the answers."""

from typing import Any

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware

from gateway.http import csrf
from gateway.http.http_request import HeaderLine, HttpRequest, Reply
from gateway.http.response import COST_HEADERS
from gateway.settings import Settings

PREFLIGHT_S = 600
"""Seconds for which a browser may cache the answer to a CORS preflight request."""

MOST_ORIGINS = 1000
"""Allowed origins whose headers are kept. In development mode, all ports of this machine are allowed."""


def options(settings: Settings) -> dict[str, Any]:
    """Options of Starlette's `CORSMiddleware`."""
    return {
        "allow_origins": settings.origins,
        "allow_origin_regex": csrf.LOOPBACK_ORIGIN if settings.development else None,
        "allow_credentials": True,
        "allow_methods": ["GET", "HEAD", "POST"],
        "allow_headers": ["Content-Type", "Authorization", csrf.CLIENT_HEADER, "X-Request-Id"],
        "expose_headers": ["X-Request-Id", *COST_HEADERS],
        "max_age": PREFLIGHT_S,
    }


class CorsRules:
    """The rules of Starlette's `CORSMiddleware`, without its wrapper of each answer. The caller sets `Vary`."""

    def __init__(self, settings: Settings) -> None:
        self._rules = CORSMiddleware(_no_app, **options(settings))
        self._of_any_origin = [
            (name.lower().encode(), value.encode()) for name, value in self._rules.simple_headers.items()
        ]
        self._by_origin: dict[str, list[HeaderLine]] = {}

    def headers(self, request: HttpRequest) -> list[HeaderLine]:
        """Headers of the answer to a request that is no preflight request."""
        origin = request.headers.get(b"origin")
        if not origin and not request.headers.lines(b"origin"):
            return []
        headers = self._by_origin.get(origin)
        if headers is None:
            if not self._rules.is_allowed_origin(origin):
                return self._of_any_origin
            headers = [*self._of_any_origin, (b"access-control-allow-origin", origin.encode("latin-1"))]
            if len(self._by_origin) < MOST_ORIGINS:
                self._by_origin[origin] = headers
        return headers

    def preflight_reply(self, request: HttpRequest) -> Reply | None:
        """The answer to a preflight request; None if the request is none."""
        if request.method != "OPTIONS":
            return None
        headers = Headers(raw=request.headers.raw)
        if "origin" not in headers or "access-control-request-method" not in headers:
            return None
        response = self._rules.preflight_response(headers)
        without_vary = [(name, value) for name, value in response.raw_headers if name != b"vary"]
        return Reply(response.status_code, without_vary, bytes(response.body))


async def _no_app(*_: object) -> None:
    """`CORSMiddleware` is only asked for its rules."""
