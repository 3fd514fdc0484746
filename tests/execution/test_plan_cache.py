"""Plans are compiled when a document is sent for the third time, and for the manifest at the start."""

import gc
from dataclasses import replace
from pathlib import Path
from typing import Any
from weakref import ref

import pytest
from graphql import OperationType, get_named_type, is_leaf_type, is_required_argument

from gateway.documents.card_numbers import Screen
from gateway.documents.known_documents import KnownOperation, PreparedOperation
from gateway.documents.manifest import manifest_of
from gateway.documents.registry import Documents
from gateway.execution import plan_cache
from gateway.execution.compiler import Compiler, Unplannable
from gateway.execution.plan_cache import MAX_PLANS, PlanCache
from sandbox.model.world import World
from schema.build import build
from tests.support.at_once import at_once
from tests.support.shop import documents, settings_for

FLAGS = " ".join(f"$f{number}: Boolean!" for number in range(5))
CHOICES = " ".join(f"name @include(if: $f{number})" for number in range(5))
WITH_FLAGS = f"query({FLAGS}) {{ products(first: 1) {{ nodes {{ id {CHOICES} }} }} }}"


def registry(**changes: object) -> Documents:
    graph = build(suggests=True)
    return Documents(graph.core, graph.directive_tables, settings_for(World(), **changes))


def prepared(source: str, known: Documents, **variables: object) -> PreparedOperation:
    return at_once(known.prepare(source, None, None, variables, Screen(), over_get=False))


def operation(source: str) -> KnownOperation:
    return prepared(source, registry()).operation


def cache() -> PlanCache:
    return PlanCache(build(suggests=True).core)


def test_document_is_known_from_its_third_request_on() -> None:
    known = registry()
    assert [prepared("{ __typename }", known).was_known for _ in range(3)] == [False, False, True]


def test_operations_of_the_manifest_are_known_at_the_start(tmp_path: Path) -> None:
    file = tmp_path / "manifest.json"
    file.write_text(manifest_of({"Locales": "query Locales { storefront { locales } }"}))
    known = registry(manifest=str(file))
    [locales] = known.operations_of_manifest()
    assert (locales.name, locales.kind) == ("Locales", OperationType.QUERY)
    assert cache().plan(locales, {}) is not None


def test_operation_has_a_plan_for_each_combination_of_its_flags() -> None:
    plans, source = cache(), operation(WITH_FLAGS)
    flags = [{f"f{bit}": bool(number >> bit & 1) for bit in range(5)} for number in range(MAX_PLANS + 1)]
    compiled = [plans.plan(source, values) for values in flags]
    assert [plan is None for plan in compiled] == [False] * MAX_PLANS + [True]
    assert "name" not in (compiled[0].source if compiled[0] else "")
    assert "name" in (compiled[1].source if compiled[1] else "")
    assert plans.plan(source, flags[1]) is compiled[1]


def test_operation_with_a_flag_that_is_null_has_no_plan() -> None:
    assert cache().plan(operation("query($f: Boolean = true) { __typename @skip(if: $f) }"), {"f": None}) is None


def test_introspection_has_no_plan() -> None:
    plans, source = cache(), operation("{ __schema { queryType { name } } }")
    assert plans.plan(source, {}) is None
    assert plans.plan(source, {}) is None


def test_oldest_plans_make_room_for_new_ones() -> None:
    plans, first = cache(), operation(documents()["CheckoutPage"])
    plan = plans.plan(first, {})
    assert plan is not None
    others = [replace(first) for _ in range(plan_cache.MAX_CHARACTERS // len(plan.source))]
    assert all(plans.plan(other, {}) is not None for other in others)
    assert plans.plan(others[-1], {}) is plans.plan(others[-1], {})
    assert plans.plan(first, {}) is not plan


def test_plan_is_removed_together_with_its_operation() -> None:
    plans, page = cache(), documents()["CartPage"]
    plan = plans.plan(operation(page), {})
    assert plan is not None
    removed = ref(plan)
    del plan
    gc.collect()
    assert removed() is None


def everything_of(name: str, depth: int = 0) -> str:
    """Selects all fields of a type at three levels, except lists with pages."""
    of: Any = build(suggests=True).core.type_map[name]
    parts = []
    for field_name, field in getattr(of, "fields", {}).items():
        below = get_named_type(field.type)
        if "first" in field.args or any(is_required_argument(argument) for argument in field.args.values()):
            continue
        if is_leaf_type(below):
            parts.append(field_name)
        elif depth < 2:
            parts.append(f"{field_name} {{ {everything_of(below.name, depth + 1)} }}")
    return " ".join(parts or ["__typename"])


def test_operation_with_too_large_a_plan_is_not_compiled() -> None:
    source = " ".join(f"{alias}: cart {{ {everything_of('Cart')} }}" for alias in "ab")
    with pytest.raises(Unplannable):
        Compiler(build(suggests=True).core, operation(f"{{ {source} }}"), {}).plan()
