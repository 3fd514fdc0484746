"""Errors that reject a GraphQL document. No part of a rejected document is executed."""

from dataclasses import dataclass

from graphql import GraphQLError

from gateway.errors import TopLevelCode


@dataclass
class OperationFacts:
    """Data of an operation for the log and the cost headers. An attribute is None until its value is known.

    `name` is the document's name in the manifest, or else the beginning of its hash. `cost` is in points.
    """

    name: str | None = None
    kind: str | None = None
    cost: int | None = None


class DocumentRefused(Exception):
    """Raised for a rejected document. `errors` are sent to the client unchanged."""

    def __init__(self, code: TopLevelCode, *errors: GraphQLError) -> None:
        super().__init__(code.value)
        self.code = code
        self.errors = errors
        self.facts = OperationFacts()


def bad_value(message: str) -> DocumentRefused:
    return DocumentRefused(TopLevelCode.BAD_USER_INPUT, GraphQLError(message))


def too_expensive(message: str) -> DocumentRefused:
    return DocumentRefused(TopLevelCode.OPERATION_TOO_EXPENSIVE, GraphQLError(message))
