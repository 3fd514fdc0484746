"""Messages about invalid values and documents name position, type and kind of the error, and never repeat a value."""

import json
from typing import Any

import httpx
import pytest
from graphql import GraphQLInputObjectType, get_named_type, is_list_type
from graphql.utilities import print_type

from sandbox.model.world import World
from schema.build import build
from tests.support.shop import CLIENT, Clock, InMemoryTransport, Storefront, gateway

CANARY = "hunter2-Secret"

SIGN_IN = "mutation($input: SignInInput!) { signIn(input: $input) { errors { code } } }"
LITERAL = "mutation { signIn(input: %s) { errors { code } } }"

MUTATIONS = build().core.mutation_type.fields  # type: ignore[union-attr]  # the graph has mutations


def literal(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {literal(part)}" for name, part in value.items()) + "}"
    return f"[{', '.join(map(literal, value))}]" if isinstance(value, list) else json.dumps(value)


def inputs_with_canaries(input_type: GraphQLInputObjectType) -> list[Any]:
    """Values of the input type that are invalid in every field, at each depth."""
    wrong_parts: list[Any] = [CANARY, [[CANARY]], {"surplus": CANARY}, 918273645]
    values = [*wrong_parts, *(dict.fromkeys(input_type.fields, part) | {"surplus": CANARY} for part in wrong_parts)]
    for name, field in input_type.fields.items():
        nested = get_named_type(field.type)
        if isinstance(nested, GraphQLInputObjectType):
            parts = inputs_with_canaries(nested)
            values += [{name: [part] if is_list_type(field.type) else part} for part in parts]
    return values


async def post(storefront: Storefront, query: str, **variables: Any) -> httpx.Response:
    body = {"query": query, "variables": variables}
    return await storefront.http.post("/graphql", json=body, headers=CLIENT)


@pytest.mark.parametrize("name", MUTATIONS)
async def test_no_error_of_a_mutation_repeats_a_value(storefront: Storefront, name: str) -> None:
    arguments = MUTATIONS[name].args
    if "input" not in arguments:
        return
    input_type = get_named_type(arguments["input"].type)
    assert isinstance(input_type, GraphQLInputObjectType), print_type(input_type)
    for value in inputs_with_canaries(input_type):
        by_variable = await post(
            storefront, f"mutation($i: {input_type.name}!) {{ {name}(input: $i) {{ __typename }} }}", i=value
        )
        by_literal = await post(storefront, f"mutation {{ {name}(input: {literal(value)}) {{ __typename }} }}")
        for answer in (by_variable, by_literal):
            assert answer.json()["errors"]
            assert "data" not in answer.json()
            assert CANARY not in answer.text
            assert "918273645" not in answer.text


PROBLEMS: dict[str, tuple[Any, str, str]] = {
    "unknown field": (
        {"credentials": {"password": {"username": "v", "password": CANARY, "otp": 1}}},
        ".credentials.password",
        "PasswordCredentials has no field `otp`. PasswordCredentials has the fields username, password.",
    ),
    "wrong type": (
        {"credentials": {"password": {"username": "v", "password": [CANARY]}}},
        ".credentials.password.password",
        "The value must be of the type String.",
    ),
    "number": (
        {"credentials": {"password": {"username": "v", "password": 918273645}}},
        ".credentials.password.password",
        "The value must be of the type String.",
    ),
    "missing field": (
        {"credentials": {"password": {"password": CANARY}}},
        ".credentials.password",
        "PasswordCredentials needs the field `username`.",
    ),
    "null": (
        {"credentials": {"password": {"username": None, "password": CANARY}}},
        ".credentials.password.username",
        "String! must not be null.",
    ),
    "two of one": (
        {"credentials": {"password": {"username": "v", "password": CANARY}, "merchantAssertion": CANARY}},
        ".credentials",
        "SignInCredentials needs exactly one of its fields, and not null.",
    ),
    "no object": ({"credentials": CANARY}, ".credentials", "The value must be of the type SignInCredentials."),
    "enum": (
        {"credentials": {"merchantAssertion": "a"}, "delivery": "HUNTER2"},
        ".delivery",
        "The value must be of the type SessionDelivery. Its values are COOKIE, BEARER.",
    ),
}


