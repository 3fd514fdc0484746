"""Each documented way to pay: bought, abandoned, rejected, approved later, resumed for who never came back."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from dirty_equals import IsPartialDict

from sandbox.demo_shop.payment_methods import TABLE
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
TYPES = {
    "creditCard": "CardSource",
    "applePay": "WalletSource",
    "googlePay": "WalletSource",
    "boletoBancario": "TransferSource",
    "konbini": "TransferSource",
    "wireTransfer": "TransferSource",
}
"""Of the sources of a type; any other is a RedirectSource."""


@dataclass
class Visit:
    """A shopper in the market of a way to pay, with a full cart."""

    way: PaymentMethodCase
    shopper: Shopper
    clock: Clock

    async def start(self) -> None:
        storefront = self.shopper.storefront
        text = "mutation($l: Locale!) { startSession(input: {locale: $l}) { errors { code } } }"
        assert (await storefront.ask(text, l=self.way.locale)).data["startSession"]["errors"] == []
        await self.shopper.fill_cart(self.way.product, **self.way.address)
        if self.way.country == "BR":
            text = """mutation($v: String!) { setTaxIdentifiers(input: {customerType: INDIVIDUAL,
              taxIdentifiers: [{key: "CPF", value: $v}]}) { errors { code message } } }"""
            assert (await storefront.ask(text, v=CPF)).data["setTaxIdentifiers"]["errors"] == []

    async def source(self, **changes: Any) -> str:
        return await self.source_of(self.way.type, self.way.details, **changes)

    async def source_of(self, type: str, hash: dict[str, Any], **changes: Any) -> str:
        session_id = (await self.shopper.storefront.cart())["paymentSession"]["sessionId"]
        given = {type: dict(hash), "owner__address": self.way.owner_address} | changes
        return await create_source(self.shopper.sandbox, self.shopper.world, session_id, type, **given)

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
        url = next(
            one.redirect["redirectUrl"] for id, one in self.shopper.world.sources.items() if str(id) == source_id
        )
        form = {"decision": decision} | ({"option": self.way.wallet_option} if self.way.wallet_option else {})
        answer = await self.shopper.sandbox.post(httpx.URL(url).raw_path.decode(), data=form)
        assert answer.status_code == 303, answer.text

    async def pass_time(self, seconds: float) -> None:
        await self.shopper.control("clock", {"forward_s": seconds})

    async def order(self, id: str) -> dict[str, Any]:
        order: dict[str, Any] = (await self.shopper.storefront.run("PaymentInstructions", orderId=id))["order"]
        return order

    async def other_source(self) -> str:
        """The same cart, paid by card after all."""
        assert await self.attach(await self.source_of("creditCard", CARD)) == []
        result = await self.submit()
        assert result["__typename"] == "OrderPlaced"
        assert self.standing_orders == 1
        return "placed with another source"

    @property
    def standing_orders(self) -> int:
        orders = [order for one in self.shopper.world.shoppers for order in one.orders.values()]
        return sum(order.state != "Cancelled" for order in orders)


@pytest.fixture
async def visit(
    way: PaymentMethodCase, world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient
) -> AsyncIterator[Visit]:
    async with gateway(world, network, clock, locales=LOCALES) as storefront:
        visit = Visit(way, Shopper(storefront, sandbox, world), clock)
        await visit.start()
        yield visit


# Bought.


async def standard(visit: Visit) -> str:
    assert await visit.attach(await visit.source()) == []
    result = await visit.submit()
    assert result["__typename"] == "OrderPlaced"
    return "placed"


async def approved_first(visit: Visit) -> str:
    source_id = await visit.source()
    await visit.decide(source_id)
    assert await visit.attach(source_id) == []
    assert (await visit.submit())["__typename"] == "OrderPlaced"
    assert (
        next(one.option for id, one in visit.shopper.world.sources.items() if str(id) == source_id)
        == visit.way.wallet_option
    )
    return "approved, attached, placed"


async def approved_after(visit: Visit) -> str:
    source_id = await visit.source()
    assert await visit.attach(source_id) == []
    assert (await visit.submit())["__typename"] == "OrderActionRequired"
    await visit.decide(source_id)
    result = await visit.resume()
    assert result["__typename"] == "OrderPlaced"
    told = "action required, approved, placed"
    if (await visit.order(result["order"]["id"]))["state"] != "CHARGE_PENDING":
        return told
    await visit.pass_time(3 * DAY)
    assert (await visit.order(result["order"]["id"]))["state"] == "SUBMITTED"
    return told + MONEY_LATER


INSTRUCTIONS = {
    "boletoBancario": {"documentUrl", "documentCode"},
    "konbini": {"documentUrl", "storeId", "receiptNumber", "storeName", "localizedStoreName", "storeLogoUrl"},
    "wireTransfer": {"reference", "bankName", "city", "country", "accountHolder", "accountNumber", "swiftCode"},
}
"""By type: which parts there are, and which further lines."""


async def paid_in(visit: Visit) -> str:
    assert await visit.attach(await visit.source()) == []
    result = await visit.submit()
    assert result["__typename"] == "OrderAwaitingPayment"
    assert result["order"]["state"] == "SOURCE_PENDING_FUNDS"
    shown = result["instructions"]
    assert shown["payBefore"]
    parts = {name for name in ("reference", "documentUrl") if shown[name]}
    assert parts | {line["key"] for line in shown["details"]} == INSTRUCTIONS[visit.way.type]
    assert result["instructions"]["amount"] == IsPartialDict(currencyCode=visit.way.currency)
    told = await visit.order(result["order"]["id"])
    assert told["paymentInstructions"] == result["instructions"]
    body = {"orderId": int(result["order"]["number"]), "event": "funds-arrive", "afterS": 2 * DAY}
    await visit.shopper.control("order-events", body)
    assert (await visit.order(result["order"]["id"]))["state"] == "SOURCE_PENDING_FUNDS"
    await visit.pass_time(2 * DAY)
    order = await visit.order(result["order"]["id"])
    assert order["state"] == "SUBMITTED"
    return "awaiting payment with instructions; submitted once the money is there"


# Abandoned.


async def no_source(visit: Visit) -> str:
    """The wallet was closed, or the bank's challenge was left."""
    if visit.way.type != "applePay":
        changes = {
            "creditCard": {"creditCard__number": "5454545454545454"},
            "googlePay": {"owner__lastName": "SCATest"},
        }
        assert await visit.attach(await visit.source(**changes[visit.way.type])) == []
        assert (await visit.shopper.storefront.cart())["paymentSession"]["state"] == "REQUIRES_ACTION"
    result = await visit.submit()
    assert result["__typename"] == "OrderBlocked"
    assert [blocker["code"] for blocker in result["blockers"]] == ["PAYMENT_SESSION_NOT_READY"]
    assert visit.shopper.submits == 0
    return "blocked: no source that can be charged"


