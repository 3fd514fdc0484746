"""A GraphQL document read, measured and validated, once for each text, and known by its hash from then on."""

import logging
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    OperationType,
    parse,
    separate_operations,
    specified_rules,
    validate,
    visit,
)

from gateway.documents.cacheability import Freshness, freshness
from gateway.documents.card_numbers import CardFound, Refusals, has_card_number, screened
from gateway.documents.cost import Demand, SlicingMissing
from gateway.documents.directive_tables import DirectiveTables
from gateway.documents.limits import DocumentRefused, Literals, Measure, bad_value, check_size, too_expensive
from gateway.documents.manifest import read_manifest, sha256, short
from gateway.enums import ErrorCode
from gateway.errors import TopLevelCode
from gateway.refusals.user_errors import MESSAGES
from gateway.settings import DocumentsMode, Settings

log = logging.getLogger(__name__)

REMEMBERED_CHARACTERS = 128 * 1024
"""Text of the documents that are remembered beside the manifest. As a tree a document takes up to 300 bytes for a
character, and the garbage collector looks through all of them, in the middle of a request."""

MOST_TOKENS = 2000
"""The example operations with all their fragments have fewer than 700."""

MOST_ERRORS = 20
"""Findings of one validation; more would help nobody and cost time."""

BUYS = frozenset({"submitOrder", "resumeOrder"})

ABORTED = "Parsing aborted."
"""How graphql-core ends its message when a limit stopped it, and not a mistake in the text."""


@dataclass(frozen=True)
class Source:
    """A document before it is read. `name` is its name in the manifest, else a part of its hash: the log has
    nothing else of it."""

    text: str = field(repr=False)
    digest: str
    name: str


@dataclass(frozen=True)
class Operation:
    """One operation of a document that may be executed."""

    document: DocumentNode
    node: OperationDefinitionNode
    root_fields: frozenset[str]
    demand: Demand

    @property
    def name(self) -> str | None:
        return self.node.name.value if self.node.name else None

    @property
    def is_mutation(self) -> bool:
        return self.node.operation is OperationType.MUTATION

    @property
    def buys(self) -> bool:
        return self.is_mutation and bool(self.root_fields & BUYS)


