"""Sets the headers Cache-Control, Age, ETag and Vary of an answer, and the origins that may read the answer.

A public answer depends only on the URL of the request and on the accepted media types, and every origin may read it.
Any other answer is for one caller and is not cached.
"""

import hashlib
import math
from datetime import datetime

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response

from gateway.documents.cacheability import NOT_CACHED, CachePolicy
from gateway.http.response import COST_HEADERS
from gateway.store.answer_cache import UsedAnswers

PUBLIC_VARY = "Accept, Accept-Encoding"

PRIVATE_VARY = "Cookie, Authorization, Origin"


def cacheable(request: Request, response: Response, policy: CachePolicy, used: UsedAnswers, now: datetime) -> Response:
    """Answer to a GET request, with Cache-Control and ETag. The status is 304 if the client already has the answer.

    Caches subtract `Age`, the time for which the gateway has cached parts of the answer, from the maximum age. An
    answer with a stale part is not cached, as it lacks prices and may be a day old.
    """
    response.headers["Cache-Control"] = NOT_CACHED if used.has_stale else policy.cache_control
    if response.headers["Cache-Control"] == NOT_CACHED:
        return response
    if used.oldest_at is not None:
        response.headers["Age"] = str(max(math.ceil((now - used.oldest_at).total_seconds()), 0))
    # Two media types of an answer are two representations, which must not have the same strong ETag.
    representation = response.headers["content-type"].encode() + bytes(response.body)
    etag = f'"{hashlib.sha256(representation).hexdigest()[:32]}"'
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
