"""Completes the payload of a mutation before it is returned. Errors of a wrong type are replaced. Errors and warnings
that the operation does not select are reported outside the payload.
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


def payload_for_card_numbers(paths: Iterable[Path], raw: GraphQLResolveInfo[Any]) -> Any:
    """The payload to return when the input of a mutation has card numbers. The mutation is not executed. The payload
    has one error for each path in `paths`, which are the paths of the card numbers.
    """
    payload_type: Any = get_named_type(raw.return_type)
    code = ErrorCode.SENSITIVE_DATA_DETECTED
    empty = {
        field.extensions["strawberry-definition"].python_name: False if is_non_null_type(field.type) else None
        for field in payload_type.fields.values()
    }
    errors = [InputError(code=code, message=MESSAGES[code], path=path) for path in paths]
    return SimpleNamespace(**(empty | {"errors": errors, "warnings": []}))


def completed_payload(payload: Any, ctx: Context, raw: GraphQLResolveInfo[Any]) -> Any:
    """The payload after all errors have a type that the mutation can return. If the operation does not select `errors`,
    each error is also returned as a GraphQL error. If the operation does not select `warnings`, the warnings are
    returned in `extensions` of the response.
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
    """The payload with an `UpstreamError` instead of each error whose type the mutation cannot return."""
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
    """The names of the payload fields that an operation selects, directly or in fragments. Fields that `@skip` or
    `@include` removes are omitted.

    The type conditions of fragments are not checked, because every valid fragment applies to the payload's type.
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