@pytest.mark.parametrize(("value", "position", "problem"), PROBLEMS.values(), ids=PROBLEMS)
async def test_error_names_position_type_and_kind(
    storefront: Storefront, value: Any, position: str, problem: str
) -> None:
    (error,) = (await storefront.ask(SIGN_IN, input=value)).body["errors"]
    assert error["message"] == f"Variable '$input' has invalid value at {position}: {problem}"
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    (error,) = (await storefront.ask(LITERAL % literal(value))).body["errors"]
    assert error["message"] == problem
    assert error["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"
    assert error["locations"]


@pytest.mark.parametrize("value", ["{}", '{upstreamId: "1", externalReferenceId: "2"}', "{upstreamId: null}"])
async def test_literal_without_exactly_one_field_is_refused(storefront: Storefront, value: str) -> None:
    answer = await storefront.ask(f"{{ product(by: {value}) {{ name }} }}")
    (error,) = answer.body["errors"]
    assert (answer.status, answer.codes) == (400, ["GRAPHQL_VALIDATION_FAILED"])
    assert error["message"] == "ProductBy needs exactly one of its fields, and not null."


@pytest.mark.parametrize("variables", [{}, {"id": None}])
async def test_variable_without_a_value_is_refused_where_one_is_needed(
    storefront: Storefront, variables: dict[str, Any]
) -> None:
    answer = await storefront.ask("query($id: String) { product(by: {upstreamId: $id}) { name } }", **variables)
    assert answer.codes == ["BAD_USER_INPUT"]
    assert answer.body["data"] == {"product": None}


async def test_positions_in_lists_and_missing_variables_are_named(storefront: Storefront) -> None:
    add = """mutation($key: UUID!, $lines: [NewCartLineInput!]!) {
      addCartLines(input: {idempotencyKey: $key, lines: $lines}) { errors { code } } }"""
    lines = [{"product": {"upstreamId": "1"}}, {"product": {"upstreamId": "1"}, "quantity": CANARY}]
    errors = (await storefront.ask(add, lines=lines)).body["errors"]
    assert [error["message"] for error in errors] == [
        "Variable '$key' is missing. Send `key` in `variables`, of the type UUID!.",
        "Variable '$lines' has invalid value at [1].quantity: The value must be of the type Int.",
    ]


@pytest.mark.parametrize(
    "document",
    [
        f'mutation {{ signIn(input: {{password: "a" {CANARY}"}}) }}',
        f'mutation {{ signIn(input: "{CANARY}" "{CANARY}") }}',
        f'mutation {{ signIn(input: {{password "{CANARY}"}}) }}',
        "mutation { signIn(input: {password 918273645}) }",
        f'mutation {{ signIn(input: {{password """{CANARY}"""}}) }}',
        f'mutation {{ signIn(input: {{password: "{CANARY}',
        f'mutation {{ signIn(input: {{password: "{CANARY}\\x"}}) }}',
        f'mutation {{ signIn(input: {{password: hunter2 "Secret"}}) }} "{CANARY}"',
    ],
)
async def test_syntax_error_repeats_no_part_of_the_document(storefront: Storefront, document: str) -> None:
    answer = await post(storefront, document)
    (error,) = answer.json()["errors"]
    assert error["extensions"]["code"] == "GRAPHQL_PARSE_FAILED"
    assert error["locations"]
    for part in ("hunter2", "Secret", "918273645"):
        assert part not in answer.text


async def test_only_development_mode_suggests_names(world: World, network: InMemoryTransport, clock: Clock) -> None:
    value = {"credentials": {"merchantAssertion": "a"}, "delivery": "COOKY", "deliverie": "COOKIE"}
    for development, suggested in ((True, ["COOKIE", "delivery"]), (False, [])):
        async with gateway(world, network, clock, development=development) as storefront:
            for answer in (
                await post(storefront, SIGN_IN, input=value),
                await post(storefront, LITERAL % literal(value).replace('"COOKY"', "COOKY")),
            ):
                assert [name for name in ("COOKIE", "delivery") if f"Did you mean '{name}'" in answer.text] == suggested
