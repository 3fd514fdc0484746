"""A server that is stopped announces it, and ends all connections, also those that it has just accepted."""

import asyncio
import logging
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from gateway.http.server import Server
from sandbox.model.world import World
from tests.support.raw_http import BODY, LIVE, PATIENT, POST, connect, exchange, rest, statuses
from tests.support.recorded_log import lines_with, recorded_log
from tests.support.shop import InMemoryTransport, app_for, eventually, settings_for

READY = b"GET /health/ready HTTP/1.1\r\nHost: gateway\r\n\r\n"

ORDERS = READY.replace(b"ready", b"orders")

QUERY = POST + b"Content-Length: %d\r\n\r\n" % len(BODY) + BODY


@asynccontextmanager
async def serving(
    world: World, network: InMemoryTransport, **changes: Any
) -> AsyncIterator[tuple[Server, asyncio.Task[None], str]]:
    """A server that has started, its task, and its URL."""
    settings = settings_for(world, port=0, **changes)
    server = Server(app_for(settings, network), settings, PATIENT)
    task = asyncio.create_task(server._serve())
    await eventually(lambda: server.started)
    try:
        yield server, task, f"http://127.0.0.1:{server.port}"
    finally:
        server.should_exit = True
        await task


@pytest.mark.parametrize("fast_lane", [True, False], ids=["fast lane", "application"])
async def test_stop_is_announced_and_requests_are_answered_meanwhile(
    world: World, network: InMemoryTransport, *, fast_lane: bool
) -> None:
    async with serving(world, network, drain_s=600, fast_lane=fast_lane) as (server, _, url):
        reader, writer = await connect(url)
        for request in (READY, QUERY):
            writer.write(request)
            assert b"connection: close" not in (await reader.readuntil(b"\r\n\r\n")).lower()
            await reader.read(65_536)
        server.handle_exit(signal.SIGTERM, None)
        await eventually(lambda: server._draining.has_begun)
        writer.write(QUERY)
        last = await rest((reader, writer))
        assert statuses(last) == [200], "a connection that was open is closed after one more answer"
        assert b"connection: close" in last.lower()
        for request, status in ((READY, 503), (QUERY, 200), (LIVE + b"\r\n", 200)):
            answer = await exchange(url, request)
            assert statuses(answer) == [status]
            assert b"connection: close" in answer.lower()
        assert b"DRAINING" in await exchange(url, ORDERS)


async def test_port_closes_when_the_stop_was_announced(world: World, network: InMemoryTransport) -> None:
    async with serving(world, network) as (server, task, url):
        idle = await connect(url)
        server.handle_exit(signal.SIGTERM, None)
        await task
        assert await rest(idle) == b""
        with pytest.raises(ConnectionRefusedError):
            await connect(url)


@pytest.mark.parametrize("fast_lane", [True, False], ids=["fast lane", "application"])
@pytest.mark.parametrize("sent", [QUERY[:-1], POST + b"Content-Length: 9\r\n\r\n", QUERY[:40], b""])
async def test_half_sent_request_does_not_hold_a_stop(
    world: World, network: InMemoryTransport, sent: bytes, *, fast_lane: bool
) -> None:
    async with serving(world, network, fast_lane=fast_lane) as (server, task, url):
        connection = await connect(url)
        connection[1].write(sent)
        assert statuses(await exchange(url, LIVE + b"Connection: close\r\n\r\n")) == [200]
        server.handle_exit(signal.SIGTERM, None)
        await task
        answer = await rest(connection)
        assert statuses(answer) == ([503] if sent.startswith(POST) else [])
        assert (b"nothing was executed" in answer) == sent.startswith(POST)


async def test_last_log_line_says_how_long_the_stop_took(world: World, network: InMemoryTransport) -> None:
    with recorded_log(logging.INFO) as log:
        async with serving(world, network) as (server, task, _):
            server.handle_exit(signal.SIGTERM, None)
            await task
    (stopping,) = lines_with(log, event="stopping")
    (stopped,) = lines_with(log, event="stopped")
    assert stopping["reason"] == "the port closes in 0 s"
    assert 0 < stopped["duration_ms"] < 60_000
    own = [line for line in lines_with(log) if line["logger"].startswith("gateway")]
    assert own[-1] == stopped


async def test_stop_without_a_signal_is_logged_too(world: World, network: InMemoryTransport) -> None:
    with recorded_log(logging.INFO) as log:
        async with serving(world, network):
            pass
    assert [line["event"] for line in lines_with(log) if line["event"].startswith("stop")] == ["stopping", "stopped"]


class StoppedServer(Server):
    """A server that accepts a connection, and is stopped before it has a protocol."""

    client: socket.socket

    async def on_tick(self, _counter: int) -> bool:
        assert self._listener is not None
        self.client = socket.create_connection(("127.0.0.1", self.port))
        self.client.setblocking(False)
        self._accept(self._listener)
        return True


async def test_stop_ends_a_connection_that_was_just_accepted(world: World, network: InMemoryTransport) -> None:
    settings = settings_for(world, port=0)
    server = StoppedServer(app_for(settings, network), settings, PATIENT)
    await server._serve()
    assert await asyncio.get_running_loop().sock_recv(server.client, 1) == b""
    server.client.close()
