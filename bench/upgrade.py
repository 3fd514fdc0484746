"""Does a shopper notice an upgrade of two replicas behind HAProxy, and the rollback after it?

The next version is a copy of the code whose records have a further field. Shoppers buy all the time, and repeat each
submit request with the same key. The replicas are replaced one after the other, first by the next version, and then by
the present one again. Takes a minute and a half.
"""

import asyncio
import os
import random
import socket
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import typer
from redis.asyncio import Redis

from bench.planted_defects import Change, changed_copy
from bench.replicas.environment import Environment, GatewayProcess, free_port, running_environment
from bench.replicas.fault_proxy import Shares
from bench.replicas.shopper import Answer, Device, NotPrepared, Shopper
from examples.run import ROOT
from gateway.sessions.encryption import SessionEncryption, encryption_keys
from gateway.settings.settings import Settings
from gateway.store.redis import PREFIX
from gateway.store.stored_records import JSON, MSGPACK
from tests.support.external_programs import needs_haproxy

DRAIN_S = 5
PAUSE_S = 3
"""Seconds of buying before the first replacement, between the upgrade and the rollback, and after it."""

STALL_S = 0.5

FIELD = "of_the_next_version"
MARK = "n-"
"""The ids of records that the next version has made begin with this."""

NEXT_VERSION = (
    Change("gateway/version.py", 'VERSION = "', 'VERSION = "1'),
    Change("gateway/store/stored_records.py", "    format: int = 1\n", f'    format: int = 1\n    {FIELD}: str = ""\n'),
    Change(
        "gateway/sessions/sessions.py",
        "        record = SessionRecord(\n            id=secrets.token_hex(8),\n",
        "        record = SessionRecord(\n"
        f'            {FIELD}="kept",\n            id="{MARK}" + secrets.token_hex(6),\n',
    ),
    Change(
        "gateway/submission/attempt.py",
        "        self.record = AttemptRecord(\n",
        "        self.record = AttemptRecord(\n"
        f'            {FIELD}="kept",\n            id=f"{MARK}{{now.timestamp()}}",\n',
    ),
)

CONFIGURATION = """
defaults
    mode http
    timeout connect 1s
    timeout client 75s
    timeout server 60s
    timeout check 1s
    retries 3
    option redispatch
    option httpchk GET /health/ready
frontend shop
    bind fd@{listener}
    default_backend gateways
backend gateways
    balance roundrobin
    default-server check inter 500ms fall 2 rise 1
    server one 127.0.0.1:{ports[0]}
    server two 127.0.0.1:{ports[1]}
"""


@dataclass
class Balancer:
    http: httpx.AsyncClient


@dataclass
class Noticed:
    """What the shoppers noticed."""

    requests: int = 0
    failures: Counter[str] = field(default_factory=Counter)
    slowest_s: float = 0
    stalls: int = 0
    placed: set[str] = field(default_factory=set)
    """Keys whose submit request was answered as placed."""
    purchases: int = 0

    @property
    def failed(self) -> int:
        return sum(self.failures.values())


@dataclass
class Buyer(Device):
    """A device whose failures are counted."""

    noticed: Noticed = field(default_factory=Noticed)

    async def ask(self, document: str, *, within_s: float = 30, **variables: Any) -> Answer:
        began_at = time.monotonic()
        answer = await super().ask(document, within_s=within_s, **variables)
        took_s = time.monotonic() - began_at
        self.noticed.requests += 1
        self.noticed.failures.update(answer.codes)
        self.noticed.slowest_s = max(self.noticed.slowest_s, took_s)
        self.noticed.stalls += took_s > STALL_S
        return answer


async def buy(environment: Environment, balancer: Balancer, number: int, noticed: Noticed) -> None:
    """One purchase by card, or by a redirect that the shopper approves. The submit request is repeated at the end."""
    rng = random.Random(number)  # noqa: S311 - no secret
    shopper = Shopper.new(environment, number, rng, has_account=number % 3 == 0)
    device = Buyer(shopper, [balancer], noticed=noticed)
    if shopper.has_account:
        await shopper.sign_in(device)
    await shopper.add(device)
    await asyncio.sleep(rng.uniform(0, 2))
    cart = await shopper.make_ready(device, "klarnaCredit" if number % 4 == 0 else "creditCard")
    await asyncio.sleep(rng.uniform(0, 2))
    request = shopper.request(cart)
    result = await shopper.submit(device, request)
    if result == "OrderActionRequired":
        await asyncio.sleep(rng.uniform(0, 4))
        await shopper.approve()
        result = await shopper.resume(device, request, names_key=True)
    await asyncio.sleep(rng.uniform(0, 4))
    repeated = await shopper.submit(device, request)
    noticed.purchases += 1
    if result == repeated == "OrderPlaced":
        noticed.placed.add(request.key)
    else:
        noticed.failures[f"{result}, then {repeated}"] += 1


