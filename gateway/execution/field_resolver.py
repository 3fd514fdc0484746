"""Calls the resolver of a field, and checks the conditions of the field.

Plans and graphql-core call resolvers through this module only, so that both check the same.
"""

import contextlib
import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, get_args, get_origin

from gateway.enums import SessionLevel
from gateway.errors import GatewayError
from gateway.execution.mutation_payload import PayloadSelection, completed_payload, refused_input
from gateway.operation.context import Context
from gateway.refusals.user_errors import AnyUserError

Resolver = Callable[..., Any]

FindFaults = Callable[[Context, Mapping[str, Any]], list[AnyUserError]]


@dataclass
class Conditions:
    """Conditions that are checked each time a resolver is called. `schema/enforce_directives.py` sets them from the
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


def may_wait(resolver: Resolver) -> bool:
    """Whether a resolver is asynchronous, or declares that it may return an awaitable."""
    returned = inspect.signature(resolver).return_annotation
    return inspect.iscoroutinefunction(resolver) or any(get_origin(part) is Awaitable for part in get_args(returned))


@dataclass(frozen=True)
class FieldResolver:
    """The resolver of one field of the graph. All types that inherit the field share it."""

    resolver: Resolver
    is_mutation: bool
    find_faults: FindFaults | None = None
    """Finds the faults of a mutation's input. A mutation with faults is not executed."""
    conditions: Conditions = field(default_factory=Conditions)
    takes_parent: bool = field(init=False)
    may_wait: bool = field(init=False)
    """Whether the resolver may return an awaitable."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "takes_parent", takes_parent(self.resolver))
        object.__setattr__(self, "may_wait", may_wait(self.resolver))

    @property
    def is_computed(self) -> bool:
        """Whether the value is computed from the parent object, without waiting and without conditions."""
        conditions = self.conditions
        is_free = conditions.level is SessionLevel.NONE and not conditions.is_never_null
        return self.takes_parent and not self.may_wait and is_free

    def call(self, parent: object, ctx: Context, arguments: Mapping[str, Any], coordinate: str) -> Any:
        """The value of the field, or an awaitable of the value. The caller must `check` the value, and must end the
        awaitable at the deadline of the operation. `coordinate` is the name of the field in the log.
        """
        if self.conditions.level is not SessionLevel.NONE:
            return self._call_with_level(parent, ctx, arguments, coordinate)
        return self._call(parent, ctx, arguments)

    def check(self, value: object, coordinate: str) -> None:
        """Raises `PromisedValueMissing`. A field with a level may be null, and its value was checked by `call`."""
        conditions = self.conditions
        if value is None and conditions.is_never_null and conditions.level is SessionLevel.NONE:
            raise PromisedValueMissing(coordinate)

    def _call(self, parent: object, ctx: Context, arguments: Mapping[str, Any]) -> Any:
        return self.resolver(parent, ctx, **arguments) if self.takes_parent else self.resolver(ctx, **arguments)

    async def _call_with_level(
        self, parent: object, ctx: Context, arguments: Mapping[str, Any], coordinate: str
    ) -> Any:
        if not await self._has_required_level(ctx):
            return None
        answer = self._call(parent, ctx, arguments)
        value = await answer if hasattr(answer, "__await__") else answer
        if value is None and self.conditions.is_never_null:
            raise PromisedValueMissing(coordinate)
        return value

    async def mutate(self, ctx: Context, arguments: Mapping[str, Any], selection: PayloadSelection) -> Any:
        """Execute a mutation and return its payload. If the input has faults, the payload has all of them, and nothing
        is executed. The operation's deadline does not cancel a mutation, because each call to Digital River has its own
        deadline.
        """
        if not await self._has_required_level(ctx):
            return None
        card_paths = ctx.operation.card_fields.get(selection.response_key, [])
        faults = self.find_faults(ctx, arguments) if self.find_faults is not None else []
        if errors := refused_input(card_paths, faults):
            payload = inspect.signature(self.resolver).return_annotation(errors=errors)
        else:
            payload = await self.resolver(ctx, **arguments)
        if payload.errors and ctx.operation.session is None:
            # The session has the language of the messages for the shopper. Without it, they are in another language.
            with contextlib.suppress(GatewayError):
                await ctx.session()
        return completed_payload(payload, ctx, selection)

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
