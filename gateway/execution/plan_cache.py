"""The plans of operations, in the memory of the process.

A plan is removed together with its operation, which the cache of documents contains.
"""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from weakref import ref

from graphql import GraphQLSchema

from gateway.documents.known_documents import KnownOperation
from gateway.execution.compiler import Compiler, Unplannable
from gateway.execution.plan import Plan
from gateway.execution.selections import flag_names

MAX_CHARACTERS = 2_000_000
"""Maximum length of the sources of all plans, in characters. A plan takes about 5 bytes for each character."""

MAX_PLANS = 8
"""Maximum number of plans of one operation, which differ in the values of `@skip` and `@include`."""


@dataclass(eq=False)
class PlannedOperation:
    """An operation with certain values of its flags. Its plan is None until it is compiled, and if it has none."""

    operation: "ref[KnownOperation]"
    flags: Mapping[str, bool]
    is_wanted: bool = False
    """Whether the plan waits to be compiled."""
    is_compiled: bool = False
    plan: Plan | None = None


@dataclass(eq=False)
class PlansOfOperation:
    flag_names: tuple[str, ...]
    """Names of the variables in `@skip` and `@include`."""
    by_flags: dict[tuple[Any, ...], PlannedOperation] = field(default_factory=dict)

    @property
    def characters(self) -> int:
        return sum(len(planned.plan.source) for planned in self.by_flags.values() if planned.plan is not None)


class PlanCache:
    """Plans by operation. The operation that was least recently executed is first."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema = schema
        self._by_operation: OrderedDict[ref[KnownOperation], PlansOfOperation] = OrderedDict()
        self._characters = 0

    @property
    def is_half_full(self) -> bool:
        return self._characters > MAX_CHARACTERS / 2

    def plan(self, operation: KnownOperation, variables: Mapping[str, Any]) -> Plan | None:
        """The plan of an operation, compiled now if need be; None if graphql-core must execute the operation."""
        planned = self.find(operation, variables)
        if planned is None:
            return None
        self.compile(planned)
        return planned.plan

    def find(self, operation: KnownOperation, variables: Mapping[str, Any]) -> PlannedOperation | None:
        """The operation with the values of its flags; None if it cannot have a plan. `variables` are coerced."""
        plans = self._plans_of(operation)
        values = tuple(variables.get(name) for name in plans.flag_names)
        planned = plans.by_flags.get(values)
        if planned is None:
            flags = {
                name: value for name, value in zip(plans.flag_names, values, strict=True) if isinstance(value, bool)
            }
            if len(plans.by_flags) == MAX_PLANS or len(flags) < len(values):
                return None
            planned = plans.by_flags[values] = PlannedOperation(ref(operation), flags)
        return planned

    def compile(self, planned: PlannedOperation) -> None:
        """Compile a plan, unless it is compiled or its operation was forgotten."""
        operation = planned.operation()
        if planned.is_compiled or operation is None:
            return
        planned.is_compiled = True
        try:
            planned.plan = Compiler(self._schema, operation, planned.flags).plan()
        except Unplannable:
            return
        if planned.operation not in self._by_operation:
            return  # Its plans were removed meanwhile. The plan is removed together with the last request that uses it.
        self._characters += len(planned.plan.source)
        while self._characters > MAX_CHARACTERS:
            self._remove(next(iter(self._by_operation)))

    def _plans_of(self, operation: KnownOperation) -> PlansOfOperation:
        # References to one operation are equal. When it is gone, the one in the dictionary is passed to `_remove`.
        key = ref(operation, self._remove)
        plans = self._by_operation.get(key)
        if plans is None:
            plans = self._by_operation[key] = PlansOfOperation(tuple(sorted(flag_names(operation.document))))
        else:
            self._by_operation.move_to_end(key)
        return plans

    def _remove(self, key: "ref[KnownOperation]") -> None:
        plans = self._by_operation.pop(key, None)
        if plans is not None:
            self._characters -= plans.characters
