"""Completes the payload of a mutation: errors get types of the mutation, and errors and warnings that the operation
does not select are reported elsewhere.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLIncludeDirective,
    GraphQLResolveInfo,
    GraphQLSkipDirective,
    InlineFragmentNode,
    SelectionSetNode,
    get_directive_values,
    get_named_type,
    is_non_null_type,
)
from graphql.execution.values import VariableValues

from gateway.enums import ErrorCode
from gateway.operation.context import Context
from gateway.refusals.user_errors import MESSAGES, InputError, Path, untyped


def with_card_numbers_refused(paths: Iterable[Path], raw: GraphQLResolveInfo[Any]) -> Any:
    """The payload of a mutation that is not called because its input has card numbers, at these paths."""
    payload_type: Any = get_named_type(raw.return_type)
    code = ErrorCode.SENSITIVE_DATA_DETECTED
    empty = {
        field.extensions["strawberry-definition"].python_name: False if is_non_null_type(field.type) else None
        for field in payload_type.fields.values()
    }
    errors = [InputError(code=code, message=MESSAGES[code], path=path) for path in paths]
    return SimpleNamespace(**(empty | {"errors": errors, "warnings": []}))


def report_unread(payload: Any, ctx: Context, raw: GraphQLResolveInfo[Any]) -> Any:
    """The payload. If the operation does not select `errors`, they become GraphQL errors; `warnings` become an
    extension.
    """
    payload = _with_known_errors(payload, ctx, raw)
    names = selected_names(raw.field_nodes, raw.fragments, raw.variable_values)
    operation = ctx.operation
    if "errors" not in names:
        operation.unread_errors += [
            GraphQLError(
                error.message,
                nodes=raw.field_nodes,
                path=raw.path.as_list(),
                extensions={"code": error.code.name, "promoted": True},
            )
            for error in payload.errors
        ]
    if "warnings" not in names:
        operation.unread_warnings += payload.warnings
    return payload


def _with_known_errors(payload: Any, ctx: Context, raw: GraphQLResolveInfo[Any]) -> Any:
    """The payload with errors of the mutation's own types only. Any other error becomes an `UpstreamError`."""
    payload_type: Any = get_named_type(raw.return_type)
    interface: Any = get_named_type(payload_type.fields["errors"].type)
    errors = [
        error
        if raw.schema.is_sub_type(interface, raw.schema.type_map[error.typename])
        else untyped(error, ctx.caller.request_id)
        for error in payload.errors
    ]
    if errors == payload.errors:
        return payload
    if isinstance(payload, SimpleNamespace):
        return SimpleNamespace(**(vars(payload) | {"errors": errors}))
    return replace(payload, errors=errors)


def selected_names(
    nodes: Iterable[FieldNode], fragments: Mapping[str, FragmentDefinitionNode], variables: VariableValues
) -> frozenset[str]:
    """The names of the selected subfields of a field, after fragments, `@skip` and `@include` are applied.

    Type conditions are ignored: a payload is an object type, so every valid fragment applies.
    """
    names: set[str] = set()
    spread: set[str] = set()
    queue = [node.selection_set for node in nodes if node.selection_set is not None]
    while queue:
        for selection in queue.pop().selections:
            if not _applies(selection, variables):
                continue
            if isinstance(selection, FieldNode):
                names.add(selection.name.value)
                continue
            below = _below(selection, fragments, spread)
            if below is not None:
                queue.append(below)
    return frozenset(names)


def _below(
    selection: object, fragments: Mapping[str, FragmentDefinitionNode], spread: set[str]
) -> SelectionSetNode | None:
    if isinstance(selection, InlineFragmentNode):
        return selection.selection_set
    if isinstance(selection, FragmentSpreadNode):
        name = selection.name.value
        if name not in spread and name in fragments:
            spread.add(name)
            return fragments[name].selection_set
    return None


def _applies(selection: Any, variables: VariableValues) -> bool:
    if not selection.directives:
        return True
    skip = get_directive_values(GraphQLSkipDirective, selection, variables)
    include = get_directive_values(GraphQLIncludeDirective, selection, variables)
    return not (skip and skip["if"]) and not (include and not include["if"])
