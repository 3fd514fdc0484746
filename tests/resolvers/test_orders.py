"""Orders: which sessions can read an order, the fields of an order, and order lookup without an account."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from dirty_equals import IsPartialDict, IsStr

from sandbox.model.world import World
from tests.support.shop import ADDRESS, SOFTWARE, Answer, Clock, Shopper, Storefront

LOOKUP = "/v1/shoppers/order-lookup"
ORDER = "/v1/shoppers/me/orders/{id}"

READ = """query($id: ID!) { order(id: $id) { id number state upstreamState submittedAt isTest shippingMethod
  totals { orderTotal { amount } } billingAddress { line1 } sources { __typename sourceId
    ... on CardSource { brand lastFourDigits } }
  lines { id quantity upstreamState downloadUrls product { name } } amountRefunded { amount } } }"""

LOOK_UP = """mutation($by: OrderLookupBy!) { lookupOrder(input: {by: $by}) { order { id number }
  errors { __typename code message path retry ... on AccessError { requiredLevel }
    ... on RateLimitError { retryAfter } } } }"""


async def place_order(shopper: Shopper, product_id: str | None = None) -> dict[str, Any]:
    """Place an order. Returns its number, its password from the confirmation mail, and its global id."""
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
    """A second guest, who has a separate session."""
    stranger = Storefront(storefront.http)
    await stranger.ask("mutation { startSession(input: {}) { errors { code } } }")
    return stranger


def lookup_error(answer: Answer) -> dict[str, Any]:
    payload = answer.data["lookupOrder"]
    assert payload["order"] is None
    (error,) = payload["errors"]
    return dict(error)


async def test_order_password_makes_the_order_readable_for_the_session(
    shopper: Shopper, stranger: Storefront, world: World
) -> None:
    mail = await place_order(shopper)
    assert (await stranger.ask(READ, id=mail["global"])).data["order"] is None
    world.calls.clear()
    payload = (await stranger.run("FindMyOrder", number=mail["number"], password=mail["password"]))["lookupOrder"]
    assert payload["errors"] == []
    assert payload["order"] == IsPartialDict(number=mail["number"], state="SUBMITTED")
    assert payload["order"]["totals"]["orderTotal"]["amount"] == "96.69"
    assert world.calls.count() == 1

    world.calls.clear()
    read = (await stranger.ask(READ, id=mail["global"])).data["order"]
    assert read == IsPartialDict(number=mail["number"], billingAddress={"line1": "10380 Bren Road W"})
    assert world.calls.count("POST", LOOKUP) == world.calls.count() == 1

    another = Storefront(stranger.http)
    await another.ask("mutation { startSession(input: {}) { errors { code } } }")
    assert (await another.ask(READ, id=mail["global"])).data["order"] is None, (
        "only the session that looked up the order can read the order"
    )


async def test_wrong_order_number_and_wrong_password_return_the_same_error(
    shopper: Shopper, stranger: Storefront, world: World
) -> None:
    mail = await place_order(shopper)
    answers = set()
    for number, password in (
        (mail["number"], "wrong"),
        ("1127950780083", mail["password"]),
        ("no-such-order", "x"),
    ):
        world.calls.clear()
        by = {"orderPassword": {"number": number, "password": password}}
        answer = await stranger.send({"query": LOOK_UP, "variables": {"by": by}})
        answers.add(answer.content)
        assert world.calls.count("POST", LOOKUP) == world.calls.count() == 1
    assert len(answers) == 1
    error = lookup_error(await stranger.ask(LOOK_UP, by={"orderPassword": {"number": "1", "password": "x"}}))
    assert error == {
        "__typename": "NotFoundError",
        "code": "NOT_FOUND",
        "message": IsStr,
        "path": ["input", "by"],
        "retry": "FIX_THEN_RETRY",
    }


async def test_guest_cannot_look_up_an_order_by_card_digits(stranger: Storefront, world: World) -> None:
    world.calls.clear()
    by = {"cardDigits": {"email": "ada@example.com", "lastFourDigits": "1111"}}
    error = lookup_error(await stranger.ask(LOOK_UP, by=by))
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
async def test_order_lookup_succeeds_when_repeated_after_an_upstream_error(
    shopper: Shopper, stranger: Storefront, fault: dict[str, Any], expected: dict[str, Any]
) -> None:
    mail = await place_order(shopper)
    by = {"orderPassword": {"number": mail["number"], "password": mail["password"]}}
    await shopper.fault("status", LOOKUP, **fault)
    assert lookup_error(await stranger.ask(LOOK_UP, by=by)) == IsPartialDict(**expected)
    await shopper.sandbox.delete("/_sandbox/faults")
    assert (await stranger.ask(LOOK_UP, by=by)).data["lookupOrder"]["order"]["number"] == mail["number"]


async def test_order_state_follows_changes_at_digital_river(shopper: Shopper, storefront: Storefront) -> None:
    mail = await place_order(shopper)
    read = (await storefront.ask(READ, id=mail["global"])).data["order"]
    assert read == IsPartialDict(state="SUBMITTED", submittedAt=IsStr, isTest=False, shippingMethod="Standard")
    assert read["sources"] == [IsPartialDict(__typename="CardSource", brand="Visa", lastFourDigits="1111")]
    await shopper.control("order-state", {"orderId": mail["id"], "state": "Cancelled", "refunded": 96.69})
    read = (await storefront.ask(READ, id=mail["global"])).data["order"]
    assert (read["state"], read["amountRefunded"]) == ("CANCELLED", {"amount": "96.69"})
    (order,) = [order for order in shopper.world.orders() if order.id == mail["id"]]
    order.state = "Lost at Sea"
    read = (await storefront.ask(READ, id=mail["global"])).data["order"]
    assert (read["state"], read["upstreamState"]) == ("UNKNOWN", "Lost at Sea")


async def test_paid_order_has_its_download_links(shopper: Shopper, storefront: Storefront) -> None:
    mail = await place_order(shopper, SOFTWARE)
    (line,) = (await storefront.ask(READ, id=mail["global"])).data["order"]["lines"]
    assert line["upstreamState"] == "Downloadable"
    assert line["downloadUrls"] == [f"https://sandbox/_sandbox/documents/downloads/{mail['id']}/routemapper-pro"]


async def test_order_returns_card_although_digital_river_omits_the_source_id(
    shopper: Shopper, stranger: Storefront, world: World
) -> None:
    mail = await place_order(shopper)
    order = next(order for order in world.orders() if order.id == mail["id"])
    order.shows_source = False
    read = (await shopper.storefront.ask(READ, id=mail["global"])).data["order"]
    assert read["sources"] == [{"__typename": "CardSource", "sourceId": "", "brand": "Visa", "lastFourDigits": "1111"}]


async def test_failing_order_call_returns_null_and_an_error(shopper: Shopper) -> None:
    mail = await place_order(shopper)
    await shopper.fault("status", ORDER, status=503)
    answer = await shopper.storefront.ask(READ, id=mail["global"])
    assert answer.body["data"] == {"order": None}
    assert answer.codes == ["UPSTREAM_UNAVAILABLE"]


@pytest.mark.parametrize("global_id", ["", "nonsense", "T3JkZXI6Li4vbWU", "UHJvZHVjdDo1NDAxMjMwMTAw", "T3JkZXI6MQ"])
async def test_unknown_order_id_requested_by_guest_causes_no_upstream_call(
    stranger: Storefront, world: World, global_id: str
) -> None:
    world.calls.clear()
    assert (await stranger.ask(READ, id=global_id)).data["order"] is None
    assert world.calls.count() == 0


async def test_sign_in_forgets_the_orders_that_the_guest_looked_up(
    shopper: Shopper, stranger: Storefront, world: World
) -> None:
    mail = await place_order(shopper)
    by = {"orderPassword": {"number": mail["number"], "password": mail["password"]}}
    assert (await stranger.ask(LOOK_UP, by=by)).data["lookupOrder"]["errors"] == []
    assert (await stranger.ask(READ, id=mail["global"])).data["order"]
    await stranger.sign_in(world.keys.shopper_username, world.keys.shopper_password)
    assert (await stranger.ask(READ, id=mail["global"])).data["order"] is None


# Rate limits of order lookups.


async def test_lookups_of_one_order_are_rate_limited(
    shopper: Shopper, stranger: Storefront, world: World, clock: Clock
) -> None:
    mail = await place_order(shopper)
    by = {"orderPassword": {"number": mail["number"], "password": "a guess"}}
    for _ in range(5):
        assert lookup_error(await stranger.ask(LOOK_UP, by=by))["code"] == "NOT_FOUND"
    world.calls.clear()
    by["orderPassword"]["password"] = mail["password"]
    error = lookup_error(await stranger.ask(LOOK_UP, by=by))
    assert error == IsPartialDict(__typename="RateLimitError", code="RATE_LIMITED", retryAfter=IsStr)
    assert world.calls.count() == 0
    clock.move(61)
    assert (await stranger.ask(LOOK_UP, by=by)).data["lookupOrder"]["order"]["number"] == mail["number"]


async def test_order_lookups_from_one_client_address_are_rate_limited(stranger: Storefront, world: World) -> None:
    for number in range(5):
        by = {"orderPassword": {"number": str(number), "password": "a guess"}}
        assert lookup_error(await stranger.ask(LOOK_UP, by=by))["code"] == "NOT_FOUND"
    world.calls.clear()
    assert lookup_error(await stranger.ask(LOOK_UP, by=by))["code"] == "RATE_LIMITED"
    assert world.calls.count() == 0


async def test_card_digits_may_be_tried_ten_times_a_day(
    registered_shopper: Shopper, other_registered_shopper: Shopper, world: World, clock: Clock
) -> None:
    await place_order(registered_shopper)
    attacker = other_registered_shopper.storefront
    for number in range(10):
        by = {"cardDigits": {"email": ADDRESS["email"], "lastFourDigits": f"{number:04}"}}
        assert lookup_error(await attacker.ask(LOOK_UP, by=by))["code"] == "NOT_FOUND"
        if number % 5 == 4:
            clock.move(61)
    world.calls.clear()
    by = {"cardDigits": {"email": ADDRESS["email"].upper(), "lastFourDigits": "1111"}}
    error = lookup_error(await attacker.ask(LOOK_UP, by=by))
    assert error["code"] == "RATE_LIMITED"
    assert datetime.fromisoformat(error["retryAfter"]) - clock() > timedelta(hours=23)
    assert world.calls.count() == 0


async def test_order_number_may_be_tried_ten_times_a_day(shopper: Shopper, stranger: Storefront, clock: Clock) -> None:
    mail = await place_order(shopper)
    for number in range(10):
        by = {"orderPassword": {"number": mail["number"], "password": f"guess {number}"}}
        assert lookup_error(await stranger.ask(LOOK_UP, by=by))["code"] == "NOT_FOUND"
        if number % 5 == 4:
            clock.move(61)
    for spelling in (mail["number"], f" {mail['number']}", f"00{mail['number']}"):
        by = {"orderPassword": {"number": spelling, "password": mail["password"]}}
        assert lookup_error(await stranger.ask(LOOK_UP, by=by))["code"] == "RATE_LIMITED"
    clock.move(86_400)
    by = {"orderPassword": {"number": mail["number"], "password": mail["password"]}}
    fresh = Storefront(stranger.http)
    await fresh.ask("mutation { startSession(input: {}) { session { id } } }")
    assert (await fresh.ask(LOOK_UP, by=by)).data["lookupOrder"]["order"]["number"] == mail["number"]


@pytest.mark.parametrize(
    ("by", "path"),
    [
        *(
            ({"cardDigits": {"email": "ada@example.com", "lastFourDigits": digits}}, "cardDigits lastFourDigits")
            for digits in ("", "111", "11111", "11 1", "\uff11111")
        ),
        *(
            ({"orderPassword": {"number": number, "password": "a"}}, "orderPassword number")
            for number in ("", " ", "1 2", "../1")
        ),
        *(({"orderPassword": {"number": "1", "password": blank}}, "orderPassword password") for blank in ("", " ")),
    ],
)
async def test_malformed_lookup_is_neither_sent_nor_counted(
    registered_shopper: Shopper, by: dict[str, Any], path: str
) -> None:
    registered_shopper.world.calls.clear()
    proof, name = path.split()
    code = "INVALID_INPUT" if by[proof][name].strip() else "MISSING_INPUT"
    for _ in range(6):
        error = lookup_error(await registered_shopper.storefront.ask(LOOK_UP, by=by))
        assert (error["code"], error["path"]) == (code, ["input", "by", *path.split()])
    assert registered_shopper.world.calls.count() == 0


# The orders of an account.

ORDERS = "/v1/shoppers/me/orders"

PAGE = """query($first: Int, $after: String, $last: Int, $before: String, $states: [OrderState!]) {
  shopper { orders(first: $first, after: $after, last: $last, before: $before, states: $states) { totalCount
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor } nodes { number state } } } }"""


async def add_orders(shopper: Shopper, count: int = 1, **more: Any) -> list[str]:
    """Place orders in the sandbox without the gateway. Returns the order numbers, newest first."""
    owner = next(
        account for account in shopper.world.accounts if account.username == shopper.world.keys.shopper_username
    )
    answer = await shopper.sandbox.post("/_sandbox/orders", json={"shopperId": owner.id, "count": count} | more)
    assert answer.status_code == 200, answer.text
    return [str(order_id) for order_id in reversed(answer.json()["ids"])]


async def page(shopper: Shopper, **window: Any) -> dict[str, Any]:
    orders: dict[str, Any] = (await shopper.storefront.ask(PAGE, **window)).data["shopper"]["orders"]
    return orders


def numbers(orders: dict[str, Any]) -> list[str]:
    return [node["number"] for node in orders["nodes"]]


@pytest.mark.slow
@pytest.mark.parametrize("size", [50, 17])
async def test_paging_while_orders_arrive_neither_repeats_nor_skips_orders(
    registered_shopper: Shopper, world: World, size: int
) -> None:
    there = await add_orders(registered_shopper, 500)
    shown = await page(registered_shopper, first=size)
    paged = numbers(shown)
    while shown["pageInfo"]["hasNextPage"]:
        await add_orders(registered_shopper, 3)
        shown = await page(registered_shopper, first=size, after=shown["pageInfo"]["endCursor"])
        paged += numbers(shown)
    assert paged == there

    there = numbers(await page(registered_shopper, first=1)) + there
    shown = await page(registered_shopper, last=size)
    paged = numbers(shown)
    arrived: list[str] = []
    for _ in range(500 // size):
        arrived = await add_orders(registered_shopper, 3) + arrived
        shown = await page(registered_shopper, last=size, before=shown["pageInfo"]["startCursor"])
        paged = numbers(shown) + paged
    assert len(paged) == len(set(paged))
    everything = [str(order.id) for order in world.orders()]
    assert paged == everything[-len(paged) :]


async def test_reading_a_page_of_orders_takes_one_upstream_call(registered_shopper: Shopper, world: World) -> None:
    there = await add_orders(registered_shopper, 45)
    world.calls.clear()
    shown = (await registered_shopper.storefront.run("OrderHistory", first=20))["shopper"]["orders"]
    assert world.calls.count("GET", ORDERS) == world.calls.count() == 1
    assert (shown["totalCount"], len(shown["edges"])) == (45, 20)
    world.calls.clear()
    after = shown["pageInfo"]["endCursor"]
    shown = (await registered_shopper.storefront.run("OrderHistory", first=20, after=after))["shopper"]["orders"]
    assert [edge["node"]["number"] for edge in shown["edges"]] == there[20:40]
    assert world.calls.count() == 1, "the next page also makes one call if no order has arrived"


async def test_orders_are_filtered_by_state(registered_shopper: Shopper) -> None:
    gone, *_ = await add_orders(registered_shopper, 5)
    await registered_shopper.control("order-state", {"orderId": int(gone), "state": "Cancelled"})
    for states, count in ((["CANCELLED"], 1), (["SUBMITTED", "CANCELLED"], 5), (["DISPUTED"], 0), ([], 5), (None, 5)):
        shown = await page(registered_shopper, first=10, states=states)
        assert shown["totalCount"] == len(shown["nodes"]) == count, states
        assert {node["state"] for node in shown["nodes"]} <= set(states or ["SUBMITTED", "CANCELLED"])
    answer = await registered_shopper.storefront.ask(PAGE, first=10, states=["UNKNOWN"])
    assert answer.codes == ["BAD_USER_INPUT"]


async def test_upstream_orders_in_unrequested_states_cause_an_invalid_response_error(
    registered_shopper: Shopper, world: World
) -> None:
    await add_orders(registered_shopper, 2)
    await registered_shopper.control("switches", {"order_states": "ignored"})
    answer = await registered_shopper.storefront.ask(PAGE, first=10, states=["CANCELLED"])
    assert answer.codes == ["UPSTREAM_INVALID_RESPONSE"]
    assert answer.body["data"] == {"shopper": {"orders": None}}


async def test_failing_orders_call_keeps_profile_readable_and_vice_versa(registered_shopper: Shopper) -> None:
    await registered_shopper.fault("status", ORDERS, status=503)
    answer = await registered_shopper.storefront.ask("{ shopper { id firstName orders(first: 5) { totalCount } } }")
    assert answer.codes == ["UPSTREAM_UNAVAILABLE"]
    assert answer.body["data"]["shopper"] == IsPartialDict(firstName="Alex", orders=None)

    await registered_shopper.sandbox.delete("/_sandbox/faults")
    await registered_shopper.fault("status", "/v1/shoppers/me", status=503)
    answer = await registered_shopper.storefront.ask("{ shopper { id firstName orders(first: 5) { totalCount } } }")
    assert answer.body["data"]["shopper"] == IsPartialDict(firstName=None, orders={"totalCount": 0})


async def test_reading_one_order_takes_one_upstream_call(registered_shopper: Shopper, world: World) -> None:
    (number,) = await add_orders(registered_shopper, 1, quantity=2)
    shown = (await registered_shopper.storefront.run("OrderHistory", first=1))["shopper"]["orders"]["edges"][0]["node"]
    await registered_shopper.control("order-state", {"orderId": int(number), "state": "Complete"})
    world.calls.clear()
    order = (await registered_shopper.storefront.run("OrderDetail", id=shown["id"]))["order"]
    assert world.calls.count("GET", ORDER) == world.calls.count() == 1
    assert order == IsPartialDict(number=number, state="COMPLETE", shippingMethod="Standard")
    assert order["lines"] == [IsPartialDict(quantity=2, shippedQuantity=2, downloadUrls=[])]
    assert order["billingAddress"]["line1"] == order["shippingAddress"]["line1"] == "10380 Bren Road West"


async def test_response_for_another_shoppers_order_equals_response_for_unknown_id(
    registered_shopper: Shopper, other_registered_shopper: Shopper, world: World
) -> None:
    await add_orders(registered_shopper, 1)
    foreign = (await registered_shopper.storefront.run("OrderHistory", first=1))["shopper"]["orders"]["edges"][0][
        "node"
    ]["id"]
    answers = []
    for order_id in (foreign, "T3JkZXI6MTEyNzk1MDc4OTk5OQ"):
        world.calls.clear()
        answers.append(
            (await other_registered_shopper.storefront.send({"query": READ, "variables": {"id": order_id}})).content
        )
        answers.append(repr(sorted((call.method, call.path) for call in world.calls.by_call)).encode())
    assert answers[0] == answers[2]
    assert answers[1] == answers[3]


async def test_registered_shopper_looks_up_an_order_by_card(registered_shopper: Shopper, shopper: Shopper) -> None:
    mail = await place_order(shopper)
    by = {"cardDigits": {"email": "ada@example.com", "lastFourDigits": "1111"}}
    payload = (await registered_shopper.storefront.ask(LOOK_UP, by=by)).data["lookupOrder"]
    assert payload == {"order": {"id": mail["global"], "number": mail["number"]}, "errors": []}
    assert (await registered_shopper.storefront.ask(READ, id=mail["global"])).data["order"]["number"] == mail["number"]
    wrong = {"cardDigits": {"email": "ada@example.com", "lastFourDigits": "2222"}}
    assert lookup_error(await registered_shopper.storefront.ask(LOOK_UP, by=wrong))["code"] == "NOT_FOUND"


@pytest.mark.parametrize("items", ["orders", "subscriptionContracts"])
async def test_page_of_more_than_fifty_items_is_rejected(registered_shopper: Shopper, items: str) -> None:
    for argument in ("first", "last"):
        query = f"{{ shopper {{ {items}(%s: %d) {{ pageInfo {{ hasNextPage }} }} }} }}"
        assert (await registered_shopper.storefront.ask(query % (argument, 51))).codes == ["BAD_USER_INPUT"]
        assert (await registered_shopper.storefront.ask(query % (argument, 50))).codes == []
