"""What do metrics and traces cost? `python -m bench.metrics`

Compares the gateway with itself without any counting: with metrics, with traces of one operation in a hundred as well,
and with traces of all operations. Measures also what it costs when Prometheus reads the metrics. Exits with 1 if
metrics, their readings, and traces of one operation in a hundred are together 5 % or more of an operation's CPU time.
"""

import asyncio
import sys
from dataclasses import replace

import httpx

from bench.harness.operations import CHECKOUT, PRODUCT_PAGE, SMALLEST
from bench.harness.recording import record
from bench.harness.report import arguments_of, introduce, print_table
from bench.harness.rounds import Contestant, contestants, measure, upstream
from bench.harness.servers import CORES, PLANS, Variant, gateway, serving, take_last_core
from bench.replicas.environment import free_port
from gateway.http.metrics_listener import KEPT_S, PATH

MOST_SHARE = 0.05

USUAL = "and traces of 1 %"
"""Name of the gateway whose cost is limited."""

CONNECTIONS = 16

SCRAPES = 10

SCRAPE_EVERY_S = 15
"""Seconds between two scrapes of Prometheus, as our pages advise."""

WITHOUT = replace(
    PLANS, name="without metrics", command=(sys.executable, "-m", "bench.harness.without_metrics", "serve")
)

COLLECTOR = Variant("collector", (sys.executable, "-m", "bench.harness.collector", "{port}"), ready="/")


async def main(rounds: int, seconds: float) -> bool:
    introduce(__doc__, f"{CONNECTIONS} connections, {rounds} rounds of {seconds:g} s for each line")
    port = free_port()
    counting = gateway("with metrics", RIVERFRONT_METRICS_PORT=str(port))
    recorded = await record([SMALLEST, PRODUCT_PAGE, CHECKOUT])
    with (
        upstream(recorded.recording) as url,
        serving(COLLECTOR, "", CORES[-1:]) as collector,
        contestants([WITHOUT, counting, *tracing(collector.url)], recorded.operations, url) as programs,
    ):
        results = await measure(programs, rounds=rounds, seconds=seconds, connections=CONNECTIONS)
        scrape_s = await cpu_of_scrape_s(programs[1], f"http://127.0.0.1:{port}{PATH}")
    print_table(results, [program.name for program in programs])
    share_of_scrapes = scrape_s / SCRAPE_EVERY_S
    print(f"  a scrape takes {scrape_s * 1000:.1f} ms of CPU time, {share_of_scrapes:.2%} of a core")
    shares = []
    for operation in recorded.operations:
        nothing = results[operation.name, WITHOUT.name]
        costs = {
            program.name: results[operation.name, program.name].over(nothing) - 1 + share_of_scrapes
            for program in programs[1:]
        }
        shares.append(costs[USUAL])
        print(f"  {operation.name}: {', '.join(f'{name} {cost:+.1%}' for name, cost in costs.items())}")
    return max(shares) < MOST_SHARE


def tracing(collector: str) -> list[Variant]:
    """Gateways that count, and trace a share of the operations."""
    return [
        gateway(name, RIVERFRONT_TRACES_URL=f"{collector}/v1/traces", RIVERFRONT_TRACES_SHARE=share)
        for name, share in ((USUAL, "0.01"), ("and traces of all", "1"))
    ]


async def cpu_of_scrape_s(program: Contestant, url: str) -> float:
    """CPU time of one scrape in seconds, after the requests of the other measurements have made all series."""
    before_s = program.server.cpu_s()
    async with httpx.AsyncClient() as http:
        for _ in range(SCRAPES):
            (await http.get(url, timeout=10)).raise_for_status()
            await asyncio.sleep(KEPT_S * 1.05)
    return (program.server.cpu_s() - before_s) / SCRAPES


if __name__ == "__main__":
    arguments = arguments_of(__doc__, rounds=15, seconds=1)
    take_last_core()
    sys.exit(0 if asyncio.run(main(arguments.rounds, arguments.seconds)) else 1)
