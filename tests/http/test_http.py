"""GraphQL over HTTP: invalid requests are rejected with an error message and cause no call to Digital River."""

import asyncio
import base64
import json
import logging
from collections.abc import AsyncIterator
from urllib.parse import urlencode

import httpx
import orjson
import pytest
from dirty_equals import IsPartialDict, IsStr

from sandbox.model.world import World
from tests.support.costly_documents import REFUSED_DOCUMENTS
from tests.support.shop import (
    CART,
    CLIENT,
    PACK,
    Clock,
    InMemoryTransport,
    Shopper,
    Storefront,
    app_for,
    eventually,
    gateway,
    listening,
    settings_for,
)

MODERN = "application/graphql-response+json"
KINDS = ("Order", "Product", "CartLine")

SHALLOW = "{ storefront { locales } }"

MALFORMED: list[tuple[str, bytes]] = [
    ("nothing", b""),
    ("null", b"null"),
    ("a number", b"42"),
    ("a string", b'"{ storefront { locales } }"'),
    ("a list", b"[]"),
    ("a batch", json.dumps([{"query": SHALLOW}]).encode()),
    ("truncated", b'{"query": "{ storef'),
    ("not UTF-8", b'{"query": "\xff\xfe"}'),
    ("UTF-16", json.dumps({"query": SHALLOW}).encode("utf-16")),
    ("NaN", b'{"query": "{ storefront { locales } }", "variables": {"a": NaN}}'),
    ("no query", b"{}"),
    ("an empty query", b'{"query": " "}'),
    ("a query that is a number", b'{"query": 1}'),
    ("a query that is null", b'{"query": null}'),
    ("variables that are a string", b'{"query": "{ storefront { locales } }", "variables": "{}"}'),
    ("variables that are a list", b'{"query": "{ storefront { locales } }", "variables": []}'),
    ("an operation name that is a number", b'{"query": "{ storefront { locales } }", "operationName": 1}'),
    ("extensions that are a number", b'{"query": "{ storefront { locales } }", "extensions": 1}'),
    ("deep nesting", b'{"query": "{ storefront { locales } }", "variables": ' + b"[" * 3000 + b"]" * 3000 + b"}"),
    ("deep objects", b'{"query": "{ a }", "variables": ' + b'{"a":' * 3000 + b"1" + b"}" * 3000 + b"}"),
    ("a lone surrogate", b'{"query": "{ storefront { locales } } # \\ud800"}'),
]


async def post(storefront: Storefront, content: bytes, **headers: str) -> httpx.Response:
    all_headers = CLIENT | {"Content-Type": "application/json"} | headers
    return await storefront.http.post("/graphql", content=content, headers=all_headers)


@pytest.mark.parametrize("body", [row[1] for row in MALFORMED], ids=[row[0] for row in MALFORMED])
async def test_malformed_body_is_rejected(storefront: Storefront, world: World, body: bytes) -> None:
    answer = await post(storefront, body)
    assert answer.status_code == 400
    assert answer.json()["errors"] == [IsPartialDict(message=IsStr(min_length=10))] * len(answer.json()["errors"])
    assert "data" not in answer.json()
    assert world.calls.count() == 0


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/graphql", ""],
)
async def test_media_type_other_than_json_is_rejected(storefront: Storefront, content_type: str) -> None:
    answer = await post(storefront, orjson.dumps({"query": SHALLOW}), **{"Content-Type": content_type})
    assert answer.status_code == 415
    assert "application/json" in answer.json()["errors"][0]["message"]


async def test_too_large_body_or_variables_are_rejected(storefront: Storefront) -> None:
    answer = await post(storefront, orjson.dumps({"query": SHALLOW + " " * 130 * 1024}))
    assert answer.status_code == 413
    assert answer.json()["errors"][0]["message"] == "The body may have at most 131072 bytes."
    answer = await post(storefront, orjson.dumps({"query": SHALLOW, "variables": {"a": "b" * 65 * 1024}}))
    assert answer.status_code == 413


async def test_body_of_undeclared_length_is_limited(storefront: Storefront) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b" " * 10_000

    headers = CLIENT | {"Content-Type": "application/json"}
    answer = await storefront.http.post("/graphql", content=chunks(), headers=headers)
    assert answer.status_code == 413
    assert [error["extensions"]["code"] for error in answer.json()["errors"]] == ["BAD_USER_INPUT"]


async def test_path_with_a_slash_is_not_redirected(storefront: Storefront) -> None:
    answer = await storefront.http.post("/graphql/", json={"query": SHALLOW}, headers=CLIENT | {"Host": "evil.example"})
    assert answer.status_code == 404
    assert "location" not in answer.headers


