"""The sandbox's store credit, its ledger, its tax registrations and the older list of methods, as documented."""

from decimal import Decimal
from typing import Any

import pytest
from dirty_equals import IsPartialDict, IsStr

from sandbox.model.world import Balance
from tests.support.commerce_client import Client, code
from tests.support.shop import CART, PACK, POLES, SUBMIT

SESSION = "paymentSession"
ME = "/v1/shoppers/me"
REGISTRATIONS = f"{CART}/tax-registrations"
BRAZIL = {"line1": "Rua A 1", "city": "São Paulo", "postalCode": "01310-100", "country": "BR"}


async def credit(client: Client, amount: Any, expected: int = 201, **changes: Any) -> dict[str, Any]:
    """Store credit as a server makes it, for the cart as it is."""
    session_id = (await client.cart())[SESSION]["id"]
    body = {"paymentSessionId": session_id, "type": "customerCredit", "amount": amount, "customerCredit": {}} | changes
    key = {"Authorization": f"Bearer {client.world.keys.payment_key}"}
    answer = await client.http.post("/sources", headers=key, json=body)
    assert answer.status_code == expected, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def paid(client: Client) -> tuple[str, float | None, float | None]:
    """State of the session, what is contributed and what remains."""
    session = (await client.cart())[SESSION]
    given, left = session.get("amountContributed"), session.get("amountRemainingToBeContributed")
    return session["status"], given and given["value"], left and left["value"]


async def test_credit_is_made_with_the_confidential_key(client: Client) -> None:
    await client.fill()
    made = await credit(client, 50, upstreamId="credit-1")
    assert made == IsPartialDict(
        type="customerCredit",
        currency="USD",
        amount=50,
        state="chargeable",
        reusable=False,
        customerCredit={},
        upstreamId="credit-1",
        clientSecret=IsStr(regex=f"{made['id']}_.*"),
        liveMode=False,
    )
    key = {"Authorization": f"Bearer {client.world.keys.payment_key}"}
    assert (await client.http.get(f"/sources/{made['id']}", headers=key)).json() == made
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
async def test_it_is_strict_about_credit(client: Client, change: dict[str, Any], expected: tuple[int, str]) -> None:
    await client.fill()
    status, wanted = expected
    refused = await credit(
        client, change.get("amount", 50), status, **{k: v for k, v in change.items() if k != "amount"}
    )
    assert refused["errors"][0]["code"] == wanted


async def test_t3_credit_below_the_total_still_requires_a_source(client: Client) -> None:
    await client.fill()
    cart = (await client.attach((await credit(client, 50))["id"]))["cart"]
    assert cart["paymentMethod"] == IsPartialDict(
        type="customerCredit", amountContributed={"currency": "USD", "value": 50}
    )
    assert "supplementaryPaymentMethods" not in cart["paymentMethod"]
    assert await paid(client) == ("requires_source", 50, 46.69)
    refused = await client.ask("POST", SUBMIT, 400)
    assert refused == {
        "type": "bad_request",
        "errors": [{"code": "order_submit_failed", "message": "Payment session status is invalid."}],
    }


async def test_t4_credit_alone_may_pay(client: Client) -> None:
    await client.fill()
    made = await credit(client, 96.69)
    await client.attach(made["id"])
    assert await paid(client) == ("requires_confirmation", 96.69, 0)
    submitted = (await client.ask("POST", SUBMIT))["submitCart"]
    assert submitted["order"]["orderState"] == "Submitted"
    assert submitted["paymentMethod"] == IsPartialDict(type="customerCredit")
    key = {"Authorization": f"Bearer {client.world.keys.payment_key}"}
    assert (await client.http.get(f"/sources/{made['id']}", headers=key)).json()["state"] == "consumed"


async def test_t5_credit_beyond_the_total_is_refused(client: Client) -> None:
    await client.fill()
    refused = await client.attach((await credit(client, 96.70))["id"], 409)
    assert code(refused) == "session_source_amount_too_large"
    assert await paid(client) == ("requires_source", None, None)


