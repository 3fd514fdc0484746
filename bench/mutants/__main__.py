"""Changes the code in small ways, one at a time, and counts the changes that no test notices: the survivors.

The first run records which tests run which lines. For each mutant of a seeded sample, a copy of the project is changed,
and the tests that run the changed lines are run there until one fails. A mutant after which the tests hang is noticed.
Of each mutant's tests, those are run that import the changed module, and as many others as usually take `--seconds`,
the likeliest first; 1000 runs them all.
Results are stored at once: the same command continues where it was stopped.

    python -m bench.mutants --seed 1 --sample 200
    python -m bench.mutants --only gateway/amounts/money.py --sample 10000
    python -m bench.mutants --seed 1 --sample 200 --survivors    # run only the survivors again, after mending
    python -m bench.mutants --record                             # record again which tests run which lines
"""

import difflib
import hashlib
import tempfile
import tomllib
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from bench.mutants import traces
from bench.mutants.mutations import Mutant, mutants
from bench.mutants.population import ROOT, files
from bench.mutants.running import Result, read_results, run_all

EQUIVALENTS = tomllib.loads((Path(__file__).parent / "equivalents.toml").read_text())
"""Mutants that are not counted: those of numbers that nothing promises, and those that behave as the code does."""

FOLDER = Path(tempfile.gettempdir()) / "riverfront-mutants"


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
    reasons = {mutant.id: reason for mutant in drawn if (reason := reason_not_to_count(mutant)) is not None}
    path = folder / "results.jsonl"
    results = read_results(path)
    todo = [mutant for mutant in drawn if mutant.id not in reasons]
    todo = [mutant for mutant in todo if mutant.id not in results or (survivors and not results[mutant.id].noticed)]
    run_all(todo, recorded, seconds, folder, workers)
    print_report(seed, len(population), drawn, read_results(path), reasons)


def reason_not_to_count(mutant: Mutant) -> str | None:
    reason: str | None = EQUIVALENTS["equivalent"].get(mutant.id)
    if reason is None and mutant.is_at_import:
        first_line = (ROOT / mutant.path).read_text().splitlines()[mutant.line - 1]
        name = first_line.split()[0].rstrip(":")
        reason = EQUIVALENTS["tuning"].get(f"{mutant.path} {name}")
    return reason


def draw(population: list[Mutant], seed: int, size: int) -> list[Mutant]:
    """A sample that depends on the seed, and that other mutants neither join nor leave when one is added or removed."""
    return sorted(population, key=lambda mutant: hashlib.sha256(f"{seed} {mutant.id}".encode()).digest())[:size]


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
