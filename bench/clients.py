"""Measures many concurrent clients on a healthy shared store: python -m bench.clients [--clients 500] [--seconds 20]

Every client has a session of its own. It reads the session again and again, which asks only the store, and sometimes
the cart. Shoppers with a cart that is ready submit it meanwhile, and a process of its own asks whether the gateway is
live. A tenth of the clients reads alone before, for the share of their answers that the gateway still gives to all. The
run fails if the gateway refuses anybody because of its store, or if an order is not placed. Needs no network beyond
this machine.
"""

import argparse
import asyncio
import os
import platform
import random
import statistics
import time
from collections import Counter
from contextlib import ExitStack
from typing import Any

import aiohttp
import httpx

from bench.reader import Reader
from bench.replicas.environment import free_port
from examples.run import program, wait_for
from sandbox.model.world import World
from tests.support.shop import CLIENT, PACK, Shopper, Storefront, documents, new_key
from tests.support.valkey import Valkey

READ_SESSION = "{ session { level } }"
READ_CART = "{ cart { totalQuantity totals { orderTotal { amount } } } }"
SHARE_OF_CARTS = 0.05
"""Reads of carts, as a share of the reads."""

SHARE_OF_SUBMITS = 0.1
"""Shoppers who submit, as a share of the clients that read."""

ONE_IN = 10
"""One client in this many reads alone before the others begin."""

STORE = "STORE_UNAVAILABLE"


class Run:
    def __init__(self, readers: aiohttp.ClientSession, ends_at: float) -> None:
        self.readers = readers
        self.ends_at = ends_at
        self.draw = random.Random(1)  # noqa: S311 - no secret
        self.reads: Counter[str] = Counter()
        self.submits: Counter[str] = Counter()
        self.latencies_s: list[float] = []
        self.submit_latencies_s: list[float] = []

    async def read(self, storefront: Storefront) -> None:
        while time.monotonic() < self.ends_at:
            began_at = time.monotonic()
            query = READ_CART if self.draw.random() < SHARE_OF_CARTS else READ_SESSION
            headers = CLIENT | {"Cookie": f"__Host-rf_session={storefront.cookie}"}
            async with self.readers.post("/graphql", json={"query": query}, headers=headers) as response:
                answer = await response.json(content_type=None)
            self.latencies_s.append(time.monotonic() - began_at)
            codes = [error["extensions"]["code"] for error in answer.get("errors", [])]
            self.reads[", ".join(codes) or "answered"] += 1

    async def submit(self, storefront: Storefront, cart: dict[str, Any], wait_s: float) -> None:
        await asyncio.sleep(wait_s)
        agreed = {"total": cart["totals"]["orderTotal"], "revision": cart["revision"]}
        began_at = time.monotonic()
        answer = await storefront.ask(documents()["GuestOrder"], key=new_key(), **agreed)
        self.submit_latencies_s.append(time.monotonic() - began_at)
        payload = (answer.body.get("data") or {}).get("submitOrder") or {"errors": [], "result": None}
        codes = [*answer.codes, *(error["code"] for error in payload["errors"])]
        self.submits[", ".join(codes) or payload["result"]["__typename"]] += 1


