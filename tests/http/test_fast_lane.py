"""Requests that pass the application by have the same answers as those that do not."""

import asyncio
import re

from sandbox.model.world import World
from tests.support.raw_http import BODY, connect, exchange, served, served_by, statuses, url_of
from tests.support.shop import CLIENT, ORIGIN, InMemoryTransport, eventually

LINES = "".join(f"{name}: {value}\r\n" for name, value in CLIENT.items())


def post(body: bytes, *lines: str, target: str = "/graphql", method: str = "POST") -> bytes:
    head = f"{method} {target} HTTP/1.1\r\nHost: gateway\r\nConnection: close\r\nContent-Length: {len(body)}\r\n"
    return (head + "".join(f"{line}\r\n" for line in lines)).encode() + b"\r\n" + body


JSON = "Content-Type: application/json"
BEARER = "Authorization: Bearer unknown"
START = b'{"query":"mutation{startSession(input:{}){session{level}errors{code}}}"}'

REQUESTS = {
    "public query": post(BODY, JSON),
    "modern media type": post(BODY, JSON, "Accept: application/graphql-response+json"),
    "unknown media type": post(BODY, JSON, "Accept: text/html"),
    "own request id": post(BODY, JSON, "X-Request-Id: mine"),
    "allowed origin": post(BODY, JSON, f"Origin: {ORIGIN}"),
    "other origin": post(BODY, JSON, "Origin: https://evil.example"),
    "preflight": post(b"", f"Origin: {ORIGIN}", "Access-Control-Request-Method: POST", method="OPTIONS"),
    "refused preflight": post(b"", f"Origin: {ORIGIN}", "Access-Control-Request-Method: PUT", method="OPTIONS"),
    "new cookie": post(START, JSON, *LINES.splitlines()),
    "ended session": post(b'{"query":"{cart{id}}"}', JSON, BEARER),
    "cookie without client header": post(BODY, JSON, "Cookie: __Host-rf_session=a"),
    "form": post(b"query=a", "Content-Type: application/x-www-form-urlencoded"),
    "no JSON": post(b"{", JSON),
    "no body": post(b"", JSON),
    "no such field": post(b'{"query":"{nothing}"}', JSON),
    "too large": post(b" " * 200_000, JSON),
    "other method": post(b"", method="PUT"),
    "TRACE": post(b"", method="TRACE"),
    "GET without query": post(b"", method="GET"),
    "HEAD": post(b"", method="HEAD"),
    "HTTP/1.0": post(BODY, JSON).replace(b"HTTP/1.1", b"HTTP/1.0"),
    "query in the URL": post(BODY, JSON, target="/graphql?query=%7Ba%7D"),
    "escaped path": post(BODY, JSON, target="/graph%71l"),
    "slash at the end": post(BODY, JSON, target="/graphql/"),
}

RANDOM = re.compile(rb"[0-9a-f]{32}|__Host-rf_session=[^;]*|(?<=date: )[^\r]*")
"""What differs from one answer to the next: request ids, session handles, the time."""


def comparable(received: bytes) -> tuple[list[bytes], bytes]:
    head, _, body = RANDOM.sub(b"", received).partition(b"\r\n\r\n")
    return sorted(head.split(b"\r\n")), body


async def test_answers_are_those_of_the_application(world: World, network: InMemoryTransport) -> None:
    async with served(world, network) as direct, served(world, network, fast_lane=False) as through_application:
        for name, request in REQUESTS.items():
            answers = [await exchange(url, request) for url in (direct, through_application)]
            assert len(statuses(answers[0])) == 1, name
            assert comparable(answers[0]) == comparable(answers[1]), name


async def test_client_is_asked_to_continue_before_it_sends_a_body(world: World, network: InMemoryTransport) -> None:
    head, _, body = post(BODY, JSON, "Expect: 100-continue").partition(b"\r\n\r\n")
    async with served(world, network) as url:
        reader, writer = await connect(url)
        writer.write(head + b"\r\n\r\n")
        assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        writer.write(body)
        assert statuses(await reader.read()) == [200]
        writer.close()


async def test_client_that_hangs_up_during_its_body_costs_nothing(world: World, network: InMemoryTransport) -> None:
    request = post(BODY, JSON)
    async with served_by(world, network) as server:
        state, held = server.server_state, server._protocol.held
        clients = [await connect(url_of(server)) for _ in range(3)]
        for _, writer in clients:
            writer.write(request[:-5])
        await eventually(lambda: held.total == 3 * (len(BODY) - 5))
        for _, writer in clients:
            writer.close()
        answers = await asyncio.gather(*(exchange(url_of(server), request) for _ in range(5)))
        assert [statuses(answer) for answer in answers] == [[200]] * 5
        await eventually(lambda: not state.connections and not state.tasks)
        assert (held.total, server._protocol.waiting) == (0, {})
