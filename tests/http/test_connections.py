"""Whatever a client does, its connection ends, can be closed for another one, and holds no more than is counted."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from bench.replicas.environment import free_port
from gateway.http.connections import Phase
from gateway.http.protocol import LimitedProtocol
from gateway.http.server import Server
from gateway.http.start_queue import BEGUN_IN_A_TURN
from sandbox.model.world import World
from tests.support.otlp_receiver import collector
from tests.support.raw_http import (
    BODY,
    LIVE,
    PATIENT,
    POST,
    QUERY,
    Connection,
    connect,
    exchange,
    rest,
    served,
    served_by,
    statuses,
    url_of,
)
from tests.support.recorded_log import lines_with, recorded_log
from tests.support.shop import InMemoryTransport, eventually

SHORT_S = 0.05

PRODUCTS = "/v1/shoppers/me/products"

GRAPH = b'{"query":"{__schema{types{description fields{name description args{name description}}}}}"}'
"""A request whose answer is long, and is written at once."""

SEARCH = b'{"query":"{products(first:1){totalCount}}"}'

LAST = b"Connection: close\r\n\r\n"

EARLY = {
    "media type": (POST.replace(b"application/json", b"text/plain"), 415),
    "accepted type": (POST + b"Accept: text/html\r\n", 406),
    "method": (POST.replace(b"POST", b"PUT"), 405),
    "path": (POST.replace(b"/graphql", b"/nothing"), 404),
}
"""Requests that are answered before their bodies arrive."""


@pytest.fixture(params=[True, False], ids=["fast lane", "application"])
def fast_lane(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


def only_connection(server: Server) -> LimitedProtocol:
    (connection,) = server.server_state.connections
    assert isinstance(connection, LimitedProtocol)
    return connection


def with_length(head: bytes, body: bytes, *lines: bytes) -> bytes:
    return b"".join([head, *lines, b"Content-Length: %d\r\n\r\n" % len(body), body])


async def answered_early(url: str, head: bytes, status: int, length: int = 1) -> Connection:
    """A connection whose client has read its answer, and has not sent the body."""
    connection = await connect(url)
    connection[1].write(head + b"Content-Length: %d\r\n\r\n" % length)
    assert f" {status} ".encode() in await connection[0].readuntil(b"\r\n\r\n")
    return connection


@pytest.mark.parametrize(("head", "status"), EARLY.values(), ids=EARLY)
async def test_early_answer_leaves_no_connection_without_a_time_limit(
    world: World, network: InMemoryTransport, *, fast_lane: bool, head: bytes, status: int
) -> None:
    async with served(world, network, replace(PATIENT, idle_s=SHORT_S), fast_lane=fast_lane) as url:
        connection = await answered_early(url, head, status)
        connection[1].write(b"x")
        assert statuses(await rest(connection)) == []


async def test_connections_with_early_answers_make_room(
    world: World, network: InMemoryTransport, *, fast_lane: bool
) -> None:
    async with served(world, network, replace(PATIENT, connections=2), fast_lane=fast_lane) as url:
        connections = [await answered_early(url, *EARLY["media type"]) for _ in range(2)]
        for _, writer in connections:
            writer.write(b"x")
        assert statuses(await exchange(url, LIVE + LAST)) == [200]
        await rest(connections[0])
        connections[1][1].close()


async def test_connections_with_early_answers_leave_metrics_readable(world: World, network: InMemoryTransport) -> None:
    port = free_port()
    async with served(world, network, metrics_port=port):
        url = f"http://127.0.0.1:{port}"
        connections = [await answered_early(url, POST, 404) for _ in range(16)]
        for _, writer in connections:
            writer.write(b"x")
        assert statuses(await exchange(url, b"GET /metrics HTTP/1.1\r\nHost: a\r\n" + LAST)) == [200]
        for _, writer in connections:
            writer.close()


async def test_body_that_is_thrown_away_ends_no_other(
    world: World, network: InMemoryTransport, *, fast_lane: bool
) -> None:
    async with served_by(world, network, replace(PATIENT, held_bytes=10_000), fast_lane=fast_lane) as server:
        honest = await connect(url_of(server))
        honest[1].write(with_length(POST, b" " * 100 + BODY, LAST[:-2])[: -len(BODY)])
        await eventually(lambda: server._protocol.held.total == 100)
        other = await answered_early(url_of(server), *EARLY["media type"], length=20_000)
        other[1].write(b" " * 20_000 + LIVE + LAST)
        assert statuses(await rest(other)) == [200]
        assert server._protocol.held.total == 100
        honest[1].write(BODY)
        assert statuses(await rest(honest)) == [200]


async def test_body_that_was_held_is_released_by_an_early_answer(
    world: World, network: InMemoryTransport, *, fast_lane: bool
) -> None:
    async with served_by(world, network, fast_lane=fast_lane, body_limit_bytes=1_000) as server:
        reader, writer = await connect(url_of(server))
        writer.write(POST + b"Content-Length: 9000\r\n\r\n" + b" " * 500)
        await eventually(lambda: server._protocol.held.total == 500)
        writer.write(b" " * 1_000)
        assert b" 413 " in await reader.readuntil(b"\r\n\r\n")
        await eventually(lambda: server._protocol.held.total == 0)
        writer.close()


@asynccontextmanager
async def full_queue(
    world: World, network: InMemoryTransport, *, fast_lane: bool, held_bytes: int = PATIENT.held_bytes
) -> AsyncIterator[tuple[Server, Callable[[], None]]]:
    """A server in which requests wait in the queue until the test begins them."""
    limits = replace(PATIENT, held_bytes=held_bytes)
    async with served_by(world, network, limits, fast_lane=fast_lane) as server:
        queue, loop = server._protocol.start_queue, asyncio.get_running_loop()
        queue._left, queue._turn_comes = 0, True
        yield server, lambda: queue._turn(loop)


async def test_bodies_that_wait_in_the_queue_count(
    world: World, network: InMemoryTransport, *, fast_lane: bool
) -> None:
    async with full_queue(world, network, fast_lane=fast_lane, held_bytes=10_000) as (server, begin):
        held = server._protocol.held
        request = with_length(POST, b" " * (4_000 - len(BODY)) + BODY, LAST[:-2])
        connections = []
        for number in (1, 2):
            connections.append(await connect(url_of(server)))
            connections[-1][1].write(request)
            await eventually(lambda number=number: held.total == 4_000 * number)  # type: ignore[misc]  # mypy infers no default
        assert await exchange(url_of(server), request) == b""
        begin()
        assert held.total == 0
        assert [statuses(await rest(connection)) for connection in connections] == [[200], [200]]


@pytest.mark.parametrize("number", [1, 3])
async def test_request_of_a_closed_connection_leaves_the_queue(
    world: World, network: InMemoryTransport, *, fast_lane: bool, number: int
) -> None:
    async with full_queue(world, network, fast_lane=fast_lane) as (server, begin):
        queue, held, state = server._protocol.start_queue, server._protocol.held, server.server_state
        _, writer = await connect(url_of(server))
        writer.write(with_length(POST, SEARCH) * number)
        await eventually(lambda: held.total == number * len(SEARCH))
        assert len(queue._waiting) == 1
        connection = only_connection(server)
        # The server reads no more while requests of the connection wait, so it would not notice the end of a stream.
        connection.transport.abort()
        await eventually(lambda: not state.connections)
        assert (len(queue._waiting), len(connection.pipeline), held.total) == (0, 0, 0)
        writer.close()
        begin()
        assert (queue._left, state.tasks) == (BEGUN_IN_A_TURN, set())


async def test_request_whose_client_has_gone_sends_no_answer(
    world: World, network: InMemoryTransport, caplog: pytest.LogCaptureFixture, *, fast_lane: bool
) -> None:
    network.gates[PRODUCTS] = gate = asyncio.Event()
    async with served_by(world, network, fast_lane=fast_lane) as server:
        state = server.server_state
        _, writer = await connect(url_of(server))
        writer.write(with_length(POST, SEARCH) + with_length(POST, BODY))
        await network.arrived[PRODUCTS].wait()
        only_connection(server).transport.abort()
        await eventually(lambda: not state.connections)
        writer.close()
        gate.set()
        await eventually(lambda: not state.tasks)
        assert state.total_requests == 0, "no request has its answer"
    assert [record.message for record in caplog.records if record.levelno >= logging.ERROR] == []


async def test_next_request_of_a_connection_has_its_own_context(
    world: World, network: InMemoryTransport, *, fast_lane: bool
) -> None:
    network.gates[PRODUCTS] = gate = asyncio.Event()
    traced, untraced = (b"traceparent: 00-%032x-%016x-0%d\r\n" % (7, 7, flag) for flag in (1, 0))
    async with collector() as spans:
        proxied: dict[str, Any] = {
            "traces_url": spans.url,
            "trusted_proxies": ("127.0.0.1",),
            "traces_from_proxies": True,
        }
        with recorded_log() as log:
            async with served(world, network, fast_lane=fast_lane, traces_share=0, **proxied) as url:
                both = with_length(POST, SEARCH, traced) + with_length(POST, SEARCH, untraced, LAST[:-2])
                exchanging = asyncio.create_task(exchange(url, both))
                await network.arrived[PRODUCTS].wait()
                gate.set()
                assert statuses(await exchanging) == [200, 200]
        first, second = lines_with(log, event="request answered", route="/graphql")
    assert first["trace_id"] == f"{7:032x}"
    assert "trace_id" not in second
    assert len(spans.roots()) == len({span.trace_id for span in spans.spans}) - 1 == 0


async def test_refusal_after_an_answer_has_the_context_of_neither(
    world: World, network: InMemoryTransport, *, fast_lane: bool
) -> None:
    traced = b"traceparent: 00-%032x-%016x-01\r\n" % (7, 7)
    async with collector() as spans:
        proxied: dict[str, Any] = {
            "traces_url": spans.url,
            "trusted_proxies": ("127.0.0.1",),
            "traces_from_proxies": True,
        }
        with recorded_log() as log:
            async with served(world, network, fast_lane=fast_lane, traces_share=0, **proxied) as url:
                reader, writer = await connect(url)
                # The body arrives later, so the request lets its connection read on.
                request = with_length(POST, BODY, traced, b"Expect: 100-continue\r\n")
                writer.write(request[: -len(BODY)])
                await reader.readuntil(b"100 Continue\r\n\r\n")
                writer.write(BODY)
                await reader.readuntil(b"\r\n\r\n")
                writer.write(b"BROKEN\r\n\r\n")
                assert statuses(await rest((reader, writer))) == [400]
        (refused,) = lines_with(log, event="request refused before it was read")
    assert "trace_id" not in refused


async def test_crash_is_answered_to_a_head_request_without_body(
    world: World, network: InMemoryTransport, *, fast_lane: bool
) -> None:
    async with served_by(world, network, fast_lane=fast_lane) as server:
        del server.config.app.state.graphql_path._endpoint  # type: ignore[union-attr]  # a Starlette
        received = await exchange(url_of(server), b"HEAD " + QUERY + b" HTTP/1.1\r\nHost: gateway\r\n" + LAST)
    assert statuses(received) == [500]
    assert received.endswith(b"\r\n\r\n")


async def test_malformed_request_ends_no_time_limit_of_an_answer(
    world: World, network: InMemoryTransport, *, fast_lane: bool
) -> None:
    async with (
        served_by(world, network, replace(PATIENT, answer_s=1), fast_lane=fast_lane) as server,
        lazy_client(server) as client,
    ):
        connection, loop = only_connection(server), asyncio.get_running_loop()
        for sent, has_arrived in (
            (with_length(POST, GRAPH), lambda: connection.flow.write_paused),
            (with_length(POST, BODY), lambda: not connection.cycle.response_complete),
            (b"BROKEN\r\n\r\n", lambda: connection._phase is Phase.IGNORED),
        ):
            await loop.sock_sendall(client, sent)
            await eventually(lambda has_arrived=has_arrived: has_arrived() or connection.transport.is_closing())  # type: ignore[misc]  # mypy infers no default
        await eventually(lambda: not server.server_state.connections)


@asynccontextmanager
async def lazy_client(server: Server) -> AsyncIterator[socket.socket]:
    """A client whose connection takes a few kilobytes until it reads."""
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(client, ("127.0.0.1", server.port))
        await eventually(lambda: bool(server.server_state.connections))
        sending = only_connection(server).transport.get_extra_info("socket")
        sending.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        yield client


async def test_client_that_stops_reading_its_last_answer_is_cut_off(
    world: World, network: InMemoryTransport, *, fast_lane: bool
) -> None:
    async with (
        served_by(world, network, replace(PATIENT, answer_s=1), fast_lane=fast_lane) as server,
        lazy_client(server) as client,
    ):
        transport, loop = only_connection(server).transport, asyncio.get_running_loop()
        await loop.sock_sendall(client, with_length(POST, GRAPH, LAST[:-2]))
        await eventually(transport.is_closing)
        while transport.get_write_buffer_size() > transport.get_write_buffer_limits()[0]:
            await loop.sock_recv(client, 1_000)
        assert transport.get_write_buffer_size() > 0
        await eventually(lambda: not server.server_state.connections)


async def test_request_that_cannot_begin_ends_its_connection(
    world: World, network: InMemoryTransport, caplog: pytest.LogCaptureFixture, *, fast_lane: bool
) -> None:
    async with full_queue(world, network, fast_lane=fast_lane) as (server, begin):
        connection = await connect(url_of(server))
        connection[1].write(with_length(POST, BODY))
        await eventually(lambda: len(server._protocol.start_queue._waiting) == 1)
        served_connection = only_connection(server)
        served_connection.loop = WithoutMemory()  # type: ignore[assignment]  # starts nothing
        with pytest.raises(MemoryError):
            begin()
        assert await rest(connection) == b""
        await eventually(lambda: not server.server_state.connections)
    assert [record.message for record in caplog.records if record.levelno >= logging.ERROR] == []


async def test_first_request_that_cannot_begin_ends_its_connection(
    world: World, network: InMemoryTransport, *, fast_lane: bool
) -> None:
    async with served_by(world, network, fast_lane=fast_lane) as server:
        connection = await connect(url_of(server))
        await eventually(lambda: bool(server.server_state.connections))
        only_connection(server).loop = WithoutMemory()  # type: ignore[assignment]  # starts nothing
        connection[1].write(with_length(POST, BODY))
        assert await rest(connection) == b""
        assert statuses(await exchange(url_of(server), with_length(POST, BODY, LAST[:-2]))) == [200]


class WithoutMemory:
    """An event loop that can start no task."""

    def create_task(self, steps: Coroutine[None, None, None], **_: object) -> None:
        steps.close()
        raise MemoryError
