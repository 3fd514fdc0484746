"""Reads the body of an answer, and counts its bytes while it is decompressed.

A few bytes can decompress to gigabytes, so each step decompresses at most `STEP_BYTES`.
"""

import zlib
from collections.abc import AsyncIterator, Iterator

import httpx

from gateway.errors import UpstreamInvalidResponse

MAX_ANSWER_BYTES = 2 * 1024 * 1024
"""Maximum size in bytes of the body of an answer, after decompression."""

STEP_BYTES = 64 * 1024

GZIP = 16 + zlib.MAX_WBITS
"""Parameter of zlib for the format of gzip."""

ACCEPTED = "gzip"
"""The only content encoding that the gateway requests and accepts."""


async def read_body(response: httpx.Response) -> bytes:
    """The decompressed body. Raises `UpstreamInvalidResponse` if it is too large, incomplete or in another encoding."""
    chunks, size = [], 0
    try:
        async for chunk in _decompressed(response):
            size += len(chunk)
            if size > MAX_ANSWER_BYTES:
                raise UpstreamInvalidResponse(detail="too large")
            chunks.append(chunk)
    except zlib.error as error:
        raise UpstreamInvalidResponse(detail="content encoding") from error
    finally:
        await response.aclose()
    return b"".join(chunks)


async def _decompressed(response: httpx.Response) -> AsyncIterator[bytes]:
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding in ("identity", ""):
        async for chunk in response.aiter_raw():
            yield chunk
        return
    if encoding != ACCEPTED:
        raise UpstreamInvalidResponse(detail="content encoding")
    decompressor = zlib.decompressobj(GZIP)
    is_empty = True
    async for chunk in response.aiter_raw():
        is_empty = is_empty and not chunk
        for part in _steps(decompressor, chunk):
            yield part
    # An answer without a body, such as 204, may have the header.
    if not decompressor.eof and not is_empty:
        raise UpstreamInvalidResponse(detail="content encoding")


def _steps(decompressor: "zlib._Decompress", chunk: bytes) -> Iterator[bytes]:
    while chunk and not decompressor.eof:
        yield decompressor.decompress(chunk, STEP_BYTES)
        chunk = decompressor.unconsumed_tail
