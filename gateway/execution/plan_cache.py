"""The plans of operations, in the memory of the process."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import GraphQLSchema

from gateway.documents.known_documents import KnownOperation
from gateway.execution.compiler import Compiler
from gateway.execution.plan import Plan, Unplannable
from gateway.execution.selections import flag_names

MAX_CHARACTERS = 1_000_000
"""Maximum length of all plans' sources and of the documents of their operations, in characters. A plan takes up to 20
bytes for each character."""

MAX_PLANS = 8
"""Maximum number of plans of one operation, which differ in the values of `@skip` and `@include`."""


@dataclass(eq=False)
class PlansOfOperation:
    flags: tuple[str, ...]
    """Names of the variables in `@skip` and `@include`."""
    characters: int
    by_flags: dict[tuple[Any, ...], Plan | None] = field(default_factory=dict)


class PlanCache:
    """Plans by operation. The operation that was least recently executed is first."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema = schema
        self._by_operation: OrderedDict[KnownOperation, PlansOfOperation] = OrderedDict()
        self._characters = 0

    @property
    def is_half_full(self) -> bool:
        return self._characters > MAX_CHARACTERS / 2

    def plan(self, operation: KnownOperation, variables: Mapping[str, Any]) -> Plan | None:
        """The plan of an operation, compiled if need be; None if graphql-core must execute the operation. `variables`
        are coerced.
        """
        plans = self._by_operation.get(operation)
        if plans is None:
            plans = self._add(operation)
        else:
            self._by_operation.move_to_end(operation)
        values = tuple(variables.get(name) for name in plans.flags)
        if values in plans.by_flags:
            return plans.by_flags[values]
        if len(plans.by_flags) == MAX_PLANS or not all(isinstance(value, bool) for value in values):
            return None
        return self._compile(operation, plans, values)

    def _add(self, operation: KnownOperation) -> PlansOfOperation:
        characters = operation.document.loc.end if operation.document.loc else 0
        plans = PlansOfOperation(tuple(sorted(flag_names(operation.document))), characters)
        self._by_operation[operation] = plans
        self._characters += characters
        return plans

    def _compile(self, operation: KnownOperation, plans: PlansOfOperation, values: tuple[Any, ...]) -> Plan | None:
        plan = None
        try:
            plan = Compiler(self._schema, operation, dict(zip(plans.flags, values, strict=True))).plan()
        except Unplannable:
            pass
        else:
            plans.characters += len(plan.source)
            self._characters += len(plan.source)
        plans.by_flags[values] = plan
        while self._characters > MAX_CHARACTERS:
            _, oldest = self._by_operation.popitem(last=False)
            self._characters -= oldest.characters
        return plan
