"""Subscriptions: an order starts one, its changes take effect after a minute, and it is renewed when its term ends."""

from typing import Any

import pytest
from dirty_equals import IsPartialDict, IsStr

from sandbox.demo_shop.test_scenarios import Scenario
from tests.support.commerce_client import ME, Client, code
from tests.support.shop import CART, COFFEE, LIVE_MAPS, SUBMIT

DAY_S = 86_400
SUBSCRIPTIONS = "/v1/subscriptions"


async def buy(alex: Client, product_id: str = LIVE_MAPS) -> dict[str, Any]:
    """Buy a recurring product with the first saved card. Returns the new subscription."""
    await alex.fill(product_id)
    await alex.attach(alex.world.accounts[0].payment_options[0].source.id)
    await alex.ask("POST", SUBMIT)
    subscriptions: list[dict[str, Any]] = (await list_subscriptions(alex))["subscriptions"]
    return subscriptions[-1]


async def as_merchant(client: Client, method: str, path: str, expected: int = 200, **more: Any) -> Any:
    keys = client.world.keys
    answer = await client.http.request(
        method,
        f"{SUBSCRIPTIONS}{path}",
        auth=(keys.merchant_key, keys.merchant_secret),
        headers={"Accept": "application/json"},
        **more,
    )
    assert answer.status_code == expected, answer.text
    return answer.json()


async def list_subscriptions(client: Client) -> dict[str, Any]:
    answer: dict[str, Any] = await as_merchant(client, "GET", f"?shopperId={client.world.accounts[0].id}")
    return answer


async def change(
    client: Client, subscription: dict[str, Any], path: str, body: dict[str, Any], expected: int = 202
) -> Any:
    return await as_merchant(client, "POST", f"/{subscription['id']}/{path}", expected, json=body)


async def read(client: Client, subscription: dict[str, Any]) -> dict[str, Any]:
    """Read the subscription again, with the merchant key."""
    answer: dict[str, Any] = await as_merchant(client, "GET", f"/{subscription['id']}")
    return answer


async def move_clock(client: Client, seconds: float) -> None:
    await client.http.post("/_sandbox/clock", json={"forward_s": seconds})


async def test_order_of_a_recurring_product_starts_a_subscription(alex: Client) -> None:
    subscription = await buy(alex)
    assert subscription == IsPartialDict(
        state="Subscribed",
        autoRenewal=True,
        currentQuantity=1,
        renewalQuantity=1,
        cancellationDate=None,
        term={"termUnit": "MONTHS", "termLength": 1},
        shopper={"id": alex.world.accounts[0].id, "externalReferenceId": "rf-cust-000042"},
        product=IsPartialDict(id=LIVE_MAPS, displayName="Trail Maps Live"),
        paymentOption=IsPartialDict(nickName="Everyday Visa", isDefault="true", type="CreditCardMethod"),
    )
    assert await read(alex, subscription) == subscription
    by_reference = await as_merchant(alex, "GET", "?shopperId=rf-cust-000042")
    assert by_reference == {"subscriptions": [subscription]}
    assert await as_merchant(alex, "GET", f"?shopperId={alex.world.accounts[1].id}") == {"subscriptions": []}
    orders = (await as_merchant(alex, "GET", f"/{subscription['id']}/orders?expand=all"))["orders"]
    assert (orders["totalResults"], orders["order"][0]["orderState"]) == (1, "Submitted")


async def test_single_use_source_cannot_start_a_subscription(alex: Client) -> None:
    await alex.fill(LIVE_MAPS)
    await alex.attach(await alex.source())
    refused = await alex.ask("POST", SUBMIT, 409)
    assert code(refused) == "submit-cart-failed"
    assert "non-recurring" in refused["errors"]["error"][0]["description"]
    assert await list_subscriptions(alex) == {"subscriptions": []}


