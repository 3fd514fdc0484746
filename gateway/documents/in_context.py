"""Which markets the storefront has, and `@inContext`: the one an operation chose for the public part of its answer.

The latter is read before anything is executed. It is part of the key of every public read, and changes no session.
"""

from collections.abc import Mapping
from typing import Any

from graphql import GraphQLError, GraphQLSchema, OperationDefinitionNode, get_directive_values, get_variable_values

from gateway.catalog.markets import not_offered
from gateway.documents.limits import DocumentRefused
from gateway.errors import TopLevelCode
from gateway.settings import Settings
from gateway.upstream.catalog import Market

NAME = "inContext"


def market_of(
    schema: GraphQLSchema, operation: OperationDefinitionNode, variables: Mapping[str, Any], settings: Settings
) -> Market | None:
    """The chosen market; None where the operation chose none. Raises `DocumentRefused` for one we do not have."""
    node = next((one for one in operation.directives or () if one.name.value == NAME), None)
    directive = schema.get_directive(NAME)
    if node is None or directive is None:
        return None
    coerced = get_variable_values(schema, operation.variable_definitions or (), dict(variables))
    if isinstance(coerced, list):
        # Variables that do not fit are told by the execution, each with its name.
        return None
    try:
        given = get_directive_values(directive, operation, coerced) or {}
    except GraphQLError as error:
        raise DocumentRefused(TopLevelCode.BAD_USER_INPUT, error) from None
    locale, currency_code = given.get("locale"), given.get("currencyCode")
    if locale is None and currency_code is None:
        return None
    wrong = not_offered(settings, locale, currency_code)
    if wrong is not None:
        raise DocumentRefused(TopLevelCode.BAD_USER_INPUT, GraphQLError(wrong.message, node))
    home_locale, _ = settings.locales[0]
    return Market(locale or home_locale, currency_code or dict(settings.locales)[locale or home_locale])
