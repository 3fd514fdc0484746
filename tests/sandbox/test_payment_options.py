"""Saved payment options of an account, and applying the account's data to a cart."""

import pytest
from dirty_equals import IsPartialDict

from tests.sandbox.accounts import BOOK, OPTIONS, PASSWORD, new_shopper, request_token
from tests.support.commerce_client import Client, code
from tests.support.shop import CART, PACK


async def test_saved_card_can_be_charged_until_it_is_removed(alex: Client) -> None:
    await alex.fill()
    source_id = await alex.source()
    body = {"paymentOption": {"nickName": "New card", "sourceId": source_id}, "shopper": {"ipAddress": "203.0.113.9"}}
    option = (await alex.ask("POST", OPTIONS, 201, json=body))["paymentOption"]
    assert option == IsPartialDict(nickName="New card", isDefault="false", type="creditCard", sourceId=source_id)
    assert option["creditCard"] == IsPartialDict(brand="Visa", lastFourDigits="1111", reusable="true")
    for _ in range(2):
        await alex.fill()
        await alex.attach(source_id)
        await alex.ask("POST", f"{CART}/submit-cart")
    path = f"{OPTIONS}/{option['id']}"
    await alex.ask("POST", path, json={"paymentOption": {"isDefault": "true"}})
    options = (await alex.ask("GET", OPTIONS))["paymentOptions"]["paymentOption"]
    assert [saved["isDefault"] for saved in options] == ["false", "false", "true"]
    assert "creditCard" not in options[0], "without `expand`, payment options have no details"
    await alex.ask("DELETE", path, 204)
    await alex.ask("GET", path, 404)
    await alex.fill()
    assert code(await alex.attach(source_id, 409)) == "source_status_invalid_for_session"


async def test_first_payment_option_is_the_default(client: Client) -> None:
    await client.ask("POST", "/v1/shoppers", 201, json=new_shopper())
    form = {"grant_type": "password", "username": "kim@example.com", "password": PASSWORD}
    client.token = (await request_token(client, form))["access_token"]
    await client.http.post("/_sandbox/switches", json={"saved_option": "empty"})
    await client.fill()
    body = {"paymentOption": {"nickName": "Card", "sourceId": await client.source()}}
    await client.ask("POST", OPTIONS, 204, json=body)
    assert (await client.ask("GET", OPTIONS))["paymentOptions"]["paymentOption"][0]["isDefault"] == "true"


@pytest.mark.parametrize(
    ("source_type", "changes", "expected"),
    [
        ("creditCard", {"nickName": "Everyday Visa"}, "payment-option-already-exists"),
        ("creditCard", {"sourceId": "00000000-0000-4000-8000-000000000001"}, "source_not_found"),
        ("wireTransfer", {}, "source_not_chargeable"),
        ("payPal", {}, "source_not_chargeable"),
    ],
)
async def test_source_that_cannot_be_saved_is_rejected(
    alex: Client, source_type: str, changes: dict[str, str], expected: str
) -> None:
    await alex.fill()
    body = {"paymentOption": {"nickName": "New", "sourceId": await alex.source(source_type)} | changes}
    assert code(await alex.ask("POST", OPTIONS, 409, json=body)) == expected


async def test_saved_source_can_be_used_only_by_its_owner(alex: Client) -> None:
    option = (await alex.ask("GET", OPTIONS))["paymentOptions"]["paymentOption"][0]
    await alex.fill()
    await alex.attach(option["sourceId"])
    await alex.sign_in(1)
    await alex.fill()
    assert code(await alex.attach(option["sourceId"], 409)) == "apply-payment-failure"


async def test_apply_shopper_uses_the_default_address_and_payment_option(alex: Client) -> None:
    await alex.ask("POST", f"{CART}?productId={PACK}")
    cart = (await alex.ask("POST", f"{CART}/apply-shopper?expand=all"))["cart"]
    assert cart["billingAddress"]["line1"] == cart["shippingAddress"]["line1"] == "10380 Bren Road West"
    assert cart["paymentMethod"]["creditCard"] == IsPartialDict(lastFourDigits="1111", reusable="true")
    assert cart["paymentSession"]["status"] == "requires_confirmation"


async def test_apply_shopper_uses_the_requested_address_and_payment_option(alex: Client) -> None:
    book = (await alex.ask("GET", f"{BOOK}?expand=all"))["addresses"]["address"]
    await alex.ask("POST", f"{CART}?productId={PACK}")
    path = f"{CART}/apply-shopper?expand=all&billingAddressId={book[1]['id']}&paymentOptionId=740865131"
    cart = (await alex.ask("POST", path))["cart"]
    assert cart["billingAddress"]["city"] == cart["shippingAddress"]["city"] == "Minneapolis", (
        "the billing address is also the shipping address"
    )
    assert cart["paymentMethod"]["creditCard"]["brand"] == "MasterCard"
    again = await alex.ask("POST", f"{CART}/apply-shopper", 409)
    assert code(again) == "apply-payment-failure", "another source is attached"


async def test_apply_shopper_fails_for_an_empty_account(client: Client) -> None:
    await client.ask("POST", "/v1/shoppers", 201, json=new_shopper())
    form = {"grant_type": "password", "username": "kim@example.com", "password": PASSWORD}
    client.token = (await request_token(client, form))["access_token"]
    assert code(await client.ask("POST", f"{CART}/apply-shopper", 409)) == "apply-shopper-failure"
