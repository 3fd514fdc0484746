"""Makes the functions that Strawberry calls to resolve fields, when graphql-core executes an operation."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from graphql import GraphQLResolveInfo, get_named_type
from strawberry.types import Info

from gateway.execution.field_resolver import FieldResolver
from gateway.execution.mutation_payload import PayloadSelection
from gateway.execution.selections import selected_fields, selections_below
from gateway.operation.context import Context
from gateway.operation.recorded_results import RecordedResult
from gateway.telemetry.spans import UNTRACED, inside


def make_field_resolver(field_resolver: FieldResolver) -> Callable[..., Any]:
    """Make the function that Strawberry calls to resolve a field. The function returns a coroutine only if the value is
    not there at once. At the deadline of the operation, the coroutine is cancelled.
    """

    def call(root: object, info: Info, **arguments: Any) -> Any:
        ctx: Context = info.context
        recorded = _recorded(ctx, info._raw_info)
        if recorded is not None:
            return recorded.value_or_raise()
        coordinate = f"{info._raw_info.parent_type.name}.{info.field_name}"
        spans = ctx.operation.field_spans
        if spans is None:
            answer = field_resolver.call(root, ctx, arguments, coordinate)
        else:
            resolve = partial(field_resolver.call, root, ctx, arguments, coordinate)
            answer = spans.resolve(_root_key(info._raw_info), coordinate, resolve)
        if hasattr(answer, "__await__"):
            return awaited(answer, ctx, coordinate)
        field_resolver.check(answer, coordinate)
        return answer

    async def awaited(answer: Awaitable[Any], ctx: Context, coordinate: str) -> Any:
        value = await ctx.in_time(answer)
        field_resolver.check(value, coordinate)
        return value

    return call


def make_mutation_resolver(field_resolver: FieldResolver) -> Callable[..., Any]:
    """Make the function that Strawberry calls to resolve a mutation."""

    async def call(root: object, info: Info, **arguments: Any) -> Any:  # noqa: ARG001 - Strawberry passes it
        ctx: Context = info.context
        recorded = _recorded(ctx, info._raw_info)
        if recorded is not None:
            return recorded.value_or_raise()
        spans = ctx.operation.field_spans
        coordinate = f"{info._raw_info.parent_type.name}.{info.field_name}"
        with inside(spans.of(_root_key(info._raw_info), coordinate)) if spans is not None else UNTRACED:
            return await field_resolver.mutate(ctx, arguments, _payload_selection(info._raw_info))

    return call


def _root_key(raw: GraphQLResolveInfo[Any]) -> str:
    return str(raw.path.as_list()[0])


def _recorded(ctx: Context, raw: GraphQLResolveInfo[Any]) -> RecordedResult | None:
    """What the plan of the operation has recorded of the resolver; None if graphql-core must call the resolver."""
    recorded = ctx.operation.recorded
    return recorded.get(tuple(raw.path.as_list())) if recorded else None


def _payload_selection(raw: GraphQLResolveInfo[Any]) -> PayloadSelection:
    payload_type: Any = get_named_type(raw.return_type)
    fields = selected_fields(
        raw.schema, raw.fragments, raw.variable_values.coerced, payload_type, selections_below(raw.field_nodes)
    )
    names = frozenset(nodes[0].name.value for nodes in fields.values())
    return PayloadSelection(raw.schema, payload_type, str(raw.path.key), raw.field_nodes, names)
