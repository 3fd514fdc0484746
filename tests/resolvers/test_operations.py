"""Each example operation is run over HTTP, then once more for each of its upstream calls, with that call failing.

`TABLE` lists the upstream calls of each operation, and the fields that each failing call may change.
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

from gateway.upstream.retrying_calls import Retries
from sandbox.app import create_app as create_sandbox
from sandbox.model.world import World
from tests.schema.test_graph_rules import CORE, fields_with_own_call
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


def test_every_example_operation_is_in_the_call_table() -> None:
    assert TABLE.keys() == documents().keys()


def test_call_table_expects_null_only_for_fields_with_own_call() -> None:
    for name, row in TABLE.items():
        shown = dict(selected_fields(parse(documents()[name])))
        effects = [effect for effect in row.effects.values() if isinstance(effect, NullFields)]
        lost = [field for effect in effects for field in effect.fields]
        assert {shown[re.sub(r"\.\d+", "", field)] for field in lost} <= fields_with_own_call()


def selected_fields(document: DocumentNode) -> Iterator[tuple[str, str]]:
    """Yield the path in the answer and the schema coordinate of each field that the operations of a document select."""
    fragments = {
        fragment.name.value: fragment
        for fragment in document.definitions
        if isinstance(fragment, FragmentDefinitionNode)
    }

    def inside(selected: SelectionSetNode, type_: Any, path: str) -> Iterator[tuple[str, str]]:
        for node in selected.selections:
            if not isinstance(node, FieldNode):
                fragment: Any = node if isinstance(node, InlineFragmentNode) else fragments[node.name.value]  # type: ignore[attr-defined] # else a spread
                yield from inside(fragment.selection_set, CORE.type_map[fragment.type_condition.name.value], path)
            elif node.name.value != "__typename":
                field_path = f"{path}{(node.alias or node.name).value}"
                yield field_path, f"{type_.name}.{node.name.value}"
                if node.selection_set is not None:
                    below = get_named_type(type_.fields[node.name.value].type)
                    yield from inside(node.selection_set, below, f"{field_path}.")

    for operation in document.definitions:
        if isinstance(operation, OperationDefinitionNode):
            yield from inside(operation.selection_set, CORE.get_root_type(operation.operation), "")


# Running an operation.


@asynccontextmanager
async def fresh_shopper() -> AsyncIterator[Shopper]:
    world = World()
    network = InMemoryTransport(create_sandbox(world))
    async with (
        httpx.AsyncClient(transport=network, base_url="http://sandbox") as sandbox,
        gateway(world, network, Clock(), retries=Retries(read_attempts=1)) as storefront,
    ):
        yield Shopper(storefront, sandbox, world)


class Run(NamedTuple):
    """One run of an operation by a new shopper."""

    answer: Answer
    calls: set[NthCall]
    before: dict[str, Any]
    """Session and cart before the operation."""
    after: dict[str, Any]
    """Session and cart after the operation. No call fails while they are read."""

    @property
    def payload(self) -> dict[str, Any]:
        (payload,) = self.answer.body["data"].values()
        return dict(payload)


STATE = "{ session { id level } cart { totalQuantity } }"


async def run_once(name: str, failing: NthCall | None = None) -> Run:
    async with fresh_shopper() as shopper:
        document = documents()[name]
        arranged = await TABLE[name].arrange(shopper)
        variables = {variable: value for variable, value in arranged.items() if f"${variable}:" in document}
        before = (await shopper.storefront.ask(STATE)).data
        if failing is not None:
            method, path, number = failing
            await shopper.fault("status", path, method=method, status=503, skips=number, times=1)
        calls = shopper.world.calls
        calls.clear()
        answer = await shopper.storefront.ask(document, **variables)
        made = {
            NthCall(call.method, call.path, number)
            for call in calls.by_call
            for number in range(calls.count(call.method, call.path))
        }
        assert not failing or not shopper.world.faults, "the failing call was made"
        after = (await shopper.storefront.ask(STATE)).data
        return Run(answer, made, before, after)


# Comparing the runs of an operation.

Leaves = dict[str, Any]
TIME = re.compile(r"\d{4}-\d\d-\d\d")


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the dotted path and value of every scalar, empty object and empty list. Replaces dates by `a time`."""
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else []
    for name, child in children:
        yield from leaves(child, f"{path}.{name}" if path else str(name))
    if not children:
        yield path, "a time" if isinstance(value, str) and TIME.match(value) else value


