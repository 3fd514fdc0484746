"""The example operations in GraphiQL: each can be found, and says what it wants."""

import json
from typing import Any

from graphql import NonNullTypeNode, OperationDefinitionNode, parse

from gateway.http.graphiql.page import SETS
from tests.support.shop import OPERATIONS, Storefront, documents


async def shown(storefront: Storefront, name: str) -> dict[str, Any]:
    body: dict[str, Any] = (await storefront.http.get("/graphiql/tabs.json", params={"set": name})).json()
    return body


def operation_of(tab: dict[str, str]) -> OperationDefinitionNode:
    (node,) = parse(tab["query"]).definitions
    assert isinstance(node, OperationDefinitionNode)
    return node


async def test_every_example_operation_is_a_tab_of_a_set(storefront: Storefront) -> None:
    tabs = [operation_of(tab) for name in SETS for tab in (await shown(storefront, name))["tabs"]]
    assert {node.name.value for node in tabs if node.name} == set(documents())


async def test_every_variable_that_is_needed_has_a_value_or_says_where_it_is(storefront: Storefront) -> None:
    for name in SETS:
        for tab in (await shown(storefront, name))["tabs"]:
            needed = [
                one.variable.name.value
                for one in operation_of(tab).variable_definitions or ()
                if isinstance(one.type, NonNullTypeNode) and one.default_value is None
            ]
            assert set(needed) <= set(json.loads(tab["variables"])), tab["query"]


async def test_the_first_set_is_a_purchase_and_stands_for_one_that_is_not_there(storefront: Storefront) -> None:
    first = await shown(storefront, "")
    assert (first["shown"], first["sets"]) == ("A guest buys", list(SETS))
    assert await shown(storefront, "nothing") == first
    assert "fragment MoneyParts" in first["fragments"]


def test_what_waits_for_a_variable_is_an_operation() -> None:
    assert set(json.loads((OPERATIONS / "variables.json").read_text())) <= set(documents())
