"""A field that Digital River sends in another way, or does not send, is the only thing that the client loses.

`python -m tests.support.field_fuzz --shop` makes all changes of which these tests make some.
"""

from typing import Any

import pytest

from tests.support.changed_answers import Scenario, fuzzed, recorded
from tests.support.field_fuzz import decoded_without_loss
from tests.support.shopper_life import scenarios

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

EVERY = 199
"""Only each change with a number divisible by this prime is sent to a gateway, so that the test takes seconds."""

EVERY_DECODED = 11


@pytest.mark.parametrize("scenario", scenarios(), ids=lambda scenario: scenario.name)
async def test_changed_answer_loses_only_the_changed_field(scenario: Scenario) -> None:
    result = await fuzzed(scenario, every=EVERY)
    assert result.answers > 0
    assert result.runs > 0
    assert result.losses == []


async def test_decoded_answer_loses_only_the_changed_field() -> None:
    bodies: dict[str, Any] = {}
    for scenario in scenarios():
        for call, body in (await recorded(scenario)).items():
            # Carts and orders differ between the operations. Of other calls, the first answer is enough.
            bodies.setdefault(f"{call.method} {call.path}" + scenario.name * ("cart" in body or "order" in body), body)
    figures = decoded_without_loss(bodies.items(), every=EVERY_DECODED)
    assert figures.bodies > 50
    assert figures.losses == []
