"""Which tests run a line, nearest first. See `bench/mutants/tracing.py` for the recording."""

import hashlib
import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from itertools import accumulate
from pathlib import Path

from coverage import CoverageData

from bench.mutants.mutations import Mutant
from bench.mutants.population import ROOT

DIGESTS = "digests.json"

LIKELIEST = 12

WITHOUT_GATEWAY = ("project", "sandbox")
"""Folders of tests that do not run the population."""


@dataclass
class Traces:
    by_line: dict[str, dict[int, list[str]]] = field(default_factory=dict)
    """Tests by file and line."""
    seconds: dict[str, float] = field(default_factory=dict)
    """Duration of each test that passed."""
    changed: frozenset[str] = frozenset()
    """Files of the population, and files of tests, that have changed since the recording."""

    def tests(self, mutant: Mutant, within_s: float) -> list[str]:
        """Tests that may notice the mutant, the likeliest first.

        First come all tests of files that import the changed module or have its name, then others that usually take
        `within_s` together: one of each test function, those of the same room first, then the same tests with other
        parameters. The files of the same room that are new or changed are run after the likeliest tests.

        For a line that runs at import, or of a changed file, all tests that run the file are considered; if there are
        none, all tests.
        """
        room = Path(mutant.path).parts[-2]
        near = _files_about(mutant.path)
        new = [path for path in self.changed if path.startswith(f"tests/{room}/") or path in near]
        new.sort(key=lambda path: (path not in near, path))
        lines = self.by_line.get(mutant.path, {})
        if mutant.is_at_import or mutant.path in self.changed:
            hits = {test for tests in lines.values() for test in tests} or set(self.seconds)
            hits |= {test for test in self.seconds if _file(test) in near}  # They may read only a value.
        else:
            hits = {test for line in range(mutant.line, mutant.last_line + 1) for test in lines.get(line, [])}
        known = [test for test in hits if test in self.seconds and _file(test) not in new]
        importing = self._likeliest_first([test for test in known if _file(test) in near], room)
        others = self._likeliest_first([test for test in known if _file(test) not in near], room)
        ends = accumulate(self.seconds[test] for test in others)
        known = [*importing, *(test for test, end in zip(others, ends, strict=True) if end <= within_s)]
        return [*known[:LIKELIEST], *new, *known[LIKELIEST:]]

    def _likeliest_first(self, tests: list[str], room: str) -> list[str]:
        by_function: dict[str, list[str]] = defaultdict(list)
        for test in sorted(tests, key=lambda test: (self.seconds[test], test)):
            by_function[test.partition("[")[0]].append(test)
        ranks = {test: index for group in by_function.values() for index, test in enumerate(group)}
        return sorted(
            tests, key=lambda test: (ranks[test], Path(_file(test)).parts[1] != room, self.seconds[test], test)
        )

    def duration(self, tests: Iterable[str]) -> float:
        return sum(self.seconds.get(test, 20) for test in tests)


def record(folder: Path, processes: int) -> None:
    """Run all tests that need no browser, and record which lines they run."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    (folder / DIGESTS).write_text(json.dumps(_digests()))
    command = [sys.executable, "-m", "pytest", "-q", "-n", str(processes), "-p", "bench.mutants.tracing"]
    command += ["-m", "not browser", "--timeout", "300", *(f"--ignore=tests/{room}" for room in WITHOUT_GATEWAY)]
    subprocess.run(command, cwd=ROOT, env={**os.environ, "MUTANTS_TRACES": str(folder)}, check=False)


def load(folder: Path) -> Traces:
    seconds: dict[str, float] = {}
    failed = set()
    for file in folder.glob("*.jsonl"):
        for line in file.read_text().splitlines():
            report = json.loads(line)
            seconds[report["test"]] = report["seconds"]
            if not report["passed"]:
                failed.add(report["test"])
    by_line: dict[str, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    for data_file in folder.glob("*.coverage"):
        data = CoverageData(basename=str(data_file))
        data.read()
        for path in data.measured_files():
            lines = by_line[path]
            for number, tests in data.contexts_by_lineno(path).items():
                lines[number] += [test for test in tests if test]
    recorded: dict[str, str] = json.loads((folder / DIGESTS).read_text())
    changed = {path for path, digest in _digests().items() if recorded.get(path) != digest}
    passed = {test: duration for test, duration in seconds.items() if test not in failed}
    return Traces({path: dict(lines) for path, lines in by_line.items()}, passed, frozenset(changed))


@cache
def _files_about(path: str) -> frozenset[str]:
    """Files of tests that import the module at this path, or are named after it."""
    module = path.removesuffix(".py").replace("/", ".")
    named = f"test_{Path(path).name}"
    files = (ROOT / "tests").rglob("test_*.py")
    return frozenset(
        str(file.relative_to(ROOT))
        for file in files
        if file.name == named or f"from {module} import" in file.read_text()
    )


def _file(test: str) -> str:
    return test.partition("::")[0]


def _digests() -> dict[str, str]:
    paths = [path for room in ("gateway", "resolvers") for path in (ROOT / room).rglob("*.py")]
    paths += (ROOT / "tests").rglob("test_*.py")
    return {str(path.relative_to(ROOT)): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}
