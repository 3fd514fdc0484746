"""How much more do two workers answer than one? `python -m bench.workers`

All workers share a Valkey server and run on one core, because the load needs the other. So answers a second say little;
instead, the busiest worker counts: with a core for each worker, all can answer as many requests as the busiest of them
has CPU time for. `speedup` compares this capacity with that of one worker.
"""

import asyncio
import sys
from contextlib import ExitStack
from dataclasses import dataclass, replace
from statistics import median

from bench.harness.load import send
from bench.harness.operations import CHECKOUT
from bench.harness.recording import record
from bench.harness.report import arguments_of, introduce
from bench.harness.rounds import Contestant, prepared, upstream
from bench.harness.servers import gateway, serving, take_last_core
from tests.support.valkey import Valkey

COUNTS = (1, 2)

CONNECTIONS = 128

LEAST_SPEEDUP = 1.8


@dataclass
class Work:
    """What the processes of a gateway did in one round."""

    answers: int
    cpu_s: list[float]

    @property
    def cpu_ms(self) -> float:
        """CPU time of an answer."""
        return sum(self.cpu_s) * 1000 / self.answers

    @property
    def share(self) -> float:
        """The busiest worker's part of the CPU time."""
        return max(self.cpu_s) / sum(self.cpu_s)

    @property
    def capacity(self) -> float:
        """Answers per second of CPU time of the busiest worker."""
        return self.answers / max(self.cpu_s)


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
            programs[count] = prepared(running.enter_context(serving(variant, url)), recorded.operations)
            await work(programs[count], 1)
        measured: dict[int, list[Work]] = {count: [] for count in COUNTS}
        for _ in range(rounds):
            for count, program in programs.items():
                measured[count].append(await work(program, seconds))
        print("  workers   CPU ms   share of the busiest   its answers per s   memory of the largest process")
        for count, program in programs.items():
            rows = measured[count]
            cpu_ms, share = median(row.cpu_ms for row in rows), median(row.share for row in rows)
            capacity, memory_mb = median(row.capacity for row in rows), program.server.memory_mb()
            print(f"  {count:7} {cpu_ms:8.3f} {share:22.2f} {capacity:19.0f} {memory_mb:28.0f} MB")
    single, two = measured.values()
    speedup: float = median(row.capacity / other.capacity for other, row in zip(single, two, strict=True))
    print(f"  speedup {speedup:.2f}")
    return speedup >= LEAST_SPEEDUP


async def work(program: Contestant, seconds: float) -> Work:
    before_s = program.server.cpu_of_processes_s()
    load = await send(program.server.port, program.requests[CHECKOUT.name], connections=CONNECTIONS, seconds=seconds)
    assert load.failures == 0, load.body
    return Work(load.answers, [cpu - before_s.get(pid, 0) for pid, cpu in program.server.cpu_of_processes_s().items()])


if __name__ == "__main__":
    arguments = arguments_of(__doc__, rounds=5, seconds=2)
    take_last_core()
    sys.exit(0 if asyncio.run(main(arguments.rounds, arguments.seconds)) else 1)
