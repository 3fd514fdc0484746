"""Coerces the variables of a request to the types that the operation declares."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from graphql import (
    GraphQLInputType,
    GraphQLSchema,
    Undefined,
    VariableDefinitionNode,
    coerce_input_value,
    get_nullable_type,
    get_variable_values,
    is_leaf_type,
    is_non_null_type,
    type_from_ast,
)
from graphql.execution.values import VariableValues


class SimpleVariable(NamedTuple):
    """A variable with a scalar or enum as type, and without a default."""

    type: GraphQLInputType
    is_required: bool


class VariableCoercion:
    """Coerces the variables of one operation, as graphql-core does.

    Simple variables are coerced here, because graphql-core reads the types of all variables again for each request.
    """

    def __init__(self, schema: GraphQLSchema, definitions: Sequence[VariableDefinitionNode]) -> None:
        self._schema = schema
        self._definitions = definitions
        self._simple = {
            node.variable.name.value: variable
            for node in definitions
            if (variable := _simple_variable(schema, node)) is not None
        }

    def values(self, variables: Mapping[str, Any]) -> VariableValues | None:
        """None for invalid variables."""
        if len(self._simple) == len(self._definitions):
            return self._simple_values(variables)
        values = get_variable_values(self._schema, self._definitions, dict(variables), hide_suggestions=True)
        return None if isinstance(values, list) else values

    def _simple_values(self, variables: Mapping[str, Any]) -> VariableValues | None:
        coerced: dict[str, Any] = {}
        for name, (of, is_required) in self._simple.items():
            if name not in variables:
                if is_required:
                    return None
                continue
            coerced[name] = coerce_input_value(variables[name], of)
            if coerced[name] is Undefined:
                return None
        # The sources of the values are only needed for list and object literals of scalars.
        return VariableValues({}, coerced)


def _simple_variable(schema: GraphQLSchema, node: VariableDefinitionNode) -> SimpleVariable | None:
    of: Any = type_from_ast(schema, node.type)
    if node.default_value is not None or not is_leaf_type(get_nullable_type(of)):
        return None
    return SimpleVariable(of, is_non_null_type(of))
