"""Marks the malformed values of a mutation's input, so that the payload can report them beside all other faults.

A value is malformed if it is a string, as its scalar requires, but not in the scalar's format: what a shopper may have
typed into a form. Any other value of a wrong type is an error of the client, and refuses the whole request.
"""

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from graphql import GraphQLError, OperationType, StringValueNode, ValueNode, is_input_type, type_from_ast

from gateway.documents.card_variables import uses_of_variables
from gateway.documents.error_messages import Problem, problems
from gateway.documents.known_documents import KnownOperation, PreparedOperation


@dataclass(frozen=True)
class Malformed:
    """Stands for a malformed value, which it does not contain. Scalars accept it where they expect a value."""

    problem: str
    is_blank: bool


def malformed_literal(node: ValueNode, error: GraphQLError) -> Malformed:
    """The mark for a string literal that its scalar refuses with `error`. Raises the error for any other literal."""
    if not isinstance(node, StringValueNode):
        raise error
    return Malformed(error.message, is_blank=not node.value.strip())


def with_marks(prepared: PreparedOperation) -> PreparedOperation:
    """The operation with marks in place of malformed variables, if the payloads of its mutations can report them."""
    if prepared.operation.kind is not OperationType.MUTATION or prepared.coerced_variables is not None:
        return prepared
    marked = _marked(prepared.operation, prepared.variables)
    return prepared if marked is None else replace(prepared, variables=marked)


def _marked(operation: KnownOperation, variables: Mapping[str, Any]) -> dict[str, Any] | None:
    """The variables of a mutation with marks. None if they have another problem, or if a malformed value is also used
    outside of the inputs of mutations.
    """
    wrong_parts = list(_problems(operation, variables))
    if not wrong_parts or not all(problem.is_malformed for problem in wrong_parts):
        return None
    uses = uses_of_variables(operation.schema, operation.single_document)
    if not all(use.is_root_field for problem in wrong_parts for use in uses.get(problem.position[0], ())):
        return None
    marked = copy.deepcopy(dict(variables))
    for (*above, last), message, _ in wrong_parts:
        part: Any = marked
        for key in above:
            part = part[key]
        part[last] = Malformed(message, is_blank=not part[last].strip())
    return marked


def _problems(operation: KnownOperation, variables: Mapping[str, Any]) -> Iterator[Problem]:
    """The problems of all variables. The position of each begins with the name of the variable."""
    for definition in operation.node.variable_definitions or ():
        name = definition.variable.name.value
        input_type = type_from_ast(operation.schema, definition.type)
        if is_input_type(input_type) and (name in variables or definition.default_value is None):
            yield from problems(variables.get(name), input_type, (name,), suggests=False)
