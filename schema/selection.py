"""Which fields a selection asks for, once fragments, `@skip` and `@include` are applied."""

from collections.abc import Iterable, Mapping
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLIncludeDirective,
    GraphQLSkipDirective,
    InlineFragmentNode,
    SelectionSetNode,
    get_directive_values,
)
from graphql.execution.values import VariableValues


def selected_names(
    nodes: Iterable[FieldNode], fragments: Mapping[str, FragmentDefinitionNode], variables: VariableValues
) -> frozenset[str]:
    """Names of the fields below some nodes of one field. Types of fragments are not compared: the field
    asked about has one object type, so every fragment on it that validates applies."""
    names: set[str] = set()
    seen: set[str] = set()
    queue = [node.selection_set for node in nodes if node.selection_set is not None]
    while queue:
        for selection in queue.pop().selections:
            if not _applies(selection, variables):
                continue
            if isinstance(selection, FieldNode):
                names.add(selection.name.value)
                continue
            below = _below(selection, fragments, seen)
            if below is not None:
                queue.append(below)
    return frozenset(names)


def _below(
    selection: object, fragments: Mapping[str, FragmentDefinitionNode], seen: set[str]
) -> SelectionSetNode | None:
    if isinstance(selection, InlineFragmentNode):
        return selection.selection_set
    if isinstance(selection, FragmentSpreadNode):
        name = selection.name.value
        if name not in seen and name in fragments:
            seen.add(name)
            return fragments[name].selection_set
    return None


def _applies(selection: Any, variables: VariableValues) -> bool:
    if not selection.directives:
        return True
    skip = get_directive_values(GraphQLSkipDirective, selection, variables)
    include = get_directive_values(GraphQLIncludeDirective, selection, variables)
    return not (skip and skip["if"]) and not (include and not include["if"])
