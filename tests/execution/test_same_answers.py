"""A compiled plan answers as graphql-core does, and makes the same calls to Digital River, also if calls fail."""

from typing import Any

import pytest

from tests.support.operation_calls import TABLE, NthCall
from tests.support.plan_comparison import pair
from tests.support.shop import Shopper, documents

pytestmark = pytest.mark.slow

FAULTS: dict[str, dict[str, Any]] = {
    "status": {"status": 503},
    "drop-before": {},
    "drop-after": {},
    "malformed": {},
    "content-type": {},
}
"""Parameters of the sandbox's faults that end at once. `tests/upstream/test_faults.py` has the others."""


async def compared(name: str, failing: NthCall | None = None, kind: str = "status") -> str | None:
    """Execute an example operation with and without a plan. Return the first difference."""
    document = documents()[name]
    async with pair() as both:
        arranged = await both.both(TABLE[name].arrange)
        variables = [
            {variable: value for variable, value in values.items() if f"${variable}:" in document}
            for values in arranged
        ]
        if failing is not None:
            await both.both(lambda shopper: fail(shopper, failing, kind))
        return (await both.compare(document, variables)).difference


async def fail(shopper: Shopper, call: NthCall, kind: str) -> None:
    await shopper.fault(kind, call.path, method=call.method, skips=call.number, times=1, **FAULTS[kind])


@pytest.mark.parametrize("name", TABLE)
async def test_example_operation_is_answered_alike(name: str) -> None:
    assert await compared(name) is None


@pytest.mark.parametrize("kind", FAULTS)
@pytest.mark.parametrize("name", TABLE)
async def test_operation_with_a_failing_call_is_answered_alike(name: str, kind: str) -> None:
    for call in TABLE[name].effects:
        assert await compared(name, call, kind) is None, call
