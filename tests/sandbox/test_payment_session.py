"""State transitions of a cart's payment session. docs/payment-states.md explains the numbers, such as T-1."""

import pytest
from dirty_equals import IsPartialDict

from tests.support.commerce_client import ME, Client, code
from tests.support.shop import CART, PACK, POLES, SUBMIT


async def status(client: Client) -> str:
    state: str = (await client.cart())["paymentSession"]["status"]
    return state


async def test_t1_payment_session_of_a_new_cart_requires_a_source(client: Client) -> None:
    session = (await client.cart())["paymentSession"]
    assert session.keys() == {"id", "clientSecret", "status"}
    assert session["status"] == "requires_source"


async def test_t2_t7_t8_t14_cart_accepts_only_one_primary_source(client: Client) -> None:
    await client.fill()
    source_id = await client.source()
    session = (await client.attach(source_id))["cart"]["paymentSession"]
    assert session["amountContributed"] == {"currency": "USD", "value": 96.69}
    assert session["amountRemainingToBeContributed"]["value"] == 0
    await client.attach(source_id)
    assert code(await client.attach(await client.source(), 409)) == "apply-payment-failure"
    assert code(await client.attach("00000000-0000-4000-8000-000000000000", 409)) == "apply-payment-failure"
    await client.ask("DELETE", f"{CART}/payment", 204)
    assert await status(client) == "requires_source"
    refused = await client.attach(source_id, 409)
    assert code(refused) == "source_status_invalid_for_session", "a detached source is cancelled (T-12, T-13)"


async def test_t9_t10_t11_paypal_needs_approval_before_attaching_unlike_klarna(client: Client) -> None:
    await client.fill()
    paypal = await client.source("payPal")
    assert code(await client.attach(paypal, 409)) == "source_status_invalid_for_session"
    await client.decide(paypal, "approve")
    await client.attach(paypal)
    for source_type in ("klarnaCredit", "wireTransfer"):
        await client.ask("DELETE", f"{CART}/payment", 204)
        await client.attach(await client.source(source_type))
        assert await status(client) == "requires_confirmation"


async def test_t15_t16_changed_cart_total_can_require_a_new_source(client: Client) -> None:
    await client.fill()
    await client.attach(await client.source("klarnaCredit"))
    await client.ask("POST", f"{CART}?productId={POLES}")
    assert await status(client) == "requires_confirmation"
    await client.http.post("/_sandbox/switches", json={"payment_amounts": "strict"})
    cart = await client.cart()
    assert cart["paymentSession"]["status"] == "requires_source"
    assert cart["paymentSession"]["amountRemainingToBeContributed"]["value"] > 0
    await client.ask("DELETE", f"{CART}/line-items", 204)
    cart = await client.cart()
    assert cart["paymentSession"].keys() == {"id", "clientSecret", "status"}
    assert "paymentMethod" not in cart


async def test_t20_currency_changes_only_without_a_source(client: Client) -> None:
    await client.fill()
    await client.ask("POST", f"{ME}?locale=de_DE", 204)
    assert (await client.cart())["pricing"]["orderTotal"]["currency"] == "EUR"
    await client.attach(await client.source())
    assert code(await client.ask("POST", f"{ME}?locale=en_US", 409)) == "invalid-request"


async def test_t22_t35_submission_completes_payment_and_starts_an_empty_cart(client: Client) -> None:
    cart = await client.fill()
    source_id = await client.source()
    await client.attach(source_id)
    submitted = (await client.ask("POST", SUBMIT))["submitCart"]
    assert submitted["paymentSession"]["status"] == "complete"
    assert submitted["order"]["submissionDate"]
    fresh = await client.cart()
    assert fresh["id"] != cart["id"]
    assert fresh["paymentSession"]["id"] != cart["paymentSession"]["id"]
    assert code(await client.ask("POST", SUBMIT, 409)) == "submit-cart-failed", (
        "the new cart is empty and cannot be submitted"
    )
    stock = await client.ask("GET", f"{ME}/products/{PACK}/inventory-status")
    assert stock["inventoryStatus"]["availableQuantity"] == 41


@pytest.mark.parametrize(
    ("reason", "after"), [("fraud_block", "requires_source"), ("no_response", "requires_confirmation")]
)
async def test_t23_only_a_hard_decline_detaches_the_source(client: Client, reason: str, after: str) -> None:
    await client.fill()
    await client.attach(await client.source(owner__lastName=f"Decline:{reason}"))
    (entry,) = (await client.ask("POST", SUBMIT, 409))["errors"]["error"]
    assert entry == IsPartialDict(code="declined", subcode=reason)
    assert await status(client) == after


async def test_t24_t25_t28_redirected_order_is_approved_and_resumed(client: Client) -> None:
    await client.fill()
    source_id = await client.source("klarnaCredit")
    await client.attach(source_id)
    submitted = (await client.ask("POST", SUBMIT))["submitCart"]
    assert submitted["order"] == IsPartialDict(orderState="Source Pending Redirect", submissionDate=None)
    assert submitted["paymentSession"]["redirectUrl"].startswith("http://sandbox/payments/redirects/")
    assert code(await client.ask("POST", f"{CART}?productId={POLES}", 409)) == "cart-failure"
    assert code(await client.ask("POST", f"{CART}/resume-cart", 409)) == "resume-cart-failure"
    await client.decide(source_id, "cancel")
    assert await status(client) == "pending_redirect", "the shopper can return to the page (T-26)"
    await client.decide(source_id, "approve")
    assert await status(client) == "chargeable"
    resumed = (await client.ask("POST", f"{CART}/resume-cart"))["resumeCart"]
    assert resumed["order"]["orderState"] == "Submitted"
    assert code(await client.ask("POST", f"{CART}/resume-cart", 409)) == "resume-cart-failure"


async def test_t27_t29_rejected_redirect_cannot_be_resumed(client: Client) -> None:
    await client.fill()
    source_id = await client.source("klarnaCredit")
    await client.attach(source_id)
    await client.ask("POST", SUBMIT)
    await client.decide(source_id, "reject")
    assert await status(client) == "failed"
    assert code(await client.ask("POST", f"{CART}/resume-cart", 409)) == "resume-cart-failure"


async def test_t30_order_with_receiver_source_awaits_payment(client: Client) -> None:
    await client.fill()
    await client.attach(await client.source("wireTransfer"))
    submitted = (await client.ask("POST", SUBMIT))["submitCart"]
    assert submitted["order"]["orderState"] == "Source Pending Funds"
    assert submitted["paymentSession"]["status"] == "pending_funds"
    assert submitted["paymentMethod"]["wireTransfer"]["accountNumber"]


async def test_failed_charge_detaches_the_source(client: Client) -> None:
    await client.fill()
    await client.attach(await client.source(creditCard__number="4000000000003600"))
    assert code(await client.ask("POST", SUBMIT, 409)) == "cart-charge-failure"
    assert await status(client) == "requires_source"
