"""The two example purchases of Digital River's documentation, call by call."""

from dirty_equals import IsPartialDict

from tests.support.commerce_client import ADDRESS, ME, Client
from tests.support.shop import CART, PACK, SUBMIT

OWNER = {
    "firstName": "Ada",
    "lastName": "Lovelace",
    "email": "ada@example.com",
    "address": {"line1": "1 Road", "city": "Minnetonka", "state": "MN", "country": "US", "postalCode": "55343"},
}


async def test_calls_of_the_quick_start_place_an_order(client: Client) -> None:
    query = f"apiKey={client.world.keys.public_key}&expand=product&fields=product.id"
    listed = await client.http.get(f"{ME}/products.json?{query}")
    products = listed.json()["products"]["product"]
    assert products[0].keys() == {"uri", "id"}
    await client.start("client_credentials")
    await client.ask("POST", f"{CART}?productId={products[0]['id']}&testOrder=true")
    year = client.world.now().year + 1
    body = {
        "type": "creditCard",
        "currency": "USD",
        "amount": 96.69,
        "reusable": False,
        "owner": OWNER,
        "creditCard": {"number": "4718491477220129", "expirationMonth": 7, "expirationYear": year, "cvv": "415"},
    }
    headers = {"Authorization": f"Bearer {client.world.keys.public_key}"}
    source = (await client.http.post("/payments/sources", json=body, headers=headers)).json()
    assert source["state"] == "chargeable"
    applied = {"paymentMethod": {"sourceId": source["id"]}}
    cart = (await client.ask("POST", f"{CART}/apply-payment-method", json=applied))["cart"]
    assert cart["paymentSession"]["status"] == "requires_confirmation"
    assert (await client.cart())["billingAddress"]["line1"] == "1 Road", (
        "a cart without a billing address takes the address of the source's owner"
    )
    order = (await client.ask("POST", SUBMIT))["submitCart"]["order"]
    assert order == IsPartialDict(id=cart["id"], orderState="Submitted", testOrder="true")


async def test_calls_of_the_step_by_step_checkout_place_an_order(client: Client) -> None:
    await client.ask("POST", f"{CART}/line-items?productId={PACK}")
    await client.ask("PUT", f"{CART}/shipping-address", 204, json={"address": ADDRESS})
    cart = await client.cart()
    option = cart["shippingOptions"]["shippingOption"][1]["id"]
    await client.ask("POST", f"{CART}/apply-shipping-option?shippingOptionId={option}&expand=all")
    await client.ask("PUT", f"{CART}/billing-address", 204, json={"address": ADDRESS})
    attribute = {"name": "autoRenewOptedInOnCheckout", "value": "false"}
    await client.ask("POST", CART, json={"cart": {"customAttributes": {"attribute": [attribute]}}})
    await client.attach(await client.source())
    submitted = (await client.ask("POST", f"{SUBMIT}?ipAddress=203.0.113.24&expand=all"))["submitCart"]
    order = (await client.ask("GET", f"{ME}/orders/{submitted['order']['id']}?expand=all&orderState=Open"))["order"]
    assert order["shippingMethod"]["code"] == option
    assert order["pricing"]["total"] == submitted["pricing"]["orderTotal"]
    assert submitted["paymentSession"]["status"] == "complete"