async def test_subscriptions_need_the_merchant_key(alex: Client) -> None:
    subscription = await buy(alex)
    keys = alex.world.keys
    for pair in ((keys.merchant_key, "wrong"), (keys.confidential_key, keys.confidential_secret)):
        answer = await alex.http.get(f"{SUBSCRIPTIONS}/{subscription['id']}", auth=pair)
        assert answer.status_code == 401
    assert code(await alex.ask("GET", f"{SUBSCRIPTIONS}/{subscription['id']}", 401)) == "invalid_client"
    assert code(await as_merchant(alex, "GET", "/1", 404)) == "resource-not-found"
    missing = await as_merchant(alex, "GET", "", 400)
    assert missing["errors"]["error"][0]["subcode"] == "required-data-missing"


async def test_subscription_change_takes_effect_after_a_minute(alex: Client) -> None:
    subscription = await buy(alex)
    await change(alex, subscription, "renewal-quantity", {"renewalQuantity": 3})
    await change(alex, subscription, "renewal-type", {"autoRenewal": False})
    assert await read(alex, subscription) == subscription
    pending = (await as_merchant(alex, "GET", f"/{subscription['id']}/pending-actions"))["pendingActions"]
    assert pending == [
        {"actionType": "renewal_quantity", "requestDate": IsStr},
        {"actionType": "renewal_type", "requestDate": IsStr},
    ]
    await move_clock(alex, 61)
    assert await read(alex, subscription) == IsPartialDict(
        renewalQuantity=3, currentQuantity=1, autoRenewal=False, nextRenewalDate=None
    )
    assert (await as_merchant(alex, "GET", f"/{subscription['id']}/pending-actions")) == {"pendingActions": []}


async def test_each_renewal_places_an_order(alex: Client) -> None:
    subscription = await buy(alex)
    await change(alex, subscription, "renewal-quantity", {"renewalQuantity": 2})
    await move_clock(alex, 70 * DAY_S)
    now = await read(alex, subscription)
    assert now == IsPartialDict(currentQuantity=2, state="Subscribed")
    assert now["nextRenewalDate"] > subscription["nextRenewalDate"]
    orders = (await as_merchant(alex, "GET", f"/{subscription['id']}/orders?expand=all"))["orders"]["order"]
    assert [order["lineItems"]["lineItem"][0]["quantity"] for order in orders] == [2, 2, 1], (
        "orders are listed newest first"
    )
    assert [order["orderState"] for order in orders] == ["Complete"] * 3
    alex.token = alex.world.give_token(alex.world.accounts[0].shopper)
    own = (await alex.ask("GET", f"{ME}/orders?expand=order.id"))["orders"]["order"]
    assert [order["id"] for order in own] == [order["id"] for order in orders]


async def test_subscription_without_auto_renewal_ends_with_its_term(alex: Client) -> None:
    subscription = await buy(alex)
    await change(alex, subscription, "renewal-type", {"autoRenewal": False})
    await move_clock(alex, 32 * DAY_S)
    assert await read(alex, subscription) == IsPartialDict(
        state="Cancelled", cancellationDate=subscription["expirationDate"]
    )


async def test_failed_renewal_succeeds_with_another_card_in_grace_period(alex: Client) -> None:
    account = alex.world.accounts[0]
    subscription, other = await buy(alex), await buy(alex, COFFEE)
    account.payment_options[0].source.scenario = Scenario(charge="fails")
    await move_clock(alex, 32 * DAY_S)
    assert (await read(alex, subscription))["state"] == "PendingRenewal"
    body = {"paymentOptionId": str(account.payment_options[1].id), "isShippingSameAsBilling": False}
    await change(alex, subscription, "payment-option", body)
    await move_clock(alex, 61)
    assert await read(alex, subscription) == IsPartialDict(
        state="Subscribed", paymentOption=IsPartialDict(nickName="Travel card")
    )
    await move_clock(alex, 350 * DAY_S)
    assert (await read(alex, other))["state"] == "Cancelled", "no other card was set before the end of the grace period"


