"""Evaluates the rules of `deploy/prometheus/alerts.yml` without Prometheus: over two scrapes, or scrape by scrape.

It knows the part of PromQL that the rules use: selectors, `rate`, `increase`, `sum`, `min`, `max`, `absent`, numbers,
`/`, `+`, `-`, comparisons with numbers, and `and` between two comparisons.
"""

import math
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tests.support.metric_values import Values

RULES = Path(__file__).parents[2] / "deploy" / "prometheus" / "alerts.yml"

SELECTOR = re.compile(r"\b((?:riverfront_|process_)\w+|up)\b(?:\{([^}]*)\})?(?:\[(\w+)\])?")

MATCHER = re.compile(r'(\w+)(=~|!=|=)"([^"]*)"')

JOB = "riverfront"
"""Label that Prometheus adds to every series. One without a job is of this one."""

UNITS_S = {"s": 1, "m": 60, "h": 3600, "d": 86_400}

Series = tuple[str, frozenset[tuple[str, str]]]

Growth = tuple[float, float]
"""How much a counter has grown, and in how many seconds."""

Growths = Callable[[Series, float], Growth | None]
"""The growth of a series in a range of seconds before now. None if the range has one scrape of it, or none."""


@dataclass(frozen=True, eq=False)
class Vector:
    """The values of several series. A comparison keeps those for which it is true."""

    values: tuple[float, ...]

    def __bool__(self) -> bool:
        return bool(self.values)

    def both(self, other: "Vector", join: Callable[[float, float], float]) -> "Vector":
        """An operation between two vectors, of which an empty one makes an empty result."""
        if not self or not other:
            return Vector(())
        return Vector(tuple(join(own, other_value) for own, other_value in zip(self.values, other.values, strict=True)))

    def filtered(self, is_kept: Callable[[float], bool]) -> "Vector":
        return Vector(tuple(filter(is_kept, self.values)))

    def __truediv__(self, other: "Vector") -> "Vector":
        return self.both(other, _quotient)

    def __add__(self, other: "Vector") -> "Vector":
        return self.both(other, lambda own, other: own + other)

    def __rsub__(self, number: float) -> "Vector":
        return Vector(tuple(number - own for own in self.values))

    def __gt__(self, number: float) -> "Vector":
        return self.filtered(lambda value: value > number)

    def __lt__(self, number: float) -> "Vector":
        return self.filtered(lambda value: value < number)

    def __eq__(self, number: object) -> "Vector":  # type: ignore[override]  # as in PromQL
        return self.filtered(lambda value: value == number)


@cache
def rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load(RULES.read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def name_of(rule: dict[str, Any]) -> str:
    return str(rule["alert"]).removeprefix("Riverfront")


def duration_s(duration: str) -> float:
    """Seconds of a duration such as `5m`."""
    return float(duration[:-1]) * UNITS_S[duration[-1]]


def holding(before: Values, after: Values, seconds: float = 300) -> set[str]:
    """Names of the alarms whose conditions hold at the second scrape. How long they must hold is left out.

    Every range is the time between the two scrapes. A series that the first one lacks has grown from 0.
    """

    def growth(series: Series, _range_s: float) -> Growth:
        return after[series] - before.get(series, 0), seconds

    return {name_of(rule) for rule in rules() if _holds(rule["expr"], after, growth)}


class Prometheus:
    """Reads the metrics again and again, and evaluates the rules each time. Growth is not extrapolated."""

    def __init__(self) -> None:
        self._scrapes: list[tuple[float, Values]] = []
        self._held_since: dict[str, float] = {}

    def firing(self, at_s: float, values: Values) -> set[str]:
        """Names of the alarms that fire after this scrape: their conditions have held for their durations."""
        self._scrapes.append((at_s, values))
        held = [rule for rule in rules() if _holds(rule["expr"], values, self._growth)]
        self._held_since = {name: self._held_since.get(name, at_s) for name in map(name_of, held)}
        return {
            name_of(rule)
            for rule in held
            if at_s - self._held_since[name_of(rule)] >= duration_s(rule.get("for", "0m"))
        }

    def _growth(self, series: Series, range_s: float) -> Growth | None:
        """From the first scrape of the range that has the series. Prometheus knows of nothing before it."""
        now_s, values = self._scrapes[-1]
        for at_s, earlier in self._scrapes[:-1]:
            if at_s >= now_s - range_s and series in earlier:
                return values[series] - earlier[series], now_s - at_s
        return None


def _holds(expression: str, values: Values, growth: Growths) -> bool:
    def selected(name: str, matchers: str) -> Iterator[Series]:
        return (series for series in values if series[0] == name and _matches(dict(series[1]), matchers))

    def instant(name: str, matchers: str) -> Vector:
        return Vector(tuple(values[series] for series in selected(name, matchers)))

    def ranged(name: str, matchers: str, length: str) -> list[Growth]:
        growths = (growth(series, duration_s(length)) for series in selected(name, matchers))
        return [grown for grown in growths if grown is not None]

    def selector(match: re.Match[str]) -> str:
        name, matchers, length = match.groups("")
        return f"ranged({name!r}, {matchers!r}, {length!r})" if length else f"instant({name!r}, {matchers!r})"

    def joined(join: Callable[[Iterable[float]], float]) -> Callable[[Vector], Vector]:
        return lambda vector: Vector((join(vector.values),) if vector else ())

    functions = {
        "instant": instant,
        "ranged": ranged,
        "rate": lambda growths: Vector(tuple(grown / seconds for grown, seconds in growths)),
        "increase": lambda growths: Vector(tuple(grown for grown, _ in growths)),
        "sum": joined(math.fsum),
        "min": joined(min),
        "max": joined(max),
        "absent": lambda vector: Vector(() if vector else (1.0,)),
    }
    source = SELECTOR.sub(selector, expression)
    return bool(eval(source, {"__builtins__": {}}, functions))  # noqa: S307 - the rules are ours


def _quotient(dividend: float, divisor: float) -> float:
    return dividend / divisor if divisor else math.inf if dividend else math.nan


def _matches(labels: dict[str, str], matchers: str) -> bool:
    for label, operator, value in MATCHER.findall(matchers):
        present = labels.get(label, JOB if label == "job" else "")
        is_equal = re.fullmatch(value, present) is not None if operator == "=~" else present == value
        if is_equal is (operator == "!="):
            return False
    return True
