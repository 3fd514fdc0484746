"""How many calls does a stampede cause, when nothing is cached yet? `python -m bench.stampede`

200 clients ask a new gateway for the same page at once, while each call takes 20 ms. For public data, all of them share
the calls of the first; a cart is read for each shopper. Exits with 1 if the clients cause more calls than that.
"""

import asyncio
import sys

from bench.harness.load import post, send
from bench.harness.operations import CHECKOUT_PAGE, PRODUCT_PAGE
from bench.harness.recording import Recorded, record
from bench.harness.report import introduce
from bench.harness.rounds import bearers, calls_so_far, prepared, upstream
from bench.harness.servers import OURS, Variant, serving, take_last_core

CLIENTS = 200

DELAY_MS = 20


async def main() -> bool:
    introduce(__doc__, f"{CLIENTS} clients with a session each, each sends one request")
    times = f"{'CPU ms each':>12} {'median ms':>10} {'last ms':>8}"
    print(f"  {'operation':14} {'program':12} {'calls':>6} {'alone':>6} {times}")
    is_shared = True
    for operation in (PRODUCT_PAGE, CHECKOUT_PAGE):
        recorded = await record([operation])
        for variant in OURS:
            is_shared = await stampede(recorded, variant) and is_shared
    return is_shared


async def stampede(recorded: Recorded, variant: Variant) -> bool:
    (operation,) = recorded.operations
    with upstream(recorded.recording, DELAY_MS) as url:
        with serving(variant, url) as server:
            before = calls_so_far(url)
            prepared(server, recorded.operations, [token := bearers(server, 1)[0]])
            alone = calls_so_far(url) - before - 1
            before = calls_so_far(url)
            prepared(server, recorded.operations, [token])
            repeated = calls_so_far(url) - before
        with serving(variant, url) as server:
            requests = [post(operation.body, bearer) for bearer in bearers(server, CLIENTS)]
            before, before_s = calls_so_far(url), server.cpu_s()
            load = await send(server.port, requests, connections=CLIENTS, times=CLIENTS)
            calls, used_s = calls_so_far(url) - before, server.cpu_s() - before_s
            assert load.failures == 0, load.body
    most = alone + repeated * (CLIENTS - 1)
    cpu_ms, last_ms = used_s * 1000 / CLIENTS, max(load.latencies_s) * 1000
    times = f"{cpu_ms:12.2f} {load.median_ms:10.0f} {last_ms:8.0f}"
    print(f"  {operation.name:14} {variant.name:12} {calls:6} {alone:6} {times}", flush=True)
    return calls <= most


if __name__ == "__main__":
    take_last_core()
    sys.exit(0 if asyncio.run(main()) else 1)
