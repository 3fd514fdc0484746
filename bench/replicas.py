"""Tests that two replicas with a shared store never place an order twice.

The sandbox, a Valkey server and two gateways run as real processes with real sockets. There are three tests:

- `load` sends submit requests to both replicas. Some requests repeat a key, and some clients hang up.
- `kills` kills one replica (SIGKILL) during a submission, and repeats the submit request at the other replica.
- `silence` pauses the store, so that it does not answer, and sends submit requests.

    python -m bench.replicas load --submits 10000 --carts 500
    python -m bench.replicas kills --times 200
    python -m bench.replicas silence
"""

import asyncio
import os
import random
import socket
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import httpx
import typer

from examples.run import ROOT
from gateway.upstream import transport
from sandbox.app import create_app as create_sandbox
from sandbox.model.world import World
from tests.support.shop import ADDRESS, PACK, SUBMIT, create_source, listening, new_key
from tests.support.valkey import Valkey, emptied

AT_ONCE = 40
PREPARATION_TRIES = 5
QUIET_S = 3
"""Quiet time of the gateways in seconds. After it, a missing order is reported as not placed. The default is longer."""

SETTLED_WITHIN_S = 60
STORE_TIMEOUT_S = 0.25
"""Default store timeout of the gateway, in seconds. `load` and `kills` use a longer timeout, because they run on busy
machines."""

REFUSED_WITHIN_S = 0.3
HANG_UP_S = 0.01

ADD = """mutation($id: String!) { addCartLines(input: {delivery: BEARER, lines: [{product: {upstreamId: $id}}]}) {
  bearerToken errors { code } } }"""
PREPARE = """mutation($a: AddressInput!) { prepareCheckout(input: {billing: {address: $a}, shipping: {sameAs: BILLING},
  shippingOption: {rule: CHEAPEST}, termsOfSaleAccepted: true}) { errors { code }
  cart { upstreamId totals { orderTotal { amount currencyCode } } paymentSession { sessionId } } } }"""
ATTACH = "mutation($id: String!) { attachSource(input: {source: {sourceId: $id}}) { errors { code } } }"
BUY = """mutation($key: UUID!, $total: MoneyInput!) {
  submitOrder(input: {idempotencyKey: $key, expectedTotal: $total}) {
    errors { code message } result { __typename ... on OrderPlaced { order { number } }
      ... on OrderBlocked { blockers { code } } } } }"""

DEFINITE = frozenset({"OrderPlaced", "OrderNotPlaced", "OrderDeclined", "OrderBlocked"})


@dataclass
class Report:
    """Result of a run. Each list has the carts with one kind of error. After a good run, all lists are empty."""

    outcomes: Counter[str] = field(default_factory=Counter)
    ordered_twice: list[str] = field(default_factory=list)
    """Carts for which the gateways called submit-cart more than once."""
    wrong_answers: list[str] = field(default_factory=list)
    """Carts for which a client got an answer that contradicts the order at Digital River."""
    unsettled: list[str] = field(default_factory=list)
    """Carts whose submission still had no definite outcome at the deadline of this test."""
    slowest_s: float = 0

    @property
    def is_good(self) -> bool:
        return not (self.ordered_twice or self.wrong_answers or self.unsettled)


@dataclass(frozen=True)
class Buyer:
    """A guest whose cart can be submitted."""

    headers: dict[str, str]
    cart_id: str
    total: dict[str, str]


