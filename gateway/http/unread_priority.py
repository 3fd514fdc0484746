"""The priority of a request by a look at its body, because to refuse a request must cost much less than to read it."""

import re
from functools import lru_cache
from typing import NamedTuple

from gateway.upstream.priority import Priority

QUERY = b'"query"'

CHANGES = b"mutation"

BUYS = frozenset({b"submitOrder", b"resumeOrder"})

OUTCOME = b"orderSubmission"
"""The read with which a shopper learns whether there is an order."""

ESCAPE = b"\\u"
"""In JSON, such words may be written with escapes."""

WORDS = (QUERY, ESCAPE, CHANGES, *BUYS, OUTCOME)

HASH_FIELD = re.compile(rb'"(?:sha256Hash|documentId)"')
"""With one of these fields, the document may be another one than that beside it, which may be empty."""

BEFORE_DOCUMENT = re.compile(rb'%b\s*:\s*"' % QUERY)

REMEMBERED_DOCUMENTS = 256

LONGEST_REMEMBERED = 16 * 1024
"""Bytes of a document that is remembered. All of them together have at most 4 MiB."""


class UnreadBody(NamedTuple):
    """What a look at a body shows."""

    words: frozenset[bytes]
    """Those of `WORDS` that it has."""
    hash_fields: int


def look_at(body: bytes) -> UnreadBody:
    """Clients send the same documents with other variables. So the words of a document, up to its first quote, are
    remembered, and only the rest of the body is searched."""
    begin = BEFORE_DOCUMENT.search(body)
    end = -1 if begin is None else body.find(b'"', begin.end())
    if begin is None or not 0 <= end - begin.end() <= LONGEST_REMEMBERED:
        return UnreadBody(_words_in(body), len(HASH_FIELD.findall(body)))
    # What is remembered has no quote, so no word or field lies partly in it and partly beside it.
    rest = body[: begin.end()] + body[end:]
    return UnreadBody(_words_in(rest) | _words_in_document(body[begin.end() : end]), len(HASH_FIELD.findall(rest)))


def priority_unread(body: bytes | None, *, is_read: bool, has_credentials: bool) -> Priority | None:
    """The priority of a request; None if its document has to be read.

    A read may look like a change, but no submission like anything else. `body` is None if it has not arrived. `is_read`
    says that the request is sent by GET.
    """
    if is_read:
        return Priority.SESSION if has_credentials else Priority.PUBLIC
    return None if body is None else priority_of(look_at(body), has_credentials=has_credentials)


def priority_of(body: UnreadBody, *, has_credentials: bool) -> Priority | None:
    """The same for a body that has been looked at."""
    words = body.words
    if body.hash_fields or QUERY not in words or ESCAPE in words:
        return None
    if CHANGES in words:
        return Priority.CHECKOUT if words.isdisjoint(BUYS) else None
    if OUTCOME in words:
        return None
    return Priority.SESSION if has_credentials else Priority.PUBLIC


def _words_in(piece: bytes) -> frozenset[bytes]:
    return frozenset([word for word in WORDS if word in piece])


_words_in_document = lru_cache(REMEMBERED_DOCUMENTS)(_words_in)
