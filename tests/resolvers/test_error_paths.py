"""Errors of a cart mutation have the path of the input that causes them, and stop the mutation."""

from typing import Any

import pytest

from gateway.upstream.ids import global_id
from tests.support.shop import CART, PACK, Shopper

ATTACH = f"{CART}/apply-payment-method"
CASES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "attachSource": (
        'attachSource(input: {source: {sourceId: "a-source"}})',
        ATTACH,
        {"code": "UPSTREAM_UNAVAILABLE", "path": ["input", "source", "sourceId"]},
    ),
    "detachSource, one": (
        'detachSource(input: {target: {sourceId: "a-source"}})',
        ATTACH,
        {"code": "UPSTREAM_UNAVAILABLE", "path": ["input", "target", "sourceId"]},
    ),
    "detachSource, all": (
        "detachSource(input: {target: {all: true}})",
        f"{CART}/payment",
        {"code": "UPSTREAM_UNAVAILABLE", "path": ["input", "target", "all"]},
    ),
    "detachSource, not all": (
        "detachSource(input: {target: {all: false}})",
        "",
        {"code": "INVALID_INPUT", "path": ["input", "target", "all"]},
    ),
    "removeOffer": (
        f'removeOffer(input: {{offerId: "{global_id("Offer", "1")}"}})',
        f"{CART}/applied-offers/{{id}}",
        {"code": "UPSTREAM_UNAVAILABLE", "path": ["input", "offerId"]},
    ),
    "applyOffer": (
        'applyOffer(input: {offer: {couponCode: "SPRING20"}})',
        CART,
        {"code": "UPSTREAM_UNAVAILABLE", "path": ["input", "offer", "couponCode"]},
    ),
}


@pytest.mark.parametrize("name", CASES)
async def test_error_has_the_path_of_its_input(shopper: Shopper, name: str) -> None:
    text, failing, expected = CASES[name]
    await shopper.storefront.add(PACK)
    if failing:
        method = "DELETE" if name.startswith(("detach", "remove")) else "POST"
        await shopper.fault("status", failing, method=method, status=503)
    (payload,) = (await shopper.storefront.ask(f"mutation {{ {text} {{ errors {{ code path }} }} }}")).data.values()
    assert payload["errors"] == [expected]


@pytest.mark.parametrize("waits", [False, True], ids=["open cart", "cart that waits for an approval"])
async def test_refusal_to_detach_a_source_is_reported(shopper: Shopper, *, waits: bool) -> None:
    await shopper.get_ready("klarnaCredit")
    if waits:
        assert (await shopper.storefront.outcome())["__typename"] == "OrderActionRequired"
    await shopper.fault("status", f"{CART}/payment", method="DELETE", status=409, code="any-other-reason")
    cart = await shopper.storefront.cart()
    answer = await shopper.storefront.ask("mutation { detachSource(input: {target: {all: true}}) { errors { code } } }")
    assert answer.data["detachSource"]["errors"] == [{"code": "UPSTREAM_REJECTED"}]
    assert await shopper.storefront.cart() == cart, "the guest got no new cart"


SHIPPING = """mutation($choice: ShippingOptionChoice!) {
  prepareCheckout(input: {shippingOption: $choice}) { errors { code path } } }"""
SELECT = "mutation($id: ID!) { selectShippingOption(input: {shippingOptionId: $id}) { errors { code path } } }"


@pytest.mark.parametrize("name", ["id", "rule"])
async def test_shipping_option_error_has_the_path_of_its_choice(shopper: Shopper, name: str) -> None:
    await shopper.fill_cart()
    text = "{ cart { shippingOptions { id isSelected } } }"
    options = (await shopper.storefront.ask(text)).data["cart"]["shippingOptions"]
    (other,) = [option["id"] for option in options if not option["isSelected"]]
    if name == "rule":  # The rule then selects the other option again.
        assert (await shopper.storefront.ask(SELECT, id=other)).data["selectShippingOption"]["errors"] == []
    await shopper.fault("status", f"{CART}/apply-shipping-option", method="POST", status=503)
    answer = await shopper.storefront.ask(SHIPPING, choice={"id": other} if name == "id" else {"rule": "CHEAPEST"})
    assert answer.data["prepareCheckout"]["errors"] == [
        {"code": "UPSTREAM_UNAVAILABLE", "path": ["input", "shippingOption", name]}
    ]


IDS = {
    "billingAddressId": global_id("SavedAddress", "1655007697"),
    "shippingAddressId": global_id("SavedAddress", "1655007697"),
    "paymentOptionId": global_id("PaymentOption", "740865108"),
}


@pytest.mark.parametrize(
    ("names", "path"), [*(([name], ["input", name]) for name in IDS), (list(IDS)[1:], ["input"]), ([], ["input"])]
)
async def test_applied_account_error_has_the_path_of_its_id(
    registered_shopper: Shopper, names: list[str], path: list[str]
) -> None:
    await registered_shopper.storefront.add(PACK)
    await registered_shopper.fault("status", f"{CART}/apply-shopper", status=503)
    text = "mutation($input: ApplyShopperInput!) { applyShopper(input: $input) { errors { code path } } }"
    answer = await registered_shopper.storefront.ask(text, input={name: IDS[name] for name in names})
    assert answer.data["applyShopper"]["errors"] == [{"code": "UPSTREAM_UNAVAILABLE", "path": path}]


async def test_missing_payment_option_has_the_path_of_its_id(registered_shopper: Shopper) -> None:
    await registered_shopper.storefront.add(PACK)
    text = "mutation($id: ID!) { attachSource(input: {source: {paymentOptionId: $id}}) { errors { code path } } }"
    answer = await registered_shopper.storefront.ask(text, id=global_id("PaymentOption", "1"))
    assert answer.data["attachSource"]["errors"] == [
        {"code": "NOT_FOUND", "path": ["input", "source", "paymentOptionId"]}
    ]


@pytest.mark.parametrize("mutation", ["prepareCheckout", "setCartAddresses"])
@pytest.mark.parametrize("kind", ["billing", "shipping"])
async def test_guest_with_saved_address_gets_one_error_at_its_path(shopper: Shopper, mutation: str, kind: str) -> None:
    await shopper.storefront.add(PACK)
    shopper.world.calls.clear()
    text = f"""mutation($id: ID!) {{ {mutation}(input: {{{kind}: {{savedAddressId: $id}}}}) {{
      errors {{ code path }} }} }}"""
    (payload,) = (await shopper.storefront.ask(text, id=global_id("SavedAddress", "1"))).data.values()
    assert payload["errors"] == [{"code": "SIGN_IN_REQUIRED", "path": ["input", kind, "savedAddressId"]}]
    assert shopper.world.calls.count() == 0


async def test_line_with_external_reference_id_is_added(shopper: Shopper) -> None:
    text = """mutation($product: ProductBy!) { addCartLines(input: {lines: [{product: $product}]}) {
      cart { totalQuantity } errors { code path } } }"""
    reference = {"externalReferenceId": "trailhead-28"}
    payload = (await shopper.storefront.ask(text, product=reference)).data["addCartLines"]
    assert payload == {"cart": {"totalQuantity": 1}, "errors": []}
