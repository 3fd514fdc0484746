"""Executes operations: by their plans, or by graphql-core."""

import logging
from collections.abc import Iterable

from graphql import ExecutionResult, GraphQLSchema, execute

from gateway.documents.known_documents import KnownOperation, PreparedOperation
from gateway.execution.plan import Plan
from gateway.execution.plan_cache import PlanCache
from gateway.operation.context import Context

log = logging.getLogger(__name__)


class Executor:
    def __init__(self, schema: GraphQLSchema, plans: PlanCache | None, *, plans_new_documents: bool = False) -> None:
        """Without `plans`, graphql-core executes all operations. Otherwise it executes those of documents that are sent
        for the first time, except with `plans_new_documents`: most documents of an attacker are sent only once.
        """
        self._schema = schema
        self._plans = plans
        self._plans_new_documents = plans_new_documents

    def compile(self, operations: Iterable[KnownOperation]) -> None:
        """Compile operations before they are sent, until half of the cache is full. Operations with flags are compiled
        when the values of their flags are known."""
        for operation in operations:
            if self._plans is not None and not self._plans.is_half_full:
                self._plans.plan(operation, {})

    async def execute(self, prepared: PreparedOperation, ctx: Context) -> ExecutionResult:
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
        return None if variables is None else self._plans.plan(prepared.operation, variables.coerced)
