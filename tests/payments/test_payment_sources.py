"""Credit beside each way to pay, carts that cost nothing, and what recurs: paid by whatever can."""

from decimal import Decimal
from typing import Any

import httpx
import pytest
from dirty_equals import IsPartialDict

from sandbox.demo_shop.payment_methods import METHODS
from sandbox.model.contributions import COMBINABLE
from sandbox.model.world import Balance, World
from tests.support.payment_method_cases import AMAZON, CARD
from tests.support.shop import COFFEE, LIVE_MAPS, SOFTWARE, Shopper

pytestmark = pytest.mark.slow

CREDIT = """mutation { applyStoreCredit(input: {amount: {amount: "50", currencyCode: "USD"}}) { errors { code } } }"""
FREE = """mutation { applyOffer(input: {offer: {couponCode: "ONTHEHOUSE"}}) { errors { code } } }"""
SESSION = """{ paymentSession { state isFunded amountContributed { amount } amountRemaining { amount }
  primarySource { type amountContributed { amount } } storeCredit { amountContributed { amount } }
  nextAction { __typename } missing { kind } } }"""
SAVE = """mutation($id: String!) { savePaymentOption(input: {target: {sourceId: $id}}) { errors { code message } } }"""
HASHES: dict[str, dict[str, Any]] = {"creditCard": CARD, "googlePay": {}, "wireTransfer": {}, "amazonPay": AMAZON}


async def source(shopper: Shopper, type: str, **changes: Any) -> str:
    given = {type: dict(HASHES[type])} if type in HASHES else {}
    return await shopper.source(type, **given, **changes)


async def approve(shopper: Shopper, source_id: str) -> None:
    page = next(one.redirect["redirectUrl"] for id, one in shopper.world.sources.items() if str(id) == source_id)
    await shopper.decide(httpx.URL(page).raw_path.decode())


@pytest.fixture
async def with_credit(registered_shopper: Shopper) -> Shopper:
    registered_shopper.world.ledger["rf-cust-000042"] = Balance(Decimal(500), "USD")
    await registered_shopper.fill_cart()
    payload = (await registered_shopper.storefront.ask(CREDIT)).data["applyStoreCredit"]
    assert payload["errors"] == []
    return registered_shopper


@pytest.mark.parametrize("type", sorted(COMBINABLE))
async def test_credit_and_a_method_that_can_stand_beside_it_pay_together(with_credit: Shopper, type: str) -> None:
    storefront, workflow = with_credit.storefront, METHODS[type].workflow
    source_id = await source(with_credit, type)
    if workflow == "redirect-then-submit":
        await approve(with_credit, source_id)
    assert (await storefront.attach(source_id))["errors"] == []
    session = (await storefront.ask(SESSION)).data["paymentSession"]
    assert session["state"] == "REQUIRES_CONFIRMATION"
    assert session["primarySource"] == {"type": type, "amountContributed": {"amount": "46.69"}}
    assert session["storeCredit"] == {"amountContributed": {"amount": "50.00"}}

    result = await storefront.outcome()
    if workflow == "submit-then-redirect":
        await approve(with_credit, source_id)
        result = (await storefront.run("ReturnFromRedirect"))["resumeOrder"]["result"]
    if workflow == "delayed":
        assert result["__typename"] == "OrderAwaitingPayment"
        assert result["instructions"]["amount"]["amount"] == "46.69", "credit has paid its part"
        body = {"orderId": int(result["order"]["number"]), "event": "funds-arrive"}
        await with_credit.control("order-events", body)
    else:
        assert result["__typename"] == "OrderPlaced"
    order = (await storefront.run("PaymentInstructions", orderId=result["order"]["id"]))["order"]
    assert order["state"] == "SUBMITTED"
    assert [one["amountContributed"]["amount"] for one in order["sources"]] == ["50.00", "46.69"], "credit first"