@dataclass
class Environment:
    """A sandbox, a store, and gateways that the test can kill."""

    world: World
    sandbox_url: str
    valkey: Valkey
    gateways: list["GatewayProcess"] = field(default_factory=list)

    async def begin(self, store_timeout_s: float = 5) -> "GatewayProcess":
        running = await GatewayProcess.start(self, store_timeout_s)
        self.gateways.append(running)
        return running

    async def buyer(self, http: httpx.AsyncClient) -> Buyer:
        """A new guest with a cart that can be submitted. `http` is the client of a gateway."""
        added = (await accepted(http, {}, ADD, id=PACK))["addCartLines"]
        headers = {"Authorization": f"Bearer {added['bearerToken']}"}
        cart = (await accepted(http, headers, PREPARE, a=ADDRESS))["prepareCheckout"]["cart"]
        async with httpx.AsyncClient(base_url=self.sandbox_url, trust_env=False) as sandbox:
            source_id = await create_source(sandbox, self.world, cart["paymentSession"]["sessionId"])
        await accepted(http, headers, ATTACH, id=source_id)
        return Buyer(headers, cart["upstreamId"], cart["totals"]["orderTotal"])

    def submits_of(self, cart_id: str) -> int:
        """Number of submit-cart calls for the cart."""
        shopper = self._shopper_of(cart_id)
        return self.world.calls.count("POST", SUBMIT, shopper) if shopper else 0

    def has_order(self, cart_id: str) -> bool:
        return any(str(order.id) == cart_id for shopper in self.world.shoppers for order in shopper.orders.values())

    def _shopper_of(self, cart_id: str) -> str | None:
        for shopper in self.world.shoppers:
            is_open = shopper.cart is not None and str(shopper.cart.id) == cart_id
            if is_open or any(str(order.id) == cart_id for order in shopper.orders.values()):
                return shopper.id
        return None


@dataclass
class GatewayProcess:
    process: asyncio.subprocess.Process
    url: str

    @classmethod
    async def start(cls, environment: Environment, store_timeout_s: float) -> "GatewayProcess":
        keys, port = environment.world.keys, free_port()
        settings = {
            "RIVERFRONT_DEVELOPMENT": "true",
            "RIVERFRONT_LOG_LEVEL": "ERROR",
            "RIVERFRONT_PORT": str(port),
            "RIVERFRONT_UPSTREAM_URL": environment.sandbox_url,
            "RIVERFRONT_STORE_URL": environment.valkey.url,
            "RIVERFRONT_API_KEY": keys.confidential_key,
            "RIVERFRONT_API_SECRET": keys.confidential_secret,
            "RIVERFRONT_PUBLISHABLE_KEY": keys.public_key,
            "RIVERFRONT_SUBMISSION_DEADLINE_S": str(QUIET_S - 1),
            "RIVERFRONT_DOUBT_QUIET_S": str(QUIET_S),
            "RIVERFRONT_STORE_TIMEOUT_S": str(store_timeout_s),
        }
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "gateway", "serve", cwd=ROOT, env=os.environ | settings
        )
        url = f"http://127.0.0.1:{port}"
        async with httpx.AsyncClient(base_url=url, trust_env=False) as http:
            while process.returncode is None:
                with suppress(httpx.TransportError):
                    if (await http.get("/health/ready")).status_code == 200:
                        return cls(process, url)
                await asyncio.sleep(0.05)
        raise RuntimeError("the gateway did not start")

    def kill(self) -> None:
        self.process.kill()


@asynccontextmanager
async def running_environment() -> AsyncIterator[Environment]:
    world = World()
    world.stock[int(PACK)] = None  # Unlimited stock, so that every cart can be submitted.
    async with AsyncExitStack() as stack:
        valkey = stack.enter_context(Valkey())
        await emptied(valkey)
        sandbox_url = await stack.enter_async_context(listening(create_sandbox(world), "off"))
        environment = Environment(world, sandbox_url, valkey)
        try:
            yield environment
        finally:
            for running in environment.gateways:
                if running.process.returncode is None:
                    running.process.terminate()
                await running.process.wait()


async def ask(http: httpx.AsyncClient, headers: dict[str, str], document: str, **variables: Any) -> dict[str, Any]:
    answer = await http.post("/graphql", json={"query": document, "variables": variables}, headers=headers)
    data: dict[str, Any] | None = answer.json().get("data")
    return data or {}


