"""Each state transition of a payment, tested through the graph. docs/payment-states.md explains the numbers.

The sandbox simulates the payment provider, the bank, money transfers, and another client of the same cart.
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

TOTAL, TOTAL_WITH_POLES = "96.69", "160.04"
"""Order totals in Minnetonka: the daypack alone, and the daypack with the trekking poles."""

UNPAID, READY = "REQUIRES_SOURCE", "REQUIRES_CONFIRMATION"

PAYMENT = """{ paymentSession { sessionId state isFunded isSubmittable
    amountContributed { amount } amountRemaining { amount }
    primarySource { sourceId type amountContributed { amount } } storeCredit { amountContributed { amount } }
    nextAction { __typename ... on RedirectShopperAction { redirectUrl resumeWith } } }
  cart { totalQuantity totals { orderTotal { amount } } billingAddress { address { line1 } } } }"""
READ_ORDER = "query($id: ID!) { order(id: $id) { state submittedAt sources { sourceId } } }"
ADD_LINE = """mutation($id: String!) { addCartLines(input: {lines: [{product: {upstreamId: $id}}]}) {
  warnings { code } errors { code } } }"""
SET_QUANTITY = """mutation($id: ID!, $quantity: Int!) { updateCartLines(input: {lines: [{lineId: $id,
  quantity: $quantity}]}) { warnings { code } errors { code } } }"""
REMOVE_LINES = "mutation($ids: [ID!]!) { removeCartLines(input: {lineIds: $ids}) { errors { code } } }"
APPLY_COUPON = """mutation($code: String!) { applyOffer(input: {offer: {couponCode: $code}}) { errors { code } } }"""
SET_ADDRESSES = """mutation($a: AddressInput!) { setCartAddresses(input: {billing: {address: $a},
  shipping: {address: $a}}) { errors { code } } }"""
SELECT_OPTION = "mutation($id: ID!) { selectShippingOption(input: {shippingOptionId: $id}) { errors { code } } }"
DETACH = "mutation($target: DetachTarget!) { detachSource(input: {target: $target}) { errors { code } } }"
APPLY_CREDIT = """mutation($amount: MoneyInput) { applyStoreCredit(input: {amount: $amount}) {
  warnings { code } errors { code } } }"""
ATTACH_BESIDE = """mutation($id: String!) { attachSource(input: {source: {sourceId: $id},
  replacePrimary: false}) { errors { code } } }"""
SET_CURRENCY = "mutation($code: CurrencyCode!) { updateSession(input: {currencyCode: $code}) { errors { code } } }"
SAVE = """mutation($id: String!) { savePaymentOption(input: {target: {sourceId: $id}}) {
  paymentOption { id } errors { code message } } }"""


@dataclass
class PaymentState:
    """Payment session of the current cart. Amounts are decimal strings."""

    state: str
    contributed: str
    remaining: str
    primary_id: str | None
    primary_amount: str | None
    credit_amount: str | None
    next_action: str | None
    session_id: str
    total: str

    @property
    def amounts(self) -> tuple[str, str]:
        """Amount that all sources pay, and amount that is still due."""
        return self.contributed, self.remaining

    @property
    def contributions(self) -> tuple[str | None, str | None]:
        """Amount that the primary source pays, and amount that store credit pays."""
        return self.primary_amount, self.credit_amount


async def payment_state(shopper: Shopper) -> PaymentState:
    data = (await shopper.storefront.ask(PAYMENT)).data
    session = data["paymentSession"]
    primary_source, store_credit = session["primarySource"], session["storeCredit"]
    assert session["isSubmittable"] is (session["state"] == READY)
    assert session["isFunded"] is (Decimal(session["amountRemaining"]["amount"]) == 0)
    return PaymentState(
        state=session["state"],
        contributed=session["amountContributed"]["amount"],
        remaining=session["amountRemaining"]["amount"],
        primary_id=primary_source and primary_source["sourceId"],
        primary_amount=primary_source
        and primary_source["amountContributed"]
        and primary_source["amountContributed"]["amount"],
        credit_amount=store_credit and store_credit["amountContributed"]["amount"],
        next_action=session["nextAction"] and session["nextAction"]["__typename"],
        session_id=session["sessionId"],
        total=data["cart"]["totals"]["orderTotal"]["amount"],
    )


async def change(shopper: Shopper, mutation: str, **variables: Any) -> list[str]:
    """Run a mutation. Returns the codes of its user errors."""
    (payload,) = (await shopper.storefront.ask(mutation, **variables)).data.values()
    return [error["code"] for error in payload["errors"]]


async def attach(shopper: Shopper, source_id: str) -> list[str]:
    return [error["code"] for error in (await shopper.storefront.attach(source_id))["errors"]]


async def apply_credit(shopper: Shopper, amount: str) -> list[str]:
    return await change(shopper, APPLY_CREDIT, amount={"amount": amount, "currencyCode": "USD"})


async def resume(shopper: Shopper) -> dict[str, Any]:
    payload: dict[str, Any] = (await shopper.storefront.run("ReturnFromRedirect"))["resumeOrder"]
    return payload


async def read_order(shopper: Shopper, result: dict[str, Any]) -> dict[str, Any]:
    order: dict[str, Any] = (await shopper.storefront.ask(READ_ORDER, id=result["order"]["id"])).data["order"]
    return order


async def submit_with_redirect(shopper: Shopper) -> str:
    """Submit a cart with Klarna. Returns the URL of the provider's page."""
    await shopper.get_ready("klarnaCredit")
    result = await shopper.storefront.outcome()
    assert result["__typename"] == "OrderActionRequired"
    url: str = result["action"]["redirectUrl"]
    return url


