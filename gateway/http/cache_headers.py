"""What an answer says to caches, and to pages of other origins because of them.

An answer that is the same for all depends on its URL alone, so it names no origin and no credential.
Everything else is for its caller, and is kept nowhere.
"""

import hashlib

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.documents.cacheability import NOT_KEPT, Freshness

VARIES_FOR_ALL = "Accept-Encoding"

VARIES_FOR_ONE = "Cookie, Authorization, Origin"


def shared(request: Request, answer: Response, found: Freshness) -> Response:
    """A complete answer over GET, or that it has not changed since the client got it."""
    answer.headers["Cache-Control"] = found.cache_control
    if found.cache_control == NOT_KEPT:
        return answer
    tag = f'"{hashlib.sha256(bytes(answer.body)).hexdigest()[:32]}"'
    answer.headers["ETag"] = tag
    if not _has(request.headers.get("if-none-match", ""), tag):
        return answer
    unchanged = Response(status_code=304)
    for name in ("Cache-Control", "ETag"):
        unchanged.headers[name] = answer.headers[name]
    return unchanged


def _has(header: str, tag: str) -> bool:
    given = [one.strip().removeprefix("W/") for one in header.split(",")]
    return tag in given or "*" in given


class CacheHeaders:
    """The last word on `Vary` and on origins, from what the answer says of being kept."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                is_public = headers.get("cache-control", NOT_KEPT).startswith("public")
                headers["Vary"] = VARIES_FOR_ALL if is_public else VARIES_FOR_ONE
                if is_public:
                    # A copy that a cache kept for one page is handed to pages of every origin.
                    headers["Access-Control-Allow-Origin"] = "*"
                    del headers["Access-Control-Allow-Credentials"]
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)
