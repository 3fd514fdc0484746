"""How long connections to Digital River are kept, what ends them, and what a request over one of them looks like."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.errors import UpstreamNotReached, UpstreamTimeout, UpstreamUnavailable
from gateway.upstream.retrying_calls import Calls, Pauses, Repeat, Retries, encoded_query
from sandbox.model.world import World
from tests.support.shop import eventually
from tests.support.upstream_ways import Way
from tests.upstream.test_connections import Server, answer, in_progress
from tests.upstream.test_connections import anyio_backend as anyio_backend
from tests.upstream.test_connections import calls_to as calls_to
from tests.upstream.test_connections import server as server


@asynccontextmanager
async def calls_with(server: Server, world: World, **options: Any) -> AsyncIterator[Calls]:
    """Calls over connections with these options."""
    async with calls_to(server, world, options=server.way.options._replace(**options)) as calls:
        yield calls


async def read_at_once(server: Server, calls: Calls, count: int) -> None:
    """Read over so many connections at the same time."""
    server.held.add("/slow")
    async with in_progress(*(calls.read("/slow", "token", {}) for _ in range(count))) as reads:
        await eventually(lambda: len(server.heads) == count)
        for writer in server.connections:
            writer.write(answer('"/slow"'))
        await asyncio.gather(*reads)


async def test_idle_connections_are_ended(server: Server, world: World) -> None:
    async with calls_with(server, world, idle_s=0.02) as calls:
        await read_at_once(server, calls, 3)
        await eventually(lambda: server.ended == {0, 1, 2})
        await calls.read("/next", "token", {})
    assert server.last_request["/next"] == 3


async def test_number_of_idle_connections_is_limited(server: Server, world: World) -> None:
    async with calls_with(server, world, max_idle=2) as calls:
        await read_at_once(server, calls, 5)
        await eventually(lambda: len(server.ended) == 3)


async def test_cancelled_request_ends_its_connection(server: Server, world: World) -> None:
    server.held.add("/slow")
    async with calls_to(server, world) as calls:
        await calls.read("/first", "token", {})
        async with in_progress(calls.read("/slow", "token", {})):
            await eventually(lambda: "/slow" in server.last_request)
        await eventually(lambda: server.ended == {0})
        assert await calls.read("/next", "token", {}) == b'"/next"'


async def test_request_without_an_answer_in_time_ends_its_connection(server: Server, world: World) -> None:
    server.held.add("/slow")
    async with calls_to(server, world) as calls:
        await calls.read("/first", "token", {})
        with pytest.raises(UpstreamTimeout):
            await calls.within(0.05).read("/slow", "token", {})
        await eventually(lambda: server.ended == {0})
        assert await calls.read("/next", "token", {}) == b'"/next"'


async def test_connection_is_not_used_again_if_the_server_closes_it(server: Server, world: World) -> None:
    server.answer = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}"
    async with calls_to(server, world) as calls:
        for _ in range(3):
            await calls.read("/x", "token", {})
    assert len(server.connections) == 3


async def test_closing_ends_idle_and_busy_connections(server: Server, world: World) -> None:
    server.held.add("/slow")
    async with calls_to(server, world) as calls:
        async with in_progress(calls.read("/slow", "token", {})) as (slow,):
            await eventually(lambda: "/slow" in server.last_request)
            await calls.read("/idle", "token", {})
            await calls.http.aclose()
            with pytest.raises(UpstreamUnavailable):
                await slow
            with pytest.raises(UpstreamNotReached):
                await calls.read("/late", "token", {})
        await eventually(lambda: server.ended >= {0, 1})
    assert "/late" not in server.last_request


async def test_read_on_an_ended_connection_is_repeated(server: Server, world: World) -> None:
    server.closes_reused = True
    async with calls_to(server, world) as calls:
        twice = replace(calls, retries=Retries(read_attempts=2, first_wait_s=0))
        for path in ("/first", "/second", "/third"):
            assert await twice.read(path, "token", {}) == f'"{path}"'.encode()
    assert len(server.connections) == 3


@pytest.mark.parametrize("server", [Way.DIRECT, Way.OVER_TLS], indirect=True)  # httpx has no error for this
async def test_read_on_an_ended_connection_is_repeated_at_once(server: Server, world: World) -> None:
    server.closes_reused = True
    async with calls_to(server, world) as calls:
        await calls.read("/first", "token", {})
        with pytest.raises(UpstreamUnavailable) as caught:
            await calls.read("/second", "token", {})
    assert Pauses(Repeat.READ, 3600, float("inf"))(caught.value) == 0


async def test_change_on_an_ended_connection_is_not_repeated(server: Server, world: World) -> None:
    server.closes_reused = True
    async with calls_to(server, world) as calls:
        await calls.read("/first", "token", {})
        with pytest.raises(UpstreamUnavailable) as caught:
            await calls.change("POST", "/second", "token")
    assert caught.value.was_sent
    assert len(server.heads) == 2
    assert Pauses(Repeat.CHANGE, 0, float("inf"))(caught.value) is False


async def test_request_has_exactly_these_headers(server: Server, world: World) -> None:
    async with calls_to(server, world) as calls:
        await calls.read("/a/b", "token", {"expand": "all", "keyword": "a b&c=ü"})
        await calls.change("POST", "/c", "token", json={"d": 1})
        await calls.send("DELETE", "/e", token="token", repeat=Repeat.NEVER)
    host = server.url.rpartition("/")[2]
    own = f"Host: {host}\r\nUser-Agent: riverfront\r\nAccept-Encoding: gzip"
    read, change, submission = server.heads
    names = {"accept": "Accept", "authorization": "Authorization", "content-type": "Content-Type"}
    for lower, upper in names.items():  # httpx sends names in lower case.
        read, change = read.replace(f"\n{lower}:", f"\n{upper}:"), change.replace(f"\n{lower}:", f"\n{upper}:")
    assert read == (
        "GET /a/b?expand=all&keyword=a+b%26c%3D%C3%BC HTTP/1.1\r\n"
        f"{own}\r\nAccept: application/json\r\nAuthorization: Bearer token\r\n\r\n"
    )
    assert change == (
        f"POST /c HTTP/1.1\r\n{own}\r\nAccept: application/json\r\nAuthorization: Bearer token\r\n"
        "Content-Type: application/json\r\nContent-Length: 7\r\n\r\n"
    )
    assert submission.endswith("\r\nConnection: close\r\n\r\n")


@pytest.mark.parametrize(
    ("method", "json", "length"),
    [
        ("GET", None, None),
        ("DELETE", None, None),
        ("DELETE", {"d": 1}, "7"),
        ("POST", None, "0"),
        ("POST", {"d": 1}, "7"),
        ("PUT", None, "0"),
        ("PATCH", None, "0"),
    ],
)
async def test_request_states_the_length_of_its_body(
    server: Server, world: World, method: str, json: object, length: str | None
) -> None:
    async with calls_to(server, world) as calls:
        await calls.send(method, "/a", token="token", json=json, repeat=Repeat.NEVER)
    (head,) = server.heads
    assert re.findall(r"content-length: *(\S+)", head, re.IGNORECASE) == ([] if length is None else [length])


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(["expand", "keyword", "sessionId"]), st.text()))
def test_query_is_encoded_as_python_does(params: dict[str, str]) -> None:
    assert encoded_query(params) == urlencode(params)


TOKENS = ["a\r\nX: y", "a\nX: y", "a\rb", "a\0b", "a\x85b", "ü", "\u2028", "a\x0bb", "\ud800"]


@pytest.mark.parametrize("token", TOKENS, ids=ascii)
async def test_token_that_is_no_header_value_is_not_sent(server: Server, world: World, token: str) -> None:
    async with calls_to(server, world) as calls:
        with pytest.raises(UpstreamNotReached) as caught:
            await calls.send("POST", "/x", token=token, repeat=Repeat.NEVER)
        assert "X: y" not in str(caught.value)
        await calls.read("/next", "token", {})
    assert server.last_request.keys() == {"/next"}


async def test_base_url_may_have_a_path_and_a_query(server: Server, world: World) -> None:
    async with calls_to(server, world) as calls:
        for base, target in (
            (f"{server.url}/ledger/?site=1", "/ledger?site=1&reference=a%2Fb"),
            (f"{server.url}/ledger", "/ledger?reference=a%2Fb"),
            (f"{server.url}/", "/?reference=a%2Fb"),
        ):
            body = await calls.send("GET", "", token="token", params={"reference": "a/b"}, base=base)
            assert body == f'"{target}"'.encode()
