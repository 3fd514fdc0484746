"""A gateway that listens on `::` is reached over IPv6 and over IPv4."""

import asyncio
import http.client

import pytest

from gateway.http.server import listening_socket
from sandbox.model.world import World
from tests.http.test_server_stop import serving
from tests.support.shop import InMemoryTransport, settings_for


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
async def test_gateway_on_all_addresses_serves_both_families(
    world: World, network: InMemoryTransport, host: str
) -> None:
    proxies = {"trusted_proxies": ("10.0.0.0/8",), "development": False}
    async with serving(world, network, host="::", **proxies) as (server, _, _):
        assert await asyncio.to_thread(status, host, server.port) == 200


def status(host: str, port: int) -> int:
    connection = http.client.HTTPConnection(host, port, timeout=10)
    try:
        connection.request("GET", "/health/live")
        return connection.getresponse().status
    finally:
        connection.close()


def test_port_in_use_ends_the_start_without_a_traceback(world: World, caplog: pytest.LogCaptureFixture) -> None:
    settings = settings_for(world, host="::", port=0, trusted_proxies=("10.0.0.0/8",), development=False)
    first = listening_socket(settings)
    with pytest.raises(SystemExit):
        listening_socket(settings.model_copy(update={"port": first.getsockname()[1]}))
    first.close()
    assert "in use" in caplog.text
