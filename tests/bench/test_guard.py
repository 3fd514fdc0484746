"""Which parts of the gateway are called slower. `make test` ends with the measurement, when no test runs beside it."""

from bench.guard import SLACK, slower


def test_part_above_its_baseline_and_slack_is_slower() -> None:
    assert slower({"decode": SLACK + 0.01, "plan": SLACK - 0.01}, {"decode": 1, "plan": 1}) == {"decode"}


def test_part_without_baseline_is_slower() -> None:
    assert slower({"new": 0.1}, {}) == {"new"}