async def test_head_has_the_headers_of_get_without_body(storefront: Storefront) -> None:
    url = "/graphql?query={storefront{locales}}"
    get = await storefront.http.get(url, headers=CLIENT)
    head = await storefront.http.head(url, headers=CLIENT)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers == get.headers
    assert get.json()["data"]


@pytest.mark.parametrize("method", ["OPTIONS", "PUT", "PATCH", "DELETE"])
async def test_other_http_methods_are_rejected_with_allow_header(storefront: Storefront, method: str) -> None:
    answer = await storefront.http.request(method, "/graphql")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD, POST"


async def test_answer_has_the_accepted_media_type(storefront: Storefront) -> None:
    wrong = orjson.dumps({"query": "{ nothingLikeThis }"})
    legacy = await post(storefront, wrong, Accept="application/json")
    assert (legacy.status_code, legacy.headers["content-type"]) == (200, "application/json; charset=utf-8")
    modern = await post(storefront, wrong, Accept=MODERN)
    assert (modern.status_code, modern.headers["content-type"]) == (400, f"{MODERN}; charset=utf-8")
    neither = await post(storefront, wrong, Accept="text/html")
    assert neither.status_code == 406


@pytest.mark.parametrize(
    ("lines", "media_type"),
    [
        ([], "application/json"),
        (["*/*"], "application/json"),
        (["application/*;q=0.5"], "application/json"),
        (["text/html", "application/json"], "application/json"),
        (["text/html", f"application/json, {MODERN}"], MODERN),
        ([f"{MODERN};q=0, application/json"], "application/json"),
        ([f"{MODERN.upper()}; charset=utf-8; q=0.1"], MODERN),
        (["application/json;q=0"], None),
        (["*/*;q=0"], None),
        (["application/json;q=0, */*"], None),
        (["text/html"], None),
    ],
)
async def test_all_accept_lines_and_weights_count(
    storefront: Storefront, lines: list[str], media_type: str | None
) -> None:
    headers = [(name, value) for name, value in CLIENT.items() if name.lower() != "accept"]
    request = storefront.http.build_request("POST", "/graphql", json={"query": SHALLOW}, headers=headers)
    del request.headers["accept"]
    request.headers = httpx.Headers([*request.headers.raw, *((b"accept", line.encode()) for line in lines)])
    answer = await storefront.http.send(request)
    assert answer.status_code == (200 if media_type else 406)
    assert answer.headers["content-type"] == f"{media_type or 'application/json'}; charset=utf-8"


async def test_misspelled_field_gets_a_suggestion_in_development(storefront: Storefront) -> None:
    answer = await storefront.ask("{ storefrnt { locales } }")
    assert answer.codes == ["GRAPHQL_VALIDATION_FAILED"]
    assert "Did you mean 'storefront'" in answer.body["errors"][0]["message"]


async def test_production_gives_no_suggestions_and_no_introspection(
    world: World, network: InMemoryTransport, clock: Clock
) -> None:
    async with gateway(world, network, clock, development=False) as storefront:
        answer = await storefront.ask("{ storefrnt { locales } }")
        assert "Did you mean" not in str(answer.body)
        answer = await storefront.ask("{ __schema { types { name } } }")
        assert set(answer.codes) == {"GRAPHQL_VALIDATION_FAILED"}
        answer = await storefront.ask('mutation { startSession(input: {delivery: "X"}) { bearerToken } }')
        assert "Did you mean" not in str(answer.body)


async def test_document_with_several_operations_requires_operation_name(storefront: Storefront) -> None:
    text = "query A { storefront { locales } } query B { storefront { currencies } }"
    assert (await storefront.send({"query": text})).status_code == 400
    answer = await storefront.send({"query": text, "operationName": "B"})
    assert answer.json() == {"data": {"storefront": {"currencies": ["USD", "EUR", "GBP", "JPY"]}}}
    assert (await storefront.send({"query": text, "operationName": "C"})).status_code == 400


async def test_valid_request_id_of_the_client_is_used(storefront: Storefront) -> None:
    answer = await storefront.send({"query": SHALLOW}, **{"X-Request-Id": "abc-123.x"})
    assert answer.headers["x-request-id"] == "abc-123.x"
    answer = await storefront.send({"query": SHALLOW}, **{"X-Request-Id": "a b\x7f"})
    assert answer.headers["x-request-id"] != "a b\x7f"
    answer = await storefront.send({"query": "{ nothing }"}, **{"X-Request-Id": "mine"})
    assert answer.json()["errors"][0]["extensions"]["supportReference"] == "mine"


