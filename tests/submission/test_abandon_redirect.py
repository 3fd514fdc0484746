"""A guest who gave up on the provider's page pays otherwise, and never twice."""

from typing import Any

from dirty_equals import IsPartialDict

from sandbox.model.world import World
from tests.support.shop import CART, PACK, SUBMIT, Clock, InMemoryTransport, Shopper, Storefront, new_key

RESUME = f"{CART}/resume-cart"
DETACH = """mutation { detachSource(input: {target: {all: true}}) {
  cart { id totalQuantity totals { orderTotal { amount } } billingAddress { address { line1 } }
    selectedShippingOption { name } appliedOffers { couponCode } }
  paymentSession { state } warnings { code message }
  errors { code message ... on PaymentError { sessionState } } } }"""


async def gives_up(storefront: Storefront) -> dict[str, Any]:
    payload: dict[str, Any] = (await storefront.ask(DETACH)).data["detachSource"]
    return payload


async def test_a_fresh_cart_with_the_same_lines_is_paid_otherwise(shopper: Shopper, world: World) -> None:
    storefront = shopper.storefront
    await shopper.fill_cart()
    await storefront.run("RedeemCoupon", code="SPRING20")
    await shopper.pay_with("klarnaCredit")
    before, key = await storefront.cart(), new_key()
    first = await storefront.outcome(key)

    payload = await gives_up(storefront)
    assert payload["errors"] == payload["warnings"] == []
    assert payload["paymentSession"] == {"state": "REQUIRES_SOURCE"}
    assert payload["cart"]["id"] != before["id"]
    assert payload["cart"] == IsPartialDict(
        totalQuantity=1,
        totals={"orderTotal": {"amount": before["totals"]["orderTotal"]["amount"]}},
        billingAddress={"address": {"line1": "10380 Bren Road W"}},
    )
    assert payload["cart"]["selectedShippingOption"]
    assert {"couponCode": "SPRING20"} in payload["cart"]["appliedOffers"]

    await shopper.pay_with()
    assert (await storefront.outcome())["__typename"] == "OrderPlaced"

    # The page is still open in another tab.
    await shopper.decide(first["action"]["redirectUrl"])
    late = (await storefront.run("ReturnFromRedirect", key=key))["resumeOrder"]
    assert late["result"]["__typename"] == "OrderNotPlaced"
    assert world.calls.count("POST", RESUME) == 0
    states = [order.state for one in world.shoppers for order in one.orders.values()]
    assert states == ["Source Pending Redirect", "Submitted"]


async def test_who_has_approved_cannot_give_up(shopper: Shopper, world: World) -> None:
    await shopper.get_ready("klarnaCredit")
    result = await shopper.storefront.outcome()
    await shopper.decide(result["action"]["redirectUrl"])
    payload = await gives_up(shopper.storefront)
    assert payload["errors"] == [IsPartialDict(code="SOURCE_NOT_CHARGEABLE", sessionState="CHARGEABLE")]
    assert "resumeOrder" in payload["errors"][0]["message"]
    resumed = (await shopper.storefront.run("ReturnFromRedirect"))["resumeOrder"]
    assert resumed["result"]["__typename"] == "OrderPlaced"


async def test_what_is_sold_out_by_now_is_told(shopper: Shopper, world: World) -> None:
    await shopper.fill_cart()
    await shopper.storefront.add("5401230400")
    await shopper.pay_with("klarnaCredit")
    await shopper.storefront.outcome()
    world.stock[5401230400] = 0
    payload = await gives_up(shopper.storefront)
    assert payload["errors"] == []
    assert payload["cart"]["totalQuantity"] == 1
    assert payload["warnings"] == [
        {"code": "OTHER", "message": "The new cart does not have this part: product 5401230400."}
    ]


async def test_a_code_that_is_refused_beside_the_cart_is_told(shopper: Shopper, network: InMemoryTransport) -> None:
    await shopper.fill_cart()
    await shopper.storefront.run("RedeemCoupon", code="SPRING20")
    await shopper.pay_with("klarnaCredit")
    await shopper.storefront.outcome()
    beside = {"errors": {"error": [{"code": "coupon-code-already-used", "description": "Used."}]}}
    is_asked = iter((False, True))
    network.rewrites["POST", CART] = lambda body: body | beside if next(is_asked) else body
    payload = await gives_up(shopper.storefront)
    assert payload["warnings"] == [
        {"code": "OTHER", "message": "The new cart does not have this part: coupon SPRING20."}
    ]


async def test_when_no_fresh_cart_can_be_had_nothing_has_changed(shopper: Shopper) -> None:
    await shopper.get_ready("klarnaCredit")
    result = await shopper.storefront.outcome()
    await shopper.fault("status", f"{CART}/line-items", status=503, times=1)
    assert (await gives_up(shopper.storefront))["errors"] == [IsPartialDict(code="UPSTREAM_UNAVAILABLE")]
    await shopper.decide(result["action"]["redirectUrl"])
    resumed = (await shopper.storefront.run("ReturnFromRedirect"))["resumeOrder"]
    assert resumed["result"]["__typename"] == "OrderPlaced"


async def test_a_signed_in_shopper_is_told_what_to_do(registered_shopper: Shopper) -> None:
    await registered_shopper.storefront.add(PACK)
    await registered_shopper.storefront.give_details()
    await registered_shopper.pay_with("klarnaCredit")
    assert (await registered_shopper.storefront.outcome())["__typename"] == "OrderActionRequired"
    payload = await gives_up(registered_shopper.storefront)
    assert payload["errors"] == [IsPartialDict(code="SOURCE_NOT_CHARGEABLE", sessionState="PENDING_REDIRECT")]
    assert "signOut" in payload["errors"][0]["message"]


async def test_nobody_resumes_for_a_shopper_who_gave_up(
    reconciled_shopper: Shopper, world: World, clock: Clock
) -> None:
    storefront = reconciled_shopper.storefront
    await reconciled_shopper.get_ready("klarnaCredit")
    result = await storefront.outcome()
    await gives_up(storefront)
    await reconciled_shopper.decide(result["action"]["redirectUrl"])
    clock.move(600)
    for _ in range(20):
        await storefront.cart()
    assert world.calls.count("POST", RESUME) == 0
    assert reconciled_shopper.submits == world.calls.count("POST", SUBMIT) == 1
