"""Prepares GraphQL documents for execution.

A document is parsed, checked and validated when it is first sent. The results are cached, so that later requests with
the document need only a lookup.
"""

import logging
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import replace
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    parse,
    visit,
)

from gateway.documents.cacheability import CachePolicy
from gateway.documents.card_literals import document_has_card_number
from gateway.documents.card_numbers import Screen
from gateway.documents.card_variables import CardFields, card_number_refused, card_paths, remove_cards
from gateway.documents.cost import SlicingArgumentMissing
from gateway.documents.directive_tables import DirectiveTables
from gateway.documents.error_messages import variable_errors, without_token
from gateway.documents.errors import DocumentRefused, IndexedSource, OperationFacts, bad_value, too_expensive
from gateway.documents.in_context import chosen_market, has_in_context
from gateway.documents.known_documents import KnownDocument, KnownOperation, PreparedOperation
from gateway.documents.limits import MAX_TOKENS, LiteralLimits, SizeMeter, check_lines, check_size, check_values
from gateway.documents.manifest import read_manifest, sha256, short_name
from gateway.documents.sensitive_literals import has_sensitive_literal
from gateway.documents.validation import validation_errors
from gateway.documents.walks import KEYS
from gateway.errors import TopLevelCode
from gateway.settings import DocumentsMode, Settings

log = logging.getLogger(__name__)

MAX_CACHED_CHARACTERS = 128 * 1024
"""Maximum total length of the cached documents outside the manifest, in characters. A parsed document takes up to 300
bytes for each character. The garbage collector traverses all cached documents, which may delay a request."""

LARGEST_SHARE = 4
"""A document is cached if it takes at most this part of the cache: a fourth. Otherwise, one document would drive out
those of all other clients. The documents of clients are much shorter."""

MOST_POINTS = 2**31 - 1
"""Highest estimate that an error reports. JSON has no larger integers in most languages."""

MAX_NAMED_FIELDS = 5
"""Maximum number of fields in an error message about a GET request."""

UNNAMED = "sensitive literals"
"""Name under which a document with a secret is logged, because its digest would help to guess the secret."""

ORDERING_MUTATIONS = frozenset({"submitOrder", "resumeOrder"})

DIGEST_MISMATCH = "The hash is not the SHA-256 of the document in `query`."

PARSING_ABORTED = "Parsing aborted."
"""End of graphql-core's error message for a document with more than `MAX_TOKENS` tokens."""


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

    def refusal(self) -> DocumentRefused:
        """The error for a source that cannot be parsed."""
        is_limit = self._error.message.endswith(PARSING_ABORTED)
        code = TopLevelCode.OPERATION_TOO_EXPENSIVE if is_limit else TopLevelCode.GRAPHQL_PARSE_FAILED
        return DocumentRefused(code, without_token(self._error, self.source))