async def test_subscription_quantity_and_address_can_be_changed(alex: Client) -> None:
    await alex.ask("POST", f"{CART}?productId={COFFEE}&quantity=2")
    subscription = await buy(alex, COFFEE)
    assert subscription["currentQuantity"] == 3
    body = {"product": {"id": COFFEE}, "quantity": 1}
    refused = await change(alex, subscription, "reduce", body | {"quantity": 3}, 400)
    assert code(refused) == "validation-error"
    await change(alex, subscription, "reduce", body)
    address = {"firstName": "Ada", "lastName": "L", "line1": "2 New Road", "city": "Duluth", "country": "US"}
    await change(alex, subscription, "ship-to-address", address)
    await move_clock(alex, 61)
    now = await read(alex, subscription)
    assert now == IsPartialDict(currentQuantity=1, renewalQuantity=1, shipToAddress=IsPartialDict(line1="2 New Road"))
    option = {"paymentOptionId": str(alex.world.accounts[0].payment_options[1].id)}
    await change(alex, subscription, "payment-option", option)
    await move_clock(alex, 61)
    assert (await read(alex, subscription))["shipToAddress"]["line1"] == "10380 Bren Road W", (
        "by default, the new card's billing address is also the shipping address"
    )


async def test_cancelled_subscription_cannot_be_changed(alex: Client) -> None:
    subscription = await buy(alex)
    await change(alex, subscription, "cancel", {"suppressCancelNotification": True})
    assert (await read(alex, subscription))["state"] == "Subscribed"
    await move_clock(alex, 61)
    assert await read(alex, subscription) == IsPartialDict(
        state="Cancelled", cancellationDate=IsStr, nextRenewalDate=None
    )
    assert code(await change(alex, subscription, "renewal-type", {"autoRenewal": True}, 400)) == "validation-error"


@pytest.mark.parametrize(
    ("path", "body", "status", "expected"),
    [
        ("renewal-quantity", {}, 400, "invalid-request"),
        ("renewal-quantity", {"renewalQuantity": 0}, 400, "invalid-request"),
        ("renewal-type", {"autoRenewal": "soon"}, 400, "invalid-request"),
        ("payment-option", {"paymentOptionId": "1"}, 404, "resource-not-found"),
        ("payment-source", {"sourceId": "1"}, 404, "resource-not-found"),
        ("reduce", {"product": {"id": "1"}, "quantity": 1}, 400, "invalid-request"),
        ("ship-to-address", {"firstName": "Ada"}, 400, "invalid-request"),
    ],
)
async def test_invalid_subscription_change_is_rejected(
    alex: Client, path: str, body: dict[str, Any], status: int, expected: str
) -> None:
    subscription = await buy(alex)
    assert code(await change(alex, subscription, path, body, status)) == expected
    assert (await as_merchant(alex, "GET", f"/{subscription['id']}/pending-actions")) == {"pendingActions": []}


async def test_shopper_api_lists_only_the_shoppers_own_subscriptions(alex: Client) -> None:
    subscription = await buy(alex)
    own = (await alex.ask("GET", f"{ME}/subscriptions"))["subscriptions"]["subscription"]
    assert own == [
        IsPartialDict(
            id=int(subscription["id"]),
            status="Active",
            autoRenewal="enabled",
            nextRenewalQuantity=1,
            products={"product": IsPartialDict(id=int(LIVE_MAPS))},
            orders={"order": [{"uri": IsStr}]},
        )
    ]
    assert (await alex.ask("GET", f"{ME}/subscriptions/{subscription['id']}"))["subscription"] == own[0]
    alex.token = alex.world.give_token(alex.world.accounts[1].shopper)
    assert code(await alex.ask("GET", f"{ME}/subscriptions/{subscription['id']}", 404)) == "resource-not-found"
