"""The staged outages expect alarms that exist, and one of them is staged as a whole."""

import asyncio
import sys

import pytest

from bench.outages.staging import OUTAGES
from tests.support.alarm_rules import rules


def test_alarms_that_outages_expect_have_rules() -> None:
    expected = {alarm for outage in OUTAGES for alarm in outage.alarms}
    assert expected <= {rule["alert"].removeprefix("Riverfront") for rule in rules()}


@pytest.mark.slow
@pytest.mark.exhaustive
@pytest.mark.timeout(300)
async def test_silent_store_stays_within_the_limits_of_an_outage() -> None:
    bench = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.outages", "store silent", "--seconds", "12"), stdout=asyncio.subprocess.PIPE
    )
    output, _ = await bench.communicate()
    assert bench.returncode == 0, output.decode()