@pytest.mark.parametrize("type", ["afterPay", "alipay", "amazonPay", "applePay"])
async def test_any_other_method_stands_alone(with_credit: Shopper, type: str) -> None:
    step = await with_credit.storefront.run("PaymentStep")
    method = next(one for one in step["availablePaymentMethods"]["methods"] if one["type"] == type)
    assert method == IsPartialDict(isUsable=False, obstacles=["NOT_COMBINABLE_WITH_STORE_CREDIT"])
    payload = await with_credit.storefront.attach(await source(with_credit, type))
    assert [error["code"] for error in payload["errors"]] == ["PAYMENT_METHOD_UNAVAILABLE"]
    session = (await with_credit.storefront.ask(SESSION)).data["paymentSession"]
    assert session == IsPartialDict(state="REQUIRES_SOURCE", amountRemaining={"amount": "46.69"}, primarySource=None)


# Nothing to pay.


async def fill_for_nothing(shopper: Shopper) -> None:
    await shopper.fill_cart(SOFTWARE)
    assert (await shopper.storefront.ask(FREE)).data["applyOffer"]["errors"] == []
    assert (await shopper.storefront.cart())["totals"]["orderTotal"]["amount"] == "0.00"


async def test_a_cart_that_costs_nothing_needs_no_source(shopper: Shopper) -> None:
    await fill_for_nothing(shopper)
    assert (await shopper.storefront.ask(SESSION)).data["paymentSession"] == {
        "state": "REQUIRES_CONFIRMATION",
        "isFunded": True,
        "amountContributed": {"amount": "0.00"},
        "amountRemaining": {"amount": "0.00"},
        "primarySource": None,
        "storeCredit": None,
        "nextAction": {"__typename": "SubmitOrderAction"},
        "missing": [],
    }
    result = await shopper.storefront.outcome()
    assert result == IsPartialDict(__typename="OrderPlaced", order=IsPartialDict(state="SUBMITTED"))


async def test_a_source_does_no_harm_to_it(shopper: Shopper) -> None:
    await shopper.fill_cart(SOFTWARE)
    await shopper.pay_with()
    assert (await shopper.storefront.ask(FREE)).data["applyOffer"]["errors"] == []
    assert (await shopper.storefront.outcome())["__typename"] == "OrderPlaced"


async def test_where_upstream_wants_one_all_the_same_it_is_told(shopper: Shopper) -> None:
    await shopper.control("switches", {"zero_total": "needs_source"})
    await fill_for_nothing(shopper)
    result = await shopper.storefront.outcome()
    assert [blocker["code"] for blocker in result["blockers"]] == ["PAYMENT_SESSION_NOT_READY"]
    await shopper.pay_with()
    assert (await shopper.storefront.outcome())["__typename"] == "OrderPlaced"


# What recurs.


@pytest.mark.parametrize(
    "type", sorted({"amazonPay", "creditCard", "googlePay", "klarnaCreditRecurring", "payPalBilling"})
)
async def test_what_was_saved_pays_for_what_recurs(registered_shopper: Shopper, world: World, type: str) -> None:
    # Klarna pays for nothing that is as small as a month of maps.
    product, days = (COFFEE, 367) if type == "klarnaCreditRecurring" else (LIVE_MAPS, 32)
    await registered_shopper.fill_cart(product)
    source_id = await source(registered_shopper, type)
    if METHODS[type].flow == "redirect":
        await approve(registered_shopper, source_id)
    assert (await registered_shopper.storefront.ask(SAVE, id=source_id)).data["savePaymentOption"]["errors"] == []
    assert (await registered_shopper.storefront.attach(source_id))["errors"] == []
    assert (await registered_shopper.storefront.outcome())["__typename"] == "OrderPlaced", "approved once and for all"
    (contract,) = world.subscriptions
    assert str(contract.source.id) == source_id
    await registered_shopper.control("clock", {"forward_s": days * 86_400})
    (contract,) = world.subscriptions
    assert len(contract.orders) == 2
