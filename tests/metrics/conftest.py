"""The metrics are those of the process, so each test begins with the gauges of a process that has just started."""

import pytest

from gateway.metrics.declaring import ALL, GaugeSeries
from gateway.metrics.health import TAKES_ORDERS
from gateway.metrics.process import INFO
from gateway.metrics.store import UP


@pytest.fixture(autouse=True)
def new_gauges() -> None:
    for metric in ALL:
        for series in list(metric._series.values()):
            if isinstance(series, GaugeSeries) and metric is not INFO:
                series.set(0)
    UP.labels().set(1)
    TAKES_ORDERS.labels().set(1)