async def test_every_answer_has_the_security_headers(storefront: Storefront) -> None:
    for path in ("/graphql", "/health/live", "/nowhere"):
        headers = (await storefront.http.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert "server" not in headers


async def test_health_endpoints_return_ok_with_one_check_of_key(storefront: Storefront, world: World) -> None:
    for path, calls in (("/health/live", 0), ("/health/ready", 1), ("/health/ready", 1), ("/health/live", 1)):
        answer = await storefront.http.get(path)
        assert (answer.status_code, answer.text) == (200, "ok")
        assert world.calls.count() == calls


# Costly documents and invalid values.


@pytest.mark.parametrize(
    ("text", "message"), [row[1:] for row in REFUSED_DOCUMENTS], ids=[row[0] for row in REFUSED_DOCUMENTS]
)
async def test_costly_document_is_rejected(storefront: Storefront, world: World, text: str, message: str) -> None:
    answer = await storefront.ask(text)
    assert answer.status == 400
    assert answer.body["errors"][0]["message"].startswith(message)
    assert "data" not in answer.body
    assert world.calls.count() == 0


async def test_operation_with_two_submit_order_fields_is_rejected(storefront: Storefront) -> None:
    mutation = 'submitOrder(input: {idempotencyKey: "%s", expectedTotal: {amount: "1", currencyCode: USD}})'
    keys = ("00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002")
    text = (
        "mutation {" + " ".join(f"a{i}: {mutation % key} {{ errors {{ code }} }}" for i, key in enumerate(keys)) + "}"
    )
    assert (await storefront.ask(text)).codes == ["OPERATION_TOO_EXPENSIVE"]


@pytest.mark.parametrize("value", ["a" * 1025, "a\x00b", "a\x1bb"], ids=["too long", "zero", "escape"])
async def test_string_too_long_or_with_control_character_is_rejected(
    storefront: Storefront, world: World, value: str
) -> None:
    text = "mutation($code: String!) { applyOffer(input: {offer: {couponCode: $code}}) { errors { code } } }"
    answer = await storefront.ask(text, code=value)
    assert answer.codes == ["BAD_USER_INPUT"]
    literal = await storefront.ask(text.replace("$code}", json.dumps(value) + "}").replace("($code: String!)", ""))
    assert literal.codes == ["BAD_USER_INPUT"]
    assert world.calls.count() == 0


@pytest.mark.parametrize(("length", "is_rejected"), [(4096, False), (4097, True)])
async def test_recurring_terms_may_have_4096_characters(storefront: Storefront, length: int, is_rejected: bool) -> None:
    terms = "x" * length
    text = """mutation($terms: RecurringTermsInput) { updateCartLines(input: {lines: [{lineId: "",
      recurringTerms: $terms}]}) { errors { code } } }"""
    literal = text.replace("$terms}", f'{{isAutoRenewing: true, terms: "{terms}"}}}}').replace(
        "($terms: RecurringTermsInput)", ""
    )
    await storefront.add(PACK)
    for answer in (
        await storefront.ask(text, terms={"isAutoRenewing": True, "terms": terms}),
        await storefront.ask(literal),
    ):
        assert (answer.codes == ["BAD_USER_INPUT"]) is is_rejected, answer.body


async def test_unselected_user_error_appears_in_the_top_level_errors(shopper: Shopper) -> None:
    await shopper.storefront.add(PACK)
    text = 'mutation { applyOffer(input: {offer: {couponCode: "NOPE"}}) { cart { totalQuantity } } }'
    answer = await shopper.storefront.ask(text)
    assert answer.body["data"]["applyOffer"]["cart"]["totalQuantity"] == 1
    assert answer.body["errors"] == [
        IsPartialDict(
            path=["applyOffer"],
            extensions=IsPartialDict(code="COUPON_INVALID", promoted=True, retry="FIX_THEN_RETRY"),
        )
    ]


async def test_unselected_rate_limit_error_names_its_time(storefront: Storefront) -> None:
    text = """mutation { signIn(input: {credentials: {password: {username: "a@example.com", password: "wrong"}}}) {
      session { id } } }"""
    for _ in range(6):
        answer = await storefront.ask(text)
    (error,) = answer.body["errors"]
    assert error["extensions"] == IsPartialDict(code="RATE_LIMITED", retry="RETRY", retryAfter=IsStr(regex=r".+Z"))


async def test_malformed_cart_answer_makes_only_the_cart_field_null(shopper: Shopper) -> None:
    await shopper.fill_cart()
    for kind in ("malformed", "content-type", "huge"):
        await shopper.fault(kind, CART, times=3)
        answer = await shopper.storefront.ask("{ cart { id } storefront { locales } }")
        assert answer.codes == ["UPSTREAM_INVALID_RESPONSE"], kind
        assert answer.body["data"]["storefront"]["locales"]
        assert answer.body["data"]["cart"] is None
        shopper.world.faults.clear()


FORGED = ["../carts/active", "1/../2", "1?expand=all", "%2e%2e", "1;x", "1#x", "1\n"]


@pytest.mark.parametrize("upstream_id", FORGED)
async def test_id_that_could_change_the_upstream_url_is_not_sent(
    storefront: Storefront, world: World, upstream_id: str
) -> None:
    await storefront.add(PACK)
    world.calls.clear()
    ids = {kind: base64.urlsafe_b64encode(f"{kind}:{upstream_id}".encode()).decode().rstrip("=") for kind in KINDS}
    answer = await storefront.ask("query($id: ID!) { order(id: $id) { id } }", id=ids["Order"])
    assert answer.body["data"] == {"order": None}
    answer = await storefront.ask("query($id: ID!) { product(by: {id: $id}) { id } }", id=ids["Product"])
    assert answer.body["data"] == {"product": None}
    text = """mutation($id: ID!) { updateCartLines(input: {lines: [{lineId: $id, quantity: 2}]}) {
      errors { code path } } }"""
    answer = await storefront.ask(text, id=ids["CartLine"])
    assert answer.data["updateCartLines"]["errors"] == [
        {"code": "NOT_FOUND", "path": ["input", "lines", "0", "lineId"]}
    ]
    assert world.calls.count(path="other") == 0
    assert world.calls.count("GET", CART) == world.calls.count() == 0, "only the cart of the payload is read"


@pytest.mark.parametrize(
    ("literal", "message"),
    [
        ('{amount: 1.5, currencyCode: "USD"}', "Decimal must be a string"),
        ('{amount: "1", currencyCode: usd}', "The value must be of the type CurrencyCode"),
        ('{amount: "1", currencyCode: 840}', "CurrencyCode must be an ISO 4217 code"),
    ],
)
async def test_invalid_value_is_reported_with_its_location(storefront: Storefront, literal: str, message: str) -> None:
    key = '"00000000-0000-4000-8000-000000000001"'
    text = "mutation { submitOrder(input: {idempotencyKey: %s, expectedTotal: %s}) { errors { code } } }"
    answer = await storefront.ask(text % (key, literal))
    (error,) = answer.body["errors"]
    assert error["message"].startswith(message)
    assert error["locations"][0]["line"] == 1


async def test_malformed_value_of_a_query_is_reported_with_its_location(storefront: Storefront) -> None:
    answer = await storefront.ask('{ orderSubmission(idempotencyKey: "mine") { status } }')
    (error,) = answer.body["errors"]
    assert error["message"] == "UUID must be a string of 36 characters."
    assert error["locations"] == [{"line": 1, "column": 35}]

    variable = "query($key: UUID!) { orderSubmission(idempotencyKey: $key) { status } }"
    answer = await storefront.ask(variable, key="mine")
    message = answer.body["errors"][0]["message"]
    assert message == "Variable '$key' has invalid value: UUID must be a string of 36 characters."


async def test_disconnected_client_causes_no_error_in_the_log(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    async with listening(app_for(settings_for(world))) as url:
        _, writer = await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]))
        writer.write(
            b"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
        )
        await writer.drain()
        writer.close()
        await eventually(lambda: any(record.message == "request answered" for record in caplog.records))
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


