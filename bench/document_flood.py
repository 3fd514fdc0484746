"""What does a flood of distinct documents cost, and how long do others wait? `python -m bench.document_flood`

Some connections send documents of which each is new: once, twice, or four times in a row, so that each gets a plan. A
reader asks for its session meanwhile, on one new connection after another. Exits with 1 if the reader waits for more
than 150 ms, or if memory grows in the last half of the flood.
"""

import argparse
import asyncio
import itertools
import sys
from collections.abc import Iterator

from bench.harness.load import Load, post, send
from bench.harness.operations import CART_PAGE, CHECKOUT_PAGE, Operation
from bench.harness.recording import record
from bench.harness.report import introduce
from bench.harness.rounds import Contestant, ask, bearers, contestants, upstream
from bench.harness.servers import OURS, take_last_core

CONNECTIONS = 4

WAIT_MS = 150

GROWTH_MB = 4

READ = {"query": "{ session { level } }"}


def flood(operation: Operation, token: str, times: int) -> Iterator[bytes]:
    """Requests with one new document after another."""
    for number in itertools.count():
        request = post(operation.body | {"query": f"{operation.document} # {times} {number}"}, token)
        yield from itertools.repeat(request, times)


async def read(program: Contestant, token: str, until: asyncio.Event) -> Load:
    """Ask for the session again and again, with pauses."""
    loads: list[Load] = []
    while not until.is_set():
        loads.append(await send(program.server.port, [post(READ, token)], connections=1, times=1))
        await asyncio.sleep(0.01)
    return Load(len(loads), sum(load.failures for load in loads), 1, [s for load in loads for s in load.latencies_s])


async def flooded(program: Contestant, operation: Operation, times: int, seconds: float) -> bool:
    tokens = bearers(program.server, 2)
    for _ in range(3):
        ask(program.server, READ, tokens[1])  # From the third request on, the reader's document is not new.
    requests, until = flood(operation, tokens[0], times), asyncio.Event()
    reader = asyncio.create_task(read(program, tokens[1], until))
    halves, sizes_mb = [], [program.server.memory_mb()]
    before_s = program.server.cpu_s()
    for _ in range(2):
        halves.append(await send(program.server.port, requests, connections=CONNECTIONS, seconds=seconds / 2))
        sizes_mb.append(program.server.memory_mb())
    used_s = program.server.cpu_s() - before_s
    until.set()
    waits = await reader
    assert waits.failures == sum(half.failures for half in halves) == 0
    count = sum(half.answers for half in halves)
    longest_ms = max(waits.latencies_s) * 1000
    figures = f"{used_s * 1000 / count:8.2f} {waits.median_ms:10.1f} {waits.p99_ms:8.1f} {longest_ms:11.1f}"
    memory = " ".join(f"{size:.0f}" for size in sizes_mb)
    print(f"  {operation.name:13} {program.name:10} {times:5} {count:9} {figures}   {memory}", flush=True)
    return longest_ms <= WAIT_MS and sizes_mb[2] - sizes_mb[1] <= GROWTH_MB


async def main(seconds: float) -> bool:
    introduce(__doc__, f"{CONNECTIONS} connections for {seconds:g} s each, and one reader")
    recorded = await record([CART_PAGE, CHECKOUT_PAGE])
    columns = f"{'CPU ms':>8} {'median ms':>10} {'p99 ms':>8} {'longest ms':>11}"
    print(f"  {'document':13} {'program':10} {'times':>5} {'requests':>9} {columns}   memory MB: before, half, end")
    with upstream(recorded.recording) as url, contestants(OURS, recorded.operations, url) as programs:
        results = [
            await flooded(program, operation, times, seconds)
            for operation in recorded.operations
            for times in (1, 2, 4)
            for program in programs
        ]
    return all(results)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Flood a gateway with distinct documents.")
    parser.add_argument("--seconds", type=float, default=20)
    arguments = parser.parse_args()
    take_last_core()
    sys.exit(0 if asyncio.run(main(arguments.seconds)) else 1)
