"""The body of an answer. Its bytes are counted while it is decompressed.

A few bytes can decompress to gigabytes, so each step decompresses at most `STEP_BYTES`.
"""

import zlib

from gateway.errors import UpstreamInvalidResponse

MAX_ANSWER_BYTES = 2 * 1024 * 1024
"""Maximum size in bytes of the body of an answer, after decompression."""

STEP_BYTES = 64 * 1024

GZIP = 16 + zlib.MAX_WBITS
"""Parameter of zlib for the format of gzip."""

ACCEPTED = "gzip"
"""The only content encoding that the gateway requests and accepts."""


class Body:
    """Takes the chunks of a body as they arrive. Every method may raise `UpstreamInvalidResponse`: the body is too
    large, incomplete or in another encoding.

    `content_encoding` is the value of the header; None if the answer has no such header.
    """

    def __init__(self, content_encoding: str | None) -> None:
        encoding = (content_encoding or "identity").strip().lower()
        if encoding not in ("identity", "", ACCEPTED):
            raise UpstreamInvalidResponse(detail="content encoding")
        self._chunks: list[bytes] = []
        self._size = 0
        self._is_empty = True
        self._decompressor = zlib.decompressobj(GZIP) if encoding == ACCEPTED else None

    def add(self, chunk: bytes) -> None:
        if self._decompressor is None:
            self._keep(chunk)
        else:
            self._is_empty = self._is_empty and not chunk
            self._decompress(self._decompressor, chunk)

    def whole(self) -> bytes:
        """The decompressed body, after the last chunk."""
        # An answer without a body, such as 204, may have the header.
        if self._decompressor is not None and not self._decompressor.eof and not self._is_empty:
            raise UpstreamInvalidResponse(detail="content encoding")
        return self._chunks[0] if len(self._chunks) == 1 else b"".join(self._chunks)

    def _decompress(self, decompressor: "zlib._Decompress", chunk: bytes) -> None:
        try:
            while chunk and not decompressor.eof:
                self._keep(decompressor.decompress(chunk, STEP_BYTES))
                chunk = decompressor.unconsumed_tail
        except zlib.error as error:
            raise UpstreamInvalidResponse(detail="content encoding") from error

    def _keep(self, chunk: bytes) -> None:
        self._size += len(chunk)
        if self._size > MAX_ANSWER_BYTES:
            raise UpstreamInvalidResponse(detail="too large")
        self._chunks.append(chunk)
