"""Calls a resolver with the checks of its directives: session level, deadline of the operation, and non-null value."""

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
    """Conditions of each call of a resolver, from its directives. `enforce` sets them when all types are known."""

    level: SessionLevel = SessionLevel.NONE
    is_refused: bool = False
    """True when the field is an error below its session level; false when the field is null there."""
    is_never_null: bool = False


class PromisedValueMissing(Exception):
    """A field with `@semanticNonNull` has neither a value nor an error. This is a fault of the gateway."""


def takes_parent(resolver: Resolver) -> bool:
    return next(iter(inspect.signature(resolver).parameters)) == "parent"


def read_call(resolver: Resolver, conditions: Conditions) -> Callable[..., Any]:
    """A function that resolves a field. It returns a coroutine only if the resolver, or a check, is asynchronous."""
    is_nested = takes_parent(resolver)

    def call(root: object, info: Info, **arguments: Any) -> Any:
        ctx: Context = info.context
        positional = (root, ctx) if is_nested else (ctx,)
        if conditions.is_never_null or conditions.level is not SessionLevel.NONE:
            return checked(info, ctx, positional, arguments)
        answer = resolver(*positional, **arguments)
        return ctx.in_time(answer) if hasattr(answer, "__await__") else answer

    async def checked(info: Info, ctx: Context, positional: tuple[Any, ...], arguments: dict[str, Any]) -> Any:
        if not await _is_admitted(ctx, conditions):
            return None
        answer = resolver(*positional, **arguments)
        value = await ctx.in_time(answer) if hasattr(answer, "__await__") else answer
        if value is None and conditions.is_never_null:
            raise PromisedValueMissing(f"{info._raw_info.parent_type.name}.{info.field_name}")
        return value

    return call


def mutation_call(resolver: Callable[..., Awaitable[Any]], conditions: Conditions) -> Callable[..., Any]:
    """A function that resolves a mutation. The operation's deadline does not cancel a mutation: each call to Digital
    River has its own deadline.
    """

    async def call(root: object, info: Info, **arguments: Any) -> Any:  # noqa: ARG001 - Strawberry passes it
        ctx: Context = info.context
        if not await _is_admitted(ctx, conditions):
            return None
        raw = info._raw_info
        card_paths = ctx.operation.card_fields.get(str(raw.path.key))
        payload = (
            await resolver(ctx, **arguments)
            if card_paths is None
            else mutation_payload.with_card_numbers_refused(card_paths, raw)
        )
        return mutation_payload.report_unread(payload, ctx, raw)

    return call


async def _is_admitted(ctx: Context, conditions: Conditions) -> bool:
    """Whether the resolver is called. Raises when the session level is too low and the field must be an error."""
    if conditions.level is SessionLevel.NONE:
        return True
    if conditions.is_refused:
        await ctx.require(conditions.level)
        return True
    return await ctx.reaches(conditions.level)
