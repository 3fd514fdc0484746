"""Completes the payload of a mutation before it is returned. Errors of a wrong type are replaced. Errors and warnings
that the operation does not select are reported outside the payload.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from graphql import (
    FieldNode,
    GraphQLError,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
)

from gateway.enums import ErrorCode
from gateway.errors import timestamp
from gateway.operation.context import Context
from gateway.operation.language import in_language
from gateway.refusals.user_errors import MESSAGES, AnyUserError, InputError, Path, RateLimitError, untyped


@dataclass(frozen=True)
class PayloadSelection:
    """What an operation selects of the payload of one mutation. `names` are the names of the selected fields."""

    schema: GraphQLSchema
    payload_type: GraphQLObjectType
    response_key: str
    nodes: Sequence[FieldNode]
    names: frozenset[str]


def refused_input(card_paths: Collection[Path], faults: Iterable[AnyUserError]) -> list[AnyUserError]:
    """The errors of an input with card numbers at these paths, and with these faults. The card numbers were removed, so
    a fault at their paths has no meaning.
    """
    code = ErrorCode.SENSITIVE_DATA_DETECTED
    cards = [InputError(code=code, message=MESSAGES[code], path=path) for path in card_paths]
    return [*cards, *(fault for fault in faults if fault.path not in card_paths)]


def completed_payload(payload: Any, ctx: Context, selection: PayloadSelection) -> Any:
    """The payload after all errors have a type that the mutation can return. If the operation does not select `errors`,
    each error is also returned as a GraphQL error. If the operation does not select `warnings`, the warnings are
    returned in `extensions` of the response.
    """
    payload = _with_known_errors(payload, ctx, selection)
    operation = ctx.operation
    operation.payload_codes += [error.code.name for error in payload.errors]
    if operation.new_warnings:
        payload = replace(payload, warnings=[*payload.warnings, *operation.new_warnings])
        operation.new_warnings = ()
    if "errors" not in selection.names:
        operation.unread_errors += [
            GraphQLError(
                error.message,
                nodes=selection.nodes,
                path=[selection.response_key],
                extensions={"code": error.code.name, "promoted": True, "retry": error.retry.name}
                | _when_to_retry(error)
                | _for_shopper(error, ctx),
            )
            for error in payload.errors
        ]
    if "warnings" not in selection.names:
        operation.unread_warnings += payload.warnings
    return payload


def _for_shopper(error: AnyUserError, ctx: Context) -> dict[str, str]:
    message = in_language(error.shopper_message, ctx)
    return {"shopperMessage": message} if message is not None else {}


def _when_to_retry(error: AnyUserError) -> dict[str, str]:
    return {"retryAfter": timestamp(error.retry_after)} if isinstance(error, RateLimitError) else {}


def _with_known_errors(payload: Any, ctx: Context, selection: PayloadSelection) -> Any:
    """The payload with an `UpstreamError` instead of each error whose type the mutation cannot return."""
    schema = selection.schema
    interface: Any = get_named_type(selection.payload_type.fields["errors"].type)
    errors = [
        error
        if schema.is_sub_type(interface, schema.type_map[error.typename])
        else untyped(error, ctx.caller.request_id)
        for error in payload.errors
    ]
    if errors == payload.errors:
        return payload
    return replace(payload, errors=errors)
