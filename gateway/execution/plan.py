"""The plan of an operation: what the compiler made of it, and its execution."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from graphql import OperationType
from graphql.execution.values import VariableValues

from gateway.execution.run import PlannedField, Run
from gateway.operation.context import Context
from gateway.operation.recorded_results import RecordedResult


class PlannedAnswer(NamedTuple):
    """The data of an answer. If it is not whole, something went wrong, and `data` has only the mutations before that.

    The results of the mutations, and of the resolvers that had to wait, are then in `ctx.operation.recorded`.
    """

    data: dict[str, Any]
    is_whole: bool


@dataclass(frozen=True, eq=False)
class Plan:
    """An operation, compiled for one combination of the variables in its `@skip` and `@include`."""

    kind: OperationType
    data: dict[str, Any]
    """The answer before any field is resolved: `__typename` has its value, all other fields are null."""
    fields: Sequence[PlannedField]
    source: str
    """The functions of the plan, as Python source."""

    async def execute(self, ctx: Context, variables: VariableValues | None) -> PlannedAnswer:
        run, data = Run(ctx, variables), dict(self.data)
        if self.kind is OperationType.MUTATION:
            answered: dict[str, Any] = {}
            for field in self.fields:
                await run.mutate(field, data)
                if run.has_failed:
                    # graphql-core goes on from here, because it knows which fields are still to be executed.
                    return PlannedAnswer(answered, is_whole=False)
                # A later mutation may change the objects of this answer, such as the session. They are not read again.
                answered[field.key] = data[field.key]
                ctx.operation.recorded[field.key,] = RecordedResult(None)
            return PlannedAnswer(data, is_whole=True)
        for field in self.fields:
            run.start(field, data, None, ())
        await run.finish()
        return PlannedAnswer({}, is_whole=False) if run.has_failed else PlannedAnswer(data, is_whole=True)
