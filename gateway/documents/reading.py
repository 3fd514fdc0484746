"""Reads a document that the gateway does not know yet: parses, limits, screens and validates it."""

from collections.abc import Set
from dataclasses import dataclass

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    parse,
)

from gateway.documents.card_literals import document_has_card_number
from gateway.documents.card_numbers import Screen
from gateway.documents.card_variables import card_number_refused
from gateway.documents.directive_tables import DirectiveTables
from gateway.documents.error_messages import without_token
from gateway.documents.errors import DocumentRefused, IndexedSource, too_expensive
from gateway.documents.in_context import has_in_context
from gateway.documents.known_documents import KnownOperation
from gateway.documents.limits import MAX_TOKENS, LiteralLimits, SizeMeter, check_lines, check_size
from gateway.documents.operation_priority import operation_priority
from gateway.documents.sensitive_literals import has_sensitive_literal
from gateway.documents.turns import Steps
from gateway.documents.validation import validation_errors
from gateway.documents.walks import walk
from gateway.errors import TopLevelCode

PARSING_ABORTED = "Parsing aborted."
"""End of graphql-core's error message for a document with more than `MAX_TOKENS` tokens."""


@dataclass(frozen=True)
class ReadDocument:
    operations: tuple[KnownOperation, ...]
    has_secret: bool
    """Whether it has a literal in a `@sensitive` input."""


class ParsedSource:
    """The source of a document, parsed once, because parsing a long string takes long. `document` is None if the source
    cannot be parsed."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.document: DocumentNode | None = None
        try:
            self.document = parse(IndexedSource(source), max_lexical_tokens=MAX_TOKENS, max_comments=MAX_TOKENS)
        except GraphQLError as error:
            self._error = error.with_traceback(None)
        else:
            _unlink_tokens(self.document)

    def refusal(self) -> DocumentRefused:
        """The error for a source that cannot be parsed."""
        is_limit = self._error.message.endswith(PARSING_ABORTED)
        code = TopLevelCode.OPERATION_TOO_EXPENSIVE if is_limit else TopLevelCode.GRAPHQL_PARSE_FAILED
        return DocumentRefused(code, without_token(self._error, self.source))


def _unlink_tokens(document: DocumentNode) -> None:
    """Let the tokens of a document no longer refer to each other.

    A forgotten document without circles is freed at once. Otherwise the garbage collector would have to find it, and
    the documents of a flood would take much memory until then.
    """
    token = document.loc.start_token if document.loc else None
    while token is not None:
        following, token.prev, token.next = token.next, None, None
        token = following


class Reader:
    """Reads documents of one schema."""

    def __init__(self, schema: GraphQLSchema, tables: DirectiveTables, *, development: bool) -> None:
        self._schema = schema
        self._tables = tables
        self._development = development

    def steps(self, source: str, screen: Screen | None) -> Steps[ReadDocument]:
        """Read a document. Raises `DocumentRefused`. `screen` looks for card numbers."""
        parsed = ParsedSource(source)
        yield
        if screen is not None and document_has_card_number(self._schema, screen, source, parsed.document):
            raise card_number_refused("literals")
        if parsed.document is None:
            raise parsed.refusal()
        check_lines(source)
        operations = self._operations(parsed.document)
        yield
        self._validate(parsed.document)
        yield
        has_secret = has_sensitive_literal(self._schema, self._tables, parsed.document)
        return ReadDocument(operations, has_secret)

    def parsing(self, source: str) -> Steps[ReadDocument]:
        """Parse a document that has passed all checks before, and has no secret."""
        parsed = ParsedSource(source)
        if parsed.document is None:
            raise parsed.refusal()
        yield
        return ReadDocument(self._operations(parsed.document), has_secret=False)

    def _operations(self, document: DocumentNode) -> tuple[KnownOperation, ...]:
        """Operations of a document that was not yet validated. Raises `DocumentRefused` if the document exceeds a
        limit."""
        try:
            walk(document, LiteralLimits())
            meter = SizeMeter(document)
            operations = []
            for node in document.definitions:
                if isinstance(node, OperationDefinitionNode):
                    size = meter.measure(node.selection_set)
                    check_size(size, node)
                    operations.append(self._operation(document, node, size.names.keys()))
            return tuple(operations)
        except RecursionError:
            pass
        raise nested_too_deeply()

    def _operation(
        self, document: DocumentNode, node: OperationDefinitionNode, root_fields: Set[str]
    ) -> KnownOperation:
        return KnownOperation(
            self._schema,
            self._tables,
            document,
            node,
            name=node.name.value if node.name else None,
            kind=node.operation,
            priority=operation_priority(node.operation, root_fields, self._tables),
            chooses_market=has_in_context(node),
        )

    def _validate(self, document: DocumentNode) -> None:
        try:
            errors = validation_errors(self._schema, document, development=self._development)
        except RecursionError:
            errors = None
        if errors is None:
            raise nested_too_deeply()
        if errors:
            raise DocumentRefused(TopLevelCode.GRAPHQL_VALIDATION_FAILED, *errors)


def nested_too_deeply() -> DocumentRefused:
    """The error after a `RecursionError`. It is raised outside the except block, where Python would attach the long
    traceback."""
    return too_expensive("The document is nested too deeply. Select less.")
