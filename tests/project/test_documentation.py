"""Every operation that a page shows can be pasted: in GraphiQL, against `make run`, from the top of the page down."""

import re
from collections.abc import Awaitable, Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from graphql import DocumentNode, NonNullTypeNode, OperationDefinitionNode, parse, print_ast, validate

from sandbox.model.world import Balance, World
from schema.build import build
from tests.support.shop import Shopper

ROOT = Path(__file__).parents[2]
PAGES = [
    ROOT / "README.md",
    ROOT / "CHANGELOG.md",
    *sorted(ROOT.glob("docs/**/*.md")),
    *(page for page in sorted(ROOT.glob("examples/**/*.md")) if not {"node_modules", ".venv"} & {*page.parts}),
]
CAPABILITIES = ROOT / "docs" / "capabilities.md"

NEEDS_AN_ISSUER = "SignInWithJwt"
"""Tried in `tests/test_assertions.py`: it takes the keys of an identity provider."""


def blocks(page: Path) -> list[DocumentNode]:
    return [parse(text) for text in re.findall(r"^```graphql\n(.*?)^```", page.read_text(), re.DOTALL | re.MULTILINE)]


def operations(document: DocumentNode) -> list[OperationDefinitionNode]:
    return [one for one in document.definitions if isinstance(one, OperationDefinitionNode)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_shows_is_of_the_graph(page: Path) -> None:
    assert page.read_text().count("```") % 2 == 0, "a block is not closed"
    for document in blocks(page):
        assert validate(build().core, document) == []


def test_every_root_member_is_told() -> None:
    told = set(re.findall(r"`([a-z][A-Za-z]+)`", CAPABILITIES.read_text()))
    core = build().core
    roots = (core.query_type, core.mutation_type)
    assert {name for root in roots if root for name in root.fields} <= told


def test_links_lead_somewhere() -> None:
    for page in PAGES:
        for target, anchor in re.findall(r"\]\(([^)#:]*)(?:#([^)]*))?\)", page.read_text()):
            linked = (page.parent / target).resolve() if target else page
            assert linked.exists(), f"{page.name}: {target}"
            if anchor:
                assert anchor in anchors(linked), f"{page.name}: {target}#{anchor}"


def anchors(page: Path) -> set[str]:
    titles = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


async def test_the_capabilities_are_one_visit(shopper: Shopper, world: World) -> None:
    """A guest buys, signs in, and buys again; nothing that the page does not say is sent."""
    world.ledger["rf-cust-000042"] = Balance(Decimal("120.50"), "USD")
    heard: list[Any] = []
    for document in blocks(CAPABILITIES):
        for operation in operations(document):
            name = operation.name.value if operation.name else ""
            if name == NEEDS_AN_ISSUER:
                continue
            variables = await filled(operation, shopper, heard)
            body = {"query": print_ast(document), "operationName": name, "variables": variables}
            answer = (await shopper.storefront.send(body)).json()
            assert "errors" not in answer, (name, answer)
            assert [one for one in found(answer, "errors") if one] == [], (name, answer)
            heard.insert(0, answer["data"])
    assert len(heard) > 30
    assert [order.state for order in world.orders()] == ["Submitted", "Submitted"]


async def filled(operation: OperationDefinitionNode, shopper: Shopper, heard: list[Any]) -> dict[str, Any]:
    """The variables that are needed, as a person finds them."""
    values = {}
    for one in operation.variable_definitions or ():
        if isinstance(one.type, NonNullTypeNode):
            name = one.variable.name.value
            values[name] = said(heard, *SAID[name]) if name in SAID else await DONE[name](shopper)
    return values


SAID = {
    "offerId": ("product", "offers", "id"),
    "revision": ("cart", "revision"),
    "lineId": ("lines", "id"),
    "shippingOptionId": ("shippingOptions", "id"),
    "total": ("nextAction", "amount"),
    "cartRevision": ("nextAction", "cartRevision"),
    "id": ("subscriptionContracts", "nodes", "id"),
    "orderId": ("orders", "nodes", "id"),
}
"""Where an earlier answer says it."""


def said(heard: list[Any], *names: str) -> Any:
    """The last answer's that has it."""
    values: list[Any] = heard
    for name in names:
        values = list(found(values, name))
    return values[0]


def found(value: Any, name: str) -> Iterator[Any]:
    """What stands under a name, at any depth."""
    if isinstance(value, list):
        for one in value:
            yield from found(one, name)
    elif isinstance(value, dict):
        if name in value:
            yield value[name]
        for one in value.values():
            yield from found(one, name)


async def new_source(shopper: Shopper) -> str:
    made: dict[str, str] = (await shopper.sandbox.post("/_sandbox/sources")).json()
    return made["sourceId"]


async def order_number(shopper: Shopper) -> str:
    return str((await shopper.sandbox.get("/_sandbox/orders")).json()[0]["id"])


async def order_password(shopper: Shopper) -> str:
    return str((await shopper.sandbox.get("/_sandbox/orders")).json()[0]["password"])


DONE: dict[str, Callable[[Shopper], Awaitable[str]]] = {
    "sourceId": new_source,
    "number": order_number,
    "password": order_password,
}
"""What the page tells to ask the sandbox for."""
