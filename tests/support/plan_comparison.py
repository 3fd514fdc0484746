"""Asks two gateways the same: one with compiled plans, one without. Each has a sandbox of its own."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from typing import Any, NamedTuple

import httpx

from gateway.execution import executor
from gateway.upstream.retrying_calls import Retries
from sandbox.app import create_app as create_sandbox
from sandbox.model.world import World
from tests.support.shop import Clock, InMemoryTransport, Shopper, gateway

RANDOM = re.compile(r"[0-9a-fA-F]{6,}|[\w-]{32,}|\d{4}-\d\d-\d\d")
"""Strings with random parts or times, which differ between two sandboxes."""

SETTLING_CYCLES = 100


def difference(planned: Any, expected: Any, names: dict[str, str], path: str = "") -> str | None:
    """The first difference of two answers, including the order of keys; None if there is none.

    `names` collects the random strings of the one answer and their counterparts in the other one: two occurrences of a
    string must have the same counterpart.
    """
    if type(planned) is not type(expected):
        return f"{path}: {planned!r}, not {expected!r}"
    if isinstance(planned, dict):
        if list(planned) != list(expected):
            return f"{path}: keys {list(planned)}, not {list(expected)}"
        pairs = [(name, planned[name], expected[name]) for name in planned]
    elif isinstance(planned, list):
        if len(planned) != len(expected):
            return f"{path}: {planned!r}, not {expected!r}"
        pairs = [(str(index), *pair) for index, pair in enumerate(zip(planned, expected, strict=True))]
    elif isinstance(planned, str) and RANDOM.search(planned) and RANDOM.search(expected):
        return None if names.setdefault(planned, expected) == expected else f"{path}: {planned!r}, not {expected!r}"
    else:
        return None if planned == expected else f"{path}: {planned!r}, not {expected!r}"
    differences = (difference(mine, other, names, f"{path}.{name}") for name, mine, other in pairs)
    return next((first for first in differences if first is not None), None)


def sorted_errors(body: dict[str, Any]) -> dict[str, Any]:
    """The answer with its errors in the order of their paths. Their order depends on which field fails first."""
    if "errors" not in body:
        return body
    return body | {"errors": sorted(body["errors"], key=lambda error: (str(error.get("path")), error["message"]))}


class Comparison(NamedTuple):
    difference: str | None
    """The first difference of the two answers, or of the calls to Digital River."""
    body: dict[str, Any]
    """The answer of the gateway with plans."""


class Pair:
    """A shopper of a gateway with plans, and one of a gateway without. Both do the same."""

    def __init__(self, planned: Shopper, expected: Shopper, needless_failures: "Warnings") -> None:
        self.shoppers = (planned, expected)
        self._needless_failures = needless_failures

    async def both(self, act: Callable[[Shopper], Awaitable[Any]]) -> list[Any]:
        return [await act(shopper) for shopper in self.shoppers]

    async def compare(self, document: str, variables: list[dict[str, Any]]) -> "Comparison":
        """Send a document with the variables of each shopper."""
        bodies, calls = [], []
        for shopper, values in zip(self.shoppers, variables, strict=True):
            shopper.world.calls.clear()
            answer = await shopper.storefront.send({"query": document, "variables": values})
            bodies.append(answer.json())
            await settled()
            calls.append({f"{call.method} {call.path}": n for call, n in _counts(shopper).items()})
        first = difference(sorted_errors(bodies[0]), sorted_errors(bodies[1]), {})
        if first is None and self._needless_failures.records:
            first = "the plan failed without an error"
        if first is None and calls[0] != calls[1]:
            first = f"calls {calls[0]}, not {calls[1]}"
        return Comparison(first, bodies[0])


async def settled() -> None:
    """Let reads end that an operation has started and then did not need, as another field had failed."""
    for _ in range(SETTLING_CYCLES):
        await asyncio.sleep(0)


def _counts(shopper: Shopper) -> Mapping[Any, int]:
    calls = shopper.world.calls
    return {call: calls.count(call.method, call.path) for call in calls.by_call}


class Warnings(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@contextmanager
def warnings_of(log: logging.Logger) -> Iterator[Warnings]:
    handler = Warnings()
    log.addHandler(handler)
    try:
        yield handler
    finally:
        log.removeHandler(handler)


@asynccontextmanager
async def pair(**changes: Any) -> AsyncIterator[Pair]:
    async with AsyncExitStack() as stack:
        shoppers = []
        for compiled_plans in (True, False):
            world = World()
            network = InMemoryTransport(create_sandbox(world))
            sandbox = await stack.enter_async_context(httpx.AsyncClient(transport=network, base_url="http://sandbox"))
            options = {"retries": Retries(read_attempts=1), "compiled_plans": compiled_plans} | changes
            storefront = await stack.enter_async_context(gateway(world, network, Clock(), **options))
            shoppers.append(Shopper(storefront, sandbox, world))
        planned, expected = shoppers
        yield Pair(planned, expected, stack.enter_context(warnings_of(executor.log)))
