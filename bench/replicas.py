"""Can two replicas that share a store order twice, whatever clients do and whoever is killed?

Real processes on real sockets: a sandbox, a Valkey server, two gateways. `load` alternates between the
replicas with one key, with others, and with clients that hang up. `kills` ends a replica (SIGKILL) at a
random instant of a submission, and asks the other one with the same key what became of it. `silence` stops the
store from answering, and presses the button.

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
from sandbox.app import create_app as create_sandbox
from sandbox.model.world import World
from tests.support.shop import ADDRESS, PACK, SUBMIT, create_source, listening, new_key
from tests.support.valkey import Valkey, emptied

AT_ONCE = 40
QUIET_S = 3
"""Short, so that absence is believed soon."""

SETTLED_WITHIN_S = 60
STORE_TIMEOUT_S = 0.25
"""The gateway's own; `load` and `kills` are patient with a machine that is busy."""

SILENCE_TOLD_WITHIN_S = 0.3
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
class Found:
    """What was seen. Every list of it must be empty."""

    outcomes: Counter[str] = field(default_factory=Counter)
    twice: list[str] = field(default_factory=list)
    """Carts with more than one submit-cart."""
    untrue: list[str] = field(default_factory=list)
    """Carts whose client was told something else than what stands upstream."""
    unsettled: list[str] = field(default_factory=list)
    slowest_s: float = 0

    @property
    def is_good(self) -> bool:
        return not (self.twice or self.untrue or self.unsettled)


@dataclass(frozen=True)
class Buyer:
    """A guest whose cart is ready to be bought."""

    headers: dict[str, str]
    cart_id: str
    total: dict[str, str]


@dataclass
class Town:
    """A sandbox, a store, and gateways that can be killed."""

    world: World
    sandbox_url: str
    valkey: Valkey
    gateways: list["Running"] = field(default_factory=list)

    async def begin(self, store_timeout_s: float = 5) -> "Running":
        running = await Running.start(self, store_timeout_s)
        self.gateways.append(running)
        return running

    async def buyer(self, http: httpx.AsyncClient) -> Buyer:
        """Fill a cart at the gateway of `http`."""
        added = (await ask(http, {}, ADD, id=PACK))["addCartLines"]
        headers = {"Authorization": f"Bearer {added['bearerToken']}"}
        cart = (await ask(http, headers, PREPARE, a=ADDRESS))["prepareCheckout"]["cart"]
        async with httpx.AsyncClient(base_url=self.sandbox_url, trust_env=False) as sandbox:
            source_id = await create_source(sandbox, self.world, cart["paymentSession"]["sessionId"])
        attached = await ask(http, headers, ATTACH, id=source_id)
        assert attached["attachSource"]["errors"] == [], attached
        return Buyer(headers, cart["upstreamId"], cart["totals"]["orderTotal"])

    def submits_of(self, cart_id: str) -> int:
        """How often upstream was asked to make an order of the cart."""
        shopper = self._shopper_of(cart_id)
        return self.world.calls.count("POST", SUBMIT, shopper) if shopper else 0

    def has_order(self, cart_id: str) -> bool:
        return any(str(order.id) == cart_id for one in self.world.shoppers for order in one.orders.values())

    def _shopper_of(self, cart_id: str) -> str | None:
        for one in self.world.shoppers:
            is_open = one.cart is not None and str(one.cart.id) == cart_id
            if is_open or any(str(order.id) == cart_id for order in one.orders.values()):
                return one.id
        return None


