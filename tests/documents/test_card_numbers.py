"""A request with a card number is rejected, and the gateway does not log the number or send it to Digital River.

Other numbers are accepted.
"""

import io
import json
import re
from typing import Any
from urllib.parse import urlencode

import pytest
from graphql import GraphQLInputObjectType, get_named_type, is_list_type
from graphql import get_nullable_type as plain
from stdnum import luhn

from gateway.documents.card_numbers import has_card_number
from sandbox.model.world import World
from schema.build import build
from tests.support.graph_paths import literal_of_field
from tests.support.shop import ADDRESS, CLIENT, PACK, Shopper, Storefront, new_key

CARD = "4111111111111111"

CARDS = {
    "Visa": CARD,
    "Visa of 13 digits": "4222222222222",
    "Visa of 19 digits": "4000000000000000006",
    "Mastercard": "5555555555554444",
    "Mastercard that begins with 2": "2223003122003222",
    "American Express": "378282246310005",
    "Diners Club": "30569309025904",
    "Discover": "6011111111111117",
    "JCB": "3530111333300000",
    "UnionPay": "6200000000000005",
    "Maestro": "6304000000000000",
}

SPELLINGS = {
    "spaces": "4111 1111 1111 1111",
    "hyphens": "4111-1111-1111-1111",
    "dots": "4111.1111.1111.1111",
    "underscores": "4111_1111_1111_1111",
    "typographic dashes": "4111–1111—1111‑1111",
    "a space after each digit": " ".join(CARD),
    "non-breaking spaces": "4111\u00a01111\u202f1111\u20091111",
    "invisible characters": "4\u200b1\u200d1\u20601\ufeff1\u00ad11111111111",
    "wide digits": "４１１１１１１１１１１１１１１１",
    "Arabic digits": "٤١١١١١١١١١١١١١١١",
    "Devanagari digits": "४१११११११११११११११",
    "bold digits": "𝟒𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏",
    "circled digits": "④①①①①①①①①①①①①①①①",
    "surrounded by words": "my card is 4111111111111111, thanks",
    "surrounded by letters without spaces": "card4111111111111111visa",
    "preceded by other numbers": "2 times 3, 4111 1111 1111 1111",
    "followed by expiry and code": "4111111111111111 12/30 123",
    "expiry and code without spaces": "41111111111111111230123",
    "surrounded by other digits": "99999" + CARD + "99999",
}


@pytest.mark.parametrize("text", CARDS.values(), ids=CARDS.keys())
def test_card_numbers_of_all_issuers_are_detected(text: str) -> None:
    assert luhn.is_valid(text)
    assert has_card_number(text)
    assert has_card_number(f"x{text}x")


@pytest.mark.parametrize("text", SPELLINGS.values(), ids=SPELLINGS.keys())
def test_card_number_is_detected_in_every_notation(text: str) -> None:
    assert has_card_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "1127950780082",
        "4111111111111112",
        "411111111111",
        "9999999999999999",
        "+4915123456786",
        "+49 151 2345 6786",
        "4006381333931",
        "2026-11-22T10:00:00.123456Z",
        "952-555-0100",
        "fb.1.1596403881668.1116446470",
        "550e8400-e29b-41d4-a716-446655440000",
        "UHJvZHVjdDo1NDAxMjMwMTAw",
        "",
    ],
)
def test_numbers_that_are_not_card_numbers_are_accepted(text: str) -> None:
    assert not has_card_number(text)


ERRORS = "errors { __typename code path retry }"
CARD_DETECTED = "SENSITIVE_DATA_DETECTED"


async def test_mutation_with_card_number_returns_an_error_with_its_path(
    shopper: Shopper, world: World, log: io.StringIO
) -> None:
    await shopper.storefront.add(PACK)
    world.calls.clear()
    text = "mutation($code: String!) { applyOffer(input: {offer: {couponCode: $code}}) { cart { id } %s } }"
    answer = await shopper.storefront.ask(text % ERRORS, code="4111 1111 1111 1111")
    payload = answer.data["applyOffer"]
    assert payload["errors"] == [
        {
            "__typename": "InputError",
            "code": CARD_DETECTED,
            "path": ["input", "offer", "couponCode"],
            "retry": "FIX_THEN_RETRY",
        }
    ]
    assert payload["cart"]["id"]
    assert {call.method for call in world.calls.by_call} == {"GET"}
    # Not its first digits alone, which a random request id may contain.
    assert "4111 1111" not in str(answer.body) + log.getvalue()
    assert "41111111" not in str(answer.body) + log.getvalue()
    assert "card number refused" in log.getvalue()


