"""Refusals of cart mutations that only an unusual cart or a failing read causes."""

from collections.abc import Callable
from typing import Any

import pytest
from dirty_equals import IsPartialDict

from gateway.upstream.ids import global_id
from tests.support.shop import ADDRESS, CART, PACK, POLES, InMemoryTransport, Shopper

STOCK = "/v1/shoppers/me/products/inventory-status"
PRODUCT_STOCK = """query($id: String!) { product(by: {upstreamId: $id}) { inventory { availableQuantity } } }"""
ADD_THREE = """mutation($id: String!) { addCartLines(input: {lines: [{product: {upstreamId: $id}, quantity: 3}]}) {
  errors { code ... on AvailabilityError { availableQuantity } } } }"""


def rewrite_cart(network: InMemoryTransport, edit: Callable[[dict[str, Any]], object]) -> None:
    """Apply `edit` to the cart in each later answer to a read."""

    def rewrite(body: Any) -> Any:
        edit(body["cart"])
        return body

    network.rewrites["GET", CART] = rewrite


async def errors_of(shopper: Shopper, mutation: str, fields: str, **variables: Any) -> list[dict[str, Any]]:
    declared = "".join(f"${name}: {kind}, " for name, (kind, _) in variables.items())
    text = f"{f'mutation({declared})' if declared else 'mutation'} {{ {mutation}(input: {{{fields}}}) {{"
    values = {name: value for name, (_, value) in variables.items()}
    answer = await shopper.storefront.ask(f"{text} errors {{ code path message }} }} }}", **values)
    errors: list[dict[str, Any]] = answer.data[mutation]["errors"]
    return errors


@pytest.mark.parametrize(("is_empty", "message"), [(True, "addCartLines"), (False, "site has no payment sessions")])
@pytest.mark.parametrize("mutation", ["attachSource", "applyStoreCredit"])
async def test_source_needs_a_payment_session(
    registered_shopper: Shopper, network: InMemoryTransport, mutation: str, *, is_empty: bool, message: str
) -> None:
    await registered_shopper.storefront.add(PACK)

    def edit(cart: dict[str, Any]) -> None:
        cart.pop("paymentSession", None)
        if is_empty:
            cart |= {"totalItemsInCart": 0, "lineItems": {}}

    rewrite_cart(network, edit)
    fields = 'source: {sourceId: "a-source"}' if mutation == "attachSource" else ""
    (error,) = await errors_of(registered_shopper, mutation, fields)
    assert error["code"] == "PAYMENT_SESSION_MISSING"
    assert message in error["message"]
    answer = await registered_shopper.storefront.ask("{ availablePaymentMethods { sessionId } }")
    assert answer.data["availablePaymentMethods"] is None


@pytest.mark.parametrize(("kind", "other"), [("billing", "SHIPPING"), ("shipping", "BILLING")])
async def test_address_cannot_equal_itself_or_a_missing_one(shopper: Shopper, kind: str, other: str) -> None:
    await shopper.storefront.add(PACK)
    (error,) = await errors_of(shopper, "prepareCheckout", f"{kind}: {{sameAs: {kind.upper()}}}")
    assert error == IsPartialDict(code="INVALID_INPUT", path=["input", kind, "sameAs"])
    (error,) = await errors_of(shopper, "prepareCheckout", f"{kind}: {{sameAs: {other}}}")
    assert error == IsPartialDict(code="MISSING_INPUT", path=["input", kind, "sameAs"])
    assert other.lower() in error["message"]


@pytest.mark.parametrize(("kind", "other"), [("billing", "shipping"), ("shipping", "billing")])
async def test_address_on_the_cart_becomes_the_other_address(shopper: Shopper, kind: str, other: str) -> None:
    await shopper.storefront.add(PACK)
    address = ("AddressInput!", ADDRESS)
    assert await errors_of(shopper, "prepareCheckout", f"{other}: {{address: $address}}", address=address) == []
    assert await errors_of(shopper, "prepareCheckout", f"{kind}: {{sameAs: {other.upper()}}}") == []
    text = "{ cart { billingAddress { address { line1 } } shippingAddress { address { line1 } } } }"
    cart = (await shopper.storefront.ask(text)).data["cart"]
    assert cart["billingAddress"]["address"] == cart["shippingAddress"]["address"] == {"line1": ADDRESS["line1"]}


