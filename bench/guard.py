"""Has a part of the gateway become slower since the last measurement? `python -m bench.guard`

Measures CPU time in this process, as a ratio to that of a reference, which is measured in the same rounds: graphql-core
executes a small query over dictionaries, or `json.loads` reads the same body. Times depend on the machine, ratios
hardly do. Exits with 1 if a ratio is above the one in `guard_baseline.json` by more than the slack. `--write` writes
that file, after a change that makes the gateway faster.
"""

import argparse
import asyncio
import gc
import json
import math
import random
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple, cast

from graphql import build_schema, execute_sync, parse, validate
from starlette.types import ASGIApp, Message

from bench.harness.operations import CHECKOUT, CHECKOUT_PAGE, PRODUCT_PAGE, SMALLEST, Operation
from bench.harness.recording import Recorded, record
from bench.harness.report import introduce
from bench.harness.rounds import START_SESSION, upstream
from gateway.app import create_app
from gateway.documents.card_numbers import Screen
from gateway.documents.registry import Documents
from gateway.execution.compiler import Compiler
from gateway.execution.run import Run
from gateway.operation.context import Context
from gateway.settings.settings import Settings
from gateway.store.answer_cache import AnswerCache, Lifetime
from gateway.upstream import transport
from gateway.upstream.cart import CartAnswer
from gateway.upstream.catalog import Market
from gateway.upstream.decoding import decode
from gateway.upstream.retrying_calls import Calls, Retries
from sandbox.model.world import World
from schema.build import build
from tests.support.at_once import at_once
from tests.support.shop import CART, settings_for

BASELINE = Path(__file__).parent / "guard_baseline.json"

SLACK = 1.3

ROUNDS = 15

TRIES = 3
"""Measurements of a part that seems slower. A regression is slower in all of them, a disturbance hardly ever."""

NOTE = "# {}"
"""Appended to a document, to make it a new one."""

WITHOUT_RESOLVERS = """{ cart { id revision currencyCode totalQuantity
  lines { id quantity product { id name thumbnailUrl } pricing { listPriceTotal { ...M } salePriceTotal { ...M } } }
  totals { subtotal { ...M } tax { ...M } shippingAndHandling { ...M } orderTotal { ...M } }
  billingAddress { address { firstName lastName line1 city postalCode countryCode email } } } }
  fragment M on Money { amount currencyCode formatted }"""


class Part(NamedTuple):
    """A part of the gateway. `run` does its work `times` times."""

    name: str
    reference: str
    run: Callable[[int], Awaitable[None]]
    times: int


Ratios = dict[str, float]


def repeated(call: Callable[[], object]) -> Callable[[int], Awaitable[None]]:
    async def run(times: int) -> None:
        for _ in range(times):
            call()

    return run


def repeated_async(call: Callable[[], Awaitable[object]]) -> Callable[[int], Awaitable[None]]:
    async def run(times: int) -> None:
        for _ in range(times):
            await call()

    return run


def execution() -> Part:
    """The reference: graphql-core completes 200 leaves of dictionaries."""
    schema = build_schema("type Query { rows: [Row] } type Row { a: Int b: String c: Float d: Boolean }")
    query = parse("{ rows { a b c d } }")
    source = {"rows": [{"a": 1, "b": "text", "c": 0.5, "d": True}] * 50}
    return Part("execution", "", repeated(lambda: execute_sync(schema, query, source)), 4)


def decoding(cart: bytes) -> list[Part]:
    return [
        Part("json.loads", "", repeated(lambda: json.loads(cart)), 60),
        Part("decode a cart", "json.loads", repeated(lambda: decode(cart, CartAnswer)), 60),
    ]


async def cached_answer() -> Part:
    cache = AnswerCache(lambda: datetime.now(UTC))
    lifetime = Lifetime(timedelta(hours=1), timedelta(hours=1))

    async def load() -> bytes:
        return b"answer"

    await cache.get_or_load(KEY, load, lifetime)
    return Part("hit of the cache", "execution", repeated_async(lambda: cache.get_or_load(KEY, load, lifetime)), 200)


def documents(settings: Settings) -> list[Part]:
    graph = build(suggests=settings.development)
    registry = Documents(graph.core, graph.directive_tables, settings)
    numbers = iter(range(10**9))

    def prepare(source: str) -> Coroutine[Any, Any, object]:
        return registry.prepare(source, None, None, {}, Screen(), over_get=False)

    source = CHECKOUT_PAGE.document
    new = repeated(lambda: at_once(prepare(source + NOTE.format(next(numbers)))))
    return [
        Part("find a document", "execution", repeated_async(lambda: prepare(source)), 200),
        Part("parse and validate", "", repeated(lambda: validate(graph.core, parse(source))), 2),
        Part("read a new document", "parse and validate", new, 2),
    ]


def plans(settings: Settings, cart: bytes) -> list[Part]:
    """Completing a decoded cart of ten lines by a plan, and compiling the plan of a page."""
    graph = build(suggests=settings.development)
    registry = Documents(graph.core, graph.directive_tables, settings)

    def compiled(source: str) -> Any:
        operation = at_once(registry.prepare(source, None, None, {}, Screen(), over_get=False)).operation
        return Compiler(graph.core, operation, {}).plan()

    (field,) = compiled(WITHOUT_RESOLVERS).fields
    shape = decode(cart, CartAnswer).cart
    # The selected fields make no calls. Of the context, they need only the market in which amounts are written.
    context = SimpleNamespace(operation=SimpleNamespace(market=Market("en-US", "USD"), session=None, field_spans=None))
    run = Run(cast(Context, context), None)
    return [
        Part("complete a cart", "execution", repeated(lambda: field.complete(shape, run, ())), 20),
        Part("compile a plan", "parse and validate", repeated(lambda: compiled(CHECKOUT_PAGE.document)), 2),
    ]


