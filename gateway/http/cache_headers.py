"""Cache-Control, ETag and Vary of an answer, and who may read it across origins.

A public answer depends on its URL alone and may be read by every origin. Any other answer is for its caller and is not
cached.
"""

import hashlib

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.documents.cacheability import NOT_CACHED, CachePolicy

PUBLIC_VARY = "Accept-Encoding"

PRIVATE_VARY = "Cookie, Authorization, Origin"


def cacheable(request: Request, response: Response, policy: CachePolicy) -> Response:
    """The answer to a GET with its Cache-Control and ETag; 304 if the client has it already."""
    response.headers["Cache-Control"] = policy.cache_control
    if policy.cache_control == NOT_CACHED:
        return response
    etag = f'"{hashlib.sha256(bytes(response.body)).hexdigest()[:32]}"'
    response.headers["ETag"] = etag
    if not _matches(request.headers.get("if-none-match", ""), etag):
        return response
    headers = {name: value for name, value in response.headers.items() if not name.startswith("content-")}
    return Response(status_code=304, headers=headers)


def _matches(if_none_match: str, etag: str) -> bool:
    etags = [part.strip().removeprefix("W/") for part in if_none_match.split(",")]
    return etag in etags or "*" in etags


class CacheHeaders:
    """Sets the headers that depend on whether the answer is public. Runs after CORS, whose headers it corrects."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                is_public = headers.setdefault("Cache-Control", NOT_CACHED).startswith("public")
                headers["Vary"] = PUBLIC_VARY if is_public else PRIVATE_VARY
                if is_public:
                    # A cache may have stored the answer for a page of another origin.
                    headers["Access-Control-Allow-Origin"] = "*"
                    del headers["Access-Control-Allow-Credentials"]
            await send(message)

        await self._app(scope, receive, send_with_headers if scope["type"] == "http" else send)
