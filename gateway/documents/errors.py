"""Errors that reject a GraphQL document. No part of a rejected document is executed."""

import re
from bisect import bisect_right
from dataclasses import dataclass

from graphql import GraphQLError, Source, SourceLocation

from gateway.errors import TopLevelCode

NEGOTIATION = {
    TopLevelCode.PERSISTED_QUERY_NOT_FOUND: "PersistedQueryNotFound",
    TopLevelCode.PERSISTED_QUERY_NOT_SUPPORTED: "PersistedQueryNotSupported",
}
"""Messages by which clients with automatic persisted queries learn that they must send the document. The first one
wants it together with its hash, from then on the hash alone will do. After the second one, clients stop sending hashes
that they have computed themselves."""

NEGOTIATION_ADVICE = {
    TopLevelCode.PERSISTED_QUERY_NOT_FOUND: "Send the document in `query` together with its hash.",
    TopLevelCode.PERSISTED_QUERY_NOT_SUPPORTED: "Only documents in the manifest are executed. Deploy the new manifest.",
}

LINE_BREAK = re.compile(r"\r\n|[\n\r]")


class IndexedSource(Source):
    """The text of a document that finds the line of a position by bisection. An execution can have hundreds of errors,
    and each has a position."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._line_starts = [0, *(match.end() for match in LINE_BREAK.finditer(text))]

    def get_location(self, position: int) -> SourceLocation:
        line = bisect_right(self._line_starts, position)
        return SourceLocation(line, position - self._line_starts[line - 1] + 1)


@dataclass
class OperationFacts:
    """Data of an operation for the log and the cost headers. An attribute is None until its value is known.

    `name` is the document's name in the manifest, or else the beginning of its hash. `cost` is in points, and so is
    `points_left`: what the client may use until it is limited.
    """

    name: str | None = None
    kind: str | None = None
    cost: int | None = None
    points_left: int | None = None


class DocumentRefused(Exception):
    """Raised for a rejected document. `errors` are sent to the client unchanged. `retry_after_s` is the time in seconds
    after which the request may be sent again, if it is known."""

    retry_after_s: int | None = None

    def __init__(self, code: TopLevelCode, *errors: GraphQLError) -> None:
        super().__init__(code.value)
        self.code = code
        self.errors = errors
        self.facts = OperationFacts()

    def for_another_request(self) -> "DocumentRefused":
        """A copy without the facts of this request, and without its stack."""
        copy = DocumentRefused(self.code, *self.errors)
        copy.retry_after_s = self.retry_after_s
        return copy


def bad_value(message: str) -> DocumentRefused:
    return DocumentRefused(TopLevelCode.BAD_USER_INPUT, GraphQLError(message))


def persisted_query_refused(code: TopLevelCode) -> DocumentRefused:
    """The error for the hash of an unknown document. Clients compare the message, so the advice is an extension."""
    return DocumentRefused(code, GraphQLError(NEGOTIATION[code], extensions={"advice": NEGOTIATION_ADVICE[code]}))


def too_expensive(message: str) -> DocumentRefused:
    return DocumentRefused(TopLevelCode.OPERATION_TOO_EXPENSIVE, GraphQLError(message))