class Documents:
    """Cache of the documents of one schema."""

    def __init__(self, schema: GraphQLSchema, tables: DirectiveTables, settings: Settings) -> None:
        """Raises `ManifestInvalid`."""
        self._schema = schema
        self._tables = tables
        self._settings = settings
        self._by_source: dict[str, KnownDocument] = {}
        self._by_digest: dict[str, KnownDocument] = {}
        """Documents that a request may select by their hash alone: those in the manifest, and those that a client has
        sent together with the hash."""
        self._recent: OrderedDict[str, KnownDocument] = OrderedDict()
        """Cached documents outside the manifest, by digest. The least recently used document is first."""
        self._recent_characters = 0
        self._manifest = read_manifest(settings.manifest) if settings.manifest else {}
        self._read_manifest_documents()

    def operations_of_manifest(self) -> Iterator[KnownOperation]:
        for document in self._by_source.values():
            if document.is_in_manifest:
                yield from document.operations

    def prepare(
        self,
        source: str | None,
        digest: str | None,
        operation_name: str | None,
        variables: dict[str, Any],
        screen: Screen,
        *,
        over_get: bool,
    ) -> PreparedOperation:
        """The operation that a request selects, after all checks. A request has the source of the document, its digest,
        or both. `screen` looks for card numbers.

        Raises `DocumentRefused`. The `facts` of this error are the data that were known before it was raised.
        """
        facts = OperationFacts()
        try:
            document = self._by_source.get(source) if source is not None else self._by_digest.get(digest or "")
            was_known = document is not None
            if document is None:
                document = self._read_new(source, digest, screen, facts)
            elif digest not in (None, document.digest):
                raise bad_value(DIGEST_MISMATCH)
            elif not document.is_in_manifest:
                self._recent.move_to_end(document.digest)
                if source is not None:
                    self._check_trust(document.digest)
                if digest is not None:
                    self._by_digest[digest] = document
            facts.name = document.name
            operation = _choose(document, operation_name)
            facts.kind = operation.kind.value
            variables, card_fields = self._screened(operation, screen, variables) if variables else (variables, {})
            policy = _policy_over_get(operation) if over_get else None
            facts.cost = _cost(operation, variables)
            if facts.cost > self._settings.cost_limit:
                raise self._too_expensive(facts.cost)
            prepared = PreparedOperation(operation, variables, card_fields, policy, was_known, facts)
            if operation.chooses_market:
                coerced = prepared.coerced_variables
                prepared.market = chosen_market(self._schema, operation.node, coerced, self._settings)
        except DocumentRefused as refused:
            refused.facts = facts
            raise
        return prepared

    def variables_refused(self, prepared: PreparedOperation) -> DocumentRefused:
        """The error for an operation whose variables graphql-core refused."""
        operation, suggests = prepared.operation, self._settings.development
        errors = variable_errors(self._schema, operation.node, prepared.variables, suggests=suggests)
        refused = DocumentRefused(TopLevelCode.BAD_USER_INPUT, *errors)
        refused.facts = prepared.facts
        return refused

    def _read_new(self, source: str | None, digest: str | None, screen: Screen, facts: OperationFacts) -> KnownDocument:
        if source is None:
            entry = self._manifest.get(digest or "")
            if entry is None:
                message = "The gateway has no document with this hash. Send the document in `query`."
                raise DocumentRefused(TopLevelCode.PERSISTED_QUERY_NOT_FOUND, GraphQLError(message))
            source = entry.source
        actual = sha256(source)
        if digest not in (None, actual):
            raise bad_value(DIGEST_MISMATCH)
        # A document of the manifest is new only if it was rejected at the start. Most likely it is rejected again.
        entry = self._manifest.get(actual)
        if entry is None:
            self._check_trust(actual)
        parsed = ParsedSource(source)
        if entry is None and document_has_card_number(self._schema, screen, source, parsed.document):
            raise card_number_refused("literals")
        if entry is not None:
            facts.name = entry.name
        name = entry.name if entry else short_name(actual)
        document = KnownDocument(source, actual, name, tuple(self._read(parsed)), is_in_manifest=entry is not None)
        if entry is None and has_sensitive_literal(self._schema, self._tables, document.operations[0].document):
            # Neither the cache nor the log may reveal which secret a shopper has sent.
            return replace(document, name=UNNAMED)
        if entry is not None or len(source) <= MAX_CACHED_CHARACTERS // LARGEST_SHARE:
            self._add(document)
            if entry is None and digest is not None:
                self._by_digest[actual] = document
        return document

    def _check_trust(self, digest: str) -> None:
        """Log or reject a document that is not in the manifest, depending on the settings."""
        mode = self._settings.documents_mode
        if mode is not DocumentsMode.OFF:
            log.warning("document missing from manifest", extra={"operation": short_name(digest), "reason": mode.value})
        if mode is DocumentsMode.ENFORCE:
            message = "Only documents in the manifest are executed. Add this document, and deploy the new manifest."
            raise DocumentRefused(TopLevelCode.DOCUMENT_NOT_TRUSTED, GraphQLError(message))

    def _screened(
        self, operation: KnownOperation, screen: Screen, variables: dict[str, Any]
    ) -> tuple[dict[str, Any], CardFields]:
        check_values(variables)
        paths = card_paths(screen, variables)
        if not paths:
            return variables, {}
        return remove_cards(self._schema, operation.single_document, variables, paths)

    def _too_expensive(self, points: int) -> DocumentRefused:
        limit, points = self._settings.cost_limit, min(points, MOST_POINTS)
        message = f"The operation costs {points} points. The limit is {limit}. Select fewer fields or smaller pages."
        error = GraphQLError(message, extensions={"estimate": points, "limit": limit})
        return DocumentRefused(TopLevelCode.OPERATION_TOO_EXPENSIVE, error)

    # Parsing and validation of documents that are not cached.

    def _read_manifest_documents(self) -> None:
        for digest, entry in self._manifest.items():
            try:
                operations = tuple(self._read(ParsedSource(entry.source)))
            except DocumentRefused as refused:
                log.warning("manifest document rejected", extra={"operation": entry.name, "code": refused.code.value})
                continue
            self._add(KnownDocument(entry.source, digest, entry.name, operations, is_in_manifest=True))

    def _add(self, document: KnownDocument) -> None:
        self._by_source[document.source] = document
        if document.is_in_manifest:
            self._by_digest[document.digest] = document
            return
        self._recent[document.digest] = document
        self._recent_characters += len(document.source)
        while self._recent_characters > MAX_CACHED_CHARACTERS:
            _, oldest = self._recent.popitem(last=False)
            del self._by_source[oldest.source]
            self._by_digest.pop(oldest.digest, None)
            self._recent_characters -= len(oldest.source)

    def _read(self, parsed: ParsedSource) -> list[KnownOperation]:
        """Operations of a document. Raises `DocumentRefused`."""
        if parsed.document is None:
            raise parsed.refusal()
        document = parsed.document
        check_lines(parsed.source)
        try:
            operations = self._operations(document)
            errors = validation_errors(self._schema, document, development=self._settings.development)
        except RecursionError:
            errors = None
        if errors is None:
            # Inside the except block, Python would attach the `RecursionError` and its long traceback to this error.
            raise too_expensive("The document is nested too deeply. Select less.")
        if errors:
            raise DocumentRefused(TopLevelCode.GRAPHQL_VALIDATION_FAILED, *errors)
        return operations

    def _operations(self, document: DocumentNode) -> list[KnownOperation]:
        """Operations of a document that was not yet validated. Raises `DocumentRefused` if the document exceeds a
        limit."""
        visit(document, LiteralLimits(), KEYS)
        meter = SizeMeter(document)
        operations = []
        for node in document.definitions:
            if isinstance(node, OperationDefinitionNode):
                size = meter.measure(node.selection_set)
                check_size(size, node)
                operations.append(self._operation(document, node, size.names.keys()))
        return operations

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
            buys=node.operation is OperationType.MUTATION and not root_fields.isdisjoint(ORDERING_MUTATIONS),
            chooses_market=has_in_context(node),
        )


