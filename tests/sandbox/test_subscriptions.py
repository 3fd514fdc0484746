"""The sandbox's subscriptions: begun by orders, changed with a delay, renewed as time passes."""

from typing import Any

import pytest
from dirty_equals import IsPartialDict, IsStr

from sandbox.demo_shop.test_scenarios import Scenario
from tests.support.commerce_client import ME, Client, code
from tests.support.shop import CART, COFFEE, LIVE_MAPS, SUBMIT

DAY = 86_400
SUBSCRIPTIONS = "/v1/subscriptions"


@pytest.fixture
async def alex(client: Client) -> Client:
    """Signed in, with two saved cards."""
    client.token = client.world.give_token(client.world.accounts[0].shopper)
    return client


async def buy(alex: Client, product_id: str = LIVE_MAPS) -> dict[str, Any]:
    """Buy with the first saved card. What the merchant is shown of the subscription."""
    await alex.fill(product_id)
    await alex.attach(str(alex.world.accounts[0].payment_options[0].source.id))
    await alex.ask("POST", SUBMIT)
    found: list[dict[str, Any]] = (await listed(alex))["subscriptions"]
    return found[-1]


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


async def listed(client: Client) -> dict[str, Any]:
    found: dict[str, Any] = await as_merchant(client, "GET", f"?shopperId={client.world.accounts[0].id}")
    return found


async def change(client: Client, one: dict[str, Any], what: str, body: dict[str, Any], expected: int = 202) -> Any:
    return await as_merchant(client, "POST", f"/{one['id']}/{what}", expected, json=body)


