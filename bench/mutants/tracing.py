"""pytest plugin that records which tests run which lines of the population, and how long each test takes.

Start pytest with `-p bench.mutants.tracing`, and give the folder of the records in the variable MUTANTS_TRACES. Code
that runs in other processes is not recorded.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import coverage
import pytest

from bench.mutants.population import PATTERNS, ROOT

folder = Path(os.environ["MUTANTS_TRACES"])
process = f"{os.getpid()}"

# The import of this file starts the measurement, because `conftest.py` imports the gateway.
measurement = coverage.Coverage(
    data_file=folder / f"{process}.coverage",
    include=[str(ROOT / pattern) for pattern in PATTERNS],
    config_file=False,
    messages=False,
)
measurement.set_option("run:relative_files", True)
measurement.start()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    measurement.switch_context(item.nodeid)
    yield
    measurement.switch_context("")


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.when == "call" or report.failed:
        line = {"test": report.nodeid, "passed": report.passed, "seconds": report.duration}
        with (folder / f"{process}.jsonl").open("a") as file:
            file.write(json.dumps(line) + "\n")


def pytest_unconfigure() -> None:
    measurement.stop()
    measurement.save()
