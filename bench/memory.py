"""How much memory does a gateway need, at its start and after 100,000 requests? `python -m bench.memory`

The requests are a mix of all operations and 200 sessions. Exits with 1 if the gateway needs 100 MB or more at its
start, 140 MB or more at the end, or more at the end than in the middle. Takes some minutes.
"""

import argparse
import asyncio
import random
import sys
from statistics import median

from bench.harness.load import send
from bench.harness.operations import CHANGE_QUANTITY, READS
from bench.harness.recording import record
from bench.harness.report import introduce
from bench.harness.rounds import bearers, prepared, upstream
from bench.harness.servers import PLANS, serving, take_last_core

AT_START_MB, AT_END_MB, GROWTH_MB = 100, 140, 2

SESSIONS = 200

SAMPLES = 40


async def main(requests: int) -> bool:
    introduce(__doc__, f"{requests} requests on 16 connections, {SESSIONS} sessions")
    recorded = await record([*READS, CHANGE_QUANTITY])
    with upstream(recorded.recording) as url, serving(PLANS, url) as server:
        samples = [server.memory_mb()]
        program = prepared(server, recorded.operations, bearers(server, SESSIONS))
        mix = [request for name in program.requests for request in program.requests[name]]
        random.shuffle(mix)
        for _ in range(SAMPLES):
            load = await send(server.port, mix, connections=16, times=requests // SAMPLES)
            assert load.failures == 0, load.body
            samples.append(server.memory_mb())
    growth_mb = median(samples[-SAMPLES // 8 :]) - median(samples[SAMPLES // 2 : SAMPLES // 2 + SAMPLES // 8])
    print(f"  at the start {samples[0]:.0f} MB, after {requests} requests {samples[-1]:.0f} MB")
    print(f"  growth in the last half {growth_mb:+.1f} MB")
    print("  every fifth sample:", *(f"{sample:.1f}" for sample in samples[::5]))
    return samples[0] < AT_START_MB and samples[-1] < AT_END_MB and growth_mb < GROWTH_MB


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Measure the memory of a gateway.")
    parser.add_argument("--requests", type=int, default=100_000)
    arguments = parser.parse_args()
    take_last_core()
    sys.exit(0 if asyncio.run(main(arguments.requests)) else 1)