async def test_the_card_pays_what_credit_leaves(client: Client) -> None:
    await client.fill()
    await client.attach((await credit(client, 50))["id"])
    cart = (await client.attach(await client.source()))["cart"]
    assert cart["paymentMethod"]["amountContributed"]["value"] == 46.69
    (below,) = cart["paymentMethod"]["supplementaryPaymentMethods"]
    assert below == IsPartialDict(type="customerCredit", amountContributed={"currency": "USD", "value": 50})
    assert await paid(client) == ("requires_confirmation", 96.69, 0)
    submitted = (await client.ask("POST", SUBMIT))["submitCart"]["paymentMethod"]
    assert submitted["charges"][0]["amount"]["value"] == 46.69


async def test_t6_credit_after_the_card_pays_nothing(client: Client) -> None:
    await client.fill()
    await client.attach(await client.source())
    cart = (await client.attach((await credit(client, 50))["id"]))["cart"]
    assert cart["paymentMethod"]["amountContributed"]["value"] == 96.69
    assert cart["paymentMethod"]["supplementaryPaymentMethods"][0]["amountContributed"]["value"] == 0
    assert await paid(client) == ("requires_confirmation", 96.69, 0)
    card = cart["paymentMethod"]["sourceId"]
    body = {"paymentMethod": {"sourceId": card}}
    await client.ask("DELETE", f"{CART}/apply-payment-method", 204, json=body)
    assert await paid(client) == ("requires_source", 50, 46.69), "now it counts"


async def test_t13_t14_detaching_one_of_two_or_both(client: Client) -> None:
    await client.fill()
    made = (await credit(client, 50))["id"]
    await client.attach(made)
    card = await client.source()
    await client.attach(card)
    await client.ask("DELETE", f"{CART}/apply-payment-method", 204, json={"paymentMethod": {"sourceId": made}})
    assert await paid(client) == ("requires_confirmation", 96.69, 0), "the card pays all of it"
    assert code(await client.attach(made, 409)) == "source_status_invalid_for_session"
    await client.ask("DELETE", f"{CART}/payment", 204)
    assert await paid(client) == ("requires_source", None, None)

    await client.ask("POST", f"{CART}?expand=all")
    client.world.switches.detached_source = "kept"
    card = await client.source()
    await client.attach(card)
    await client.ask("DELETE", f"{CART}/payment", 204)
    await client.attach(card)
    assert (await paid(client))[0] == "requires_confirmation", "the other reading"


async def test_t15_t16_with_credit_the_state_moves_either_way(client: Client) -> None:
    await client.fill()
    await client.attach((await credit(client, 96.69))["id"])
    await client.ask("POST", f"{CART}/line-items?productId={POLES}")
    state, contributed, remaining = await paid(client)
    assert (state, contributed) == ("requires_source", 96.69)
    assert remaining is not None
    assert remaining > 0
    lines = (await client.cart())["lineItems"]["lineItem"]
    await client.ask("DELETE", f"{CART}/line-items/{lines[1]['id']}", 204)
    assert await paid(client) == ("requires_confirmation", 96.69, 0)
    await client.ask("POST", f"{CART}?promoCode=SPRING20")
    state, contributed, remaining = await paid(client)
    assert (state, remaining) == ("requires_confirmation", 0)
    assert contributed is not None
    assert contributed < 96.69, "no more than the total"
    await client.ask("DELETE", f"{CART}/line-items", 204)
    assert await paid(client) == ("requires_source", None, None)


async def test_t19_the_currency_is_locked_by_credit(client: Client) -> None:
    await client.fill()
    await client.attach((await credit(client, 50))["id"])
    assert code(await client.ask("POST", f"{ME}?locale=de_DE&currency=EUR", 409)) == "invalid-request"


async def test_credit_goes_with_some_methods_and_once(client: Client) -> None:
    await client.fill()
    await client.attach((await credit(client, 20))["id"])
    assert code(await client.attach((await credit(client, 10))["id"], 409)) == "apply-payment-failure"


