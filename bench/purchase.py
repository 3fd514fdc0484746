"""What does the gateway add to the calls it makes, for each operation of a purchase?

Gateway and sandbox are programs of their own. For each operation: CPU of the gateway's process, the time a
client waits, and the upstream calls, beside what the same client waits for one cart read at the sandbox.
Linux only: CPU is read from /proc.
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
            await measure(gateway.pid, http, upstream)


async def measure(pid: int, http: httpx.AsyncClient, upstream: httpx.AsyncClient) -> None:
    storefront = Storefront(http)
    shopper = Shopper(storefront, upstream, World())
    await shopper.fill_cart()

    keys = World().keys
    pair = (keys.confidential_key, keys.confidential_secret)
    token = (await upstream.post("/oauth20/token", auth=pair, data={"grant_type": "password"})).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}

    async def ask(name: str, **variables: object) -> None:
        await storefront.run(name, **variables)

    await told("(cart, direct)", None, upstream, lambda: upstream.get(f"{CART}?expand=all", headers=headers))
    await told("LookAround", pid, upstream, lambda: ask("LookAround"))
    await told("CartPage", pid, upstream, lambda: ask("CartPage"))
    await told("CheckoutPage", pid, upstream, lambda: ask("CheckoutPage"))
    await told("PaymentStep", pid, upstream, lambda: ask("PaymentStep"))
    await told("GuestDetails", pid, upstream, lambda: ask("GuestDetails", address=ADDRESS))
    await shopper.control("stock", {"productId": int(PACK), "quantity": None})
    await told("GuestFirstLine", pid, upstream, lambda: ask("GuestFirstLine", key=new_key(), productId=PACK_ID))
    await shopper.pay_with()
    await told("submit, refused", pid, upstream, lambda: ask("GuestOrder", key=new_key(), **WRONG))


PACK_ID = "UHJvZHVjdDo1NDAxMjMwMTAw"
WRONG = {"total": {"amount": "1.00", "currencyCode": "USD"}, "revision": "0" * 32}


async def told(name: str, pid: int | None, upstream: httpx.AsyncClient, act: Callable[[], Awaitable[object]]) -> None:
    for _ in range(5):
        await act()
    await upstream.delete("/_sandbox/calls")
    before = cpu_s(pid)
    waits = []
    for _ in range(TIMES):
        began = time.perf_counter()
        await act()
        waits.append((time.perf_counter() - began) * 1000)
    cpu = (cpu_s(pid) - before) * 1000 / TIMES
    calls = (await upstream.get("/_sandbox/calls")).json()["total"] / TIMES
    p99 = sorted(waits)[int(TIMES * 0.99) - 1]
    print(f"  {name:16} {cpu:7.2f} {statistics.median(waits):11.2f} {p99:8.2f} {calls:16.2f}")


def cpu_s(pid: int | None) -> float:
    """Seconds of CPU that a process has used, its kernel time included."""
    if pid is None:
        return 0
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_S


if __name__ == "__main__":
    if sys.platform != "linux":
        raise SystemExit("needs /proc")
    asyncio.run(main())