async def test_other_mutations_are_executed_beside_one_with_card_number(shopper: Shopper) -> None:
    text = """mutation($lines: [NewCartLineInput!]!, $organisation: String) {
      addCartLines(input: {lines: $lines}) { cart { totalQuantity } errors { code } }
      card: updateCart(input: {organizationId: $organisation}) { errors { code path } } }"""
    lines = [{"product": {"upstreamId": PACK}}]
    answer = await shopper.storefront.ask(text, lines=lines, organisation=CARD)
    assert answer.data == {
        "addCartLines": {"cart": {"totalQuantity": 1}, "errors": []},
        "card": {"errors": [{"code": CARD_DETECTED, "path": ["input", "organizationId"]}]},
    }


@pytest.mark.parametrize("name", ["firstName", "line1", "line2", "city", "postalCode", "phoneNumber", "companyName"])
async def test_address_with_card_number_is_not_sent(shopper: Shopper, world: World, name: str) -> None:
    await shopper.storefront.add(PACK)
    world.calls.clear()
    payload = await shopper.storefront.give_details(**{name: "5555 5555 5555 4444"})
    errors = {(error["code"], error["path"][-1]) for error in payload["errors"]}
    assert errors == {(CARD_DETECTED, name)}
    assert {call.method for call in world.calls.by_call} <= {"GET"}


def string_paths() -> list[tuple[str, tuple[str, ...]]]:
    """Return the name of the mutation and the path of the input, for each string input of the graph's mutations."""
    root = build().core.mutation_type
    assert root is not None
    return [
        (name, (argument_name, *path))
        for name, field in root.fields.items()
        for argument_name, argument in field.args.items()
        for path in nested_paths(argument.type, ())
        if path[-1:] != ("number",)  # An order number may look like a card number.
    ]


def nested_paths(type_: Any, parents: tuple[str, ...]) -> list[tuple[str, ...]]:
    named = get_named_type(type_)
    if not isinstance(named, GraphQLInputObjectType):
        return [("0",) if is_list_type(plain(type_)) else ()] if named.name == "String" else []
    if named.name in parents:
        return []
    step = ("0",) if is_list_type(plain(type_)) else ()
    return [
        (*step, name, *path)
        for name, field in named.fields.items()
        for path in nested_paths(field.type, (*parents, named.name))
    ]


def value_with(type_: Any, path: tuple[str, ...]) -> Any:
    """Return a value of the input type `type_`. The value has a card number at `path`."""
    named = get_named_type(type_)
    if is_list_type(plain(type_)):
        return [value_with(plain(type_).of_type, path[1:])]
    if not path:
        return CARD
    first, *rest = path
    required = {
        name: read(literal_of_field(named, name))
        for name, field in named.fields.items()
        if str(field.type).endswith("!") and name != first
    }
    return required | {first: value_with(named.fields[first].type, tuple(rest))}


def read(text: str) -> Any:
    from graphql import parse_value, value_from_ast_untyped

    return value_from_ast_untyped(parse_value(text))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "path"), string_paths(), ids=lambda value: value if isinstance(value, str) else ".".join(value)
)
async def test_card_number_in_any_string_of_a_mutation_is_rejected(
    registered_shopper: Shopper, world: World, log: io.StringIO, name: str, path: tuple[str, ...]
) -> None:
    root = build().core.mutation_type
    assert root is not None
    type_ = root.fields[name].args[path[0]].type
    world.calls.clear()
    text = f"mutation($given: {type_}) {{ {name}({path[0]}: $given) {{ errors {{ code path }} }} }}"
    answer = await registered_shopper.storefront.ask(text, given=value_with(type_, path[1:]))
    assert answer.data[name]["errors"] == [{"code": CARD_DETECTED, "path": list(path)}]
    assert CARD not in str(answer.body) + log.getvalue()
    assert world.calls.count() == 0


QUERY = "query($text: String!) { product(by: {externalReferenceId: $text}) { name } }"


