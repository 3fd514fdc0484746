"""Store credit on a cart, and the merchant's ledger. docs/payment-states.md explains the numbers, such as T-3."""

from decimal import Decimal
from typing import Any

import pytest
from dirty_equals import IsPartialDict, IsStr

from sandbox.model.world import Balance
from tests.support.commerce_client import ME, Client, code
from tests.support.shop import CART, POLES, SUBMIT

SESSION = "paymentSession"


async def credit(client: Client, amount: Any, expected: int = 201, **changes: Any) -> dict[str, Any]:
    """Create a source of store credit for the active cart, with the payment key. Returns the JSON body."""
    session_id = (await client.cart())[SESSION]["id"]
    body = {"paymentSessionId": session_id, "type": "customerCredit", "amount": amount, "customerCredit": {}} | changes
    key = {"Authorization": f"Bearer {client.world.keys.payment_key}"}
    answer = await client.http.post("/sources", headers=key, json=body)
    assert answer.status_code == expected, answer.text
    source: dict[str, Any] = answer.json()
    return source


async def payment_state(client: Client) -> tuple[str, float | None, float | None]:
    """State, contributed amount and remaining amount of the cart's payment session."""
    session = (await client.cart())[SESSION]
    contributed, remaining = session.get("amountContributed"), session.get("amountRemainingToBeContributed")
    return session["status"], contributed and contributed["value"], remaining and remaining["value"]


async def test_store_credit_can_be_created_only_with_the_payment_key(client: Client) -> None:
    await client.fill()
    source = await credit(client, 50, upstreamId="credit-1")
    assert source == IsPartialDict(
        type="customerCredit",
        currency="USD",
        amount=50,
        state="chargeable",
        reusable=False,
        customerCredit={},
        upstreamId="credit-1",
        clientSecret=IsStr(regex=f"{source['id']}_.*"),
        liveMode=False,
    )
    key = {"Authorization": f"Bearer {client.world.keys.payment_key}"}
    assert (await client.http.get(f"/sources/{source['id']}", headers=key)).json() == source
    public = {"Authorization": f"Bearer {client.world.keys.public_key}"}
    assert (await client.http.post("/sources", headers=public, json={})).status_code == 401
    missing = await client.http.get("/sources/00000000-0000-4000-8000-000000000000", headers=key)
    assert missing.status_code == 404
    assert missing.json()["errors"][0]["code"] == "source_not_found"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"amount": None}, (400, "missing_parameter")),
        ({"paymentSessionId": None}, (400, "missing_parameter")),
        ({"paymentSessionId": "x"}, (404, "not_found")),
        ({"type": "creditCard"}, (400, "invalid_parameter")),
        ({"customerCredit": None}, (400, "invalid_format")),
        ({"amount": 0}, (400, "invalid_parameter")),
        ({"amount": -5}, (400, "invalid_parameter")),
    ],
)
async def test_invalid_store_credit_is_rejected(
    client: Client, change: dict[str, Any], expected: tuple[int, str]
) -> None:
    await client.fill()
    status, error_code = expected
    refused = await credit(client, expected=status, **({"amount": 50} | change))
    assert refused["errors"][0]["code"] == error_code


async def test_t3_credit_below_the_total_requires_a_source(client: Client) -> None:
    await client.fill()
    cart = (await client.attach((await credit(client, 50))["id"]))["cart"]
    assert cart["paymentMethod"] == IsPartialDict(
        type="customerCredit", amountContributed={"currency": "USD", "value": 50}
    )
    assert "supplementaryPaymentMethods" not in cart["paymentMethod"]
    assert await payment_state(client) == ("requires_source", 50, 46.69)
    refused = await client.ask("POST", SUBMIT, 400)
    assert refused == {
        "type": "bad_request",
        "errors": [{"code": "order_submit_failed", "message": "Payment session status is invalid."}],
    }


async def test_t4_credit_can_pay_the_whole_total(client: Client) -> None:
    await client.fill()
    source = await credit(client, 96.69)
    await client.attach(source["id"])
    assert await payment_state(client) == ("requires_confirmation", 96.69, 0)
    submitted = (await client.ask("POST", SUBMIT))["submitCart"]
    assert submitted["order"]["orderState"] == "Submitted"
    assert submitted["paymentMethod"] == IsPartialDict(type="customerCredit")
    key = {"Authorization": f"Bearer {client.world.keys.payment_key}"}
    assert (await client.http.get(f"/sources/{source['id']}", headers=key)).json()["state"] == "consumed"


async def test_t5_store_credit_above_the_total_is_rejected(client: Client) -> None:
    await client.fill()
    refused = await client.attach((await credit(client, 96.70))["id"], 409)
    assert code(refused) == "session_source_amount_too_large"
    assert await payment_state(client) == ("requires_source", None, None)