async def provider_page(shopper: Shopper, source_id: str) -> str:
    """URL of the provider's page for a source, read from the sandbox as DigitalRiver.js does."""
    headers = {"Authorization": f"Bearer {shopper.world.keys.public_key}"}
    secret = shopper.world.sources[source_id].secret.partition("_")[2]
    answer = await shopper.sandbox.get(f"/payments/sources/{source_id}?secret={secret}", headers=headers)
    url: str = answer.json()["redirect"]["redirectUrl"]
    return url


async def create_credit_elsewhere(shopper: Shopper, amount: str) -> str:
    """Create a store credit source without the gateway, as another client would. Returns the source's id."""
    session_id = (await shopper.storefront.cart())["paymentSession"]["sessionId"]
    body = {"type": "customerCredit", "paymentSessionId": session_id, "amount": amount, "customerCredit": {}}
    headers = {"Authorization": f"Bearer {shopper.world.keys.payment_key}"}
    source_id: str = (await shopper.sandbox.post("/sources", headers=headers, json=body)).json()["id"]
    return source_id


async def attach_elsewhere(shopper: Shopper, source_id: str) -> None:
    """Attach a source to the cart without the gateway, as another client would."""
    token = next(token for token, grant in shopper.world.tokens.items() if grant.shopper.cart)
    body = {"paymentMethod": {"sourceId": source_id}}
    answer = await shopper.sandbox.post(ATTACH, headers={"Authorization": f"Bearer {token}"}, json=body)
    assert answer.status_code == 200


async def pass_time(shopper: Shopper, seconds: float) -> None:
    await shopper.control("clock", {"forward_s": seconds})


async def trigger(shopper: Shopper, result: dict[str, Any], event: str) -> None:
    await shopper.control("order-events", {"orderId": int(result["order"]["number"]), "event": event})


@pytest.fixture
async def alex(registered_shopper: Shopper) -> Shopper:
    """A registered shopper with store credit of 500 USD and the daypack in the cart."""
    registered_shopper.world.ledger["rf-cust-000042"] = Balance(Decimal(500), "USD")
    await registered_shopper.fill_cart()
    return registered_shopper


def saved_card(world: World) -> str:
    return str(world.accounts[0].payment_options[0].source.id)


# Transitions before the cart is submitted.


async def test_t1_first_cart_change_creates_a_payment_session(shopper: Shopper) -> None:
    await shopper.storefront.add(PACK)
    await shopper.storefront.give_details()
    payment = await payment_state(shopper)
    assert (payment.state, payment.amounts, payment.contributions) == (UNPAID, ("0.00", TOTAL), (None, None))
    assert payment.next_action == "CollectSourceAction"


async def test_t2_primary_source_covers_the_total(shopper: Shopper) -> None:
    await shopper.fill_cart()
    source_id = await shopper.pay_with()
    payment = await payment_state(shopper)
    assert (payment.state, payment.amounts, payment.contributions) == (READY, (TOTAL, "0.00"), (TOTAL, None))
    assert (payment.primary_id, payment.next_action) == (source_id, "SubmitOrderAction")


async def test_t2_primary_source_covers_total_minus_store_credit(alex: Shopper) -> None:
    assert await apply_credit(alex, "50") == []
    await alex.pay_with()
    payment = await payment_state(alex)
    assert (payment.state, payment.amounts, payment.contributions) == (READY, (TOTAL, "0.00"), ("46.69", "50.00"))


