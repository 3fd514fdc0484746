"""Orders of the sandbox: order lists, lines and addresses of an order, fulfilment and order lookup."""

from typing import Any

import pytest
from dirty_equals import IsPartialDict, IsPositiveInt

from tests.support.commerce_client import ME, Client, code
from tests.support.shop import PACK, SOFTWARE, SUBMIT

ORDERS = f"{ME}/orders"


LOOKUP = "/v1/shoppers/order-lookup"


async def add_orders(client: Client, count: int, **more: Any) -> list[int]:
    """Place orders for the client's registered shopper. A guest is signed in as Alex first. Returns the order ids."""
    if not client.world.tokens[client.token].shopper.is_registered:
        await client.sign_in()
    shopper = client.world.tokens[client.token].shopper
    body = {"shopperId": shopper.id, "count": count} | more
    answer = await client.http.post("/_sandbox/orders", json=body)
    assert answer.status_code == 200, answer.text
    ids: list[int] = answer.json()["ids"]
    return ids


async def buy(client: Client, product_id: str = PACK) -> dict[str, Any]:
    await client.fill(product_id)
    await client.attach(await client.source())
    order: dict[str, Any] = (await client.ask("POST", SUBMIT))["submitCart"]["order"]
    return order


async def test_order_list_has_only_uris_unless_fields_are_expanded(client: Client) -> None:
    first, second = await add_orders(client, 2)
    orders = (await client.ask("GET", ORDERS))["orders"]
    assert orders["order"] == [{"uri": f"http://sandbox{ORDERS}/{order_id}"} for order_id in (second, first)], (
        "orders are listed newest first"
    )
    assert (orders["totalResults"], orders["totalResultPages"]) == (2, 1)
    assert orders.keys() & {"nextPage", "previousPage"} == set()

    paths = "order.id,order.submissionDate,order.pricing.formattedTotal,order.orderState"
    order = (await client.ask("GET", f"{ORDERS}?expand={paths}"))["orders"]["order"][0]
    assert order.keys() == {"uri", "id", "submissionDate", "pricing", "orderState"}
    assert order["pricing"] == {"total": {"currency": "USD", "value": 96.69}, "formattedTotal": "$96.69"}
    whole = (await client.ask("GET", f"{ORDERS}?expand=all"))["orders"]["order"][0]
    assert whole["pricing"].keys() >= {"incentive", "shipping", "subtotal", "tax", "total"}
    assert whole["lineItems"]["lineItem"][0]["product"]["sku"] == "RD-TRAILHEAD-28"


async def test_order_created_by_sandbox_control_has_its_shoppers_address(client: Client) -> None:
    await client.sign_in(1)
    (order_id,) = await add_orders(client, 1)
    order = (await client.ask("GET", f"{ORDERS}/{order_id}?expand=all"))["order"]
    owner = IsPartialDict(firstName="Sam", line1="4 Lakeside Lane", emailAddress="sam.brook@example.com")
    assert (order["billingAddress"], order["shippingAddress"]) == (owner, owner)


async def test_list_of_orders_is_paged_and_filtered_by_state(client: Client) -> None:
    ids = await add_orders(client, 5)
    await client.http.post("/_sandbox/order-state", json={"orderId": ids[0], "state": "Cancelled"})
    page = (await client.ask("GET", f"{ORDERS}?pageSize=2&pageNumber=2&expand=order.id"))["orders"]
    assert [order["id"] for order in page["order"]] == [ids[2], ids[1]]
    assert page["nextPage"]["uri"].endswith("pageNumber=3")
    assert page["previousPage"]["uri"].endswith("pageNumber=1")
    assert page["totalResults"] == IsPositiveInt
    for states, count in (("Cancelled", 1), ("Submitted", 4), ("Submitted,Cancelled", 5), ("Complete", 0)):
        filtered = (await client.ask("GET", f"{ORDERS}?orderState={states}"))["orders"]
        assert filtered["totalResults"] == count, states
    for query in ("pageSize=0", "pageSize=100000", "pageNumber=0", "orderState=Lost"):
        assert code(await client.ask("GET", f"{ORDERS}?{query}", 400)) == "invalid-request"


async def test_guest_can_read_own_order_but_cannot_list_orders(client: Client) -> None:
    order = await buy(client)
    assert code(await client.ask("GET", ORDERS, 403)) == "forbidden"
    read = (await client.ask("GET", f"{ORDERS}/{order['id']}?orderState=Open"))["order"]
    assert read == IsPartialDict(id=order["id"], billingAddress={"uri": read["uri"] + "/billing-address"})
    assert read["lineItems"]["lineItem"][0]["product"].keys() == {"uri", "displayName", "thumbnailImage"}
    assert "customAttributes" not in read
    await client.start()
    for path in ("", "/line-items", "/billing-address", "/shipping-address"):
        assert code(await client.ask("GET", f"{ORDERS}/{order['id']}{path}", 404)) == "resource-not-found"


