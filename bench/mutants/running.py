"""Runs the tests of mutants, and stores the results.

A mutant is made in a process that has collected the tests before: see `bench/mutants/worker.py`. If that is not
possible, or if the mutant is in code that runs at import and no test notices it there, it is made in a copy of the
project.
"""

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import IO

from bench.mutants.mutations import Mutant
from bench.mutants.population import ROOT
from bench.mutants.traces import Traces

IGNORED = (".git", ".venv", "node_modules", ".*_cache", ".hypothesis", "*.log")

FAILED = re.compile("(FAILED|ERROR) (?=tests/)")

PATIENCE = 6
"""The tests of a mutant may take this many times their usual time, and `GRACE_S`."""
GRACE_S = 60
MOST_S = 200
"""Tests that take longer hang, also if the tests of a mutant usually take longer together."""
TEST_TIMEOUT_S = 40

PYTEST = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:randomly", "-p", "no:cacheprovider", "-p", "no:xdist"]
PYTEST += ["-m", "not browser", "--no-header", "--timeout", str(TEST_TIMEOUT_S)]

NOT_REPLACED = "not replaced"
"""Answer of a worker that cannot make the mutant. See `bench/mutants/worker.py`."""


@dataclass(frozen=True)
class Result:
    mutant: str
    noticed: bool
    by: str
    """The test that failed, or the reason why no test was needed."""
    tests: int
    seconds: float


def read_results(path: Path) -> dict[str, Result]:
    """The last result of each mutant."""
    lines = path.read_text().splitlines() if path.exists() else []
    return {result.mutant: result for result in (Result(**json.loads(line)) for line in lines)}


def run_all(todo: list[Mutant], recorded: Traces, seconds: float, folder: Path, workers: int) -> None:
    queue: SimpleQueue[Mutant] = SimpleQueue()
    for mutant in todo:
        queue.put(mutant)

    def run(number: int) -> None:
        copied = copy_of_project(folder / f"copy-{os.getpid()}-{number}")
        with copied as copy, Worker() as worker, contextlib.suppress(Empty):
            while True:
                mutant = queue.get_nowait()
                tests = [test for test in recorded.tests(mutant, seconds) if test in worker.tests]
                result = run_one(mutant, tests, recorded, worker, copy)
                with (folder / "results.jsonl").open("a") as file:
                    file.write(json.dumps(asdict(result)) + "\n")
                verdict = "noticed " if result.noticed else "SURVIVED"
                print(f"{verdict} {result.seconds:6.1f} s {mutant.id} {result.by}", flush=True)

    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(run, range(min(workers, len(todo)))))


@contextmanager
def copy_of_project(folder: Path) -> Iterator[Path]:
    """A copy of the project without what git ignores."""
    shutil.copytree(ROOT, folder, symlinks=True, ignore=shutil.ignore_patterns(*IGNORED))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def run_one(mutant: Mutant, tests: list[str], recorded: Traces, worker: "Worker", copy: Path) -> Result:
    started = time.monotonic()
    if not tests:
        return Result(mutant.id, noticed=False, by="no test runs the line", tests=0, seconds=0)
    timeout_s = min(GRACE_S + PATIENCE * recorded.duration(tests), max(recorded.duration(tests) * 2, MOST_S))
    by = worker.first_failure(mutant, tests, timeout_s)
    if by == NOT_REPLACED or (by is None and mutant.is_at_import):
        by = first_failure_in_copy(mutant, tests, timeout_s, copy)
    return Result(mutant.id, by is not None, by or "", len(tests), round(time.monotonic() - started, 1))


class Worker:
    """The process of `bench/mutants/worker.py`."""

    def __enter__(self) -> "Worker":
        requests_out, requests_in = os.pipe()
        answers_out, answers_in = os.pipe()
        self._process = subprocess.Popen(
            [*PYTEST, "-p", "bench.mutants.worker"],
            cwd=ROOT,
            env={**os.environ, "MUTANTS_IN": str(requests_out), "MUTANTS_OUT": str(answers_in)},
            pass_fds=(requests_out, answers_in),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(requests_out)
        os.close(answers_in)
        self._requests: IO[str] = os.fdopen(requests_in, "w")
        self._answers: IO[str] = os.fdopen(answers_out)
        self.tests = frozenset(json.loads(self._answers.readline()))
        """Names of all tests and of their files."""
        return self

    def __exit__(self, *_: object) -> None:
        self._requests.close()
        self._process.wait()
        self._answers.close()

    def first_failure(self, mutant: Mutant, tests: list[str], timeout_s: float) -> str | None:
        source = mutant.apply((ROOT / mutant.path).read_bytes()).decode()
        request = {
            "path": mutant.path,
            "line": mutant.line,
            "is_at_import": mutant.is_at_import,
            "source": source,
            "tests": tests,
            "timeout_s": timeout_s,
        }
        self._requests.write(json.dumps(request) + "\n")
        self._requests.flush()
        answer: str | None = json.loads(self._answers.readline())
        return answer


def first_failure_in_copy(mutant: Mutant, tests: list[str], timeout_s: float, copy: Path) -> str | None:
    """The first test that fails in the copy with the mutant, and passes without it."""
    file = copy / mutant.path
    original, times = file.read_bytes(), file.stat()
    while True:
        try:
            file.write_bytes(mutant.apply(original))
            by = _first_failure(tests, timeout_s, copy)
        finally:
            file.write_bytes(original)
            os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
        if by not in tests or _first_failure([by], timeout_s, copy) is None:
            return by
        tests = tests[tests.index(by) + 1 :]


def _first_failure(tests: list[str], timeout_s: float, copy: Path) -> str | None:
    """The first test that fails, or "timeout"; None if all pass."""
    listed = copy / "mutants-tests.txt"
    listed.write_text("\n".join(tests))
    # Python does not notice a change of a file that keeps its length, within one second, if it has cached the file.
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    process = subprocess.Popen(
        [*PYTEST, f"@{listed.name}"],
        cwd=copy,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        output, _ = process.communicate(timeout=timeout_s)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return "timeout"
    if process.returncode == 0:
        return None
    lines = output.decode(errors="replace").splitlines()
    failures = [FAILED.sub("", line) for line in lines if FAILED.match(line)]
    if failures:
        return failures[0].partition(" - ")[0]
    return f"pytest ended with {process.returncode}: {' '.join(lines[-1:])[:160]}"
