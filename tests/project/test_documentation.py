"""Tests of the documentation: operations run, links and file names exist, and every root field is described."""

import pkgutil
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
    *sorted(ROOT.glob("*.md")),
    *sorted(ROOT.glob("docs/**/*.md")),
    *sorted(ROOT.glob("bench/*.md")),
    *(page for page in sorted(ROOT.glob("examples/**/*.md")) if not {"node_modules", ".venv"} & {*page.parts}),
]
CAPABILITIES = ROOT / "docs" / "capabilities"

PACKAGES = "gateway|resolvers|schema|sandbox|tests|docs|examples|bench"
NAMED_PATH = re.compile(rf"`((?:{PACKAGES})/[\w./-]*)`")
NAMED_MODULE = re.compile(rf"`(?:[\w./]*python -m )?((?:{PACKAGES})(?:\.\w+)+)[ `]")

SOURCES = [
    ROOT / "Makefile",
    ROOT / "pyproject.toml",
    *(path for room in ("gateway", "resolvers", "schema", "sandbox", "bench") for path in ROOT.glob(f"{room}/**/*.py")),
]
SOURCE_PATH = re.compile(rf"(?<![\w./-])((?:{PACKAGES})/[\w/-]+\.(?:py|md|csv|graphql))\b")

NEEDS_AN_ISSUER = "SignInWithJwt"
"""Operation that is tested in `tests/sessions/test_merchant_assertions.py`, because it requires keys of an identity
provider."""


def capability_pages() -> list[Path]:
    """Paths of the capability pages, in the order of the index page."""
    index = (CAPABILITIES / "README.md").read_text()
    return [CAPABILITIES / name for name in re.findall(r"^\| \[[^\]]+\]\(([\w-]+\.md)\)", index, re.MULTILINE)]


def documents_of(page: Path) -> list[DocumentNode]:
    blocks = re.findall(r"^```graphql\n(.*?)^```", page.read_text(), re.DOTALL | re.MULTILINE)
    return [parse(block) for block in blocks]


def operations_of(document: DocumentNode) -> list[OperationDefinitionNode]:
    return [definition for definition in document.definitions if isinstance(definition, OperationDefinitionNode)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_operations_of_each_page_are_valid_against_the_schema(page: Path) -> None:
    assert page.read_text().count("```") % 2 == 0, "a code block is not closed"
    for document in documents_of(page):
        assert validate(build().core, document) == []


def test_index_lists_every_capability_page() -> None:
    assert sorted(capability_pages()) == sorted({*CAPABILITIES.glob("*.md")} - {CAPABILITIES / "README.md"})


def test_every_root_field_is_in_the_capability_index() -> None:
    listed = set(re.findall(r"`([a-z][A-Za-z]+)`", (CAPABILITIES / "README.md").read_text()))
    core = build().core
    roots = (core.query_type, core.mutation_type)
    assert {name for root in roots if root for name in root.fields} <= listed


def test_link_targets_in_pages_exist() -> None:
    for page in PAGES:
        for target, anchor in re.findall(r"\]\(([^)#:]*)(?:#([^)]*))?\)", page.read_text()):
            linked = (page.parent / target).resolve() if target else page
            assert linked.exists(), f"{page.name}: {target}"
            if anchor:
                assert anchor in anchors(linked), f"{page.name}: {target}#{anchor}"


def anchors(page: Path) -> set[str]:
    titles = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_files_and_modules_named_in_pages_exist(page: Path) -> None:
    text = page.read_text()
    assert [name for name in NAMED_PATH.findall(text) if not (ROOT / name).exists()] == []
    for name in NAMED_MODULE.findall(text):
        pkgutil.resolve_name(name)


def test_files_named_in_docstrings_and_comments_exist() -> None:
    missing = {
        f"{source.relative_to(ROOT)}: {name}"
        for source in SOURCES
        for name in SOURCE_PATH.findall(source.read_text())
        if not (ROOT / name).exists()
    }
    assert missing == set()


def test_log_events_named_in_pages_exist() -> None:
    source = "".join(path.read_text() for path in (ROOT / "gateway").rglob("*.py"))
    events = [event for page in PAGES for event in re.findall(r"log event `([^`]+)`", page.read_text())]
    assert len(events) > 4
    assert [event for event in events if f'"{event}"' not in source] == []


async def test_examples_of_all_capability_docs_run_in_one_session(shopper: Shopper, world: World) -> None:
    """A guest buys, signs in, and buys again, using only the example operations of the capability docs."""
    world.ledger["rf-cust-000042"] = Balance(Decimal("120.50"), "USD")
    answers: list[Any] = []
    for document in (document for page in capability_pages() for document in documents_of(page)):
        for operation in operations_of(document):
            name = operation.name.value if operation.name else ""
            if name == NEEDS_AN_ISSUER:
                continue
            variables = await required_variables(operation, shopper, answers)
            body = {"query": print_ast(document), "operationName": name, "variables": variables}
            answer = (await shopper.storefront.send(body)).json()
            assert "errors" not in answer, (name, answer)
            assert [errors for errors in values_of(answer, "errors") if errors] == [], (name, answer)
            answers.insert(0, answer["data"])
    assert len(answers) > 30
    assert [order.state for order in world.orders()] == ["Submitted", "Submitted"]


async def required_variables(
    operation: OperationDefinitionNode, shopper: Shopper, answers: list[Any]
) -> dict[str, Any]:
    """Return the operation's required variables, with values from earlier answers or from the sandbox."""
    values = {}
    for definition in operation.variable_definitions or ():
        if isinstance(definition.type, NonNullTypeNode):
            name = definition.variable.name.value
            path = FROM_AN_ANSWER.get(name)
            values[name] = latest(answers, *path) if path else await FROM_THE_SANDBOX[name](shopper)
    return values


FROM_AN_ANSWER = {
    "offerId": ("product", "offers", "id"),
    "revision": ("cart", "revision"),
    "lineId": ("lines", "id"),
    "shippingOptionId": ("shippingOptions", "id"),
    "total": ("nextAction", "amount"),
    "cartRevision": ("nextAction", "cartRevision"),
    "id": ("subscriptionContracts", "nodes", "id"),
    "orderId": ("orders", "nodes", "id"),
}


def latest(answers: list[Any], *names: str) -> Any:
    values: list[Any] = answers
    for name in names:
        values = list(values_of(values, name))
    return values[0]


def values_of(value: Any, name: str) -> Iterator[Any]:
    """Yield the values of all fields called `name` in an answer, at any depth."""
    if isinstance(value, list):
        for element in value:
            yield from values_of(element, name)
    elif isinstance(value, dict):
        if name in value:
            yield value[name]
        for element in value.values():
            yield from values_of(element, name)


async def new_source(shopper: Shopper) -> str:
    source: dict[str, str] = (await shopper.sandbox.post("/_sandbox/sources")).json()
    return source["sourceId"]


async def order_number(shopper: Shopper) -> str:
    return str((await shopper.sandbox.get("/_sandbox/orders")).json()[0]["id"])


async def order_password(shopper: Shopper) -> str:
    return str((await shopper.sandbox.get("/_sandbox/orders")).json()[0]["password"])


FROM_THE_SANDBOX: dict[str, Callable[[Shopper], Awaitable[str]]] = {
    "sourceId": new_source,
    "number": order_number,
    "password": order_password,
}
