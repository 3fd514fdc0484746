"""A guest who abandons the provider's page can pay with another source, and pays only once."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest
from dirty_equals import IsPartialDict

from gateway.errors import StoreUnavailable
from gateway.store.memory import MemoryStore
from sandbox.model.world import World
from tests.support.shop import (
    CART,
    PACK,
    POLES,
    SUBMIT,
    Clock,
    InMemoryTransport,
    Shopper,
    Storefront,
    gateway,
    new_key,
)

RESUME = f"{CART}/resume-cart"
DETACH = """mutation { detachSource(input: {target: {all: true}}) {
  cart { id totalQuantity totals { orderTotal { amount } } billingAddress { address { line1 } }
    selectedShippingOption { name } appliedOffers { couponCode } }
  paymentSession { state } warnings { code message }
  errors { code message ... on PaymentError { sessionState } } } }"""
SELECT = "mutation($id: ID!) { selectShippingOption(input: {shippingOptionId: $id}) { errors { code } } }"


async def abandon_redirect(storefront: Storefront) -> dict[str, Any]:
    payload: dict[str, Any] = (await storefront.ask(DETACH)).data["detachSource"]
    return payload


async def test_guest_who_abandons_redirect_pays_with_another_source(shopper: Shopper, world: World) -> None:
    storefront = shopper.storefront
    await shopper.fill_cart()
    await storefront.run("RedeemCoupon", code="SPRING20")
    await shopper.pay_with("klarnaCredit")
    abandoned_cart, key = await storefront.cart(), new_key()
    redirect = await storefront.outcome(key)

    payload = await abandon_redirect(storefront)
    assert payload["errors"] == payload["warnings"] == []
    assert payload["paymentSession"] == {"state": "REQUIRES_SOURCE"}
    assert payload["cart"]["id"] != abandoned_cart["id"]
    assert payload["cart"] == IsPartialDict(
        totalQuantity=1,
        totals={"orderTotal": {"amount": abandoned_cart["totals"]["orderTotal"]["amount"]}},
        billingAddress={"address": {"line1": "10380 Bren Road W"}},
    )
    assert payload["cart"]["selectedShippingOption"]
    assert {"couponCode": "SPRING20"} in payload["cart"]["appliedOffers"]

    await shopper.pay_with()
    assert (await storefront.outcome())["__typename"] == "OrderPlaced"

    # The shopper approves the abandoned payment in another tab, where the provider's page is still open.
    await shopper.decide(redirect["action"]["redirectUrl"])
    late_return = (await storefront.run("ReturnFromRedirect", key=key))["resumeOrder"]
    assert late_return["result"]["__typename"] == "OrderNotPlaced"
    assert world.calls.count("POST", RESUME) == 0
    order_states = [order.state for known_shopper in world.shoppers for order in known_shopper.orders.values()]
    assert order_states == ["Source Pending Redirect", "Submitted"]


async def test_redirect_cannot_be_abandoned_after_shopper_approved_the_payment(shopper: Shopper, world: World) -> None:
    await shopper.get_ready("klarnaCredit")
    result = await shopper.storefront.outcome()
    await shopper.decide(result["action"]["redirectUrl"])
    payload = await abandon_redirect(shopper.storefront)
    assert payload["errors"] == [IsPartialDict(code="SOURCE_NOT_CHARGEABLE", sessionState="CHARGEABLE")]
    assert "resumeOrder" in payload["errors"][0]["message"]
    resumed = (await shopper.storefront.run("ReturnFromRedirect"))["resumeOrder"]
    assert resumed["result"]["__typename"] == "OrderPlaced"


async def test_warning_names_sold_out_product_missing_from_new_cart(shopper: Shopper, world: World) -> None:
    await shopper.fill_cart()
    await shopper.storefront.add("5401230400")
    await shopper.pay_with("klarnaCredit")
    await shopper.storefront.outcome()
    world.stock[5401230400] = 0
    payload = await abandon_redirect(shopper.storefront)
    assert payload["errors"] == []
    assert payload["cart"]["totalQuantity"] == 1
    assert payload["warnings"] == [
        {"code": "OTHER", "message": "The new cart does not have this part: product 5401230400."}
    ]


@pytest.mark.parametrize(
    ("part", "value", "name"),
    [
        (("lineItems", "lineItem", 1, "quantity"), "two", "lines that Digital River did not report in full"),
        (("lineItems", "lineItem", 1, "subscriptionInfo"), "?", "lines that Digital River did not report in full"),
        (("lineItems", "lineItem", 1), "?", "lines that Digital River did not report in full"),
        (("shippingMethod",), "?", "shipping option"),
        (("billingAddress",), "?", "billing address"),
    ],
)
async def test_warning_names_unreadable_part_missing_from_new_cart(
    shopper: Shopper, network: InMemoryTransport, part: tuple[str | int, ...], value: object, name: str
) -> None:
    await shopper.fill_cart()
    await shopper.storefront.add(POLES)
    await shopper.pay_with("klarnaCredit")
    await shopper.storefront.outcome()

    def change(wire: Any) -> Any:
        # The new cart is read as Digital River sends it.
        if wire["cart"]["paymentSession"]["status"] == "pending_redirect":
            holder = wire["cart"]
            for key in part[:-1]:
                holder = holder[key]
            holder[part[-1]] = value
        return wire

    network.rewrites["GET", CART] = change
    payload = await abandon_redirect(shopper.storefront)
    assert payload["errors"] == []
    assert payload["warnings"] == [{"code": "OTHER", "message": f"The new cart does not have this part: {name}."}]


async def test_warning_names_rejected_coupon_missing_from_new_cart(
    shopper: Shopper, network: InMemoryTransport
) -> None:
    await shopper.fill_cart()
    await shopper.storefront.run("RedeemCoupon", code="SPRING20")
    await shopper.pay_with("klarnaCredit")
    await shopper.storefront.outcome()
    coupon_error = {"errors": {"error": [{"code": "coupon-code-already-used", "description": "Used."}]}}
    adds_error = iter((False, True))
    network.rewrites["POST", CART] = lambda body: body | coupon_error if next(adds_error) else body
    payload = await abandon_redirect(shopper.storefront)
    assert payload["warnings"] == [
        {"code": "OTHER", "message": "The new cart does not have this part: coupon SPRING20."}
    ]


async def test_each_rejected_part_missing_from_new_cart_has_a_warning(
    shopper: Shopper, network: InMemoryTransport
) -> None:
    await shopper.fill_cart()
    await shopper.storefront.run("RedeemCoupon", code="SPRING20")
    await shopper.pay_with("klarnaCredit")
    await shopper.storefront.outcome()
    await shopper.fault("status", CART, status=409, code="operation-failed", method="POST")
    await shopper.fault("status", f"{CART}/apply-shipping-option", status=409, code="operation-failed", method="POST")
    payload = await abandon_redirect(shopper.storefront)
    parts = [
        warning["message"].removeprefix("The new cart does not have this part: ") for warning in payload["warnings"]
    ]
    assert parts == ["addresses.", "coupon SPRING20.", "shipping option."]


async def test_new_cart_has_the_shipping_option_of_the_old_one(shopper: Shopper) -> None:
    await shopper.fill_cart()
    options = (await shopper.storefront.ask("{ cart { shippingOptions { id name isSelected } } }")).data["cart"]
    other = next(option for option in options["shippingOptions"] if not option["isSelected"])
    await shopper.storefront.ask(SELECT, id=other["id"])
    await shopper.pay_with("klarnaCredit")
    assert (await shopper.storefront.outcome())["__typename"] == "OrderActionRequired"
    payload = await abandon_redirect(shopper.storefront)
    assert payload["warnings"] == []
    assert payload["cart"]["selectedShippingOption"] == {"name": other["name"]}


async def test_order_can_be_resumed_when_filling_new_cart_fails(shopper: Shopper) -> None:
    await shopper.get_ready("klarnaCredit")
    result = await shopper.storefront.outcome()
    await shopper.fault("status", f"{CART}/line-items", status=503, times=1)
    assert (await abandon_redirect(shopper.storefront))["errors"] == [IsPartialDict(code="UPSTREAM_UNAVAILABLE")]
    await shopper.decide(result["action"]["redirectUrl"])
    resumed = (await shopper.storefront.run("ReturnFromRedirect"))["resumeOrder"]
    assert resumed["result"]["__typename"] == "OrderPlaced"


async def test_registered_shopper_must_sign_out_to_abandon_a_redirect(registered_shopper: Shopper) -> None:
    await registered_shopper.storefront.add(PACK)
    await registered_shopper.storefront.give_details()
    await registered_shopper.pay_with("klarnaCredit")
    assert (await registered_shopper.storefront.outcome())["__typename"] == "OrderActionRequired"
    payload = await abandon_redirect(registered_shopper.storefront)
    assert payload["errors"] == [IsPartialDict(code="SOURCE_NOT_CHARGEABLE", sessionState="PENDING_REDIRECT")]
    assert "signOut" in payload["errors"][0]["message"]


async def test_reconciler_does_not_resume_order_after_redirect_is_abandoned(
    reconciled_shopper: Shopper, world: World, clock: Clock
) -> None:
    storefront = reconciled_shopper.storefront
    await reconciled_shopper.get_ready("klarnaCredit")
    result = await storefront.outcome()
    await abandon_redirect(storefront)
    await reconciled_shopper.decide(result["action"]["redirectUrl"])
    clock.move(600)
    for _ in range(20):
        await storefront.cart()
    assert world.calls.count("POST", RESUME) == 0
    assert reconciled_shopper.submits == world.calls.count("POST", SUBMIT) == 1


@pytest.mark.slow
@pytest.mark.parametrize("needs_authentication", [False, True], ids=["approved", "after authentication"])
async def test_order_resumed_while_redirect_is_being_abandoned_is_placed(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient, needs_authentication: bool
) -> None:
    async with gateway(world, network, clock) as storefront:
        shopper = Shopper(storefront, sandbox, world)
        await shopper.get_ready("klarnaCredit")
        redirect = await storefront.outcome()
        if needs_authentication:
            fault = {"status": 409, "code": "declined", "subcode": "authentication_required", "times": 1}
            await shopper.fault("status", RESUME, **fault)
            assert (await storefront.run("ReturnFromRedirect"))["resumeOrder"]["result"]["action"]["sourceId"]
        line_items = f"{CART}/line-items"
        network.arrived[line_items].clear()
        network.gates[line_items] = asyncio.Event()
        abandoning = asyncio.create_task(storefront.another_tab().ask(DETACH))
        await network.arrived[line_items].wait()
        await shopper.decide(redirect["action"]["redirectUrl"])
        resumed = (await storefront.another_tab().run("ReturnFromRedirect"))["resumeOrder"]
        network.gates[line_items].set()
        abandoned = (await abandoning).data["detachSource"]
        assert resumed["result"]["__typename"] == "OrderPlaced"
        assert abandoned["errors"] == [IsPartialDict(code="CART_LOCKED")], (
            "the order is placed and can no longer be abandoned"
        )
        assert (await storefront.cart())["totalQuantity"] == 0, "the new cart has no lines of the order"


class FailingBeforeNewToken(MemoryStore):
    """A store that, once armed, fails after the submission has ended and before the session gets its new token."""

    is_armed = has_ended = False

    async def replace(self, key: str, value: bytes, *, expected: bytes | None, ttl_s: float) -> bool:
        if self.is_armed and self.has_ended and key.startswith("session:"):
            self.is_armed = False
            raise StoreUnavailable(detail="planted")
        self.has_ended |= self.is_armed and key.startswith("attempt:")
        return await super().replace(key, value, expected=expected, ttl_s=ttl_s)


async def test_interrupted_abandonment_is_finished_after_a_blocked_submission(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient
) -> None:
    store = FailingBeforeNewToken(clock)
    async with gateway(world, network, clock, store=store) as storefront:
        shopper = Shopper(storefront, sandbox, world)
        await shopper.get_ready("klarnaCredit")
        redirect = await storefront.outcome()
        store.is_armed = True
        assert (await abandon_redirect(storefront))["errors"] == [IsPartialDict(code="STORE_UNAVAILABLE")]
        await storefront.outcome()
        await shopper.decide(redirect["action"]["redirectUrl"])

        blocked = await storefront.outcome()
        assert blocked["blockers"] == [IsPartialDict(resolvedBy=["Mutation.detachSource"])]
        resumed = (await storefront.run("ReturnFromRedirect"))["resumeOrder"]
        assert resumed["result"]["__typename"] == "OrderNotPlaced", "the shopper has left the page"
        assert (await abandon_redirect(storefront))["errors"] == []
        await shopper.pay_with()
        assert (await storefront.outcome())["__typename"] == "OrderPlaced"
        assert world.calls.count("POST", RESUME) == 0


async def test_interrupted_abandonment_can_be_resumed_after_sign_in(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient
) -> None:
    store = FailingBeforeNewToken(clock, intact_since=clock() - timedelta(days=1))
    async with gateway(world, network, clock, store=store) as storefront:
        shopper = Shopper(storefront, sandbox, world)
        await shopper.get_ready("klarnaCredit")
        redirect = await storefront.outcome()
        store.is_armed = True
        await abandon_redirect(storefront)
        assert (await storefront.sign_in(world.keys.shopper_username, world.keys.shopper_password))["errors"] == []
        await shopper.decide(redirect["action"]["redirectUrl"])
        resumed = (await storefront.run("ReturnFromRedirect"))["resumeOrder"]
        assert resumed["result"]["__typename"] == "OrderPlaced", "an account has no other cart"


CHANGES = {
    "addCartLines": 'lines: [{product: {upstreamId: "5401230100"}}]',
    "updateCart": 'organizationId: "acme"',
    "prepareCheckout": "shippingOption: {rule: CHEAPEST}, termsOfSaleAccepted: true",
    "applyOffer": 'offer: {couponCode: "SPRING20"}',
    "attachSource": 'source: {sourceId: "5b6d1a52-5d54-4a1c-8a5e-5a1b6f0f5f3e"}',
    "updateSession": 'currencyCode: "EUR"',
}


@pytest.mark.parametrize("change", CHANGES)
async def test_changes_of_waiting_cart_say_that_it_waits(shopper: Shopper, change: str) -> None:
    storefront = shopper.storefront
    await shopper.fill_cart()
    await shopper.pay_with("klarnaCredit")
    await storefront.outcome(new_key())
    answer = await storefront.ask(
        f"mutation {{ {change}(input: {{{CHANGES[change]}}}) {{ errors {{ code message shopperMessage retry }} }} }}"
    )
    [error] = answer.data[change]["errors"]
    assert (error["code"], error["retry"]) == ("CART_LOCKED", "READ_STATE_FIRST")
    assert "`resumeOrder`" in error["message"]
    assert "`detachSource`" in error["message"]
    assert error["shopperMessage"].startswith("Your order is waiting for your payment")
