"""The states of a payment, each transition of it by its number, as a storefront sees them through the graph.

The sandbox plays the other side alone: the provider, the bank, the money, and another client of the same cart.
"""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from dirty_equals import IsPartialDict

from sandbox.model.world import Balance, World
from tests.support.shop import ADDRESS, CART, PACK, POLES, InMemoryTransport, Shopper

pytestmark = pytest.mark.slow

RESUME = f"{CART}/resume-cart"
ATTACH = f"{CART}/apply-payment-method"

DAY = 86_400

T, MORE = "96.69", "160.04"
"""What the daypack costs in Minnetonka, and with the poles."""

NEW, READY = "REQUIRES_SOURCE", "REQUIRES_CONFIRMATION"

SEEN = """{ paymentSession { sessionId state isFunded isSubmittable
    amountContributed { amount } amountRemaining { amount }
    primarySource { sourceId type amountContributed { amount } } storeCredit { amountContributed { amount } }
    nextAction { __typename ... on RedirectShopperAction { redirectUrl resumeWith } } }
  cart { totalQuantity totals { orderTotal { amount } } billingAddress { address { line1 } } } }"""
ORDER = "query($id: ID!) { order(id: $id) { state submittedAt sources { sourceId } } }"
LINE = """mutation($id: String!) { addCartLines(input: {lines: [{product: {upstreamId: $id}}]}) {
  warnings { code } errors { code } } }"""
QUANTITY = """mutation($id: ID!, $quantity: Int!) { updateCartLines(input: {lines: [{lineId: $id,
  quantity: $quantity}]}) { warnings { code } errors { code } } }"""
LESS = "mutation($ids: [ID!]!) { removeCartLines(input: {lineIds: $ids}) { errors { code } } }"
COUPON = """mutation($code: String!) { applyOffer(input: {offer: {couponCode: $code}}) { errors { code } } }"""
ADDRESSES = """mutation($a: AddressInput!) { setCartAddresses(input: {billing: {address: $a},
  shipping: {address: $a}}) { errors { code } } }"""
OPTION = "mutation($id: ID!) { selectShippingOption(input: {shippingOptionId: $id}) { errors { code } } }"
DETACH = "mutation($target: DetachTarget!) { detachSource(input: {target: $target}) { errors { code } } }"
CREDIT = """mutation($amount: MoneyInput) { applyStoreCredit(input: {amount: $amount}) {
  warnings { code } errors { code } } }"""
ATTACH_WITHOUT = """mutation($id: String!) { attachSource(input: {source: {sourceId: $id},
  replacePrimary: false}) { errors { code } } }"""
CURRENCY = "mutation($code: CurrencyCode!) { updateSession(input: {currencyCode: $code}) { errors { code } } }"
SAVE = """mutation($id: String!) { savePaymentOption(input: {target: {sourceId: $id}}) {
  paymentOption { id } errors { code message } } }"""


@dataclass
class Seen:
    """The payment of the open cart. Amounts as text."""

    state: str
    contributed: str
    remaining: str
    primary: str | None
    part: str | None
    credit: str | None
    next: str | None
    session: str
    total: str

    @property
    def amounts(self) -> tuple[str, str]:
        return self.contributed, self.remaining

    @property
    def parts(self) -> tuple[str | None, str | None]:
        """What the primary pays, and what credit pays."""
        return self.part, self.credit


async def seen(shopper: Shopper) -> Seen:
    data = (await shopper.storefront.ask(SEEN)).data
    session = data["paymentSession"]
    primary, credit = session["primarySource"], session["storeCredit"]
    assert session["isSubmittable"] is (session["state"] == READY)
    assert session["isFunded"] is (Decimal(session["amountRemaining"]["amount"]) == 0)
    return Seen(
        state=session["state"],
        contributed=session["amountContributed"]["amount"],
        remaining=session["amountRemaining"]["amount"],
        primary=primary and primary["sourceId"],
        part=primary and primary["amountContributed"] and primary["amountContributed"]["amount"],
        credit=credit and credit["amountContributed"]["amount"],
        next=session["nextAction"] and session["nextAction"]["__typename"],
        session=session["sessionId"],
        total=data["cart"]["totals"]["orderTotal"]["amount"],
    )