async def shown(client: Client, one: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = await as_merchant(client, "GET", f"/{one['id']}")
    return found


async def wait(client: Client, seconds: float) -> None:
    await client.http.post("/_sandbox/clock", json={"forward_s": seconds})


async def test_an_order_of_a_product_that_recurs_begins_a_subscription(alex: Client) -> None:
    one = await buy(alex)
    assert one == IsPartialDict(
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
    assert await shown(alex, one) == one
    by_reference = await as_merchant(alex, "GET", "?shopperId=rf-cust-000042")
    assert by_reference == {"subscriptions": [one]}
    assert await as_merchant(alex, "GET", f"?shopperId={alex.world.accounts[1].id}") == {"subscriptions": []}
    orders = (await as_merchant(alex, "GET", f"/{one['id']}/orders?expand=all"))["orders"]
    assert (orders["totalResults"], orders["order"][0]["orderState"]) == (1, "Submitted")


async def test_a_source_that_cannot_be_charged_again_begins_none(alex: Client) -> None:
    await alex.fill(LIVE_MAPS)
    await alex.attach(await alex.source())
    refused = await alex.ask("POST", SUBMIT, 409)
    assert code(refused) == "submit-cart-failed"
    assert "non-recurring" in refused["errors"]["error"][0]["description"]
    assert await listed(alex) == {"subscriptions": []}


async def test_only_the_merchants_key_opens_them(alex: Client) -> None:
    one = await buy(alex)
    keys = alex.world.keys
    for pair in ((keys.merchant_key, "wrong"), (keys.confidential_key, keys.confidential_secret)):
        answer = await alex.http.get(f"{SUBSCRIPTIONS}/{one['id']}", auth=pair)
        assert answer.status_code == 401
    assert code(await alex.ask("GET", f"{SUBSCRIPTIONS}/{one['id']}", 401)) == "invalid_client"
    assert code(await as_merchant(alex, "GET", "/1", 404)) == "resource-not-found"
    missing = await as_merchant(alex, "GET", "", 400)
    assert missing["errors"]["error"][0]["subcode"] == "required-data-missing"


async def test_a_change_is_accepted_now_and_made_later(alex: Client) -> None:
    one = await buy(alex)
    await change(alex, one, "renewal-quantity", {"renewalQuantity": 3})
    await change(alex, one, "renewal-type", {"autoRenewal": False})
    assert await shown(alex, one) == one
    pending = (await as_merchant(alex, "GET", f"/{one['id']}/pending-actions"))["pendingActions"]
    assert pending == [
        {"actionType": "renewal_quantity", "requestDate": IsStr},
        {"actionType": "renewal_type", "requestDate": IsStr},
    ]
    await wait(alex, 61)
    assert await shown(alex, one) == IsPartialDict(
        renewalQuantity=3, currentQuantity=1, autoRenewal=False, nextRenewalDate=None
    )
    assert (await as_merchant(alex, "GET", f"/{one['id']}/pending-actions")) == {"pendingActions": []}


async def test_each_renewal_is_an_order(alex: Client) -> None:
    one = await buy(alex)
    await change(alex, one, "renewal-quantity", {"renewalQuantity": 2})
    await wait(alex, 70 * DAY)
    now = await shown(alex, one)
    assert now == IsPartialDict(currentQuantity=2, state="Subscribed")
    assert now["nextRenewalDate"] > one["nextRenewalDate"]
    orders = (await as_merchant(alex, "GET", f"/{one['id']}/orders?expand=all"))["orders"]["order"]
    assert [order["lineItems"]["lineItem"][0]["quantity"] for order in orders] == [2, 2, 1], "the newest first"
    alex.token = alex.world.give_token(alex.world.accounts[0].shopper)
    own = (await alex.ask("GET", f"{ME}/orders?expand=order.id"))["orders"]["order"]
    assert [order["id"] for order in own] == [order["id"] for order in orders]


async def test_without_renewal_it_ends_with_its_term(alex: Client) -> None:
    one = await buy(alex)
    await change(alex, one, "renewal-type", {"autoRenewal": False})
    await wait(alex, 32 * DAY)
    assert await shown(alex, one) == IsPartialDict(state="Cancelled", cancellationDate=one["expirationDate"])


async def test_a_renewal_that_cannot_be_paid_waits_for_another_card(alex: Client) -> None:
    account = alex.world.accounts[0]
    one, two = await buy(alex), await buy(alex, COFFEE)
    account.payment_options[0].source.scenario = Scenario(charge="fails")
    await wait(alex, 32 * DAY)
    assert (await shown(alex, one))["state"] == "PendingRenewal"
    body = {"paymentOptionId": str(account.payment_options[1].id), "isShippingSameAsBilling": False}
    await change(alex, one, "payment-option", body)
    await wait(alex, 61)
    assert await shown(alex, one) == IsPartialDict(
        state="Subscribed", paymentOption=IsPartialDict(nickName="Travel card")
    )
    await wait(alex, 350 * DAY)
    assert (await shown(alex, two))["state"] == "Cancelled", "nobody gave a card before the grace was over"


async def test_the_quantity_is_reduced_and_the_address_moved(alex: Client) -> None:
    await alex.ask("POST", f"{CART}?productId={COFFEE}&quantity=2")
    one = await buy(alex, COFFEE)
    assert one["currentQuantity"] == 3
    body = {"product": {"id": COFFEE}, "quantity": 1}
    refused = await change(alex, one, "reduce", body | {"quantity": 3}, 400)
    assert code(refused) == "validation-error"
    await change(alex, one, "reduce", body)
    address = {"firstName": "Ada", "lastName": "L", "line1": "2 New Road", "city": "Duluth", "country": "US"}
    await change(alex, one, "ship-to-address", address)
    await wait(alex, 61)
    now = await shown(alex, one)
    assert now == IsPartialDict(currentQuantity=1, renewalQuantity=1, shipToAddress=IsPartialDict(line1="2 New Road"))
    option = {"paymentOptionId": str(alex.world.accounts[0].payment_options[1].id)}
    await change(alex, one, "payment-option", option)
    await wait(alex, 61)
    assert (await shown(alex, one))["shipToAddress"]["line1"] == "10380 Bren Road W", "the documented default"


async def test_a_cancelled_one_is_not_changed_any_more(alex: Client) -> None:
    one = await buy(alex)
    await change(alex, one, "cancel", {"suppressCancelNotification": True})
    assert (await shown(alex, one))["state"] == "Subscribed"
    await wait(alex, 61)
    assert await shown(alex, one) == IsPartialDict(state="Cancelled", cancellationDate=IsStr, nextRenewalDate=None)
    assert code(await change(alex, one, "renewal-type", {"autoRenewal": True}, 400)) == "validation-error"


@pytest.mark.parametrize(
    ("what", "body", "status", "expected"),
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
async def test_a_change_that_makes_no_sense_is_refused(
    alex: Client, what: str, body: dict[str, Any], status: int, expected: str
) -> None:
    one = await buy(alex)
    assert code(await change(alex, one, what, body, status)) == expected
    assert (await as_merchant(alex, "GET", f"/{one['id']}/pending-actions")) == {"pendingActions": []}


async def test_the_older_resource_shows_the_shoppers_own(alex: Client) -> None:
    one = await buy(alex)
    own = (await alex.ask("GET", f"{ME}/subscriptions"))["subscriptions"]["subscription"]
    assert own == [
        IsPartialDict(
            id=int(one["id"]),
            status="Active",
            autoRenewal="enabled",
            nextRenewalQuantity=1,
            products={"product": IsPartialDict(id=int(LIVE_MAPS))},
            orders={"order": [{"uri": IsStr}]},
        )
    ]
    assert (await alex.ask("GET", f"{ME}/subscriptions/{one['id']}"))["subscription"] == own[0]
    alex.token = alex.world.give_token(alex.world.accounts[1].shopper)
    assert code(await alex.ask("GET", f"{ME}/subscriptions/{one['id']}", 404)) == "resource-not-found"
