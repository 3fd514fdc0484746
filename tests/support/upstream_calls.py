"""Which calls upstream offers, the graph names, the gateway sends and the sandbox answers.

What upstream offers is `docs/coverage.csv`; the rest is read from the `Source:` lines of the SDL, from the code of the
gateway's client, and from the routes of the sandbox.
"""

import csv
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from graphql import GraphQLNamedType, build_schema

from sandbox.app import CART, ME, ROUTES
from tests.support.gateway_calls import ROOT, Call, made

INVENTORY = ROOT / "docs" / "coverage.csv"
SDL = ROOT / "schema" / "schema.graphql"

SETTINGS = "settings"
"""Stands in `instead` where the gateway is configured with what the call would tell."""


def call(method: str, path: str) -> Call:
    return Call(method, re.sub(r"\{[^}]*\}", "{}", path))


@dataclass(frozen=True)
class Row:
    """One call that upstream offers."""

    area: str
    method: str
    path: str
    need: str
    """What a storefront needs of it: must, should, later, out."""
    note: str
    instead: str
    """The call that tells or does the same, where the gateway sends that one."""

    @property
    def call(self) -> Call:
        return call(self.method, self.path)


@dataclass(frozen=True)
class Surface:
    rows: list[Row]
    named: Mapping[Call, list[str]]
    """Calls that the graph names as a source, with the coordinates that do."""
    sent: frozenset[Call]
    answered: frozenset[Call]

    def is_needed(self, row: Row) -> bool:
        return row.need in ("must", "should") or row.call in self.named

    def by_the_gateway(self, row: Row) -> bool:
        """Whether it is sent, or another one that does the same."""
        return row.call in self.sent or row.instead == SETTINGS or self._is_sent_instead(row)

    def _is_sent_instead(self, row: Row) -> bool:
        return bool(row.instead) and call(*row.instead.split()) in self.sent

    def is_covered(self, row: Row) -> bool:
        return row.call in self.answered and self.by_the_gateway(row)


@cache
def surface() -> Surface:
    rows = inventory()
    return Surface(rows, named(rows), frozenset(made()), frozenset(answered()))


def inventory() -> list[Row]:
    with INVENTORY.open(newline="") as file:
        return [Row(**row) for row in csv.DictReader(file)]


def answered() -> Iterator[Call]:
    """What the sandbox answers."""
    return (call(method, path) for path, handlers in ROUTES for method in handlers)


# What the graph names.


def named(rows: list[Row]) -> dict[Call, list[str]]:
    """Calls after `Source:` in a description, each with the coordinates of the members that have it."""
    known = {row.call: row for row in rows}
    found = defaultdict(list)
    for coordinate, base, text in _sources():
        for method, path in paths(text):
            for one in _resolved(method, path, base, known, coordinate):
                found[one].append(coordinate)
    return dict(found)


def _sources() -> Iterator[tuple[str, str | None, str]]:
    """Coordinate, the path its type is read from, and what follows `Source:`, of every member that has it."""
    for name, type_ in build_schema(SDL.read_text()).type_map.items():
        own = _source(type_)
        base = next((path for method, path in paths(own) if method == "GET"), None)
        yield name, base, own
        for member, field in getattr(type_, "fields", {}).items():
            yield f"{name}.{member}", base, _source(field)


def _source(member: GraphQLNamedType) -> str:
    return (member.description or "").rpartition("Source:")[2] if "Source:" in (member.description or "") else ""


def paths(text: str) -> Iterator[tuple[str, str]]:
    """`POST and DELETE …/a, or …/b` is four calls. An ellipsis is what the context says."""
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
        yield from (one for one, row in known.items() if row.need != "out" and _is_below(one, family))
        return
    places = [path] if path.startswith("/") else [f"{place}{path[1:]}" for place in (base, CART, ME) if place]
    found = next((one for place in places if (one := call(method, place)) in known), None)
    if found is None:
        raise ValueError(f"{coordinate} names {method} {path} as its source, which docs/coverage.csv does not list")
    yield found


def _is_below(one: Call, family: Call) -> bool:
    return one.method == family.method and one.path.startswith(family.path)
