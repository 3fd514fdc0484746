"""Calls a resolver, and checks what the directives of its field require. Queries also end at the deadline of the
operation.
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
    """What the directives of a field require of each call of its resolver. `enforce` sets the attributes when all types
    are known.
    """

    level: SessionLevel = SessionLevel.NONE
    has_error_below_level: bool = False
    """Whether a session below `level` gets an error. If false, the session gets null."""
    is_never_null: bool = False


class PromisedValueMissing(Exception):
    """A field with `@semanticNonNull` has neither a value nor an error. The gateway has a bug."""


def takes_parent(resolver: Resolver) -> bool:
    return next(iter(inspect.signature(resolver).parameters)) == "parent"


def read_call(resolver: Resolver, conditions: Conditions) -> Callable[..., Any]:
    """The function that Strawberry calls to resolve a field. The function returns a coroutine only if the resolver is
    asynchronous or if conditions must be checked.
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
        if not await _is_admitted(ctx, conditions):
            return None
        answer = resolver(*positional, **arguments)
        value = await ctx.in_time(answer) if hasattr(answer, "__await__") else answer
        if value is None and conditions.is_never_null:
            raise PromisedValueMissing(f"{info._raw_info.parent_type.name}.{info.field_name}")
        return value

    return call


def mutation_call(resolver: Callable[..., Awaitable[Any]], conditions: Conditions) -> Callable[..., Any]:
    """The function that Strawberry calls to resolve a mutation. The operation's deadline does not cancel a mutation,
    because each call to Digital River has its own deadline.
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
            else mutation_payload.payload_for_card_numbers(card_paths, raw)
        )
        return mutation_payload.completed_payload(payload, ctx, raw)

    return call


async def _is_admitted(ctx: Context, conditions: Conditions) -> bool:
    """Whether the session level is high enough to call the resolver. Raises an error instead of returning False if
    `has_error_below_level` is set.
    """
    if conditions.level is SessionLevel.NONE:
        return True
    if conditions.has_error_below_level:
        await ctx.require(conditions.level)
        return True
    return await ctx.reaches(conditions.level)