async def left_before(visit: Visit) -> str:
    source_id = await visit.source()
    await visit.decide(source_id, "cancel")
    assert await visit.attach(source_id) == ["SOURCE_NOT_CHARGEABLE"]
    return f"not chargeable; {await visit.other_source()}"


async def left_after(visit: Visit) -> str:
    source_id = await visit.source()
    await visit.attach(source_id)
    first = await visit.submit()
    await visit.decide(source_id, "cancel")
    again = await visit.resume()
    assert again["__typename"] == "OrderActionRequired"
    assert again["action"]["redirectUrl"] == first["action"]["redirectUrl"]
    await visit.decide(source_id)
    assert (await visit.resume())["__typename"] == "OrderPlaced"
    assert visit.standing_orders == visit.shopper.submits == 1
    return "action required, the same page; placed once approved"


async def never_paid(visit: Visit) -> str:
    await visit.attach(await visit.source())
    result = await visit.submit()
    assert result["__typename"] == "OrderAwaitingPayment"
    await visit.pass_time(20 * DAY + 1)
    (reminder,) = (await visit.shopper.sandbox.get("/_sandbox/events")).json()
    assert reminder["type"] == "delayed_payment.reminder"
    await visit.pass_time(10 * DAY)
    # The session of a shopper has ended by then; the shop still knows.
    (order,) = visit.shopper.world.orders()
    assert order.state == "Cancelled"
    _, expired = (await visit.shopper.sandbox.get("/_sandbox/events")).json()
    assert expired == IsPartialDict(
        type="delayed_payment.expired", searchableData={"orderId": result["order"]["number"]}
    )
    return "awaiting payment; cancelled after 30 days"


