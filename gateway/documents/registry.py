"""Prepares GraphQL documents for execution.

A document is read and checked when it is first sent. The results are remembered, so that later requests with the
document need only a lookup.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from graphql import GraphQLError, GraphQLSchema, OperationType

from gateway.documents.cacheability import CachePolicy
from gateway.documents.card_numbers import Screen
from gateway.documents.card_variables import CardFields, card_paths, remove_cards
from gateway.documents.cost import SlicingArgumentMissing
from gateway.documents.directive_tables import DirectiveTables
from gateway.documents.error_messages import variable_errors
from gateway.documents.errors import DocumentRefused, OperationFacts, bad_value, persisted_query_refused
from gateway.documents.in_context import chosen_market
from gateway.documents.known_documents import KnownDocument, KnownOperation, PreparedOperation
from gateway.documents.limits import check_values
from gateway.documents.malformed_values import with_marks
from gateway.documents.manifest import ManifestEntry, read_manifest, sha256, short_name
from gateway.documents.reading import ReadDocument, Reader
from gateway.documents.remembered import RememberedDocuments
from gateway.documents.shared_readings import SharedReadings
from gateway.documents.turns import Steps, Turns, result_of
from gateway.documents.valid_names import listed
from gateway.enums import WarningCode
from gateway.errors import TopLevelCode
from gateway.metrics.limits import SECURITY
from gateway.metrics.operations import OPERATION
from gateway.refusals.warnings import MutationWarning
from gateway.settings.settings import Settings
from gateway.settings.values import DocumentsMode
from gateway.store.client import client_key
from gateway.telemetry.logs import FOLDED
from gateway.upstream.priority import Priority

log = logging.getLogger(__name__)

MOST_POINTS = 2**31 - 1
"""Highest estimate that an error reports. JSON has no larger integers in most languages."""

MAX_NAMES = 5
"""Maximum number of fields or variables that a message names."""

POST_BY_DOCUMENT = "`preferGetMethod: false` in urql, `useGETForQueries: false` in Apollo Client"

POST_BY_HASH = (
    "`preferGetMethod: false` and `preferGetForPersistedQueries: false` in urql, `useGETForHashedQueries: false` in "
    "Apollo Client, `httpMethodForHashedQueries = HttpMethod.Post` in Apollo Kotlin"
)
"""The same for clients that send the hash of a document."""

UNNAMED = "sensitive literals"
"""Name under which a document with a secret is logged, because its digest would help to guess the secret."""

DIGEST_MISMATCH = "The hash is not the SHA-256 of the document in `query`."


class Documents:
    """The documents of one schema."""

    def __init__(self, schema: GraphQLSchema, tables: DirectiveTables, settings: Settings) -> None:
        """Raises `ManifestInvalid`."""
        self._schema = schema
        self._settings = settings
        self._reader = Reader(schema, tables, development=settings.development)
        self._remembered = RememberedDocuments()
        self._readings = SharedReadings(settings.operation_deadline_s)
        self.turns = Turns(settings.operation_deadline_s)
        self._manifest = read_manifest(settings.manifest) if settings.manifest else {}
        OPERATION.allow(entry.name for entry in self._manifest.values())
        self._read_manifest_documents()

    def operations_of_manifest(self) -> Iterator[KnownOperation]:
        for document in self._remembered.parsed.values():
            if document.is_in_manifest:
                yield from document.operations

    def priority_of(self, digest: str) -> Priority | None:
        """The highest priority of the operations in a document that was read before; None if it was not."""
        document = self._remembered.parsed.get(self._remembered.selected.get(digest, ""))
        return min((operation.priority for operation in document.operations), default=None) if document else None

    async def prepare(
        self,
        source: str | None,
        digest: str | None,
        operation_name: str | None,
        variables: dict[str, Any],
        screen: Screen,
        *,
        over_get: bool,
        address: str | None = None,
    ) -> PreparedOperation:
        """The operation that a request selects, after all checks. A request has the source of the document, its digest,
        or both. `screen` looks for card numbers. `address` is the client's nearest address.

        Raises `DocumentRefused`. The `facts` of this error are the data that were known before it was raised.
        """
        facts = OperationFacts()
        try:
            client = client_key(address)
            document = self._known(source, digest, client)
            was_known = document is not None
            if document is None:
                document = await self._new(source, digest, screen, facts, client)
            facts.name = document.name
            operation = _choose(document, operation_name)
            facts.kind = operation.kind.value
            variables, card_fields = self._screened(operation, screen, variables) if variables else (variables, {})
            policy = _policy_over_get(operation, by_hash=digest is not None) if over_get else None
            facts.cost = _cost(operation, variables)
            if facts.cost > self._settings.cost_limit:
                raise self._too_expensive(facts.cost)
            prepared = with_marks(PreparedOperation(operation, variables, card_fields, policy, was_known, facts))
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

    def warnings(self, prepared: PreparedOperation) -> list[MutationWarning]:
        """In development mode, a warning about variables that the operation does not define. GraphQL ignores them, so a
        misspelled optional variable would have no effect and no error."""
        if not self._settings.development:
            return []
        definitions = prepared.operation.node.variable_definitions or ()
        names = [definition.variable.name.value for definition in definitions]
        surplus = [name for name in prepared.variables if name not in names]
        if not surplus:
            return []
        defined = listed("It defines", [f"${name}" for name in names])
        message = f"The operation does not define the variables {_listed(surplus)}. They are ignored.{defined}"
        return [MutationWarning(WarningCode.VARIABLE_UNDEFINED, message)]

    def _known(self, source: str | None, digest: str | None, client: str | None) -> KnownDocument | None:
        text = source if source is not None else self._remembered.selected.get(digest or "", "")
        document = self._remembered.parsed.get(text)
        if document is None:
            return None
        if digest not in (None, document.digest):
            raise bad_value(DIGEST_MISMATCH)
        if not document.is_in_manifest:
            if source is not None:
                self._check_trust(document.digest)
            self._remembered.sent_again.use(text, client)
            if digest is not None:
                self._remembered.select(text, digest)
        return document

    async def _new(
        self, source: str | None, digest: str | None, screen: Screen, facts: OperationFacts, client: str | None
    ) -> KnownDocument:
        text = source if source is not None else self._source_of(digest or "")
        actual = sha256(text)
        if digest not in (None, actual):
            raise bad_value(DIGEST_MISMATCH)
        # A document of the manifest is new only if it was rejected at the start. Most likely it is rejected again.
        entry = self._manifest.get(actual)
        if entry is not None:
            facts.name = entry.name
        elif source is not None:
            self._check_trust(actual)
        document = await self._readings.read(text, partial(self._read, text, actual, entry, screen, client))
        if digest is not None:
            self._remembered.select(text, digest)
        return document

    def _source_of(self, digest: str) -> str:
        if (source := self._remembered.selected.get(digest)) is not None:
            return source
        if (entry := self._manifest.get(digest)) is not None:
            return entry.source
        if self._settings.documents_mode is DocumentsMode.ENFORCE:
            raise persisted_query_refused(TopLevelCode.PERSISTED_QUERY_NOT_SUPPORTED)
        raise persisted_query_refused(TopLevelCode.PERSISTED_QUERY_NOT_FOUND)

    async def _read(
        self, source: str, digest: str, entry: ManifestEntry | None, screen: Screen, client: str | None
    ) -> KnownDocument:
        read = await self.turns.run(client, self._steps(source, None if entry else screen))
        if isinstance(read, KnownDocument):
            return read
        if entry is None and read.has_secret:
            # Neither the cache nor the log may reveal which secret a shopper has sent.
            return KnownDocument(source, digest, UNNAMED, read.operations, is_in_manifest=False)
        name = entry.name if entry else short_name(digest)
        document = KnownDocument(source, digest, name, read.operations, is_in_manifest=entry is not None)
        self._remembered.add(document, client)
        return document

    def _steps(self, source: str, screen: Screen | None) -> Steps[ReadDocument | KnownDocument]:
        """Read a document, unless another request has made it known while this one waited."""
        known = self._remembered.parsed.get(source)
        if known is not None:
            return known
        if self._remembered.was_sent_once(source):
            return (yield from self._reader.parsing(source))
        return (yield from self._reader.steps(source, screen))

    def _read_manifest_documents(self) -> None:
        for digest, entry in self._manifest.items():
            try:
                read = result_of(self._reader.steps(entry.source, None))
            except DocumentRefused as refused:
                log.warning("manifest document rejected", extra={"operation": entry.name, "code": refused.code.value})
                continue
            document = KnownDocument(entry.source, digest, entry.name, read.operations, is_in_manifest=True)
            self._remembered.add(document, None)

    def _check_trust(self, digest: str) -> None:
        """Log or reject a document that is not in the manifest, depending on the settings."""
        mode = self._settings.documents_mode
        if mode is not DocumentsMode.OFF:
            log.warning(
                "document missing from manifest",
                extra={"operation": short_name(digest), "reason": mode.value, **FOLDED},
            )
        if mode is DocumentsMode.ENFORCE:
            SECURITY.labels("document").inc()
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


def _policy_over_get(operation: KnownOperation, *, by_hash: bool) -> CachePolicy:
    """Cache policy of a GET request. Raises `DocumentRefused` for a mutation, a private field or a sensitive input.

    Some clients send queries by GET unless they are told otherwise. The message has the options of the best known.
    """
    if operation.kind is OperationType.MUTATION:
        raise _method_refused("A mutation cannot be executed over GET. Use POST.")
    policy = operation.cache_policy
    options = POST_BY_HASH if by_hash else POST_BY_DOCUMENT
    if policy.sensitive_inputs:
        raise _method_refused(f"{_listed(policy.sensitive_inputs)} cannot be sent in a URL. Use POST: {options}.")
    if policy.private_fields:
        raise _method_refused(f"{_listed(policy.private_fields)} cannot be read over GET. Use POST: {options}.")
    return policy


def _method_refused(message: str) -> DocumentRefused:
    return DocumentRefused(TopLevelCode.METHOD_NOT_ALLOWED, GraphQLError(message))


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:MAX_NAMES]) + (" and others" if len(names) > MAX_NAMES else "")
