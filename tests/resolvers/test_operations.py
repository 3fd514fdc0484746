"""Every example operation, over HTTP: what it costs, and what stays when any one of its calls fails.

Whatever `TABLE` does not name as lost is the same as without the failure.
"""

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import httpx
import pytest
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
    parse,
)

from gateway.upstream.calls import Retries
from sandbox.app import create_app as create_sandbox
from sandbox.model.world import World
from tests.schema.test_graph_rules import CORE, costly
from tests.support.operation_calls import (
    TABLE,
    TOKEN,
    ChangeRefused,
    FallbackFields,
    NthCall,
    NullFields,
    OutcomeInDoubt,
)
from tests.support.shop import Answer, Clock, InMemoryTransport, Shopper, documents, gateway

pytestmark = pytest.mark.slow


def test_the_table_has_every_operation() -> None:
    assert TABLE.keys() == documents().keys()


def test_what_is_lost_alone_is_what_the_rules_of_the_graph_call_costly() -> None:
    for name, row in TABLE.items():
        shown = dict(shown_by(parse(documents()[name])))
        lost = [field for one in row.effects.values() if isinstance(one, NullFields) for field in one.fields]
        assert {shown[re.sub(r"\.\d+", "", field)] for field in lost} <= costly()


def shown_by(document: DocumentNode) -> Iterator[tuple[str, str]]:
    """The fields of an operation: the path in the answer, and the coordinate."""
    named = {one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)}

    def inside(selected: SelectionSetNode, type_: Any, path: str) -> Iterator[tuple[str, str]]:
        for one in selected.selections:
            if not isinstance(one, FieldNode):
                spread: Any = one if isinstance(one, InlineFragmentNode) else named[one.name.value]  # type: ignore[attr-defined] # else a spread
                yield from inside(spread.selection_set, CORE.type_map[spread.type_condition.name.value], path)
            elif one.name.value != "__typename":
                place = f"{path}{(one.alias or one.name).value}"
                yield place, f"{type_.name}.{one.name.value}"
                if one.selection_set is not None:
                    below = get_named_type(type_.fields[one.name.value].type)
                    yield from inside(one.selection_set, below, f"{place}.")

    for operation in document.definitions:
        if isinstance(operation, OperationDefinitionNode):
            yield from inside(operation.selection_set, CORE.get_root_type(operation.operation), "")


# How an operation is run.


@asynccontextmanager
async def fresh_shopper() -> AsyncIterator[Shopper]:
    world = World()
    network = InMemoryTransport(create_sandbox(world))
    async with (
        httpx.AsyncClient(transport=network, base_url="http://sandbox") as sandbox,
        gateway(world, network, Clock(), retries=Retries(read_attempts=1)) as storefront,
    ):
        yield Shopper(storefront, sandbox, world)


class Seen(NamedTuple):
    """A run of an operation by a shopper who exists for it alone."""

    answer: Answer
    calls: set[NthCall]
    before: dict[str, Any]
    after: dict[str, Any]
    """What the shopper has, once everything works again."""

    @property
    def payload(self) -> dict[str, Any]:
        (payload,) = self.answer.body["data"].values()
        return dict(payload)


HAS = "{ session { id level } cart { totalQuantity } }"


async def seen(name: str, failing: NthCall | None = None) -> Seen:
    async with fresh_shopper() as shopper:
        document = documents()[name]
        given = await TABLE[name].arrange(shopper)
        variables = {one: value for one, value in given.items() if f"${one}:" in document}
        before = (await shopper.storefront.ask(HAS)).data
        if failing is not None:
            method, path, turn = failing
            await shopper.fault("status", path, method=method, status=503, skips=turn, times=1)
        calls = shopper.world.calls
        calls.clear()
        answer = await shopper.storefront.ask(document, **variables)
        made = {
            NthCall(call.method, call.path, turn)
            for call in calls.by_call
            for turn in range(calls.count(call.method, call.path))
        }
        assert not failing or not shopper.world.faults, "it was met"
        after = (await shopper.storefront.ask(HAS)).data
        return Seen(answer, made, before, after)


