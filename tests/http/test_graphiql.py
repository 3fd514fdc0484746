"""GraphiQL has a tab with variables for every example operation."""

import json
from typing import Any

from graphql import NonNullTypeNode, OperationDefinitionNode, parse

from gateway.http.graphiql.page import SETS
from tests.support.shop import OPERATIONS, Storefront, documents


async def tabs_of(storefront: Storefront, name: str) -> dict[str, Any]:
    body: dict[str, Any] = (await storefront.http.get("/graphiql/tabs.json", params={"set": name})).json()
    return body


def operation_of(tab: dict[str, str]) -> OperationDefinitionNode:
    (node,) = parse(tab["query"]).definitions
    assert isinstance(node, OperationDefinitionNode)
    return node


async def test_every_example_operation_has_a_tab(storefront: Storefront) -> None:
    tabs = [operation_of(tab) for name in SETS for tab in (await tabs_of(storefront, name))["tabs"]]
    assert {node.name.value for node in tabs if node.name} == set(documents())


async def test_tabs_have_values_for_all_required_variables(storefront: Storefront) -> None:
    for name in SETS:
        for tab in (await tabs_of(storefront, name))["tabs"]:
            required = [
                definition.variable.name.value
                for definition in operation_of(tab).variable_definitions or ()
                if isinstance(definition.type, NonNullTypeNode) and definition.default_value is None
            ]
            assert set(required) <= set(json.loads(tab["variables"])), tab["query"]


async def test_unknown_set_of_tabs_in_url_returns_the_first_set(storefront: Storefront) -> None:
    first = await tabs_of(storefront, "")
    assert (first["shown"], first["sets"]) == ("A guest buys", list(SETS))
    assert await tabs_of(storefront, "nothing") == first
    assert "fragment MoneyParts" in first["fragments"]


def test_variables_json_names_only_existing_example_operations() -> None:
    assert set(json.loads((OPERATIONS / "variables.json").read_text())) <= set(documents())
