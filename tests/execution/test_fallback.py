"""If anything goes wrong, graphql-core executes the operation with the results that the plan has recorded."""

import asyncio
from typing import Any

import pytest

from sandbox.model.world import World
from tests.support.operation_calls import ME
from tests.support.plan_comparison import Pair, pair
from tests.support.shop import CART, PACK, SHORT_DEADLINE_S, Clock, InMemoryTransport, Shopper, gateway, new_key

ADD = """mutation($key: UUID!, $id: String!) {
  addCartLines(input: {idempotencyKey: $key, lines: [{product: {upstreamId: $id}, quantity: 1}]}) {
    cart { id totalQuantity appliedOffers { offer { name } } } } }"""

TWO_COUPONS = """mutation {
  first: applyOffer(input: {offer: {couponCode: "NOPE"}}) { cart { id appliedOffers { offer { id } } } }
  second: applyOffer(input: {offer: {couponCode: "NEITHER"}}) { cart { totalQuantity } warnings { code } } }"""

MARKET = "session { locale } cart { totals { orderTotal { formatted } } }"

TWO_MARKETS = f"""mutation {{
  german: updateSession(input: {{locale: "de-DE"}}) {{ {MARKET} }}
  japanese: updateSession(input: {{locale: "ja-JP"}}) {{ {MARKET} }}
  failing: updateShopper(input: {{firstName: "Ada"}}) {{ errors {{ code }} }} }}"""

STOCK = f"{ME}/products/inventory-status"

PAGE = "{ cart { id lines { id inventory { isInStock } } } storefront { currencies } }"


async def compare(both: Pair, document: str, **variables: object) -> dict[str, Any]:
    comparison = await both.compare(document, [variables, variables])
    assert comparison.difference is None
    return comparison.body


async def test_mutation_is_executed_once_if_its_payload_cannot_be_read() -> None:
    async with pair() as both:
        await both.both(lambda shopper: shopper.storefront.add(PACK))
        await both.both(lambda shopper: shopper.fault("status", f"{CART}/applied-offers", status=503))
        body = await compare(both, ADD, key=new_key(), id=PACK)
        assert body["data"]["addCartLines"]["cart"]["totalQuantity"] == 2
        for shopper in both.shoppers:
            assert shopper.world.calls.count("POST", f"{CART}/line-items") == 1


async def test_unread_errors_are_reported_once_if_a_later_field_fails() -> None:
    async with pair() as both:
        await both.both(lambda shopper: shopper.storefront.add(PACK))
        await both.both(lambda shopper: shopper.fault("status", f"{CART}/applied-offers", status=503))
        body = await compare(both, TWO_COUPONS)
        paths = [error["path"] for error in body["errors"]]
        assert sorted(map(str, paths)) == ["['first', 'cart', 'appliedOffers']", "['first']", "['second']"]


async def test_mutation_keeps_its_answer_if_a_later_one_fails() -> None:
    async with pair() as both:
        await both.both(lambda shopper: shopper.storefront.add(PACK))
        data = (await compare(both, TWO_MARKETS))["data"]
        assert [data[name]["session"]["locale"] for name in ("german", "japanese")] == ["de-DE", "ja-JP"]
        assert data["failing"] is None


@pytest.mark.parametrize("path", [CART, STOCK, "/oauth20/token"])
async def test_failed_call_leaves_the_same_fields(path: str) -> None:
    async with pair() as both:
        await both.both(lambda shopper: shopper.storefront.add(PACK))
        await both.both(lambda shopper: shopper.fault("status", path, status=503))
        await compare(both, PAGE)


@pytest.mark.parametrize("compiled_plans", [True, False])
async def test_failing_field_of_payment_session_leaves_the_other_fields(
    world: World, network: InMemoryTransport, clock: Clock, compiled_plans: bool
) -> None:
    def change(wire: Any) -> Any:
        total = {"currency": "USD", "value": 9 * 10**18}
        source = {"type": "creditCard", "sourceId": "source-1", "amountContributed": total | {"value": -9 * 10**18}}
        changes = {"paymentMethod": source, "paymentSession": {"id": "session-1", "status": "requires_confirmation"}}
        pricing = wire["cart"]["pricing"] | {"orderTotal": total}
        return {"cart": wire["cart"] | changes | {"pricing": pricing}}

    query = "{ paymentSession { state nextAction { __typename } amountRemaining { amount } } }"
    async with gateway(world, network, clock, compiled_plans=compiled_plans) as storefront:
        await storefront.add(PACK)
        assert (await storefront.ask(query)).codes == []
        network.rewrites["GET", CART] = change
        body = (await storefront.ask(query)).body
    # What remains has more digits than an amount may have.
    assert [error["path"] for error in body["errors"]] == [["paymentSession", "amountRemaining"]]
    assert body["data"]["paymentSession"] == {
        "state": "REQUIRES_CONFIRMATION",
        "nextAction": {"__typename": "SubmitOrderAction"},
        "amountRemaining": None,
    }


async def test_invalid_variables_are_reported_alike() -> None:
    async with pair() as both:
        await compare(both, "query($n: Int!) { products(first: $n) { totalCount } }", n="x")
        await compare(both, "query($n: Int = 1) { products(first: $n) { totalCount } }", n=None)


async def test_field_that_waits_at_deadline_is_an_error(world: World, network: InMemoryTransport, clock: Clock) -> None:
    async with gateway(world, network, clock, operation_deadline_s=SHORT_DEADLINE_S) as storefront:
        await storefront.add(PACK)
        network.gates[STOCK] = asyncio.Event()
        answer = await storefront.ask(PAGE)
        assert [(error["path"], error["extensions"]["code"]) for error in answer.body["errors"]] == [
            (["cart", "lines", 0, "inventory"], "UPSTREAM_TIMEOUT")
        ]
        assert answer.body["data"]["cart"]["lines"][0]["inventory"] is None
        assert answer.body["data"]["storefront"]["currencies"]


async def test_operation_that_is_cancelled_cancels_its_fields(shopper: Shopper, network: InMemoryTransport) -> None:
    await shopper.storefront.add(PACK)
    network.gates[STOCK] = asyncio.Event()
    asking = asyncio.create_task(shopper.storefront.ask(PAGE))
    await network.arrived[STOCK].wait()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    network.gates[STOCK].set()
    assert (await shopper.storefront.ask(PAGE)).data["cart"]["lines"][0]["inventory"]["isInStock"]