# Rejected.


async def declined(visit: Visit) -> str:
    assert await visit.attach(await visit.source(owner__lastName="Decline:insufficient_funds")) == []
    assert (await visit.submit())["__typename"] == "OrderDeclined"
    return f"declined; {await visit.other_source()}"


async def rejected_before(visit: Visit) -> str:
    source_id = await visit.source()
    await visit.decide(source_id, "reject")
    assert await visit.attach(source_id) == ["SOURCE_NOT_CHARGEABLE"]
    return f"not chargeable; {await visit.other_source()}"


async def rejected_after(visit: Visit) -> str:
    source_id = await visit.source()
    await visit.attach(source_id)
    await visit.submit()
    await visit.decide(source_id, "reject")
    result = await visit.resume()
    assert result["__typename"] == "OrderDeclined"
    assert result["paymentSession"]["state"] == "FAILED"
    return f"declined; {await visit.other_source()}"


async def not_made(visit: Visit) -> str:
    source_id = await visit.source(owner__lastName="SourceCreationFail")
    assert await visit.attach(source_id) == ["SOURCE_NOT_CHARGEABLE"]
    return f"not chargeable; {await visit.other_source()}"


# Later.


async def approved_later(visit: Visit) -> str:
    source_id = await visit.source()
    await visit.decide(source_id, "later")
    assert await visit.attach(source_id) == ["SOURCE_NOT_CHARGEABLE"]
    await visit.pass_time(3600)
    assert await visit.attach(source_id) == []
    assert (await visit.submit())["__typename"] == "OrderPlaced"
    return "not chargeable until approved; placed"


async def resumed_later(visit: Visit) -> str:
    source_id = await visit.source()
    await visit.attach(source_id)
    await visit.submit()
    await visit.decide(source_id, "later")
    assert (await visit.resume())["__typename"] == "OrderActionRequired"
    await visit.pass_time(3600)
    assert (await visit.resume())["__typename"] == "OrderPlaced"
    return "action required until approved; placed"


Story = Callable[[Visit], Awaitable[str]]

PLAYED: dict[tuple[str, str], Story] = {
    ("standard", "bought"): standard,
    ("standard", "abandoned"): no_source,
    ("standard", "rejected"): declined,
    ("redirect-then-submit", "bought"): approved_first,
    ("redirect-then-submit", "abandoned"): left_before,
    ("redirect-then-submit", "rejected"): rejected_before,
    ("redirect-then-submit", "later"): approved_later,
    ("submit-then-redirect", "bought"): approved_after,
    ("submit-then-redirect", "abandoned"): left_after,
    ("submit-then-redirect", "rejected"): rejected_after,
    ("submit-then-redirect", "later"): resumed_later,
    ("delayed", "bought"): paid_in,
    ("delayed", "abandoned"): never_paid,
    ("delayed", "rejected"): not_made,
}

CASES = [
    pytest.param(way, story, id=f"{way.name}-{story}")
    for way in PAYMENT_METHOD_CASES
    for story in OUTCOMES[way.workflow]
    if story != "resumed"
]


@pytest.mark.parametrize(("way", "story"), CASES)
async def test_what_becomes_of_a_way_to_pay_is_what_the_page_says(
    visit: Visit, way: PaymentMethodCase, story: str
) -> None:
    assert await PLAYED[way.workflow, story](visit) == cell(way, story)


