"""docs/codes.md has advice for each code that a storefront can receive, and the advice agrees with the answers."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from graphql import GraphQLEnumType, get_named_type

from gateway.enums import ErrorCode
from gateway.errors import TopLevelCode
from gateway.shopper_messages.message import ENUMS
from sandbox.model.world import World
from schema.build import build
from schema.descriptions import CODES, Code
from tests.refusals.test_every_code_is_sent import TABLES
from tests.support.codes_page import KINDS, SECTIONS, page, places, retry_of
from tests.support.listed_messages import ADVICE_AGAINST
from tests.support.provocations import Provoked
from tests.support.shop import Clock, InMemoryTransport, Shopper, Storefront
from tests.support.top_level_codes import TOP_LEVEL

PAGE = Path(__file__).parents[2] / "docs" / "codes.md"

CODE_FIELDS = {"code", "advice", "obstacles"}
"""Names of fields whose values are codes."""

OF_LIBRARY = {"authenticateSource", "DigitalRiver.js"}

NAME = re.compile(r"`([A-Za-z][\w.]*)")

EXTENSIONS = "extensions.riverfront.warnings"

ALL_CODES = [(enum, name) for enum, codes in CODES.items() for name in codes]


@pytest.fixture
def shop(
    storefront: Storefront, sandbox: httpx.AsyncClient, world: World, network: InMemoryTransport, clock: Clock
) -> Provoked:
    return Provoked(Shopper(storefront, sandbox, world), network, clock)


def test_codes_page_is_up_to_date() -> None:
    assert PAGE.read_text() == page(), "run `make schema`, which also writes docs/codes.md"


def test_every_enum_of_codes_has_advice() -> None:
    in_graph = {
        type_.name
        for owner in build().core.type_map.values()
        for name, field in getattr(owner, "fields", {}).items()
        if name in CODE_FIELDS and isinstance(type_ := get_named_type(field.type), GraphQLEnumType)
    }
    assert in_graph | {enum.__name__ for enum in ENUMS} <= CODES.keys()
    assert CODES.keys() == SECTIONS.keys()


def test_every_code_of_an_answer_has_advice() -> None:
    assert TOP_LEVEL.keys() == {code.value for code in TopLevelCode}


def test_every_mutation_has_a_kind() -> None:
    mutation = build().core.mutation_type
    assert mutation is not None
    assert sorted(places(KINDS)) == sorted(mutation.fields)


def advice() -> Iterator[tuple[str, Code]]:
    yield from ((f"{enum}.{name}", CODES[enum][name]) for enum, name in ALL_CODES)
    yield from TOP_LEVEL.items()


def test_advice_names_only_what_the_graph_has() -> None:
    types = build().core.type_map
    known = OF_LIBRARY | set(types) | {code.value for code in TopLevelCode}
    for type_ in types.values():
        for name, field in getattr(type_, "fields", {}).items():
            known |= {name, *getattr(field, "args", ())}
        known |= set(getattr(type_, "values", ()))
    for name, code in advice():
        for named in NAME.findall(code.advice):
            parts = [part for part in named.split(".") if part not in ("extensions", "rule")]
            assert named.startswith(("X", "RIVERFRONT")) or set(parts) <= known | {"retry", "retryAfter"}, (name, named)


@pytest.mark.parametrize("code", ErrorCode)
def test_advice_does_not_contradict_the_retry_of_its_error(code: ErrorCode) -> None:
    retries = retry_of(code)
    if len(retries) == 1:
        (retry,) = retries
        text = CODES["ErrorCode"][code.name].advice
        assert retry not in ADVICE_AGAINST or not ADVICE_AGAINST[retry].search(text)


def sent_in(answer: Any) -> Iterator[tuple[str, str, str | None]]:
    """The mutation, the code and the advice of each user error and warning in the payloads of an answer.

    The mutation is empty for an answer that is a payload itself.
    """
    payloads = answer["data"] or {} if "data" in answer else {"": answer}
    for name, payload in payloads.items():
        for entry in [*(payload or {}).get("errors", ()), *(payload or {}).get("warnings", ())]:
            yield name, entry["code"], entry.get("retry")


@pytest.mark.parametrize("enum", ["ErrorCode", "WarningCode"])
async def test_places_of_codes_exist(enum: str) -> None:
    mutation = build().core.mutation_type
    assert mutation is not None
    fields = {*mutation.fields, "Cart.warnings", EXTENSIONS}
    for name, code in CODES[enum].items():
        assert code.where, name
        assert set(places(code.where)) <= fields, name


@pytest.mark.parametrize(
    ("enum", "code"), [(enum, code) for enum in ("ErrorCode", "WarningCode") for code in TABLES[enum][1]]
)
async def test_provoked_code_is_sent_where_the_page_says(shop: Provoked, enum: str, code: str) -> None:
    _, table = TABLES[enum]
    answer = await table[code](shop)
    sent = [(field, retry) for field, name, retry in sent_in(answer) if name == code]
    assert sent or EXTENSIONS in CODES[enum][code].where
    for field, retry in sent:
        assert not field or field in places(CODES[enum][code].where)
        assert retry is None or retry in retry_of(ErrorCode[code])