async def test_t3_credit_below_the_total_leaves_an_amount_due(alex: Shopper) -> None:
    assert await apply_credit(alex, "50") == []
    payment = await payment_state(alex)
    assert (payment.state, payment.amounts, payment.contributions) == (UNPAID, ("50.00", "46.69"), (None, "50.00"))
    assert payment.next_action == "CollectSourceAction"


async def test_t4_credit_can_pay_the_whole_order_total(alex: Shopper) -> None:
    assert await apply_credit(alex, TOTAL) == []
    payment = await payment_state(alex)
    assert (payment.state, payment.amounts, payment.contributions) == (READY, (TOTAL, "0.00"), (None, TOTAL))
    assert (await alex.storefront.outcome())["__typename"] == "OrderPlaced"


async def test_t5_store_credit_above_the_total_is_rejected(shopper: Shopper) -> None:
    await shopper.fill_cart()
    source_id = await create_credit_elsewhere(shopper, "96.70")
    assert await attach(shopper, source_id) == ["STORE_CREDIT_INSUFFICIENT"]
    payment = await payment_state(shopper)
    assert (payment.state, payment.amounts, payment.contributions) == (UNPAID, ("0.00", TOTAL), (None, None))


async def test_t5_gateway_creates_no_store_credit_source_above_the_total(alex: Shopper) -> None:
    alex.world.calls.clear()
    assert await apply_credit(alex, "96.70") == ["STORE_CREDIT_INSUFFICIENT"]
    assert alex.world.calls.count("POST", "/sources") == 0
    assert (await payment_state(alex)).state == UNPAID


async def test_t6_credit_attached_after_a_primary_source_pays_nothing(shopper: Shopper) -> None:
    await shopper.get_ready()
    await attach_elsewhere(shopper, await create_credit_elsewhere(shopper, "50"))
    payment = await payment_state(shopper)
    assert (payment.state, payment.amounts, payment.contributions) == (READY, (TOTAL, "0.00"), (TOTAL, "0.00"))


async def test_t6_credit_applied_by_the_gateway_reduces_primary_source_amount(alex: Shopper) -> None:
    assert await attach(alex, saved_card(alex.world)) == []
    assert await apply_credit(alex, "50") == []
    payment = await payment_state(alex)
    assert (payment.state, payment.amounts, payment.contributions) == (READY, (TOTAL, "0.00"), ("46.69", "50.00"))


async def test_t7_gateway_rejects_a_second_primary_source(shopper: Shopper) -> None:
    await shopper.get_ready()
    before, other_source_id = await payment_state(shopper), await shopper.source()
    assert await change(shopper, ATTACH_BESIDE, id=other_source_id) == ["PRIMARY_SOURCE_PRESENT"]
    assert await payment_state(shopper) == before


async def test_t7_digital_river_rejects_a_second_primary_source(shopper: Shopper, network: InMemoryTransport) -> None:
    await shopper.fill_cart()
    other_source_id = await shopper.source()
    await shopper.pay_with()
    before = await payment_state(shopper)

    def without_source(body: Any) -> Any:
        # Remove the attached source from one answer, as if another client had attached the source just afterwards.
        del network.rewrites["GET", CART], body["cart"]["paymentMethod"]
        return body

    network.rewrites["GET", CART] = without_source
    assert await change(shopper, ATTACH_BESIDE, id=other_source_id) == ["PAYMENT_METHOD_UNAVAILABLE"]
    assert await payment_state(shopper) == before


async def test_t7_replaced_primary_source_cannot_be_attached_again(shopper: Shopper) -> None:
    await shopper.fill_cart()
    first_source_id = await shopper.pay_with()
    other_source_id = await shopper.pay_with()
    payment = await payment_state(shopper)
    assert (payment.state, payment.amounts, payment.primary_id) == (READY, (TOTAL, "0.00"), other_source_id)
    assert await attach(shopper, first_source_id) == ["SOURCE_NOT_CHARGEABLE"], "a detached source cannot be used again"


async def test_t7a_attaching_the_same_source_again_changes_nothing(shopper: Shopper) -> None:
    await shopper.fill_cart()
    source_id = await shopper.pay_with()
    before = await payment_state(shopper)
    assert await attach(shopper, source_id) == []
    assert await payment_state(shopper) == before


async def test_t8_unknown_source_is_not_found(shopper: Shopper) -> None:
    await shopper.fill_cart()
    before = await payment_state(shopper)
    assert await attach(shopper, str(uuid4())) == ["SOURCE_NOT_FOUND"]
    assert await payment_state(shopper) == before


