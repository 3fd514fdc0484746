"""Each way in which a connection or an answer can break raises an upstream error, and says if the request was sent."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import httpx
import pytest

from gateway.errors import (
    UpstreamError,
    UpstreamInvalidResponse,
    UpstreamNotReached,
    UpstreamRefusal,
    UpstreamTimeout,
    UpstreamUnavailable,
)
from gateway.upstream import transport
from gateway.upstream.retrying_calls import Calls, Repeat
from sandbox.model.world import World
from tests.support.shop import settings_for
from tests.support.upstream_ways import Way

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def close(writer: asyncio.StreamWriter) -> None:
    writer.close()


def reset(writer: asyncio.StreamWriter) -> None:
    """Close the connection so that the client gets a reset."""
    connection: socket.socket = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.close()


def leave_open(writer: asyncio.StreamWriter) -> None:
    """Keep the connection open, so that only the bytes of the answer can cause the failure."""


End = Callable[[asyncio.StreamWriter], None]

BROKEN: dict[str, tuple[bytes, End, type[UpstreamError]]] = {
    "closed without an answer": (b"", close, UpstreamUnavailable),
    "reset without an answer": (b"", reset, UpstreamUnavailable),
    "not HTTP": (b"+OK ready\r\n\r\n", leave_open, UpstreamUnavailable),
    "a status that is no number": (b"HTTP/1.1 OK\r\n\r\n", leave_open, UpstreamUnavailable),
    "closed in the head": (HEAD, close, UpstreamUnavailable),
    "two lengths": (HEAD + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", leave_open, UpstreamUnavailable),
    "a length that is no number": (HEAD + b"Content-Length: two\r\n\r\n{}", leave_open, UpstreamUnavailable),
    "a head of 100 KB": (HEAD + b"X-Long: " + b"x" * 100_000 + b"\r\n\r\n", leave_open, UpstreamUnavailable),
    "closed in the body": (HEAD + b"Content-Length: 9\r\n\r\n{}", close, UpstreamUnavailable),
    "reset in the body": (HEAD + b"Content-Length: 9\r\n\r\n{}", reset, UpstreamUnavailable),
    "a broken chunk": (HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n", leave_open, UpstreamUnavailable),
    "closed between chunks": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n", close, UpstreamUnavailable),
    "not gzip": (HEAD + b"Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}", leave_open, UpstreamInvalidResponse),
    "a redirect": (b"HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n", close, UpstreamInvalidResponse),
}
"""Bytes that the server sends, what it does then, and the error that the gateway raises."""


@asynccontextmanager
async def server(sent: bytes, end: End, way: Way) -> AsyncIterator[str]:
    writers: list[asyncio.StreamWriter] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        await reader.readuntil(b"\r\n\r\n")
        writer.write(sent)
        await writer.drain()
        end(writer)

    listener = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=way.server_tls)
    yield f"{way.scheme}://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
    listener.close()
    for writer in writers:
        writer.transport.abort()
    await asyncio.sleep(0)


@asynccontextmanager
async def calls_to(url: str, world: World, way: Way) -> AsyncIterator[Calls]:
    async with way.sender() as http:
        yield Calls(http, settings_for(world, upstream_url=url, operation_deadline_s=20))


@pytest.mark.parametrize("way", Way)
@pytest.mark.parametrize(("sent", "end", "expected"), BROKEN.values(), ids=BROKEN)
async def test_broken_answer_raises_error_of_a_request_that_arrived(
    world: World, way: Way, sent: bytes, end: End, expected: type[UpstreamError]
) -> None:
    async with server(sent, end, way) as url, calls_to(url, world, way) as calls:
        with pytest.raises(UpstreamError) as caught:
            await calls.send("POST", "/submit-cart", token="token", repeat=Repeat.NEVER)
    assert type(caught.value) is expected
    assert caught.value.was_sent


@pytest.mark.parametrize("way", Way)
async def test_refused_connection_raises_error_of_a_request_not_sent(world: World, way: Way) -> None:
    async with server(b"", close, way) as url:
        pass
    async with calls_to(url, world, way) as calls:
        with pytest.raises(UpstreamNotReached) as caught:
            await calls.send("POST", "/submit-cart", token="token", repeat=Repeat.NEVER)
    assert not caught.value.was_sent


STATUSES: list[tuple[int, type[UpstreamError] | None]] = [
    (200, None),
    (299, None),
    (300, UpstreamInvalidResponse),
    (399, UpstreamInvalidResponse),
    (400, UpstreamRefusal),
    (499, UpstreamRefusal),
    (500, UpstreamUnavailable),
    (599, UpstreamUnavailable),
]


@pytest.mark.parametrize(("status", "expected"), STATUSES)
async def test_only_answers_from_200_to_299_are_successes(
    world: World, status: int, expected: type[UpstreamError] | None
) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(status, stream=httpx.ByteStream(b"{}"), request=request)

    async with transport.client(httpx.MockTransport(answer)) as http:
        sending = Calls(http, settings_for(world)).send("POST", "/submit-cart", token="token", repeat=Repeat.NEVER)
        if expected is None:
            assert await sending == b"{}"
        else:
            with pytest.raises(UpstreamError) as caught:
                await sending
            assert type(caught.value) is expected


ERRORS: list[tuple[type[Exception], type[UpstreamError]]] = [
    (httpx.ConnectError, UpstreamNotReached),
    (httpx.ConnectTimeout, UpstreamNotReached),
    (httpx.PoolTimeout, UpstreamNotReached),
    (httpx.ReadTimeout, UpstreamTimeout),
    (httpx.WriteTimeout, UpstreamTimeout),
    (TimeoutError, UpstreamTimeout),
    (httpx.ReadError, UpstreamUnavailable),
    (httpx.WriteError, UpstreamUnavailable),
    (httpx.RemoteProtocolError, UpstreamUnavailable),
    (httpx.DecodingError, UpstreamInvalidResponse),
]


@pytest.mark.parametrize("is_in_body", [False, True], ids=["before the answer", "in the body"])
@pytest.mark.parametrize(("error", "expected"), ERRORS)
async def test_error_of_httpx_says_whether_the_request_was_sent(
    world: World, error: type[Exception], expected: type[UpstreamError], is_in_body: bool
) -> None:
    class BrokenBody(httpx.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            yield b"{"
            raise error("broken")

    def answer(_request: httpx.Request) -> httpx.Response:
        if is_in_body:
            return httpx.Response(200, stream=BrokenBody())
        raise error("broken")

    async with transport.client(httpx.MockTransport(answer)) as http:
        with pytest.raises(UpstreamError) as caught:
            await Calls(http, settings_for(world)).send("POST", "/submit-cart", token="token", repeat=Repeat.NEVER)
    assert type(caught.value) is expected
