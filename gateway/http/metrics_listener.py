"""Answers Prometheus: `GET /metrics` on a port of its own, so that no client of the graph can read it.

The port has the limits of the main one, and few connections. The answer is made in a thread, once for all requests of
a second, so that requests of shoppers do not wait for it.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.types import Receive, Scope, Send
from uvicorn.server import ServerState

from gateway.http.connections import ConnectionLimits
from gateway.http.draining import Draining
from gateway.http.graphql_path import GraphQLPath
from gateway.http.protocol import limited
from gateway.metrics import process
from gateway.metrics.declaring import REGISTRY
from gateway.settings.settings import Settings
from gateway.version import VERSION

PATH = "/metrics"

LIMITS = ConnectionLimits(answer_s=5, connections=16, body_bytes=1024, body_parts=10)

LOOK_EVERY_S = 0.5

KEPT_S = 1
"""Time for which an answer is used again. More requests than this cost hardly any CPU time."""


class MetricsListener:
    """Answers on a listening `socket`. `connections` returns the number of connections of clients."""

    def __init__(self, settings: Settings, graphql_path: GraphQLPath, connections: Callable[[], int]) -> None:
        self._config = uvicorn.Config(
            self._answer,
            interface="asgi3",
            lifespan="off",
            log_config=None,
            server_header=False,
            reset_contextvars=True,
        )
        self._state = ServerState()
        self._protocol = limited(settings, LIMITS, graphql_path, Draining())
        # Prometheus knows the gateway by its address, and asks nothing of the graph.
        self._protocol.hosts = frozenset()
        self._protocol.graphql_path = self._protocol.unread_requests = None
        self._connections = connections
        self._server: asyncio.Server | None = None
        self._look: asyncio.TimerHandle | None = None
        self._making = asyncio.Lock()
        self._body = b""
        self._made_at = float("-inf")

    async def start(self, listener: Any) -> None:
        """Begin to answer. `listener` is a listening socket."""
        self._config.load()
        process.VERSION.allow([VERSION])
        process.INFO.labels(VERSION).set(1)
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: self._protocol(self._config, self._state, {}), sock=listener)
        self._look_later(loop)

    async def stop(self) -> None:
        if self._server is None or self._look is None:
            return
        self._look.cancel()
        self._server.close()
        for connection in list(self._state.connections):
            connection.shutdown()
        await asyncio.wait_for(self._server.wait_closed(), LIMITS.answer_s)

    async def _answer(self, scope: Scope, _receive: Receive, send: Send) -> None:
        is_found = scope["path"] == PATH and scope["method"] in ("GET", "HEAD")
        body = await self._current() if is_found else b"Not found.\n"
        headers = [(b"content-type", (CONTENT_TYPE_LATEST if is_found else "text/plain").encode())]
        headers.append((b"content-length", b"%d" % len(body)))
        await send({"type": "http.response.start", "status": 200 if is_found else 404, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _current(self) -> bytes:
        async with self._making:
            if time.monotonic() - self._made_at >= KEPT_S:
                process.TASKS.labels().set(len(asyncio.all_tasks()))
                process.CONNECTIONS.labels().set(self._connections())
                self._body = await asyncio.to_thread(generate_latest, REGISTRY)
                self._made_at = time.monotonic()
        return self._body

    def _look_later(self, loop: asyncio.AbstractEventLoop) -> None:
        due = loop.time() + LOOK_EVERY_S

        def look() -> None:
            process.LAG.labels().observe(max(loop.time() - due, 0))
            self._look_later(loop)

        self._look = loop.call_at(due, look)