async def test_t9_redirect_source_covers_the_total_before_its_approval(shopper: Shopper) -> None:
    await shopper.fill_cart()
    source_id = await shopper.pay_with("klarnaCredit")
    payment = await payment_state(shopper)
    assert (payment.state, payment.amounts, payment.primary_id) == (READY, (TOTAL, "0.00"), source_id)
    assert payment.next_action == "SubmitOrderAction"


async def test_t10_paypal_source_is_rejected_until_it_is_approved(shopper: Shopper) -> None:
    await shopper.fill_cart()
    source_id = await shopper.source("payPal")
    assert await attach(shopper, source_id) == ["SOURCE_NOT_CHARGEABLE"]
    assert (await payment_state(shopper)).state == UNPAID
    await shopper.decide(await provider_page(shopper, source_id))
    assert await attach(shopper, source_id) == []
    assert (await payment_state(shopper)).state == READY


async def test_t11_wire_transfer_source_covers_the_total(shopper: Shopper) -> None:
    await shopper.fill_cart()
    await shopper.pay_with("wireTransfer")
    payment = await payment_state(shopper)
    assert (payment.state, payment.amounts, payment.contributions) == (READY, (TOTAL, "0.00"), (TOTAL, None))


async def failed_source(shopper: Shopper) -> str:
    return await shopper.source(creditCard__number="4000000000003295")


async def cancelled_source(shopper: Shopper) -> str:
    source_id = await shopper.pay_with()
    assert await change(shopper, DETACH, target={"sourceId": source_id}) == []
    return source_id


async def consumed_source(shopper: Shopper) -> str:
    source_id = await shopper.pay_with()
    assert (await shopper.storefront.outcome())["__typename"] == "OrderPlaced"
    await shopper.fill_cart()
    return source_id


@pytest.mark.parametrize(
    "make_spent_source",
    [failed_source, cancelled_source, consumed_source],
    ids=lambda make_source: make_source.__name__,
)
async def test_t12_failed_cancelled_or_consumed_source_is_rejected(
    shopper: Shopper, make_spent_source: Callable[[Shopper], Awaitable[str]]
) -> None:
    await shopper.fill_cart()
    source_id = await make_spent_source(shopper)
    before = await payment_state(shopper)
    assert await attach(shopper, source_id) == ["SOURCE_NOT_CHARGEABLE"]
    assert await payment_state(shopper) == before
    assert before.state == UNPAID


async def test_t13_amount_of_a_detached_source_is_due_again(alex: Shopper) -> None:
    await apply_credit(alex, "50")
    card_id = await alex.pay_with()
    assert await change(alex, DETACH, target={"sourceId": card_id}) == []
    payment = await payment_state(alex)
    assert (payment.state, payment.amounts, payment.contributions) == (UNPAID, ("50.00", "46.69"), (None, "50.00"))
    assert await attach(alex, card_id) == ["SOURCE_NOT_CHARGEABLE"], "a single-use source cannot be attached again"

    saved_id = saved_card(alex.world)
    assert await attach(alex, saved_id) == []
    assert await change(alex, DETACH, target={"sourceId": saved_id}) == []
    assert await attach(alex, saved_id) == [], "a saved source can be attached again"


async def test_t14_total_is_due_after_detaching_all_sources(alex: Shopper) -> None:
    await apply_credit(alex, "50")
    card_id = await alex.pay_with()
    assert await change(alex, DETACH, target={"all": True}) == []
    payment = await payment_state(alex)
    assert (payment.state, payment.amounts, payment.contributions) == (UNPAID, ("0.00", TOTAL), (None, None))
    assert await attach(alex, card_id) == ["SOURCE_NOT_CHARGEABLE"]


Edit = Callable[[Shopper], Awaitable[list[str]]]


async def add_line(shopper: Shopper) -> list[str]:
    return await change(shopper, ADD_LINE, id=POLES)


async def raise_quantity(shopper: Shopper) -> list[str]:
    (line,) = (await shopper.storefront.cart())["lines"]
    return await change(shopper, SET_QUANTITY, id=line["id"], quantity=2)


async def redeem_coupon(shopper: Shopper) -> list[str]:
    return await change(shopper, APPLY_COUPON, code="TRAIL10")


async def select_express(shopper: Shopper) -> list[str]:
    options = (await shopper.storefront.ask("{ cart { shippingOptions { id name } } }")).data["cart"]["shippingOptions"]
    return await change(
        shopper, SELECT_OPTION, id=next(option["id"] for option in options if option["name"] == "Express")
    )


async def move_to_untaxed_state(shopper: Shopper) -> list[str]:
    address = ADDRESS | {"countrySubdivision": "OR", "city": "Portland", "postalCode": "97201"}
    return await change(shopper, SET_ADDRESSES, a=address)


