"""The graph as it is printed, and what its policies promise."""

import re
from pathlib import Path

from graphql import GraphQLInputObjectType, GraphQLObjectType, build_schema, is_required_argument, parse, validate

from gateway.enums import SessionLevel
from sandbox.world import World
from schema.build import build
from schema.directives import RequiresSession
from tests.shop import Storefront, documents

COMMITTED = Path(__file__).parent.parent / "schema" / "schema.graphql"


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


async def test_every_member_that_needs_a_session_asks_for_it(storefront: Storefront, world: World) -> None:
    core = build().core
    checked = 0
    for root in (core.query_type, core.mutation_type):
        assert isinstance(root, GraphQLObjectType)
        for name, field in root.fields.items():
            definition = field.extensions["strawberry-definition"]
            level = next((one.level for one in definition.directives if isinstance(one, RequiresSession)), None)
            assert level is not None, f"{root.name}.{name} does not say which session it needs"
            if level is SessionLevel.NONE or any(is_required_argument(one) for one in field.args.values()):
                continue
            answer = await storefront.ask(f"query {{ {name} {{ __typename }} }}")
            assert answer.codes == ["SESSION_REQUIRED"], name
            checked += 1
    assert checked >= 3
    assert world.calls.count() == 0


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
