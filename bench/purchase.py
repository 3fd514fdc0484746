"""What does each step of a guest's purchase cost, up to the placed order? `python -m bench.purchase`

The gateway, with and without compiled plans, and the sandbox run as separate programs. Each shopper takes all steps and
gets an order. For each step, the report lists the CPU time of the gateway's process, the latency that the client
measures, and the number of upstream calls. Linux only, because CPU time is read from /proc.
"""

import argparse
import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from random import sample
from statistics import median
from typing import Any

import httpx

from bench.harness.report import introduce
from bench.harness.servers import CORES, OURS, SANDBOX, Server, serving, take_last_core
from sandbox.model.world import World
from tests.support.shop import ADDRESS, PACK, SUBMIT, Shopper, Storefront, new_key

PACK_ID = "UHJvZHVjdDo1NDAxMjMwMTAw"

WARMING = 2
"""Shoppers whose steps are not measured, because the first runs of an operation are slower."""


@dataclass
class Step:
    cpu_ms: list[float] = field(default_factory=list)
    latencies_ms: list[float] = field(default_factory=list)
    calls: list[int] = field(default_factory=list)


@dataclass
class Purchase:
    """One shopper's way through the steps, each of which is measured."""

    gateway: Server
    upstream: httpx.AsyncClient
    shopper: Shopper
    steps: dict[str, Step]

    async def take(self) -> None:
        storefront = self.shopper.storefront
        line = await self._step("GuestFirstLine", key=new_key(), productId=PACK_ID)
        details = await self._step("GuestDetails", address=ADDRESS)
        page = await self._step("CheckoutPage")
        source_id = await self.shopper.source()
        source = await self._step("GuestSource", sourceId=source_id)
        payloads = [line["addCartLines"], details["prepareCheckout"], source["attachSource"]]
        assert [payload["errors"] for payload in payloads] == [[], [], []]
        agreed = {
            "total": (await storefront.cart())["totals"]["orderTotal"],
            "revision": payloads[-1]["cart"]["revision"],
        }
        assert page["cart"]["totals"]["orderTotal"]["amount"] == agreed["total"]["amount"]
        order = await self._step("GuestOrder", key=new_key(), **agreed)
        assert order["submitOrder"]["result"]["__typename"] == "OrderPlaced"

    async def _step(self, name: str, **variables: Any) -> dict[str, Any]:
        return await self._measured(name, self.shopper.storefront.run(name, **variables))

    async def _measured(self, name: str, running: Awaitable[dict[str, Any]]) -> dict[str, Any]:
        calls = await calls_of(self.upstream)
        before_s, began_at = self.gateway.cpu_s(), time.perf_counter()
        data = await running
        step = self.steps[name]
        step.latencies_ms.append((time.perf_counter() - began_at) * 1000)
        step.cpu_ms.append((self.gateway.cpu_s() - before_s) * 1000)
        step.calls.append(await calls_of(self.upstream) - calls)
        return data


async def calls_of(upstream: httpx.AsyncClient, path: str = "") -> int:
    answer = (await upstream.get("/_sandbox/calls")).json()
    return sum(row["count"] for row in answer["calls"] if row["path"].endswith(path))


@asynccontextmanager
async def client(url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=30) as http:
        yield http


async def main(shoppers: int) -> None:
    introduce(__doc__, f"{shoppers} shoppers with each program, one after the other")
    with ExitStack() as running:
        sandbox = running.enter_context(serving(SANDBOX, "", CORES[-1:]))
        gateways = [running.enter_context(serving(variant, sandbox.url)) for variant in OURS]
        measured = {gateway.name: defaultdict[str, Step](Step) for gateway in gateways}
        async with client(sandbox.url) as upstream:
            await upstream.post("/_sandbox/stock", json={"productId": int(PACK), "quantity": None})
            for number in range(shoppers + WARMING):
                for gateway in sample(gateways, len(gateways)):
                    steps = measured[gateway.name] if number >= WARMING else defaultdict[str, Step](Step)
                    async with client(gateway.url) as http:
                        shopper = Shopper(Storefront(http), upstream, World())
                        await Purchase(gateway, upstream, shopper, steps).take()
            submits = await calls_of(upstream, SUBMIT)
    assert submits == (shoppers + WARMING) * len(gateways)
    print_steps(measured)


def print_steps(measured: dict[str, defaultdict[str, Step]]) -> None:
    print(f"  {'step':16} {'program':12} {'CPU ms':>8} {'median ms':>10} {'p99 ms':>8} {'upstream calls':>15}")
    first, *_ = measured.values()
    for name in first:
        for program, steps in measured.items():
            step = steps[name]
            p99_ms = sorted(step.latencies_ms)[int(len(step.latencies_ms) * 0.99)]
            times = f"{median(step.cpu_ms):8.2f} {median(step.latencies_ms):10.2f} {p99_ms:8.2f}"
            print(f"  {name:16} {program:12} {times} {median(step.calls):15.0f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Measure each step of a purchase.")
    parser.add_argument("--shoppers", type=int, default=50)
    arguments = parser.parse_args()
    take_last_core()
    asyncio.run(main(arguments.shoppers))
