"""Ten mistakes of a beginner. Each answer says what happened, and what to do about it."""

import re
from typing import Any

import httpx
import pytest

from sandbox.model.world import World
from tests.support.shop import (
    ADDRESS,
    CLIENT,
    DETAILS,
    PACK,
    VISA,
    Clock,
    InMemoryTransport,
    Shopper,
    Storefront,
    new_key,
)
from tests.support.shop import gateway as gateway_with

KEYED = """mutation($key: UUID!, $id: String!, $quantity: Int!) { addCartLines(input: {idempotencyKey: $key,
  lines: [{product: {upstreamId: $id}, quantity: $quantity}]}) { errors { code message path retry } } }"""
SUBMIT = """mutation($key: UUID!, $total: MoneyInput!) { submitOrder(input: {idempotencyKey: $key,
  expectedTotal: $total}) { result { __typename ... on OrderBlocked { blockers { code message } } }
  errors { code } } }"""


def error_of(body: Any) -> tuple[str, str]:
    """Code and message of the only error of an answer."""
    (error,) = body["errors"]
    assert error["extensions"]["supportReference"]
    return error["extensions"]["code"], error["message"]


async def post(storefront: Storefront, content: bytes) -> httpx.Response:
    headers = CLIENT | {"Content-Type": "application/json"}
    return await storefront.http.post("/graphql", content=content, headers=headers)


async def test_wrong_field_lists_the_fields(storefront: Storefront) -> None:
    for query, happened, names in (
        ("{ prodcts { totalCount } }", "Cannot query field 'prodcts' on type 'Query'.", "Query has the fields node, "),
        ("{ cart { xyzzy } }", "Cannot query field 'xyzzy' on type 'Cart'.", "Cart has the fields id, upstreamId, "),
        ("{ cart }", "Field 'cart' of type 'Cart' must have a selection", "Cart has the fields id, upstreamId, "),
    ):
        answer = await storefront.ask(query)
        code, message = error_of(answer.body)
        assert (answer.status, code) == (400, "GRAPHQL_VALIDATION_FAILED")
        assert message.startswith(happened)
        assert names in message
        assert answer.body["errors"][0]["locations"]


async def test_wrong_argument_or_fragment_lists_the_right_ones(storefront: Storefront) -> None:
    _, message = error_of((await storefront.ask("{ products(frist: 1) { totalCount } }")).body)
    assert message.startswith("Unknown argument 'frist' on field 'Query.products'. Did you mean 'first'")
    assert re.search(r" Its arguments are [\w, ]*\bfirst, ", message)
    _, message = error_of((await storefront.ask("{ product { name } }")).body)
    assert message.startswith("Argument 'Query.product(by:)' of type 'ProductBy!' is required")
    assert " ProductBy has the fields id, upstreamId, " in message
    document = "{ cart { ...Lins } } fragment Lines on Cart { id }"
    errors = (await storefront.ask(document)).body["errors"]
    assert errors[0]["message"] == "Unknown fragment 'Lins'. The document has the fragments Lines."


async def test_subscription_says_what_to_do_instead(storefront: Storefront) -> None:
    code, message = error_of((await storefront.ask("subscription { cart { id } }")).body)
    assert code == "GRAPHQL_VALIDATION_FAILED"
    assert message.startswith("The graph has no subscriptions. After a mutation, read again what it has changed")


async def test_missing_variable_is_named_with_its_type(storefront: Storefront) -> None:
    query = "query($id: String!) { product(by: {upstreamId: $id}) { name } }"
    answer = await storefront.ask(query, ID=PACK)
    assert (answer.status, *error_of(answer.body)) == (
        *(400, "BAD_USER_INPUT"),
        "Variable '$id' is missing. Send `id` in `variables`, of the type String!. The request has `ID`.",
    )
    undefined = await storefront.ask("query A($id: String!) { product(by: {upstreamId: $di}) { name id } }")
    message = undefined.body["errors"][0]["message"]
    assert message == "Variable '$di' is not defined by operation 'A'. The operation defines $id."


