"""A second submit request of a cart that is bought or being bought tells the shopper what has become of the cart."""

import asyncio
from typing import Any

import pytest
from dirty_equals import IsPartialDict

from tests.support.shop import PACK, POLES, SUBMIT, Clock, InMemoryTransport, Shopper, Storefront, new_key

BUY = """mutation($key: UUID!, $total: MoneyInput!, $revision: CartRevision) {
  submitOrder(input: {idempotencyKey: $key, expectedTotal: $total, ifRevision: $revision}) {
    attempt { status message wasSentUpstream }
    result { __typename message shopperMessage ... on OrderPlaced { order { number } }
      ... on OrderBlocked { blockers { __typename code message resolvedBy
        ... on SubmissionInProgressBlocker { attempt { idempotencyKey status message } }
        ... on AlreadyBoughtBlocker { attempt { idempotencyKey status message result { __typename
          ... on OrderPlaced { order { id number lines { quantity } billingAddress { city } } }
          ... on OrderAwaitingPayment { order { number } } } } } } } }
    errors { code } } }"""
READ = "query($key: UUID!) { orderSubmission(idempotencyKey: $key) { status result { __typename } } }"


async def agreed(shopper: Shopper) -> dict[str, Any]:
    cart = await shopper.storefront.cart()
    return {"total": cart["totals"]["orderTotal"], "revision": cart["revision"]}


async def buy(storefront: Storefront, purchase: dict[str, Any], key: str | None = None) -> dict[str, Any]:
    payload: dict[str, Any] = (await storefront.ask(BUY, key=key or new_key(), **purchase)).data["submitOrder"]
    assert payload["errors"] == []
    return payload


@pytest.mark.parametrize("names_revision", [True, False])
async def test_second_tab_gets_the_order_of_the_first(shopper: Shopper, names_revision: bool) -> None:
    await shopper.get_ready()
    purchase = await agreed(shopper) if names_revision else {"total": (await agreed(shopper))["total"]}
    placed = (await buy(shopper.storefront, purchase, first := new_key()))["result"]
    payload = await buy(shopper.storefront.another_tab(), purchase, second := new_key())
    assert payload["attempt"] == IsPartialDict(status="BLOCKED", wasSentUpstream=False)
    assert payload["result"]["shopperMessage"] == "Your order has already been placed. Please do not order again."
    (blocker,) = payload["result"]["blockers"]
    assert blocker == IsPartialDict(
        __typename="AlreadyBoughtBlocker", code="ALREADY_BOUGHT", resolvedBy=["Query.orderSubmission"]
    )
    assert blocker["attempt"] == IsPartialDict(idempotencyKey=first, status="PLACED", message="The order is placed.")
    order = blocker["attempt"]["result"]["order"]
    assert order == IsPartialDict(number=placed["order"]["number"], lines=[{"quantity": 1}])
    assert order["billingAddress"]["city"] == "Minnetonka"
    assert shopper.submits == 1

    again = await buy(shopper.storefront, purchase, second)
    (blocker,) = again["result"]["blockers"]
    assert blocker["attempt"]["result"]["order"]["number"] == placed["order"]["number"]
    assert blocker["attempt"]["result"]["order"]["billingAddress"] is None, "no address is stored"
    assert shopper.submits == 1


async def test_second_tab_gets_an_order_that_awaits_payment(shopper: Shopper) -> None:
    await shopper.get_ready("wireTransfer")
    purchase = await agreed(shopper)
    await buy(shopper.storefront, purchase)
    (blocker,) = (await buy(shopper.storefront.another_tab(), purchase))["result"]["blockers"]
    assert blocker["attempt"] == IsPartialDict(status="AWAITING_PAYMENT")
    assert blocker["attempt"]["result"]["__typename"] == "OrderAwaitingPayment"


async def test_other_device_of_the_shopper_gets_the_order(registered_shopper: Shopper) -> None:
    keys = registered_shopper.world.keys
    other = Storefront(registered_shopper.storefront.http)
    await other.sign_in(keys.shopper_username, keys.shopper_password)
    await registered_shopper.get_ready()
    purchase = await agreed(registered_shopper)
    placed = (await buy(registered_shopper.storefront, purchase))["result"]
    (blocker,) = (await buy(other, purchase))["result"]["blockers"]
    assert blocker["attempt"]["result"]["order"]["number"] == placed["order"]["number"]
    assert registered_shopper.submits == 1


async def test_tab_that_submits_meanwhile_gets_the_key_of_the_first(
    shopper: Shopper, network: InMemoryTransport
) -> None:
    await shopper.get_ready()
    purchase = await agreed(shopper)
    network.gates[SUBMIT] = asyncio.Event()
    first = asyncio.create_task(buy(shopper.storefront.another_tab(), purchase, key := new_key()))
    await network.arrived[SUBMIT].wait()
    ready = (await shopper.storefront.ask("{ checkoutReadiness { status blockers { code } } }")).data
    result = (await buy(shopper.storefront, purchase))["result"]
    network.gates[SUBMIT].set()
    await first
    assert "do not order again" in result["shopperMessage"]
    (blocker,) = result["blockers"]
    assert ready["checkoutReadiness"] == {"status": "BLOCKED", "blockers": [{"code": "SUBMISSION_IN_PROGRESS"}]}
    assert blocker["attempt"] == IsPartialDict(idempotencyKey=key, status="IN_PROGRESS")
    assert "`orderSubmission`" in blocker["attempt"]["message"]


