"""In random histories no cart becomes two orders, no order has a total without an agreement, owners find each outcome.

`python -m bench.histories` runs many more of them, and shows that they find defects.
"""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.support.simulation.machine import Histories, MemoryHistories, ValkeyHistories
from tests.support.valkey import Valkey

RUNS = settings(
    max_examples=50,
    stateful_step_count=25,
    deadline=None,
    # The same histories in each run of the tests. The command runs others.
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("histories", [MemoryHistories, ValkeyHistories])
def test_random_histories_break_no_promise_about_orders(histories: type[Histories], valkey: Valkey) -> None:
    ValkeyHistories.valkey = valkey
    run_state_machine_as_test(histories, settings=RUNS)
