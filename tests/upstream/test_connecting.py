"""New connections to Digital River: the certificate of the server, the addresses of its host, and their time limit."""

import asyncio
import contextlib
import gc
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any

import pytest

from gateway.errors import UpstreamNotReached
from gateway.upstream.connections.connecting import CONNECT_TIMEOUT_S, Address, ConnectionOptions
from gateway.upstream.retrying_calls import Calls, Repeat, Retries
from gateway.upstream.transport import Network
from sandbox.model.world import World
from tests.support.certificates import DAY, Authority
from tests.support.shop import settings_for
from tests.support.upstream_ways import BUSY_S, Way, authority
from tests.upstream.test_connections import Server
from tests.upstream.test_connections import anyio_backend as anyio_backend

OVER_TLS = Way.OVER_TLS.options


@asynccontextmanager
async def listening(tls: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> AsyncIterator[tuple[Server, int]]:
    """A server and its port."""
    server = Server()
    serving = await asyncio.start_server(server.serve, host, 0, ssl=tls)
    yield server, serving.sockets[0].getsockname()[1]
    serving.close()
    await server.end()


@asynccontextmanager
async def calls_to(url: str, world: World, options: ConnectionOptions) -> AsyncIterator[Calls]:
    async with aclosing(Network(options=options)) as http:
        yield Calls(http, settings_for(world, upstream_url=url), Retries(read_attempts=1))


async def read(url: str, world: World, options: ConnectionOptions) -> bytes:
    async with calls_to(url, world, options) as calls:
        return await calls.read("/x", "token", {})


async def test_server_receives_its_name_and_its_certificate_is_accepted(world: World) -> None:
    names, tls = list[str | None](), authority().server("localhost")
    tls.sni_callback = lambda _object, name, _context: names.append(name)
    async with (
        listening(tls) as (server, port),
        calls_to(f"https://localhost:{port}", world, OVER_TLS) as calls,
    ):
        for path in ("/a", "/b"):
            assert await calls.read(path, "token", {}) == f'"{path}"'.encode()
    assert names == ["localhost"]
    assert len(server.connections) == 1


CERTIFICATES: dict[str, Any] = {
    "another host": lambda: authority().server("shop.example"),
    "another address": lambda: authority().server("127.0.0.2"),
    "another authority": lambda: Authority().server("localhost"),
    "expired": lambda: authority().server("localhost", ends_in=-DAY / 2),
    "no TLS": lambda: None,
}


@pytest.mark.parametrize("certificate", CERTIFICATES)
async def test_nothing_is_sent_to_a_server_without_a_valid_certificate(world: World, certificate: str) -> None:
    # A server without TLS waits for the end of a request.
    options = OVER_TLS if certificate != "no TLS" else OVER_TLS._replace(timeout_s=0.5)
    async with listening(CERTIFICATES[certificate]()) as (server, port):
        with pytest.raises(UpstreamNotReached):
            async with calls_to(f"https://localhost:{port}", world, options) as calls:
                await calls.send("POST", "/submit-cart", token="token", repeat=Repeat.NEVER)
    assert server.last_request == {}


async def test_certificates_of_the_system_are_trusted_by_default(world: World) -> None:
    async with listening(authority().localhost) as (_, port):
        with pytest.raises(UpstreamNotReached):
            await read(f"https://localhost:{port}", world, ConnectionOptions(BUSY_S))


@pytest.mark.parametrize("tls", [False, True])
async def test_ipv6_address_is_reached(world: World, tls: bool) -> None:
    try:
        async with listening(authority().localhost if tls else None, host="::1") as (_, port):
            way = Way.OVER_TLS if tls else Way.DIRECT
            assert await read(f"{way.scheme}://[::1]:{port}", world, way.options) == b'"/x"'
    except OSError:
        pytest.skip("this machine has no IPv6")


async def test_proxy_variables_are_ignored(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    async with listening() as (_, port):
        assert await read(f"http://127.0.0.1:{port}", world, ConnectionOptions(BUSY_S)) == b'"/x"'


class Directory:
    """Looks up hosts. `hosts`: the addresses that it returns."""

    def __init__(self, *hosts: str) -> None:
        self.hosts = hosts
        self.look_ups = 0

    async def __call__(self, _host: str, port: int) -> list[Address]:
        self.look_ups += 1
        return [(socket.AF_INET, (host, port)) for host in self.hosts]


async def test_addresses_are_tried_in_turn_and_looked_up_once(world: World) -> None:
    directory = Directory("127.0.0.9", "127.0.0.8", "127.0.0.1")
    async with (
        listening() as (server, port),
        calls_to(f"http://digital.river:{port}", world, ConnectionOptions(BUSY_S, look_up=directory)) as calls,
    ):
        for path in ("/a", "/b", "/c"):
            assert await calls.send("POST", path, token="token", repeat=Repeat.NEVER)
    assert len(server.connections) == 3
    assert directory.look_ups == 1


async def test_addresses_are_looked_up_again_if_none_answers(world: World) -> None:
    directory = Directory("127.0.0.9")
    async with (
        listening() as (_, port),
        calls_to(f"http://digital.river:{port}", world, ConnectionOptions(BUSY_S, look_up=directory)) as calls,
    ):
        with pytest.raises(UpstreamNotReached):
            await calls.read("/a", "token", {})
        directory.hosts = ("127.0.0.1",)
        assert await calls.read("/b", "token", {}) == b'"/b"'


async def test_unknown_host_is_not_reached(world: World) -> None:
    async def unknown(_host: str, _port: int) -> list[Address]:
        raise socket.gaierror("not known")

    for look_up in (unknown, Directory()):
        with pytest.raises(UpstreamNotReached):
            await read("http://digital.river", world, ConnectionOptions(BUSY_S, look_up=look_up))


@contextlib.contextmanager
def silent() -> Any:
    """A port that answers no attempt to connect: its queue is full."""
    with socket.socket() as listener, contextlib.ExitStack() as stack:
        listener.bind(("127.0.0.2", 0))
        listener.listen(0)
        for _ in range(8):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]


async def test_silent_address_leaves_time_for_the_next_one(world: World) -> None:
    with silent() as port:
        server = Server()
        async with await asyncio.start_server(server.serve, "127.0.0.1", port):
            directory = Directory("127.0.0.2", "127.0.0.1")
            options = ConnectionOptions(1, look_up=directory)
            assert await read(f"http://digital.river:{port}", world, options) == b'"/x"'
        await server.end()


async def test_server_that_is_silent_is_not_reached_in_time(world: World) -> None:
    """The handshake gets no answer. Warnings about sockets that were not closed fail the test."""
    silence = asyncio.Event()

    async def be_silent(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await silence.wait()
        writer.close()

    serving = await asyncio.start_server(be_silent, "127.0.0.1", 0)
    port = serving.sockets[0].getsockname()[1]
    options = ConnectionOptions(0.05, tls=authority().client())
    with pytest.raises(UpstreamNotReached):
        await read(f"https://127.0.0.1:{port}", world, options)
    silence.set()
    serving.close()
    await asyncio.sleep(0)
    gc.collect()


async def test_request_cancelled_while_connecting_leaves_others_alone(world: World) -> None:
    async with (
        listening(authority().localhost) as (_, port),
        calls_to(f"https://127.0.0.1:{port}", world, OVER_TLS) as calls,
    ):

        def ask() -> "asyncio.Task[bytes]":
            return asyncio.create_task(calls.send("GET", "/x", token="token", repeat=Repeat.NEVER))

        for steps in range(15):
            cancelled = ask()
            for _ in range(steps):
                await asyncio.sleep(0)
            cancelled.cancel()
            assert set(await asyncio.gather(ask(), ask(), ask())) == {b'"/x"'}


def test_time_for_a_connection_is_one_second() -> None:
    assert ConnectionOptions().timeout_s == CONNECT_TIMEOUT_S == 1
