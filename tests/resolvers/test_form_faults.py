"""A mutation reports all faults of its input at once, each at its path, and changes nothing."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    get_named_type,
    get_nullable_type,
    is_list_type,
    is_required_input_field,
    is_specified_scalar_type,
)

from sandbox.model.world import World
from schema.build import build
from tests.support.shop import (
    ADDRESS,
    CART,
    PACK,
    Clock,
    InMemoryTransport,
    Shopper,
    Storefront,
    gateway,
    new_key,
)

MUTATIONS = build().core.mutation_type.fields  # type: ignore[union-attr]  # the graph has mutations

VALID: dict[str, Any] = {
    "String": "a",
    "ID": "a",
    "Int": 1,
    "Boolean": True,
    "UUID": "2c8e3a6e-6cbc-4a8e-9a3c-9d1f0c1d7a11",
    "EmailAddress": "ada@example.com",
    "CountryCode": "US",
    "CurrencyCode": "USD",
    "Locale": "en-US",
    "Decimal": "1.00",
    "CartRevision": "a",
}

Path = tuple[str | int, ...]

PREPARE = """mutation($billing: AddressChoice, $shipping: AddressChoice) {
  prepareCheckout(input: {billing: $billing, shipping: $shipping}) { errors { __typename code message path } } }"""


def valid(of: GraphQLInputType) -> Any:
    """A value of the type without optional fields."""
    nullable: Any = get_nullable_type(of)
    if is_list_type(nullable):
        return [valid(nullable.of_type)]
    if isinstance(nullable, GraphQLInputObjectType):
        required = {name: field for name, field in nullable.fields.items() if is_required_input_field(field)}
        chosen = required or (dict([next(iter(nullable.fields.items()))]) if nullable.is_one_of else {})
        return {name: valid(field.type) for name, field in chosen.items()}
    return next(iter(nullable.values)) if isinstance(nullable, GraphQLEnumType) else VALID[nullable.name]


def with_each_malformed(of: GraphQLInputType) -> Iterator[tuple[Path, Any]]:
    """Values of the type in which one string is not in the format of its scalar, with the path of the string."""
    nullable: Any = get_nullable_type(of)
    named = get_named_type(nullable)
    if is_list_type(nullable):
        yield from (((1, *path), [valid(nullable.of_type), part]) for path, part in with_each_malformed(named))
    elif isinstance(named, GraphQLInputObjectType):
        others = {} if named.is_one_of else valid(named)
        for name, field in named.fields.items():
            yield from (((name, *path), others | {name: part}) for path, part in with_each_malformed(field.type))
    elif not (isinstance(named, GraphQLEnumType) or is_specified_scalar_type(named)):
        yield (), "not in the format"


def literal(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {literal(part)}" for name, part in value.items()) + "}"
    if isinstance(value, list):
        return f"[{', '.join(map(literal, value))}]"
    return value if isinstance(value, str) and value.isupper() and value not in VALID.values() else json.dumps(value)


CASES = [
    pytest.param(mutation, path, value, id=f"{mutation}-{'.'.join(map(str, path))}")
    for mutation, field in MUTATIONS.items()
    if "input" in field.args
    for path, value in with_each_malformed(field.args["input"].type)
]


def test_every_scalar_with_a_format_has_a_case() -> None:
    assert len(CASES) > 40


@pytest.mark.parametrize(("mutation", "path", "value"), CASES)
async def test_malformed_value_is_an_error_at_its_path(
    registered_shopper: Shopper, mutation: str, path: Path, value: Any
) -> None:
    registered_shopper.world.calls.clear()
    type_name = get_named_type(MUTATIONS[mutation].args["input"].type).name
    payload = "{ errors { __typename code message path } }"
    by_variable = await registered_shopper.storefront.ask(
        f"mutation($i: {type_name}!) {{ {mutation}(input: $i) {payload} }}", i=value
    )
    by_literal = await registered_shopper.storefront.ask(
        f"mutation {{ {mutation}(input: {literal(value)}) {payload} }}"
    )
    for answer in (by_variable, by_literal):
        errors = answer.data[mutation]["errors"]
        (error,) = [error for error in errors if error["path"] == ["input", *map(str, path)]]
        assert (error["__typename"], error["code"]) == ("InputError", "INVALID_INPUT")
        assert error["message"].startswith(f"`{path[-1]}` is malformed. ")
        assert "not in the format" not in json.dumps(answer.body)
    assert registered_shopper.world.calls.count() == 0


async def test_all_faults_of_a_form_are_reported_at_once(shopper: Shopper) -> None:
    await shopper.storefront.add(PACK)
    shopper.world.calls.clear()
    billing = {"address": ADDRESS | {"email": "ada@", "line1": "  ", "countryCode": "XX", "city": ""}}
    shipping = {"address": ADDRESS | {"countryCode": "Germany", "firstName": "\t"}}
    payload = (await shopper.storefront.ask(PREPARE, billing=billing, shipping=shipping)).data["prepareCheckout"]
    assert {(error["code"], *error["path"][1:]) for error in payload["errors"]} == {
        ("INVALID_INPUT", "billing", "address", "email"),
        ("MISSING_INPUT", "billing", "address", "line1"),
        ("INVALID_INPUT", "billing", "address", "countryCode"),
        ("MISSING_INPUT", "billing", "address", "city"),
        ("INVALID_INPUT", "shipping", "address", "countryCode"),
        ("MISSING_INPUT", "shipping", "address", "firstName"),
    }
    assert shopper.world.calls.count() == 0
    assert (await shopper.cart_json())["cart"]["billingAddress"].get("line1") is None


async def test_country_not_served_is_reported_beside_a_malformed_email(
    world: World, network: InMemoryTransport, clock: Clock
) -> None:
    billing = {"address": ADDRESS | {"countryCode": "FR", "email": "ada"}}
    async with gateway(world, network, clock, billing_countries="US,DE") as storefront:
        await storefront.add(PACK)
        answer = await storefront.ask(PREPARE, billing=billing)
    errors = answer.data["prepareCheckout"]["errors"]
    assert [error["code"] for error in errors] == ["INVALID_INPUT", "COUNTRY_NOT_SERVED"]


async def test_malformed_postal_code_is_reported_beside_a_malformed_email(shopper: Shopper) -> None:
    await shopper.storefront.add(PACK)
    shopper.world.calls.clear()
    billing = {"address": ADDRESS | {"postalCode": "553431234", "email": "ada"}}
    errors = (await shopper.storefront.ask(PREPARE, billing=billing)).data["prepareCheckout"]["errors"]
    assert [(error["code"], error["path"][-1]) for error in errors] == [
        ("INVALID_INPUT", "email"),
        ("ADDRESS_INVALID", "postalCode"),
    ]
    assert shopper.world.calls.count() == 0


async def test_malformed_literal_is_reported_each_time_it_is_sent(shopper: Shopper) -> None:
    document = 'mutation { startSession(input: {locale: "en_US!"}) { errors { code path } session { id } } }'
    answers = [(await shopper.storefront.ask(document)).data["startSession"] for _ in range(4)]
    assert answers == [{"errors": [{"code": "INVALID_INPUT", "path": ["input", "locale"]}], "session": None}] * 4


async def test_fault_of_one_mutation_leaves_the_others_alone(shopper: Shopper) -> None:
    await shopper.storefront.add(PACK)
    answer = await shopper.storefront.ask(
        """mutation($email: EmailAddress!) {
          bad: lookupOrder(input: {by: {cardDigits: {email: $email, lastFourDigits: "1"}}}) { errors { path } }
          good: updateCart(input: {organizationId: ""}) { errors { path } } }""",
        email="ada",
    )
    by = ["input", "by", "cardDigits"]
    assert [error["path"] for error in answer.data["bad"]["errors"]] == [[*by, "email"], [*by, "lastFourDigits"]]
    assert answer.data["good"]["errors"] == []


async def test_card_number_is_reported_beside_other_faults(shopper: Shopper) -> None:
    await shopper.storefront.add(PACK)
    billing = {"address": ADDRESS | {"line2": "4111 1111 1111 1111", "email": "ada"}}
    errors = (await shopper.storefront.ask(PREPARE, billing=billing)).data["prepareCheckout"]["errors"]
    assert [(error["code"], error["path"][-1]) for error in errors] == [
        ("SENSITIVE_DATA_DETECTED", "line2"),
        ("INVALID_INPUT", "email"),
    ]


@pytest.mark.parametrize("wrong", [7, ["ada"], {"ada": 1}, True])
async def test_value_of_another_kind_refuses_the_request(shopper: Shopper, wrong: Any) -> None:
    """The answer names the malformed values too, so that a developer sees all problems."""
    billing = {"address": ADDRESS | {"email": wrong, "countryCode": "Germany"}}
    answer = await shopper.storefront.ask(PREPARE, billing=billing)
    assert (answer.status, set(answer.codes)) == (400, {"BAD_USER_INPUT"})
    assert len(answer.codes) == 2


async def test_malformed_value_of_a_query_refuses_the_request(shopper: Shopper) -> None:
    by_variable = await shopper.storefront.ask(
        "query($key: UUID) { orderSubmission(idempotencyKey: $key) { status } }", key="mine"
    )
    assert (by_variable.status, by_variable.codes) == (400, ["BAD_USER_INPUT"])
    by_literal = await shopper.storefront.ask('{ orderSubmission(idempotencyKey: "mine") { status } }')
    assert (by_literal.status, by_literal.codes) == (400, ["GRAPHQL_VALIDATION_FAILED"])
    assert by_literal.body["errors"][0]["locations"]


async def test_malformed_default_of_a_variable_makes_the_document_invalid(storefront: Storefront) -> None:
    document = 'mutation($locale: Locale = "!") { startSession(input: {locale: $locale}) { errors { code } } }'
    assert (await storefront.ask(document)).codes == ["GRAPHQL_VALIDATION_FAILED"]


# Spaces around what a person types.


async def test_spaces_around_a_pasted_address_are_removed(shopper: Shopper) -> None:
    await shopper.storefront.add(PACK)
    padded = {name: value if name == "countryCode" else f" \t{value}\n " for name, value in ADDRESS.items()}
    answer = await shopper.storefront.ask(PREPARE, billing={"address": padded})
    assert answer.data["prepareCheckout"]["errors"] == []
    address = (await shopper.cart_json())["cart"]["billingAddress"]
    for name, wire in (("line1", "line1"), ("email", "emailAddress"), ("postalCode", "postalCode")):
        assert address[wire] == ADDRESS[name]


async def test_blank_optional_value_counts_as_absent(shopper: Shopper) -> None:
    await shopper.storefront.add(PACK)
    blank = {"line2": " ", "companyName": "", "email": " ", "phoneNumber": "\n"}
    answer = await shopper.storefront.ask(PREPARE, billing={"address": ADDRESS | blank})
    assert answer.data["prepareCheckout"]["errors"] == []
    address = (await shopper.cart_json())["cart"]["billingAddress"]
    assert [address.get(name) for name in ("line2", "companyName", "emailAddress", "phoneNumber")] == [None] * 4


async def test_address_of_blanks_never_becomes_an_order(shopper: Shopper) -> None:
    await shopper.storefront.add(PACK)
    blanks = {name: value if name == "countryCode" else " " for name, value in ADDRESS.items()}
    payload = await shopper.storefront.give_details(**blanks)
    paths = {error["path"][-1] for error in payload["errors"]}
    assert paths == {"firstName", "lastName", "line1", "city"}
    blockers = (await shopper.storefront.cart())["readiness"]["blockers"]
    assert "ADDRESS_MISSING" in {blocker["code"] for blocker in blockers}


async def test_coupon_is_applied_without_the_spaces_around_it(shopper: Shopper) -> None:
    await shopper.storefront.add(PACK)
    apply = """mutation($code: String!) { applyOffer(input: {offer: {couponCode: $code}}) {
      errors { code path } cart { appliedOffers { couponCode } } } }"""
    payload = (await shopper.storefront.ask(apply, code=" SPRING20\n")).data["applyOffer"]
    assert payload["errors"] == []
    assert "SPRING20" in {offer["couponCode"] for offer in payload["cart"]["appliedOffers"]}
    shopper.world.calls.clear()
    blank = (await shopper.storefront.ask(apply, code="  ")).data["applyOffer"]
    assert blank["errors"] == [{"code": "MISSING_INPUT", "path": ["input", "offer", "couponCode"]}]
    assert shopper.world.calls.count("POST", CART) == 0


async def test_password_is_used_exactly_as_typed(shopper: Shopper) -> None:
    keys = shopper.world.keys
    right = await shopper.storefront.another_tab().sign_in(f" {keys.shopper_username} ", keys.shopper_password)
    assert right["errors"] == []
    wrong = await shopper.storefront.another_tab().sign_in(keys.shopper_username, f"{keys.shopper_password} ")
    assert [error["code"] for error in wrong["errors"]] == ["SIGN_IN_FAILED"]


async def test_blank_required_strings_of_a_registration_are_reported(shopper: Shopper) -> None:
    await shopper.storefront.add(PACK)
    shopper.world.calls.clear()
    answer = await shopper.storefront.ask(
        """mutation($key: UUID!) { registerShopper(input: {idempotencyKey: $key, email: " ", password: "",
          firstName: " ", lastName: "L"}) { errors { code path } } }""",
        key=new_key(),
    )
    names = ("email", "password", "firstName")
    expected = [{"code": "MISSING_INPUT", "path": ["input", name]} for name in names]
    assert answer.data["registerShopper"]["errors"] == expected
    assert shopper.world.calls.count() == 0