async def test_misspelled_optional_variable_is_reported(
    storefront: Storefront, world: World, network: InMemoryTransport, clock: Clock
) -> None:
    query = "query($first: Int = 1, $after: String) { products(first: $first, after: $after) { totalCount } }"
    answer = await storefront.ask(query, frist=3, x=1)
    assert answer.data["products"]
    assert answer.body["extensions"]["riverfront"]["warnings"] == [
        {
            "code": "VARIABLE_UNDEFINED",
            "message": "The operation does not define the variables frist, x. They are ignored. It defines $first, "
            "$after.",
            "shopperMessage": None,
            "targetId": None,
        }
    ]
    assert "extensions" not in (await storefront.ask(query, first=3)).body
    async with gateway_with(world, network, clock, development=False) as production:
        assert "extensions" not in (await production.ask(query, frist=3)).body


async def test_wrong_enum_value_lists_the_values(storefront: Storefront) -> None:
    expected = "The value must be of the type SessionDelivery. Did you mean 'BEARER'? Its values are COOKIE, BEARER."
    literal = "mutation { startSession(input: {delivery: BEARRER}) { bearerToken } }"
    assert error_of((await storefront.ask(literal)).body) == ("GRAPHQL_VALIDATION_FAILED", expected)
    variable = "mutation($as: SessionDelivery!) { startSession(input: {delivery: $as}) { bearerToken } }"
    code, message = error_of((await storefront.ask(variable, **{"as": "bearer"})).body)
    assert (code, message) == ("BAD_USER_INPUT", f"Variable '$as' has invalid value: {expected}")


async def test_unpaid_cart_says_how_to_go_on(shopper: Shopper) -> None:
    storefront = shopper.storefront
    await storefront.add(PACK)
    details = (await storefront.ask(DETAILS, address=ADDRESS)).data["prepareCheckout"]
    total = details["cart"]["totals"]["orderTotal"]
    answer = (await storefront.ask(SUBMIT, key=new_key(), total=total)).data["submitOrder"]
    assert answer["errors"] == []
    assert answer["result"]["__typename"] == "OrderBlocked"
    (blocker,) = answer["result"]["blockers"]
    assert blocker["code"] == "PAYMENT_SESSION_NOT_READY"
    assert re.search(r"in the state REQUIRES_SOURCE\..*Follow `nextAction`\.", blocker["message"])


async def test_dead_session_says_how_to_start_a_new_one(storefront: Storefront) -> None:
    change = 'mutation { applyOffer(input: {offer: {couponCode: "A"}}) { errors { code } } }'
    answer = await Storefront(storefront.http, {"Authorization": "Bearer gone"}).ask(change)
    code, message = error_of(answer.body)
    assert (answer.status, code) == (401, "SESSION_EXPIRED")
    assert re.match(r"The session has ended\. .*`startSession` or `addCartLines` to start a new one\.", message)
    answer = await Storefront(storefront.http).ask(change)
    code, message = error_of(answer.body)
    assert (answer.status, code) == (401, "SESSION_REQUIRED")
    assert message == "The field requires a session. Call `startSession` or `addCartLines` first."


async def test_token_without_scheme_says_how_to_send_it(storefront: Storefront) -> None:
    read = "{ cart { id } }"
    answer = await Storefront(storefront.http, {"Authorization": "the-token"}).ask(read)
    assert (answer.status, *error_of(answer.body)) == (
        *(400, "BAD_USER_INPUT"),
        "The header Authorization has no scheme. Send `Bearer`, a space and the token of the session.",
    )
    for other in ("Basic c2hvcDpzaG9w", "Bearer", "Bearer "):
        assert (await Storefront(storefront.http, {"Authorization": other}).ask(read)).data == {"cart": None}


async def test_reused_key_says_when_to_make_a_new_one(storefront: Storefront) -> None:
    key = new_key()
    await storefront.ask(KEYED, key=key, id=PACK, quantity=1)
    answer = await storefront.ask(KEYED, key=key, id=PACK, quantity=2)
    (error,) = answer.data["addCartLines"]["errors"]
    assert error == {
        "code": "IDEMPOTENCY_KEY_REUSED",
        "message": "`idempotencyKey` was used before with another input. Send a new key for each decision of the "
        "shopper.",
        "path": ["input", "idempotencyKey"],
        "retry": "DO_NOT_RETRY",
    }


