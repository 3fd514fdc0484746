"""Reads one HTTP/1.1 response from the bytes of a connection. httptools, the parser of the server, does the parsing."""

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from gateway.errors import UpstreamError, UpstreamUnavailable
from gateway.upstream.body import Body
from gateway.upstream.exchange import Response, joined_values

MAX_HEADERS = 128

MAX_HEAD_BYTES = 64 * 1024
"""Maximum size of the head and the trailers of a response, with all informational responses before it. Also of what may
be between two parts of a body."""


class ResponseReader:
    """Reads the response to one request. A new reader is used for each response, so no state can reach the next one.

    `has_body`: False if the response has no body whatever its headers say, since the request had the method HEAD.
    """

    def __init__(self, *, has_body: bool = True) -> None:
        self.is_complete = False
        self.has_begun = False
        """Whether a byte of the response has arrived."""
        self._has_body = has_body
        self._is_informational = False
        self._has_surplus = False
        self._ends_with_connection = False
        self._keeps_connection = False
        self._status = 0
        self._headers: list[tuple[bytes, bytes]] = []
        self._head_count = self._head_bytes = self._bytes_since_body = 0
        self._body: Body | None = None
        self._failure: UpstreamError | None = None
        # The parser holds this reader: the circle is broken in `end`.
        self._parser: HttpResponseParser | None = HttpResponseParser(self)

    @property
    def leaves_connection_usable(self) -> bool:
        """Whether the connection may be used for another request."""
        return self.is_complete and self._keeps_connection and not self._has_surplus

    def feed(self, data: bytes) -> bool:
        """Read more bytes. Returns whether the response is complete. Raises `UpstreamUnavailable` if they are not HTTP,
        and the errors of `Body`."""
        assert self._parser is not None  # noqa: S101 - nothing is read after the end
        self.has_begun = True
        self._bytes_since_body += len(data)
        try:
            self._parser.feed_data(data)
        except (HttpParserError, HttpParserUpgrade) as error:
            raise self._failure or UpstreamUnavailable(detail="not HTTP") from error
        if self._bytes_since_body > MAX_HEAD_BYTES and not self.is_complete:
            raise UpstreamUnavailable(detail="head too large")
        return self.is_complete

    def feed_end(self, error: Exception | None) -> None:
        """The connection has ended, with the error of the event loop, if any. Raises `UpstreamUnavailable` if the
        response is not complete."""
        if self.is_complete:
            return
        if error is not None or not self._ends_with_connection:
            raise UpstreamUnavailable(detail="connection lost") from error
        self.is_complete = True

    def end(self) -> None:
        """Nothing more is read."""
        self._parser = None

    def response(self) -> Response:
        """The complete response. Raises the errors of `Body`."""
        return Response(self._status, self._headers, self._body.whole() if self._body is not None else b"")

    # Called by httptools.

    def on_message_begin(self) -> None:
        self._has_surplus = self.is_complete

    def on_header(self, name: bytes, value: bytes) -> None:
        self._head_count += 1
        self._head_bytes += len(name) + len(value)
        if self._head_count > MAX_HEADERS or self._head_bytes > MAX_HEAD_BYTES:
            self._fail(UpstreamUnavailable(detail="head too large"))
        if self._body is None:
            self._headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        if self._has_surplus:
            return
        assert self._parser is not None  # noqa: S101 - the parser calls this
        self._status = self._parser.get_status_code()
        self._is_informational = 100 <= self._status < 200
        if self._status == 101:
            self._fail(UpstreamUnavailable(detail="another protocol"))
        if self._is_informational:
            self._headers = []
            return
        try:
            self._body = Body(joined_values(self._headers, b"content-encoding"))
        except UpstreamError as failure:
            self._fail(failure)
        self._ends_with_connection = self._is_delimited_by_end()
        if not self._has_body:
            self.is_complete = True

    def on_body(self, chunk: bytes) -> None:
        if self.is_complete or self._body is None:
            self._has_surplus = True
            return
        self._bytes_since_body = 0
        try:
            self._body.add(chunk)
        except UpstreamError as failure:
            self._fail(failure)

    def on_message_complete(self) -> None:
        if self._is_informational or self.is_complete:
            return
        assert self._parser is not None  # noqa: S101 - the parser calls this
        self.is_complete = True
        self._keeps_connection = self._parser.should_keep_alive()

    def _is_delimited_by_end(self) -> bool:
        """Whether only the end of the connection ends the body."""
        codings = joined_values(self._headers, b"transfer-encoding")
        if codings is not None:
            return codings.rpartition(",")[2].strip().lower() != "chunked"
        return joined_values(self._headers, b"content-length") is None

    def _fail(self, failure: UpstreamError) -> None:
        """Stop the parser. It replaces the error that a callback raises, so `feed` raises `failure` again."""
        self._failure = failure
        raise failure
