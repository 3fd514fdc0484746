"""How does CPU time grow with the lines of a cart? `python -m bench.cart_size`

Asks the checkout operation for carts of 1, 10 and 100 lines, whose lines are those of the recorded cart, repeated. The
last lines of the report compare the cost of a further line between 1 and 10 lines and between 10 and 100.
"""

from contextlib import ExitStack
from dataclasses import replace

from bench.harness.operations import CHECKOUT
from bench.harness.recording import record
from bench.harness.report import introduce, print_table, run
from bench.harness.rounds import Results, measure, prepared, upstream
from bench.harness.servers import OURS, serving

SIZES = (1, 10, 100)


async def main(rounds: int, seconds: float) -> Results:
    introduce(__doc__, f"16 connections, {rounds} rounds of {seconds:g} s for each line")
    with ExitStack() as running:
        programs = []
        for size in SIZES:
            recorded = await record([replace(CHECKOUT, name=name_of(size))], lines=size)
            url = running.enter_context(upstream(recorded.recording))
            servers = [running.enter_context(serving(variant, url)) for variant in OURS]
            programs += [prepared(server, recorded.operations) for server in servers]
        results = await measure(programs, rounds=rounds, seconds=seconds)
    names = [variant.name for variant in OURS]
    print_table(results, names)
    for name in names:
        cpu_ms = [results[name_of(size), name].median_cpu_ms for size in SIZES]
        few, many = (cpu_ms[1] - cpu_ms[0]) / 9, (cpu_ms[2] - cpu_ms[1]) / 90
        print(f"  {name}: {few * 1000:.1f} µs for each line up to 10, {many * 1000:.1f} µs up to 100")
    return results


def name_of(size: int) -> str:
    return f"{size} lines"


if __name__ == "__main__":
    run(main, __doc__, seconds=1)
