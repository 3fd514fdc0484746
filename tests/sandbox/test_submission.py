"""Submitting a cart: preconditions, charges, declines, redirects and fraud reviews."""

from typing import Any

import pytest
from dirty_equals import IsPartialDict

from tests.support.commerce_client import ADDRESS, ME, Client, code
from tests.support.shop import CART, PACK, SOFTWARE, SUBMIT


async def units_in_stock(client: Client) -> int:
    stock = await client.ask("GET", f"{ME}/products/{PACK}/inventory-status")
    quantity: int = stock["inventoryStatus"]["availableQuantity"]
    return quantity


async def read_order(client: Client, submitted: dict[str, Any]) -> dict[str, Any]:
    """Read the order that is named in an answer of submit-cart."""
    order_id = submitted["submitCart"]["order"]["id"]
    order: dict[str, Any] = (await client.ask("GET", f"{ME}/orders/{order_id}?expand=all"))["order"]
    return order


async def submit_with_klarna(client: Client) -> tuple[str, dict[str, Any]]:
    """Submit a cart with a Klarna source that is not approved. Returns the source id and the answer of submit-cart."""
    await client.fill()
    source_id = await client.source("klarnaCredit")
    await client.attach(source_id)
    return source_id, await client.ask("POST", SUBMIT)


async def test_submission_is_rejected_until_every_precondition_is_met(client: Client) -> None:
    await client.ask("POST", f"{CART}?productId={PACK}")
    assert code(await client.ask("POST", SUBMIT, 409)) == "submit-cart-failed"
    await client.fill()
    assert code(await client.ask("POST", SUBMIT, 409)) == "invalid-payment-failure"
    await client.attach(await client.source())
    session_id = (await client.cart())["paymentSession"]["id"]
    forced = {"sessionId": session_id, "state": "requires_action"}
    await client.http.post("/_sandbox/session-state", json=forced)
    blocked = await client.ask("POST", SUBMIT, 400)
    assert blocked == {
        "type": "bad_request",
        "errors": [{"code": "order_submit_failed", "message": "Payment session status is invalid."}],
    }
    await client.http.post("/_sandbox/session-state", json=forced | {"state": None})
    await client.http.post("/_sandbox/switches", json={"terms": "required"})
    assert code(await client.ask("POST", SUBMIT, 409)) == "submit-cart-failed"
    await client.http.post("/_sandbox/stock", json={"productId": int(PACK), "quantity": 0})
    terms = {"cart": {"termsOfSalesAcceptance": "true"}}
    assert code(await client.ask("POST", SUBMIT, 409, json=terms)) == "inventory-unavailable-error"
    await client.http.post("/_sandbox/stock", json={"productId": int(PACK), "quantity": 5})
    await client.ask("POST", SUBMIT, json=terms)


async def test_rejected_order_returns_its_units_to_stock_once(client: Client) -> None:
    source_id, _ = await submit_with_klarna(client)
    assert await units_in_stock(client) == 41
    await client.decide(source_id, "reject")
    assert await units_in_stock(client) == 42
    await client.decide(source_id, "reject")
    assert await units_in_stock(client) == 42, "units are returned once"


async def test_cart_changes_do_not_change_a_rejected_order(client: Client) -> None:
    source_id, submitted = await submit_with_klarna(client)
    await client.decide(source_id, "reject")
    await client.ask("POST", f"{CART}?productId={SOFTWARE}&promoCode=SPRING20")
    (line,) = (await client.cart())["lineItems"]["lineItem"][:1]
    await client.ask("POST", f"{CART}/line-items/{line['id']}?quantity=3")
    moved = ADDRESS | {"city": "Duluth"}
    await client.ask("PUT", f"{CART}/billing-address", 204, json={"address": moved})

    cancelled = await read_order(client, submitted)
    assert cancelled["orderState"] == "Cancelled"
    assert [line["quantity"] for line in cancelled["lineItems"]["lineItem"]] == [1]
    assert cancelled["pricing"]["total"] == submitted["submitCart"]["pricing"]["orderTotal"]
    assert cancelled["billingAddress"]["city"] == "Minnetonka"


async def test_approved_redirect_source_must_be_approved_again_after_submission(client: Client) -> None:
    await client.fill()
    source_id = await client.source("klarnaCredit")
    await client.attach(source_id)
    await client.decide(source_id, "approve")
    submitted = (await client.ask("POST", SUBMIT))["submitCart"]
    assert submitted["paymentSession"]["status"] == "pending_redirect"
    await client.decide(source_id, "approve")
    assert (await client.cart())["paymentSession"]["status"] == "chargeable"
    resumed = (await client.ask("POST", f"{CART}/resume-cart"))["resumeCart"]
    assert resumed["order"]["orderState"] == "Submitted"


async def test_redirect_source_approved_before_attaching_needs_no_second_approval(client: Client) -> None:
    await client.fill()
    source_id = await client.source("klarnaCredit")
    await client.decide(source_id, "approve")
    await client.attach(source_id)
    submitted = (await client.ask("POST", SUBMIT))["submitCart"]
    assert submitted["paymentSession"]["status"] == "complete"


async def test_card_that_expired_after_it_was_attached_is_rejected(client: Client) -> None:
    await client.fill()
    year = client.world.now().year
    await client.attach(await client.source(creditCard__expirationYear=year, creditCard__expirationMonth=12))
    await client.http.post("/_sandbox/clock", json={"forward_s": 366 * 86400})
    client.token = client.world.give_token(client.world.tokens[client.token].shopper)
    assert code(await client.ask("POST", SUBMIT, 409)) == "credit-card-expired"


async def test_source_cannot_be_attached_after_a_hard_decline(client: Client) -> None:
    await client.fill()
    source_id = await client.source(owner__lastName="Decline:fraud_block")
    await client.attach(source_id)
    await client.ask("POST", SUBMIT, 409)
    assert code(await client.attach(source_id, 409)) == "source_status_invalid_for_session"


@pytest.mark.parametrize("source_type", ["creditCard", "payPal", "klarnaCredit", "wireTransfer"])
async def test_suspicious_order_is_in_review_after_payment(client: Client, source_type: str) -> None:
    await client.fill()
    suspect = ADDRESS | {"emailAddress": "hold1@fraud.com"}
    await client.ask("PUT", f"{CART}/billing-address", 204, json={"address": suspect})
    source_id = await client.source(source_type)
    if source_type == "payPal":
        await client.decide(source_id, "approve")
    await client.attach(source_id)
    submitted = await client.ask("POST", SUBMIT)
    if source_type == "wireTransfer":
        assert submitted["submitCart"]["order"]["orderState"] == "Source Pending Funds"
        return
    if source_type == "klarnaCredit":
        assert submitted["submitCart"]["order"]["orderState"] == "Source Pending Redirect"
        await client.decide(source_id, "approve")
        await client.ask("POST", f"{CART}/resume-cart")
    reviewed = await read_order(client, submitted)
    assert reviewed == IsPartialDict(orderState="In Review", paymentSession=IsPartialDict(status="pending"))


async def test_downloads_are_submitted_without_a_shipping_address(client: Client) -> None:
    await client.ask("POST", f"{CART}?productId={SOFTWARE}")
    await client.ask("PUT", f"{CART}/billing-address", 204, json={"address": ADDRESS})
    await client.attach(await client.source(owner__address={}))
    cart = await client.cart()
    assert cart["shippingAddress"]["line1"] is None
    await client.ask("POST", SUBMIT)