@pytest.mark.parametrize(
    "way", [way for way in PAYMENT_METHOD_CASES if way.workflow == "submit-then-redirect"], ids=lambda way: way.name
)
async def test_who_approves_and_never_comes_back_has_bought(
    way: PaymentMethodCase, world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient
) -> None:
    async with gateway(world, network, clock, locales=LOCALES, reconcile_every_s=0.01) as storefront:
        visit = Visit(way, Shopper(storefront, sandbox, world), clock)
        await visit.start()
        source_id, key = await visit.source(), new_key()
        await visit.attach(source_id)
        assert (await visit.submit(key))["__typename"] == "OrderActionRequired"
        await visit.decide(source_id)
        clock.move(10)

        async def is_placed() -> bool:
            text = "query($key: UUID) { orderSubmission(idempotencyKey: $key) { status } }"
            submission = (await storefront.ask(text, key=key)).data["orderSubmission"]
            return bool(submission["status"] == "PLACED")

        await eventually(is_placed)
        assert visit.standing_orders == 1
        assert cell(way, "resumed") == "placed, although the shopper did not come back"


@pytest.mark.parametrize("way", PAYMENT_METHOD_CASES, ids=lambda way: way.name)
async def test_a_way_to_pay_is_offered_where_it_can_be_used(visit: Visit, way: PaymentMethodCase) -> None:
    step = await visit.shopper.storefront.run("PaymentStep", filter={"usableOnly": True})
    method = next(one for one in step["availablePaymentMethods"]["methods"] if one["type"] == way.type)
    assert method["sequence"] == SEQUENCES[way.workflow]
    source_id = await visit.source()
    if way.workflow == "redirect-then-submit":
        await visit.decide(source_id)
    await visit.attach(source_id)
    text = """{ paymentSession { nextAction { __typename }
      primarySource { __typename type ... on TransferSource { instructions { reference } } } } }"""
    session = (await visit.shopper.storefront.ask(text)).data["paymentSession"]
    assert "instructions" not in session["primarySource"] or session["primarySource"].pop("instructions") is None
    assert session["primarySource"] == IsPartialDict(__typename=TYPES.get(way.type, "RedirectSource"), type=way.type)
    assert session["nextAction"] == {"__typename": "SubmitOrderAction"}


@pytest.mark.parametrize(
    "way", [way for way in PAYMENT_METHOD_CASES if way.name == "Trustly"], ids=lambda way: way.name
)
async def test_a_way_to_pay_ends_at_its_limit(visit: Visit) -> None:
    storefront = visit.shopper.storefront
    assert await visit.attach(await visit.source()) == []
    assert (await storefront.add(TENT, 3))["errors"] == []
    cart = await storefront.cart()
    assert [blocker["code"] for blocker in cart["readiness"]["blockers"]] == ["SOURCE_AMOUNT_OUTDATED"]
    step = await storefront.run("PaymentStep")
    assert "trustly" not in [method["type"] for method in step["availablePaymentMethods"]["methods"]]
    assert await visit.attach(await visit.source()) == []
    result = await visit.submit()
    assert result["__typename"] == "OrderBlocked"
    assert [blocker["code"] for blocker in result["blockers"]] == ["PAYMENT_SESSION_NOT_READY"]
    assert visit.standing_orders == 0


def test_all_documented_ways_are_tried() -> None:
    own = {method.name for method in TABLE if not method.only_recurring and method.needs != "organization"}
    assert [way.name for way in PAYMENT_METHOD_CASES] == sorted(own, key=str.lower)
    assert len(PAYMENT_METHOD_CASES) == 28
    played = {workflow: {story for one, story in PLAYED if one == workflow} for workflow in OUTCOMES}
    assert {workflow: set(stories) - {"resumed"} for workflow, stories in OUTCOMES.items()} == played


def test_the_page_is_current() -> None:
    assert PAGE.read_text() == page(), "run `make schema`, which writes docs/payment-methods.md too"
