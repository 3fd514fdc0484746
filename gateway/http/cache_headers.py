"""Sets the headers Cache-Control, ETag and Vary of an answer, and the origins that may read the answer.

A public answer depends only on the URL of the request and on the accepted media types, and every origin may read it.
Any other answer is for one caller and is not cached.
"""

import hashlib

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response

from gateway.documents.cacheability import NOT_CACHED, CachePolicy
from gateway.http.response import COST_HEADERS

PUBLIC_VARY = "Accept, Accept-Encoding"

PRIVATE_VARY = "Cookie, Authorization, Origin"


def cacheable(request: Request, response: Response, policy: CachePolicy) -> Response:
    """Answer to a GET request, with Cache-Control and ETag. The status is 304 if the client already has the answer."""
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
    """Let every origin read a public answer, and remove what the request of one client decided.

    A cache sends the answer to other clients: to pages of other origins than the one that the CORS middleware allowed,
    and to clients with other request ids.
    """
    headers["Vary"] = PUBLIC_VARY
    headers["Access-Control-Allow-Origin"] = "*"
    headers["Access-Control-Expose-Headers"] = ", ".join(COST_HEADERS)
    del headers["Access-Control-Allow-Credentials"]
    del headers["X-Request-Id"]
