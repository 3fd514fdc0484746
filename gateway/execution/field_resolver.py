"""Calls the resolver of a field: checks its conditions first, and cancels it at the deadline of the operation.

Plans and graphql-core call resolvers through this module only, so that both check the same.
"""

import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gateway.enums import SessionLevel
from gateway.execution.mutation_payload import PayloadSelection, completed_payload, payload_for_card_numbers
from gateway.operation.context import Context

Resolver = Callable[..., Any]


@dataclass
class Conditions:
    """Conditions that are checked each time a resolver is called. `schema/enforce_directives.py` sets them from the
    directives of the field, after the schema is built.
    """

    level: SessionLevel = SessionLevel.NONE
    raises_below_level: bool = False
    """Whether a session below `level` causes an error. If False, the field is null."""
    is_never_null: bool = False

    @property
    def are_needed(self) -> bool:
        return self.is_never_null or self.level is not SessionLevel.NONE


class PromisedValueMissing(Exception):
    """The resolver of a field with `@semanticNonNull` returned null without an error. This is a bug of the gateway."""


def takes_parent(resolver: Resolver) -> bool:
    return next(iter(inspect.signature(resolver).parameters)) == "parent"


@dataclass(frozen=True)
class FieldResolver:
    """The resolver of one field of the graph. All fields that inherit the field share it."""

    resolver: Resolver
    is_mutation: bool
    conditions: Conditions = field(default_factory=Conditions)
    is_nested: bool = field(init=False)
    """Whether the resolver takes the parent object."""
    is_async: bool = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "is_nested", takes_parent(self.resolver))
        object.__setattr__(self, "is_async", inspect.iscoroutinefunction(self.resolver))

    @property
    def is_computed(self) -> bool:
        """Whether the value is computed from the parent object, without waiting and without conditions."""
        return self.is_nested and not self.is_async and not self.conditions.are_needed

    def call(self, parent: object, ctx: Context, arguments: Mapping[str, Any], coordinate: str) -> Any:
        """The value of the field, or an awaitable of the value. `coordinate` is the name of the field in the log."""
        positional = (parent, ctx) if self.is_nested else (ctx,)
        if self.conditions.are_needed:
            return self._checked(ctx, positional, arguments, coordinate)
        answer = self.resolver(*positional, **arguments)
        return ctx.in_time(answer) if hasattr(answer, "__await__") else answer

    async def _checked(
        self, ctx: Context, positional: tuple[Any, ...], arguments: Mapping[str, Any], coordinate: str
    ) -> Any:
        if not await self._has_required_level(ctx):
            return None
        answer = self.resolver(*positional, **arguments)
        value = await ctx.in_time(answer) if hasattr(answer, "__await__") else answer
        if value is None and self.conditions.is_never_null:
            raise PromisedValueMissing(coordinate)
        return value

    async def mutate(self, ctx: Context, arguments: Mapping[str, Any], selection: PayloadSelection) -> Any:
        """Execute a mutation and return its payload. The operation's deadline does not cancel a mutation, because each
        call to Digital River has its own deadline.
        """
        if not await self._has_required_level(ctx):
            return None
        card_paths = ctx.operation.card_fields.get(selection.response_key)
        if card_paths is None:
            payload: Awaitable[Any] = self.resolver(ctx, **arguments)
            return completed_payload(await payload, ctx, selection)
        return completed_payload(payload_for_card_numbers(card_paths, selection.payload_type), ctx, selection)

    async def _has_required_level(self, ctx: Context) -> bool:
        """Whether the session has the level that the conditions require. If `raises_below_level` is True, a lower level
        raises an error.
        """
        if self.conditions.level is SessionLevel.NONE:
            return True
        if self.conditions.raises_below_level:
            await ctx.require(self.conditions.level)
            return True
        return await ctx.reaches(self.conditions.level)