async def accepted(http: httpx.AsyncClient, headers: dict[str, str], document: str, **variables: Any) -> dict[str, Any]:
    """Data that a mutation returns. If the mutation fails, it is sent again, because busy machines cause timeouts."""
    answer: dict[str, Any] = {}
    for _ in range(PREPARATION_TRIES):
        with suppress(httpx.TransportError):
            answer = await ask(http, headers, document, **variables)
        if answer and not any(payload["errors"] for payload in answer.values()):
            return answer
    raise RuntimeError(f"the cart could not be prepared: {answer}")


async def load(submits: int, carts: int) -> Report:
    """Report of a run that sends many submit requests for few carts, each to one of two replicas at random."""
    report, gate = Report(), asyncio.Semaphore(AT_ONCE)
    async with running_environment() as environment, AsyncExitStack() as stack:
        # A client that hangs up cancels a request. The default network layer of httpx can then leave its connection
        # open for ever.
        https = [
            await stack.enter_async_context(
                httpx.AsyncClient(base_url=(await environment.begin()).url, timeout=30, transport=transport.Network())
            )
            for _ in range(2)
        ]

        async def fill() -> Buyer:
            async with gate:
                return await environment.buyer(random.choice(https))  # noqa: S311 - no secret

        async def submit(buyer: Buyer, key: str, *, hangs_up: bool) -> None:
            async with gate:
                asking = ask(random.choice(https), buyer.headers, BUY, key=key, total=buyer.total)  # noqa: S311 - no secret
                with suppress(TimeoutError, httpx.TransportError):
                    answer = await asyncio.wait_for(asking, HANG_UP_S if hangs_up else 30)
                    report.outcomes[outcome_of(answer)] += 1

        buyers = await asyncio.gather(*(fill() for _ in range(carts)))
        keys = {buyer.cart_id: new_key() for buyer in buyers}
        requests = []
        for number in range(submits):
            buyer = buyers[number % carts]
            key = keys[buyer.cart_id] if random.random() < 0.6 else new_key()  # noqa: S311 - no secret
            requests.append(submit(buyer, key, hangs_up=random.random() < 0.1))  # noqa: S311 - no secret
        random.shuffle(requests)
        await asyncio.gather(*requests)
        await asyncio.gather(*(settle(environment, https, buyer, keys[buyer.cart_id], report) for buyer in buyers))
    return report


async def kills(times: int) -> Report:
    """Report of a run that kills a replica `times` times, each at a random moment between submit request and answer."""
    report, settling = Report(), []
    async with running_environment() as environment, AsyncExitStack() as stack:
        survivor = await environment.begin()
        http = await stack.enter_async_context(httpx.AsyncClient(base_url=survivor.url, timeout=30, trust_env=False))
        for _ in range(times):
            victim = await environment.begin()
            async with httpx.AsyncClient(base_url=victim.url, timeout=30, trust_env=False) as victim_http:
                buyer, key = await environment.buyer(victim_http), new_key()
                delay_s = random.uniform(0, 0.2)  # noqa: S311 - no secret
                async with httpx.AsyncClient(base_url=environment.sandbox_url, trust_env=False) as sandbox:
                    fault = {"kind": "delay", "path": SUBMIT, "delay_s": delay_s, "times": 1}
                    await sandbox.post("/_sandbox/faults", json=fault)
                request = asyncio.create_task(ask(victim_http, buyer.headers, BUY, key=key, total=buyer.total))
                await asyncio.sleep(random.uniform(0, delay_s + 0.05))  # noqa: S311 - no secret
                victim.kill()
                with suppress(httpx.TransportError, ValueError):
                    await request
            environment.world.faults.clear()
            settling.append(asyncio.create_task(settle(environment, [http], buyer, key, report)))
        await asyncio.gather(*settling)
    return report


