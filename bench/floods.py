"""Floods a gateway with half-sent requests: `python -m bench.floods`.

The gateway is a program of its own with 1,024 open files, the usual limit. While 1,100 connections flood it, one reader
sends a request after another on new connections. For each flood, the table shows when the gateway had closed the last
connection of the flood, and how many answers the reader got, failed to get, and waited for the longest. Exits with 1 if
an answer failed or a connection was left open. A flood takes up to 15 seconds, its time limit.

The last flood is of one client, who sends the heaviest requests one after another: random mixtures of
`tests.support.heavy_requests`, and 100 fragments side by side, which took longest in `bench.documents`.
"""

import asyncio
import json
import os
import resource
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from random import Random

import httpx

from bench.reader import Reader
from bench.replicas.environment import free_port
from tests.support.costly_documents import side_by_side
from tests.support.heavy_requests import random_mixture, request_of

FILES = 1024

CONNECTIONS = 1100

AT_MOST_S = 15

HEAVY_REQUESTS = 40

PAUSE_S = 0.25
"""Pause between two heavy requests, so that the reader waits for one of them."""

HEAD = b"POST /graphql HTTP/1.1\r\nHost: gateway\r\nContent-Type: application/json\r\n"

READ = "/graphql?query=%7Bstorefront%7Blocales%7D%7D"

FLOODS: dict[str, tuple[bytes, bytes]] = {
    "silent connections": (b"", b""),
    "slow headers": (HEAD + b"X: ", b"a"),
    "slow bodies": (HEAD + b"Content-Length: 100000\r\n\r\n", b" "),
    "large headers": (HEAD, b"X: " + b"a" * 60_000 + b"\r\n"),
    "many headers": (HEAD, b"X: a\r\n" * 10_000),
    "many requests at once": (b"", b"GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n" * 1_000),
}
"""What each connection sends first, and then once a second."""


async def flood(port: int, first: bytes, each_second: bytes) -> bool:
    """Send this on one connection. Returns whether the gateway closed it in time."""
    with suppress(OSError):
        async with asyncio.timeout(AT_MOST_S):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            sending = asyncio.create_task(send(writer, first, each_second))
            try:
                while await reader.read(65_536):
                    pass
            finally:
                sending.cancel()
                writer.close()
    return True


async def send(writer: asyncio.StreamWriter, first: bytes, each_second: bytes) -> None:
    writer.write(first)
    while each_second:
        with suppress(ConnectionError):
            writer.write(each_second)
            await writer.drain()
        await asyncio.sleep(1)


async def half_sent(port: int, first: bytes, each_second: bytes) -> None:
    await asyncio.gather(*(flood(port, first, each_second) for _ in range(CONNECTIONS)))


async def heavy_requests(port: int) -> None:
    random = Random(1)  # noqa: S311 - no secret
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=AT_MOST_S) as http:
        for number in range(HEAVY_REQUESTS):
            request = request_of(random_mixture(random), str(number)) if number % 2 else None
            content = (
                json.dumps({"query": f"{side_by_side(100)} # {number}"}).encode() if request is None else request.body
            )
            headers = [("Content-Type", "application/json"), *(request.headers if request is not None else [])]
            with suppress(httpx.TransportError):
                await http.post("/graphql", content=content, headers=headers)
            await asyncio.sleep(PAUSE_S)


async def measure(name: str, port: int, flooded: Awaitable[None]) -> bool:
    reader = Reader(port, READ)
    started_at = time.monotonic()
    try:
        await flooded
        ended = f"{time.monotonic() - started_at:.1f} s"
    except TimeoutError:
        ended = "never"
    read = reader.stop()
    print(f"{name:24}{ended:>10}{read.answers:>10}{read.failures:>10}{read.longest_s * 1000:>10.0f} ms", flush=True)
    return ended != "never" and not read.failures


@asynccontextmanager
async def gateway() -> AsyncIterator[int]:
    port = free_port()
    settings = {
        "RIVERFRONT_PORT": str(port),
        "RIVERFRONT_API_KEY": "key",
        "RIVERFRONT_API_SECRET": "a-long-enough-secret",
        "RIVERFRONT_PUBLISHABLE_KEY": "pk",
        "RIVERFRONT_DRAIN_S": "0",
        "RIVERFRONT_UPSTREAM_URL": "http://127.0.0.1:9",
        "RIVERFRONT_LOG_LEVEL": "ERROR",
    }
    limit_files: Callable[[], None] = lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (FILES, FILES))  # noqa: E731
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "gateway", "serve", env=os.environ | settings, preexec_fn=limit_files
    )
    try:
        while not await answers(port):  # noqa: ASYNC110 - the gateway is another process
            await asyncio.sleep(0.1)
        yield port
    finally:
        process.terminate()
        await process.wait()


async def answers(port: int) -> bool:
    with suppress(OSError):
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.close()
        return True
    return False


async def main() -> int:
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 16_384), hard))
    print(f"{'flood':24}{'ended':>10}{'answers':>10}{'failed':>10}{'longest':>13}")
    async with gateway() as port:
        results = [await measure(name, port, half_sent(port, *parts)) for name, parts in FLOODS.items()]
        results.append(await measure("heavy requests", port, heavy_requests(port)))
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
