"""Sends bytes to a server as they are, also such that no HTTP client would send."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

from gateway.http.connections import ConnectionLimits
from gateway.http.server import Server
from sandbox.model.world import World
from tests.support.shop import InMemoryTransport, app_for, eventually, settings_for

NEVER_S = 3600

PATIENT = ConnectionLimits(head_s=NEVER_S, body_s=NEVER_S, answer_s=NEVER_S)
"""The limits of the gateway, without those of time."""

LIVE = b"GET /health/live HTTP/1.1\r\nHost: gateway\r\n"

QUERY = b"/graphql?query=%7Bstorefront%7Blocales%7D%7D"

BODY = b'{"query":"{storefront{locales}}"}'

POST = b"POST /graphql HTTP/1.1\r\nHost: gateway\r\nContent-Type: application/json\r\n"

STATUS = re.compile(rb"HTTP/1\.1 (\d{3}) ")

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@asynccontextmanager
async def served(
    world: World, network: InMemoryTransport, limits: ConnectionLimits = PATIENT, **changes: Any
) -> AsyncIterator[str]:
    """Serve a gateway with these limits and settings, and yield its URL."""
    async with served_by(world, network, limits, **changes) as server:
        yield url_of(server)


@asynccontextmanager
async def served_by(
    world: World, network: InMemoryTransport, limits: ConnectionLimits = PATIENT, **changes: Any
) -> AsyncIterator[Server]:
    """The same, and yield the server."""
    settings = settings_for(world, port=0, **changes)
    server = Server(app_for(settings, network), settings, limits)
    # Unlike `serve`, `_serve` installs no signal handlers: signals must reach the test runner.
    serving = asyncio.create_task(server._serve())
    await eventually(lambda: server.started)
    try:
        yield server
    finally:
        server.should_exit = True
        await serving


def url_of(server: Server) -> str:
    return f"http://127.0.0.1:{server.port}"


async def connect(url: str) -> Connection:
    parts = urlsplit(url)
    return await asyncio.open_connection(parts.hostname, parts.port)


async def exchange(url: str, sent: bytes) -> bytes:
    """Everything that the server sends before it closes the connection."""
    connection = await connect(url)
    connection[1].write(sent)
    return await rest(connection)


async def rest(connection: Connection) -> bytes:
    reader, writer = connection
    received = b""
    try:
        while part := await reader.read(65_536):
            received += part
    except ConnectionResetError:
        pass
    writer.close()
    return received


def statuses(received: bytes) -> list[int]:
    return [int(status) for status in STATUS.findall(received)]
