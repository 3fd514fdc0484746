"""A load generator: a fixed number of connections, each of which sends its next request when it has an answer.

It shares a core with the upstream stand-in. Its own CPU time is not measured.
"""

import asyncio
import itertools
import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from statistics import median
from typing import Any, cast

import httptools

PATH = "/graphql"

PATIENCE_S = 30
"""Longest time that a load waits for its last answers."""


def post(body: Any, bearer: str | None = None, host: str = "127.0.0.1") -> bytes:
    """A request with a GraphQL operation, as it is sent."""
    content = json.dumps(body).encode()
    authorization = f"Authorization: Bearer {bearer}\r\n" if bearer else ""
    head = (
        f"POST {PATH} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nAccept: application/json\r\n"
        f"X-Riverfront-Client: bench\r\n{authorization}Content-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content


@dataclass
class Load:
    """What came back."""

    answers: int = 0
    failures: int = 0
    took_s: float = 0
    latencies_s: list[float] = field(default_factory=list)
    body: bytes = b""
    """Body of the last answer."""

    @property
    def per_s(self) -> float:
        return self.answers / self.took_s

    @property
    def median_ms(self) -> float:
        return median(self.latencies_s) * 1000

    @property
    def p99_ms(self) -> float:
        return sorted(self.latencies_s)[int(len(self.latencies_s) * 0.99)] * 1000


class Client(asyncio.Protocol):
    """One connection of the load."""

    transport: asyncio.Transport

    def __init__(self, load: Load, requests: Iterator[bytes]) -> None:
        self._load = load
        self._requests = requests
        self._ends_at = 0.0
        self._parser = httptools.HttpResponseParser(self)
        self._parts: list[bytes] = []
        self._sent_at = 0.0
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # those of uvloop have another base class

    def start(self, seconds: float) -> None:
        """Send at least one request, and more until the time is over."""
        self._send()
        self._ends_at = self._sent_at + seconds

    def connection_lost(self, _error: Exception | None) -> None:
        if not self.ended.done():
            self._load.failures += 1
            self.ended.set_result(None)

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_body(self, part: bytes) -> None:
        self._parts.append(part)

    def on_message_complete(self) -> None:
        now = time.perf_counter()
        self._load.latencies_s.append(now - self._sent_at)
        self._load.answers += 1
        self._load.failures += self._parser.get_status_code() != 200
        self._load.body = b"".join(self._parts)
        self._parts.clear()
        if now < self._ends_at:
            self._send()
        else:
            self._end()

    def _send(self) -> None:
        self._sent_at = time.perf_counter()
        request = next(self._requests, None)
        if request is None:
            self._end()
        else:
            self.transport.write(request)

    def _end(self) -> None:
        if not self.ended.done():
            self.ended.set_result(None)
            self.transport.close()


async def send(
    port: int, requests: Iterable[bytes], *, connections: int, seconds: float = 3600, times: int | None = None
) -> Load:
    """Send the requests again and again for this time, or so many times in all."""
    load = Load()
    endless = itertools.cycle(requests)
    source = endless if times is None else itertools.islice(endless, times)
    loop = asyncio.get_running_loop()
    opened = [loop.create_connection(lambda: Client(load, source), "127.0.0.1", port) for _ in range(connections)]
    clients = [client for _, client in await asyncio.gather(*opened)]
    began_at = time.perf_counter()
    for client in clients:
        client.start(seconds)
    async with asyncio.timeout(seconds + PATIENCE_S):
        await asyncio.gather(*(client.ended for client in clients))
    load.took_s = time.perf_counter() - began_at
    return load
