"""Cross-origin resource sharing: which pages of other origins may read the answers."""

from collections.abc import Callable
from typing import Any

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware

from gateway.http import csrf, listed_calls
from gateway.http.cache_headers import PUBLIC_VARY
from gateway.http.http_request import HeaderLine, HttpRequest, Reply, RequestHeaders
from gateway.http.refused_pages import RefusedPages
from gateway.http.response import COST_HEADERS, POINTS_LEFT_HEADER
from gateway.settings.settings import Settings

PREFLIGHT_S = 600
"""Seconds for which a browser may cache the answer to a CORS preflight request."""

MOST_ORIGINS = 1000
"""Allowed origins whose header is kept. In development mode, all ports of this machine are allowed."""

ALLOW_ORIGIN = b"access-control-allow-origin"

OF_ANY_ORIGIN = (ALLOW_ORIGIN, b"*")

CREDENTIALS = (b"access-control-allow-credentials", b"true")

OWN_HEADERS = ("Content-Type", "Authorization", csrf.CLIENT_HEADER, listed_calls.HEADER, "X-Request-Id")

HEADERS_OF_CACHING = ("Cache-Control", "If-None-Match", "Pragma")
"""Headers with which a page asks for a fresh answer."""

HEADERS_OF_CLIENTS = (
    "apollo-require-preflight",
    "apollographql-client-name",
    "apollographql-client-version",
    "graphql-client-name",
    "graphql-client-version",
    "graphql-require-preflight",
    "x-apollo-operation-id",
    "x-apollo-operation-name",
    "x-graphql-client-name",
    "x-graphql-client-version",
    "x-requested-with",
)
"""Headers that GraphQL clients add, such as the name of the client. The gateway ignores them."""

HEADERS_OF_TRACING = (
    "b3",
    "baggage",
    "elastic-apm-traceparent",
    "newrelic",
    "request-context",
    "request-id",
    "sentry-trace",
    "traceparent",
    "tracestate",
    "x-amzn-trace-id",
    "x-b3-flags",
    "x-b3-parentspanid",
    "x-b3-sampled",
    "x-b3-spanid",
    "x-b3-traceid",
    "x-datadog-origin",
    "x-datadog-parent-id",
    "x-datadog-sampling-priority",
    "x-datadog-tags",
    "x-datadog-trace-id",
    "x-instana-l",
    "x-instana-s",
    "x-instana-t",
)
"""Headers that tracing tools in pages add to each request: OpenTelemetry, Zipkin, Sentry, Datadog, New Relic, Elastic,
Instana, AWS X-Ray and Application Insights. The gateway ignores them."""


def options(settings: Settings) -> dict[str, Any]:
    """Options of Starlette's `CORSMiddleware`."""
    return {
        "allow_origin_regex": settings.allowed_origins.pattern,
        "allow_credentials": True,
        "allow_methods": ["GET", "HEAD", "POST"],
        "allow_headers": [
            *OWN_HEADERS,
            *HEADERS_OF_CACHING,
            *HEADERS_OF_CLIENTS,
            *HEADERS_OF_TRACING,
            *settings.cors_headers,
        ],
        "expose_headers": ["X-Request-Id", "Retry-After", *COST_HEADERS, POINTS_LEFT_HEADER],
        "max_age": PREFLIGHT_S,
    }


class CorsRules:
    """The rules of Starlette's `CORSMiddleware`, without its wrapper of each answer. The caller sets `Vary` of answers
    that are not public."""

    def __init__(self, settings: Settings, elapsed: Callable[[], float]) -> None:
        self._rules = CORSMiddleware(_no_app, **options(settings))
        self._refused = RefusedPages(elapsed)
        self._private = [(name.lower().encode(), value.encode()) for name, value in self._rules.simple_headers.items()]
        self._by_origin: dict[str, HeaderLine] = {}
        names_origins = bool(settings.origins) or settings.development
        vary = f"{PUBLIC_VARY}, Origin" if names_origins else PUBLIC_VARY
        self._public = [
            (b"vary", vary.encode()),
            (b"access-control-expose-headers", ", ".join(COST_HEADERS).encode()),
        ]

    def add_headers(self, headers: RequestHeaders, reply: Reply) -> None:
        """Add the headers of the answer to a request that is no preflight request. `headers` are those of the request,
        or those of them that were read before it was refused: without ours, a page of another origin would see an
        error of CORS in place of the message.
        """
        origin = headers.get(b"origin")
        named = self._named(origin)
        if reply.is_public:
            reply.headers += self._public
            reply.headers += [named, CREDENTIALS] if named else [OF_ANY_ORIGIN]
        elif named:
            reply.headers += (named, *self._private)
        elif origin and (reply.status == 403 or headers.get(b"sec-fetch-site") != "same-origin"):
            # A page of the gateway's own origin can read the answer. Only its session cookie needs the setting.
            self._refused.log_origin(origin)

    def _named(self, origin: str) -> HeaderLine | None:
        """The header that names an allowed origin; None for all other origins."""
        line = self._by_origin.get(origin)
        if line is None:
            if not origin or not self._rules.is_allowed_origin(origin):
                return None
            line = (ALLOW_ORIGIN, origin.encode("latin-1"))
            if len(self._by_origin) < MOST_ORIGINS:
                self._by_origin[origin] = line
        return line

    def preflight_reply(self, request: HttpRequest) -> Reply | None:
        """The answer to a preflight request; None if the request is none.

        To a page of an allowed origin, the status is 200 also if it may not send a header or use the method: the
        browser then reports which one, and otherwise only the status.
        """
        if request.method != "OPTIONS":
            return None
        headers = Headers(raw=request.headers.raw)
        if "origin" not in headers or "access-control-request-method" not in headers:
            return None
        response = self._rules.preflight_response(headers)
        without_vary = [(name, value) for name, value in response.raw_headers if name != b"vary"]
        is_allowed = self._named(headers["origin"]) is not None
        if is_allowed:
            self._log_refused_header(headers)
        else:
            self._refused.log_origin(headers["origin"])
        return Reply(200 if is_allowed else response.status_code, without_vary, bytes(response.body))

    def _log_refused_header(self, headers: Headers) -> None:
        for part in headers.get("access-control-request-headers", "").split(","):
            name = part.strip().lower()
            if name and name not in self._rules.allow_headers:
                self._refused.log_header(headers["origin"], name)
                return


async def _no_app(*_: object) -> None:
    """`CORSMiddleware` is only asked for its rules."""