def engine(calls: Calls) -> Part:
    """Reading a cart of 20 KB over a socket, eight at a time."""

    async def run(times: int) -> None:
        for _ in range(times):
            await asyncio.gather(*(calls.read(CART, "token", {"expand": "all"}) for _ in range(8)))

    return Part("read upstream", "execution", run, 4)


@dataclass
class Asker:
    """Sends operations to the application without a server."""

    app: ASGIApp
    bearer: str = ""

    async def ask(self, body: Mapping[str, Any]) -> Any:
        content, parts = json.dumps(body).encode(), []
        headers = {
            "host": "gateway",
            "content-type": "application/json",
            "content-length": str(len(content)),
            "accept": "application/json",
            "x-riverfront-client": "bench",
        }
        if self.bearer:
            headers["authorization"] = f"Bearer {self.bearer}"
        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": "POST",
            "scheme": "http",
            "path": "/graphql",
            "raw_path": b"/graphql",
            "query_string": b"",
            "root_path": "",
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
            "client": ("127.0.0.1", 4711),
            "server": ("127.0.0.1", 80),
            "state": {},
        }

        async def receive() -> Message:
            return {"type": "http.request", "body": content, "more_body": False}

        async def send(message: Message) -> None:
            parts.append(message.get("body", b""))

        await self.app(scope, receive, send)
        return json.loads(b"".join(parts))

    async def part(self, operation: Operation, times: int) -> Part:
        """The whole request, from the ASGI message to the last byte of the answer."""
        for _ in range(3):
            wrong = list(operation.differences(await self.ask(operation.body)))
            assert wrong == [], wrong
        return Part(f"request: {operation.name}", "execution", repeated_async(lambda: self.ask(operation.body)), times)


async def requests(app: ASGIApp, recorded: Recorded) -> list[Part]:
    asker = Asker(app)
    started = await asker.ask({"query": START_SESSION})
    asker.bearer = started["data"]["startSession"]["bearerToken"]
    smallest, checkout, product = recorded.operations
    return [await asker.part(smallest, 40), await asker.part(checkout, 8), await asker.part(product, 12)]


@asynccontextmanager
async def all_parts() -> AsyncIterator[list[Part]]:
    recorded = await record([SMALLEST, CHECKOUT, PRODUCT_PAGE])
    cart = recorded.recording.answers[f"GET {CART}"].body
    with upstream(recorded.recording) as url:
        settings = settings_for(
            World(), upstream_url=url, merchant_key="", payment_key="", ledger_url="", ledger_key=""
        )
        app = create_app(settings)
        async with app.router.lifespan_context(app), transport.client(transport.Network()) as http:
            yield [
                execution(),
                *decoding(cart),
                await cached_answer(),
                *documents(settings),
                *plans(settings, cart),
                engine(Calls(http, settings, Retries())),
                *await requests(app, recorded),
            ]


async def measure(parts: list[Part]) -> Ratios:
    """Each part's CPU time over that of its reference, each in the round that other programs disturbed least."""
    cpu_s = dict.fromkeys((part.name for part in parts), math.inf)
    gc.collect()
    gc.freeze()
    for _ in range(ROUNDS):
        for part in random.sample(parts, len(parts)):
            before_s = time.process_time()
            await part.run(part.times)
            cpu_s[part.name] = min(cpu_s[part.name], (time.process_time() - before_s) / part.times)
    gc.unfreeze()
    return {part.name: cpu_s[part.name] / cpu_s[part.reference] for part in parts if part.reference}


def slower(ratios: Ratios, baseline: Ratios) -> set[str]:
    """Names of the parts that are slower than the baseline allows. A part without a baseline is too slow."""
    return {name for name, ratio in ratios.items() if ratio > baseline.get(name, 0) * SLACK}


KEY = "product:of-the-guard"
"""A key of a kind that the gateway has, because others are counted more slowly."""


async def guard(baseline: Ratios) -> Ratios:
    """The ratios, of which those that seem too high are measured again. The smallest counts."""
    async with all_parts() as parts:
        await measure(parts)  # The first run is slower, because nothing has been called yet.
        ratios = await measure(parts)
        for _ in range(TRIES - 1):
            if not slower(ratios, baseline):
                break
            again = await measure(parts)
            ratios = {name: min(ratio, again[name]) for name, ratio in ratios.items()}
    return ratios


def print_ratios(ratios: Ratios, baseline: Ratios) -> None:
    print(f"  {'part':22} {'ratio':>8} {'baseline':>9}   (fails above {SLACK} times the baseline)")
    for name, ratio in ratios.items():
        remark = "SLOWER" if name in slower(ratios, baseline) else ""
        print(f"  {name:22} {ratio:8.4f} {baseline.get(name, 0):9.4f}   {remark}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Compare the CPU time of the gateway's parts with the baseline.")
    parser.add_argument("--write", action="store_true", help="write the baseline")
    arguments = parser.parse_args()
    introduce(__doc__, f"{ROUNDS} rounds, CPU time of this process")
    expected: Ratios = {} if arguments.write else json.loads(BASELINE.read_text())
    results = asyncio.run(guard(expected))
    print_ratios(results, expected)
    if arguments.write:
        rounded = {name: float(f"{ratio:.3g}") for name, ratio in results.items()}
        BASELINE.write_text(json.dumps(rounded, indent=1) + "\n")
    elif slower(results, expected):
        sys.exit(1)
