"""Store credit beside each payment method, carts with a total of zero, and recurring purchases."""

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
DETAILS: dict[str, dict[str, Any]] = {"creditCard": CARD, "googlePay": {}, "wireTransfer": {}, "amazonPay": AMAZON}


async def source(shopper: Shopper, method_type: str, **changes: Any) -> str:
    details = {method_type: dict(DETAILS[method_type])} if method_type in DETAILS else {}
    return await shopper.source(method_type, **details, **changes)


async def approve(shopper: Shopper, source_id: str) -> None:
    page = next(
        source.redirect["redirectUrl"]
        for upstream_id, source in shopper.world.sources.items()
        if str(upstream_id) == source_id
    )
    await shopper.decide(httpx.URL(page).raw_path.decode())


@pytest.fixture
async def with_credit(registered_shopper: Shopper) -> Shopper:
    registered_shopper.world.ledger["rf-cust-000042"] = Balance(Decimal(500), "USD")
    await registered_shopper.fill_cart()
    payload = (await registered_shopper.storefront.ask(CREDIT)).data["applyStoreCredit"]
    assert payload["errors"] == []
    return registered_shopper


@pytest.mark.parametrize("method_type", sorted(COMBINABLE))
async def test_store_credit_and_combinable_method_pay_together(with_credit: Shopper, method_type: str) -> None:
    storefront, workflow = with_credit.storefront, METHODS[method_type].workflow
    source_id = await source(with_credit, method_type)
    if workflow == "redirect-then-submit":
        await approve(with_credit, source_id)
    assert (await storefront.attach(source_id))["errors"] == []
    session = (await storefront.ask(SESSION)).data["paymentSession"]
    assert session["state"] == "REQUIRES_CONFIRMATION"
    assert session["primarySource"] == {"type": method_type, "amountContributed": {"amount": "46.69"}}
    assert session["storeCredit"] == {"amountContributed": {"amount": "50.00"}}

    result = await storefront.outcome()
    if workflow == "submit-then-redirect":
        await approve(with_credit, source_id)
        result = (await storefront.run("ReturnFromRedirect"))["resumeOrder"]["result"]
    if workflow == "delayed":
        assert result["__typename"] == "OrderAwaitingPayment"
        assert result["instructions"]["amount"]["amount"] == "46.69", "the amount is the total without store credit"
        body = {"orderId": int(result["order"]["number"]), "event": "funds-arrive"}
        await with_credit.control("order-events", body)
    else:
        assert result["__typename"] == "OrderPlaced"
    order = (await storefront.run("PaymentInstructions", orderId=result["order"]["id"]))["order"]
    assert order["state"] == "SUBMITTED"
    assert [attached["amountContributed"]["amount"] for attached in order["sources"]] == ["50.00", "46.69"]


async def test_usable_only_omits_methods_that_store_credit_excludes(with_credit: Shopper) -> None:
    text = (
        "query($only: Boolean) { availablePaymentMethods(filter: {usableOnly: $only}) { methods { type isUsable } } }"
    )
    every = (await with_credit.storefront.ask(text)).data["availablePaymentMethods"]["methods"]
    usable = (await with_credit.storefront.ask(text, only=True)).data["availablePaymentMethods"]["methods"]
    assert [method for method in every if method["isUsable"]] == usable
    assert 0 < len(usable) < len(every)


@pytest.mark.parametrize("method_type", ["afterPay", "alipay", "amazonPay", "applePay"])
async def test_method_not_combinable_with_store_credit_is_rejected(with_credit: Shopper, method_type: str) -> None:
    step = await with_credit.storefront.run("PaymentStep")
    method = next(listed for listed in step["availablePaymentMethods"]["methods"] if listed["type"] == method_type)
    assert method == IsPartialDict(isUsable=False, obstacles=["NOT_COMBINABLE_WITH_STORE_CREDIT"])
    payload = await with_credit.storefront.attach(await source(with_credit, method_type))
    assert [error["code"] for error in payload["errors"]] == ["PAYMENT_METHOD_UNAVAILABLE"]
    session = (await with_credit.storefront.ask(SESSION)).data["paymentSession"]
    assert session == IsPartialDict(state="REQUIRES_SOURCE", amountRemaining={"amount": "46.69"}, primarySource=None)


# Carts with a total of zero.


async def fill_free_cart(shopper: Shopper) -> None:
    await shopper.fill_cart(SOFTWARE)
    assert (await shopper.storefront.ask(FREE)).data["applyOffer"]["errors"] == []
    assert (await shopper.storefront.cart())["totals"]["orderTotal"]["amount"] == "0.00"


async def test_cart_with_zero_total_needs_no_source(shopper: Shopper) -> None:
    await fill_free_cart(shopper)
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


async def test_cart_with_zero_total_needs_no_store_credit(registered_shopper: Shopper) -> None:
    registered_shopper.world.ledger["rf-cust-000042"] = Balance(Decimal(500), "USD")
    await fill_free_cart(registered_shopper)
    answer = await registered_shopper.storefront.ask(
        "mutation { applyStoreCredit(input: {}) { errors { code message ... on StoreCreditError { obstacles } } } }"
    )
    (error,) = answer.data["applyStoreCredit"]["errors"]
    assert error == IsPartialDict(code="STORE_CREDIT_INSUFFICIENT", obstacles=[])
    assert "total is zero" in error["message"]


async def test_cart_with_zero_total_may_have_a_source(shopper: Shopper) -> None:
    await shopper.fill_cart(SOFTWARE)
    await shopper.pay_with()
    assert (await shopper.storefront.ask(FREE)).data["applyOffer"]["errors"] == []
    assert (await shopper.storefront.outcome())["__typename"] == "OrderPlaced"


async def test_cart_with_zero_total_is_blocked_if_site_requires_source(shopper: Shopper) -> None:
    await shopper.control("switches", {"zero_total": "needs_source"})
    await fill_free_cart(shopper)
    result = await shopper.storefront.outcome()
    assert [blocker["code"] for blocker in result["blockers"]] == ["PAYMENT_SESSION_NOT_READY"]
    await shopper.pay_with()
    assert (await shopper.storefront.outcome())["__typename"] == "OrderPlaced"


# Recurring purchases with a saved source.


@pytest.mark.parametrize(
    "method_type", sorted({"amazonPay", "creditCard", "googlePay", "klarnaCreditRecurring", "payPalBilling"})
)
async def test_saved_source_pays_for_the_renewal_order(
    registered_shopper: Shopper, world: World, method_type: str
) -> None:
    # The map subscription costs less than the minimum amount of Klarna, so coffee is bought with Klarna.
    product, days = (COFFEE, 367) if method_type == "klarnaCreditRecurring" else (LIVE_MAPS, 32)
    await registered_shopper.fill_cart(product)
    source_id = await source(registered_shopper, method_type)
    if METHODS[method_type].flow == "redirect":
        await approve(registered_shopper, source_id)
    assert (await registered_shopper.storefront.ask(SAVE, id=source_id)).data["savePaymentOption"]["errors"] == []
    assert (await registered_shopper.storefront.attach(source_id))["errors"] == []
    assert (await registered_shopper.storefront.outcome())["__typename"] == "OrderPlaced", (
        "the shopper approves the source only once"
    )
    (contract,) = world.subscriptions
    assert str(contract.source.id) == source_id
    await registered_shopper.control("clock", {"forward_s": days * 86_400})
    (contract,) = world.subscriptions
    assert len(contract.orders) == 2
