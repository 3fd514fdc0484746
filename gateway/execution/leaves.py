"""Python expressions that write scalars and enums as the answer needs them.

Each expression writes what the type's own `serialize` writes, and raises where `serialize` raises. Values that are
written as they are, such as strings, are only tested.
"""

from collections.abc import Mapping
from typing import Any

from graphql import GraphQLEnumType, GraphQLLeafType

IS_STRING = "{x}.__class__ is str"

AS_IT_IS = {
    "String": IS_STRING,
    "ID": IS_STRING,
    "Boolean": "{x} is True or {x} is False",
    "Int": "{x}.__class__ is int and -2147483648 <= {x} <= 2147483647",
}
"""Conditions under which the value `x` of a scalar is written as it is."""


def leaf(of: GraphQLLeafType, x: str, scope: dict[str, Any]) -> str:
    """Expression that writes the value `x` of a scalar or enum, which is not None. The objects that the expression
    names are added to `scope`.
    """
    if isinstance(of, GraphQLEnumType):
        scope.setdefault(of.name, names_by_member(of))
        return f"{of.name}[{x}]"
    scope.setdefault(of.name, of.serialize)
    condition = IS_STRING if of.serialize is str else AS_IT_IS.get(of.name)
    return f"{x} if {condition.format(x=x)} else {of.name}({x})" if condition else f"{of.name}({x})"


def names_by_member(of: GraphQLEnumType) -> Mapping[Any, str]:
    """Names of the values of an enum, by its Python member."""
    members = of.extensions["strawberry-definition"].wrapped_cls
    return {members(value.value): name for name, value in of.values.items()}
