"""Documents that the gateway has read, their operations, and operations that are ready to be executed."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from graphql import DocumentNode, GraphQLSchema, OperationDefinitionNode, OperationType, separate_operations
from graphql.execution.values import VariableValues

from gateway.documents.cacheability import CachePolicy, cache_policy
from gateway.documents.card_variables import CardFields
from gateway.documents.cost import OperationCost
from gateway.documents.directive_tables import DirectiveTables
from gateway.documents.errors import OperationFacts
from gateway.documents.variables import VariableCoercion
from gateway.upstream.catalog import Market
from gateway.upstream.priority import Priority


@dataclass(frozen=True, eq=False)
class KnownOperation:
    """An operation of a valid document. Its cost and cache policy are computed when they are first used."""

    schema: GraphQLSchema
    tables: DirectiveTables
    document: DocumentNode
    node: OperationDefinitionNode
    name: str | None
    kind: OperationType
    priority: Priority
    chooses_market: bool

    @property
    def buys(self) -> bool:
        """Whether the operation submits or resumes an order."""
        return self.priority is Priority.SUBMISSION

    @cached_property
    def single_document(self) -> DocumentNode:
        """The document with this operation and its fragments only."""
        return separate_operations(self.document)[self.name or ""]

    @cached_property
    def cost(self) -> OperationCost:
        return OperationCost(self.schema, self.tables, self.document, self.node)

    @cached_property
    def coercion(self) -> VariableCoercion:
        return VariableCoercion(self.schema, self.node.variable_definitions or ())

    @cached_property
    def cache_policy(self) -> CachePolicy:
        return cache_policy(self.schema, self.tables, self.single_document)


@dataclass(frozen=True, eq=False)
class KnownDocument:
    """A document that has passed all checks. `name` is used in the log: the name in the manifest, or else the beginning
    of the digest."""

    source: str = field(repr=False)
    digest: str
    name: str
    operations: tuple[KnownOperation, ...]
    is_in_manifest: bool


@dataclass(eq=False)
class PreparedOperation:
    """An operation that may be executed.

    `card_fields` are root fields that must not be executed, because their arguments had card numbers. The card numbers
    were removed from `variables`, which are as the client sent them otherwise. Only a GET request has a `cache_policy`.
    `was_known`: whether the document was in the cache, from the manifest or an earlier request. `market` is the market
    that `@inContext` selects.
    """

    operation: KnownOperation
    variables: dict[str, Any]
    card_fields: CardFields
    cache_policy: CachePolicy | None
    was_known: bool
    facts: OperationFacts
    market: Market | None = None

    @cached_property
    def coerced_variables(self) -> VariableValues | None:
        """None for invalid variables."""
        return self.operation.coercion.values(self.variables)