async def change(shopper: Shopper, text: str, **variables: Any) -> list[str]:
    """The codes of what was refused."""
    (payload,) = (await shopper.storefront.ask(text, **variables)).data.values()
    return [error["code"] for error in payload["errors"]]


async def attach(shopper: Shopper, source_id: str) -> list[str]:
    return [error["code"] for error in (await shopper.storefront.attach(source_id))["errors"]]


async def credit(shopper: Shopper, amount: str) -> list[str]:
    return await change(shopper, CREDIT, amount={"amount": amount, "currencyCode": "USD"})


async def resume(shopper: Shopper) -> dict[str, Any]:
    payload: dict[str, Any] = (await shopper.storefront.run("ReturnFromRedirect"))["resumeOrder"]
    return payload


async def order(shopper: Shopper, result: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = (await shopper.storefront.ask(ORDER, id=result["order"]["id"])).data["order"]
    return found


async def redirected(shopper: Shopper) -> str:
    """The cart is submitted, and the shopper is to go to Klarna. The address of its page."""
    await shopper.get_ready("klarnaCredit")
    result = await shopper.storefront.outcome()
    assert result["__typename"] == "OrderActionRequired"
    url: str = result["action"]["redirectUrl"]
    return url


async def page_of(shopper: Shopper, source_id: str) -> str:
    """The provider's page of a source that is not attached yet, which DigitalRiver.js is told alone."""
    headers = {"Authorization": f"Bearer {shopper.world.keys.public_key}"}
    answer = await shopper.sandbox.get(f"/payments/sources/{source_id}", headers=headers)
    url: str = answer.json()["redirect"]["redirectUrl"]
    return url


async def credit_source(shopper: Shopper, amount: str) -> str:
    """Store credit that somebody else with the confidential key has made for this cart."""
    session_id = (await shopper.storefront.cart())["paymentSession"]["sessionId"]
    body = {"type": "customerCredit", "paymentSessionId": session_id, "amount": amount, "customerCredit": {}}
    headers = {"Authorization": f"Bearer {shopper.world.keys.payment_key}"}
    source_id: str = (await shopper.sandbox.post("/sources", headers=headers, json=body)).json()["id"]
    return source_id


async def elsewhere(shopper: Shopper, source_id: str) -> None:
    """Another client of the same cart attaches a source."""
    token = next(token for token, known in shopper.world.tokens.items() if known.shopper.cart)
    body = {"paymentMethod": {"sourceId": source_id}}
    answer = await shopper.sandbox.post(ATTACH, headers={"Authorization": f"Bearer {token}"}, json=body)
    assert answer.status_code == 200


async def pass_time(shopper: Shopper, seconds: float) -> None:
    await shopper.control("clock", {"forward_s": seconds})


async def happens(shopper: Shopper, result: dict[str, Any], event: str) -> None:
    await shopper.control("order-events", {"orderId": int(result["order"]["number"]), "event": event})


@pytest.fixture
async def alex(registered_shopper: Shopper) -> Shopper:
    """Signed in, with credit enough for anything, and the daypack in the cart."""
    registered_shopper.world.ledger["rf-cust-000042"] = Balance(Decimal(500), "USD")
    await registered_shopper.fill_cart()
    return registered_shopper


def saved_card(world: World) -> str:
    return str(world.accounts[0].payment_options[0].source.id)


# The open cart.


async def test_t1_the_first_write_gives_a_cart_its_session(shopper: Shopper) -> None:
    await shopper.storefront.add(PACK)
    await shopper.storefront.give_details()
    now = await seen(shopper)
    assert (now.state, now.amounts, now.parts) == (NEW, ("0.00", T), (None, None))
    assert now.next == "CollectSourceAction"


async def test_t2_a_primary_covers_the_total(shopper: Shopper) -> None:
    await shopper.fill_cart()
    source_id = await shopper.pay_with()
    now = await seen(shopper)
    assert (now.state, now.amounts, now.parts) == (READY, (T, "0.00"), (T, None))
    assert (now.primary, now.next) == (source_id, "SubmitOrderAction")


async def test_t2_a_primary_covers_what_credit_leaves(alex: Shopper) -> None:
    assert await credit(alex, "50") == []
    await alex.pay_with()
    now = await seen(alex)
    assert (now.state, now.amounts, now.parts) == (READY, (T, "0.00"), ("46.69", "50.00"))


async def test_t3_credit_below_the_total_is_not_enough(alex: Shopper) -> None:
    assert await credit(alex, "50") == []
    now = await seen(alex)
    assert (now.state, now.amounts, now.parts) == (NEW, ("50.00", "46.69"), (None, "50.00"))
    assert now.next == "CollectSourceAction"


async def test_t4_credit_of_the_total_pays_alone(alex: Shopper) -> None:
    assert await credit(alex, T) == []
    now = await seen(alex)
    assert (now.state, now.amounts, now.parts) == (READY, (T, "0.00"), (None, T))
    assert (await alex.storefront.outcome())["__typename"] == "OrderPlaced"


async def test_t5_credit_above_the_total_changes_nothing(shopper: Shopper) -> None:
    await shopper.fill_cart()
    too_much = await credit_source(shopper, "96.70")
    assert await attach(shopper, too_much) == ["STORE_CREDIT_INSUFFICIENT"]
    now = await seen(shopper)
    assert (now.state, now.amounts, now.parts) == (NEW, ("0.00", T), (None, None))


async def test_t5_our_own_ask_for_too_much_is_never_sent(alex: Shopper) -> None:
    alex.world.calls.clear()
    assert await credit(alex, "96.70") == ["STORE_CREDIT_INSUFFICIENT"]
    assert alex.world.calls.count("POST", "/sources") == 0
    assert (await seen(alex)).state == NEW


async def test_t6_credit_after_a_primary_pays_nothing(shopper: Shopper) -> None:
    await shopper.get_ready()
    await elsewhere(shopper, await credit_source(shopper, "50"))
    now = await seen(shopper)
    assert (now.state, now.amounts, now.parts) == (READY, (T, "0.00"), (T, "0.00"))


async def test_t6_our_own_credit_after_a_primary_pays_first(alex: Shopper) -> None:
    assert await attach(alex, saved_card(alex.world)) == []
    assert await credit(alex, "50") == []
    now = await seen(alex)
    assert (now.state, now.amounts, now.parts) == (READY, (T, "0.00"), ("46.69", "50.00"))


async def test_t7_a_second_primary_is_refused(shopper: Shopper) -> None:
    await shopper.get_ready()
    before, other = await seen(shopper), await shopper.source()
    assert await change(shopper, ATTACH_WITHOUT, id=other) == ["PRIMARY_SOURCE_PRESENT"]
    assert await seen(shopper) == before


async def test_t7_also_where_upstream_alone_knows_of_the_first(shopper: Shopper, network: InMemoryTransport) -> None:
    await shopper.fill_cart()
    other = await shopper.source()
    await shopper.pay_with()
    before = await seen(shopper)

    def without_it(body: Any) -> Any:
        # Read just before another client attached it.
        del network.rewrites["GET", CART], body["cart"]["paymentMethod"]
        return body

    network.rewrites["GET", CART] = without_it
    assert await change(shopper, ATTACH_WITHOUT, id=other) == ["PAYMENT_METHOD_UNAVAILABLE"]
    assert await seen(shopper) == before


async def test_t7_a_primary_is_replaced_by_detaching_it_first(shopper: Shopper) -> None:
    await shopper.fill_cart()
    first = await shopper.pay_with()
    other = await shopper.pay_with()
    now = await seen(shopper)
    assert (now.state, now.amounts, now.primary) == (READY, (T, "0.00"), other)
    assert await attach(shopper, first) == ["SOURCE_NOT_CHARGEABLE"], "it was detached"


async def test_t7a_the_source_that_is_attached_is_attached(shopper: Shopper) -> None:
    await shopper.fill_cart()
    source_id = await shopper.pay_with()
    before = await seen(shopper)
    assert await attach(shopper, source_id) == []
    assert await seen(shopper) == before


async def test_t8_a_source_that_does_not_exist_is_not_found(shopper: Shopper) -> None:
    await shopper.fill_cart()
    before = await seen(shopper)
    assert await attach(shopper, str(uuid4())) == ["SOURCE_NOT_FOUND"]
    assert await seen(shopper) == before


async def test_t9_a_source_that_is_approved_after_the_submission_pays_before_it(shopper: Shopper) -> None:
    await shopper.fill_cart()
    source_id = await shopper.pay_with("klarnaCredit")
    now = await seen(shopper)
    assert (now.state, now.amounts, now.primary) == (READY, (T, "0.00"), source_id)
    assert now.next == "SubmitOrderAction"


async def test_t10_a_source_that_is_approved_first_is_refused_before(shopper: Shopper) -> None:
    await shopper.fill_cart()
    source_id = await shopper.source("payPal")
    assert await attach(shopper, source_id) == ["SOURCE_NOT_CHARGEABLE"]
    assert (await seen(shopper)).state == NEW
    await shopper.decide(await page_of(shopper, source_id))
    assert await attach(shopper, source_id) == []
    assert (await seen(shopper)).state == READY


async def test_t11_a_source_that_waits_for_money_pays(shopper: Shopper) -> None:
    await shopper.fill_cart()
    await shopper.pay_with("wireTransfer")
    now = await seen(shopper)
    assert (now.state, now.amounts, now.parts) == (READY, (T, "0.00"), (T, None))


async def failed(shopper: Shopper) -> str:
    return await shopper.source(creditCard__number="4000000000003295")


async def cancelled(shopper: Shopper) -> str:
    source_id = await shopper.pay_with()
    assert await change(shopper, DETACH, target={"sourceId": source_id}) == []
    return source_id


async def consumed(shopper: Shopper) -> str:
    source_id = await shopper.pay_with()
    assert (await shopper.storefront.outcome())["__typename"] == "OrderPlaced"
    await shopper.fill_cart()
    return source_id


@pytest.mark.parametrize("spent", [failed, cancelled, consumed], ids=lambda one: one.__name__)
async def test_t12_a_source_that_is_spent_is_refused(
    shopper: Shopper, spent: Callable[[Shopper], Awaitable[str]]
) -> None:
    await shopper.fill_cart()
    source_id = await spent(shopper)
    before = await seen(shopper)
    assert await attach(shopper, source_id) == ["SOURCE_NOT_CHARGEABLE"]
    assert await seen(shopper) == before
    assert before.state == NEW


async def test_t13_what_one_source_has_paid_is_due_again(alex: Shopper) -> None:
    await credit(alex, "50")
    card = await alex.pay_with()
    assert await change(alex, DETACH, target={"sourceId": card}) == []
    now = await seen(alex)
    assert (now.state, now.amounts, now.parts) == (NEW, ("50.00", "46.69"), (None, "50.00"))
    assert await attach(alex, card) == ["SOURCE_NOT_CHARGEABLE"], "it was good for one attachment"

    saved = saved_card(alex.world)
    assert await attach(alex, saved) == []
    assert await change(alex, DETACH, target={"sourceId": saved}) == []
    assert await attach(alex, saved) == [], "it is good for any number"


async def test_t14_without_sources_all_is_due(alex: Shopper) -> None:
    await credit(alex, "50")
    card = await alex.pay_with()
    assert await change(alex, DETACH, target={"all": True}) == []
    now = await seen(alex)
    assert (now.state, now.amounts, now.parts) == (NEW, ("0.00", T), (None, None))
    assert await attach(alex, card) == ["SOURCE_NOT_CHARGEABLE"]


Edit = Callable[[Shopper], Awaitable[list[str]]]


async def more_lines(shopper: Shopper) -> list[str]:
    return await change(shopper, LINE, id=POLES)


async def more_of_one(shopper: Shopper) -> list[str]:
    (line,) = (await shopper.storefront.cart())["lines"]
    return await change(shopper, QUANTITY, id=line["id"], quantity=2)


async def a_coupon(shopper: Shopper) -> list[str]:
    return await change(shopper, COUPON, code="TRAIL10")


async def express(shopper: Shopper) -> list[str]:
    options = (await shopper.storefront.ask("{ cart { shippingOptions { id name } } }")).data["cart"]["shippingOptions"]
    return await change(shopper, OPTION, id=next(one["id"] for one in options if one["name"] == "Express"))


async def where_there_is_no_tax(shopper: Shopper) -> list[str]:
    untaxed = ADDRESS | {"countrySubdivision": "OR", "city": "Portland", "postalCode": "97201"}
    return await change(shopper, ADDRESSES, a=untaxed)


EDITS = [more_lines, more_of_one, a_coupon, express, where_there_is_no_tax]


@pytest.mark.parametrize("edit", EDITS, ids=lambda one: one.__name__)
async def test_t15_a_primary_follows_the_total(shopper: Shopper, edit: Edit) -> None:
    await shopper.get_ready()
    before = await seen(shopper)
    assert await edit(shopper) == []
    now = await seen(shopper)
    assert now.total != T
    assert (now.state, now.amounts, now.parts) == (READY, (now.total, "0.00"), (now.total, None))
    assert now.primary == before.primary


@pytest.mark.parametrize("edit", EDITS, ids=lambda one: one.__name__)
async def test_t15_credit_alone_does_not(alex: Shopper, edit: Edit) -> None:
    assert await credit(alex, T) == []
    assert await edit(alex) == []
    now = await seen(alex)
    grew = Decimal(now.total) > Decimal(T)
    paid, due = (T, f"{Decimal(now.total) - Decimal(T)}") if grew else (now.total, "0.00")
    assert (now.state, now.amounts) == (NEW if grew else READY, (paid, due))


async def test_t15_a_total_that_shrinks_to_the_credit_is_paid(alex: Shopper) -> None:
    assert await more_lines(alex) == []
    assert await credit(alex, T) == []
    assert ((await seen(alex)).state, (await seen(alex)).total) == (NEW, MORE)
    lines = (await alex.storefront.cart())["lines"]
    poles = next(line["id"] for line in lines if line["product"]["upstreamId"] == POLES)
    assert await change(alex, LESS, ids=[poles]) == []
    now = await seen(alex)
    assert (now.state, now.amounts) == (READY, (T, "0.00"))


async def test_t15_a_source_of_one_amount_is_outdated(shopper: Shopper) -> None:
    await shopper.get_ready("klarnaCredit")
    assert await more_lines(shopper) == []
    now = await seen(shopper)
    assert (now.state, now.next) == (READY, "CollectSourceAction"), "upstream says ready; we know better"
    result = await shopper.storefront.outcome()
    assert [blocker["code"] for blocker in result["blockers"]] == ["SOURCE_AMOUNT_OUTDATED"]
    assert shopper.submits == 0


async def test_t15_in_strict_mode_it_leaves_something_due(shopper: Shopper) -> None:
    await shopper.control("switches", {"payment_amounts": "strict"})
    await shopper.get_ready("klarnaCredit")
    assert await more_lines(shopper) == []
    now = await seen(shopper)
    assert (now.state, now.amounts) == (NEW, (T, "63.35"))


async def test_t16_an_empty_cart_has_no_sources(shopper: Shopper) -> None:
    await shopper.fill_cart()
    source_id = await shopper.pay_with()
    (line,) = (await shopper.storefront.cart())["lines"]
    assert await change(shopper, LESS, ids=[line["id"]]) == []
    now = await seen(shopper)
    assert (now.state, now.parts, now.primary) == (NEW, (None, None), None)
    await shopper.storefront.add(PACK)
    assert await attach(shopper, source_id) == ["SOURCE_NOT_CHARGEABLE"]


async def test_t17_an_address_at_the_same_price_changes_nothing(shopper: Shopper) -> None:
    await shopper.get_ready()
    before = await seen(shopper)
    assert await change(shopper, ADDRESSES, a=ADDRESS | {"line1": "1 River Road"}) == []
    assert await seen(shopper) == before
    cart = (await shopper.storefront.ask(SEEN)).data["cart"]
    assert cart["billingAddress"]["address"]["line1"] == "1 River Road", "the source's own does not count"


async def test_t18_the_defaults_of_an_account_pay_and_bring_their_address(alex: Shopper) -> None:
    payload = (await alex.storefront.run("UseMyDefaults"))["applyShopper"]
    assert payload["errors"] == []
    now = await seen(alex)
    assert (now.state, now.amounts) == (READY, (now.total, "0.00"))
    assert now.primary == saved_card(alex.world)
    cart = (await alex.storefront.ask(SEEN)).data["cart"]
    assert cart["billingAddress"]["address"]["line1"] == "10380 Bren Road West"


@pytest.mark.parametrize("type", ["creditCard", "afterPay", "store credit"])
async def test_t19_sources_lock_the_currency(alex: Shopper, type: str) -> None:
    if type == "store credit":
        assert await credit(alex, "50") == []
    else:
        await alex.pay_with(type)
    before = await seen(alex)
    assert await change(alex, CURRENCY, code="EUR") == ["INVALID_INPUT"]
    assert await seen(alex) == before


async def test_t20_without_sources_another_currency_brings_other_ways_to_pay(shopper: Shopper) -> None:
    await shopper.fill_cart()
    text = "{ availablePaymentMethods { methods { type } } }"

    async def types() -> set[str]:
        found = (await shopper.storefront.ask(text)).data["availablePaymentMethods"]["methods"]
        return {method["type"] for method in found}

    assert "afterPay" in await types()
    assert await change(shopper, CURRENCY, code="EUR") == []
    now = await seen(shopper)
    assert (now.state, now.contributed, now.remaining) == (NEW, "0.00", now.total)
    assert "afterPay" not in await types()


async def test_t21_a_source_that_fails_while_it_is_attached_pays_no_more(alex: Shopper) -> None:
    assert await credit(alex, "50") == []
    await alex.pay_with("klarnaCredit")
    assert (await seen(alex)).state == READY
    source_id = (await seen(alex)).primary
    assert source_id is not None
    await alex.decide(await page_of(alex, source_id), "reject")
    now = await seen(alex)
    assert (now.state, now.amounts, now.credit) == (NEW, ("50.00", "46.69"), "50.00")
    result = await alex.storefront.outcome()
    assert [blocker["code"] for blocker in result["blockers"]] == ["PAYMENT_SESSION_NOT_READY"]


# Submitted.


async def test_t22_a_charge_makes_the_order(shopper: Shopper) -> None:
    await shopper.fill_cart()
    source_id = await shopper.pay_with()
    result = await shopper.storefront.outcome()
    assert result == IsPartialDict(__typename="OrderPlaced", order=IsPartialDict(state="SUBMITTED"))
    assert result["order"]["submittedAt"]
    placed = await order(shopper, result)
    assert placed["sources"] == [{"sourceId": source_id}]
    await shopper.fill_cart()
    assert await attach(shopper, source_id) == ["SOURCE_NOT_CHARGEABLE"], "spent"


async def test_t22_a_saved_source_makes_the_next_one_too(alex: Shopper) -> None:
    for _ in range(2):
        assert await attach(alex, saved_card(alex.world)) == []
        assert (await alex.storefront.outcome())["__typename"] == "OrderPlaced"
        await alex.fill_cart()


async def test_t23_a_hard_decline_takes_the_source_along(shopper: Shopper) -> None:
    await shopper.fill_cart()
    source_id = await shopper.pay_with(owner__lastName="Decline:lost_stolen_card")
    result = await shopper.storefront.outcome()
    assert result == IsPartialDict(__typename="OrderDeclined", decline=IsPartialDict(severity="HARD"))
    now = await seen(shopper)
    assert (now.state, now.amounts, now.primary) == (NEW, ("0.00", T), None)
    assert await attach(shopper, source_id) == ["SOURCE_NOT_CHARGEABLE"]


async def test_t23_a_soft_decline_leaves_it(shopper: Shopper) -> None:
    await shopper.fill_cart()
    source_id = await shopper.pay_with(owner__lastName="Decline:do_not_honor")
    result = await shopper.storefront.outcome()
    assert result == IsPartialDict(__typename="OrderDeclined", decline=IsPartialDict(severity="SOFT"))
    now = await seen(shopper)
    assert (now.state, now.amounts, now.primary) == (READY, (T, "0.00"), source_id)


async def test_t24_a_submission_sends_the_shopper_to_the_provider(shopper: Shopper) -> None:
    await shopper.get_ready("klarnaCredit")
    result = await shopper.storefront.outcome()
    assert result["__typename"] == "OrderActionRequired"
    assert result["action"]["resumeWith"] == "Mutation.resumeOrder"
    assert result["pendingOrder"] == IsPartialDict(state="SOURCE_PENDING_REDIRECT", submittedAt=None)
    session = (await shopper.storefront.ask(SEEN)).data["paymentSession"]
    assert session["state"] == "PENDING_REDIRECT"
    assert session["nextAction"]["redirectUrl"] == result["action"]["redirectUrl"]


async def test_t25_an_approval_is_to_be_resumed(shopper: Shopper) -> None:
    await shopper.decide(await redirected(shopper))
    now = await seen(shopper)
    assert (now.state, now.next) == ("CHARGEABLE", "ResumeOrderAction")


async def test_t26_who_goes_back_may_come_again(shopper: Shopper) -> None:
    url = await redirected(shopper)
    await shopper.decide(url, "cancel")
    now = await seen(shopper)
    assert (now.state, now.next) == ("PENDING_REDIRECT", "RedirectShopperAction")
    await shopper.decide(url)
    assert (await seen(shopper)).state == "CHARGEABLE"


async def test_t27_a_rejection_is_the_end_of_the_source(shopper: Shopper) -> None:
    url = await redirected(shopper)
    source_id = (await seen(shopper)).primary
    assert source_id is not None
    await shopper.decide(url, "reject")
    now = await seen(shopper)
    assert (now.state, now.remaining, now.next) == ("FAILED", T, "CollectSourceAction")
    await change(shopper, DETACH, target={"all": True})
    assert await attach(shopper, source_id) == ["SOURCE_NOT_CHARGEABLE"]


async def test_t28_a_resumption_makes_the_order(shopper: Shopper) -> None:
    url = await redirected(shopper)
    source_id = (await seen(shopper)).primary
    assert source_id is not None
    await shopper.decide(url)
    result = (await resume(shopper))["result"]
    assert result == IsPartialDict(__typename="OrderPlaced", order=IsPartialDict(state="SUBMITTED"))
    assert result["order"]["submittedAt"]
    assert shopper.world.calls.count("POST", RESUME) == shopper.submits == 1
    await shopper.fill_cart()
    assert await attach(shopper, source_id) == ["SOURCE_NOT_CHARGEABLE"], "spent"


async def test_t29_what_failed_is_not_resumed(shopper: Shopper) -> None:
    await shopper.decide(await redirected(shopper), "reject")
    assert (await resume(shopper))["result"] == IsPartialDict(__typename="OrderDeclined")
    assert (await seen(shopper)).state == "FAILED"


async def test_t29_what_was_cancelled_is_not_resumed(shopper: Shopper) -> None:
    await redirected(shopper)
    await shopper.force_state("cancelled")
    assert (await resume(shopper))["result"] == IsPartialDict(__typename="OrderDeclined")
    assert (await seen(shopper)).state == "CANCELLED"


async def test_t29_what_nobody_approved_is_not_resumed(shopper: Shopper) -> None:
    url = await redirected(shopper)
    result = (await resume(shopper))["result"]
    assert result["__typename"] == "OrderActionRequired"
    assert result["action"]["redirectUrl"] == url
    assert (await seen(shopper)).state == "PENDING_REDIRECT"


async def test_t29_what_was_never_submitted_is_not_resumed(shopper: Shopper) -> None:
    await shopper.fill_cart()
    assert (await resume(shopper))["errors"] == [IsPartialDict(code="NOT_RESUMABLE")]
    assert (await seen(shopper)).state == NEW


async def test_t30_a_submission_waits_for_money(shopper: Shopper) -> None:
    await shopper.get_ready("wireTransfer")
    result = await shopper.storefront.outcome()
    assert result["__typename"] == "OrderAwaitingPayment"
    assert result["order"] == IsPartialDict(state="SOURCE_PENDING_FUNDS", submittedAt=None)
    assert result["instructions"]["amount"]["amount"] == T


async def test_t31_the_money_arrives(shopper: Shopper) -> None:
    await shopper.fill_cart()
    source_id = await shopper.pay_with("wireTransfer")
    result = await shopper.storefront.outcome()
    await happens(shopper, result, "funds-arrive")
    paid = await order(shopper, result)
    assert (paid["state"], bool(paid["submittedAt"])) == ("SUBMITTED", True)
    await shopper.fill_cart()
    assert await attach(shopper, source_id) == ["SOURCE_NOT_CHARGEABLE"], "spent"


async def test_t32_the_money_never_arrives(shopper: Shopper) -> None:
    await shopper.get_ready("wireTransfer")
    result = await shopper.storefront.outcome()
    await pass_time(shopper, 30 * DAY - 60)
    assert (await order(shopper, result))["state"] == "SOURCE_PENDING_FUNDS"
    await pass_time(shopper, 61)
    assert await order(shopper, result) == IsPartialDict(state="CANCELLED", submittedAt=None)


async def save_direct_debit(alex: Shopper, **changes: Any) -> str:
    """A mandate that the shopper has approved once and for all."""
    hash = {"returnUrl": "https://shop.example/return"}
    source_id = await alex.source("directDebit", directDebit=hash, **changes)
    await alex.decide(await page_of(alex, source_id))
    assert await change(alex, SAVE, id=source_id) == []
    return source_id


async def in_euros(shopper: Shopper) -> None:
    assert await change(shopper, CURRENCY, code="EUR") == []
    abroad = {"countryCode": "DE", "countrySubdivision": None, "postalCode": "50667", "city": "Köln"}
    await shopper.storefront.give_details(**abroad)


async def test_t33_a_charge_that_settles_later_is_pending(alex: Shopper) -> None:
    await in_euros(alex)
    source_id = await save_direct_debit(alex)
    assert await attach(alex, source_id) == []
    assert (await seen(alex)).state == READY
    result = await alex.storefront.outcome()
    assert result == IsPartialDict(__typename="OrderPlaced", order=IsPartialDict(state="CHARGE_PENDING"))
    await pass_time(alex, 3 * DAY)
    assert (await order(alex, result))["state"] == "SUBMITTED"
    await in_euros(alex)
    await alex.fill_cart()
    assert await attach(alex, source_id) == [], "saved for the next time"


@pytest.mark.parametrize(
    ("last_name", "state"), [("ChargeFailedAfterPending", "CANCELLED"), ("ChargeRemainPending", "CHARGE_PENDING")]
)
async def test_t33_and_may_never_settle(alex: Shopper, last_name: str, state: str) -> None:
    await in_euros(alex)
    assert await attach(alex, await save_direct_debit(alex, owner__lastName=last_name)) == []
    result = await alex.storefront.outcome()
    assert result["order"]["state"] == "CHARGE_PENDING"
    await pass_time(alex, 3 * DAY)
    assert (await order(alex, result))["state"] == state


async def test_t34_an_order_is_looked_at_by_people(shopper: Shopper) -> None:
    await shopper.fill_cart(email="hold1@fraud.com")
    await shopper.pay_with()
    result = await shopper.storefront.outcome()
    assert result == IsPartialDict(__typename="OrderPlaced", order=IsPartialDict(state="IN_REVIEW"))
    await pass_time(shopper, DAY)
    assert (await order(shopper, result))["state"] == "SUBMITTED"


async def test_t34_who_may_block_it(shopper: Shopper) -> None:
    await shopper.fill_cart(email="hold1@fraud.com")
    await shopper.pay_with()
    result = await shopper.storefront.outcome()
    await happens(shopper, result, "review-blocks")
    assert (await order(shopper, result))["state"] == "CANCELLED"
    await pass_time(shopper, 2 * DAY)
    assert (await order(shopper, result))["state"] == "CANCELLED", "for good"


async def test_t35_after_the_order_there_is_another_cart(shopper: Shopper) -> None:
    await shopper.get_ready()
    before = (await seen(shopper)).session
    assert (await shopper.storefront.outcome())["__typename"] == "OrderPlaced"
    now = await seen(shopper)
    assert now.session != before
    assert (now.state, now.parts) == (NEW, (None, None))
    assert (await shopper.storefront.cart())["totalQuantity"] == 0


# Besides.


def test_there_is_a_test_for_each_transition() -> None:
    named = {match.group(1) for name in globals() if (match := re.match(r"test_t(\d+a?)_", name))}
    assert named == {*map(str, range(1, 36)), "7a"}
