"""No part of the gateway has become slower than the committed baseline allows."""

import asyncio
import json
import sys

import pytest

from bench.guard import BASELINE, SLACK, slower


def test_part_above_its_baseline_and_slack_is_slower() -> None:
    assert slower({"decode": SLACK + 0.01, "plan": SLACK - 0.01}, {"decode": 1, "plan": 1}) == {"decode"}


def test_part_without_baseline_is_slower() -> None:
    assert slower({"new": 0.1}, {}) == {"new"}


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_no_part_is_slower_than_its_baseline() -> None:
    guard = await asyncio.create_subprocess_exec(sys.executable, "-m", "bench.guard", stdout=asyncio.subprocess.PIPE)
    output, _ = await guard.communicate()
    assert guard.returncode == 0, output.decode()
    assert all(f"  {name} " in output.decode() for name in json.loads(BASELINE.read_text()))
