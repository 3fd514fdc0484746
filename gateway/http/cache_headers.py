"""Cache-Control, ETag and Vary of an answer, and who may read it across origins.

A public answer depends on its URL alone and may be read by every origin. Any other answer is for its caller and is not
cached.
"""

import hashlib

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response

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


def open_to_all(headers: MutableHeaders) -> None:
    """Correct the headers that CORS set on a public answer: a cache may have stored it for a page of another origin."""
    headers["Vary"] = PUBLIC_VARY
    headers["Access-Control-Allow-Origin"] = "*"
    del headers["Access-Control-Allow-Credentials"]