def _choose(document: KnownDocument, name: str | None) -> KnownOperation:
    candidates = [operation for operation in document.operations if name is None or operation.name == name]
    if len(candidates) == 1:
        return candidates[0]
    if candidates:
        message = "The document has several operations. Name the one to execute in `operationName`."
    else:
        message = "The document has no operation with the name in `operationName`."
    raise DocumentRefused(TopLevelCode.GRAPHQL_VALIDATION_FAILED, GraphQLError(message))


def _cost(operation: KnownOperation, variables: Mapping[str, Any]) -> int:
    fixed_points = operation.cost.fixed_points
    if fixed_points is not None:
        return fixed_points
    try:
        return operation.cost.points(variables)
    except SlicingArgumentMissing as missing:
        error = GraphQLError(str(missing), missing.node)
        raise DocumentRefused(TopLevelCode.BAD_USER_INPUT, error) from None


def _policy_over_get(operation: KnownOperation) -> CachePolicy:
    """Cache policy of a GET request. Raises `DocumentRefused` for a mutation, a private field or a sensitive input."""
    if operation.kind is OperationType.MUTATION:
        raise _method_refused("A mutation cannot be executed over GET. Use POST.")
    policy = operation.cache_policy
    if policy.sensitive_inputs:
        raise _method_refused(f"{_listed(policy.sensitive_inputs)} cannot be sent in a URL. Use POST.")
    if policy.private_fields:
        raise _method_refused(f"{_listed(policy.private_fields)} cannot be read over GET. Use POST.")
    return policy


def _method_refused(message: str) -> DocumentRefused:
    return DocumentRefused(TopLevelCode.METHOD_NOT_ALLOWED, GraphQLError(message))


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:MAX_NAMED_FIELDS]) + (" and others" if len(names) > MAX_NAMED_FIELDS else "")