@pytest.mark.parametrize("depth", [64, 254, 600, 1_023, 1_500])
@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
async def test_deeply_nested_json_is_refused(storefront: Storefront, depth: int, opening: str, closing: str) -> None:
    variables = '{"a":' + opening * depth + '"4111111111111111"' + closing * depth + "}"
    body = '{"query":"{ storefront { locales } }","variables":' + variables + "}"
    headers = CLIENT | {"Content-Type": "application/json"}
    url = urlencode({"query": "{ storefront { locales } }", "variables": variables})
    for answer in (
        await storefront.http.post("/graphql", content=body, headers=headers),
        await storefront.http.get(f"/graphql?{url}", headers=CLIENT),
    ):
        assert answer.status_code == 400, answer.text
        assert [error["extensions"]["code"] for error in answer.json()["errors"]] == ["BAD_USER_INPUT"]


@pytest.mark.parametrize("number", [2**63 - 1, 10**30])
async def test_integer_beyond_32_bits_is_refused(storefront: Storefront, number: int) -> None:
    body = '{"query":"query($n: Int) { products(first: $n) { totalCount } }","variables":{"n":' + str(number) + "}}"
    answer = await storefront.http.post("/graphql", content=body, headers=CLIENT | {"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert [error["extensions"]["code"] for error in answer.json()["errors"]] == ["BAD_USER_INPUT"]


async def test_estimate_beyond_64_bits_is_reported(storefront: Storefront) -> None:
    nested = "variations { " * 11 + "name" + " }" * 11
    answer = await storefront.ask(f"{{ products(first: 2147483647) {{ nodes {{ {nested} }} }} }}")
    assert answer.codes == ["OPERATION_TOO_EXPENSIVE"]
    assert answer.body["errors"][0]["extensions"]["estimate"] == 2**31 - 1
