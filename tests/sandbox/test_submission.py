"""What becomes of a cart that is submitted to the sandbox: charged, declined, rejected, looked at by people."""

from typing import Any

import pytest
from dirty_equals import IsPartialDict

from tests.support.commerce_client import ADDRESS, ME, Client, code
from tests.support.shop import CART, PACK, SOFTWARE, SUBMIT


async def units(client: Client) -> int:
    stock = await client.ask("GET", f"{ME}/products/{PACK}/inventory-status")
    left: int = stock["inventoryStatus"]["availableQuantity"]
    return left


async def order(client: Client, submitted: dict[str, Any]) -> dict[str, Any]:
    id = submitted["submitCart"]["order"]["id"]
    found: dict[str, Any] = (await client.ask("GET", f"{ME}/orders/{id}?expand=all"))["order"]
    return found


async def redirected(client: Client, **changes: Any) -> tuple[str, dict[str, Any]]:
    """A cart that waits for its shopper at Klarna: the source, and the answer of submit-cart."""
    await client.fill()
    source_id = await client.source("klarnaCredit", **changes)
    await client.attach(source_id)
    return source_id, await client.ask("POST", SUBMIT)


async def test_a_rejected_order_gives_its_units_back(client: Client) -> None:
    source_id, _ = await redirected(client)
    assert await units(client) == 41
    await client.decide(source_id, "reject")
    assert await units(client) == 42
    await client.decide(source_id, "reject")
    assert await units(client) == 42, "once"


async def test_a_rejected_order_stays_as_it_was_submitted(client: Client) -> None:
    source_id, submitted = await redirected(client)
    await client.decide(source_id, "reject")
    await client.ask("POST", f"{CART}?productId={SOFTWARE}&promoCode=SPRING20")
    (line,) = (await client.cart())["lineItems"]["lineItem"][:1]
    await client.ask("POST", f"{CART}/line-items/{line['id']}?quantity=3")
    abroad = ADDRESS | {"city": "Duluth"}
    await client.ask("PUT", f"{CART}/billing-address", 204, json={"address": abroad})

    cancelled = await order(client, submitted)
    assert cancelled["orderState"] == "Cancelled"
    assert [line["quantity"] for line in cancelled["lineItems"]["lineItem"]] == [1]
    assert cancelled["pricing"]["total"] == submitted["submitCart"]["pricing"]["orderTotal"]
    assert cancelled["billingAddress"]["city"] == "Minnetonka"


async def test_an_approval_before_the_submission_is_no_dead_end(client: Client) -> None:
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


async def test_a_card_that_has_expired_since_it_was_given_is_refused(client: Client) -> None:
    await client.fill()
    year = client.world.now().year
    await client.attach(await client.source(creditCard__expirationYear=year, creditCard__expirationMonth=12))
    await client.http.post("/_sandbox/clock", json={"forward_s": 366 * 86400})
    client.token = client.world.give_token(client.world.tokens[client.token].shopper)
    assert code(await client.ask("POST", SUBMIT, 409)) == "credit-card-expired"


async def test_after_a_hard_decline_the_source_is_of_no_use(client: Client) -> None:
    await client.fill()
    source_id = await client.source(owner__lastName="Decline:fraud_block")
    await client.attach(source_id)
    await client.ask("POST", SUBMIT, 409)
    assert code(await client.attach(source_id, 409)) == "source_status_invalid_for_session"


@pytest.mark.parametrize("type", ["creditCard", "payPal", "klarnaCredit", "wireTransfer"])
async def test_an_order_is_reviewed_once_it_is_paid(client: Client, type: str) -> None:
    await client.fill()
    suspect = ADDRESS | {"emailAddress": "hold1@fraud.com"}
    await client.ask("PUT", f"{CART}/billing-address", 204, json={"address": suspect})
    source_id = await client.source(type)
    if type == "payPal":
        await client.decide(source_id, "approve")
    await client.attach(source_id)
    submitted = await client.ask("POST", SUBMIT)
    if type == "wireTransfer":
        assert submitted["submitCart"]["order"]["orderState"] == "Source Pending Funds"
        return
    if type == "klarnaCredit":
        assert submitted["submitCart"]["order"]["orderState"] == "Source Pending Redirect"
        await client.decide(source_id, "approve")
        await client.ask("POST", f"{CART}/resume-cart")
    reviewed = await order(client, submitted)
    assert reviewed == IsPartialDict(orderState="In Review", paymentSession=IsPartialDict(status="pending"))


async def test_downloads_are_submitted_without_a_shipping_address(client: Client) -> None:
    await client.ask("POST", f"{CART}?productId={SOFTWARE}")
    await client.ask("PUT", f"{CART}/billing-address", 204, json={"address": ADDRESS})
    await client.attach(await client.source(owner__address={}))
    cart = await client.cart()
    assert cart["shippingAddress"]["line1"] is None
    await client.ask("POST", SUBMIT)


async def test_goods_are_taxed_once_it_is_known_where_they_go(client: Client) -> None:
    await client.ask("POST", f"{CART}?productId={PACK}")
    await client.ask("PUT", f"{CART}/billing-address", 204, json={"address": ADDRESS})
    assert (await client.cart())["pricing"]["tax"]["value"] == 0
    await client.ask("PUT", f"{CART}/shipping-address", 204, json={"address": ADDRESS})
    assert (await client.cart())["pricing"]["tax"]["value"] > 0


async def test_downloads_are_taxed_where_the_bill_goes(client: Client) -> None:
    await client.ask("POST", f"{CART}?productId={SOFTWARE}")
    await client.ask("PUT", f"{CART}/billing-address", 204, json={"address": ADDRESS})
    assert (await client.cart())["pricing"]["tax"]["value"] > 0
