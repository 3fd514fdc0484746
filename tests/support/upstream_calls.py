"""Finds which calls of Digital River's API the gateway sends, the sandbox answers, and the graph's descriptions name.

`docs/coverage.csv` lists the calls of the API. The source of the gateway shows which calls the gateway sends, and the
sandbox's routes show which calls the sandbox answers. The descriptions are read from the SDL.
"""

import csv
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from graphql import build_schema

from sandbox.app import CART, ME, ROUTES
from tests.support.descriptions import calls_text
from tests.support.gateway_calls import ROOT, Call, gateway_calls

INVENTORY = ROOT / "docs" / "coverage.csv"
SDL = ROOT / "schema" / "schema.graphql"

SETTINGS = "settings"
"""Value of `Row.instead` if the gateway uses a setting instead of the call."""


def call(method: str, path: str) -> Call:
    return Call(method, re.sub(r"\{[^}]*\}", "{}", path))


@dataclass(frozen=True)
class Row:
    """A row of `docs/coverage.csv`, which describes one call of Digital River's API."""

    area: str
    method: str
    path: str
    need: str
    """How much storefronts need the call: `must`, `should`, `later`, or `out` if they do not need the call."""
    note: str
    instead: str
    """Call with the same effect that the gateway sends instead, or `settings`. Empty if the call has no substitute."""

    @property
    def call(self) -> Call:
        return call(self.method, self.path)


@dataclass(frozen=True)
class Coverage:
    rows: list[Row]
    named: Mapping[Call, list[str]]
    """Coordinates of the graph fields and types whose descriptions name a call, by call."""
    sent: frozenset[Call]
    answered: frozenset[Call]

    def is_needed(self, row: Row) -> bool:
        return row.need in ("must", "should") or row.call in self.named

    def is_covered_by_gateway(self, row: Row) -> bool:
        """Whether the gateway sends the call, sends a call with the same effect, or uses a setting instead."""
        return row.call in self.sent or row.instead == SETTINGS or self._is_sent_instead(row)

    def _is_sent_instead(self, row: Row) -> bool:
        return bool(row.instead) and call(*row.instead.split()) in self.sent

    def is_covered(self, row: Row) -> bool:
        return row.call in self.answered and self.is_covered_by_gateway(row)


@cache
def coverage() -> Coverage:
    rows = inventory()
    sent = frozenset(listed for sent in gateway_calls() for listed in _listed_calls(sent, rows))
    return Coverage(rows, calls_named_by_the_graph(rows), sent, frozenset(sandbox_calls()))


def _listed_calls(sent: Call, rows: list[Row]) -> list[Call]:
    """Calls in `rows` that match the sent call, or the sent call itself if no row matches.

    In the path of the sent call, `{}` also matches a part of a word, as in `POST …/apply-{}-address`.
    """
    pattern = re.escape(sent.path).replace(r"\{\}", r"(\{\}|(?<!/)[^/{}]+)")
    return [row.call for row in rows if row.method == sent.method and re.fullmatch(pattern, row.call.path)] or [sent]


def inventory() -> list[Row]:
    with INVENTORY.open(newline="") as file:
        return [Row(**row) for row in csv.DictReader(file)]


def sandbox_calls() -> Iterator[Call]:
    return (call(method, path) for path, handlers in ROUTES for method in handlers)


def calls_named_by_the_graph(rows: list[Row]) -> dict[Call, list[str]]:
    """Coordinates of the fields and types whose descriptions name a call after `Digital River call:`, by call."""
    known = {row.call: row for row in rows}
    named = defaultdict(list)
    for coordinate, base, calls in _described_calls():
        for method, path in parsed_calls(calls):
            for resolved in _resolved(method, path, base, known, coordinate):
                named[resolved].append(coordinate)
    return dict(named)


def _described_calls() -> Iterator[tuple[str, str | None, str]]:
    """Yield the coordinate of each type and field, the path that reads the type, and the text that names the calls."""
    for name, type_ in build_schema(SDL.read_text()).type_map.items():
        calls_of_type = calls_text(type_.description or "")
        base = next((path for method, path in parsed_calls(calls_of_type) if method == "GET"), None)
        yield name, base, calls_of_type
        for field_name, field in getattr(type_, "fields", {}).items():
            yield f"{name}.{field_name}", base, calls_text(field.description or "")


def parsed_calls(text: str) -> Iterator[tuple[str, str]]:
    """Yield HTTP method and path of each call. For example, `POST and DELETE …/a, or …/b` contains four calls."""
    methods, is_new = list[str](), True
    for token in re.findall(r"\b(?:GET|POST|PUT|DELETE)\b|(?<!\S)[/…]\S+", text):
        if token.isalpha():
            methods, is_new = ([] if is_new else methods) + [token], False
        else:
            is_new = True
            yield from ((method, token.partition("?")[0].rstrip(".,;")) for method in methods)


def _resolved(method: str, path: str, base: str | None, known: Mapping[Call, Row], coordinate: str) -> Iterator[Call]:
    if path.endswith("/…"):
        family = call(method, path.removesuffix("…"))
        yield from (known_call for known_call, row in known.items() if row.need != "out" and _below(known_call, family))
        return
    paths = [path] if path.startswith("/") else [f"{prefix}{path[1:]}" for prefix in (base, CART, ME) if prefix]
    resolved = next((candidate for path in paths if (candidate := call(method, path)) in known), None)
    if resolved is None:
        raise ValueError(f"{coordinate} names the call {method} {path}, which docs/coverage.csv does not list")
    yield resolved


def _below(candidate: Call, family: Call) -> bool:
    return candidate.method == family.method and candidate.path.startswith(family.path)