async def test_stranger_with_the_same_total_does_not_get_the_order(shopper: Shopper) -> None:
    await shopper.get_ready()
    purchase = await agreed(shopper)
    await buy(shopper.storefront, purchase)
    stranger = Storefront(shopper.storefront.http)
    await stranger.ask("mutation { startSession(input: {}) { errors { code } } }")
    blockers = (await buy(stranger, purchase))["result"]["blockers"]
    assert "CART_EMPTY" in [blocker["code"] for blocker in blockers]
    assert "ALREADY_BOUGHT" not in [blocker["code"] for blocker in blockers]


async def test_empty_cart_with_another_total_is_only_empty(shopper: Shopper) -> None:
    await shopper.get_ready()
    await buy(shopper.storefront, await agreed(shopper))
    other = {"total": {"amount": "1.00", "currencyCode": "USD"}}
    blockers = (await buy(shopper.storefront, other))["result"]["blockers"]
    assert "CART_EMPTY" in [blocker["code"] for blocker in blockers]


async def test_old_order_with_the_same_total_is_not_mistaken(shopper: Shopper, clock: Clock) -> None:
    await shopper.get_ready()
    purchase = await agreed(shopper)
    await buy(shopper.storefront, purchase)
    for _ in range(4):
        clock.move(1200)
        await shopper.storefront.cart()
    without_revision = (await buy(shopper.storefront, {"total": purchase["total"]}))["result"]["blockers"]
    assert "CART_EMPTY" in [blocker["code"] for blocker in without_revision]
    (blocker,) = (await buy(shopper.storefront, purchase))["result"]["blockers"]
    assert blocker["code"] == "ALREADY_BOUGHT", "the revision is that of the cart that was bought"


async def test_next_cart_with_the_same_total_is_bought(shopper: Shopper) -> None:
    for count in (1, 2):
        await shopper.get_ready()
        assert (await buy(shopper.storefront, await agreed(shopper)))["result"]["__typename"] == "OrderPlaced"
        assert shopper.submits == count


async def test_declined_cart_is_not_reported_as_bought(shopper: Shopper) -> None:
    await shopper.fill_cart()
    await shopper.pay_with(owner__lastName="Decline:lost_stolen_card")
    purchase = await agreed(shopper)
    assert (await buy(shopper.storefront, purchase))["result"]["__typename"] == "OrderDeclined"
    lines = [line["id"] for line in (await shopper.storefront.cart())["lines"]]
    remove = "mutation($ids: [ID!]!) { removeCartLines(input: {lineIds: $ids}) { errors { code } } }"
    await shopper.storefront.ask(remove, ids=lines)
    blockers = (await buy(shopper.storefront, purchase))["result"]["blockers"]
    assert "ALREADY_BOUGHT" not in [blocker["code"] for blocker in blockers]


# What a read reports of a submission, and of the cart that it locks.


async def test_readiness_of_a_cart_in_doubt_names_its_submission(shopper: Shopper) -> None:
    await shopper.get_ready()
    await shopper.fault("drop-before", SUBMIT, times=1)
    await buy(shopper.storefront, await agreed(shopper), key := new_key())
    text = """{ checkoutReadiness { status nextStep blockers { code resolvedBy
      ... on SubmissionInProgressBlocker { attempt { idempotencyKey status } } } } }"""
    readiness = (await shopper.storefront.ask(text)).data["checkoutReadiness"]
    assert (readiness["status"], readiness["nextStep"]) == ("BLOCKED", "REVIEW")
    assert readiness["blockers"] == [
        {
            "code": "SUBMISSION_IN_PROGRESS",
            "resolvedBy": ["Query.orderSubmission", "Mutation.resumeOrder"],
            "attempt": {"idempotencyKey": key, "status": "IN_DOUBT"},
        }
    ]


async def test_every_outcome_of_a_read_submission_has_a_message(shopper: Shopper) -> None:
    text = "query($key: UUID!) { orderSubmission(idempotencyKey: $key) { message result { message } } }"
    await shopper.get_ready()
    await buy(shopper.storefront, await agreed(shopper), key := new_key())
    placed = (await shopper.storefront.ask(text, key=key)).data["orderSubmission"]
    assert placed["message"] == placed["result"]["message"] == "The order is placed."
    await shopper.storefront.add(PACK)
    await shopper.storefront.add(POLES)
    await buy(shopper.storefront, {"total": {"amount": "1.00", "currencyCode": "USD"}}, key := new_key())
    blocked = (await shopper.storefront.ask(text, key=key)).data["orderSubmission"]
    assert blocked["message"] == blocked["result"]["message"]
    assert "`blockers`" in blocked["message"]