async def test_card_pays_what_store_credit_does_not_cover(client: Client) -> None:
    await client.fill()
    await client.attach((await credit(client, 50))["id"])
    cart = (await client.attach(await client.source()))["cart"]
    assert cart["paymentMethod"]["amountContributed"]["value"] == 46.69
    (below,) = cart["paymentMethod"]["supplementaryPaymentMethods"]
    assert below == IsPartialDict(type="customerCredit", amountContributed={"currency": "USD", "value": 50})
    assert await payment_state(client) == ("requires_confirmation", 96.69, 0)
    submitted = (await client.ask("POST", SUBMIT))["submitCart"]["paymentMethod"]
    assert submitted["charges"][0]["amount"]["value"] == 46.69


async def test_t6_credit_attached_after_the_card_contributes_nothing(client: Client) -> None:
    await client.fill()
    await client.attach(await client.source())
    cart = (await client.attach((await credit(client, 50))["id"]))["cart"]
    assert cart["paymentMethod"]["amountContributed"]["value"] == 96.69
    assert cart["paymentMethod"]["supplementaryPaymentMethods"][0]["amountContributed"]["value"] == 0
    assert await payment_state(client) == ("requires_confirmation", 96.69, 0)
    card = cart["paymentMethod"]["sourceId"]
    body = {"paymentMethod": {"sourceId": card}}
    await client.ask("DELETE", f"{CART}/apply-payment-method", 204, json=body)
    assert await payment_state(client) == ("requires_source", 50, 46.69), "credit contributes once the card is detached"


async def test_t13_t14_credit_and_card_are_detached_separately_or_together(client: Client) -> None:
    await client.fill()
    source = (await credit(client, 50))["id"]
    await client.attach(source)
    card = await client.source()
    await client.attach(card)
    await client.ask("DELETE", f"{CART}/apply-payment-method", 204, json={"paymentMethod": {"sourceId": source}})
    assert await payment_state(client) == ("requires_confirmation", 96.69, 0), "the card pays the whole total"
    assert code(await client.attach(source, 409)) == "source_status_invalid_for_session"
    await client.ask("DELETE", f"{CART}/payment", 204)
    assert await payment_state(client) == ("requires_source", None, None)

    await client.ask("POST", f"{CART}?expand=all")
    client.world.switches.detached_source = "kept"
    card = await client.source()
    await client.attach(card)
    await client.ask("DELETE", f"{CART}/payment", 204)
    await client.attach(card)
    assert (await payment_state(client))[0] == "requires_confirmation", (
        "with the sandbox switch, a detached source can be attached again"
    )


async def test_t15_t16_store_credit_contributes_at_most_the_changed_total(client: Client) -> None:
    await client.fill()
    await client.attach((await credit(client, 96.69))["id"])
    await client.ask("POST", f"{CART}/line-items?productId={POLES}")
    state, contributed, remaining = await payment_state(client)
    assert (state, contributed) == ("requires_source", 96.69)
    assert remaining is not None
    assert remaining > 0
    lines = (await client.cart())["lineItems"]["lineItem"]
    await client.ask("DELETE", f"{CART}/line-items/{lines[1]['id']}", 204)
    assert await payment_state(client) == ("requires_confirmation", 96.69, 0)
    await client.ask("POST", f"{CART}?promoCode=SPRING20")
    state, contributed, remaining = await payment_state(client)
    assert (state, remaining) == ("requires_confirmation", 0)
    assert contributed is not None
    assert contributed < 96.69, "credit contributes at most the total"
    await client.ask("DELETE", f"{CART}/line-items", 204)
    assert await payment_state(client) == ("requires_source", None, None)


async def test_t19_currency_cannot_change_while_credit_is_attached(client: Client) -> None:
    await client.fill()
    await client.attach((await credit(client, 50))["id"])
    assert code(await client.ask("POST", f"{ME}?locale=de_DE&currency=EUR", 409)) == "invalid-request"


async def test_second_store_credit_is_rejected(client: Client) -> None:
    await client.fill()
    await client.attach((await credit(client, 20))["id"])
    assert code(await client.attach((await credit(client, 10))["id"], 409)) == "apply-payment-failure"


async def test_ledger_balance_is_readable_only_with_the_ledger_key(client: Client) -> None:
    client.world.ledger["merchant-1"] = Balance(amount=Decimal("12.50"), currency="USD")
    key = {"Authorization": f"Bearer {client.world.keys.ledger_key}"}
    answer = await client.http.get("/_ledger/balance?reference=merchant-1", headers=key)
    assert answer.json() == {"reference": "merchant-1", "balance": {"currency": "USD", "value": 12.5}}
    assert (await client.http.get("/_ledger/balance?reference=nobody", headers=key)).status_code == 404
    assert (await client.http.get("/_ledger/balance?reference=merchant-1")).status_code == 401
