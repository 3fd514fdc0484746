"""The metrics are those of the process, so each test begins with the gauges of a process that has just started."""

import pytest

from gateway.metrics.store import UP
from gateway.metrics.submissions import OLDEST_DOUBT


@pytest.fixture(autouse=True)
def new_gauges() -> None:
    UP.labels().set(1)
    OLDEST_DOUBT.labels().set(0)
