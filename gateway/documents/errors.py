"""Refusals of a GraphQL document: nothing of it is executed."""

from dataclasses import dataclass

from graphql import GraphQLError

from gateway.errors import TopLevelCode


@dataclass
class OperationFacts:
    """Facts for the log and the cost headers, as far as the document was read.

    `name` is the document's name in the manifest, else the beginning of its hash. `cost` is in points.
    """

    name: str | None = None
    kind: str | None = None
    cost: int | None = None


class DocumentRefused(Exception):
    """`errors` go to the client as they are."""

    def __init__(self, code: TopLevelCode, *errors: GraphQLError) -> None:
        super().__init__(code.value)
        self.code = code
        self.errors = errors
        self.facts = OperationFacts()


def bad_value(message: str) -> DocumentRefused:
    return DocumentRefused(TopLevelCode.BAD_USER_INPUT, GraphQLError(message))


def too_expensive(message: str) -> DocumentRefused:
    return DocumentRefused(TopLevelCode.OPERATION_TOO_EXPENSIVE, GraphQLError(message))