EDITS = [add_line, raise_quantity, redeem_coupon, select_express, move_to_untaxed_state]


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.__name__)
async def test_t15_primary_source_amount_follows_the_total(shopper: Shopper, edit: Edit) -> None:
    await shopper.get_ready()
    before = await payment_state(shopper)
    assert await edit(shopper) == []
    payment = await payment_state(shopper)
    assert payment.total != TOTAL
    assert (payment.state, payment.amounts, payment.contributions) == (
        READY,
        (payment.total, "0.00"),
        (payment.total, None),
    )
    assert payment.primary_id == before.primary_id


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.__name__)
async def test_t15_credit_does_not_grow_with_the_total(alex: Shopper, edit: Edit) -> None:
    assert await apply_credit(alex, TOTAL) == []
    assert await edit(alex) == []
    payment = await payment_state(alex)
    has_grown = Decimal(payment.total) > Decimal(TOTAL)
    contributed, remaining = (
        (TOTAL, f"{Decimal(payment.total) - Decimal(TOTAL)}") if has_grown else (payment.total, "0.00")
    )
    assert (payment.state, payment.amounts) == (UNPAID if has_grown else READY, (contributed, remaining))


async def test_t15_credit_covers_the_order_after_total_is_reduced(alex: Shopper) -> None:
    assert await add_line(alex) == []
    assert await apply_credit(alex, TOTAL) == []
    assert ((await payment_state(alex)).state, (await payment_state(alex)).total) == (UNPAID, TOTAL_WITH_POLES)
    lines = (await alex.storefront.cart())["lines"]
    poles = next(line["id"] for line in lines if line["product"]["upstreamId"] == POLES)
    assert await change(alex, REMOVE_LINES, ids=[poles]) == []
    payment = await payment_state(alex)
    assert (payment.state, payment.amounts) == (READY, (TOTAL, "0.00"))


async def test_t15_submission_is_blocked_when_fixed_source_amount_is_outdated(shopper: Shopper) -> None:
    await shopper.get_ready("klarnaCredit")
    assert await add_line(shopper) == []
    payment = await payment_state(shopper)
    assert (payment.state, payment.next_action) == (READY, "CollectSourceAction"), (
        "Digital River reports the session as ready, but the gateway requires another source"
    )
    result = await shopper.storefront.outcome()
    assert [blocker["code"] for blocker in result["blockers"]] == ["SOURCE_AMOUNT_OUTDATED"]
    assert shopper.submits == 0


async def test_t15_total_increase_is_due_when_payment_amounts_are_strict(shopper: Shopper) -> None:
    await shopper.control("switches", {"payment_amounts": "strict"})
    await shopper.get_ready("klarnaCredit")
    assert await add_line(shopper) == []
    payment = await payment_state(shopper)
    assert (payment.state, payment.amounts) == (UNPAID, (TOTAL, "63.35"))


async def test_t16_emptying_the_cart_detaches_its_sources(shopper: Shopper) -> None:
    await shopper.fill_cart()
    source_id = await shopper.pay_with()
    (line,) = (await shopper.storefront.cart())["lines"]
    assert await change(shopper, REMOVE_LINES, ids=[line["id"]]) == []
    payment = await payment_state(shopper)
    assert (payment.state, payment.contributions, payment.primary_id) == (UNPAID, (None, None), None)
    await shopper.storefront.add(PACK)
    assert await attach(shopper, source_id) == ["SOURCE_NOT_CHARGEABLE"]


async def test_t17_address_change_with_unchanged_total_keeps_payment_session(shopper: Shopper) -> None:
    await shopper.get_ready()
    before = await payment_state(shopper)
    assert await change(shopper, SET_ADDRESSES, a=ADDRESS | {"line1": "1 River Road"}) == []
    assert await payment_state(shopper) == before
    cart = (await shopper.storefront.ask(PAYMENT)).data["cart"]
    assert cart["billingAddress"]["address"]["line1"] == "1 River Road", (
        "the cart has the new address, not the address of the source"
    )


async def test_t18_account_defaults_are_applied_as_source_and_address(alex: Shopper) -> None:
    payload = (await alex.storefront.run("UseMyDefaults"))["applyShopper"]
    assert payload["errors"] == []
    payment = await payment_state(alex)
    assert (payment.state, payment.amounts) == (READY, (payment.total, "0.00"))
    assert payment.primary_id == saved_card(alex.world)
    cart = (await alex.storefront.ask(PAYMENT)).data["cart"]
    assert cart["billingAddress"]["address"]["line1"] == "10380 Bren Road West"


