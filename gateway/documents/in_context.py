"""The directive `@inContext`, which selects the market for public data. The market of the session does not change."""

from graphql import GraphQLError, GraphQLSchema, OperationDefinitionNode, get_directive_values
from graphql.execution.values import VariableValues

from gateway.catalog.markets import not_offered
from gateway.documents.errors import DocumentRefused
from gateway.errors import TopLevelCode
from gateway.settings.settings import Settings
from gateway.upstream.catalog import Market

NAME = "inContext"


def has_in_context(operation: OperationDefinitionNode) -> bool:
    return any(directive.name.value == NAME for directive in operation.directives or ())


def chosen_market(
    schema: GraphQLSchema, operation: OperationDefinitionNode, variables: VariableValues | None, settings: Settings
) -> Market | None:
    """Market that the operation selects with `@inContext`, or None. Raises `DocumentRefused` for a market that the
    storefront does not offer."""
    node = next((directive for directive in operation.directives or () if directive.name.value == NAME), None)
    definition = schema.get_directive(NAME)
    if node is None or definition is None or variables is None:
        # If the variables are invalid, graphql-core reports each invalid variable when it executes the operation.
        return None
    try:
        arguments = get_directive_values(definition, operation, variables) or {}
    except GraphQLError as error:
        raise DocumentRefused(TopLevelCode.BAD_USER_INPUT, error) from None
    locale, currency_code = arguments.get("locale"), arguments.get("currencyCode")
    if locale is None and currency_code is None:
        return None
    refusal = not_offered(settings, locale, currency_code)
    if refusal is not None:
        raise DocumentRefused(TopLevelCode.BAD_USER_INPUT, GraphQLError(refusal.message, node))
    site_locale, _ = settings.locales[0]
    return Market(locale or site_locale, currency_code or settings.currencies_by_locale[locale or site_locale])
