"""A relay between a store and its server, which delays, holds back or cuts off answers."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.support.valkey import Valkey


class StoreRelay:
    """Counts the connections that were opened, and the chunks of bytes that the server has sent in answer."""

    def __init__(self, valkey: Valkey, folder: str) -> None:
        self._valkey = valkey
        self._socket = Path(folder) / "socket"
        self._writers: set[asyncio.StreamWriter] = set()
        self.connections = 0
        self.answers = 0
        self.delay_s = 0.0
        """Time by which each answer is delayed, in seconds."""
        self.open = asyncio.Event()
        self.open.set()
        self.swallows: Callable[[int], bool] = lambda _connection: False
        """Whether answers on the connection with this number are lost, as if the server's host were gone."""

        self.rewrites: Callable[[bytes], bytes] = lambda data: data
        """Changes the bytes of answers."""

    @property
    def url(self) -> str:
        return f"unix://{self._socket}"

    def cut(self) -> None:
        """Close all connections, as a server does that stops."""
        for writer in self._writers:
            writer.transport.abort()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        number = self.connections
        server_reader, server_writer = await asyncio.open_unix_connection(self._valkey.url.removeprefix("unix://"))
        self._writers |= {writer, server_writer}

        async def answer() -> None:
            while data := await server_reader.read(1 << 20):
                await asyncio.sleep(self.delay_s)
                await self.open.wait()
                self.answers += 1
                if not self.swallows(number):
                    writer.write(self.rewrites(data))

        answering = asyncio.create_task(answer())
        try:
            while data := await reader.read(1 << 20):
                server_writer.write(data)
        except ConnectionError:
            pass
        finally:
            answering.cancel()
            await asyncio.wait({answering})
            for closing in (writer, server_writer):
                closing.close()
            self._writers -= {writer, server_writer}

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        server = await asyncio.start_unix_server(self.serve, self._socket)
        try:
            yield
        finally:
            self.cut()
            server.close()
            await server.wait_closed()


@asynccontextmanager
async def relay_to(valkey: Valkey) -> AsyncIterator[StoreRelay]:
    with TemporaryDirectory(prefix="relay-") as folder:
        relay = StoreRelay(valkey, folder)
        async with relay.listening():
            yield relay
