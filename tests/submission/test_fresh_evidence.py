"""Submissions are checked and settled by the cart as it is now, not as the same request has read it before."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from dirty_equals import IsPartialDict

from tests.submission.lost_submissions import DelayedSubmission, is_unlocked, status_of
from tests.support.shop import CART, SUBMIT, Clock, InMemoryTransport, Shopper, new_key

READ = 'updateCart(input: {organizationId: "org-1"}) { cart { paymentSession { state } } }'
"""A mutation that reads the cart, although the change is rejected while an order is in doubt."""

ORDER = """submitOrder(input: {idempotencyKey: $key, expectedTotal: $total, ifRevision: $revision}) {
  result { __typename ... on OrderBlocked { blockers { code } }
    ... on OrderDeclined { paymentSession { state primarySource { sourceId } } } } errors { code } }"""
ORDER_INPUT = "($key: UUID!, $total: MoneyInput!, $revision: CartRevision)"
SUBMIT_ORDER = f"mutation{ORDER_INPUT} {{ {ORDER} }}"
READ_AND_SUBMIT = f"mutation{ORDER_INPUT} {{ {READ} {ORDER} }}"
READ_AND_RESUME = f"mutation {{ {READ} resumeOrder(input: {{}}) {{ result {{ __typename }} errors {{ code }} }} }}"


class ChangedAfterCartRead(DelayedSubmission):
    """A network that awaits `change` after the next call with `method` to the cart, once a test has set `change`."""

    method = "GET"
    change: Callable[[], Awaitable[object]] | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await super().handle_async_request(request)
        change = self.change
        if change is not None and (request.method, request.url.path) == (self.method, CART):
            self.change = None
            await change()
        return answer


@pytest.fixture
def network(network: InMemoryTransport) -> ChangedAfterCartRead:
    return ChangedAfterCartRead(network.app)


async def agreement(shopper: Shopper) -> dict[str, Any]:
    cart = await shopper.storefront.cart()
    return {"key": new_key(), "total": cart["totals"]["orderTotal"], "revision": cart["revision"]}


async def test_doubt_is_not_settled_by_cart_read_earlier(
    shopper: Shopper, network: ChangedAfterCartRead, clock: Clock
) -> None:
    await shopper.get_ready("klarnaCredit")
    agreed = await agreement(shopper)
    network.is_armed = True
    submitted = (await shopper.storefront.ask(SUBMIT_ORDER, **agreed)).data["submitOrder"]
    assert submitted["result"]["__typename"] == "OrderInDoubt"
    clock.move(5)
    network.change = network.deliver
    data = (await shopper.storefront.ask(READ_AND_SUBMIT, **agreed)).body["data"]
    assert data["updateCart"] == {"cart": {"paymentSession": {"state": "REQUIRES_CONFIRMATION"}}}
    assert data["submitOrder"] == {"result": {"__typename": "OrderActionRequired"}, "errors": []}
    assert shopper.submits == 1


async def test_order_is_not_checked_with_cart_read_earlier(shopper: Shopper, network: ChangedAfterCartRead) -> None:
    await shopper.get_ready()
    await shopper.storefront.ask(f"mutation {{ {READ} }}")
    agreed = await agreement(shopper)

    async def add_a_unit() -> None:
        (cart,) = (guest.cart for guest in shopper.world.shoppers if guest.cart is not None)
        cart.lines[0].quantity += 1

    network.method, network.change = "POST", add_a_unit
    data = (await shopper.storefront.ask(READ_AND_SUBMIT, **agreed)).data
    assert [blocker["code"] for blocker in data["submitOrder"]["result"]["blockers"]] == [
        "TOTAL_CHANGED",
        "CART_CHANGED",
    ]
    assert shopper.submits == 0


async def test_decline_shows_payment_session_as_it_is_afterwards(shopper: Shopper) -> None:
    await shopper.fill_cart()
    await shopper.pay_with(owner__lastName="Decline:lost_stolen_card")
    submitted = (await shopper.storefront.ask(SUBMIT_ORDER, **await agreement(shopper))).data["submitOrder"]
    assert submitted["result"] == {
        "__typename": "OrderDeclined",
        "paymentSession": {"state": "REQUIRES_SOURCE", "primarySource": None},
    }


async def test_resumption_is_not_judged_by_cart_read_earlier(shopper: Shopper, network: ChangedAfterCartRead) -> None:
    await shopper.get_ready("klarnaCredit")
    result = await shopper.storefront.outcome()
    network.change = lambda: shopper.decide(result["action"]["redirectUrl"], "reject")
    data = (await shopper.storefront.ask(READ_AND_RESUME)).body["data"]
    assert data["updateCart"] == {"cart": {"paymentSession": {"state": "PENDING_REDIRECT"}}}
    assert data["resumeOrder"] == {"result": {"__typename": "OrderDeclined"}, "errors": []}


async def test_payload_after_an_order_shows_the_next_cart(shopper: Shopper) -> None:
    await shopper.get_ready()
    text = SUBMIT_ORDER.replace("errors { code }", "cart { totalQuantity } errors { code }")
    submitted = (await shopper.storefront.ask(text, **await agreement(shopper))).data["submitOrder"]
    assert submitted == IsPartialDict(result={"__typename": "OrderPlaced"}, cart={"totalQuantity": 0})


@pytest.mark.parametrize("replaces_cart", [True, False], ids=["new cart", "same cart"])
async def test_order_cancelled_at_digital_river_is_reported_as_declined(
    shopper: Shopper, clock: Clock, replaces_cart: bool
) -> None:
    await shopper.get_ready("klarnaCredit")
    await shopper.fault("drop-after", SUBMIT)
    key = new_key()
    assert (await shopper.storefront.outcome(key))["__typename"] == "OrderInDoubt"
    (order,) = shopper.world.orders()
    await shopper.control("order-state", {"orderId": order.id, "state": "Cancelled"})
    if replaces_cart:
        owner = next(guest for guest in shopper.world.shoppers if order.id in guest.orders)
        owner.cart = None
    clock.move(5)
    assert await status_of(shopper.storefront, key) == "DECLINED"
    if replaces_cart:
        assert await is_unlocked(shopper.storefront)
    assert shopper.submits == 1