async def test_card_in_a_field_says_where_cards_belong(storefront: Storefront) -> None:
    await storefront.add(PACK)
    answer = await storefront.ask(DETAILS, address=ADDRESS | {"line2": VISA})
    (error,) = answer.data["prepareCheckout"]["errors"]
    assert error["code"] == "SENSITIVE_DATA_DETECTED"
    assert error["path"] == ["input", "billing", "address", "line2"]
    assert re.match(
        r"A value looks like card data and was not sent .* Collect cards with DigitalRiver\.js", error["message"]
    )
    assert VISA not in str(answer.body)


@pytest.mark.parametrize("with_cookie", [True, False])
async def test_wrong_origin_names_the_setting(
    world: World, network: InMemoryTransport, clock: Clock, with_cookie: bool
) -> None:
    async with gateway_with(world, network, clock, development=False, origins="https://shop.example") as storefront:
        if with_cookie:
            await Storefront(storefront.http, {"Origin": "https://shop.example"}).add(PACK)
        storefront.headers["Origin"] = "https://shop.exmaple"
        start = "mutation { startSession(input: {}) { session { id } } }"
        answer = await storefront.ask(start)
        assert (answer.status, *error_of(answer.body)) == (
            *(403, "CSRF_CHECK_FAILED"),
            "Pages of this origin may not use the session cookie. RIVERFRONT_ORIGINS lists the allowed origins.",
        )


MALFORMED = {
    b'{"query": "{ storef': "At line 1, column 20: unexpected end of data.",
    b'{\n "query": "{ storefront { locales } }",\n}': "At line 2, column 39: trailing comma is not allowed.",
    b"{ storefront { locales } }": "At line 1, column 3: unexpected character, expected a string key.",
    b"query=%7B%20storefront%20%7D": "At line 1, column 1: unexpected character, expected a JSON value.",
    b'{"query": "\xff"}': "It is not UTF-8 from byte 11 on.",
}


@pytest.mark.parametrize(("body", "where"), MALFORMED.items(), ids=map(str, range(len(MALFORMED))))
async def test_malformed_json_says_where(storefront: Storefront, body: bytes, where: str) -> None:
    answer = await post(storefront, body)
    assert answer.status_code == 400
    assert error_of(answer.json()) == ("BAD_USER_INPUT", f"The body must be JSON in UTF-8. {where}")


async def test_empty_body_shows_what_to_send(storefront: Storefront) -> None:
    code, message = error_of((await post(storefront, b"")).json())
    assert code == "BAD_USER_INPUT"
    assert message == 'The body is empty. Send JSON such as {"query": "{ storefront { locales } }"}.'


async def test_unknown_locale_lists_those_that_are_offered(storefront: Storefront) -> None:
    expected = "The storefront does not offer the locale fr-FR; it offers en-US, de-DE, en-GB, ja-JP."
    start = 'mutation { startSession(input: {locale: "fr-FR"}) { session { id } errors { code message path } } }'
    assert (await storefront.ask(start)).data["startSession"] == {
        "session": None,
        "errors": [{"code": "INVALID_INPUT", "message": expected, "path": ["input", "locale"]}],
    }
    read = 'query @inContext(locale: "fr-FR") { products(first: 1) { totalCount } }'
    assert error_of((await storefront.ask(read)).body) == ("BAD_USER_INPUT", expected)


async def test_production_lists_no_names(world: World, network: InMemoryTransport, clock: Clock) -> None:
    async with gateway_with(world, network, clock, development=False) as storefront:
        for query, variables in (
            ("{ prodcts { totalCount } }", {}),
            ("{ cart }", {}),
            ("{ products(frist: 1) { totalCount } }", {}),
            ("query A($id: String!) { product(by: {upstreamId: $di}) { name } }", {}),
            ("{ cart { ...Lins } } fragment Lines on Cart { id }", {}),
            ("mutation { startSession(input: {delivery: BEARRER}) { bearerToken } }", {}),
            ("mutation($in: StartSessionInput!) { startSession(input: $in) { bearerToken } }", {"in": {"locales": 1}}),
            ("query($id: String!) { product(by: {upstreamId: $id}) { name } }", {"ID": PACK}),
        ):
            for error in (await storefront.ask(query, **variables)).body["errors"]:
                assert not re.search(
                    r"the fields |values are|arguments are|defines|fragments|The request has", error["message"]
                )