@pytest.mark.parametrize("source_type", ["creditCard", "afterPay", "store credit"])
async def test_t19_attached_source_locks_the_currency(alex: Shopper, source_type: str) -> None:
    if source_type == "store credit":
        assert await apply_credit(alex, "50") == []
    else:
        await alex.pay_with(source_type)
    before = await payment_state(alex)
    assert await change(alex, SET_CURRENCY, code="EUR") == ["INVALID_INPUT"]
    assert await payment_state(alex) == before


async def test_t20_currency_change_changes_available_payment_methods(shopper: Shopper) -> None:
    await shopper.fill_cart()
    query = "{ availablePaymentMethods { methods { type } } }"

    async def method_types() -> set[str]:
        methods = (await shopper.storefront.ask(query)).data["availablePaymentMethods"]["methods"]
        return {method["type"] for method in methods}

    assert "afterPay" in await method_types()
    assert await change(shopper, SET_CURRENCY, code="EUR") == []
    payment = await payment_state(shopper)
    assert (payment.state, payment.contributed, payment.remaining) == (UNPAID, "0.00", payment.total)
    assert "afterPay" not in await method_types()


async def test_t21_attached_source_that_fails_pays_nothing(alex: Shopper) -> None:
    assert await apply_credit(alex, "50") == []
    await alex.pay_with("klarnaCredit")
    assert (await payment_state(alex)).state == READY
    source_id = (await payment_state(alex)).primary_id
    assert source_id is not None
    await alex.decide(await provider_page(alex, source_id), "reject")
    payment = await payment_state(alex)
    assert (payment.state, payment.amounts, payment.credit_amount) == (UNPAID, ("50.00", "46.69"), "50.00")
    result = await alex.storefront.outcome()
    assert [blocker["code"] for blocker in result["blockers"]] == ["PAYMENT_SESSION_NOT_READY"]


# Transitions after the cart is submitted.


async def test_t22_authorised_charge_places_the_order(shopper: Shopper) -> None:
    await shopper.fill_cart()
    source_id = await shopper.pay_with()
    result = await shopper.storefront.outcome()
    assert result == IsPartialDict(__typename="OrderPlaced", order=IsPartialDict(state="SUBMITTED"))
    assert result["order"]["submittedAt"]
    order = await read_order(shopper, result)
    assert order["sources"] == [{"sourceId": source_id}]
    await shopper.fill_cart()
    assert await attach(shopper, source_id) == ["SOURCE_NOT_CHARGEABLE"], "a consumed source cannot be attached again"


async def test_t22_saved_source_can_pay_the_next_order(alex: Shopper) -> None:
    for _ in range(2):
        assert await attach(alex, saved_card(alex.world)) == []
        assert (await alex.storefront.outcome())["__typename"] == "OrderPlaced"
        await alex.fill_cart()


async def test_t23_hard_decline_detaches_the_source(shopper: Shopper) -> None:
    await shopper.fill_cart()
    source_id = await shopper.pay_with(owner__lastName="Decline:lost_stolen_card")
    result = await shopper.storefront.outcome()
    assert result == IsPartialDict(__typename="OrderDeclined", decline=IsPartialDict(severity="HARD"))
    payment = await payment_state(shopper)
    assert (payment.state, payment.amounts, payment.primary_id) == (UNPAID, ("0.00", TOTAL), None)
    assert await attach(shopper, source_id) == ["SOURCE_NOT_CHARGEABLE"]


async def test_t23_soft_decline_keeps_the_source(shopper: Shopper) -> None:
    await shopper.fill_cart()
    source_id = await shopper.pay_with(owner__lastName="Decline:do_not_honor")
    result = await shopper.storefront.outcome()
    assert result == IsPartialDict(__typename="OrderDeclined", decline=IsPartialDict(severity="SOFT"))
    payment = await payment_state(shopper)
    assert (payment.state, payment.amounts, payment.primary_id) == (READY, (TOTAL, "0.00"), source_id)


async def test_t24_submission_redirects_the_shopper_to_the_provider(shopper: Shopper) -> None:
    await shopper.get_ready("klarnaCredit")
    result = await shopper.storefront.outcome()
    assert result["__typename"] == "OrderActionRequired"
    assert result["action"]["resumeWith"] == "Mutation.resumeOrder"
    assert result["pendingOrder"] == IsPartialDict(state="SOURCE_PENDING_REDIRECT", submittedAt=None)
    session = (await shopper.storefront.ask(PAYMENT)).data["paymentSession"]
    assert session["state"] == "PENDING_REDIRECT"
    assert session["nextAction"]["redirectUrl"] == result["action"]["redirectUrl"]


