"""The graph as it is printed, and what its policies promise."""

import re
from pathlib import Path

from graphql import DocumentNode, GraphQLInputObjectType, build_schema, parse, print_ast, validate

from schema.build import build
from tests.support.shop import documents

ROOT = Path(__file__).parents[2]
COMMITTED = ROOT / "schema" / "schema.graphql"
CAPABILITIES = ROOT / "docs" / "capabilities"


def test_the_committed_sdl_is_the_graph() -> None:
    assert build().as_str() == COMMITTED.read_text(), "run `make schema` and look at the difference"


def test_the_committed_sdl_is_valid_by_itself() -> None:
    assert build_schema(COMMITTED.read_text()).query_type is not None


def test_every_member_is_described() -> None:
    core = build().core
    for name, type_ in core.type_map.items():
        if name.startswith("__") or name in ("String", "Int", "Float", "Boolean", "ID"):
            continue
        assert type_.description, name
        for member, field in getattr(type_, "fields", {}).items():
            assert field.description, f"{name}.{member}"


def test_every_example_operation_is_valid() -> None:
    core = build().core
    assert len(documents()) >= 11
    for name, text in documents().items():
        assert validate(core, parse(text)) == [], name


def test_every_operation_of_the_capabilities_is_valid() -> None:
    core = build().core
    text = "".join(page.read_text() for page in CAPABILITIES.glob("*.md"))
    blocks = re.findall(r"```graphql\n(.*?)```", text, re.DOTALL)
    assert len(blocks) > 10
    for definition in (one for text in blocks for one in parse(text).definitions):
        assert validate(core, DocumentNode(definitions=(definition,))) == [], print_ast(definition)


def test_nothing_asks_for_the_data_of_a_card() -> None:
    """Sources arrive as ids that the provider's script has made."""
    core = build().core
    forbidden = re.compile(r"card_?number|cvv|cvc|security_?code|expir|iban|account_?number|^pan$", re.IGNORECASE)
    asked = [
        f"{name}.{member}"
        for name, type_ in core.type_map.items()
        if isinstance(type_, GraphQLInputObjectType)
        for member in type_.fields
    ]
    for root in (core.query_type, core.mutation_type):
        assert root is not None
        asked += [f"{name}.{argument}" for name, field in root.fields.items() for argument in field.args]
    assert len(asked) > 50
    assert [one for one in asked if forbidden.search(one.rpartition(".")[2])] == []
