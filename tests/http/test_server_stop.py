"""A server that is stopped ends all connections, also those that it has just accepted."""

import asyncio
import socket

from gateway.http.server import Server
from sandbox.model.world import World
from tests.support.raw_http import PATIENT
from tests.support.shop import InMemoryTransport, app_for, settings_for


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