async def test_redirect_before_the_submission_leads_to_attaching_the_source(
    shopper: Shopper, network: InMemoryTransport
) -> None:
    await shopper.fill_cart()
    await shopper.pay_with()

    def change(wire: Any) -> Any:
        wire["cart"]["paymentSession"]["status"] = "pending_redirect"
        wire["cart"]["paymentMethod"] |= {
            "type": "payPal",
            "payPal": {"redirectUrl": "https://provider.example/approve"},
        }
        return wire

    network.rewrites["GET", CART] = change
    assert (await shopper.storefront.ask(PAYMENT)).data["paymentSession"]["nextAction"] == {
        "__typename": "RedirectShopperAction",
        "redirectUrl": "https://provider.example/approve",
        "resumeWith": "Mutation.attachSource",
    }


async def test_t25_approved_order_can_be_resumed(shopper: Shopper) -> None:
    await shopper.decide(await submit_with_redirect(shopper))
    payment = await payment_state(shopper)
    assert (payment.state, payment.next_action) == ("CHARGEABLE", "ResumeOrderAction")


async def test_t26_shopper_can_return_to_the_provider_page(shopper: Shopper) -> None:
    url = await submit_with_redirect(shopper)
    await shopper.decide(url, "cancel")
    payment = await payment_state(shopper)
    assert (payment.state, payment.next_action) == ("PENDING_REDIRECT", "RedirectShopperAction")
    await shopper.decide(url)
    assert (await payment_state(shopper)).state == "CHARGEABLE"


async def test_t27_rejected_source_cannot_be_used_again(shopper: Shopper) -> None:
    url = await submit_with_redirect(shopper)
    source_id = (await payment_state(shopper)).primary_id
    assert source_id is not None
    await shopper.decide(url, "reject")
    payment = await payment_state(shopper)
    assert (payment.state, payment.remaining, payment.next_action) == ("FAILED", TOTAL, "CollectSourceAction")
    await change(shopper, DETACH, target={"all": True})
    assert await attach(shopper, source_id) == ["SOURCE_NOT_CHARGEABLE"]


async def test_t28_resumed_order_is_placed(shopper: Shopper) -> None:
    url = await submit_with_redirect(shopper)
    source_id = (await payment_state(shopper)).primary_id
    assert source_id is not None
    await shopper.decide(url)
    result = (await resume(shopper))["result"]
    assert result == IsPartialDict(__typename="OrderPlaced", order=IsPartialDict(state="SUBMITTED"))
    assert result["order"]["submittedAt"]
    assert shopper.world.calls.count("POST", RESUME) == shopper.submits == 1
    await shopper.fill_cart()
    assert await attach(shopper, source_id) == ["SOURCE_NOT_CHARGEABLE"], "a consumed source cannot be attached again"


async def test_t29_failed_payment_is_not_resumed(shopper: Shopper) -> None:
    await shopper.decide(await submit_with_redirect(shopper), "reject")
    assert (await resume(shopper))["result"] == IsPartialDict(__typename="OrderDeclined")
    assert (await payment_state(shopper)).state == "FAILED"


async def test_t29_cancelled_payment_is_not_resumed(shopper: Shopper) -> None:
    await submit_with_redirect(shopper)
    await shopper.force_state("cancelled")
    assert (await resume(shopper))["result"] == IsPartialDict(__typename="OrderDeclined")
    assert (await payment_state(shopper)).state == "CANCELLED"


async def test_t29_unapproved_payment_is_not_resumed(shopper: Shopper) -> None:
    url = await submit_with_redirect(shopper)
    result = (await resume(shopper))["result"]
    assert result["__typename"] == "OrderActionRequired"
    assert result["action"]["redirectUrl"] == url
    assert (await payment_state(shopper)).state == "PENDING_REDIRECT"


async def test_t29_unsubmitted_cart_is_not_resumed(shopper: Shopper) -> None:
    await shopper.fill_cart()
    assert (await resume(shopper))["errors"] == [IsPartialDict(code="NOT_RESUMABLE")]
    assert (await payment_state(shopper)).state == UNPAID


async def test_t30_wire_transfer_order_awaits_the_money(shopper: Shopper) -> None:
    await shopper.get_ready("wireTransfer")
    result = await shopper.storefront.outcome()
    assert result["__typename"] == "OrderAwaitingPayment"
    assert result["order"] == IsPartialDict(state="SOURCE_PENDING_FUNDS", submittedAt=None)
    assert result["instructions"]["amount"]["amount"] == TOTAL


