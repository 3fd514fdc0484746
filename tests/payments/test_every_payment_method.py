"""Purchases with each documented payment method: completed, abandoned, rejected, or approved later."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from dirty_equals import IsPartialDict

from sandbox.demo_shop.payment_methods import TABLE
from sandbox.model.source import Source
from sandbox.model.world import World
from tests.support.payment_method_cases import (
    CARD,
    CPF,
    LOCALES,
    MONEY_LATER,
    OUTCOMES,
    PAYMENT_METHOD_CASES,
    PaymentMethodCase,
    cell,
    page,
)
from tests.support.shop import Clock, InMemoryTransport, Shopper, create_source, eventually, gateway, new_key

pytestmark = pytest.mark.slow

PAGE = Path(__file__).parents[2] / "docs" / "payment-methods.md"

TENT = "5401231200"

DAY = 86_400

SEQUENCES = {
    "standard": "SUBMIT",
    "redirect-then-submit": "REDIRECT_THEN_SUBMIT",
    "submit-then-redirect": "SUBMIT_THEN_REDIRECT",
    "delayed": "SUBMIT_THEN_WAIT",
}
SOURCE_TYPES = {
    "creditCard": "CardSource",
    "applePay": "WalletSource",
    "googlePay": "WalletSource",
    "boletoBancario": "TransferSource",
    "konbini": "TransferSource",
    "wireTransfer": "TransferSource",
}
"""GraphQL type of the source, by payment method. Sources of payment methods that are not listed are RedirectSource."""


@dataclass
class Purchase:
    """A shopper with a cart in a country and a currency in which the payment method is available."""

    case: PaymentMethodCase
    shopper: Shopper
    clock: Clock

    async def start(self) -> None:
        storefront = self.shopper.storefront
        text = "mutation($l: Locale!) { startSession(input: {locale: $l}) { errors { code } } }"
        assert (await storefront.ask(text, l=self.case.locale)).data["startSession"]["errors"] == []
        await self.shopper.fill_cart(self.case.product, **self.case.address)
        if self.case.country == "BR":
            text = """mutation($v: String!) { setTaxIdentifiers(input: {customerType: INDIVIDUAL,
              taxIdentifiers: [{key: "CPF", value: $v}]}) { errors { code message } } }"""
            assert (await storefront.ask(text, v=CPF)).data["setTaxIdentifiers"]["errors"] == []

    async def source(self, **changes: Any) -> str:
        return await self.source_of(self.case.type, self.case.details, **changes)

    async def source_of(self, method_type: str, details: dict[str, Any], **changes: Any) -> str:
        session_id = (await self.shopper.storefront.cart())["paymentSession"]["sessionId"]
        fields = {method_type: dict(details), "owner__address": self.case.owner_address} | changes
        return await create_source(self.shopper.sandbox, self.shopper.world, session_id, method_type, **fields)

    async def attach(self, source_id: str) -> list[str]:
        payload = await self.shopper.storefront.attach(source_id)
        return [error["code"] for error in payload["errors"]]

    async def submit(self, key: str | None = None) -> dict[str, Any]:
        return await self.shopper.storefront.outcome(key)

    async def resume(self) -> dict[str, Any]:
        payload = (await self.shopper.storefront.run("ReturnFromRedirect"))["resumeOrder"]
        assert payload["errors"] == [], payload["errors"]
        result: dict[str, Any] = payload["result"]
        return result

    async def decide(self, source_id: str, decision: str = "approve") -> None:
        url = self.sandbox_source(source_id).redirect["redirectUrl"]
        form = {"decision": decision} | ({"option": self.case.wallet_option} if self.case.wallet_option else {})
        answer = await self.shopper.sandbox.post(httpx.URL(url).raw_path.decode(), data=form)
        assert answer.status_code == 303, answer.text

    def sandbox_source(self, source_id: str) -> Source:
        sources = self.shopper.world.sources
        return next(source for upstream_id, source in sources.items() if str(upstream_id) == source_id)

    async def pass_time(self, seconds: float) -> None:
        await self.shopper.control("clock", {"forward_s": seconds})

    async def order(self, order_id: str) -> dict[str, Any]:
        order: dict[str, Any] = (await self.shopper.storefront.run("PaymentInstructions", orderId=order_id))["order"]
        return order

    async def pay_by_card(self) -> str:
        """Pay by card after the payment method has failed. Return the result as in docs/payment-methods.md."""
        assert await self.attach(await self.source_of("creditCard", CARD)) == []
        result = await self.submit()
        assert result["__typename"] == "OrderPlaced"
        assert self.orders_in_force == 1
        return "placed with another source"

    @property
    def orders_in_force(self) -> int:
        orders = [order for shopper in self.shopper.world.shoppers for order in shopper.orders.values()]
        return sum(order.state != "Cancelled" for order in orders)


@pytest.fixture
async def purchase(
    case: PaymentMethodCase, world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient
) -> AsyncIterator[Purchase]:
    async with gateway(world, network, clock, locales=LOCALES) as storefront:
        purchase = Purchase(case, Shopper(storefront, sandbox, world), clock)
        await purchase.start()
        yield purchase


# Purchases that the shopper completes.


async def standard(purchase: Purchase) -> str:
    assert await purchase.attach(await purchase.source()) == []
    result = await purchase.submit()
    assert result["__typename"] == "OrderPlaced"
    return "placed"


async def approved_before_submit(purchase: Purchase) -> str:
    source_id = await purchase.source()
    await purchase.decide(source_id)
    assert await purchase.attach(source_id) == []
    assert (await purchase.submit())["__typename"] == "OrderPlaced"
    assert purchase.sandbox_source(source_id).wallet_option == purchase.case.wallet_option
    return "approved, attached, placed"


async def approved_after_submit(purchase: Purchase) -> str:
    source_id = await purchase.source()
    assert await purchase.attach(source_id) == []
    assert (await purchase.submit())["__typename"] == "OrderActionRequired"
    await purchase.decide(source_id)
    result = await purchase.resume()
    assert result["__typename"] == "OrderPlaced"
    outcome = "action required, approved, placed"
    if (await purchase.order(result["order"]["id"]))["state"] != "CHARGE_PENDING":
        return outcome
    await purchase.pass_time(3 * DAY)
    assert (await purchase.order(result["order"]["id"]))["state"] == "SUBMITTED"
    return outcome + MONEY_LATER


INSTRUCTIONS = {
    "boletoBancario": {"documentUrl", "documentCode"},
    "konbini": {"documentUrl", "storeId", "receiptNumber", "storeName", "localizedStoreName", "storeLogoUrl"},
    "wireTransfer": {"reference", "bankName", "city", "country", "accountHolder", "accountNumber", "swiftCode"},
}
"""Names of the payment instructions for the shopper, by payment method. A name is a field or a key in `details`."""


async def paid_by_transfer(purchase: Purchase) -> str:
    assert await purchase.attach(await purchase.source()) == []
    result = await purchase.submit()
    assert result["__typename"] == "OrderAwaitingPayment"
    assert result["order"]["state"] == "SOURCE_PENDING_FUNDS"
    instructions = result["instructions"]
    assert instructions["payBefore"]
    fields = {name for name in ("reference", "documentUrl") if instructions[name]}
    assert fields | {detail["key"] for detail in instructions["details"]} == INSTRUCTIONS[purchase.case.type]
    assert instructions["amount"] == IsPartialDict(currencyCode=purchase.case.currency)
    order = await purchase.order(result["order"]["id"])
    assert order["paymentInstructions"] == instructions
    body = {"orderId": int(result["order"]["number"]), "event": "funds-arrive", "afterS": 2 * DAY}
    await purchase.shopper.control("order-events", body)
    assert (await purchase.order(result["order"]["id"]))["state"] == "SOURCE_PENDING_FUNDS"
    await purchase.pass_time(2 * DAY)
    order = await purchase.order(result["order"]["id"])
    assert order["state"] == "SUBMITTED"
    return "awaiting payment with instructions; submitted once the money is there"


# Purchases that the shopper abandons.


async def without_chargeable_source(purchase: Purchase) -> str:
    """Submit a cart without a chargeable source. The shopper closed the wallet or did not authenticate."""
    if purchase.case.type != "applePay":
        changes = {
            "creditCard": {"creditCard__number": "5454545454545454"},
            "googlePay": {"owner__lastName": "SCATest"},
        }
        assert await purchase.attach(await purchase.source(**changes[purchase.case.type])) == []
        assert (await purchase.shopper.storefront.cart())["paymentSession"]["state"] == "REQUIRES_ACTION"
    result = await purchase.submit()
    assert result["__typename"] == "OrderBlocked"
    assert [blocker["code"] for blocker in result["blockers"]] == ["PAYMENT_SESSION_NOT_READY"]
    assert purchase.shopper.submits == 0
    return "blocked: no source that can be charged"


async def cancelled_before_submit(purchase: Purchase) -> str:
    source_id = await purchase.source()
    await purchase.decide(source_id, "cancel")
    assert await purchase.attach(source_id) == ["SOURCE_NOT_CHARGEABLE"]
    return f"not chargeable; {await purchase.pay_by_card()}"


async def cancelled_after_submit(purchase: Purchase) -> str:
    source_id = await purchase.source()
    await purchase.attach(source_id)
    first = await purchase.submit()
    await purchase.decide(source_id, "cancel")
    again = await purchase.resume()
    assert again["__typename"] == "OrderActionRequired"
    assert again["action"]["redirectUrl"] == first["action"]["redirectUrl"]
    await purchase.decide(source_id)
    assert (await purchase.resume())["__typename"] == "OrderPlaced"
    assert purchase.orders_in_force == purchase.shopper.submits == 1
    return "action required, the same page; placed once approved"


async def never_paid(purchase: Purchase) -> str:
    await purchase.attach(await purchase.source())
    result = await purchase.submit()
    assert result["__typename"] == "OrderAwaitingPayment"
    await purchase.pass_time(20 * DAY + 1)
    (reminder,) = (await purchase.shopper.sandbox.get("/_sandbox/events")).json()
    assert reminder["type"] == "delayed_payment.reminder"
    await purchase.pass_time(10 * DAY)
    # After 30 days the shopper's session has expired, so the test reads the order in the sandbox.
    (order,) = purchase.shopper.world.orders()
    assert order.state == "Cancelled"
    _, expired = (await purchase.shopper.sandbox.get("/_sandbox/events")).json()
    assert expired == IsPartialDict(
        type="delayed_payment.expired", searchableData={"orderId": result["order"]["number"]}
    )
    return "awaiting payment; cancelled after 30 days"


# Purchases whose payment is rejected.


async def declined(purchase: Purchase) -> str:
    assert await purchase.attach(await purchase.source(owner__lastName="Decline:insufficient_funds")) == []
    assert (await purchase.submit())["__typename"] == "OrderDeclined"
    return f"declined; {await purchase.pay_by_card()}"


async def rejected_before_submit(purchase: Purchase) -> str:
    source_id = await purchase.source()
    await purchase.decide(source_id, "reject")
    assert await purchase.attach(source_id) == ["SOURCE_NOT_CHARGEABLE"]
    return f"not chargeable; {await purchase.pay_by_card()}"


async def rejected_after_submit(purchase: Purchase) -> str:
    source_id = await purchase.source()
    await purchase.attach(source_id)
    await purchase.submit()
    await purchase.decide(source_id, "reject")
    result = await purchase.resume()
    assert result["__typename"] == "OrderDeclined"
    assert result["paymentSession"]["state"] == "FAILED"
    return f"declined; {await purchase.pay_by_card()}"


async def source_not_created(purchase: Purchase) -> str:
    source_id = await purchase.source(owner__lastName="SourceCreationFail")
    assert await purchase.attach(source_id) == ["SOURCE_NOT_CHARGEABLE"]
    return f"not chargeable; {await purchase.pay_by_card()}"


# Purchases whose payment is approved later.


async def approved_later_before_submit(purchase: Purchase) -> str:
    source_id = await purchase.source()
    await purchase.decide(source_id, "later")
    assert await purchase.attach(source_id) == ["SOURCE_NOT_CHARGEABLE"]
    await purchase.pass_time(3600)
    assert await purchase.attach(source_id) == []
    assert (await purchase.submit())["__typename"] == "OrderPlaced"
    return "not chargeable until approved; placed"


async def approved_later_after_submit(purchase: Purchase) -> str:
    source_id = await purchase.source()
    await purchase.attach(source_id)
    await purchase.submit()
    await purchase.decide(source_id, "later")
    assert (await purchase.resume())["__typename"] == "OrderActionRequired"
    await purchase.pass_time(3600)
    assert (await purchase.resume())["__typename"] == "OrderPlaced"
    return "action required until approved; placed"


Scenario = Callable[[Purchase], Awaitable[str]]

SCENARIOS: dict[tuple[str, str], Scenario] = {
    ("standard", "bought"): standard,
    ("standard", "abandoned"): without_chargeable_source,
    ("standard", "rejected"): declined,
    ("redirect-then-submit", "bought"): approved_before_submit,
    ("redirect-then-submit", "abandoned"): cancelled_before_submit,
    ("redirect-then-submit", "rejected"): rejected_before_submit,
    ("redirect-then-submit", "later"): approved_later_before_submit,
    ("submit-then-redirect", "bought"): approved_after_submit,
    ("submit-then-redirect", "abandoned"): cancelled_after_submit,
    ("submit-then-redirect", "rejected"): rejected_after_submit,
    ("submit-then-redirect", "later"): approved_later_after_submit,
    ("delayed", "bought"): paid_by_transfer,
    ("delayed", "abandoned"): never_paid,
    ("delayed", "rejected"): source_not_created,
}

CASES = [
    pytest.param(case, scenario, id=f"{case.name}-{scenario}")
    for case in PAYMENT_METHOD_CASES
    for scenario in OUTCOMES[case.workflow]
    if scenario != "resumed"
]


@pytest.mark.parametrize(("case", "scenario"), CASES)
async def test_purchase_with_each_payment_method_ends_as_documented(
    purchase: Purchase, case: PaymentMethodCase, scenario: str
) -> None:
    assert await SCENARIOS[case.workflow, scenario](purchase) == cell(case, scenario)


@pytest.mark.parametrize(
    "case",
    [case for case in PAYMENT_METHOD_CASES if case.workflow == "submit-then-redirect"],
    ids=lambda case: case.name,
)
async def test_approved_payment_places_order_although_shopper_does_not_return(
    case: PaymentMethodCase, world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient
) -> None:
    async with gateway(world, network, clock, locales=LOCALES, reconcile_every_s=0.01) as storefront:
        purchase = Purchase(case, Shopper(storefront, sandbox, world), clock)
        await purchase.start()
        source_id, key = await purchase.source(), new_key()
        await purchase.attach(source_id)
        assert (await purchase.submit(key))["__typename"] == "OrderActionRequired"
        await purchase.decide(source_id)
        clock.move(10)

        async def is_placed() -> bool:
            text = "query($key: UUID) { orderSubmission(idempotencyKey: $key) { status } }"
            submission = (await storefront.ask(text, key=key)).data["orderSubmission"]
            return bool(submission["status"] == "PLACED")

        await eventually(is_placed)
        assert purchase.orders_in_force == 1
        assert cell(case, "resumed") == "placed, although the shopper did not come back"


@pytest.mark.parametrize("case", PAYMENT_METHOD_CASES, ids=lambda case: case.name)
async def test_payment_method_has_documented_sequence_source_type_and_next_action(
    purchase: Purchase, case: PaymentMethodCase
) -> None:
    step = await purchase.shopper.storefront.run("PaymentStep", filter={"usableOnly": True})
    method = next(listed for listed in step["availablePaymentMethods"]["methods"] if listed["type"] == case.type)
    assert method["sequence"] == SEQUENCES[case.workflow]
    source_id = await purchase.source()
    if case.workflow == "redirect-then-submit":
        await purchase.decide(source_id)
    await purchase.attach(source_id)
    text = """{ paymentSession { nextAction { __typename }
      primarySource { __typename type ... on TransferSource { instructions { reference } } } } }"""
    session = (await purchase.shopper.storefront.ask(text)).data["paymentSession"]
    assert ("instructions" in session["primarySource"]) is (SOURCE_TYPES.get(case.type) == "TransferSource")
    assert session["primarySource"].pop("instructions", None) is None
    assert session["primarySource"] == IsPartialDict(
        __typename=SOURCE_TYPES.get(case.type, "RedirectSource"), type=case.type
    )
    assert session["nextAction"] == {"__typename": "SubmitOrderAction"}


@pytest.mark.parametrize(
    "case", [case for case in PAYMENT_METHOD_CASES if case.name == "Trustly"], ids=lambda case: case.name
)
async def test_payment_method_is_not_listed_above_its_maximum_amount(purchase: Purchase) -> None:
    storefront = purchase.shopper.storefront
    assert await purchase.attach(await purchase.source()) == []
    assert (await storefront.add(TENT, 3))["errors"] == []
    cart = await storefront.cart()
    assert [blocker["code"] for blocker in cart["readiness"]["blockers"]] == ["SOURCE_AMOUNT_OUTDATED"]
    step = await storefront.run("PaymentStep")
    assert "trustly" not in [method["type"] for method in step["availablePaymentMethods"]["methods"]]
    assert await purchase.attach(await purchase.source()) == []
    result = await purchase.submit()
    assert result["__typename"] == "OrderBlocked"
    assert [blocker["code"] for blocker in result["blockers"]] == ["PAYMENT_SESSION_NOT_READY"]
    assert purchase.orders_in_force == 0


def test_every_documented_payment_method_is_tested() -> None:
    documented = {method.name for method in TABLE if not method.only_recurring and method.needs != "organization"}
    assert [case.name for case in PAYMENT_METHOD_CASES] == sorted(documented, key=str.lower)
    assert len(PAYMENT_METHOD_CASES) == 28
    played = {
        workflow: {scenario for scenario_workflow, scenario in SCENARIOS if scenario_workflow == workflow}
        for workflow in OUTCOMES
    }
    assert {workflow: set(stories) - {"resumed"} for workflow, stories in OUTCOMES.items()} == played


def test_payment_methods_page_is_up_to_date() -> None:
    assert PAGE.read_text() == page(), "run `make schema`, which writes docs/payment-methods.md too"
