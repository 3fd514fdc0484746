"""Changes of the active cart: lines, coupons and attributes. A rejected change leaves the cart unchanged."""

from typing import Any

from dirty_equals import IsPartialDict

from tests.support.commerce_client import Client, code
from tests.support.shop import CART, GRAPHITE, PACK, POLES, STOVE

LINES = f"{CART}/line-items"


async def test_cart_lines_can_be_read_and_changed_by_uri(client: Client) -> None:
    for product in (PACK, POLES):
        await client.ask("POST", f"{CART}/line-items?productId={product}")
    lines = (await client.ask("GET", f"{CART}/line-items"))["lineItems"]["lineItem"]
    assert [line["product"]["uri"].rpartition("/")[2] for line in lines] == [PACK, POLES]
    assert "id" not in lines[0]["product"]
    assert (await client.ask("GET", lines[1]["uri"]))["lineItem"] == lines[1]
    whole = (await client.ask("GET", f"{CART}/line-items/{lines[1]['id']}?expand=all"))["lineItem"]
    assert whole["product"]["id"] == int(POLES)
    assert code(await client.ask("GET", f"{CART}/line-items/1", 404)) == "resource-not-found"


async def test_action_parameter_adds_sets_or_subtracts_the_quantity(client: Client) -> None:
    async def act(action: str, quantity: int, expected: int = 200) -> Any:
        path = f"{LINES}?productId={PACK}&quantity={quantity}&action={action}"
        return await client.ask("POST", path, expected)

    for action, quantity, left in (("add", 2, 2), ("add", 3, 5), ("subtract", 1, 4), ("update", 7, 7)):
        answer = await act(action, quantity)
        assert [line["quantity"] for line in answer["lineItems"]["lineItem"]] == [left], action
    assert code(await act("subtract", 8, 409)) == "operation-failed"
    assert code(await act("double", 1, 400)) == "invalid-request"
    assert (await act("subtract", 7))["lineItems"]["lineItem"] == []
    assert (await client.cart())["totalItemsInCart"] == 0


async def test_one_rejected_product_prevents_adding_the_others(client: Client) -> None:
    refused = await client.ask("POST", f"{LINES}?productId={POLES},{STOVE}&quantity=4", 409)
    assert code(refused) == "operation-failed"
    assert (await client.cart())["totalItemsInCart"] == 0


async def test_quantity_limit_applies_to_all_lines_of_a_product(client: Client) -> None:
    async def engraved(word: str, expected: int = 200) -> Any:
        attribute = {"attribute": [{"name": "engraving", "value": word}]}
        line = {"product": {"id": STOVE}, "quantity": 2, "customAttributes": attribute}
        return await client.ask("POST", LINES, expected, json={"lineItems": {"lineItem": line}})

    (first,) = (await engraved("Ada"))["lineItems"]["lineItem"]
    assert code(await engraved("Grace", 409)) == "operation-failed"
    await client.ask("POST", f"{LINES}/{first['id']}?quantity=1")
    await engraved("Grace")
    assert code(await client.ask("POST", f"{LINES}/{first['id']}?quantity=2", 409)) == "operation-failed"
    await client.ask("POST", f"{LINES}/{first['id']}?quantity=0")


async def test_cart_created_with_test_order_true_is_marked_as_test(client: Client) -> None:
    await client.ask("POST", f"{LINES}?productId={PACK}&testOrder=true")
    assert client.world.shoppers[-1].cart is not None
    assert client.world.shoppers[-1].cart.is_test


async def test_rejected_field_leaves_the_whole_cart_unchanged(client: Client) -> None:
    line = {"lineItem": {"product": {"id": PACK}}}
    body = {"cart": {"lineItems": line, "organizationId": "a" * 51}}
    assert code(await client.ask("POST", CART, 409, json=body)) == "field-too-long"
    body = {"cart": {"lineItems": line, "customAttributes": {"attribute": [{"name": "a"}]}}}
    assert code(await client.ask("POST", CART, 400, json=body)) == "invalid-request"
    assert (await client.cart())["totalItemsInCart"] == 0
    body = {"cart": {"lineItems": line, "organizationId": "a" * 50}}
    assert (await client.ask("POST", CART, json=body))["cart"]["organizationId"] == "a" * 50


async def test_custom_attributes_of_a_cart_are_returned_only_with_expand(client: Client) -> None:
    attribute = {"name": "campaign", "value": "spring"}
    await client.ask("POST", CART, json={"cart": {"customAttributes": {"attribute": attribute}}})
    assert "customAttributes" not in (await client.ask("GET", CART))["cart"]
    shown = (await client.ask("GET", f"{CART}?expand=customAttributes"))["cart"]["customAttributes"]
    assert shown["attribute"] == [IsPartialDict(attribute)]


async def test_inapplicable_coupon_returns_a_code_for_the_reason(client: Client) -> None:
    await client.ask("POST", f"{CART}?productId={PACK}")
    assert code(await client.ask("POST", f"{CART}?promoCode=NOPE", 409)) == "invalid-coupon"
    assert code(await client.ask("POST", f"{CART}?promoCode=WELCOME5", 409)) == "offer-usage-limit-exceeded"
    cart = (await client.ask("POST", f"{CART}?promoCode=SUMMIT50"))["cart"]
    assert cart["Warnings"] == [IsPartialDict(Code="couponcode_not_eligible")]
    assert cart["pricing"]["discount"]["value"] == 0
    cart = (await client.ask("POST", f"{CART}?productId={GRAPHITE}"))["cart"]
    assert "Warnings" not in cart
    assert cart["pricing"]["discount"]["value"] == 50
    offers = (await client.ask("GET", f"{CART}/applied-offers"))["offers"]["offer"]
    assert [offer["trigger"] for offer in offers] == ["Always Triggered", "User Triggered"]


async def test_scarce_stock_is_refused_or_reduced_as_switched(client: Client) -> None:
    path = f"{LINES}?productId={GRAPHITE}&quantity=9"
    assert code(await client.ask("POST", path, 409)) == "inventory-unavailable-error"
    await client.http.post("/_sandbox/switches", json={"scarce_stock": "reduced"})
    (line,) = (await client.ask("POST", path))["lineItems"]["lineItem"]
    assert line["quantity"] == 7
    attributes = {"customAttributes": {"attribute": [{"name": "engraving", "value": "Ada"}]}}
    body = {"lineItems": {"lineItem": [{"quantity": 1, "product": {"id": GRAPHITE}} | attributes]}}
    assert code(await client.ask("POST", LINES, 409, json=body)) == "inventory-unavailable-error", "none is left"
    await client.ask("POST", f"{line['uri']}?quantity=5")
    (other,) = (await client.ask("POST", LINES, json=body))["lineItems"]["lineItem"]
    assert (await client.ask("POST", f"{other['uri']}?quantity=9"))["lineItem"]["quantity"] == 2
