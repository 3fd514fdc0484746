"""Orders past: who may read one, what it says, and how somebody without an account finds theirs."""

from typing import Any

import pytest
from dirty_equals import IsPartialDict, IsStr

from sandbox.world import World
from tests.shop import SOFTWARE, Answer, Shopper, Storefront

LOOKUP = "/v1/shoppers/order-lookup"
ORDER = "/v1/shoppers/me/orders/{id}"

READ = """query($id: ID!) { order(id: $id) { id number state upstreamState submittedAt isTest shippingMethod
  totals { orderTotal { amount } } billingAddress { line1 } sources { __typename sourceId
    ... on CardSource { brand lastFourDigits } }
  lines { id quantity upstreamState downloadUrls product { name } } amountRefunded { amount } } }"""

LOOK_UP = """mutation($by: OrderLookupBy!) { lookupOrder(input: {by: $by}) { order { id number }
  errors { __typename code message path retry ... on AccessError { requiredLevel }
    ... on RateLimitError { retryAfter } } } }"""


async def placed(shopper: Shopper, product_id: str | None = None) -> dict[str, Any]:
    """An order of this shopper: what the confirmation mail says of it, with its global id."""
    if product_id is None:
        await shopper.get_ready()
    else:
        await shopper.fill_cart(product_id)
        await shopper.pay_with()
    order = (await shopper.storefront.outcome())["order"]
    mail: dict[str, Any] = (await shopper.sandbox.get("/_sandbox/orders")).json()[0]
    assert str(mail["id"]) == order["number"]
    return mail | {"global": order["id"], "number": order["number"]}


@pytest.fixture
async def stranger(storefront: Storefront) -> Storefront:
    """Somebody else, with a session of their own."""
    stranger = Storefront(storefront.http)
    await stranger.ask("mutation { startSession(input: {}) { errors { code } } }")
    return stranger


def miss(answer: Answer) -> dict[str, Any]:
    payload = answer.data["lookupOrder"]
    assert payload["order"] is None
    (error,) = payload["errors"]
    return dict(error)


async def test_the_link_in_the_mail_opens_the_order_for_the_session(
    shopper: Shopper, stranger: Storefront, world: World
) -> None:
    mail = await placed(shopper)
    assert (await stranger.ask(READ, id=mail["global"])).data["order"] is None
    world.calls.clear()
    found = (await stranger.run("FindMyOrder", number=mail["number"], password=mail["password"]))["lookupOrder"]
    assert found["errors"] == []
    assert found["order"] == IsPartialDict(number=mail["number"], state="SUBMITTED")
    assert found["order"]["totals"]["orderTotal"]["amount"] == "96.69"
    assert world.calls.count() == 1

    world.calls.clear()
    read = (await stranger.ask(READ, id=mail["global"])).data["order"]
    assert read == IsPartialDict(number=mail["number"], billingAddress={"line1": "10380 Bren Road W"})
    assert world.calls.count("POST", LOOKUP) == world.calls.count() == 1

    another = Storefront(stranger.http)
    await another.ask("mutation { startSession(input: {}) { errors { code } } }")
    assert (await another.ask(READ, id=mail["global"])).data["order"] is None, "it was found by one session only"


async def test_every_miss_has_the_same_answer(shopper: Shopper, stranger: Storefront, world: World) -> None:
    mail = await placed(shopper)
    answers = set()
    for number, password in (
        (mail["number"], "wrong"),
        ("1127950780083", mail["password"]),
        ("../../me", "x"),
        (mail["number"], ""),
        ("", ""),
    ):
        world.calls.clear()
        by = {"orderPassword": {"number": number, "password": password}}
        answer = await stranger.send({"query": LOOK_UP, "variables": {"by": by}})
        answers.add(answer.content)
        assert world.calls.count("POST", LOOKUP) == world.calls.count() == 1
    assert len(answers) == 1
    error = miss(await stranger.ask(LOOK_UP, by={"orderPassword": {"number": "1", "password": "x"}}))
    assert error == {
        "__typename": "NotFoundError",
        "code": "NOT_FOUND",
        "message": IsStr,
        "path": ["input", "by"],
        "retry": "DO_NOT_RETRY",
    }


