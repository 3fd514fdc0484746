"""The committed SDL is up to date, and the operations of examples and pages are valid."""

import re
from pathlib import Path

from graphql import DocumentNode, GraphQLInputObjectType, build_schema, parse, print_ast, validate

from schema.build import build
from tests.support.shop import documents

ROOT = Path(__file__).parents[2]
COMMITTED = ROOT / "schema" / "schema.graphql"
CAPABILITIES = ROOT / "docs" / "capabilities"


def test_committed_sdl_is_up_to_date() -> None:
    assert build().as_str() == COMMITTED.read_text(), "run `make schema` and check the difference"


def test_committed_sdl_is_valid_by_itself() -> None:
    assert build_schema(COMMITTED.read_text()).query_type is not None


def test_every_type_and_field_has_a_description() -> None:
    core = build().core
    for name, type_ in core.type_map.items():
        if name.startswith("__") or name in ("String", "Int", "Float", "Boolean", "ID"):
            continue
        assert type_.description, name
        for field_name, field in getattr(type_, "fields", {}).items():
            assert field.description, f"{name}.{field_name}"


def test_every_example_operation_is_valid() -> None:
    core = build().core
    assert len(documents()) >= 11
    for name, text in documents().items():
        assert validate(core, parse(text)) == [], name


def test_every_operation_of_the_capability_pages_is_valid() -> None:
    core = build().core
    text = "".join(page.read_text() for page in CAPABILITIES.glob("*.md"))
    blocks = re.findall(r"```graphql\n(.*?)```", text, re.DOTALL)
    assert len(blocks) > 10
    for definition in (definition for block in blocks for definition in parse(block).definitions):
        assert validate(core, DocumentNode(definitions=(definition,))) == [], print_ast(definition)


def test_no_input_field_accepts_card_data() -> None:
    """Inputs accept only ids of payment sources, which DigitalRiver.js creates."""
    core = build().core
    forbidden = re.compile(r"card_?number|cvv|cvc|security_?code|expir|iban|account_?number|^pan$", re.IGNORECASE)
    inputs = [
        f"{type_name}.{field_name}"
        for type_name, type_ in core.type_map.items()
        if isinstance(type_, GraphQLInputObjectType)
        for field_name in type_.fields
    ]
    for root in (core.query_type, core.mutation_type):
        assert root is not None
        inputs += [f"{name}.{argument}" for name, field in root.fields.items() for argument in field.args]
    assert len(inputs) > 50
    assert [name for name in inputs if forbidden.search(name.rpartition(".")[2])] == []
