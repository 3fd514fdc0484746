"""An alarm fires once its condition has held for its duration, not before, and not if it held for less.

Each case is evaluated twice: by the tests' own evaluator, and by Prometheus' where it is installed.
"""

import json
import shutil
import subprocess
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

import pytest

from tests.support.alarm_rules import RULES, Prometheus, duration_s, name_of, rules
from tests.support.metric_values import Values

SCRAPE_S = 15

HEALTHY = 24
"""Number of scrapes of a healthy shop before a failure begins: six minutes."""

LONGEST = 100
"""Number of scrapes of a case after that."""

PROMTOOL = shutil.which("promtool")


@dataclass(frozen=True)
class Signal:
    """A series: what Prometheus reads in a healthy shop, and during the failure. None: the series is not there.

    Of a counter, they are the growth between two scrapes.
    """

    name: str
    labels: dict[str, str]
    healthy: float | None
    failing: float | None

    @property
    def is_counter(self) -> bool:
        return self.name.endswith("_total")

    def course(self, fails: list[bool]) -> list[float | None]:
        values = [self.failing if is_failing else self.healthy for is_failing in fails]
        return [*accumulate(value or 0 for value in values)] if self.is_counter else values


UP = Signal("up", {}, 1, 1)

CALLS = "riverfront_upstream_calls_total"

FAILURES: dict[str, list[Signal]] = {
    "GatewayDown": [UP, Signal("up", {"instance": "b"}, 1, 0)],
    "NoGateway": [Signal("up", {}, 1, None)],
    "StoreDown": [UP, Signal("riverfront_store_up", {}, 1, 0)],
    "NoOrders": [UP, Signal("riverfront_store_up", {}, 1, 1), Signal("riverfront_takes_orders", {}, 1, 0)],
    "DoubtTooOld": [UP, Signal("riverfront_submissions_oldest_doubt_seconds", {}, 0, 601)],
    "CircuitOpen": [UP, Signal("riverfront_upstream_circuit_open", {"resource": "carts"}, 0, 1)],
    "UpstreamFailing": [UP, Signal(CALLS, {"cause": "none"}, 10, 10), Signal(CALLS, {"cause": "timeout"}, 0, 500)],
    "UpstreamRepeats": [
        UP,
        Signal(CALLS, {"cause": "none"}, 10, 500),
        Signal("riverfront_upstream_requests_total", {}, 10, 900),
    ],
    "FilesScarce": [UP, Signal("process_open_fds", {}, 100, 900), Signal("process_max_fds", {}, 1000, 1000)],
    "MemoryHigh": [UP, Signal("process_resident_memory_bytes", {}, 2e8, 6e8)],
    "GatewayBug": [UP, Signal("riverfront_internal_errors_total", {}, 0, 1)],
    "QuotaRefusals": [UP, Signal("riverfront_upstream_quota_refusals_total", {}, 0, 1)],
}
"""Failures by the alarm that fires. Their first scrape makes the condition true."""

DURATIONS_S = {name_of(rule): duration_s(rule.get("for", "0m")) for rule in rules()}

LABELS = {"GatewayDown": {"job": "riverfront", "instance": "b"}}
"""Labels of alarms about one process alone."""


LASTING = [False] * HEALTHY + [True] * LONGEST
"""At which scrapes a failure is there that begins and stays."""


def interrupted(alarm: str) -> list[bool]:
    """The failure ends one scrape before its alarm would fire, and begins again at the next."""
    short = int(DURATIONS_S[alarm] // SCRAPE_S)
    return [False] * HEALTHY + [True] * short + [False] + [True] * (LONGEST - short - 1)


def fires_at_s(fails: list[bool], alarm: str) -> float:
    """When the alarm has to fire, if its condition holds exactly while the failure is there."""
    began = max(scrape for scrape, is_failing in enumerate(fails) if is_failing and not fails[scrape - 1])
    return began * SCRAPE_S + DURATIONS_S[alarm]


CASES = [(alarm, LASTING) for alarm in FAILURES] + [
    (alarm, interrupted(alarm))
    for alarm, signals in FAILURES.items()
    if DURATIONS_S[alarm] and not any(signal.is_counter for signal in signals)
]
"""Alarms, and at which scrapes their failure is there. The growth of a counter stays in its range after a failure."""

IDS = [f"{alarm} {'lasts' if fails == LASTING else 'is interrupted'}" for alarm, fails in CASES]


def scrapes(alarm: str, fails: list[bool]) -> list[Values]:
    courses = [(signal, signal.course(fails)) for signal in FAILURES[alarm]]
    return [
        {
            (signal.name, frozenset(signal.labels.items())): value
            for signal, course in courses
            if (value := course[scrape]) is not None
        }
        for scrape in range(len(fails))
    ]


@pytest.mark.parametrize(("alarm", "fails"), CASES, ids=IDS)
def test_alarm_fires_once_it_has_held_for_its_duration(alarm: str, fails: list[bool]) -> None:
    prometheus = Prometheus()
    fired_at_s = [
        scrape * SCRAPE_S
        for scrape, values in enumerate(scrapes(alarm, fails))
        if alarm in prometheus.firing(scrape * SCRAPE_S, values)
    ]
    assert fired_at_s[0] == fires_at_s(fails, alarm)


def test_cases_have_alarms_of_many_durations() -> None:
    assert {DURATIONS_S[alarm] for alarm in FAILURES} == {0, 60, 120, 300, 600}


@pytest.mark.skipif(PROMTOOL is None, reason="promtool is not installed")
def test_prometheus_fires_at_the_same_times(tmp_path: Path) -> None:
    """The file of the cases is JSON, which is YAML."""
    file = tmp_path / "cases.yml"
    tests = [
        {
            "name": identifier,
            "interval": f"{SCRAPE_S}s",
            "input_series": [_series(signal, fails) for signal in FAILURES[alarm]],
            "alert_rule_test": list(_expected(alarm, fires_at_s(fails, alarm))),
        }
        for identifier, (alarm, fails) in zip(IDS, CASES, strict=True)
    ]
    file.write_text(json.dumps({"rule_files": [str(RULES)], "evaluation_interval": f"{SCRAPE_S}s", "tests": tests}))
    command = [PROMTOOL or "", "test", "rules", str(file)]
    tested = subprocess.run(command, capture_output=True, text=True, check=False)
    assert tested.returncode == 0, tested.stdout + tested.stderr


def _series(signal: Signal, fails: list[bool]) -> dict[str, str]:
    labels = {"job": "riverfront", "instance": "a"} | signal.labels
    written = ",".join(f'{name}="{value}"' for name, value in labels.items())
    values = ["stale" if value is None else f"{value:g}" for value in signal.course(fails)]
    return {"series": f"{signal.name}{{{written}}}", "values": " ".join(values)}


def _expected(alarm: str, at_s: float) -> list[dict[str, Any]]:
    """No alarm just before its time, and the alarm at its time."""
    (rule,) = [rule for rule in rules() if name_of(rule) == alarm]
    fired = {"exp_labels": rule["labels"] | LABELS.get(alarm, {}), "exp_annotations": rule["annotations"]}
    return [
        {"eval_time": f"{at_s - SCRAPE_S:g}s", "alertname": rule["alert"], "exp_alerts": []},
        {"eval_time": f"{at_s:g}s", "alertname": rule["alert"], "exp_alerts": [fired]},
    ]
