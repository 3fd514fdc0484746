"""Addresses of the cart and of the address book: validation, suggested corrections, and estimates of totals."""

import httpx
import pytest
from dirty_equals import IsInt, IsPartialDict

from sandbox.model.world import World
from tests.sandbox.accounts import BOOK
from tests.support.commerce_client import ADDRESS, Client, code
from tests.support.shop import CART, PACK


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"country": "KP"}, "restricted-ship-to-country"),
        ({"country": "XX"}, "invalid-ship-to-country"),
        ({"postalCode": "553431234"}, "invalid-postal-code"),
        ({"countrySubdivision": "ZZ"}, "operation-failed"),
        ({"city": "a" * 300}, "field-too-long"),
    ],
)
async def test_invalid_cart_address_is_rejected(client: Client, change: dict[str, str], expected: str) -> None:
    body = {"address": ADDRESS | change}
    assert code(await client.ask("PUT", f"{CART}/shipping-address", 409, json=body)) == expected


async def test_address_verifier_suggests_corrections(client: Client, sandbox: httpx.AsyncClient, world: World) -> None:
    await client.fill()
    assert "suggestions" not in (await client.cart())["shippingAddress"]
    world.switches.address_verifier = "on"
    (offered,) = (await client.cart())["shippingAddress"]["suggestions"]["address"]
    assert offered == IsPartialDict(postalCode="55343-1234", line1="10380 Bren Road W", companyName="null")
    path = f"{CART}/shipping-address/suggestions"
    assert (await client.ask("GET", path))["suggestions"]["address"] == [offered]
    assert (await client.ask("GET", f"{path}/{offered['id']}"))["address"] == offered
    cart = (await client.ask("POST", f"{CART}/apply-shipping-address?expand=all&suggestionId={offered['id']}"))["cart"]
    assert cart["shippingAddress"]["postalCode"] == "55343-1234"
    assert code(await client.ask("GET", f"{path}/{offered['id']}", 404)) == "resource-not-found", (
        "the suggestion belonged to the old address"
    )
    shown = (await client.ask("GET", f"{CART}/billing-address"))["address"]
    assert shown == IsPartialDict(id="billingAddress", postalCode="55343")


async def test_country_and_postal_code_suffice_to_estimate_totals(client: Client) -> None:
    await client.ask("POST", f"{CART}?productId={PACK}")
    cart = (await client.ask("POST", f"{CART}/apply-shipping-address?country=US&postalCode=10001&expand=all"))["cart"]
    assert cart["shippingOptions"]["shippingOption"]
    assert code(await client.ask("POST", f"{CART}/apply-billing-address", 400)) == "invalid-request"


async def test_address_book_entries_are_saved_changed_and_removed(alex: Client) -> None:
    short = (await alex.ask("GET", BOOK))["addresses"]["address"]
    assert short[0].keys() == {"uri", "nickName", "isDefault"}
    cabin = {"nickName": "Cabin", "isDefault": "true", **ADDRESS}
    await alex.ask("POST", BOOK, 204, json={"address": cabin})
    book = (await alex.ask("GET", f"{BOOK}?expand=all"))["addresses"]["address"]
    assert [(entry["nickName"], entry["isDefault"]) for entry in book] == [
        ("Home", "false"),
        ("Work", "false"),
        ("Cabin", "true"),
    ]
    assert book[2] == IsPartialDict(id=IsInt(), city="Minnetonka", companyName=None)

    await alex.ask("POST", BOOK, 204, json={"address": cabin | {"city": "Duluth", "isDefault": "false"}})
    again = (await alex.ask("GET", f"{BOOK}/{book[2]['id']}"))["address"]
    assert (again["city"], again["isDefault"]) == ("Duluth", "false"), (
        "an address with the same nickname replaces the entry"
    )
    await alex.ask("POST", f"{BOOK}/{book[2]['id']}", 204, json={"address": ADDRESS | {"nickName": "Hut"}})
    assert (await alex.ask("GET", f"{BOOK}/{book[2]['id']}"))["address"]["nickName"] == "Hut"
    await alex.ask("DELETE", f"{BOOK}/{book[2]['id']}", 204)
    assert code(await alex.ask("GET", f"{BOOK}/{book[2]['id']}", 404)) == "resource-not-found"


@pytest.mark.parametrize(
    ("changes", "status", "expected"),
    [
        ({"nickName": ""}, 400, "invalid-request"),
        ({"city": "x" * 256}, 409, "field-too-long"),
        ({"postalCode": "553431234"}, 409, "invalid-postal-code"),
    ],
)
async def test_invalid_address_book_entry_is_rejected(
    alex: Client, changes: dict[str, str], status: int, expected: str
) -> None:
    body = {"address": {"nickName": "Cabin", **ADDRESS, **changes}}
    assert code(await alex.ask("POST", BOOK, status, json=body)) == expected
