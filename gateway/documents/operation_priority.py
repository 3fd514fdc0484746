"""The priority of an operation, which follows from its kind and its root fields."""

from collections.abc import Set

from graphql import OperationType

from gateway.documents.directive_tables import DirectiveTables
from gateway.enums import CacheControlScope
from gateway.upstream.priority import Priority

ORDERING_MUTATIONS = frozenset({"submitOrder", "resumeOrder"})

WITHOUT_CHANGE = frozenset({"startSession", "lookupOrder"})
"""Mutations that change nothing which a shopper already has."""

OUTCOME_QUERIES = frozenset({"orderSubmission"})
"""Queries with which a shopper learns whether an order was placed."""


def operation_priority(kind: OperationType, root_fields: Set[str], tables: DirectiveTables) -> Priority:
    """The priority of an operation whose root fields, also those in fragments, have these names."""
    if kind is OperationType.MUTATION:
        if not root_fields.isdisjoint(ORDERING_MUTATIONS):
            return Priority.SUBMISSION
        return Priority.SESSION if root_fields <= WITHOUT_CHANGE else Priority.CHECKOUT
    if not root_fields.isdisjoint(OUTCOME_QUERIES):
        return Priority.CHECKOUT
    return Priority.PUBLIC if all(_is_public(name, tables) for name in root_fields) else Priority.SESSION


def _is_public(root_field: str, tables: DirectiveTables) -> bool:
    hint = tables.hints.get(f"Query.{root_field}")
    return root_field.startswith("__") or (hint is not None and hint.scope is CacheControlScope.PUBLIC)
