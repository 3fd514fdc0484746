"""Executes operations: by their plans, or by graphql-core."""

import asyncio
import logging
from collections.abc import Iterable

from graphql import ExecutionResult, GraphQLSchema, execute

from gateway.documents.errors import DocumentRefused
from gateway.documents.known_documents import KnownOperation, PreparedOperation
from gateway.documents.turns import Steps, Turns
from gateway.execution.plan import Plan
from gateway.execution.plan_cache import PlanCache, PlannedOperation
from gateway.operation.context import Context
from gateway.operation.field_spans import FieldSpans
from gateway.telemetry.spans import current_span

log = logging.getLogger(__name__)

COMPILER = "plans"
"""The client in whose turns plans are compiled."""


class Executor:
    def __init__(
        self, schema: GraphQLSchema, plans: PlanCache | None, turns: Turns, *, plans_new_documents: bool = False
    ) -> None:
        """Without `plans`, graphql-core executes all operations. Otherwise it executes those that have no plan yet. A
        plan is compiled after the first request with a known document; with `plans_new_documents`, before any request.

        A document is known at its third request. graphql-core has then executed it three times, which cost about as
        much more than with a plan as the plan costs. So plans are never the greater part of what a flood costs.
        """
        self._schema = schema
        self._plans = plans
        self._turns = turns
        self._plans_new_documents = plans_new_documents
        self._compiling: set[asyncio.Task[None]] = set()

    def compile(self, operations: Iterable[KnownOperation]) -> None:
        """Compile operations before they are sent, until half of the cache is full. Operations with flags are compiled
        when the values of their flags are known."""
        for operation in operations:
            if self._plans is not None and not self._plans.is_half_full:
                self._plans.plan(operation, {})

    async def execute(self, prepared: PreparedOperation, ctx: Context) -> ExecutionResult:
        span = current_span()
        if span is None:
            return await self._execute(prepared, ctx)
        ctx.operation.field_spans = FieldSpans(span)
        try:
            return await self._execute(prepared, ctx)
        finally:
            ctx.operation.field_spans.end()

    async def _execute(self, prepared: PreparedOperation, ctx: Context) -> ExecutionResult:
        plan = self._plan(prepared)
        if plan is None:
            return await self._by_graphql_core(prepared, ctx)
        planned = await plan.execute(ctx, prepared.coerced_variables)
        if planned.is_whole:
            return ExecutionResult(planned.data)
        result = await self._by_graphql_core(prepared, ctx)
        if result.data is not None:
            result.data.update(planned.data)
        if not result.errors:
            # The answer is right, but slow. Either the plan is wrong, or an object has a value of another type.
            log.warning("plan failed without an error", extra={"operation": prepared.facts.name})
        return result

    async def _by_graphql_core(self, prepared: PreparedOperation, ctx: Context) -> ExecutionResult:
        running = execute(
            self._schema,
            prepared.operation.document,
            context_value=ctx,
            variable_values=prepared.variables,
            operation_name=prepared.operation.name,
            # The gateway words errors of variables itself.
            hide_suggestions=True,
        )
        return running if isinstance(running, ExecutionResult) else await running

    def _plan(self, prepared: PreparedOperation) -> Plan | None:
        if self._plans is None or not (prepared.was_known or self._plans_new_documents):
            return None
        variables = prepared.coerced_variables
        planned = None if variables is None else self._plans.find(prepared.operation, variables.coerced)
        if planned is None:
            return None
        if self._plans_new_documents:
            self._plans.compile(planned)
        elif not planned.is_compiled and not planned.is_wanted:
            planned.is_wanted = True
            compiling = asyncio.create_task(self._compile(self._plans, planned))
            self._compiling.add(compiling)
            compiling.add_done_callback(self._compiling.discard)
        return planned.plan

    async def _compile(self, plans: PlanCache, planned: PlannedOperation) -> None:
        try:
            await self._turns.run(COMPILER, _compiling_steps(plans, planned))
        except DocumentRefused:
            planned.is_wanted = False  # Too many plans wait to be compiled. The next request asks again.
        except Exception:
            log.exception("plan not compiled")


def _compiling_steps(plans: PlanCache, planned: PlannedOperation) -> Steps[None]:
    yield  # The request that caused this goes on first.
    plans.compile(planned)
