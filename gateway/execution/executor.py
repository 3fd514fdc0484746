"""Executes operations: by their plans, or by graphql-core."""

from graphql import ExecutionResult, GraphQLSchema, execute, get_variable_values
from graphql.execution.values import VariableValues

from gateway.documents.registry import PreparedOperation
from gateway.execution.plan import Plan
from gateway.execution.plan_cache import PlanCache
from gateway.operation.context import Context


class Executor:
    def __init__(self, schema: GraphQLSchema, plans: PlanCache | None, *, plans_new_documents: bool = False) -> None:
        """Without `plans`, graphql-core executes all operations. Otherwise it executes those of documents that are sent
        for the first time, except with `plans_new_documents`: most documents of an attacker are sent only once.
        """
        self._schema = schema
        self._plans = plans
        self._plans_new_documents = plans_new_documents

    async def execute(self, prepared: PreparedOperation, ctx: Context) -> ExecutionResult:
        planned = self._planned(prepared)
        if planned is not None:
            plan, variables = planned
            data = await plan.execute(ctx, variables)
            if data is not None:
                return ExecutionResult(data)
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

    def _planned(self, prepared: PreparedOperation) -> tuple[Plan, VariableValues | None] | None:
        if self._plans is None or not (prepared.was_known or self._plans_new_documents):
            return None
        definitions = prepared.operation.node.variable_definitions
        variables = None
        if definitions:
            coerced = get_variable_values(self._schema, definitions, prepared.variables, hide_suggestions=True)
            if isinstance(coerced, list):
                return None
            variables = coerced
        plan = self._plans.plan(prepared.operation, variables.coerced if variables is not None else {})
        return None if plan is None else (plan, variables)
