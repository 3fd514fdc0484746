"""Refuses requests of an overload before they are read.

To parse a request and to begin its task costs a third of what a product page costs. A process that gets five times the
requests that it can answer would spend most of its time on refusals. Here, the bytes of a plain request are looked at
instead: one whose head and body have arrived together. All other requests are read, and may be refused then.
"""

import re
from typing import NamedTuple

from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from gateway.http.admission import CREDENTIALS, Arrival
from gateway.http.graphql_path import PATH, GraphQLPath
from gateway.http.http_request import HeaderLine, RequestHeaders
from gateway.http.response import PLACEHOLDER
from gateway.http.unread_priority import BUYS, ESCAPE, HASH_FIELD, look_at, priority_of, priority_unread
from gateway.upstream.priority import Priority

POST_LINE = re.compile(rb"POST %b HTTP/1\.1\r\n" % PATH.encode())

GET_LINE = re.compile(rb"GET %b\?[!-~]+ HTTP/1\.1\r\n" % PATH.encode())

HEADER_LINES = re.compile(rb"(?:[!#$%&'*+.^_`|~0-9A-Za-z-]++:[\t -~\x80-\xff]*+\r\n)++\r\n")
"""Lines that all proxies read alike. Requests with other lines are left to the parser."""

FIELD = re.compile(
    rb"\n(accept|authorization|connection|content-length|cookie|expect|origin|sec-fetch-site|transfer-encoding|upgrade"
    rb"|x-forwarded-proto):[ \t]*([^\r\n]*)",
    re.IGNORECASE,
)
"""Header fields on which it depends how a request is read, or what a refusal says."""

OF_THE_ANSWER = frozenset({b"accept", b"origin", b"sec-fetch-site", b"x-forwarded-proto"})
"""Fields on which the headers of the answer depend, or whether the origin is logged."""

MOST_ANSWERS = 256
"""Answers that are kept, each with other headers."""

PAGE = b"text/html"

HASH = re.compile(rb'%b\s*:\s*"(?:sha256:)?([0-9a-f]{64})"' % HASH_FIELD.pattern)
"""The digest of a document that is sent without its text, or beside it."""

READ_BESIDE_HASH = BUYS | {ESCAPE}
"""With one of them in the body, the hash alone does not say that the request is no submission."""


class PlainRequest(NamedTuple):
    body: bytes
    is_read: bool
    """Whether it is sent by GET."""
    has_credentials: bool
    lines: tuple[HeaderLine, ...]
    """The lines on which the headers of the answer depend."""


def plain_request(data: bytes) -> PlainRequest | None:
    """The request of which these are all bytes; None if it has to be read, for example because its end is in doubt."""
    is_read = data.startswith(b"GET ")
    first_line = (GET_LINE if is_read else POST_LINE).match(data)
    head = HEADER_LINES.match(data, first_line.end()) if first_line else None
    if first_line is None or head is None:
        return None
    length: bytes | None = None
    has_credentials, lines = False, list[HeaderLine]()
    for written, value in FIELD.findall(data, first_line.end() - 1, head.end()):
        name = written.lower()
        if name == b"content-length" and length is None and not is_read:
            length = value
        elif name in CREDENTIALS:
            has_credentials = True
        elif name in OF_THE_ANSWER and PAGE not in value:
            lines.append((name, value))
        elif name != b"connection" or value.lower() != b"keep-alive":
            return None
    body = data[head.end() :]
    if body if is_read else length != b"%d" % len(body):
        return None
    return PlainRequest(body, is_read, has_credentials, tuple(lines))


class UnreadRequests:
    """Of one server."""

    def __init__(self, path: GraphQLPath) -> None:
        self.admission = path.admission
        self._path = path
        self._default_headers: list[HeaderLine] = []
        self._default_lines = b""
        self._answers: dict[tuple[HeaderLine, ...], tuple[bytes, bytes]] = {}

    def decide(self, data: bytes, default_headers: list[HeaderLine], *, is_encrypted: bool) -> bytes | Arrival:
        """The answer to a request that is refused, or the arrival of another one.

        `data` are bytes that have arrived when no request was being read, and `default_headers` are those that the
        server adds to each answer.
        """
        now = self.admission.now()
        request = plain_request(data)
        if request is None:
            return Arrival(now)
        priority = self._priority(request)
        if priority is None or not self.admission.refuses_unread(priority, now):
            return Arrival(now, priority)
        begin, rest = self._answers.get(request.lines) or self._new_answer(request.lines, is_encrypted=is_encrypted)
        if default_headers is not self._default_headers:  # The server makes new ones every second.
            self._default_headers = default_headers
            self._default_lines = b"".join([b"%b: %b\r\n" % line for line in default_headers])
        request_id = self._path.ids.id_for("").encode()
        return b"".join([begin, self._default_lines, rest.replace(PLACEHOLDER, request_id)])

    def _priority(self, request: PlainRequest) -> Priority | None:
        if request.is_read:
            return priority_unread(None, is_read=True, has_credentials=request.has_credentials)
        body = look_at(request.body)
        # Only one field may look like the hash, because a variable may have the same name.
        if body.hash_fields != 1 or not body.words.isdisjoint(READ_BESIDE_HASH):
            return priority_of(body, has_credentials=request.has_credentials)
        by_hash = HASH.search(request.body)
        return None if by_hash is None else self._path.priority_of(by_hash[1].decode())

    def _new_answer(self, lines: tuple[HeaderLine, ...], *, is_encrypted: bool) -> tuple[bytes, bytes]:
        headers = RequestHeaders(list(lines))
        # A client that claims to be encrypted gets a header that has no effect without encryption.
        is_encrypted = is_encrypted or "https" in headers.get(b"x-forwarded-proto")
        reply = self._path.refusal(headers, PLACEHOLDER.decode(), is_encrypted=is_encrypted)
        rest = b"".join([*(b"%b: %b\r\n" % line for line in reply.headers), b"\r\n", reply.body])
        if len(self._answers) >= MOST_ANSWERS:
            self._answers.clear()
        self._answers[lines] = answer = STATUS_LINE[reply.status], rest
        return answer
