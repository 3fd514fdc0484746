"""Bodies of answers: they are decompressed within limits, and an answer that says when decides whether to ask again."""

import gzip
import tracemalloc
import zlib
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from gateway.errors import UpstreamInvalidResponse, UpstreamRefusal, UpstreamUnavailable
from gateway.upstream.body import MAX_ANSWER_BYTES
from gateway.upstream.retrying_calls import Calls, Pauses, Repeat, Retries
from sandbox.model.world import World
from tests.support.shop import settings_for
from tests.upstream.test_connections import Server, calls_to
from tests.upstream.test_connections import server as server

BOMB = gzip.compress(bytes(200 * 1024 * 1024))


def encoded(body: bytes, encoding: str, status: str = "200 OK") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Encoding: {encoding}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


@pytest.mark.parametrize("encoding", ["gzip", "GZIP", " gzip"])
@pytest.mark.parametrize("body", [b"{}", b"x" * MAX_ANSWER_BYTES], ids=["short", "as long as allowed"])
async def test_compressed_answer_is_read(server: Server, world: World, encoding: str, body: bytes) -> None:
    server.answer = encoded(gzip.compress(body), encoding)
    async with calls_to(server, world) as calls:
        assert await calls.read("/", "token", {}) == body


async def test_answer_without_a_body_may_name_an_encoding(server: Server, world: World) -> None:
    server.answer = encoded(b"", "gzip")
    async with calls_to(server, world) as calls:
        assert await calls.read("/", "token", {}) == b""


UNREADABLE = {
    "two encodings": encoded(gzip.compress(gzip.compress(b"{}")), "gzip, gzip"),
    "an encoding that was not asked for": encoded(zlib.compress(b"{}"), "deflate"),
    "a bomb": encoded(BOMB, "gzip"),
    "a bomb in two encodings": encoded(gzip.compress(BOMB), "gzip, gzip"),
    "half of the bytes": encoded(gzip.compress(bytes(range(256)) * 99)[:200], "gzip"),
    "no gzip": encoded(b"{}", "gzip"),
    "more than the limit": encoded(gzip.compress(b"x" * (MAX_ANSWER_BYTES + 1)), "gzip"),
    "a bomb with an error": encoded(BOMB, "gzip", "500 Internal Server Error"),
}


@pytest.mark.parametrize("answer", UNREADABLE.values(), ids=UNREADABLE.keys())
async def test_unreadable_answer_is_invalid_and_takes_little_memory(
    server: Server, world: World, answer: bytes
) -> None:
    server.answer = answer
    async with calls_to(server, world) as calls:
        tracemalloc.start()
        try:
            with pytest.raises(UpstreamInvalidResponse):
                await calls.read("/", "token", {})
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert peak < 10 * 1024 * 1024


def pause_after(failure: Exception, repeat: Repeat = Repeat.READ) -> bool | float:
    return Pauses(repeat, wait_s=0.1, deadline_at=float("inf"))(failure)


async def failure_of(
    server: Server, world: World, status: str, retry_after: str
) -> UpstreamUnavailable | UpstreamRefusal:
    server.answer = f"HTTP/1.1 {status}\r\nRetry-After: {retry_after}\r\nContent-Length: 2\r\n\r\n{{}}".encode()
    async with calls_to(server, world) as calls:
        with pytest.raises((UpstreamUnavailable, UpstreamRefusal)) as caught:
            await Calls(calls.http, settings_for(world, upstream_url=server.url), Retries(read_attempts=1)).read(
                "/", "token", {}
            )
    failure = caught.value
    assert isinstance(failure, UpstreamUnavailable | UpstreamRefusal)
    return failure


@pytest.mark.parametrize("status", ["503 Service Unavailable", "429 Too Many Requests"])
async def test_read_is_repeated_when_the_answer_says(server: Server, world: World, status: str) -> None:
    failure = await failure_of(server, world, status, "2")
    assert pause_after(failure) == 2
    assert pause_after(failure, Repeat.CHANGE) is False
    assert pause_after(failure, Repeat.NEVER) is False
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=4), usegmt=True)
    assert 0 < pause_after(await failure_of(server, world, status, soon)) <= 4


@pytest.mark.parametrize("status", ["503 Service Unavailable", "429 Too Many Requests"])
@pytest.mark.parametrize("retry_after", ["6", "3600", "Fri, 31 Dec 2100 23:59:59 GMT"])
async def test_read_is_not_repeated_before_the_answer_allows(
    server: Server, world: World, status: str, retry_after: str
) -> None:
    assert pause_after(await failure_of(server, world, status, retry_after)) is False


async def test_exceeded_quota_without_a_time_is_not_asked_again(server: Server, world: World) -> None:
    assert pause_after(await failure_of(server, world, "429 Too Many Requests", "soon")) is False
