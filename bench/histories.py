"""Runs random histories of shoppers, replicas, store, network and clocks, see `tests/support/simulation/machine.py`.

- `run` checks the code as it is. It prints the shortest history that breaks a promise, and ends with 1.
- `defects` plants each defect of `bench/planted_defects.py` into a copy of the code, and prints the number of runs
  after which a broken promise was found. It ends with 1 if a defect was not found.

    python -m bench.histories run --runs 2000 --store memory
    python -m bench.histories run --runs 2000 --store valkey
    python -m bench.histories defects
"""

import json
import logging
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import typer
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.errors import FlakyFailure
from hypothesis.stateful import run_state_machine_as_test

from bench.planted_defects import DEFECTS, Defect, planted
from tests.support.simulation.machine import Histories, MemoryHistories, ValkeyHistories
from tests.support.simulation.promises import PromiseBroken
from tests.support.valkey import Valkey

STEPS = 25
"""Number of rules in a history."""

MOST_RUNS_FOR_A_DEFECT = 300


class StoreKind(Enum):
    MEMORY = "memory"
    VALKEY = "valkey"


@contextmanager
def histories(store: StoreKind) -> Iterator[type[Histories]]:
    if store is StoreKind.MEMORY:
        yield MemoryHistories
        return
    with Valkey() as valkey:
        ValkeyHistories.valkey = valkey
        yield ValkeyHistories


app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.command()
def run(
    runs: int = 2000,
    store: StoreKind = StoreKind.MEMORY,
    seed_number: int = typer.Option(0, "--seed"),
    shrink: bool = True,
) -> None:
    """Run random histories until one breaks a promise."""
    logging.disable(logging.CRITICAL)
    phases = (Phase.generate, Phase.shrink) if shrink else (Phase.generate,)
    limits = settings(
        max_examples=runs,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        phases=phases,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    began_at = time.monotonic()
    broken: str | None = None
    with histories(store) as machine:
        try:
            run_state_machine_as_test(seed(seed_number)(machine), settings=limits)
        except PromiseBroken as failure:
            broken = str(failure)
            raise
        except FlakyFailure as failures:
            # The server's answers arrive in another order each time, so not every failure can be repeated.
            texts = [str(failure) for failure in failures.exceptions if isinstance(failure, PromiseBroken)]
            broken = "; ".join(texts) or None
            raise
        finally:
            counts = {name: machine.counts[name] for name in sorted(machine.counts)}
            report = {"seconds": round(time.monotonic() - began_at), "broken": broken} | counts
            print(json.dumps(report))


@app.command()
def defects(names: list[str] = typer.Argument(None), seed_number: int = typer.Option(0, "--seed")) -> None:  # noqa: B008 - typer reads the default
    """Plant defects, each into a copy of the code, and find them."""
    missed = []
    for defect in DEFECTS:
        if names and defect.name not in names:
            continue
        for store in defect.stores:
            report = _find(defect, store, seed_number)
            is_missed = report["broken"] is None
            result = "not found" if is_missed else "found"
            print(f"{defect.name:28} {store:7} {result} after {report['runs']} runs, {report['seconds']} s", flush=True)
            print(f"{'':36} {report['broken'] or ''}", flush=True)
            missed += [defect.name] if is_missed else []
    sys.exit(1 if missed else 0)


def _find(defect: Defect, store: str, seed_number: int) -> dict[str, Any]:
    with TemporaryDirectory(prefix="defect-") as folder:
        planted(defect, Path(folder))
        command = [sys.executable, "-m", "bench.histories", "run", "--no-shrink", "--store", store]
        command += ["--runs", str(MOST_RUNS_FOR_A_DEFECT), "--seed", str(seed_number)]
        ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        report: dict[str, Any] = json.loads(ended.stdout.splitlines()[-1]) if ended.stdout else {}
        if not report or (ended.returncode == 0) is not (report["broken"] is None):
            raise RuntimeError(f"the histories did not run: {ended.stderr}")
        return report


if __name__ == "__main__":
    app()
