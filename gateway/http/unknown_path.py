"""Answers requests to paths that do not exist: where the graph is, as a page for browsers and as JSON for programs."""

import base64
import hashlib
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from gateway.errors import TopLevelCode
from gateway.http.accepted_type import accepted_type
from gateway.http.graphql_request import RequestRefused
from gateway.http.response import LEGACY, ResponseWriter
from gateway.settings.settings import Settings
from gateway.telemetry.logs import current_request_id

MESSAGE = "There is nothing at this path. The graph is at `/graphql`. Send operations there by POST."

STYLE = (
    ":root{color-scheme:light dark;background:#fff;color:#17252b}"
    "body{max-width:34rem;margin:14vh auto;padding:0 1.25rem;font:1rem/1.6 system-ui,sans-serif}"
    "h1{font-size:1.5rem;line-height:1.25}"
    "code{font:.9375em ui-monospace,monospace}"
    "li{margin:.4rem 0}"
    "a{color:#0f5c6b}"
    "@media(prefers-color-scheme:dark){:root{background:#10191d;color:#e6eef0}a{color:#6cc5d3}}"
)

STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()

PAGE_HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{STYLE_HASH}'; img-src data:; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    )
}

FOR_DEVELOPERS = (
    '<li><a href="/graphiql">GraphiQL</a> sends operations from the browser, and leads through the examples.</li>'
)


def answer_with(settings: Settings) -> Callable[[Request, Exception], Awaitable[Response]]:
    """Starlette's exception handler for the status 404. The path is not repeated: it may contain anything."""
    page = _page(FOR_DEVELOPERS if settings.development else "")

    async def answer(request: Request, _missing: Exception) -> Response:
        if "text/html" in request.headers.get("accept", ""):
            return HTMLResponse(page, 404, PAGE_HEADERS)
        lines = tuple(value for name, value in request.scope["headers"] if name == b"accept")
        writer = ResponseWriter(settings, current_request_id.get() or "", accepted_type(lines) or LEGACY)
        reply, _ = writer.request_refused(RequestRefused(404, TopLevelCode.BAD_USER_INPUT, MESSAGE))
        response = Response(reply.body, reply.status)
        response.raw_headers = list(reply.headers)
        return response

    return answer


def _page(more: str) -> str:
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Nothing at this path</title>
<link rel="icon" href="data:,">
<style>{STYLE}</style>
</head>
<body>
<main>
<h1>There is nothing at this path</h1>
<p>This is a Riverfront gateway. It has:</p>
<ul>
<li>The graph, at <code>/graphql</code>. Send operations there by POST.</li>
{more}
<li>Health checks, at <a href="/health/live"><code>/health/live</code></a> and
<a href="/health/ready"><code>/health/ready</code></a>.</li>
</ul>
</main>
</body>
</html>
"""
