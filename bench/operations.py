"""What CPU time does a request cost, for each kind of operation? `python -m bench.operations`

Compares the gateway with itself without compiled plans, and with a server that only passes the cart on. Each program
has a core of its own. Every answer is compared with graphql-core's before anything is measured. `--json FILE` also
writes the figures to a file.
"""

import json
from dataclasses import replace

from bench.harness.answers import Answer
from bench.harness.operations import CART_PAGE, CHANGE_QUANTITY, READS, Operation
from bench.harness.recording import Recorded, record
from bench.harness.report import introduce, print_table, run
from bench.harness.rounds import SESSIONS, Results, contestants, measure, prepared, upstream
from bench.harness.servers import OURS, PASS_THROUGH, serving
from tests.support.shop import CART

CONNECTIONS = 16

WITH_ERROR = replace(CART_PAGE, name="CartPage, 1 error")

OFFERS_REFUSED = {f"GET {CART}/applied-offers": Answer(403, b'{"errors": {"error": [{"code": "forbidden"}]}}')}


async def main(rounds: int, seconds: float) -> Results:
    load = f"{CONNECTIONS} connections, {SESSIONS} sessions, {rounds} rounds of {seconds:g} s for each line"
    introduce(__doc__, load)
    results = await of_operations(await record([*READS, CHANGE_QUANTITY]), rounds, seconds)
    results |= await of_operations(await record([WITH_ERROR], OFFERS_REFUSED), rounds, seconds)
    results |= await of_pass_through(await record([CART_PAGE]), rounds, seconds)
    print_table(results, [variant.name for variant in (*OURS, PASS_THROUGH)])
    return results


async def of_operations(recorded: Recorded, rounds: int, seconds: float) -> Results:
    with upstream(recorded.recording) as url, contestants(OURS, recorded.operations, url) as programs:
        return await measure(programs, rounds=rounds, seconds=seconds, connections=CONNECTIONS)


async def of_pass_through(recorded: Recorded, rounds: int, seconds: float) -> Results:
    cart = json.loads(recorded.recording.answers[f"GET {CART}"].body)
    passed_on = Operation("GET cart", "{ cart { id } }", expected=cart)
    with upstream(recorded.recording) as url, serving(PASS_THROUGH, url) as server:
        program = prepared(server, [passed_on], tokens=["token"])
        return await measure([program], rounds=rounds, seconds=seconds, connections=CONNECTIONS)


if __name__ == "__main__":
    run(main, __doc__, seconds=1)
