"""What does a document cost when it is sent for the first time? `python -m bench.first_sight`

Sends copies of a page's document, each with another comment, so that none of them is known. The first request with a
document reads and checks it, the second parses it again, and after the third its plan is compiled. The reference is the
CPU time of graphql-core's `parse` and `validate` in this process, without execution.
"""

import asyncio
import time
from collections import defaultdict
from dataclasses import dataclass, field
from statistics import median

from graphql import parse, validate

from bench.harness.operations import CART_PAGE, CHECKOUT, CHECKOUT_PAGE, PRODUCT_PAGE, Operation
from bench.harness.recording import record
from bench.harness.report import introduce
from bench.harness.rounds import Contestant, ask, bearers, contestants, upstream
from bench.harness.servers import OURS, take_last_core
from schema.build import build

COPIES = 20

SIGHTS = ("first", "second", "third", "fourth", "fifth")


@dataclass
class Costs:
    """CPU time in ms by sight."""

    ms: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def at(self, sight: str) -> float:
        return median(self.ms[sight])


async def main() -> None:
    introduce(__doc__, f"{COPIES} copies of each document, each sent five times, one request after another")
    recorded = await record([CHECKOUT, CHECKOUT_PAGE, CART_PAGE, PRODUCT_PAGE])
    header = " ".join(f"{f'{sight} ms':>10}" for sight in SIGHTS)
    print(f"  {'operation':14} {'program':12} {header} {'parse, validate ms':>19}")
    with upstream(recorded.recording) as url, contestants(OURS, recorded.operations, url) as programs:
        tokens = {program.name: bearers(program.server, 1)[0] for program in programs}
        for operation in recorded.operations:
            reference_ms = median(parsed_and_validated_ms(copy(operation, number)) for number in range(COPIES))
            for program in programs:
                costs = sights(program, operation, tokens[program.name])
                times = " ".join(f"{costs.at(sight):10.2f}" for sight in SIGHTS)
                print(f"  {operation.name:14} {program.name:12} {times} {reference_ms:19.2f}", flush=True)


def sights(program: Contestant, operation: Operation, token: str) -> Costs:
    costs = Costs()
    for number in range(COPIES):
        body = operation.body | {"query": copy(operation, number)}
        for sight in SIGHTS:
            before_s = program.server.cpu_s()
            answer = ask(program.server, body, token)
            costs.ms[sight].append((program.server.cpu_s() - before_s) * 1000)
            program.check(operation, answer)
    return costs


def copy(operation: Operation, number: int) -> str:
    return f"{operation.document} # copy {number}"


def parsed_and_validated_ms(document: str) -> float:
    schema = build(suggests=False).core
    before_s = time.process_time()
    assert validate(schema, parse(document)) == []
    return (time.process_time() - before_s) * 1000


if __name__ == "__main__":
    take_last_core()
    asyncio.run(main())