async def keep_buying(
    environment: Environment, balancer: Balancer, numbers: Any, noticed: Noticed, ended: asyncio.Event
) -> None:
    while not ended.is_set():
        try:
            await buy(environment, balancer, next(numbers), noticed)
        except NotPrepared as failure:
            noticed.failures[str(failure)] += 1


@asynccontextmanager
async def balancer_of(ports: list[int]) -> AsyncIterator[Balancer]:
    program = needs_haproxy()
    with TemporaryDirectory(prefix="haproxy-") as folder, socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(2048)
        file = Path(folder) / "haproxy.cfg"
        file.write_text(CONFIGURATION.format(listener=listener.fileno(), ports=ports))
        process = await asyncio.create_subprocess_exec(
            program, "-db", "-f", str(file), pass_fds=[listener.fileno()], stderr=asyncio.subprocess.DEVNULL
        )
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        try:
            async with httpx.AsyncClient(base_url=url, timeout=60, trust_env=False) as http:
                yield Balancer(http)
        finally:
            process.kill()
            await process.wait()


async def fields_of_next_version(environment: Environment) -> Counter[str]:
    """How many records that the next version made still have its field, and how many have lost it."""
    keys = environment.world.keys
    settings = Settings(
        development=True,
        store_url=environment.valkey.url,
        api_key=keys.confidential_key,
        api_secret=keys.confidential_secret,
        publishable_key=keys.public_key,
    )
    encryption, counts = SessionEncryption(encryption_keys(settings)), Counter[str]()
    async with Redis.from_url(environment.valkey.url) as redis:
        for kind, coding in (("session", MSGPACK), ("attempt", JSON)):
            async for key in redis.scan_iter(f"{PREFIX}{kind}:*"):
                stored: Any = await redis.get(key)
                value = encryption.decrypt(key.decode().removeprefix(PREFIX), stored) if stored else None
                if value is None:
                    continue
                record = coding.decode(value, dict[str, Any])
                if record["id"].startswith(MARK):
                    counts[f"{kind}: {'kept' if record.get(FIELD) == 'kept' else 'lost'}"] += 1
    return counts


async def measure(shoppers: int) -> bool:
    noticed, ended = Noticed(), asyncio.Event()
    with TemporaryDirectory(prefix="next-version-") as folder:
        changed_copy(NEXT_VERSION, Path(folder))
        async with running_environment(1, shares=Shares(0, 0, 0, 0)) as environment:
            ports = [free_port(), free_port()]

            async def start(port: int, code: Path) -> GatewayProcess:
                return await environment.start(port=port, code=code, changes={"RIVERFRONT_DRAIN_S": str(DRAIN_S)})

            gateways = [await start(port, ROOT) for port in ports]
            async with balancer_of(ports) as balancer:
                numbers = iter(range(1_000_000))
                buying = [
                    asyncio.create_task(keep_buying(environment, balancer, numbers, noticed, ended))
                    for _ in range(shoppers)
                ]
                await asyncio.sleep(PAUSE_S)
                for name, code in (("upgrade", Path(folder)), ("rollback", ROOT)):
                    for index, port in enumerate(ports):
                        gateways[index].process.terminate()
                        await gateways[index].process.wait()
                        gateways[index] = await start(port, code)
                        counts = f"{noticed.requests} requests, {noticed.failed} failed"
                        print(f"{name}: replica {index + 1} replaced, {counts}")
                        await asyncio.sleep(PAUSE_S)
                fields = await fields_of_next_version(environment)
                ended.set()
                await asyncio.gather(*buying)
            return report(environment, noticed, fields)


def report(environment: Environment, noticed: Noticed, fields: Counter[str]) -> bool:
    verdict, orders = environment.verdict(), environment.ledger.orders()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.0f}")
    print(f"requests {noticed.requests}, failed {noticed.failed} {dict(noticed.failures)}")
    print(f"purchases {noticed.purchases}, answered as placed {len(noticed.placed)}, orders {len(orders)}")
    print(f"slowest answer {noticed.slowest_s * 1000:.0f} ms, above {STALL_S * 1000:.0f} ms: {noticed.stalls}")
    print(f"records of the next version: {dict(fields)}")
    for name, violations in verdict.violations():
        print(f"{name}: {len(violations)} {violations[:3]}")
    is_kept = fields["session: kept"] > 0 and fields["attempt: kept"] > 0 and not any("lost" in name for name in fields)
    return (
        verdict.is_good and not noticed.failures and len(orders) == len(noticed.placed) == noticed.purchases and is_kept
    )


def main(shoppers: int = 6) -> None:
    """Exits with 1 if a request failed, an order was lost or placed twice, or a record lost a field."""
    sys.exit(0 if asyncio.run(measure(shoppers)) else 1)


if __name__ == "__main__":
    typer.run(main)
