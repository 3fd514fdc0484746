"""How many checkouts a second, and how fast, if each call takes 20 ms? `python -m bench.slow_upstream`

64 connections keep one core busy, and a lone client shows the latency without waiting. `python -m bench.peers
--delay-ms 20 --connections 64` asks the same of other gateways.
"""

import asyncio

from bench.harness.operations import CHECKOUT, CHECKOUT_PAGE
from bench.harness.recording import record
from bench.harness.report import arguments_of, introduce, print_table
from bench.harness.rounds import contestants, measure, upstream
from bench.harness.servers import OURS, take_last_core

DELAY_MS = 20

CONNECTIONS = (64, 1)


async def main(rounds: int, seconds: float) -> None:
    introduce(__doc__, f"{rounds} rounds of {seconds:g} s for each line")
    recorded = await record([CHECKOUT, CHECKOUT_PAGE])
    with upstream(recorded.recording, DELAY_MS) as url, contestants(OURS, recorded.operations, url) as programs:
        for connections in CONNECTIONS:
            print(f"  connections: {connections}")
            results = await measure(programs, rounds=rounds, seconds=seconds, connections=connections)
            print_table(results, [variant.name for variant in OURS])


if __name__ == "__main__":
    arguments = arguments_of(__doc__, rounds=5, seconds=2)
    take_last_core()
    asyncio.run(main(arguments.rounds, arguments.seconds))
