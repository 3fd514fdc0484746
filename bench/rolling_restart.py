"""Does a rolling restart of two replicas lose a request? `python -m bench.rolling_restart`

HAProxy, which asks `/health/ready`, stands in front of two gateways that share a Valkey server. Readers and buyers go
on while each gateway is stopped with SIGTERM and started again, one after the other. Exits with 1 if a request failed,
an order was lost or doubled, or an answer took longer than 0.5 s.
"""

import argparse
import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from bench.replicas.environment import free_port
from examples.run import ROOT
from sandbox.app import create_app as create_sandbox
from sandbox.model.world import World
from tests.support.external_programs import needs_haproxy
from tests.support.shop import PACK, Shopper, Storefront, listening
from tests.support.valkey import Valkey, emptied

READERS, BUYERS = 8, 3

DRAIN_S = 5

LONGEST_S = 0.5

CONFIGURATION = """
defaults
    mode http
    timeout connect 5s
    timeout client 100s
    timeout server 75s
    option forwardfor
    http-reuse always
    option redispatch
frontend shop
    bind 127.0.0.1:{port}
    default_backend gateways
backend gateways
    option httpchk GET /health/ready
    default-server check inter 500ms fall 2 rise 1
    server one 127.0.0.1:{one}
    server two 127.0.0.1:{two}
"""


@dataclass
class Result:
    """What the clients saw."""

    answers: int = 0
    failures: list[str] = field(default_factory=list)
    longest_s: float = 0
    orders: int = 0
    placed: int = 0
    """Orders that the sandbox has."""

    @property
    def is_right(self) -> bool:
        return not self.failures and self.orders == self.placed > 0


class Timed(httpx.AsyncHTTPTransport):
    """Counts answers and failures, and remembers the longest wait."""

    def __init__(self, result: Result) -> None:
        super().__init__()
        self._result = result

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        began_at = time.perf_counter()
        try:
            response = await super().handle_async_request(request)
        except httpx.TransportError as error:
            self._result.failures.append(type(error).__name__)
            raise
        self._result.longest_s = max(self._result.longest_s, time.perf_counter() - began_at)
        self._result.answers += 1
        if response.status_code != 200:
            self._result.failures.append(f"status {response.status_code}")
        return response


async def read(storefront: Storefront, ends: asyncio.Event) -> None:
    while not ends.is_set():
        await storefront.ask("{ products(first: 3) { nodes { name } } cart { totalQuantity } }")
        await asyncio.sleep(0.01)


async def buy(shopper: Shopper, result: Result, ends: asyncio.Event) -> None:
    while not ends.is_set():
        await shopper.storefront.add(PACK)
        await shopper.storefront.give_details()
        await shopper.pay_with()
        outcome = await shopper.storefront.outcome()
        if outcome["__typename"] == "OrderPlaced":
            result.orders += 1
        else:
            result.failures.append(outcome["__typename"])


@asynccontextmanager
async def running(*command: str, **environment: str) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=os.environ | environment)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def until_ready(url: str) -> None:
    async with httpx.AsyncClient() as http:
        while True:
            try:
                if (await http.get(f"{url}/health/ready")).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.05)


async def restarted(times: int) -> Result:
    """Restart both gateways so many times under load."""
    world, result, ends = World(), Result(), asyncio.Event()
    world.stock[int(PACK)] = None
    ports, port = [free_port(), free_port()], free_port()
    async with AsyncExitStack() as stack:
        valkey = stack.enter_context(Valkey())
        await emptied(valkey)
        sandbox_url = await stack.enter_async_context(listening(create_sandbox(world), "off"))
        settings = {
            "RIVERFRONT_DEVELOPMENT": "true",
            "RIVERFRONT_LOG_LEVEL": "ERROR",
            "RIVERFRONT_UPSTREAM_URL": sandbox_url,
            "RIVERFRONT_STORE_URL": valkey.url,
            "RIVERFRONT_STORE_TIMEOUT_S": "5",
            "RIVERFRONT_API_KEY": world.keys.confidential_key,
            "RIVERFRONT_API_SECRET": world.keys.confidential_secret,
            "RIVERFRONT_PUBLISHABLE_KEY": world.keys.public_key,
            "RIVERFRONT_DRAIN_S": str(DRAIN_S),
            "RIVERFRONT_TRUSTED_PROXIES": "127.0.0.0/8",
        }

        async def start(number: int) -> asyncio.subprocess.Process:
            command = (sys.executable, "-m", "gateway", "serve")
            own = settings | {"RIVERFRONT_PORT": str(ports[number])}
            process = await stack.enter_async_context(running(*command, **own))
            await until_ready(f"http://127.0.0.1:{ports[number]}")
            return process

        gateways = [await start(0), await start(1)]
        file = Path(stack.enter_context(TemporaryDirectory(prefix="haproxy-"))) / "haproxy.cfg"
        file.write_text(CONFIGURATION.format(port=port, one=ports[0], two=ports[1]))
        await stack.enter_async_context(running(needs_haproxy(), "-db", "-f", str(file)))
        url = f"http://127.0.0.1:{port}"
        await until_ready(url)
        sandbox = await stack.enter_async_context(httpx.AsyncClient(base_url=sandbox_url, timeout=30))

        async def client() -> Storefront:
            http = httpx.AsyncClient(base_url=url, timeout=30, transport=Timed(result))
            return Storefront(await stack.enter_async_context(http))

        clients = [read(await client(), ends) for _ in range(READERS)]
        clients += [buy(Shopper(await client(), sandbox, world), result, ends) for _ in range(BUYERS)]
        load = [asyncio.create_task(work) for work in clients]
        for _ in range(times):
            for number, gateway in enumerate(gateways):
                gateway.terminate()
                await gateway.wait()
                gateways[number] = await start(number)
                await asyncio.sleep(1)  # HAProxy notices that it is ready.
        ends.set()
        for done in await asyncio.gather(*load, return_exceptions=True):
            if isinstance(done, BaseException):
                result.failures.append(f"a client ended: {type(done).__name__}: {done}"[:200])
        result.placed = len(world.orders())
    return result


async def main(times: int) -> bool:
    result = await restarted(times)
    print((__doc__ or "").partition("\n")[0])
    print(f"  {result.answers} answers, {len(result.failures)} failures {result.failures[:5]}")
    print(f"  {result.orders} orders answered, {result.placed} placed, longest wait {result.longest_s * 1000:.0f} ms")
    return result.is_right and result.longest_s <= LONGEST_S


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--times", type=int, default=2)
    sys.exit(0 if asyncio.run(main(parser.parse_args().times)) else 1)
