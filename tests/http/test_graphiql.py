"""GraphiQL shows every example operation as a step of a set, and its page loads nothing from other hosts."""

import json
import re
from pathlib import Path
from typing import Any

from graphql import NonNullTypeNode, OperationDefinitionNode, parse

from gateway.http.graphiql import page
from sandbox.model.world import World
from tests.support.shop import OPERATIONS, Storefront, app_for, documents, running, settings_for


async def content(storefront: Storefront) -> dict[str, Any]:
    body: dict[str, Any] = (await storefront.http.get("/graphiql/sets.json")).json()
    return body


def operation_of(step: dict[str, Any]) -> OperationDefinitionNode:
    (node,) = parse(step["query"]).definitions
    assert isinstance(node, OperationDefinitionNode)
    return node


async def test_every_example_operation_is_a_step_of_a_set(storefront: Storefront) -> None:
    shown = await content(storefront)
    steps = [step for shown_set in shown["sets"] for step in shown_set["steps"]]
    assert {step["operation"] for step in steps} == set(documents())
    assert "fragment MoneyParts" in shown["fragments"]


async def test_steps_have_values_for_all_required_variables(storefront: Storefront) -> None:
    for shown in (await content(storefront))["sets"]:
        for step in shown["steps"]:
            definitions = operation_of(step).variable_definitions or ()
            names = {definition.variable.name.value for definition in definitions}
            required = {
                definition.variable.name.value
                for definition in definitions
                if isinstance(definition.type, NonNullTypeNode) and definition.default_value is None
            }
            assert required <= set(step["variables"]) <= names, step["title"]


def test_variables_json_names_only_existing_example_operations() -> None:
    assert set(json.loads((OPERATIONS / "variables.json").read_text())) <= set(documents())


async def test_page_may_ask_only_the_gateway_and_its_sandbox(world: World) -> None:
    settings = settings_for(world, upstream_url="http://127.0.0.1:8001")
    async with running(app_for(settings)) as http:
        answer = await http.get("/graphiql")
        assert (await http.get("/graphiql/sets.json")).json()["sandbox"] == "http://127.0.0.1:8001"
    policy = answer.headers["content-security-policy"]
    assert "default-src 'self'; connect-src 'self' http://127.0.0.1:8001;" in policy
    assert set(re.findall(r"https?://[^ ;]+", policy)) == {"http://127.0.0.1:8001"}


async def test_page_in_front_of_digital_river_asks_only_the_gateway(world: World) -> None:
    settings = settings_for(world, upstream_url="https://api.digitalriver.example")
    async with running(app_for(settings)) as http:
        assert "http" not in (await http.get("/graphiql")).headers["content-security-policy"]
        assert (await http.get("/graphiql/sets.json")).json()["sandbox"] == ""


async def test_all_files_of_the_pages_exist(storefront: Storefront) -> None:
    for path in page.PAGES:
        text = (await storefront.http.get(path)).text
        files = set(re.findall(r'(?:src|href)="(/[^"]+)"', text)) - set(page.PAGES)
        assert len(files) >= 3
        for file in files:
            assert (await storefront.http.get(file)).status_code == 200, file


async def test_neither_page_nor_files_exist_in_production(world: World) -> None:
    settings = settings_for(world, development=False, upstream_url="https://api.digitalriver.example")
    folder = Path(page.__file__).parent
    files = [f"/graphiql/{file.relative_to(folder)}" for file in folder.rglob("*") if file.suffix in {".js", ".css"}]
    async with running(app_for(settings)) as http:
        for path in ["/", *page.PAGES, "/graphiql/sets.json", *files]:
            assert (await http.get(path)).status_code == 404, path