@pytest.mark.parametrize(
    "body",
    [
        {"query": QUERY, "variables": {"text": CARD}},
        {"query": '{ product(by: {externalReferenceId: "4111111111111111"}) { name } }'},
        {"query": "{ storefront { locales } } # 4111 1111 1111 1111"},
        {"query": "{ a4111111111111111: storefront { locales } }"},
        {"query": "{ storefront { locales }", "operationName": CARD},
        {"query": "{ products(first: 4111111111111111) { totalCount } }"},
        {"query": "query Named { storefront { locales } }", "operationName": "Named4111111111111111"},
        {"query": "{ storefront { locales } }", "variables": {"unused": CARD}},
        {"query": "{ storefront { locales } }", "variables": {CARD: 1}},
        {"query": "{ storefront { locales } }", "variables": {"deep": [{"er": ["4111 1111 1111 1111"]}]}},
        {"query": "query($n: Int!) { products(first: $n) { totalCount } }", "variables": {"n": int(CARD)}},
        {"query": "query($id: ID!) { order(id: $id) { id } }", "variables": {"id": CARD}},
        {
            "query": "mutation($k: UUID!) { addCartLines(input: {idempotencyKey: $k, lines: []}) { errors { code } } }",
            "variables": {"k": CARD},
        },
        {
            "query": "mutation($address: AddressInput!) { setCartAddresses(input: {billing: {address: $address}}) "
            "{ errors { code } } }",
            "variables": {"address": ADDRESS | {"email": f"{CARD}@shop.example"}},
        },
    ],
)
async def test_card_number_outside_a_mutation_string_rejects_the_whole_request(
    storefront: Storefront, world: World, log: io.StringIO, body: dict[str, Any]
) -> None:
    answer = await storefront.send(body)
    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert "looks like card data" in error["message"]
    output = answer.text + str(answer.headers) + log.getvalue()
    # A random request id may contain 1111 by chance, so the test searches for the last eight digits of the card.
    assert not re.search(r"1111[ ]?1111", output)
    assert world.calls.count() == 0


@pytest.mark.parametrize(
    "header", ["User-Agent", "X-Riverfront-Client", "Referer", "X-Datadog-Trace-Id", "X-Forwarded-For", "Via"]
)
async def test_card_number_in_a_header_goes_nowhere(
    storefront: Storefront, world: World, log: io.StringIO, header: str
) -> None:
    body = {"query": '{ storefront { locales } product(by: {upstreamId: "5401230300"}) { name } }'}
    answer = await storefront.send(body, **{header: f"card {CARD}"})
    assert answer.status_code == 200
    assert CARD not in answer.text + str(answer.headers) + log.getvalue() + str(world.calls)


async def test_forwarded_addresses_are_no_card_number(storefront: Storefront) -> None:
    hops = "198.51.100.1, 203.0.113.105"
    answer = await storefront.send({"query": "{ storefront { locales } }"}, **{"X-Forwarded-For": hops})
    assert answer.status_code == 200


async def test_card_number_is_not_used_as_request_id(storefront: Storefront, log: io.StringIO) -> None:
    answer = await storefront.send({"query": "{ storefront { locales } }"}, **{"X-Request-Id": CARD})
    assert CARD not in answer.headers["x-request-id"]
    assert CARD not in log.getvalue()


@pytest.mark.parametrize(
    "parameters",
    [
        {"query": QUERY, "variables": json.dumps({"text": CARD})},
        {"query": "{ storefront { locales } }", "utm_source": CARD},
        {"query": "{ storefront { locales } }", CARD: "x"},
        {"query": "{ storefront { locales } } # " + CARD},
    ],
)
async def test_request_with_card_number_in_its_url_is_rejected(
    storefront: Storefront, log: io.StringIO, parameters: dict[str, str]
) -> None:
    answer = await storefront.http.get("/graphql?" + urlencode(parameters), headers=CLIENT)
    assert answer.status_code == 400
    assert "looks like card data" in answer.json()["errors"][0]["message"]
    assert CARD not in answer.text + log.getvalue()


ORDER_NUMBER_LIKE_VISA = "4222222222222"


async def test_identifiers_that_look_like_cards_are_accepted(shopper: Shopper, world: World) -> None:
    """An order number may begin with 4 and have a valid check digit, like a Visa card number."""
    assert has_card_number(ORDER_NUMBER_LIKE_VISA)
    answer = await shopper.storefront.ask(QUERY, text=ORDER_NUMBER_LIKE_VISA)
    assert answer.data == {"product": None}
    await shopper.storefront.add(PACK)
    text = """mutation($number: String!) {
      lookupOrder(input: {by: {orderPassword: {number: $number, password: "secret-1"}}}) { errors { code } } }"""
    answer = await shopper.storefront.ask(text, number=ORDER_NUMBER_LIKE_VISA)
    assert answer.data["lookupOrder"]["errors"] == [{"code": "NOT_FOUND"}]


async def test_national_telephone_number_is_accepted(shopper: Shopper) -> None:
    await shopper.storefront.add(PACK)
    payload = await shopper.storefront.give_details(phoneNumber="49151 2345678 6")
    assert payload["errors"] == []


