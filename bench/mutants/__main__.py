"""Changes the code in small ways, one at a time, and counts the changes that no test notices: the survivors.

The first run records which tests run which lines. For each mutant of a seeded sample, a copy of the project is changed,
and the tests that run the changed lines are run there until one fails. A mutant after which the tests hang is noticed.
Of each mutant's tests, as many are run as usually take `--seconds`, the likeliest first; 1000 runs them all.
Results are stored at once: the same command continues where it was stopped.

    python -m bench.mutants --seed 1 --sample 200
    python -m bench.mutants --only gateway/money.py --sample 10000
    python -m bench.mutants --seed 1 --sample 200 --survivors    # run only the survivors again, after mending
    python -m bench.mutants --record                             # record again which tests run which lines
"""

import difflib
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Annotated

import typer

from bench.mutants import traces
from bench.mutants.mutations import Mutant, mutants
from bench.mutants.population import ROOT, files
from bench.mutants.traces import Traces

EQUIVALENTS = Path(__file__).parent / "equivalents.toml"
"""Mutants that behave as the code does, by id, with the reason. They are found by hand."""

FOLDER = Path(tempfile.gettempdir()) / "riverfront-mutants"

IGNORED = (".git", ".venv", "node_modules", "__pycache__", ".*_cache", ".hypothesis", "*.log")

PATIENCE = 4
"""The tests of a mutant may take this many times their usual time, and `GRACE_S`."""
GRACE_S = 90
TEST_TIMEOUT_S = 40


@dataclass(frozen=True)
class Result:
    mutant: str
    noticed: bool
    by: str
    """The test that failed, or the reason why no test was needed."""
    tests: int
    seconds: float


def main(
    seed: int = 1,
    sample: int = 200,
    only: str = "",
    folder: Path = FOLDER,
    workers: int = 2,
    seconds: float = 40,
    survivors: Annotated[bool, typer.Option("--survivors")] = False,
    record: Annotated[bool, typer.Option("--record")] = False,
) -> None:
    """Draw a sample of mutants, run the tests against each, and print those that no test noticed."""
    if record or not (folder / "traces").exists():
        traces.record(folder / "traces", workers)
    recorded = traces.load(folder / "traces")
    population = [mutant for path in files(only) for mutant in mutants(path, (ROOT / path).read_bytes())]
    drawn = sorted(draw(population, seed, sample), key=lambda mutant: (mutant.path, mutant.start))
    reasons: dict[str, str] = tomllib.loads(EQUIVALENTS.read_text())
    path = folder / "results.jsonl"
    results = read_results(path)
    todo = [mutant for mutant in drawn if mutant.id not in reasons]
    todo = [mutant for mutant in todo if mutant.id not in results or (survivors and not results[mutant.id].noticed)]
    run_all(todo, recorded, seconds, path, workers, folder)
    print_report(seed, len(population), drawn, read_results(path), reasons)


def draw(population: list[Mutant], seed: int, size: int) -> list[Mutant]:
    """A sample that depends on the seed, and that other mutants neither join nor leave when one is added or removed."""
    return sorted(population, key=lambda mutant: hashlib.sha256(f"{seed} {mutant.id}".encode()).digest())[:size]


def read_results(path: Path) -> dict[str, Result]:
    """The last result of each mutant."""
    lines = path.read_text().splitlines() if path.exists() else []
    return {result.mutant: result for result in (Result(**json.loads(line)) for line in lines)}