def is_below(path: str, field: str) -> bool:
    return f"{path}.".startswith(f"{field}.")


def outside(answer: Leaves, fields: tuple[str, ...]) -> Leaves:
    return {path: value for path, value in answer.items() if not any(is_below(path, field) for field in fields)}


@dataclass
class Baseline:
    """Two runs without a failing call. A field that differs between them, such as a new id, may differ in any run."""

    first: Run
    second: Run
    varying: set[str] = field(init=False)

    def __post_init__(self) -> None:
        second = dict(leaves(self.second.answer.data))
        self.varying = {path for path, value in leaves(self.first.answer.data) if second[path] != value}

    def comparable(self, run: Run) -> Leaves:
        return {
            path: "varying" if path in self.varying and value is not None else value
            for path, value in leaves(run.answer.body["data"])
        }


@pytest.mark.parametrize("name", TABLE)
async def test_operation_makes_exactly_the_upstream_calls_listed_for_it(name: str) -> None:
    row, run = TABLE[name], await run_once(name)
    assert run.answer.data, "the operation has no errors"
    for payload in run.answer.data.values():
        assert payload is not None
        assert payload.get("errors", []) == []
    assert run.calls == row.effects.keys()
    assert len([call for call in run.calls if call != TOKEN]) == row.calls


@pytest.mark.parametrize("name", TABLE)
async def test_failing_call_changes_only_the_fields_listed_for_it(name: str) -> None:
    baseline = Baseline(await run_once(name), await run_once(name))
    for call, lost in TABLE[name].effects.items():
        run = await run_once(name, call)
        assert run.answer.status == 200
        assert set(run.answer.codes) <= {"UPSTREAM_UNAVAILABLE"}, call
        if isinstance(lost, ChangeRefused):
            check_refused(run)
        elif isinstance(lost, OutcomeInDoubt):
            check_in_doubt(run)
        else:
            answer, expected = baseline.comparable(run), baseline.comparable(baseline.first)
            affected = (*lost.fields, *lost.other_changes) if isinstance(lost, NullFields) else lost.fields
            assert outside(answer, affected) == outside(expected, affected), call
            check_lost(run, answer, lost)
            assert quantity(run.after) == quantity(baseline.first.after), "the change was made"


def check_lost(run: Run, answer: Leaves, lost: NullFields | FallbackFields) -> None:
    error_paths = {".".join(map(str, error["path"])) for error in run.answer.body.get("errors", [])}
    if isinstance(lost, NullFields):
        assert error_paths == set(lost.fields)
        assert [answer[field] for field in lost.fields] == [None] * len(lost.fields)
    else:
        assert error_paths == set()
        assert all(any(is_below(path, field) for path in answer) for field in lost.fields)


def check_refused(run: Run) -> None:
    payload = run.payload
    codes = [error["code"] for error in payload["errors"]]
    assert codes
    assert set(codes) == {"UPSTREAM_UNAVAILABLE"}
    check_nothing_lost(run)
    missing = {error["path"][1] for error in run.answer.body.get("errors", [])}
    for name in ("cart", "paymentSession"):
        if name in payload and run.after["cart"] is not None:
            assert (payload[name] is None) == (name in missing)


def check_in_doubt(run: Run) -> None:
    payload = run.payload
    assert payload["errors"] == []
    assert payload["attempt"]["status"] == "IN_DOUBT"
    assert payload["result"]["__typename"] == "OrderInDoubt"
    check_nothing_lost(run)


def check_nothing_lost(run: Run) -> None:
    if run.before["session"] is None:
        assert not quantity(run.after)
    else:
        assert run.after == run.before


def quantity(state: dict[str, Any]) -> int | None:
    cart = state["cart"]
    return cart["totalQuantity"] if cart else None
