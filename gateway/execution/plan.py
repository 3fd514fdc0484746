"""The plan of an operation: what the compiler made of it, and its execution."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from graphql import OperationType
from graphql.execution.values import VariableValues

from gateway.execution.run import PlannedField, Run
from gateway.operation.context import Context


@dataclass(frozen=True, eq=False)
class Plan:
    """An operation, compiled for one combination of the variables in its `@skip` and `@include`."""

    kind: OperationType
    data: dict[str, Any]
    """The answer before any field is resolved: `__typename` has its value, all other fields are null."""
    fields: Sequence[PlannedField]
    source: str
    """The functions of the plan, as Python source."""

    async def execute(self, ctx: Context, variables: VariableValues | None) -> dict[str, Any] | None:
        """The data of the answer. None if anything went wrong; the results of the mutations, and of the resolvers that
        had to wait, are then in `ctx.operation.recorded`."""
        run, data = Run(ctx, variables), dict(self.data)
        if self.kind is OperationType.MUTATION:
            for field in self.fields:
                await run.mutate(field, data)
                if run.has_failed:
                    # graphql-core goes on from here, because it knows which fields are still to be executed.
                    return None
            return data
        for field in self.fields:
            run.start(field, data, None, ())
        await run.finish()
        return None if run.has_failed else data
