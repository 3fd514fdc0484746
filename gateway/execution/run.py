"""Runs a plan: calls resolvers, and completes their values as soon as they are there.

A plan does not handle errors. If a resolver or a value fails, the plan waits for all other fields. Then graphql-core
executes the operation again, with the recorded results of the resolvers that had to wait.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import CoroutineType
from typing import Any, NamedTuple

from graphql import FieldNode, GraphQLField, get_argument_values
from graphql.execution.values import VariableValues

from gateway.elapsed_time import elapsed_s
from gateway.errors import UpstreamTimeout
from gateway.execution.field_resolver import FieldResolver
from gateway.execution.mutation_payload import PayloadSelection
from gateway.operation.context import DEADLINE_REACHED, Context
from gateway.operation.recorded_results import RecordedResult, ResponsePath
from gateway.telemetry.spans import UNTRACED, inside

Complete = Callable[[Any, "Run", ResponsePath], Any]
"""Function of a plan that makes a resolver's value a part of the answer."""


class Conversion(NamedTuple):
    """How the value of an argument is converted for the resolver. `convert` is None for a value that stays."""

    parameter: str
    convert: Callable[[Any], Any] | None


@dataclass(frozen=True, eq=False)
class VariableArguments:
    """Arguments of a field that depend on variables."""

    field: GraphQLField
    node: FieldNode
    conversions: Mapping[str, Conversion]

    def values(self, variables: VariableValues | None) -> dict[str, Any]:
        """Arguments for the resolver, by the name of its parameter."""
        arguments = {}
        for name, value in get_argument_values(self.field, self.node, variables).items():
            parameter, convert = self.conversions[name]
            arguments[parameter] = value if convert is None else convert(value)
        return arguments


@dataclass(frozen=True, eq=False)
class PlannedField:
    """A field with a resolver, as a plan calls it."""

    key: str
    coordinate: str
    resolver: FieldResolver
    arguments: VariableArguments | Mapping[str, Any]
    complete: Complete
    payload: PayloadSelection | None
    """What the operation selects of the payload. Only for a mutation."""


class Run:
    """One execution of a plan."""

    def __init__(self, ctx: Context, variables: VariableValues | None) -> None:
        self.ctx = ctx
        self.has_failed = False
        self._spans = ctx.operation.field_spans
        self._variables = variables
        self._values: dict[VariableArguments, Mapping[str, Any]] = {}
        self._loop = asyncio.get_running_loop()
        self._running: dict[ResponsePath, asyncio.Future[Any]] = {}
        """Fields that wait, by path. Two fields may wait for the same future."""
        self._all_ended: asyncio.Future[None] | None = None
        self._is_late = False
        """Whether the deadline of the operation is over. From then on, fields that wait are cancelled."""

    def arguments(self, of: VariableArguments | Mapping[str, Any]) -> Mapping[str, Any]:
        """Values of a field's arguments. They are the same for all parent objects, so they are computed once."""
        if not isinstance(of, VariableArguments):
            return of
        if of not in self._values:
            self._values[of] = of.values(self._variables)
        return self._values[of]

    def start(self, field: PlannedField, answer: dict[str, Any], parent: object, parent_path: ResponsePath) -> None:
        """Call the resolver of a field. Its value becomes a part of `answer`."""
        path = (*parent_path, field.key)
        try:
            arguments, spans = self.arguments(field.arguments), self._spans
            if spans is None:
                value = field.resolver.call(parent, self.ctx, arguments, field.coordinate)
            else:
                call = partial(field.resolver.call, parent, self.ctx, arguments, field.coordinate)
                value = spans.resolve(str(path[0]), field.coordinate, call)
            if not hasattr(value, "__await__"):
                field.resolver.check(value, field.coordinate)
                answer[field.key] = field.complete(value, self, path)
                return
        except Exception:
            # Nothing has waited, so graphql-core can repeat this.
            self.has_failed = True
            return
        is_coroutine = isinstance(value, CoroutineType)
        running = self._loop.create_task(value) if is_coroutine else asyncio.ensure_future(value)
        self._running[path] = running
        running.add_done_callback(partial(self._end, field, answer, path))
        if self._is_late:
            # Not at once: graphql-core lets a resolver begin as well, which may not have to wait.
            self._loop.call_soon(running.cancel)

    async def mutate(self, field: PlannedField, answer: dict[str, Any]) -> None:
        """Execute one mutation, and all fields of its payload."""
        assert field.payload is not None  # noqa: S101 - for the type checker
        path = (field.key,)
        try:
            arguments = self.arguments(field.arguments)
        except Exception:
            self.has_failed = True
            return
        try:
            with inside(self._spans.of(field.key, field.coordinate)) if self._spans is not None else UNTRACED:
                payload = await field.resolver.mutate(self.ctx, arguments, field.payload)
        except Exception as error:
            self._fail(path, error)
            return
        self.ctx.operation.recorded[path] = RecordedResult(payload)
        self._complete(field, answer, path, payload)
        await self.finish()

    async def finish(self) -> None:
        """Wait until all fields are complete, also those that are started meanwhile."""
        if not self._running:
            return
        self._all_ended = self._loop.create_future()
        within_s = max(self.ctx.operation.deadline_at - elapsed_s(), 0)
        timer = self._loop.call_later(within_s, self._cancel_late)
        try:
            await self._all_ended
        except asyncio.CancelledError:
            cancelled = self._cancel()
            await asyncio.gather(*cancelled, return_exceptions=True)
            raise
        finally:
            timer.cancel()

    def _cancel_late(self) -> None:
        self._is_late = True
        self._cancel()

    def _cancel(self) -> list[asyncio.Future[Any]]:
        cancelled = [*self._running.values()]
        for running in cancelled:
            running.cancel()
        return cancelled

    def _end(
        self, field: PlannedField, answer: dict[str, Any], path: ResponsePath, ended: "asyncio.Future[Any]"
    ) -> None:
        del self._running[path]
        assert self._all_ended is not None  # noqa: S101 - for the type checker; nothing ends before `finish` waits
        try:
            value = ended.result()
            field.resolver.check(value, field.coordinate)
        except asyncio.CancelledError:
            if not self._is_late:
                # Whatever cancelled the field, such as the end of the request, cancels the operation.
                self._all_ended.cancel()
                return
            self._fail(path, UpstreamTimeout(detail=DEADLINE_REACHED))
        except Exception as error:
            self._fail(path, error)
        else:
            self.ctx.operation.recorded[path] = RecordedResult(value)
            self._complete(field, answer, path, value)
        if not self._running and not self._all_ended.done():
            self._all_ended.set_result(None)

    def _fail(self, path: ResponsePath, error: Exception) -> None:
        self.has_failed = True
        self.ctx.operation.recorded[path] = RecordedResult(None, error)

    def _complete(self, field: PlannedField, answer: dict[str, Any], path: ResponsePath, value: Any) -> None:
        try:
            answer[field.key] = field.complete(value, self, path)
        except Exception:
            self.has_failed = True
