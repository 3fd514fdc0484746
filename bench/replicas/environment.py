"""The sandbox, the fault proxy, the store and the gateways of a run."""

import asyncio
import os
import random
import secrets
import socket
import sys
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

import httpx

from bench.replicas.fault_proxy import FaultProxy, Shares
from bench.replicas.ledger import Ledger
from bench.replicas.oracle import Verdict, Witness, judge
from bench.replicas.plants import Plant
from examples.run import ROOT
from gateway.upstream import transport
from sandbox.app import create_app as create_sandbox
from sandbox.model.world import World
from tests.support.shop import PACK, POLES, listening
from tests.support.valkey import Valkey, emptied

QUIET_S = 8
"""Quiet time of the gateways in seconds. After it, a missing order is reported as not placed. The default is longer.
It is longer than any delay of the fault proxy together with the deadline of a submission."""

SUBMISSION_DEADLINE_S = 2

USUAL_SHARES = Shares()

STORE_TIMEOUT_S = 0.25
"""Default store timeout of the gateway, in seconds. `load` and `kills` use a longer timeout, because they run on busy
machines."""

LONG_STORE_TIMEOUT_S = 5.0

PORT_RANGE = range(10_000, 32_000)

PORTS = 3
"""Number of ports on which a gateway is tried."""


class Entrance(Protocol):
    """What a shopper's requests are sent to."""

    http: httpx.AsyncClient


@dataclass
class GatewayProcess:
    """A gateway, and an HTTP client that calls it."""

    process: asyncio.subprocess.Process
    port: int
    ahead_s: float
    http: httpx.AsyncClient

    def kill(self) -> None:
        self.process.kill()

    async def stop(self) -> None:
        if self.process.returncode is None:
            self.process.terminate()
        await self.process.wait()
        await self.http.aclose()


@dataclass
class Environment:
    world: World
    ledger: Ledger
    proxy: FaultProxy
    sandbox: httpx.AsyncClient
    valkey: Valkey
    idle_s: float
    mix: Counter[str] = field(default_factory=Counter)
    """What has happened in the run, by kind."""
    witnesses: list[Witness] = field(default_factory=list)
    _gateways: list[GatewayProcess] = field(default_factory=list)

    async def start(
        self,
        *,
        in_memory: bool = False,
        ahead_s: float = 0,
        port: int | None = None,
        store_timeout_s: float = LONG_STORE_TIMEOUT_S,
        code: Path = ROOT,
        changes: Mapping[str, str] = MappingProxyType({}),
    ) -> GatewayProcess:
        """A gateway that is ready. Its clock is ahead of the real time by `ahead_s`.

        `code`: the folder of its code. `changes`: other settings.
        """
        keys = self.world.keys
        settings = {
            "RIVERFRONT_DEVELOPMENT": "true",
            "RIVERFRONT_LOG_LEVEL": "ERROR",
            "RIVERFRONT_UPSTREAM_URL": self.proxy.url,
            "RIVERFRONT_STORE_URL": "" if in_memory else self.valkey.url,
            "RIVERFRONT_API_KEY": keys.confidential_key,
            "RIVERFRONT_API_SECRET": keys.confidential_secret,
            "RIVERFRONT_PUBLISHABLE_KEY": keys.public_key,
            "RIVERFRONT_SUBMISSION_DEADLINE_S": str(SUBMISSION_DEADLINE_S),
            "RIVERFRONT_DOUBT_QUIET_S": str(QUIET_S),
            "RIVERFRONT_STORE_TIMEOUT_S": str(store_timeout_s),
            "RIVERFRONT_SESSION_IDLE_S": str(self.idle_s),
            # Every shopper sends an address of its own, because sign-ins are limited by address.
            "RIVERFRONT_TRUSTED_PROXIES": "127.0.0.0/8",
            **changes,
        }
        # Another program can take a free port before the gateway does.
        for _ in range(1 if port else PORTS):
            gateway = await self._started(settings, port or free_port(), ahead_s, code)
            if gateway is not None:
                if ahead_s:
                    self.mix[f"gateways: clock wrong by {ahead_s:+g} s"] += 1
                return gateway
        raise RuntimeError("the gateway did not start")

    async def _started(self, settings: dict[str, str], port: int, ahead_s: float, code: Path) -> GatewayProcess | None:
        """A gateway that is ready; None if it has ended."""
        program = ["gateway", "serve"] if ahead_s == 0 else ["bench.replicas.shifted_gateway", str(ahead_s)]
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", *program, cwd=code, env=os.environ | settings | {"RIVERFRONT_PORT": str(port)}
        )
        # A client that hangs up cancels a request. The default network layer of httpx can then leave its connection
        # open for ever.
        http = httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30, transport=transport.Network())
        gateway = GatewayProcess(process, port, ahead_s, http)
        self._gateways.append(gateway)
        while process.returncode is None:
            with suppress(httpx.TransportError):
                if (await http.get("/health/ready")).status_code == 200:
                    return gateway
            await asyncio.sleep(0.05)
        return None

    async def restart(self, gateway: GatewayProcess) -> GatewayProcess:
        """Start a gateway with its records in memory again, at the same address, after it was killed."""
        await gateway.process.wait()
        self.mix["gateways: started again in memory mode"] += 1
        return await self.start(in_memory=True, ahead_s=gateway.ahead_s, port=gateway.port)

    def verdict(self) -> Verdict:
        return judge(self.witnesses, self.ledger.arrivals, self.ledger.orders())

    async def stop(self) -> None:
        for gateway in self._gateways:
            await gateway.stop()


@asynccontextmanager
async def running_environment(
    seed: int, *, idle_s: float = 1800, shares: Shares = USUAL_SHARES, plant: Plant = Plant.NONE
) -> AsyncIterator[Environment]:
    world = World()
    for product_id in (PACK, POLES):
        world.stock[int(product_id)] = None  # Unlimited stock, so that every cart can be submitted.
    async with AsyncExitStack() as stack:
        valkey = stack.enter_context(Valkey())
        await emptied(valkey)
        ledger = Ledger(create_sandbox(world), world, plant)
        sandbox_url = await stack.enter_async_context(listening(ledger, "off"))
        proxy = FaultProxy(sandbox_url, shares, random.Random(f"{seed} proxy"), plant)  # noqa: S311 - no secret
        await stack.enter_async_context(proxy.listening())
        # The sandbox closes idle connections, and a busy machine may send a request at that moment.
        limits = httpx.Limits(max_keepalive_connections=0)
        sandbox = await stack.enter_async_context(
            httpx.AsyncClient(base_url=sandbox_url, trust_env=False, timeout=60, limits=limits)
        )
        environment = Environment(world, ledger, proxy, sandbox, valkey, idle_s)
        try:
            yield environment
        finally:
            await environment.stop()


def free_port() -> int:
    """A random port. The operating system would offer the same port to two runs that start at the same time, and a run
    could take the gateway of another one for its own. It offers none of these ports by itself."""
    while True:
        port = secrets.choice(PORT_RANGE)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
