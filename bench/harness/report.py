"""Prints what a bench measured, with the question, the load and the machine."""

import argparse
import asyncio
import json
import os
import platform
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

from bench.harness.rounds import Results
from bench.harness.servers import CORES, take_last_core


def introduce(description: str | None, load: str) -> None:
    """Print the question, which is the first line of a bench's description, the load, and the machine."""
    print((description or "").partition("\n")[0])
    print(f"  load: {load}")
    print(f"  machine: {machine()}", flush=True)


def arguments_of(description: str | None, *, rounds: int, seconds: float) -> argparse.Namespace:
    """Arguments of a bench with rounds."""
    parser = argparse.ArgumentParser(description=(description or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=rounds)
    parser.add_argument("--seconds", type=float, default=seconds, help="of each line in each round")
    parser.add_argument("--json", type=Path, help="file for the figures")
    return parser.parse_args()


def run(main: Callable[[int, float], Coroutine[Any, Any, Results]], description: str | None, *, seconds: float) -> None:
    """Run a bench with rounds as its arguments say, beside the core of the measured program. Write its figures to the
    file that `--json` names."""
    arguments = arguments_of(description, rounds=5, seconds=seconds)
    take_last_core()
    results = asyncio.run(main(arguments.rounds, arguments.seconds))
    if arguments.json is not None:
        write_json(results, arguments.json)


def machine() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")
    busy = os.getloadavg()[0]
    return f"{model}, {len(CORES)} cores, Python {platform.python_version()}; load {busy:.1f} before the run"


def print_table(results: Results, programs: Sequence[str]) -> None:
    """One line for each operation and program. Ratios are to the first program."""
    print(f"  {'operation':17} {'program':22} {'CPU ms (range)':>24} {'ratio':>7} {'answers/s':>10} {'median ms':>10}")
    for operation in dict.fromkeys(operation for operation, _ in results):
        for program in programs:
            if (figures := results.get((operation, program))) is None:
                continue
            ratio = figures.over(results.get((operation, programs[0]), figures))
            cpu_ms = f"{figures.median_cpu_ms:.3f} ({min(figures.cpu_ms):.3f} to {max(figures.cpu_ms):.3f})"
            numbers = f"{cpu_ms:>24} {ratio:7.2f} {figures.per_s:10.0f} {figures.median_ms:10.2f}"
            print(f"  {operation:17} {program:22} {numbers}", flush=True)


def write_json(results: Results, path: Path) -> None:
    """Write the figures of each operation and program to a file."""
    rows = [
        {"operation": operation, "program": program, "cpu_ms": figures.cpu_ms, "answers_per_s": figures.per_s}
        for (operation, program), figures in results.items()
    ]
    path.write_text(json.dumps(rows, indent=1) + "\n")
