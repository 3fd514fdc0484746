"""A proxy between the gateways and the sandbox that behaves like a bad network.

It delays requests and answers, loses answers, and sends surplus bytes on idle connections. It sends something
on an idle connection only if no byte of a next request has arrived: HTTP/1.1 cannot tell an answer to an earlier
request from an answer to the next one once that request is sent.
"""

import asyncio
import contextlib
import random
import select
import socket
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bench.replicas.oracle import EMAIL
from bench.replicas.plants import Plant

TIMED_OUT = b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
STRAY_BYTES = b"\r\n\r\nHTTP"

SHORTEST_IDLE_S = 0.001
LONGEST_IDLE_S = 5

BUYING = (b"/submit-cart", b"/resume-cart")


@dataclass(frozen=True)
class Shares:
    """Share of the requests or answers, from 0 to 1, to which something happens."""

    slow: float = 0.04
    """Answers that are delayed by up to `SLOW_S`."""
    held: float = 0
    """Requests that buy, delayed by up to `HELD_S` before the sandbox gets them."""
    lost: float = 0.02
    """Answers to requests that buy whose connection is closed instead."""
    surplus: float = 0.1
    """Answers after which something arrives on the idle connection."""


SLOW_S = 1.0
HELD_S = 2.5


class FaultProxy:
    """`counts` has what has happened so far."""

    def __init__(self, sandbox_url: str, shares: Shares, rng: random.Random, plant: Plant) -> None:
        self.counts: Counter[str] = Counter()
        self.url = ""
        self._port = int(sandbox_url.rpartition(":")[2])
        self._shares = shares
        self._rng = rng
        self._plant = plant
        self._last_cart = b""
        self._connections: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        try:
            yield
        finally:
            server.close()
            for connection in self._connections:
                connection.cancel()
            await asyncio.gather(*self._connections, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = asyncio.create_task(self._serve(reader, writer))
        self._connections.add(connection)
        connection.add_done_callback(self._connections.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answer = b""
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            while True:
                request = await self._next_request(reader, writer, answer)
                answer = await self._answered(request)
                if not answer:
                    break
                writer.write(answer)
                await writer.drain()
                if b"connection: close" in request.partition(b"\r\n\r\n")[0].lower():
                    break
        with contextlib.suppress(OSError):
            writer.close()
            await writer.wait_closed()

    async def _next_request(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answer: bytes) -> bytes:
        """The next request on a connection, on which something may arrive before it. `answer`: to the last request."""
        head = asyncio.create_task(reader.readuntil(b"\r\n\r\n"))
        try:
            if answer and self._rng.random() < self._shares.surplus:
                idle_s = SHORTEST_IDLE_S * (LONGEST_IDLE_S / SHORTEST_IDLE_S) ** self._rng.random()
                await asyncio.wait({head}, timeout=idle_s)
                self._send_surplus(reader, writer, head, answer)
            await head
        finally:
            head.cancel()
        return head.result() + await _body(reader, head.result())

    def _send_surplus(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        head: "asyncio.Task[bytes]",
        answer: bytes,
    ) -> None:
        name, surplus = self._rng.choice(
            [("stray bytes", STRAY_BYTES), ("second answers", answer), ("stray 408", TIMED_OUT)]
        )
        connection: socket.socket = writer.get_extra_info("socket")
        if head.done() or reader._buffer or _has_arrived(connection):  # type: ignore[attr-defined]  # typeshed lacks it
            return
        self.counts[f"upstream: {name} on an idle connection"] += 1
        writer.write(surplus)
        if _has_arrived(connection):
            # The gateway may have sent its request before these bytes arrived. It cannot know better then.
            self.counts["upstream: surplus bytes that crossed a request"] += 1

    async def _answered(self, request: bytes) -> bytes:
        """The sandbox's answer; empty if the answer is lost."""
        path = request.split(b" ", 2)[1].partition(b"?")[0]
        buys = path.endswith(BUYING)
        if buys and self._rng.random() < self._shares.held:
            self.counts["upstream: held requests that buy"] += 1
            await asyncio.sleep(self._rng.uniform(0, HELD_S))
        answer = self._with_violation(path, request, await self._forwarded(request))
        if self._plant is Plant.TWICE and path.endswith(b"/submit-cart"):
            self._plant = Plant.NONE
            await self._forwarded(request)
        if self._rng.random() < self._shares.slow:
            self.counts[f"upstream: slow answers{' to requests that buy' if buys else ''}"] += 1
            await asyncio.sleep(self._rng.uniform(0, SLOW_S))
        if buys and self._rng.random() < self._shares.lost:
            self.counts["upstream: lost answers to requests that buy"] += 1
            return b""
        return answer

    def _with_violation(self, path: bytes, request: bytes, answer: bytes) -> bytes:
        if self._plant is not Plant.FOREIGN or not request.startswith(b"GET ") or not path.endswith(b"/carts/active"):
            return answer
        last, self._last_cart = self._last_cart, answer
        is_foreign = {*EMAIL.findall(last.decode())} - {*EMAIL.findall(answer.decode())}
        return last if is_foreign else answer

    async def _forwarded(self, request: bytes) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        try:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            return head + await _body(reader, head)
        finally:
            writer.close()


async def _body(reader: asyncio.StreamReader, head: bytes) -> bytes:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return await reader.readexactly(int(line.partition(b":")[2]))
    return b""


def _has_arrived(connection: socket.socket) -> bool:
    if connection.fileno() < 0:
        return True  # The gateway has closed the connection.
    arrivals = select.poll()
    arrivals.register(connection.fileno(), select.POLLIN)
    return bool(arrivals.poll(0))
