"""Every code that the graph declares is sent: its provocation makes a storefront see it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from graphql import GraphQLEnumType, GraphQLInterfaceType, build_schema

from sandbox.model.world import World
from tests.support import provocations
from tests.support.provocations import Provocation, Provoked
from tests.support.shop import Clock, InMemoryTransport, Shopper, Storefront

SCHEMA = build_schema((Path(__file__).parents[2] / "schema" / "schema.graphql").read_text())

TABLES: dict[str, tuple[str, dict[str, Provocation]]] = {
    "ErrorCode": ("errors.code", provocations.ERRORS),
    "WarningCode": ("warnings.code", provocations.WARNINGS),
    "CheckoutBlockerCode": ("blockers.code", provocations.BLOCKERS),
    "SubmissionStatus": ("status", provocations.STATUSES),
    "DeclineSeverity": ("severity", provocations.SEVERITIES),
    "DeclineAdvice": ("advice", provocations.ADVICE),
    "SubmitOrderResult": ("__typename", provocations.OUTCOMES),
}
"""By enum or interface: the fields of an answer that contain its codes, and the provocations."""


def declared(name: str) -> list[str]:
    type_ = SCHEMA.type_map[name]
    if isinstance(type_, GraphQLInterfaceType):
        return [implementation.name for implementation in SCHEMA.get_possible_types(type_)]
    assert isinstance(type_, GraphQLEnumType)
    return list(type_.values)


def strings_at(answer: Any, path: str, parent: str = "") -> Iterator[str]:
    """The strings in an answer whose field, with or without the field around it, is `path`."""
    if isinstance(answer, list):
        for item in answer:
            yield from strings_at(item, path, parent)
    elif isinstance(answer, dict):
        for name, value in answer.items():
            if isinstance(value, str) and path in (name, f"{parent}.{name}"):
                yield value
            yield from strings_at(value, path, name)


@pytest.fixture
def shop(
    storefront: Storefront, sandbox: httpx.AsyncClient, world: World, network: InMemoryTransport, clock: Clock
) -> Provoked:
    return Provoked(Shopper(storefront, sandbox, world), network, clock)


@pytest.mark.parametrize("name", TABLES)
def test_each_declared_code_has_a_provocation(name: str) -> None:
    _, table = TABLES[name]
    assert sorted(table) == sorted(declared(name))


@pytest.mark.parametrize(("name", "code"), [(name, code) for name, (_, table) in TABLES.items() for code in table])
async def test_provoked_code_is_seen_in_the_answer(shop: Provoked, name: str, code: str) -> None:
    path, table = TABLES[name]
    answer = await table[code](shop)
    assert code in {*strings_at(answer, path)}, answer
