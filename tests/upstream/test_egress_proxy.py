"""Digital River can be reached through a proxy, and with certificates of an own authority."""

import asyncio
import base64
import ssl
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from gateway.errors import NoWayOut, UpstreamNotReached, UpstreamRefusal
from gateway.upstream import transport
from gateway.upstream.retrying_calls import Calls, Repeat, Retries
from sandbox.app import create_app as create_sandbox
from sandbox.model.world import World
from tests.support.certificates import Authority
from tests.support.shop import listening, settings_for
from tests.support.upstream_ways import authority

USER, PASSWORD = "gateway", "canary-of-proxy"


class ConnectProxy:
    """An HTTP proxy that leads to any server. `refusal`: the status with which it refuses instead."""

    def __init__(self) -> None:
        self.heads: list[str] = []
        self.refusal = ""
        self._open: list[asyncio.StreamWriter] = []

    def end_connections(self) -> None:
        for writer in self._open:
            writer.close()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.append(writer)
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        self.heads.append(head)
        if self.refusal:
            writer.write(f"HTTP/1.1 {self.refusal}\r\n\r\n".encode())
            writer.close()
            return
        host, _, port = head.split(" ")[1].rpartition(":")
        server_reader, server_writer = await asyncio.open_connection(host, int(port))
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await asyncio.gather(forward(reader, server_writer), forward(server_reader, writer))


async def forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(1 << 16):
            writer.write(data)
    except ConnectionError:
        pass
    finally:
        writer.close()


@asynccontextmanager
async def proxy() -> AsyncIterator[tuple[ConnectProxy, str]]:
    """A proxy, and its URL with user and password."""
    connect_proxy = ConnectProxy()
    server = await asyncio.start_server(connect_proxy.serve, "127.0.0.1", 0)
    yield connect_proxy, f"http://{USER}:{PASSWORD}@127.0.0.1:{server.sockets[0].getsockname()[1]}"
    server.close()


@asynccontextmanager
async def calls(world: World, tls: ssl.SSLContext | None, **changes: Any) -> AsyncIterator[Calls]:
    """Calls to a sandbox, as the settings want it to be reached."""
    async with listening(create_sandbox(world), lifespan="off", tls=tls) as url:
        settings = settings_for(world, upstream_url=url.replace("127.0.0.1", "localhost"), **changes)
        async with aclosing(transport.Network(options=transport.connection_options(settings))) as network:
            yield Calls(network, settings, Retries(read_attempts=1))


@pytest.fixture
def ca(tmp_path: Path) -> str:
    path = tmp_path / "ca.pem"
    path.write_text(authority().pem)
    return str(path)


async def guest_token(through: Calls) -> bytes:
    return await through.send("POST", "/oauth20/token", form={"grant_type": "password"})


async def test_certificates_of_an_own_authority_are_trusted(world: World, ca: str) -> None:
    async with calls(world, authority().localhost, upstream_ca=ca) as through:
        assert b"access_token" in await guest_token(through)


async def test_wrong_certificate_is_named_in_the_error(world: World, ca: str) -> None:
    async with calls(world, Authority().localhost, upstream_ca=ca) as through:
        with pytest.raises(UpstreamNotReached) as raised:
            await guest_token(through)
    assert raised.value.detail.startswith("certificate: ")


async def test_call_through_a_proxy_is_encrypted_for_digital_river(world: World, ca: str) -> None:
    async with (
        proxy() as (connect_proxy, url),
        calls(world, authority().localhost, upstream_ca=ca, upstream_proxy=url) as through,
    ):
        assert b"access_token" in await guest_token(through)
        assert b"access_token" in await guest_token(through)
    (head,) = connect_proxy.heads
    assert head.startswith("CONNECT localhost:")
    assert base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode() in head


async def test_certificate_is_verified_behind_a_proxy(world: World, ca: str) -> None:
    async with (
        proxy() as (_, url),
        calls(world, Authority().localhost, upstream_ca=ca, upstream_proxy=url) as through,
    ):
        with pytest.raises(UpstreamNotReached):
            await through.send("POST", "/submit-cart", token="token", repeat=Repeat.NEVER)
    assert world.calls.count() == 0


@pytest.mark.parametrize("refusal", ["407 Proxy Authentication Required", "403 Forbidden", "502 Bad Gateway"])
async def test_refusal_of_a_proxy_says_that_nothing_was_sent(world: World, ca: str, refusal: str) -> None:
    async with proxy() as (connect_proxy, url):
        connect_proxy.refusal = refusal
        async with calls(world, authority().localhost, upstream_ca=ca, upstream_proxy=url) as through:
            with pytest.raises(UpstreamNotReached) as raised:
                await guest_token(through)
    assert raised.value.detail == f"proxy: {refusal[:3]}"
    assert isinstance(raised.value, NoWayOut) is (refusal[:3] != "502"), "with 502, Digital River may be down"
    assert PASSWORD not in str(raised.value)


async def test_proxy_that_does_not_run_is_named(world: World, ca: str) -> None:
    async with calls(world, authority().localhost, upstream_ca=ca, upstream_proxy="http://127.0.0.1:9") as through:
        with pytest.raises(UpstreamNotReached) as raised:
            await guest_token(through)
    assert raised.value.detail == "proxy: ProxyConnectionError"


async def test_ledger_of_the_merchant_is_reached_without_the_proxy(world: World, ca: str) -> None:
    async with proxy() as (connect_proxy, url), listening(create_sandbox(world), lifespan="off") as merchant:
        ledger = {"ledger_url": f"{merchant}/_ledger/balance"}
        changes = {"upstream_ca": ca, "upstream_proxy": url} | ledger
        async with calls(world, authority().localhost, **changes) as through:
            key = through.settings.ledger_key.get_secret_value()
            with pytest.raises(UpstreamRefusal):
                await through.send("GET", "", token=key, params={"reference": "0"}, base=through.settings.ledger_url)
    assert connect_proxy.heads == []
