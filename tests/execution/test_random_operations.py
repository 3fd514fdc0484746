"""A tenth of the random operations that `python -m tests.support.compare_plans` executes."""

import pytest

from tests.support.compare_plans import OPERATIONS_PER_GATEWAY, run

BATCHES, SIZE = 4, 10 * OPERATIONS_PER_GATEWAY


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("batch", range(BATCHES))
def test_random_operations_are_executed_alike(batch: int) -> None:
    counts = run(batch * SIZE, SIZE)
    assert counts["invalid"] < SIZE / 20
    assert counts["without errors"] > SIZE / 5
    assert counts["with errors"] > SIZE / 5
