"""Measures the CPU time and latency that the gateway adds to upstream calls, for each operation of a purchase.

The gateway and the sandbox run as separate programs. For each operation, the report lists the CPU time of the gateway's
process, the client's latency and the number of upstream calls. The first row is the baseline: the same client reads one
cart directly from the sandbox. Linux only, because CPU time is read from /proc.
"""

import asyncio
import os
import platform
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from pathlib import Path

import httpx

from examples.run import program, wait_for
from sandbox.model.world import World
from tests.support.shop import ADDRESS, CART, PACK, Shopper, Storefront, new_key

TIMES = 200
PORT, SANDBOX_PORT = 8790, 8791
TICKS_PER_S = os.sysconf("SC_CLK_TCK")


async def main() -> None:
    keys = World().keys
    sandbox_url, gateway_url = f"http://127.0.0.1:{SANDBOX_PORT}", f"http://127.0.0.1:{PORT}"
    with ExitStack() as stack:
        sandbox = stack.enter_context(program("sandbox", ["--port", str(SANDBOX_PORT)], {}))
        wait_for(sandbox, f"{sandbox_url}/_sandbox/health")
        settings = {
            "RIVERFRONT_DEVELOPMENT": "true",
            "RIVERFRONT_LOG_LEVEL": "ERROR",
            "RIVERFRONT_PORT": str(PORT),
            "RIVERFRONT_UPSTREAM_URL": sandbox_url,
            "RIVERFRONT_API_KEY": keys.confidential_key,
            "RIVERFRONT_API_SECRET": keys.confidential_secret,
            "RIVERFRONT_PUBLISHABLE_KEY": keys.public_key,
        }
        gateway = stack.enter_context(program("gateway", ["serve"], settings))
        wait_for(gateway, f"{gateway_url}/health/ready")
        print(f"A purchase, {TIMES} times each; Python {platform.python_version()}, {os.cpu_count()} cores")
        print("  operation         CPU ms   median ms   p99 ms   upstream calls")
        async with (
            httpx.AsyncClient(base_url=gateway_url, trust_env=False) as http,
            httpx.AsyncClient(base_url=sandbox_url, trust_env=False) as upstream,
        ):
            await measure_purchase(gateway.pid, http, upstream)


async def measure_purchase(pid: int, http: httpx.AsyncClient, upstream: httpx.AsyncClient) -> None:
    storefront = Storefront(http)
    shopper = Shopper(storefront, upstream, World())
    await shopper.fill_cart()

    keys = World().keys
    pair = (keys.confidential_key, keys.confidential_secret)
    token = (await upstream.post("/oauth20/token", auth=pair, data={"grant_type": "password"})).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}

    async def ask(name: str, **variables: object) -> None:
        await storefront.run(name, **variables)

    await measure_operation(
        "(cart, direct)", None, upstream, lambda: upstream.get(f"{CART}?expand=all", headers=headers)
    )
    await measure_operation("LookAround", pid, upstream, lambda: ask("LookAround"))
    await measure_operation("CartPage", pid, upstream, lambda: ask("CartPage"))
    await measure_operation("CheckoutPage", pid, upstream, lambda: ask("CheckoutPage"))
    await measure_operation("PaymentStep", pid, upstream, lambda: ask("PaymentStep"))
    await measure_operation("GuestDetails", pid, upstream, lambda: ask("GuestDetails", address=ADDRESS))
    await shopper.control("stock", {"productId": int(PACK), "quantity": None})
    await measure_operation(
        "GuestFirstLine", pid, upstream, lambda: ask("GuestFirstLine", key=new_key(), productId=PACK_ID)
    )
    await shopper.pay_with()
    await measure_operation("submit, refused", pid, upstream, lambda: ask("GuestOrder", key=new_key(), **WRONG_TOTAL))


PACK_ID = "UHJvZHVjdDo1NDAxMjMwMTAw"
WRONG_TOTAL = {"total": {"amount": "1.00", "currencyCode": "USD"}, "revision": "0" * 32}


async def measure_operation(
    name: str, pid: int | None, upstream: httpx.AsyncClient, operation: Callable[[], Awaitable[object]]
) -> None:
    for _ in range(5):  # The first runs of an operation are slower and are not measured.
        await operation()
    await upstream.delete("/_sandbox/calls")
    cpu_before_s = cpu_s(pid)
    latencies_ms = []
    for _ in range(TIMES):
        began_at = time.perf_counter()
        await operation()
        latencies_ms.append((time.perf_counter() - began_at) * 1000)
    cpu_ms = (cpu_s(pid) - cpu_before_s) * 1000 / TIMES
    calls = (await upstream.get("/_sandbox/calls")).json()["total"] / TIMES
    p99 = sorted(latencies_ms)[int(TIMES * 0.99) - 1]
    print(f"  {name:16} {cpu_ms:7.2f} {statistics.median(latencies_ms):11.2f} {p99:8.2f} {calls:16.2f}")


def cpu_s(pid: int | None) -> float:
    """CPU time of a process in seconds, including kernel time; 0 if `pid` is None."""
    if pid is None:
        return 0
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_S


if __name__ == "__main__":
    if sys.platform != "linux":
        raise SystemExit("needs /proc")
    asyncio.run(main())
