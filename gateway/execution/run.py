"""Runs a plan: calls resolvers, and completes their values as soon as they are there.

A plan knows no errors. If a resolver or a value fails, the plan ends all other fields, then graphql-core executes the
operation again with the recorded results of the resolvers.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from graphql import FieldNode, GraphQLField, get_argument_values
from graphql.execution.values import VariableValues

from gateway.execution.field_resolver import FieldResolver
from gateway.execution.mutation_payload import PayloadSelection
from gateway.operation.context import Context
from gateway.operation.recorded_results import RecordedResult, ResponsePath

Complete = Callable[[Any, "Run", ResponsePath], Any]
"""Function of a plan that makes a resolver's value a part of the answer."""


@dataclass(frozen=True, eq=False)
class Arguments:
    """Arguments of a field that depend on variables."""

    field: GraphQLField
    node: FieldNode
    convert: Callable[[dict[str, Any]], dict[str, Any]]
    """Converts coerced values to those that the resolver takes."""

    def values(self, variables: VariableValues | None) -> dict[str, Any]:
        return self.convert(get_argument_values(self.field, self.node, variables))


@dataclass(frozen=True, eq=False)
class PlannedField:
    """A field with a resolver, as a plan calls it."""

    key: str
    coordinate: str
    resolver: FieldResolver
    arguments: Arguments | Mapping[str, Any]
    complete: Complete
    payload: PayloadSelection | None
    """What the operation selects of the payload. Only for a mutation."""


class Run:
    """One execution of a plan."""

    def __init__(self, ctx: Context, variables: VariableValues | None) -> None:
        self.ctx = ctx
        self.has_failed = False
        self._variables = variables
        self._arguments: dict[Arguments, Mapping[str, Any]] = {}
        self._running: set[asyncio.Future[Any]] = set()
        self._all_done: asyncio.Future[None] | None = None

    def arguments(self, of: Arguments | Mapping[str, Any]) -> Mapping[str, Any]:
        """Values of a field's arguments. They are the same for all parent objects, so they are computed once."""
        if not isinstance(of, Arguments):
            return of
        if of not in self._arguments:
            self._arguments[of] = of.values(self._variables)
        return self._arguments[of]

    def start(self, field: PlannedField, answer: dict[str, Any], parent: object, parent_path: ResponsePath) -> None:
        """Call the resolver of a field. Its value becomes a part of `answer`."""
        path = (*parent_path, field.key)
        try:
            value = field.resolver.call(parent, self.ctx, self.arguments(field.arguments), field.coordinate)
        except Exception:
            # The arguments are wrong, or the resolver does not wait for anything. graphql-core may do the same again.
            self.has_failed = True
            return
        if not hasattr(value, "__await__"):
            self._complete(field, answer, path, value)
            return
        running = asyncio.ensure_future(value)
        self._running.add(running)
        running.add_done_callback(partial(self._end, field, answer, path))

    async def mutate(self, field: PlannedField, answer: dict[str, Any]) -> None:
        """Execute one mutation, and all fields of its payload."""
        assert field.payload is not None  # noqa: S101 - for the type checker
        path = (field.key,)
        try:
            arguments = self.arguments(field.arguments)
        except Exception:
            self.has_failed = True
            return
        await self._record(path, field.resolver.mutate(self.ctx, arguments, field.payload))
        recorded = self.ctx.operation.recorded[path]
        if recorded.error is None:
            self._complete(field, answer, path, recorded.value)
        await self.finish()

    async def _record(self, path: ResponsePath, awaited: Awaitable[Any]) -> None:
        try:
            self.ctx.operation.recorded[path] = RecordedResult(await awaited)
        except Exception as error:
            self.has_failed = True
            self.ctx.operation.recorded[path] = RecordedResult(None, error)

    async def finish(self) -> None:
        """Wait until all fields are complete, also those that were started meanwhile."""
        if not self._running:
            return
        self._all_done = asyncio.get_running_loop().create_future()
        try:
            await self._all_done
        except asyncio.CancelledError:
            for running in self._running:
                running.cancel()
            await asyncio.gather(*self._running, return_exceptions=True)
            raise

    def _end(
        self, field: PlannedField, answer: dict[str, Any], path: ResponsePath, ended: "asyncio.Future[Any]"
    ) -> None:
        self._running.discard(ended)
        if ended.cancelled():
            # The request itself is cancelled, or a resolver waited for something that was.
            self._release(cancelled=True)
            return
        error = ended.exception()
        if error is None:
            value = ended.result()
            self.ctx.operation.recorded[path] = RecordedResult(value)
            self._complete(field, answer, path, value)
        elif isinstance(error, Exception):
            self.has_failed = True
            self.ctx.operation.recorded[path] = RecordedResult(None, error)
        if not self._running:
            self._release()

    def _release(self, *, cancelled: bool = False) -> None:
        if self._all_done is None or self._all_done.done():
            return
        if cancelled:
            self._all_done.cancel()
        else:
            self._all_done.set_result(None)

    def _complete(self, field: PlannedField, answer: dict[str, Any], path: ResponsePath, value: Any) -> None:
        try:
            answer[field.key] = field.complete(value, self, path)
        except Exception:
            self.has_failed = True