async def test_idempotency_key_of_mutation_with_card_number_stays_unused(shopper: Shopper) -> None:
    key = new_key()
    text = """mutation($key: UUID!, $value: String!) { addCartLines(input: {idempotencyKey: $key, lines: [{product:
      {upstreamId: "5401230100"}, customAttributes: [{name: "engraving", value: $value}]}]}) {
      cart { totalQuantity } errors { code path } } }"""
    refused = await shopper.storefront.ask(text, key=key, value=CARD)
    assert refused.data["addCartLines"]["errors"] == [
        {"code": CARD_DETECTED, "path": ["input", "lines", "0", "customAttributes", "0", "value"]}
    ]
    again = await shopper.storefront.ask(text, key=key, value="For Ada")
    assert again.data["addCartLines"]["cart"] == {"totalQuantity": 1}


async def test_cart_revision_that_contains_a_card_number_is_accepted(storefront: Storefront) -> None:
    await storefront.add(PACK)
    text = "mutation($revision: CartRevision) { updateCart(input: {ifRevision: $revision}) { errors { code } } }"
    payload = (await storefront.ask(text, revision=f"{CARD}{'a' * 16}")).data["updateCart"]
    assert payload["errors"] == [{"code": "CART_REVISION_MISMATCH"}]
    refused = await storefront.ask(text, revision=f"{CARD} is my card")
    assert refused.codes == ["BAD_USER_INPUT"]
    assert "looks like card data" in refused.body["errors"][0]["message"]


UUID_LIKE_VISA = "41111111-1111-4008-8abc-222222222222"
LITERALS = {
    "UUID": f'idempotencyKey: "{UUID_LIKE_VISA}", lines: []',
    "ID": f'lines: [{{product: {{id: "{UUID_LIKE_VISA}"}}}}]',
    "upstream id": f'lines: [{{product: {{upstreamId: "{ORDER_NUMBER_LIKE_VISA}"}}}}]',
}


@pytest.mark.parametrize("literals", LITERALS.values(), ids=LITERALS)
async def test_identifier_literals_that_look_like_cards_are_accepted(storefront: Storefront, literals: str) -> None:
    assert has_card_number(literals)
    answer = await storefront.ask(f"mutation {{ addCartLines(input: {{{literals}}}) {{ errors {{ code }} }} }}")
    assert answer.status == 200, "the gateway executes the mutation"


HIDDEN_LITERALS = {
    "escape sequence": '"4111\\u00311111111\\u{31}111"',
    "block string": '"""4111\n      1111\n      1111 1111"""',
    "plain": f'"{CARD}"',
    "number": CARD,
    "identifier with more text": f'"{CARD} is my card"',
}


@pytest.mark.parametrize("literal", HIDDEN_LITERALS.values(), ids=HIDDEN_LITERALS)
@pytest.mark.parametrize("name", ["couponCode", "id"])
async def test_card_number_in_any_notation_of_a_literal_is_rejected(
    storefront: Storefront, literal: str, name: str
) -> None:
    text = f"mutation {{ applyOffer(input: {{offer: {{{name}: {literal}}}}}) {{ errors {{ code }} }} }}"
    answer = await storefront.ask(text)
    assert answer.status == 400
    assert "looks like card data" in answer.body["errors"][0]["message"]


CNPJ_LIKE_MAESTRO = "50717861990040"
TAX = """mutation($value: String!, $key: String!) { setTaxIdentifiers(input: {customerType: BUSINESS,
  taxIdentifiers: [{key: $key, value: $value}]}) { errors { code path } } }"""


@pytest.mark.parametrize(
    "text", [TAX, TAX.replace("$value}", f'"{CNPJ_LIKE_MAESTRO}"}}').replace("$value: String!, ", "")]
)
async def test_tax_identifier_that_looks_like_a_card_is_accepted(shopper: Shopper, text: str) -> None:
    assert has_card_number(CNPJ_LIKE_MAESTRO)
    await shopper.storefront.add(PACK)
    variables = {"key": "CNPJ"} | ({"value": CNPJ_LIKE_MAESTRO} if "$value" in text else {})
    payload = (await shopper.storefront.ask(text, **variables)).data["setTaxIdentifiers"]
    # The cart's country has no such identifier.
    assert payload["errors"] == [{"code": "TAX_IDENTIFIER_INVALID", "path": ["input", "taxIdentifiers", "0", "key"]}]
    refused = (await shopper.storefront.ask(TAX, key="CNPJ", value=CARD)).data["setTaxIdentifiers"]
    assert refused["errors"] == [{"code": CARD_DETECTED, "path": ["input", "taxIdentifiers", "0", "value"]}]
