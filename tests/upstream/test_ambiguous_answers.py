"""Purchases succeed with every value of every sandbox switch.

A switch selects how the sandbox behaves in a case that Digital River's documentation leaves open.
"""

from typing import get_args, get_type_hints

import pytest
from dirty_equals import IsPartialDict

from sandbox.model.switches import Switches
from tests.support.shop import PACK, Shopper

pytestmark = pytest.mark.slow

SWITCH_VALUES = [
    {name: value}
    for name, hint in get_type_hints(Switches).items()
    for value in get_args(hint)
    if value != getattr(Switches(), name)
]


@pytest.mark.parametrize("method_type", ["creditCard", "klarnaCredit", "wireTransfer"])
@pytest.mark.parametrize("switch", SWITCH_VALUES, ids=lambda switch: "-".join(map(str, *switch.items())))
async def test_guest_can_buy_with_every_value_of_every_switch(
    shopper: Shopper, switch: dict[str, object], method_type: str
) -> None:
    await shopper.control("switches", switch)
    storefront = shopper.storefront
    await storefront.ask('{ products(first: 3) { nodes { name } } product(by: {upstreamId: "5401230300"}) { name } }')
    await shopper.get_ready(method_type)
    page = (await storefront.run("CheckoutPage"))["cart"]
    assert page["readiness"]["status"] == "READY"
    assert page["totals"]["orderTotal"]["amount"] == "96.69"

    result = await storefront.outcome()
    if method_type == "klarnaCredit":
        await shopper.decide(result["action"]["redirectUrl"])
        result = (await storefront.run("ReturnFromRedirect"))["resumeOrder"]["result"]
    placed = "OrderAwaitingPayment" if method_type == "wireTransfer" else "OrderPlaced"
    assert result == IsPartialDict(__typename=placed)
    assert shopper.submits == 1

    text = "query($id: ID!) { order(id: $id) { number lines { quantity } totals { orderTotal { amount } } } }"
    order = (await storefront.ask(text, id=result["order"]["id"])).data["order"]
    assert order == IsPartialDict(lines=[{"quantity": 1}], totals={"orderTotal": {"amount": "96.69"}})
    await storefront.add(PACK)
    await storefront.run("CartPage")