def run_all(todo: list[Mutant], recorded: Traces, seconds: float, path: Path, workers: int, folder: Path) -> None:
    copies: SimpleQueue[Path] = SimpleQueue()
    for number in range(min(workers, len(todo))):
        copy = folder / f"copy-{os.getpid()}-{number}"
        copy_project(copy)
        copies.put(copy)

    def run(mutant: Mutant) -> None:
        copy = copies.get()
        try:
            result = run_one(mutant, recorded.tests(mutant, seconds), recorded, copy)
        finally:
            copies.put(copy)
        with path.open("a") as file:
            file.write(json.dumps(asdict(result)) + "\n")
        print(
            f"{'noticed ' if result.noticed else 'SURVIVED'} {result.seconds:6.1f} s {mutant.id} {result.by}",
            flush=True,
        )

    with ThreadPoolExecutor(max(workers, 1)) as pool:
        list(pool.map(run, todo))
    while not copies.empty():
        shutil.rmtree(copies.get())


def copy_project(folder: Path) -> None:
    """Copy the project without what git ignores, and compile it, so that each run of the tests starts fast."""
    shutil.copytree(ROOT, folder, symlinks=True, ignore=shutil.ignore_patterns(*IGNORED))
    subprocess.run([sys.executable, "-m", "compileall", "-q", "."], cwd=folder, check=False)


def run_one(mutant: Mutant, tests: list[str], recorded: Traces, copy: Path) -> Result:
    started = time.monotonic()
    if not tests:
        return Result(mutant.id, noticed=False, by="no test runs the line", tests=0, seconds=0)
    file = copy / mutant.path
    original, times = file.read_bytes(), file.stat()
    try:
        file.write_bytes(mutant.apply(original))
        by = first_failure(tests, recorded, copy)
    finally:
        file.write_bytes(original)
        os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
    return Result(mutant.id, by is not None, by or "", len(tests), round(time.monotonic() - started, 1))


def first_failure(tests: list[str], recorded: Traces, copy: Path) -> str | None:
    """The first test that fails, or "timeout"; None if all pass."""
    listed = copy / "mutants-tests.txt"
    listed.write_text("\n".join(tests))
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-x",
        "-p",
        "no:randomly",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
    ]
    command += ["--timeout", str(TEST_TIMEOUT_S), "-m", "not browser", "--no-header", f"@{listed.name}"]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    process = subprocess.Popen(
        command, cwd=copy, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
    )
    try:
        output, _ = process.communicate(timeout=GRACE_S + PATIENCE * recorded.duration(tests))
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return "timeout"
    if process.returncode == 0:
        return None
    lines = output.decode(errors="replace").splitlines()
    failures = [line for line in lines if line.startswith(("FAILED tests/", "ERROR tests/"))]
    return failures[0][:200] if failures else f"pytest ended with {process.returncode}: {' '.join(lines[-1:])[:160]}"


def print_report(
    seed: int, size: int, drawn: list[Mutant], results: dict[str, Result], reasons: dict[str, str]
) -> None:
    equivalent = [mutant for mutant in drawn if mutant.id in reasons]
    others = [mutant for mutant in drawn if mutant.id not in reasons]
    survivors = [mutant for mutant in others if not results[mutant.id].noticed]
    for mutant in survivors:
        print(f"\n{mutant.id} line {mutant.line} {mutant.function}: {mutant.kind}; {results[mutant.id].tests} tests")
        print(difference(mutant))
    for mutant in equivalent:
        print(f"\nequivalent {mutant.id}: {reasons[mutant.id]}")
    noticed = len(others) - len(survivors)
    print(f"\nseed {seed}, population {size}, sample {len(drawn)}, equivalent {len(equivalent)}")
    print(f"noticed {noticed} of {len(others)} ({noticed / max(len(others), 1):.1%}), survivors {len(survivors)}")
    print("survivors by file:", dict(Counter(mutant.path for mutant in survivors).most_common()))


def difference(mutant: Mutant) -> str:
    source = (ROOT / mutant.path).read_bytes()
    before, after = source.decode().splitlines(), mutant.apply(source).decode().splitlines()
    return "\n".join(
        line for line in difflib.unified_diff(before, after, lineterm="", n=0) if line[:2] not in ("--", "++", "@@")
    )


if __name__ == "__main__":
    typer.run(main)