async def measure(http: httpx.AsyncClient, upstream: httpx.AsyncClient, clients: int, seconds: float) -> bool:
    world = World()
    readers = [Storefront(http) for _ in range(clients)]
    shoppers = [Shopper(Storefront(http), upstream, world) for _ in range(int(clients * SHARE_OF_SUBMITS))]
    await upstream.post("/_sandbox/stock", json={"productId": int(PACK), "quantity": None})
    gate = asyncio.Semaphore(20)

    async def prepare(storefront: Storefront, shopper: Shopper | None) -> None:
        async with gate:
            await (storefront.add(PACK) if shopper is None else shopper.get_ready())

    await asyncio.gather(
        *(prepare(storefront, None) for storefront in readers),
        *(prepare(shopper.storefront, shopper) for shopper in shoppers),
    )
    carts = [await shopper.storefront.cart() for shopper in shoppers]
    # The storefront of the tests checks every answer, which takes longer than the gateway.
    async with aiohttp.ClientSession(
        str(http.base_url),
        connector=aiohttp.TCPConnector(limit=0),
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(120),
    ) as fast:
        few = Run(fast, time.monotonic() + seconds / 4)
        await asyncio.gather(*(few.read(storefront) for storefront in readers[::ONE_IN]))
        live = Reader(http.base_url.port or 80, "/health/live")
        run = Run(fast, time.monotonic() + seconds)
        await asyncio.gather(
            *(run.read(storefront) for storefront in readers),
            *(
                run.submit(shopper.storefront, cart, seconds * number / len(shoppers))
                for number, (shopper, cart) in enumerate(zip(shoppers, carts, strict=True))
            ),
        )
    liveness = live.stop()
    answered, of_few = run.reads["answered"] / seconds, few.reads["answered"] / (seconds / 4)
    print(f"  reads: {dict(run.reads)}, {answered:.0f} answered a second", _latencies(run.latencies_s))
    print(f"  one client in {ONE_IN} alone: {of_few:.0f} answered a second; all: {answered / of_few:.2f} of it")
    print(f"  liveness: {liveness.answers} answers, {liveness.failures} failures, longest {liveness.longest_s:.2f} s")
    print(f"  submits: {dict(run.submits)}", _latencies(run.submit_latencies_s))
    refused = sum(number for counts in (run.reads, run.submits) for codes, number in counts.items() if STORE in codes)
    print(f"  refused because of the store: {refused}")
    return refused == 0 and run.submits == Counter(OrderPlaced=len(shoppers))


def _latencies(latencies_s: list[float]) -> str:
    p99 = sorted(latencies_s)[int(len(latencies_s) * 0.99) - 1]
    return f"(median {statistics.median(latencies_s) * 1000:.0f} ms, p99 {p99 * 1000:.0f} ms)"


async def main(clients: int, seconds: float, store_timeout_s: float) -> bool:
    keys = World().keys
    port, sandbox_port = free_port(), free_port()
    sandbox_url, gateway_url = f"http://127.0.0.1:{sandbox_port}", f"http://127.0.0.1:{port}"
    with ExitStack() as stack:
        valkey = stack.enter_context(Valkey())
        sandbox = stack.enter_context(program("sandbox", ["--port", str(sandbox_port)], {}))
        wait_for(sandbox, f"{sandbox_url}/_sandbox/health")
        settings = {
            "RIVERFRONT_DEVELOPMENT": "true",
            "RIVERFRONT_LOG_LEVEL": "ERROR",
            "RIVERFRONT_PORT": str(port),
            "RIVERFRONT_UPSTREAM_URL": sandbox_url,
            "RIVERFRONT_STORE_URL": valkey.url,
            "RIVERFRONT_STORE_TIMEOUT_S": str(store_timeout_s),
            "RIVERFRONT_API_KEY": keys.confidential_key,
            "RIVERFRONT_API_SECRET": keys.confidential_secret,
            "RIVERFRONT_PUBLISHABLE_KEY": keys.public_key,
            # The sandbox shares the two cores with the gateway and the clients, so its answers are late.
            "RIVERFRONT_OPERATION_DEADLINE_S": "60",
        }
        gateway = stack.enter_context(program("gateway", ["serve"], settings))
        wait_for(gateway, f"{gateway_url}/health/ready")
        load = os.getloadavg()[0]
        print(f"{clients} clients, {seconds:g} s; Python {platform.python_version()}, {os.cpu_count()} cores")
        print(f"  load of the machine before: {load:.1f}")
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
        async with (
            httpx.AsyncClient(base_url=gateway_url, trust_env=False, timeout=120, limits=limits) as http,
            httpx.AsyncClient(base_url=sandbox_url, trust_env=False, timeout=120) as upstream,
        ):
            return await measure(http, upstream, clients, seconds)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=500)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--store-timeout", type=float, default=0.25)
    arguments = parser.parse_args()
    is_good = asyncio.run(main(arguments.clients, arguments.seconds, arguments.store_timeout))
    raise SystemExit(0 if is_good else 1)
