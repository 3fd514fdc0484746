"""The report of a run."""

import os
import sys
import time
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

from bench.replicas.environment import QUIET_S, Environment
from bench.replicas.oracle import Verdict


@dataclass
class Report:
    verdict: Verdict = field(default_factory=Verdict)
    results: dict[str, int] = field(default_factory=dict)
    """Number of results by type, over all answers that the shoppers received."""
    mix: dict[str, int] = field(default_factory=dict)
    """What has happened in the run, by kind."""
    submits: int = 0
    """Number of submit-cart calls that reached the sandbox."""
    orders: int = 0
    slowest_s: float = 0

    @classmethod
    def of(cls, environment: Environment) -> "Report":
        results: dict[str, int] = {}
        for witness in environment.witnesses:
            for counts in witness.results.values():
                for result, count in counts.items():
                    results[result] = results.get(result, 0) + count
        return cls(
            environment.verdict(),
            results,
            dict(environment.mix + environment.proxy.counts),
            len(environment.ledger.arrivals),
            len(environment.ledger.orders()),
        )

    @property
    def is_good(self) -> bool:
        return self.verdict.is_good

    def print(self, title: str, took_s: float) -> None:
        print(f"{title}, {os.cpu_count()} cores, {took_s:.0f} s, quiet time {QUIET_S} s")
        for rows in (self.results, self.mix, self.verdict.out_of_reach):
            for name, count in sorted(rows.items()):
                print(f"  {name:62} {count}")
        for name, count in (("submit-cart calls at the sandbox", self.submits), ("orders", self.orders)):
            print(f"  {name:62} {count}")
        if self.slowest_s:
            print(f"  {'slowest refusal':62} {self.slowest_s:.2f} s")
        for name, violations in self.verdict.violations():
            print(f"  {name:62} {len(violations)}")
            for violation in violations[:5]:
                print(f"    {violation}")


def finish(title: str, work: Coroutine[Any, Any, Report], run: Any) -> None:
    """Run, print the report, and exit with 1 if there is a violation."""
    began_at = time.monotonic()
    report: Report = run(work)
    report.print(title, time.monotonic() - began_at)
    sys.exit(0 if report.is_good else 1)
