"""No order is placed and no source is attached while a part of the cart that decides about it cannot be read."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from dirty_equals import IsPartialDict

from sandbox.model.world import Balance
from tests.support.shop import CART, PACK, SOFTWARE, InMemoryTransport, Shopper, new_key

Change = Callable[[Any], None]

SUBMIT_TOTAL = """mutation($key: UUID!, $total: MoneyInput!) { submitOrder(input: {idempotencyKey: $key,
  expectedTotal: $total}) { errors { code }
  result { __typename ... on OrderBlocked { blockers { code resolvedBy } } } } }"""
FREE = """mutation { applyOffer(input: {offer: {couponCode: "ONTHEHOUSE"}}) { errors { code } } }"""


def line(cart: Any) -> Any:
    return cart["lineItems"]["lineItem"][0]


UNREADABLE: dict[str, Change] = {
    "the total": lambda cart: cart["pricing"].update(orderTotal=None),
    "all amounts": lambda cart: cart.update(pricing=None),
    "a total that is no number": lambda cart: cart["pricing"]["orderTotal"].update(value="a lot"),
    "the quantity": lambda cart: line(cart).update(quantity=None),
    "the product": lambda cart: line(cart).update(product=None),
    "the kind of the product": lambda cart: line(cart)["product"].pop("productType"),
    "a kind that is no word": lambda cart: line(cart)["product"].update(productType={"?": 1}),
    "whether the product is for sale": lambda cart: line(cart)["product"].update(purchasable="perhaps"),
    "the largest quantity": lambda cart: line(cart)["product"].update(maximumQuantity="many"),
    "the terms of a subscription": lambda cart: line(cart).update(subscriptionInfo="monthly"),
    "the customer type": lambda cart: cart.update(customerType={"?": 1}),
    "the source": lambda cart: cart.update(paymentMethod="card"),
    "the id of the source": lambda cart: cart["paymentMethod"].update(sourceId=None),
    "the type of the source": lambda cart: cart["paymentMethod"].pop("type"),
    "all sources": lambda cart: cart.update(paymentMethod=None),
    "further sources": lambda cart: cart["paymentMethod"].update(supplementaryPaymentMethods="credit"),
    "the lines": lambda cart: cart.update(lineItems="one"),
}


@pytest.mark.parametrize("part", UNREADABLE)
async def test_cart_with_an_unreadable_part_is_shown_and_not_submitted(
    shopper: Shopper, network: InMemoryTransport, part: str
) -> None:
    await shopper.get_ready()
    cart = await shopper.storefront.cart()

    def change(wire: Any) -> Any:
        UNREADABLE[part](wire["cart"])
        return wire

    network.rewrites["GET", CART] = change
    shown = await shopper.storefront.cart()
    assert shown["upstreamId"] == cart["upstreamId"]
    assert shown["readiness"]["status"] != "READY"
    # `ifRevision` is not sent. It would block the order too, because it contains many of these parts.
    answer = await shopper.storefront.ask(SUBMIT_TOTAL, key=new_key(), total=cart["totals"]["orderTotal"])
    result = answer.data["submitOrder"]["result"]
    assert result["__typename"] == "OrderBlocked"
    assert {"code": "CHECK_UNAVAILABLE", "resolvedBy": ["Query.cart"]} in result["blockers"]
    assert shopper.submits == 0


async def test_cart_with_zero_total_and_unreadable_source_is_not_submitted(
    shopper: Shopper, network: InMemoryTransport
) -> None:
    await shopper.fill_cart(SOFTWARE)
    await shopper.pay_with()
    assert (await shopper.storefront.ask(FREE)).data["applyOffer"]["errors"] == []
    total = (await shopper.storefront.cart())["totals"]["orderTotal"]
    assert total["amount"] == "0.00"

    def change(wire: Any) -> Any:
        wire["cart"]["paymentMethod"] = "card"
        return wire

    network.rewrites["GET", CART] = change
    answer = await shopper.storefront.ask(SUBMIT_TOTAL, key=new_key(), total=total)
    assert [blocker["code"] for blocker in answer.data["submitOrder"]["result"]["blockers"]] == ["CHECK_UNAVAILABLE"]
    assert shopper.submits == 0


async def test_cart_of_one_cent_without_readable_source_is_not_ready(
    shopper: Shopper, network: InMemoryTransport
) -> None:
    await shopper.get_ready()

    def change(wire: Any) -> Any:
        wire["cart"]["pricing"]["orderTotal"]["value"] = 0.01
        wire["cart"]["paymentMethod"] = None
        return wire

    network.rewrites["GET", CART] = change
    blockers = (await shopper.storefront.cart())["readiness"]["blockers"]
    assert "CHECK_UNAVAILABLE" in [blocker["code"] for blocker in blockers]


HARMLESS: dict[str, Change] = {
    "a picture": lambda cart: line(cart)["product"].update(thumbnailImage=7),
    "a description": lambda cart: cart["shippingMethod"].update(description=["?", "?"]),
    "the tax": lambda cart: cart["pricing"].update(tax={"value": "?"}),
    "the price of a line": lambda cart: line(cart).update(pricing=None),
    "the month in which the card expires": lambda cart: cart["paymentMethod"]["creditCard"].update(
        expirationMonth="August"
    ),
}


@pytest.mark.parametrize("part", HARMLESS)
async def test_cart_with_an_unreadable_part_that_decides_nothing_is_submitted(
    shopper: Shopper, network: InMemoryTransport, part: str
) -> None:
    await shopper.get_ready()

    def change(wire: Any) -> Any:
        HARMLESS[part](wire["cart"])
        return wire

    network.rewrites["GET", CART] = change
    assert (await shopper.storefront.outcome())["__typename"] == "OrderPlaced"


ATTACH = """mutation($id: String!) { attachSource(input: {source: {sourceId: $id}}) {
  cart { totals { orderTotal { amount } } } errors { __typename code } } }"""


async def test_source_is_not_attached_to_a_cart_without_total(shopper: Shopper, network: InMemoryTransport) -> None:
    await shopper.fill_cart()
    source_id = await shopper.source("klarnaCredit")

    def without_total(wire: Any) -> Any:
        del wire["cart"]["pricing"]["orderTotal"]
        return wire

    network.rewrites["GET", CART] = without_total
    payload = (await shopper.storefront.ask(ATTACH, id=source_id)).data["attachSource"]
    assert payload["errors"] == [IsPartialDict(__typename="UpstreamError")]
    assert payload["cart"]["totals"] == {"orderTotal": None}
    assert shopper.world.calls.count("POST", f"{CART}/apply-payment-method") == 0


CREDIT = """{ shopper { storeCredit { balance { amount } usableOnCart { amount } } }
  cart { currencyCode paymentSession { amountRemaining { amount } nextAction { __typename } } } }"""
APPLY = "mutation { applyStoreCredit(input: {}) { errors { __typename code } } }"


async def test_store_credit_is_not_applied_to_a_cart_without_total(
    registered_shopper: Shopper, network: InMemoryTransport
) -> None:
    storefront = registered_shopper.storefront
    registered_shopper.world.ledger["rf-cust-000042"] = Balance(Decimal(500), "USD")
    await storefront.add(PACK)

    def without_amounts(wire: Any) -> Any:
        wire["cart"] = {name: part for name, part in wire["cart"].items() if name != "pricing"}
        for entry in wire["cart"]["lineItems"]["lineItem"]:
            entry["pricing"] = None
        return wire

    network.rewrites["GET", CART] = without_amounts
    shown = (await storefront.ask(CREDIT)).data
    assert shown["shopper"]["storeCredit"]["usableOnCart"] is None
    assert shown["cart"]["currencyCode"] is None
    assert shown["cart"]["paymentSession"] == {
        "amountRemaining": None,
        "nextAction": {"__typename": "CollectSourceAction"},
    }
    payload = (await storefront.ask(APPLY)).data["applyStoreCredit"]
    assert payload["errors"] == [IsPartialDict(__typename="UpstreamError")]