async def test_the_digits_of_a_card_are_for_the_signed_in(stranger: Storefront, world: World) -> None:
    world.calls.clear()
    by = {"cardDigits": {"email": "ada@example.com", "lastFourDigits": "1111"}}
    error = miss(await stranger.ask(LOOK_UP, by=by))
    assert error == IsPartialDict(
        code="SIGN_IN_REQUIRED", requiredLevel="REGISTERED", path=["input", "by", "cardDigits"]
    )
    assert world.calls.count() == 0


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ({"status": 503}, {"__typename": "UpstreamError", "code": "UPSTREAM_UNAVAILABLE"}),
        ({"status": 409, "code": "rate-limit-quota-exceeded"}, {"__typename": "RateLimitError", "retryAfter": IsStr}),
        ({"status": 409, "code": "a-code-of-next-year"}, {"__typename": "NotFoundError"}),
        ({"status": 401, "code": "invalid_token"}, {"__typename": "NotFoundError"}),
    ],
)
async def test_a_look_up_that_failed_is_no_miss(
    shopper: Shopper, stranger: Storefront, fault: dict[str, Any], expected: dict[str, Any]
) -> None:
    mail = await placed(shopper)
    by = {"orderPassword": {"number": mail["number"], "password": mail["password"]}}
    await shopper.fault("status", LOOKUP, **fault)
    assert miss(await stranger.ask(LOOK_UP, by=by)) == IsPartialDict(**expected)
    await shopper.sandbox.delete("/_sandbox/faults")
    assert (await stranger.ask(LOOK_UP, by=by)).data["lookupOrder"]["order"]["number"] == mail["number"]


async def test_an_order_says_what_became_of_it(shopper: Shopper, storefront: Storefront) -> None:
    mail = await placed(shopper)
    read = (await storefront.ask(READ, id=mail["global"])).data["order"]
    assert read == IsPartialDict(state="SUBMITTED", submittedAt=IsStr, isTest=False, shippingMethod="Standard")
    assert read["sources"] == [IsPartialDict(__typename="CardSource", brand="Visa", lastFourDigits="1111")]
    await shopper.control("order-state", {"orderId": mail["id"], "state": "Cancelled", "refunded": 96.69})
    read = (await storefront.ask(READ, id=mail["global"])).data["order"]
    assert (read["state"], read["amountRefunded"]) == ("CANCELLED", {"amount": "96.69"})
    await shopper.control("order-state", {"orderId": mail["id"], "state": "Lost at Sea"})
    read = (await storefront.ask(READ, id=mail["global"])).data["order"]
    assert (read["state"], read["upstreamState"]) == ("UNKNOWN", "Lost at Sea")


async def test_a_download_is_in_the_order_once_it_is_paid(shopper: Shopper, storefront: Storefront) -> None:
    mail = await placed(shopper, SOFTWARE)
    (line,) = (await storefront.ask(READ, id=mail["global"])).data["order"]["lines"]
    assert line["upstreamState"] == "Downloadable"
    assert line["downloadUrls"] == [f"https://downloads.riverdemo.example/{mail['id']}/routemapper-pro"]


async def test_an_order_from_before_payment_sources_tells_its_card(
    shopper: Shopper, stranger: Storefront, world: World
) -> None:
    mail = await placed(shopper)
    found = next(one for one in world.orders() if one.id == mail["id"])
    found.shows_source = False
    read = (await shopper.storefront.ask(READ, id=mail["global"])).data["order"]
    assert read["sources"] == [{"__typename": "CardSource", "sourceId": "", "brand": "Visa", "lastFourDigits": "1111"}]


async def test_an_order_that_could_not_be_read_is_null_with_its_cause(shopper: Shopper) -> None:
    mail = await placed(shopper)
    await shopper.fault("status", ORDER, status=503)
    answer = await shopper.storefront.ask(READ, id=mail["global"])
    assert answer.body["data"] == {"order": None}
    assert answer.codes == ["UPSTREAM_UNAVAILABLE"]


@pytest.mark.parametrize("id", ["", "nonsense", "T3JkZXI6Li4vbWU", "UHJvZHVjdDo1NDAxMjMwMTAw", "T3JkZXI6MQ"])
async def test_an_id_that_is_no_orders_costs_a_guest_no_call(stranger: Storefront, world: World, id: str) -> None:
    world.calls.clear()
    assert (await stranger.ask(READ, id=id)).data["order"] is None
    assert world.calls.count() == 0
