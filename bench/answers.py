"""Measures what bad answers of Digital River cost: `python -m bench.answers`.

A server in another process sends each answer that a proxy could make, such as a gzip bomb. For each answer, the table
shows by how much the memory of this process grew while the gateway's client read it, and how long the event loop was
blocked at most, in CPU time. Exits with 1 if an answer costs more than the limits. Linux only.
"""

import asyncio
import gc
import multiprocessing
import re
import sys
import time
from multiprocessing.connection import Connection
from pathlib import Path

import uvloop

from gateway.errors import UpstreamError
from gateway.upstream import transport
from gateway.upstream.retrying_calls import Calls, Repeat, Retries
from gateway.upstream.transport import Network
from sandbox.model.world import World
from tests.support.middlebox import ANSWERS, answering
from tests.support.shop import settings_for

MOST_MB, MOST_BLOCKED_MS = 20, 50

BEAT_S = 0.001

TOKEN = "token"  # noqa: S105 - no server checks it

TIMES = 3
"""Each answer is read so many times, and the fastest time counts, because other programs disturb. Memory counts from
the first time on."""


async def answer_in_turn(connection: Connection) -> None:
    """Serve each answer until the measuring process wants the next one."""
    for answer in ANSWERS.values():
        async with answering(answer) as url:
            connection.send(url)
            await asyncio.to_thread(connection.recv)


def serve(connection: Connection) -> None:
    asyncio.run(answer_in_turn(connection))


async def longest_block_ms(stopped: asyncio.Event) -> float:
    """The most CPU time between two beats of the event loop."""
    longest_s = 0.0
    while not stopped.is_set():
        beat_at = time.process_time()
        await asyncio.sleep(BEAT_S)
        longest_s = max(longest_s, time.process_time() - beat_at)
    return longest_s * 1000


def memory_mb(name: str) -> float:
    """A figure of this process, such as VmRSS or its peak VmHWM."""
    (kilobytes,) = re.findall(rf"{name}:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(kilobytes) / 1024


def reset_peak() -> None:
    """Let VmHWM begin anew from VmRSS."""
    Path("/proc/self/clear_refs").write_text("5")


async def read(url: str) -> tuple[str, float]:
    """Read the answer as that of submit-cart. Returns the outcome, and for how long the event loop was blocked."""
    stopped = asyncio.Event()
    beats = asyncio.create_task(longest_block_ms(stopped))
    async with transport.client(Network()) as http:
        calls = Calls(http, settings_for(World(), upstream_url=url, operation_deadline_s=60), Retries(read_attempts=1))
        try:
            outcome = f"{len(await calls.send('POST', '/x', token=TOKEN, repeat=Repeat.NEVER))} bytes"
        except UpstreamError as error:
            outcome = type(error).__name__
    stopped.set()
    return outcome, await beats


async def main() -> int:
    own, other = multiprocessing.Pipe()
    server = multiprocessing.Process(target=serve, args=(other,), daemon=True)
    server.start()
    is_within = True
    print(f"{'answer':40}{'outcome':>26}{'memory':>10}{'blocked':>10}")
    for name in ANSWERS:
        url = own.recv()
        gc.collect()
        reset_peak()
        before_mb, outcomes = memory_mb("VmRSS"), [await read(url) for _ in range(TIMES)]
        grown_mb, blocked_ms = memory_mb("VmHWM") - before_mb, min(blocked for _, blocked in outcomes)
        is_within = is_within and grown_mb <= MOST_MB and blocked_ms <= MOST_BLOCKED_MS
        print(f"{name:40}{outcomes[0][0]:>26}{grown_mb:7.1f} MB{blocked_ms:7.1f} ms", flush=True)
        own.send(None)
    server.join()
    print(f"the limits are {MOST_MB} MB and {MOST_BLOCKED_MS} ms")
    return 0 if is_within else 1


if __name__ == "__main__":
    sys.exit(uvloop.run(main()))
