"""`python -m tests.support.compare_plans` executes random operations with plans and with graphql-core.

The answers must be equal, and so must the calls to Digital River, of which some fail at random.
"""

import argparse
import asyncio
import logging
import random
import sys
from collections import Counter
from contextlib import AsyncExitStack
from typing import Any

from gateway.errors import TopLevelCode
from schema.build import build
from tests.support.operation_calls import TABLE, filled, history, nothing, ready
from tests.support.plan_comparison import Comparison, Pair, pair
from tests.support.random_operations import RandomOperation, random_operation
from tests.support.shop import Shopper

OPERATIONS_PER_IDS = 5
"""Number of operations after which the ids of the shopper are read again."""

OPERATIONS_PER_GATEWAY = 25
"""Number of operations after which new gateways start, with another kind of shopper."""

SHOPPERS = (filled, history, ready, nothing)
"""Functions that prepare a shopper: a guest, a registered shopper with an order, a guest who has paid, a new client."""

FAULTS: dict[str, dict[str, Any]] = {
    "status": {"status": 503},
    "drop-before": {},
    "drop-after": {},
    "malformed": {},
    "content-type": {},
}
"""Parameters of the sandbox's faults that end at once, by kind. `tests/upstream/test_faults.py` has the others."""

CALLS = sorted({(call.method, call.path) for row in TABLE.values() for call in row.effects})

IDS = """{ cart { id lines { id } } paymentSession { id sessionId }
  shopper { addresses { id } paymentOptions { id } orders(first: 1) { nodes { id } } } }"""


class RandomComparison:
    """Compares operations one after the other, by their numbers."""

    def __init__(self) -> None:
        self.core = build(suggests=True).core
        self.counts: Counter[str] = Counter()
        self._stack = AsyncExitStack()
        self._pair: Pair
        self._ids: list[dict[str, str]] = []
        """Ids that only the shoppers know, of each of the two."""

    async def start(self, number: int) -> None:
        """Start new gateways."""
        await self._stack.aclose()
        self._pair = await self._stack.enter_async_context(
            pair(
                cost_limit=100_000,
                session_points=0,
                address_points=0,
                operation_deadline_s=60,
                submission_deadline_s=60,
            )
        )
        self._ids = []
        await self._pair.both(SHOPPERS[number // OPERATIONS_PER_GATEWAY % len(SHOPPERS)])

    async def compare(self, number: int) -> str | None:
        """The difference between the two executions of an operation."""
        if number % OPERATIONS_PER_GATEWAY == 0 or not self.counts:
            await self.start(number)
        if number % OPERATIONS_PER_IDS == 0 or not self._ids:
            self._ids = await self._pair.both(known_ids)
        operation = random_operation(self.core, number)
        variables = [with_known_ids(operation, ids) for ids in self._ids]
        rng = random.Random(number)  # noqa: S311 - no secret
        faults = [random_fault(rng) for _ in range(rng.choice([0, 0, 1, 2]))]
        for method, path, kind, skips in faults:
            for shopper in self._pair.shoppers:
                await shopper.fault(kind, path, method=method, skips=skips, times=1, **FAULTS[kind])
        comparison = await self._pair.compare(operation.document, variables)
        for shopper in self._pair.shoppers:
            shopper.world.faults.clear()
        self._count(comparison)
        if comparison.difference is None:
            return None
        errors = comparison.body.get("errors")
        return f"{number}: {comparison.difference}\n{operation.document}\n{variables[0]}\n{faults}\n{errors}"

    def _count(self, comparison: Comparison) -> None:
        codes = {error["extensions"]["code"] for error in comparison.body.get("errors", [])}
        is_invalid = TopLevelCode.GRAPHQL_VALIDATION_FAILED.value in codes
        self.counts["invalid" if is_invalid else "with errors" if codes else "without errors"] += 1

    async def aclose(self) -> None:
        await self._stack.aclose()


def random_fault(rng: random.Random) -> tuple[str, str, str, int]:
    """Method and path of the call, kind of the fault, and the number of calls before it."""
    method, path = rng.choice(CALLS)
    return method, path, rng.choice(sorted(FAULTS)), rng.choice([0, 0, 1])


async def known_ids(shopper: Shopper) -> dict[str, str]:
    """Ids that only the shopper knows, by their names in `random_operations.KNOWN`."""
    data = (await shopper.storefront.ask(IDS)).body["data"]
    ids = {"cartId": data["cart"], "lineId": data["cart"] and (data["cart"]["lines"] or [None])[0]}
    ids["sessionId"] = data["paymentSession"]
    profile = data["shopper"] or {}
    ids["addressId"] = (profile.get("addresses") or [None])[0]
    ids["optionId"] = (profile.get("paymentOptions") or [None])[0]
    ids["orderId"] = ((profile.get("orders") or {}).get("nodes") or [None])[0]
    return {name: node["id"] for name, node in ids.items() if node}


def with_known_ids(operation: RandomOperation, ids: dict[str, str]) -> dict[str, Any]:
    def filled_in(value: Any) -> Any:
        if isinstance(value, list):
            return [filled_in(item) for item in value]
        if isinstance(value, dict):
            return ids.get(value["known"], "x") if "known" in value else {k: filled_in(v) for k, v in value.items()}
        return value

    return {name: filled_in(value) for name, value in operation.variables.items()}


def run(first: int, number: int) -> Counter[str]:
    """Compare the operations from `first` on. Raises `AssertionError` with the first one that is executed
    differently."""
    comparison = RandomComparison()

    async def compare_all() -> None:
        try:
            for current in range(first, first + number):
                difference = await comparison.compare(current)
                assert difference is None, difference
        finally:
            await comparison.aclose()

    asyncio.run(compare_all())
    return comparison.counts


def main() -> int:
    parser = argparse.ArgumentParser(description="Execute random operations with plans and with graphql-core.")
    parser.add_argument("--operations", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=0)
    arguments = parser.parse_args()
    logging.lastResort = None  # the log is not shown
    print(dict(run(arguments.first, arguments.operations)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