async def test_lines_and_addresses_of_an_order_are_read_by_uri(client: Client) -> None:
    order = await buy(client, SOFTWARE)
    uri = f"{ORDERS}/{order['id']}"
    lines = (await client.ask("GET", f"{uri}/line-items"))["lineItems"]
    (line,) = lines["lineItem"]
    assert line == IsPartialDict(
        lineItemState="Downloadable",
        downloads={"downloadUri": [f"http://sandbox/_sandbox/documents/downloads/{order['id']}/routemapper-pro"]},
        digitalRights={"serialNumber": [f"RD-{order['id']}-{line['id']}"]},
    )
    assert (await client.ask("GET", f"{uri}/line-items/{line['id']}"))["lineItem"] == line
    whole = (await client.ask("GET", f"{uri}/line-items/{line['id']}?expand=all"))["lineItem"]
    assert whole["product"]["sku"] == "RD-ROUTEMAPPER-PRO"
    assert code(await client.ask("GET", f"{uri}/line-items/1", 404)) == "resource-not-found"
    for side in ("billing", "shipping"):
        address = (await client.ask("GET", f"{uri}/{side}-address"))["address"]
        assert address == IsPartialDict(id=f"{side}Address", line1="10380 Bren Road W")


async def test_order_is_completed_and_its_payment_settled_after_two_days(client: Client) -> None:
    order = await buy(client)
    shopper = client.world.tokens[client.token].shopper
    stages = []
    for forward_s in (0, 3600, 2 * 86400):
        await client.http.post("/_sandbox/clock", json={"forward_s": forward_s})
        client.token = client.world.give_token(shopper)
        read = (await client.ask("GET", f"{ORDERS}/{order['id']}?expand=all"))["order"]
        line = read["lineItems"]["lineItem"][0]
        details = read["orderStateDetails"]
        stages.append((read["orderState"], line["lineItemStateDetails"]["shipped"], details["settled"]["value"]))
    assert stages == [("Submitted", 0, 0), ("In Process", 0, 0), ("Complete", 1, 96.69)]


async def test_order_state_control_refunds_an_order(client: Client) -> None:
    order = await buy(client)
    body = {"orderId": order["id"], "state": "Cancelled", "refunded": 96.69}
    await client.http.post("/_sandbox/order-state", json=body)
    read = (await client.ask("GET", f"{ORDERS}/{order['id']}"))["order"]
    assert read["orderState"] == "Cancelled"
    assert read["orderStateDetails"]["refunded"] == {"currency": "USD", "value": 96.69}


async def test_order_is_looked_up_by_password_or_card(client: Client) -> None:
    order = await buy(client)
    (mail,) = (await client.http.get("/_sandbox/orders")).json()
    assert mail == IsPartialDict(id=order["id"], email="ada@example.com")
    await client.start()
    right = {"orderId": str(order["id"]), "password": mail["password"]}
    matches = (await client.ask("POST", LOOKUP, data=right))["orders"]
    assert matches["totalResults"] == 1
    assert matches["order"][0].keys() == {
        *("uri", "id", "submissionDate", "pricing", "payment", "orderState", "billingAddress", "shippingAddress")
    }
    assert matches["order"][0]["payment"] == {"paymentMethodName": "Visa", "displayableNumber": "************1111"}
    whole = (await client.ask("POST", f"{LOOKUP}?expand=all", data=right))["orders"]["order"][0]
    assert whole["lineItems"]["lineItem"][0]["quantity"] == 1

    card = {"creditCardLastDigits": "1111", "emailAddress": "Ada@example.com"}
    assert code(await client.ask("POST", LOOKUP, 403, data=card)) == "forbidden"
    await client.sign_in()
    assert (await client.ask("POST", LOOKUP, data=card))["orders"]["order"][0]["id"] == order["id"]


@pytest.mark.parametrize(
    ("wrong", "status", "expected"),
    [
        ({"password": "wrong"}, 404, "resource-not-found"),
        ({"orderId": "1"}, 404, "resource-not-found"),
        ({"password": ""}, 400, "invalid-request"),
    ],
)
async def test_order_lookup_with_wrong_number_or_password_is_rejected(
    client: Client, wrong: dict[str, str], status: int, expected: str
) -> None:
    order = await buy(client)
    (mail,) = (await client.http.get("/_sandbox/orders")).json()
    form = {"orderId": str(order["id"]), "password": mail["password"]} | wrong
    assert code(await client.ask("POST", LOOKUP, status, data=form)) == expected