@dataclass
class Running:
    process: asyncio.subprocess.Process
    url: str

    @classmethod
    async def start(cls, town: Town, store_timeout_s: float) -> "Running":
        keys, port = town.world.keys, free_port()
        settings = {
            "RIVERFRONT_DEVELOPMENT": "true",
            "RIVERFRONT_LOG_LEVEL": "ERROR",
            "RIVERFRONT_PORT": str(port),
            "RIVERFRONT_UPSTREAM_URL": town.sandbox_url,
            "RIVERFRONT_STORE_URL": town.valkey.url,
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
async def town() -> AsyncIterator[Town]:
    world = World()
    world.stock[int(PACK)] = None  # Nobody counts it: every cart can be bought.
    async with AsyncExitStack() as stack:
        valkey = stack.enter_context(Valkey())
        await emptied(valkey)
        sandbox_url = await stack.enter_async_context(listening(create_sandbox(world), "off"))
        place = Town(world, sandbox_url, valkey)
        try:
            yield place
        finally:
            for running in place.gateways:
                if running.process.returncode is None:
                    running.process.terminate()
                await running.process.wait()


async def ask(http: httpx.AsyncClient, headers: dict[str, str], text: str, **variables: Any) -> dict[str, Any]:
    answer = await http.post("/graphql", json={"query": text, "variables": variables}, headers=headers)
    data: dict[str, Any] | None = answer.json().get("data")
    return data or {}


async def load(submits: int, carts: int) -> Found:
    """Many submissions of few carts, at two replicas in turn."""
    found, gate = Found(), asyncio.Semaphore(AT_ONCE)
    async with town() as place, AsyncExitStack() as stack:
        limits = httpx.Limits(max_connections=None)
        https = [
            await stack.enter_async_context(
                httpx.AsyncClient(base_url=(await place.begin()).url, timeout=30, limits=limits, trust_env=False)
            )
            for _ in range(2)
        ]

        async def fill() -> Buyer:
            async with gate:
                return await place.buyer(random.choice(https))  # noqa: S311 - no secret

        async def press(buyer: Buyer, key: str, *, hangs_up: bool) -> None:
            async with gate:
                asking = ask(random.choice(https), buyer.headers, BUY, key=key, total=buyer.total)  # noqa: S311 - no secret
                with suppress(TimeoutError, httpx.TransportError):
                    answer = await asyncio.wait_for(asking, HANG_UP_S if hangs_up else 30)
                    found.outcomes[outcome_of(answer)] += 1

        buyers = await asyncio.gather(*(fill() for _ in range(carts)))
        keys = {buyer.cart_id: new_key() for buyer in buyers}
        presses = []
        for number in range(submits):
            buyer = buyers[number % carts]
            key = keys[buyer.cart_id] if random.random() < 0.6 else new_key()  # noqa: S311 - no secret
            presses.append(press(buyer, key, hangs_up=random.random() < 0.1))  # noqa: S311 - no secret
        random.shuffle(presses)
        await asyncio.gather(*presses)
        await asyncio.gather(*(settle(place, https, buyer, keys[buyer.cart_id], found) for buyer in buyers))
    return found


async def kills(times: int) -> Found:
    """Each time one replica is killed somewhere between the press and the answer."""
    found, settling = Found(), []
    async with town() as place, AsyncExitStack() as stack:
        stays = await place.begin()
        http = await stack.enter_async_context(httpx.AsyncClient(base_url=stays.url, timeout=30, trust_env=False))
        for _ in range(times):
            dies = await place.begin()
            async with httpx.AsyncClient(base_url=dies.url, timeout=30, trust_env=False) as doomed:
                buyer, key = await place.buyer(doomed), new_key()
                slow_s = random.uniform(0, 0.2)  # noqa: S311 - no secret
                async with httpx.AsyncClient(base_url=place.sandbox_url, trust_env=False) as sandbox:
                    fault = {"kind": "delay", "path": SUBMIT, "delay_s": slow_s, "times": 1}
                    await sandbox.post("/_sandbox/faults", json=fault)
                press = asyncio.create_task(ask(doomed, buyer.headers, BUY, key=key, total=buyer.total))
                await asyncio.sleep(random.uniform(0, slow_s + 0.05))  # noqa: S311 - no secret
                dies.kill()
                with suppress(httpx.TransportError, ValueError):
                    await press
            place.world.faults.clear()
            settling.append(asyncio.create_task(settle(place, [http], buyer, key, found)))
        await asyncio.gather(*settling)
    return found


async def settle(place: Town, https: list[httpx.AsyncClient], buyer: Buyer, key: str, found: Found) -> None:
    """Ask with the same key until the answer is definite, and compare it with what stands upstream."""
    began_at, outcome = time.monotonic(), ""
    while outcome not in DEFINITE:
        if time.monotonic() - began_at > QUIET_S + SETTLED_WITHIN_S:
            found.unsettled.append(f"{buyer.cart_id}: {outcome}")
            return
        answer = await ask(random.choice(https), buyer.headers, BUY, key=key, total=buyer.total)  # noqa: S311 - no secret
        outcome = outcome_of(answer)
        await asyncio.sleep(0.2)
    found.outcomes[f"in the end {outcome}"] += 1
    found.slowest_s = max(found.slowest_s, time.monotonic() - began_at)
    if place.submits_of(buyer.cart_id) > 1:
        found.twice.append(buyer.cart_id)
    # A key that met another's submission was blocked by it, and that one bought.
    expected = {"OrderPlaced": True, "OrderBlocked": True, "OrderNotPlaced": False, "OrderDeclined": False}
    if place.has_order(buyer.cart_id) is not expected[outcome]:
        found.untrue.append(f"{buyer.cart_id}: {answer}")


async def silence(times: int) -> Found:
    """The store listens and answers nothing; `untrue` has the answers that came late, or said something else."""
    found = Found()
    async with town() as place:
        gateway = await place.begin(STORE_TIMEOUT_S)
        async with httpx.AsyncClient(base_url=gateway.url, timeout=30, trust_env=False) as http:
            buyer = await place.buyer(http)
            with place.valkey.paused():
                for _ in range(times):
                    began_at = time.monotonic()
                    variables = {"key": new_key(), "total": buyer.total}
                    sent = {"query": BUY, "variables": variables}
                    (error,) = (await http.post("/graphql", json=sent, headers=buyer.headers)).json()["errors"]
                    took_s, code = time.monotonic() - began_at, error["extensions"]["code"]
                    found.outcomes[code] += 1
                    found.slowest_s = max(found.slowest_s, took_s)
                    if took_s > SILENCE_TOLD_WITHIN_S or "nothing was charged" not in error["message"]:
                        found.untrue.append(f"{took_s * 1000:.0f} ms: {error['message']}")
        found.twice += [buyer.cart_id] * place.submits_of(buyer.cart_id)
    return found


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
    """Submissions of few carts, at two replicas in turn."""
    _tell(f"{submits} submissions of {carts} carts", load(submits, carts))


@app.command("kills")
def run_kills(times: int = 200) -> None:
    """Kill a replica in the middle of a submission, time after time."""
    _tell(f"{times} kills", kills(times))


@app.command("silence")
def run_silence(times: int = 50) -> None:
    """Press the button while the store answers nothing."""
    _tell(f"{times} presses without a store", silence(times))


def _tell(what: str, work: Any) -> None:
    began_at = time.monotonic()
    found: Found = asyncio.run(work)
    print(f"{what}, {os.cpu_count()} cores, {time.monotonic() - began_at:.0f} s")
    for outcome, count in sorted(found.outcomes.items()):
        print(f"  {outcome:32} {count}")
    print(f"  the slowest was settled after    {found.slowest_s:.2f} s (quiet time {QUIET_S} s)")
    for name, carts in (("twice", found.twice), ("untrue", found.untrue), ("unsettled", found.unsettled)):
        print(f"  {name:32} {len(carts)} {carts[:3] or ''}")
    sys.exit(0 if found.is_good else 1)


if __name__ == "__main__":
    app()