# Ledger.


async def test_the_ledger_tells_a_balance_to_its_merchant(client: Client) -> None:
    client.world.ledger["merchant-1"] = Balance(amount=Decimal("12.50"), currency="USD")
    key = {"Authorization": f"Bearer {client.world.keys.ledger_key}"}
    answer = await client.http.get("/_ledger/balance?reference=merchant-1", headers=key)
    assert answer.json() == {"reference": "merchant-1", "balance": {"currency": "USD", "value": 12.5}}
    assert (await client.http.get("/_ledger/balance?reference=nobody", headers=key)).status_code == 404
    assert (await client.http.get("/_ledger/balance?reference=merchant-1")).status_code == 401


# Tax registrations.


async def test_registrations_are_set_shown_and_removed(client: Client) -> None:
    await client.fill()
    address = {"address": BRAZIL}
    await client.ask("PUT", f"{CART}/shipping-address", 204, json=address)
    body = {"customerType": "I", "taxRegistrations": [{"key": "CPF", "value": "52998224725"}]}
    assert await client.ask("POST", REGISTRATIONS, json=body) == body
    assert await client.ask("GET", REGISTRATIONS) == body
    assert await client.cart() == IsPartialDict(**body)
    await client.ask("DELETE", REGISTRATIONS, 204)
    assert await client.ask("GET", REGISTRATIONS) == {"customerType": "I"}


@pytest.mark.parametrize(
    ("body", "status", "expected"),
    [
        ({}, 400, "invalid-request"),
        ({"customerType": "X"}, 400, "invalid-request"),
        ({"customerType": "I", "taxRegistrations": [{"key": "CPF"}]}, 400, "invalid-request"),
        ({"customerType": "I", "taxRegistrations": [{"key": "CPF", "value": "1"}]}, 409, "vat-exemption-failure"),
        ({"customerType": "I", "taxRegistrations": [{"key": "CNPJ", "value": "1"}]}, 409, "vat-exemption-failure"),
    ],
)
async def test_registrations_are_refused_in_envelope_b(
    client: Client, body: dict[str, Any], status: int, expected: str
) -> None:
    await client.fill()
    await client.ask("PUT", f"{CART}/shipping-address", 204, json={"address": BRAZIL})
    refused = await client.ask("POST", REGISTRATIONS, status, json=body)
    assert refused == {"errors": [IsPartialDict(code=expected)]}


async def test_a_site_may_take_no_registrations(client: Client) -> None:
    await client.fill()
    client.world.switches.tax_registrations = "off"
    refused = await client.ask("POST", REGISTRATIONS, 409, json={"customerType": "B"})
    assert refused["errors"] == [
        {
            "code": "vat-exemption-failure",
            "subcode": "vat-exemption-unavailable",
            "description": "Tax Exemption Rest of the World is not enabled on this site.",
        }
    ]


async def test_nothing_is_sold_to_brazil_without_one(client: Client) -> None:
    await client.fill()
    for side in ("billing", "shipping"):
        await client.ask("PUT", f"{CART}/{side}-address", 204, json={"address": BRAZIL})
    await client.attach(await client.source())
    assert code(await client.ask("POST", SUBMIT, 409)) == "invalid-tax-registrations"


# The older list of methods.


async def test_the_older_list_is_thin_and_names_brands(client: Client) -> None:
    await client.ask("POST", f"{CART}?productId={PACK}")
    listed = (await client.ask("GET", f"{CART}/payment-methods"))["paymentMethods"]
    assert listed["uri"].endswith(f"{CART}/payment-methods")
    assert {"type": "visa", "displayName": "Visa", "description": "Visa"} in listed["paymentMethod"]
    types = [one["type"] for one in listed["paymentMethod"]]
    assert "creditCard" not in types
    assert "payPal" in types
    assert all(one.keys() == {"type", "displayName", "description"} for one in listed["paymentMethod"])