async def test_quantity_below_zero_is_rejected_and_no_change_is_sent(shopper: Shopper) -> None:
    line = (await shopper.storefront.add(PACK))["cart"]["lines"][0]["id"]
    shopper.world.calls.clear()
    (error,) = await errors_of(shopper, "updateCartLines", f'lines: [{{lineId: "{line}", quantity: -1}}]')
    assert error == IsPartialDict(code="QUANTITY_OUT_OF_RANGE", path=["input", "lines", "0", "quantity"])
    (error,) = await errors_of(shopper, "addCartLines", f'lines: [{{product: {{upstreamId: "{PACK}"}}, quantity: 0}}]')
    assert error == IsPartialDict(code="QUANTITY_OUT_OF_RANGE", path=["input", "lines", "0", "quantity"])
    assert shopper.world.calls.count() == 0


async def test_line_without_a_change_sends_nothing(shopper: Shopper) -> None:
    lines = (await shopper.storefront.add(PACK))["cart"]["lines"]
    other = (await shopper.storefront.add(POLES))["cart"]["lines"][1]["id"]
    shopper.world.calls.clear()
    fields = f'lines: [{{lineId: "{lines[0]["id"]}"}}, {{lineId: "{other}", quantity: 0}}]'
    assert await errors_of(shopper, "updateCartLines", fields) == []
    assert shopper.world.calls.count("POST") == 0
    assert (await shopper.storefront.cart())["totalQuantity"] == 1


async def test_stock_error_stands_although_stock_is_unreadable(shopper: Shopper) -> None:
    await shopper.storefront.add(PACK)
    await shopper.fault("status", f"{CART}/line-items", status=409, code="inventory-unavailable-error", method="POST")
    await shopper.fault("status", STOCK, status=503)
    (error,) = await errors_of(shopper, "addCartLines", f'lines: [{{product: {{upstreamId: "{POLES}"}}}}]')
    assert error["code"] == "INSUFFICIENT_STOCK"


async def test_stock_error_has_the_present_quantity_although_another_is_cached(shopper: Shopper) -> None:
    before = (await shopper.storefront.ask(PRODUCT_STOCK, id=POLES)).data["product"]["inventory"]["availableQuantity"]
    await shopper.control("stock", {"productId": int(POLES), "quantity": 2})
    cached = (await shopper.storefront.ask(PRODUCT_STOCK, id=POLES)).data["product"]["inventory"]["availableQuantity"]
    assert cached == before != 2
    answer = await shopper.storefront.ask(ADD_THREE, id=POLES)
    assert answer.data["addCartLines"]["errors"] == [{"code": "INSUFFICIENT_STOCK", "availableQuantity": 2}]


async def test_shipping_option_is_not_selected_while_cart_is_unreadable(shopper: Shopper) -> None:
    await shopper.storefront.add(PACK)
    await shopper.fault("status", CART, status=503, method="GET")
    (error,) = await errors_of(shopper, "selectShippingOption", 'shippingOptionId: "1"')
    assert error["code"] == "UPSTREAM_UNAVAILABLE"
    (error,) = await errors_of(shopper, "prepareCheckout", "shippingOption: {rule: CHEAPEST}")
    assert error["code"] == "UPSTREAM_UNAVAILABLE"


async def test_refusal_beside_a_changed_cart_is_an_error(shopper: Shopper, network: InMemoryTransport) -> None:
    await shopper.storefront.add(PACK)
    refusal = {"code": "restricted-ship-to-country", "description": "No."}
    network.rewrites["POST", CART] = lambda body: body | {"errors": {"error": [refusal]}}
    (error,) = await errors_of(shopper, "prepareCheckout", "termsOfSaleAccepted: true")
    assert error["path"] == ["input", "termsOfSaleAccepted"]


async def test_submitted_cart_does_not_change_its_source(shopper: Shopper) -> None:
    await shopper.get_ready("klarnaCredit")
    assert (await shopper.storefront.outcome())["__typename"] == "OrderActionRequired"
    await shopper.force_state("pending")
    (error,) = await errors_of(shopper, "detachSource", "target: {all: true}")
    assert error["code"] in ("SOURCE_NOT_CHARGEABLE", "CART_LOCKED")
    assert "orderSubmission" in error["message"]


async def test_id_of_another_type_is_no_offer(shopper: Shopper) -> None:
    await shopper.storefront.add(PACK)
    (error,) = await errors_of(shopper, "applyOffer", f'offer: {{offerId: "{global_id("CartLine", "1")}"}}')
    assert error == IsPartialDict(code="NOT_FOUND", path=["input", "offer", "offerId"])