async def test_t31_order_is_submitted_when_money_arrives(shopper: Shopper) -> None:
    await shopper.fill_cart()
    source_id = await shopper.pay_with("wireTransfer")
    result = await shopper.storefront.outcome()
    await trigger(shopper, result, "funds-arrive")
    order = await read_order(shopper, result)
    assert (order["state"], bool(order["submittedAt"])) == ("SUBMITTED", True)
    await shopper.fill_cart()
    assert await attach(shopper, source_id) == ["SOURCE_NOT_CHARGEABLE"], "a consumed source cannot be attached again"


async def test_t32_order_is_cancelled_when_money_never_arrives(shopper: Shopper) -> None:
    await shopper.get_ready("wireTransfer")
    result = await shopper.storefront.outcome()
    await pass_time(shopper, 30 * DAY - 60)
    assert (await read_order(shopper, result))["state"] == "SOURCE_PENDING_FUNDS"
    await pass_time(shopper, 61)
    assert await read_order(shopper, result) == IsPartialDict(state="CANCELLED", submittedAt=None)


async def save_direct_debit(alex: Shopper, **changes: Any) -> str:
    """Save a direct debit source whose mandate the shopper has approved. Returns its id."""
    details = {"returnUrl": "https://shop.example/return"}
    source_id = await alex.source("directDebit", directDebit=details, **changes)
    await alex.decide(await provider_page(alex, source_id))
    assert await change(alex, SAVE, id=source_id) == []
    return source_id


async def switch_to_euros(shopper: Shopper) -> None:
    assert await change(shopper, SET_CURRENCY, code="EUR") == []
    address = {"countryCode": "DE", "countrySubdivision": None, "postalCode": "50667", "city": "Köln"}
    await shopper.storefront.give_details(**address)


async def test_t33_order_is_charge_pending_until_direct_debit_is_charged(alex: Shopper) -> None:
    await switch_to_euros(alex)
    source_id = await save_direct_debit(alex)
    assert await attach(alex, source_id) == []
    assert (await payment_state(alex)).state == READY
    result = await alex.storefront.outcome()
    assert result == IsPartialDict(__typename="OrderPlaced", order=IsPartialDict(state="CHARGE_PENDING"))
    await pass_time(alex, 3 * DAY)
    assert (await read_order(alex, result))["state"] == "SUBMITTED"
    await switch_to_euros(alex)
    await alex.fill_cart()
    assert await attach(alex, source_id) == [], "a saved source can be attached again"


@pytest.mark.parametrize(
    ("last_name", "state"), [("ChargeFailedAfterPending", "CANCELLED"), ("ChargeRemainPending", "CHARGE_PENDING")]
)
async def test_t33_pending_charge_can_fail_or_stay_pending(alex: Shopper, last_name: str, state: str) -> None:
    await switch_to_euros(alex)
    assert await attach(alex, await save_direct_debit(alex, owner__lastName=last_name)) == []
    result = await alex.storefront.outcome()
    assert result["order"]["state"] == "CHARGE_PENDING"
    await pass_time(alex, 3 * DAY)
    assert (await read_order(alex, result))["state"] == state


async def test_t34_order_in_review_is_submitted_later(shopper: Shopper) -> None:
    await shopper.fill_cart(email="hold1@fraud.com")
    await shopper.pay_with()
    result = await shopper.storefront.outcome()
    assert result == IsPartialDict(__typename="OrderPlaced", order=IsPartialDict(state="IN_REVIEW"))
    await pass_time(shopper, DAY)
    assert (await read_order(shopper, result))["state"] == "SUBMITTED"


async def test_t34_order_in_review_can_be_cancelled(shopper: Shopper) -> None:
    await shopper.fill_cart(email="hold1@fraud.com")
    await shopper.pay_with()
    result = await shopper.storefront.outcome()
    await trigger(shopper, result, "review-blocks")
    assert (await read_order(shopper, result))["state"] == "CANCELLED"
    await pass_time(shopper, 2 * DAY)
    assert (await read_order(shopper, result))["state"] == "CANCELLED", "a cancelled order stays cancelled"


async def test_t35_cart_after_an_order_is_new_and_empty(shopper: Shopper) -> None:
    await shopper.get_ready()
    session_before = (await payment_state(shopper)).session_id
    assert (await shopper.storefront.outcome())["__typename"] == "OrderPlaced"
    payment = await payment_state(shopper)
    assert payment.session_id != session_before
    assert (payment.state, payment.contributions) == (UNPAID, (None, None))
    assert (await shopper.storefront.cart())["totalQuantity"] == 0


def test_each_transition_has_a_test() -> None:
    numbers = {match.group(1) for name in globals() if (match := re.match(r"test_t(\d+a?)_", name))}
    assert numbers == {*map(str, range(1, 36)), "7a"}
