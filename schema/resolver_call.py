"""Makes the functions that Strawberry calls to resolve fields. They check the conditions of the field, then call its
resolver. A resolver of a query is cancelled at the deadline of the operation.
"""

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from strawberry.types import Info

from gateway.enums import SessionLevel
from gateway.operation.context import Context
from schema import mutation_payload

Resolver = Callable[..., Any]


@dataclass
class Conditions:
    """Conditions that are checked each time a resolver is called. `enforce_directives.enforce` sets them from the
    directives of the field, after the schema is built.
    """

    level: SessionLevel = SessionLevel.NONE
    raises_below_level: bool = False
    """Whether a session below `level` causes an error. If False, the field is null."""
    is_never_null: bool = False


class PromisedValueMissing(Exception):
    """The resolver of a field with `@semanticNonNull` returned null without an error. This is a bug of the gateway."""


def takes_parent(resolver: Resolver) -> bool:
    return next(iter(inspect.signature(resolver).parameters)) == "parent"


def make_field_resolver(resolver: Resolver, conditions: Conditions) -> Callable[..., Any]:
    """Make the function that Strawberry calls to resolve a field. The function returns a coroutine only if the resolver
    is asynchronous or if conditions must be checked.
    """
    is_nested = takes_parent(resolver)

    def call(root: object, info: Info, **arguments: Any) -> Any:
        ctx: Context = info.context
        positional = (root, ctx) if is_nested else (ctx,)
        if conditions.is_never_null or conditions.level is not SessionLevel.NONE:
            return checked(info, ctx, positional, arguments)
        answer = resolver(*positional, **arguments)
        return ctx.in_time(answer) if hasattr(answer, "__await__") else answer

    async def checked(info: Info, ctx: Context, positional: tuple[Any, ...], arguments: dict[str, Any]) -> Any:
        if not await _has_required_level(ctx, conditions):
            return None
        answer = resolver(*positional, **arguments)
        value = await ctx.in_time(answer) if hasattr(answer, "__await__") else answer
        if value is None and conditions.is_never_null:
            raise PromisedValueMissing(f"{info._raw_info.parent_type.name}.{info.field_name}")
        return value

    return call


def make_mutation_resolver(resolver: Callable[..., Awaitable[Any]], conditions: Conditions) -> Callable[..., Any]:
    """Make the function that Strawberry calls to resolve a mutation. The operation's deadline does not cancel a
    mutation, because each call to Digital River has its own deadline.
    """

    async def call(root: object, info: Info, **arguments: Any) -> Any:  # noqa: ARG001 - Strawberry passes it
        ctx: Context = info.context
        if not await _has_required_level(ctx, conditions):
            return None
        raw = info._raw_info
        card_paths = ctx.operation.card_fields.get(str(raw.path.key))
        payload = (
            await resolver(ctx, **arguments)
            if card_paths is None
            else mutation_payload.payload_for_card_numbers(card_paths, raw)
        )
        return mutation_payload.completed_payload(payload, ctx, raw)

    return call


async def _has_required_level(ctx: Context, conditions: Conditions) -> bool:
    """Whether the session has the level that `conditions` require. If `raises_below_level` is True, a lower level
    raises an error.
    """
    if conditions.level is SessionLevel.NONE:
        return True
    if conditions.raises_below_level:
        await ctx.require(conditions.level)
        return True
    return await ctx.reaches(conditions.level)