async def settle(
    environment: Environment, https: list[httpx.AsyncClient], buyer: Buyer, key: str, report: Report
) -> None:
    """Repeat the submit request until the outcome is definite. Check that the outcome matches the sandbox's orders."""
    began_at, outcome = time.monotonic(), ""
    while outcome not in DEFINITE:
        if time.monotonic() - began_at > QUIET_S + SETTLED_WITHIN_S:
            report.unsettled.append(f"{buyer.cart_id}: {outcome}")
            return
        with suppress(httpx.TransportError):
            answer = await ask(random.choice(https), buyer.headers, BUY, key=key, total=buyer.total)  # noqa: S311 - no secret
            outcome = outcome_of(answer)
        await asyncio.sleep(0.2)
    report.outcomes[f"finally {outcome}"] += 1
    report.slowest_s = max(report.slowest_s, time.monotonic() - began_at)
    if environment.submits_of(buyer.cart_id) > 1:
        report.ordered_twice.append(buyer.cart_id)
    # `OrderBlocked` is correct only if another submission of the same cart has placed the order.
    expected = {"OrderPlaced": True, "OrderBlocked": True, "OrderNotPlaced": False, "OrderDeclined": False}
    if environment.has_order(buyer.cart_id) is not expected[outcome]:
        report.wrong_answers.append(f"{buyer.cart_id}: {answer}")


async def silence(times: int) -> Report:
    """Report of a run that sends submit requests while the store does not answer. A late answer is a wrong
    answer."""
    report = Report()
    async with running_environment() as environment:
        gateway = await environment.begin(STORE_TIMEOUT_S)
        async with httpx.AsyncClient(base_url=gateway.url, timeout=30, trust_env=False) as http:
            buyer = await environment.buyer(http)
            with environment.valkey.paused():
                for _ in range(times):
                    began_at = time.monotonic()
                    variables = {"key": new_key(), "total": buyer.total}
                    sent = {"query": BUY, "variables": variables}
                    (error,) = (await http.post("/graphql", json=sent, headers=buyer.headers)).json()["errors"]
                    took_s, code = time.monotonic() - began_at, error["extensions"]["code"]
                    report.outcomes[code] += 1
                    report.slowest_s = max(report.slowest_s, took_s)
                    if took_s > REFUSED_WITHIN_S or "nothing was charged" not in error["message"]:
                        report.wrong_answers.append(f"{took_s * 1000:.0f} ms: {error['message']}")
        report.ordered_twice += [buyer.cart_id] * environment.submits_of(buyer.cart_id)
    return report


def outcome_of(answer: dict[str, Any]) -> str:
    payload = answer.get("submitOrder") or {}
    if payload.get("errors"):
        return str(payload["errors"][0]["code"])
    return str((payload.get("result") or {}).get("__typename", "no result"))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.command("load")
def run_load(submits: int = 10_000, carts: int = 500) -> None:
    """Send many submit requests for few carts to two replicas."""
    _print(f"{submits} submit requests for {carts} carts", load(submits, carts))


@app.command("kills")
def run_kills(times: int = 200) -> None:
    """Repeatedly kill a replica in the middle of a submission."""
    _print(f"{times} kills", kills(times))


@app.command("silence")
def run_silence(times: int = 50) -> None:
    """Send submit requests while the store does not answer."""
    _print(f"{times} submit requests without a store", silence(times))


def _print(title: str, work: Any) -> None:
    began_at = time.monotonic()
    report: Report = asyncio.run(work)
    print(f"{title}, {os.cpu_count()} cores, {time.monotonic() - began_at:.0f} s")
    for outcome, count in sorted(report.outcomes.items()):
        print(f"  {outcome:32} {count}")
    print(f"  slowest settled after            {report.slowest_s:.2f} s (quiet time {QUIET_S} s)")
    for name, carts in (
        ("ordered twice", report.ordered_twice),
        ("wrong answers", report.wrong_answers),
        ("unsettled", report.unsettled),
    ):
        print(f"  {name:32} {len(carts)} {carts[:3] or ''}")
    sys.exit(0 if report.is_good else 1)


if __name__ == "__main__":
    app()
