"""Answers that a proxy between the gateway and Digital River could make, and a server that sends them."""

import asyncio
import contextlib
import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from starlette.types import ASGIApp

from gateway.upstream.transport import Network
from tests.support.shop import SUBMIT, InMemoryTransport
from tests.support.upstream_ways import Way

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"

LENGTH = b"Content-Length: 2\r\n"

CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"

GZIP = b"Content-Encoding: gzip\r\n"

HEAD_OF_STREAM = b"HTTP/1.1 200 OK\r\n\r\n"
"""Head of an answer whose body ends with the connection."""

BOMB = gzip.compress(bytes(200 * 1024 * 1024))


def with_length(head: bytes, body: bytes) -> bytes:
    return head + b"Content-Length: %d\r\n\r\n" % len(body) + body


READABLE: dict[str, bytes] = {
    "HTTP/1.0": b"HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n{}",
    "HTTP/1.0 with a length": b"HTTP/1.0 200 OK\r\n" + LENGTH + b"Connection: keep-alive\r\n\r\n{}",
    "until the end of the connection": HEAD_OF_STREAM + b"{}",
    "100 before the answer": b"HTTP/1.1 100 Continue\r\n\r\n" + OK + LENGTH + b"\r\n{}",
    "103 before the answer": b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 3 + OK + LENGTH + b"\r\n{}",
    "a header twice": OK + b"Content-Type: text/html\r\nDate: x\r\nDate: y\r\n" + LENGTH + b"\r\n{}",
    "chunk extensions and trailers": CHUNKED + b"2;a=b;c\r\n{}\r\n0\r\nExpires: x\r\n\r\n",
    "stray bytes after the answer": OK + LENGTH + b"\r\n{}HTTP/1.1 200 OK\r\n\r\nstray",
    "stray bytes after gzip": with_length(OK + GZIP, gzip.compress(b"{}") + b"stray"),
    "no reason": b"HTTP/1.1 200\r\n" + LENGTH + b"\r\n{}",
    "an empty body": OK + b"Content-Length: 0\r\n\r\n",
    "204": b"HTTP/1.1 204 No Content\r\n\r\n",
    "206": b"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-1/9\r\n" + LENGTH + b"\r\n{}",
    "204 with an encoding and a length": b"HTTP/1.1 204 No Content\r\n" + GZIP + b"Content-Length: 9\r\n\r\n",
    "two encodings of transfer": OK + b"Transfer-Encoding: chunked, gzip\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    "2 MB of numbers": with_length(OK, b"[1" + b",1" * 1_000_000 + b"]"),
    "2 MB of lists": with_length(OK, b"[" * 2_000_000),
    "a page of the proxy": with_length(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n", b"<html>Sign in</html>"),
}
"""Answers with a readable head and body. The body is seldom what Digital River sends."""

UNREADABLE: dict[str, bytes] = {
    "101": b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n{}",
    "304": b"HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n",
    "a redirect": b"HTTP/1.1 307 Temporary Redirect\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n",
    "a redirect to nowhere": b"HTTP/1.1 308 Permanent Redirect\r\nLocation: http://[/\r\nContent-Length: 0\r\n\r\n",
    "a length twice": OK + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
    "two lengths": OK + b"Content-Length: 2\r\nContent-Length: 1\r\n\r\n{}",
    "two lengths in one": OK + b"Content-Length: 2, 2\r\n\r\n{}",
    "a negative length": OK + b"Content-Length: -2\r\n\r\n{}",
    "a huge length": OK + b"Content-Length: " + b"9" * 40 + b"\r\n\r\n{}",
    "a length and chunks": OK + LENGTH + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    "cut off": OK + b"Content-Length: 9\r\n\r\n{}",
    "cut off in a chunk": CHUNKED + b"9\r\n{}",
    "cut off before the last chunk": CHUNKED + b"2\r\n{}\r\n",
    "stray bytes after the last chunk": CHUNKED + b"2\r\n{}\r\n0\r\n\r\nstray",
    "cut off in the head": OK + b"Content-Len",
    "a chunk that is no number": CHUNKED + b"0x2\r\n{}\r\n0\r\n\r\n",
    "a huge chunk": CHUNKED + b"f" * 17 + b"\r\n{}\r\n0\r\n\r\n",
    "a chunk without an end": CHUNKED + b"2\r\n{}xx0\r\n\r\n",
    "a header with a blank": OK + b"Content-Length : 2\r\n\r\n{}",
    "a header without a colon": OK + b"no colon\r\n" + LENGTH + b"\r\n{}",
    "a header with a zero byte": OK + b"X: \x00\r\n" + LENGTH + b"\r\n{}",
    "a large header": OK + b"X: " + b"x" * 1_000_000 + b"\r\n" + LENGTH + b"\r\n{}",
    "many headers": OK + b"X: x\r\n" * 200_000 + LENGTH + b"\r\n{}",
    "another protocol": b"SSH-2.0-OpenSSH_9.6\r\n",
    "HTTP/2": b"\x00\x00\x12\x04\x00\x00\x00\x00\x00" + b"\x00" * 18,
    "HTTP/9": b"HTTP/9.9 200 OK\r\n" + LENGTH + b"\r\n{}",
    "a status of four digits": b"HTTP/1.1 2000 OK\r\n" + LENGTH + b"\r\n{}",
    "nothing": b"",
    "gzip twice": with_length(OK + b"Content-Encoding: gzip, gzip\r\n", gzip.compress(gzip.compress(b"{}"))),
    "gzip in two lines": with_length(OK + GZIP + GZIP, gzip.compress(gzip.compress(b"{}"))),
    "gzip twice around a bomb": with_length(OK + b"Content-Encoding: gzip, gzip\r\n", gzip.compress(BOMB)),
    "a bomb": with_length(OK + GZIP, BOMB),
    "a bomb in chunks": OK
    + GZIP
    + b"Transfer-Encoding: chunked\r\n\r\n"
    + b"%x\r\n" % len(BOMB)
    + BOMB
    + b"\r\n0\r\n\r\n",
    "a bomb with status 502": with_length(b"HTTP/1.1 502 Bad Gateway\r\n" + GZIP, BOMB),
    "cut off gzip": with_length(OK + GZIP, gzip.compress(bytes(range(256)) * 9)[:-9]),
    "gzip that is none": OK + GZIP + LENGTH + b"\r\n{}",
    "another encoding": OK + b"Content-Encoding: br\r\n" + LENGTH + b"\r\n{}",
    "30 MB": with_length(OK, b" " * 30_000_000),
    "30 MB in small chunks": CHUNKED + b"40\r\n" + (b" " * 64 + b"\r\n40\r\n") * 400_000 + b"0\r\n\r\n",
    "30 MB until the end of the connection": HEAD_OF_STREAM + b" " * 30_000_000,
    "a page with status 502": with_length(b"HTTP/1.1 502 Bad Gateway\r\n", b"<html>" + b"x" * 100_000),
}
"""Answers that the HTTP client refuses: each is one error."""

ANSWERS = READABLE | UNREADABLE


@asynccontextmanager
async def answering(answer: bytes, way: Way = Way.DIRECT) -> AsyncIterator[str]:
    """A server that answers one request on each connection with these bytes and then closes it. Yields its URL."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            await reader.readuntil(b"\r\n\r\n")
            # In parts, so that the server is not what blocks the event loop.
            for start in range(0, len(answer), 65_536):
                writer.write(answer[start : start + 65_536])
                await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=way.server_tls)
    async with server:
        yield f"{way.scheme}://127.0.0.1:{server.sockets[0].getsockname()[1]}"


class Middlebox(InMemoryTransport):
    """Sends requests to the sandbox. Once `answer` is set, the sandbox receives submit-cart too, but the gateway gets
    these bytes over a socket instead of the sandbox's answer."""

    answer: bytes | None = None

    def __init__(self, app: ASGIApp) -> None:
        super().__init__(app)
        self._network = Network()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await super().handle_async_request(request)
        if self.answer is None or (request.method, request.url.path) != ("POST", SUBMIT):
            return response
        await response.aread()
        async with answering(self.answer) as url:
            return await self._network.handle_async_request(
                httpx.Request("POST", url, content=b"", extensions=request.extensions)
            )

    async def aclose(self) -> None:
        await self._network.aclose()
