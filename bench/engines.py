"""What does one read of a cart cost with each HTTP client? `python -m bench.engines`

Measures the CPU time of this process for one upstream GET of 10 KB, and for the whole read of a cart with its decoding,
with the gateway's own connections and with the clients that could replace them.

A server in another process answers each request with the same cart. Eight requests are under way at any time. The
rounds of the clients are interleaved, and each figure is the median of its rounds. Clients that are not installed are
left out: `pip install httpx-aiohttp pyreqwest` adds two. Each answer is compared with what the server sent.
"""

import asyncio
import multiprocessing
import os
import platform
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from functools import partial
from importlib import import_module
from multiprocessing.connection import Connection
from typing import cast

import httpx
import uvloop

from gateway.upstream.client import Upstream
from gateway.upstream.endpoints.paths import CART
from gateway.upstream.exchange import Request, base_url
from gateway.upstream.retrying_calls import Calls
from gateway.upstream.transport import HttpxSender, Network
from sandbox.app import create_app as create_sandbox
from sandbox.model.world import World
from tests.support.shop import (
    POLES,
    STOVE,
    Clock,
    InMemoryTransport,
    Shopper,
    Storefront,
    gateway,
    settings_for,
)

AT_ONCE = 8
ROUNDS = 9
READS = 40
"""Reads of each of the eight in one round."""

TOKEN = "t" * 400

HEADERS = {"Accept": "application/json", "Authorization": f"Bearer {TOKEN}"}

BODY_BYTES = 10 * 1024

Read = Callable[[], Awaitable[object]]


class Answering(asyncio.Protocol):
    """Answers each request with the same bytes, without reading it."""

    def __init__(self, answer: bytes) -> None:
        self._answer = answer

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._transport.write(self._answer * data.count(b"\r\n\r\n"))


def serve(cart: bytes, connection: Connection) -> None:
    """Answer until the process is ended. Sends the port."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n" % len(cart)
    other = b"Date: Fri, 27 Nov 2026 12:00:00 GMT\r\nX-DR-RequestId: 1ea0af30-e890-4b74-9c49-6c838f4092c5\r\n\r\n"

    async def main() -> None:
        server = await asyncio.get_running_loop().create_server(lambda: Answering(head + other + cart), "127.0.0.1", 0)
        connection.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    uvloop.run(main())


async def sandbox_cart() -> bytes:
    """A cart of three lines, as the sandbox sends it, with blanks up to 10 KB."""
    world = World()
    network = InMemoryTransport(create_sandbox(world))
    async with (
        gateway(world, network, Clock()) as storefront,
        httpx.AsyncClient(transport=network, base_url="http://sandbox") as sandbox,
    ):
        shopper = Shopper(Storefront(storefront.http), sandbox, world)
        await shopper.fill_cart()
        for product in (POLES, STOVE):
            await shopper.storefront.add(product)
        await shopper.pay_with()
        token = next(token for token, grant in world.tokens.items() if grant.shopper.cart)
        answer = await sandbox.get(f"{CART}?expand=all", headers={"Authorization": f"Bearer {token}"})
        return answer.content.ljust(BODY_BYTES)


def gateway_reads(url: str, stack: AsyncExitStack) -> dict[str, Read]:
    """Reads with the gateway's own connections, alone, and with its retries, deadline and limits."""
    network = Network()
    stack.push_async_callback(network.aclose)
    site = base_url(url)
    request = Request("GET", site.origin, site.target(CART, "expand=all"), tuple(HEADERS.items()))

    async def read() -> bytes:
        return (await network.exchange(request, 30)).body

    reads: dict[str, Read] = {"own connections, alone": read}
    for name, sender in (("own connections", network), ("own connections, over httpx", HttpxSender(network))):
        calls = Calls(sender, settings_for(World(), upstream_url=url))
        reads[name] = partial(calls.read, CART, TOKEN, {"expand": "all"})
        reads[f"{name}, decoded"] = partial(Upstream(calls).cart.active_cart, TOKEN)
    return reads


def aiohttp_read(url: str, stack: AsyncExitStack) -> Read:
    import aiohttp

    session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), cookie_jar=aiohttp.DummyCookieJar())
    stack.push_async_callback(session.close)

    async def read() -> bytes:
        async with session.get(url, headers=HEADERS) as response:
            return await response.read()

    return read


def httpx_aiohttp_read(url: str, stack: AsyncExitStack) -> Read:
    return httpx_read(url, stack, transport=import_module("httpx_aiohttp").AiohttpTransport())


def pyreqwest_read(url: str, _stack: AsyncExitStack) -> Read:
    client = import_module("pyreqwest.client").ClientBuilder().build()

    async def read() -> bytes:
        request = client.get(url)
        for name, value in HEADERS.items():
            request = request.header(name, value)
        return bytes(await (await request.build().send()).bytes())

    return read


def httpx_read(url: str, stack: AsyncExitStack, transport: httpx.AsyncBaseTransport | None = None) -> Read:
    client = httpx.AsyncClient(timeout=30, transport=transport)
    stack.push_async_callback(client.aclose)

    async def read() -> bytes:
        return (await client.get(url, headers=HEADERS)).content

    return read


OTHERS: dict[str, Callable[[str, AsyncExitStack], Read]] = {
    "aiohttp": aiohttp_read,
    "httpx over aiohttp": httpx_aiohttp_read,
    "pyreqwest": pyreqwest_read,
    "httpx": httpx_read,
}


async def cpu_us(read: Read) -> float:
    """CPU time of one read in this process, in microseconds."""

    async def repeat() -> None:
        for _ in range(READS):
            await read()

    began_s = time.process_time()
    await asyncio.gather(*(repeat() for _ in range(AT_ONCE)))
    return (time.process_time() - began_s) / (AT_ONCE * READS) * 1e6


async def main(cart: bytes, url: str) -> None:
    async with AsyncExitStack() as stack:
        await measure(cart, url, stack)


async def measure(cart: bytes, url: str, stack: AsyncExitStack) -> None:
    reads = gateway_reads(url, stack)
    for name, build in OTHERS.items():
        try:
            reads[name] = build(f"{url}{CART}?expand=all", stack)
        except ImportError:
            print(f"{name} is not installed")
    for name, read in reads.items():
        answer = await read()
        assert not isinstance(answer, bytes) or answer == cart, name
        await cpu_us(read)
    rounds: dict[str, list[float]] = {name: [] for name in reads}
    for _ in range(ROUNDS):
        for name, read in reads.items():
            rounds[name].append(await cpu_us(read))
    print(f"{'':44}{'CPU us':>8}{'range':>16}")
    for name, values in sorted(rounds.items(), key=lambda row: statistics.median(row[1])):
        print(f"{name:44}{statistics.median(values):8.0f}{min(values):9.0f} to {max(values):.0f}")


if __name__ == "__main__":
    print((__doc__ or "").partition("\n")[0])
    load = os.getloadavg()[0]
    print(f"{BODY_BYTES} bytes of body, {len(TOKEN)} of token, {AT_ONCE} requests at once")
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, load of the machine {load:.1f}")
    cart = uvloop.run(sandbox_cart())
    own, other = multiprocessing.Pipe()
    server = multiprocessing.Process(target=serve, args=(cart, other), daemon=True)
    server.start()
    uvloop.run(main(cart, f"http://127.0.0.1:{own.recv()}"))
    server.terminate()
    sys.exit()