class Documents:
    """Documents of one schema. A text seen before costs a lookup."""

    def __init__(self, schema: GraphQLSchema, tables: DirectiveTables, settings: Settings) -> None:
        self._schema = schema
        self._tables = tables
        self._settings = settings
        self._rules = (
            [*specified_rules] if settings.development else [*specified_rules, NoSchemaIntrospectionCustomRule]
        )
        self._known: OrderedDict[str, tuple[Source, list[Operation]]] = OrderedDict()
        self._known_characters = 0
        self._manifest = read_manifest(settings.manifest) if settings.manifest else {}
        self._trusted = dict(self._warmed())

    def _warmed(self) -> Iterator[tuple[str, list[Operation]]]:
        """The documents of the manifest, read before anybody asks for them."""
        for digest, known in self._manifest.items():
            try:
                yield digest, self._read(known.text)
            except DocumentRefused as refused:
                facts = {"operation": known.name, "code": refused.code.value}
                log.warning("a document of the manifest does not fit the schema", extra=facts)

    def source(self, query: str | None, digest: str | None) -> Source:
        """The document that is meant by its text, or by its hash alone. Raises `DocumentRefused`."""
        source = self._source(query, digest)
        if source.digest not in self._manifest and source.digest not in self._known and has_card_number(source.text):
            raise card_found("literals")
        return source

    def _source(self, query: str | None, digest: str | None) -> Source:
        if query is None:
            return self._by_hash(digest or "")
        actual = sha256(query)
        if digest is not None and digest != actual:
            raise bad_value("The hash that was sent is not the SHA-256 of the document.")
        known = self._manifest.get(actual)
        if known is not None:
            return Source(query, actual, known.name)
        mode = self._settings.documents_mode
        if mode is not DocumentsMode.OFF:
            log.warning("a document is not in the manifest", extra={"operation": short(actual), "reason": mode.value})
        if mode is DocumentsMode.ENFORCE:
            message = "Only documents of the manifest are executed. Add this one, and deploy the manifest."
            raise DocumentRefused(TopLevelCode.DOCUMENT_NOT_TRUSTED, GraphQLError(message))
        return Source(query, actual, short(actual))

    def _by_hash(self, digest: str) -> Source:
        known = self._manifest.get(digest)
        if known is not None:
            return Source(known.text, digest, known.name)
        seen = self._known.get(digest)
        if seen is not None:
            return seen[0]
        message = "No document is known by this hash. Send its text."
        raise DocumentRefused(TopLevelCode.PERSISTED_QUERY_NOT_FOUND, GraphQLError(message))

    def operation(self, source: Source, name: str | None) -> Operation:
        """The operation to execute. Raises `DocumentRefused`."""
        operations = self._trusted.get(source.digest)
        if operations is not None:
            return _choose(operations, name)
        known = self._known.get(source.digest)
        if known is not None:
            self._known.move_to_end(source.digest)
            return _choose(known[1], name)
        operations = self._read(source.text)
        self._remember(source, operations)
        return _choose(operations, name)

    def freshness(self, operation: Operation) -> Freshness:
        """How long and for whom the answer of a query may be kept."""
        return freshness(self._schema, self._tables, _alone(operation))

    def screened(self, operation: Operation, variables: dict[str, Any]) -> tuple[dict[str, Any], Refusals]:
        """The variables without card numbers, and the root fields that were given some. Raises `DocumentRefused`."""
        try:
            clean, refused = screened(self._schema, _alone(operation), variables)
        except CardFound:
            raise card_found("variables") from None
        if refused:
            log.warning("card number refused", extra={"reason": "inputs"})
        return clean, refused

    def cost(self, operation: Operation, variables: Mapping[str, Any]) -> int:
        """What the operation may cost with these variables, in points. Raises `DocumentRefused`."""
        try:
            return operation.demand.points(variables)
        except SlicingMissing as missing:
            error = GraphQLError(str(missing), missing.node)
            raise DocumentRefused(TopLevelCode.BAD_USER_INPUT, error) from None

    def admit(self, points: int) -> None:
        """Refuse what costs too much. Raises `DocumentRefused`."""
        limit = self._settings.cost_limit
        if points > limit:
            message = f"The operation may cost {points} points, {limit} are allowed. Select less, or smaller pages."
            told = {"estimate": points, "limit": limit}
            raise DocumentRefused(TopLevelCode.OPERATION_TOO_EXPENSIVE, GraphQLError(message, extensions=told))

    def _remember(self, source: Source, operations: list[Operation]) -> None:
        self._known[source.digest] = (source, operations)
        self._known_characters += len(source.text)
        while self._known_characters > REMEMBERED_CHARACTERS:
            _, (oldest, _) = self._known.popitem(last=False)
            self._known_characters -= len(oldest.text)

    def _read(self, text: str) -> list[Operation]:
        document = self._parsed(text)
        try:
            operations = self._measured(document)
            errors = validate(
                self._schema,
                document,
                self._rules,
                max_errors=MOST_ERRORS,
                hide_suggestions=not self._settings.development,
            )
        except RecursionError:
            errors = None
        if errors is None:
            # Raised out here: inside the handler it would keep every frame of the recursion alive.
            raise too_expensive("The document is nested too deeply. Select less.")
        if errors:
            raise DocumentRefused(TopLevelCode.GRAPHQL_VALIDATION_FAILED, *errors)
        return operations

    def _parsed(self, text: str) -> DocumentNode:
        try:
            return parse(text, max_lexical_tokens=MOST_TOKENS, max_comments=MOST_TOKENS)
        except GraphQLError as error:
            is_limit = error.message.endswith(ABORTED)
            code = TopLevelCode.OPERATION_TOO_EXPENSIVE if is_limit else TopLevelCode.GRAPHQL_PARSE_FAILED
            raise DocumentRefused(code, error) from None

    def _measured(self, document: DocumentNode) -> list[Operation]:
        visit(document, Literals())
        measure = Measure(document)
        operations = []
        for node in document.definitions:
            if isinstance(node, OperationDefinitionNode):
                size = measure.of(node.selection_set)
                check_size(size, node)
                demand = Demand(self._schema, self._tables, document, node)
                operations.append(Operation(document, node, frozenset(size.names), demand))
        return operations


def _alone(operation: Operation) -> DocumentNode:
    """The document without its other operations, and the fragments of those."""
    return separate_operations(operation.document)[operation.name or ""]


def card_found(where: str) -> DocumentRefused:
    """A card number in a request that has no place to tell it as an error of its own."""
    log.warning("card number refused", extra={"reason": where})
    return bad_value(f"{MESSAGES[ErrorCode.SENSITIVE_DATA_DETECTED]} It is among the {where} of the request.")


def _choose(operations: list[Operation], name: str | None) -> Operation:
    fitting = [one for one in operations if name is None or one.name == name]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        message = "The document has several operations. Name the one to execute in operationName."
    else:
        message = "The document has no operation of the name given in operationName."
    raise DocumentRefused(TopLevelCode.GRAPHQL_VALIDATION_FAILED, GraphQLError(message))
