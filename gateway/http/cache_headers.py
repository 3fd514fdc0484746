"""Sets the headers Cache-Control, Age and ETag of an answer.

A public answer depends only on the URL of the request and on the accepted media types, and every origin may read it.
Any other answer is for one caller and is not cached.
"""

import hashlib
import math
from datetime import datetime

from starlette.datastructures import MutableHeaders

from gateway.documents.cacheability import NOT_CACHED, CachePolicy
from gateway.http.http_request import HttpRequest, Reply
from gateway.store.answer_cache import UsedAnswers

PUBLIC_VARY = "Accept, Accept-Encoding"
"""The header Vary of a public answer. `cors` adds `Origin` if some origins are answered by name."""

PRIVATE_VARY = "Cookie, Authorization, Origin"


def cacheable(request: HttpRequest, reply: Reply, policy: CachePolicy, used: UsedAnswers, now: datetime) -> Reply:
    """Answer to a GET request, with Cache-Control and ETag. The status is 304 if the client already has the answer.

    Caches subtract `Age`, the time for which the gateway has cached parts of the answer, from the maximum age. An
    answer with a stale part is not cached, as it lacks prices and may be a day old.
    """
    if used.has_stale or policy.cache_control == NOT_CACHED:
        return reply
    reply.is_public = True
    headers = MutableHeaders(raw=reply.headers)
    headers["Cache-Control"] = policy.cache_control
    if used.oldest_at is not None:
        headers["Age"] = str(max(math.ceil((now - used.oldest_at).total_seconds()), 0))
    # Two media types of an answer are two representations, which must not have the same strong ETag.
    representation = headers["content-type"].encode() + reply.body
    etag = f'"{hashlib.sha256(representation).hexdigest()[:32]}"'
    headers["ETag"] = etag
    if not _matches(request.headers.get(b"if-none-match"), etag):
        return reply
    unchanged = [(name, value) for name, value in reply.headers if not name.startswith(b"content-")]
    return Reply(304, unchanged, b"", is_public=True)


def _matches(if_none_match: str, etag: str) -> bool:
    etags = [part.strip().removeprefix("W/") for part in if_none_match.split(",")]
    return etag in etags or "*" in etags
