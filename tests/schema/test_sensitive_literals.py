"""A secret that is written into a document is as private as one that is sent in a variable."""

from collections import deque
from typing import Any

import pytest
from graphql import GraphQLInputObjectType, get_named_type, parse

from gateway.documents.cacheability import cache_policy
from schema.build import build

SENSITIVE = build().directive_tables.sensitive
INPUTS = sorted(
    name for name in SENSITIVE if isinstance(build().core.type_map[name.partition(".")[0]], GraphQLInputObjectType)
)


def with_literal(coordinate: str) -> str:
    """An operation that sets the input field at the coordinate by a literal."""
    core = build().core
    type_name, _, secret = coordinate.partition(".")
    queue: deque[tuple[Any, str]] = deque()
    for root, keyword in ((core.query_type, "query"), (core.mutation_type, "mutation")):
        assert root is not None
        for name, field in root.fields.items():
            for key, argument in field.args.items():
                queue.append((argument.type, f"{keyword} {{ {name}({key}: %s) {{ __typename }} }}"))
    while queue:
        type_, operation = queue.popleft()
        named = get_named_type(type_)
        if not isinstance(named, GraphQLInputObjectType) or operation.count("{") > 8:
            continue
        if named.name == type_name:
            return operation % f'{{{secret}: "x"}}'
        for name, field in named.fields.items():
            queue.append((field.type, operation % f"{{{name}: %s}}"))
    raise AssertionError(f"no argument contains {coordinate}")


def test_the_graph_has_sensitive_inputs() -> None:
    assert {"PasswordCredentials.password"} < set(INPUTS)


@pytest.mark.parametrize("coordinate", INPUTS)
def test_literal_of_a_sensitive_input_is_found(coordinate: str) -> None:
    graph = build()
    policy = cache_policy(graph.core, graph.directive_tables, parse(with_literal(coordinate)))
    assert coordinate in policy.sensitive_inputs
    assert not policy.is_public
