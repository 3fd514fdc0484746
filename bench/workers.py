"""How much more do two workers answer than one? `python -m bench.workers`

Both share a Valkey server, and the load and the upstream stand-in take a part of the cores, so answers a second say
little. Instead, the busiest worker counts: with a core for each worker, all can answer as many requests as the busiest
of them has CPU time for. `speedup` compares this capacity with that of one worker.
"""

import asyncio
import sys
from contextlib import ExitStack
from dataclasses import replace
from statistics import median

from bench.harness.load import send
from bench.harness.operations import CHECKOUT
from bench.harness.recording import record
from bench.harness.report import arguments_of, introduce
from bench.harness.rounds import Contestant, prepared, upstream
from bench.harness.servers import CORES, gateway, serving, take_last_core
from tests.support.valkey import Valkey

COUNTS = (1, 2)

CONNECTIONS = 128

LEAST_SPEEDUP = 1.8


async def main(rounds: int, seconds: float) -> bool:
    introduce(__doc__, f"{CONNECTIONS} connections, {rounds} rounds of {seconds:g} s for each line")
    recorded = await record([CHECKOUT])
    with ExitStack() as running:
        store = running.enter_context(Valkey()).url
        url = running.enter_context(upstream(recorded.recording))
        programs = {}
        for count in COUNTS:
            variant = gateway(f"{count} workers", RIVERFRONT_STORE_URL=store)
            variant = replace(variant, command=(*variant.command, "--workers", str(count)))
            programs[count] = prepared(running.enter_context(serving(variant, url, CORES)), recorded.operations)
            await capacity(programs[count], 1)
        capacities: dict[int, list[float]] = {count: [] for count in COUNTS}
        for _ in range(rounds):
            for count, program in programs.items():
                capacities[count].append(await capacity(program, seconds))
        print("  workers   answers per second of the busiest worker   memory of the largest process")
        for count, program in programs.items():
            print(f"  {count:7} {median(capacities[count]):42.0f} {program.server.memory_mb():28.0f} MB")
    speedup: float = median(two / single for single, two in zip(*capacities.values(), strict=True))
    print(f"  speedup {speedup:.2f}")
    return speedup >= LEAST_SPEEDUP


async def capacity(program: Contestant, seconds: float) -> float:
    """Answers per second of CPU time of the busiest worker."""
    before_s = program.server.cpu_of_processes_s()
    load = await send(program.server.port, program.requests[CHECKOUT.name], connections=CONNECTIONS, seconds=seconds)
    assert load.failures == 0, load.body
    return load.answers / max(cpu - before_s.get(pid, 0) for pid, cpu in program.server.cpu_of_processes_s().items())


if __name__ == "__main__":
    arguments = arguments_of(__doc__, rounds=5, seconds=2)
    take_last_core()
    sys.exit(0 if asyncio.run(main(arguments.rounds, arguments.seconds)) else 1)