# What two runs have in common.

Leaves = dict[str, Any]
TIME = re.compile(r"\d{4}-\d\d-\d\d")


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Whatever has no members, by its dotted path. One time is as good as another."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else []
    for name, member in members:
        yield from leaves(member, f"{path}.{name}" if path else str(name))
    if not members:
        yield path, "a time" if isinstance(value, str) and TIME.match(value) else value


def is_below(path: str, field: str) -> bool:
    return f"{path}.".startswith(f"{field}.")


def beside(told: Leaves, fields: tuple[str, ...]) -> Leaves:
    return {path: value for path, value in told.items() if not any(is_below(path, field) for field in fields)}


@dataclass
class Good:
    """Two runs in which nothing fails. What is made anew for each run is known by its path alone."""

    one: Seen
    other: Seen
    anew: set[str] = field(init=False)

    def __post_init__(self) -> None:
        there = dict(leaves(self.other.answer.data))
        self.anew = {path for path, value in leaves(self.one.answer.data) if there[path] != value}

    def told(self, run: Seen) -> Leaves:
        return {
            path: "anew" if path in self.anew and value is not None else value
            for path, value in leaves(run.answer.body["data"])
        }


@pytest.mark.parametrize("name", TABLE)
async def test_an_operation_makes_the_calls_of_the_table(name: str) -> None:
    row, run = TABLE[name], await seen(name)
    assert run.answer.data, "and there is no error"
    for payload in run.answer.data.values():
        assert payload is not None
        assert payload.get("errors", []) == []
    assert run.calls == row.effects.keys()
    assert len([call for call in run.calls if call != TOKEN]) == row.calls


@pytest.mark.parametrize("name", TABLE)
async def test_what_does_not_depend_on_a_call_stays_when_that_call_fails(name: str) -> None:
    good = Good(await seen(name), await seen(name))
    for call, lost in TABLE[name].effects.items():
        run = await seen(name, call)
        assert run.answer.status == 200
        assert set(run.answer.codes) <= {"UPSTREAM_UNAVAILABLE"}, call
        if isinstance(lost, ChangeRefused):
            check_refused(run)
        elif isinstance(lost, OutcomeInDoubt):
            check_in_doubt(run)
        else:
            told, expected = good.told(run), good.told(good.one)
            touched = (*lost.fields, *lost.but_for) if isinstance(lost, NullFields) else lost.fields
            assert beside(told, touched) == beside(expected, touched), call
            check_lost(run, told, lost)
            assert quantity(run.after) == quantity(good.one.after), "what was changed is changed"


def check_lost(run: Seen, told: Leaves, lost: NullFields | FallbackFields) -> None:
    told_at = {".".join(map(str, error["path"])) for error in run.answer.body.get("errors", [])}
    if isinstance(lost, NullFields):
        assert told_at == set(lost.fields)
        assert [told[field] for field in lost.fields] == [None] * len(lost.fields)
    else:
        assert told_at == set()
        assert all(any(is_below(path, field) for path in told) for field in lost.fields)


def check_refused(run: Seen) -> None:
    payload = run.payload
    codes = [error["code"] for error in payload["errors"]]
    assert codes
    assert set(codes) == {"UPSTREAM_UNAVAILABLE"}
    check_nothing_lost(run)
    missing = {error["path"][1] for error in run.answer.body.get("errors", [])}
    for name in ("cart", "paymentSession"):
        if name in payload and run.after["cart"] is not None:
            assert (payload[name] is None) == (name in missing)


def check_in_doubt(run: Seen) -> None:
    payload = run.payload
    assert payload["errors"] == []
    assert payload["attempt"]["status"] == "IN_DOUBT"
    assert payload["result"]["__typename"] == "OrderInDoubt"
    check_nothing_lost(run)


def check_nothing_lost(run: Seen) -> None:
    if run.before["session"] is None:
        assert not quantity(run.after)
    else:
        assert run.after == run.before


def quantity(has: dict[str, Any]) -> int | None:
    cart = has["cart"]
    return cart["totalQuantity"] if cart else None
