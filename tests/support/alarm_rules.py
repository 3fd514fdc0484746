"""Evaluates the rules of `deploy/prometheus/alerts.yml` over two scrapes, without Prometheus.

It knows the part of PromQL that the rules use: selectors, `rate`, `increase`, `sum`, `min`, `max`, numbers, `/`, `+`,
`-`, one comparison, and `and` between two comparisons. The range in brackets is the time between the two scrapes.
"""

import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.support.metric_values import Values

RULES = Path(__file__).parents[2] / "deploy" / "prometheus" / "alerts.yml"

SELECTOR = re.compile(r"\b((?:riverfront_|process_)\w+|up)\b(?:\{([^}]*)\})?(?:\[\w+\])?")

MATCHER = re.compile(r'(\w+)(=~|!=|=)"([^"]*)"')

OF_THE_JOB = frozenset({"job", "instance"})
"""Labels that Prometheus adds to every series of a process."""


@dataclass(frozen=True)
class Vector:
    """The values of several series."""

    values: tuple[float, ...]

    def mapped(self, change: Callable[[float], float]) -> "Vector":
        return Vector(tuple(map(change, self.values)))

    def both(self, other: "Vector", join: Callable[[float, float], float]) -> "Vector":
        return Vector(tuple(join(own, other_value) for own, other_value in zip(self.values, other.values, strict=True)))

    def __truediv__(self, other: "Vector") -> "Vector":
        return self.both(other, lambda own, other: own / other if other else math.nan)

    def __add__(self, other: "Vector") -> "Vector":
        return self.both(other, lambda own, other: own + other)

    def __rsub__(self, number: float) -> "Vector":
        return self.mapped(lambda own: number - own)

    def __gt__(self, number: float) -> bool:
        return any(value > number for value in self.values)

    def __lt__(self, number: float) -> bool:
        return any(value < number for value in self.values)


def rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load(RULES.read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def firing(before: Values, after: Values, seconds: float = 300) -> set[str]:
    """Names of the alarms whose conditions hold at the second scrape. How long they must hold is left out."""
    return {
        rule["alert"].removeprefix("Riverfront") for rule in rules() if _holds(rule["expr"], before, after, seconds)
    }


def _holds(expression: str, before: Values, after: Values, seconds: float) -> bool:
    def selected(name: str, matchers: str, *, is_counter: bool) -> Vector:
        series_of_name = [series for series in after if series[0] == name and _matches(dict(series[1]), matchers)]
        return Vector(tuple(after[series] - (before.get(series, 0) if is_counter else 0) for series in series_of_name))

    def selector(match: re.Match[str]) -> str:
        is_counter = match[0].endswith("]")
        return f"selected({match[1]!r}, {match[2] or ''!r}, is_counter={is_counter})"

    def joined(join: Callable[[Iterable[float]], float]) -> Callable[[Vector], Vector]:
        return lambda vector: Vector((join(vector.values),) if vector.values else ())

    functions = {
        "selected": selected,
        "rate": lambda vector: vector.mapped(lambda value: value / seconds),
        "increase": lambda vector: vector,
        "sum": lambda vector: Vector((math.fsum(vector.values),)),
        "min": joined(min),
        "max": joined(max),
    }
    source = SELECTOR.sub(selector, expression)
    return bool(eval(source, {"__builtins__": {}}, functions))  # noqa: S307 - the rules are ours


def _matches(labels: dict[str, str], matchers: str) -> bool:
    for label, operator, value in MATCHER.findall(matchers):
        if label in OF_THE_JOB:
            continue
        present = labels.get(label, "")
        is_equal = re.fullmatch(value, present) is not None if operator == "=~" else present == value
        if is_equal is (operator == "!="):
            return False
    return True
