"""What a page needs to show the drop-in of DigitalRiver.js: addresses of the library, and `dropIn` for both flows."""

from typing import Any

import pytest

from sandbox.model.world import World
from tests.support.shop import CART, COFFEE, PACK, Clock, InMemoryTransport, Shopper, Storefront, documents, gateway

BOOK = "/v1/shoppers/me/addresses"

OWNER = {
    "firstName": "Ada",
    "lastName": "Lovelace",
    "email": "ada@example.com",
    "phoneNumber": "952-555-0100",
    "organization": None,
    "address": {
        "line1": "10380 Bren Road W",
        "line2": None,
        "city": "Minnetonka",
        "state": "MN",
        "postalCode": "55343",
        "country": "US",
    },
    "additionalAddressInfo": None,
}

EVERYTHING = ["firstName", "lastName", "line1", "countryCode", "phoneNumber", "email"]


async def drop_in(storefront: Storefront) -> dict[str, Any]:
    payment_session = (await storefront.run("PaymentStep"))["paymentSession"]
    collect = payment_session["nextAction"]
    assert collect["__typename"] == "CollectSourceAction"
    setup: dict[str, Any] = payment_session["dropIn"]
    assert collect["dropIn"] == {name: setup[name] for name in ("sessionId", "missingFields")}
    return setup


async def saved_cards(storefront: Storefront, usage: str | None = None) -> dict[str, Any]:
    shopper: dict[str, Any] = (await storefront.run("SavedCards", usage=usage))["shopper"]
    return shopper


async def test_drop_in_at_checkout_has_all_that_createdropin_needs(shopper: Shopper, world: World) -> None:
    await shopper.fill_cart()
    world.calls.clear()
    setup = await drop_in(shopper.storefront)
    assert world.calls.count("GET", CART) == 1
    cart = await shopper.storefront.cart()
    assert setup == {
        "sessionId": cart["paymentSession"]["sessionId"],
        "flow": "CHECKOUT",
        "usage": "CONVENIENCE",
        "locale": "en-US",
        "countryCode": "US",
        "missingFields": [],
        "billingAddress": OWNER,
        "requiresStorageAgreement": False,
        "allowsStorage": False,
    }


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"phoneNumber": None}, ["phoneNumber"]),
        ({"postalCode": None}, ["postalCode"]),
        ({"postalCode": None, "phoneNumber": None}, ["phoneNumber", "postalCode"]),
        ({"countryCode": "IE", "countrySubdivision": None, "city": "Dublin", "postalCode": None}, []),
    ],
)
async def test_drop_in_names_missing_fields_of_the_address(
    shopper: Shopper, changes: dict[str, Any], missing: list[str]
) -> None:
    await shopper.fill_cart(**changes)
    setup = await drop_in(shopper.storefront)
    assert setup["missingFields"] == missing
    assert (setup["billingAddress"] is None) is bool(missing)


async def test_drop_in_without_any_address_names_all_fields(shopper: Shopper) -> None:
    await shopper.storefront.add(PACK)
    setup = await drop_in(shopper.storefront)
    assert (setup["missingFields"], setup["billingAddress"], setup["countryCode"]) == (EVERYTHING, None, None)


async def test_phonetic_names_and_division_are_additional_address_info(shopper: Shopper) -> None:
    names = {"phoneticFirstName": "エイダ", "phoneticLastName": "ラブレス", "division": "開発部"}
    japan = {"countryCode": "JP", "countrySubdivision": "東京都", "city": "千代田区", "postalCode": "100-0001"}
    await shopper.fill_cart(**names, **japan, companyName="株式会社リバー")
    address = (await drop_in(shopper.storefront))["billingAddress"]
    assert address["additionalAddressInfo"] == names
    assert address["organization"] == "株式会社リバー"


async def test_signed_in_shopper_may_store_the_source(registered_shopper: Shopper) -> None:
    await registered_shopper.fill_cart()
    setup = await drop_in(registered_shopper.storefront)
    assert (setup["allowsStorage"], setup["requiresStorageAgreement"]) == (True, False)


async def test_subscription_line_requires_agreement_to_store_the_source(registered_shopper: Shopper) -> None:
    await registered_shopper.fill_cart(COFFEE)
    setup = await drop_in(registered_shopper.storefront)
    assert (setup["usage"], setup["requiresStorageAgreement"]) == ("SUBSCRIPTION", True)


async def test_drop_in_of_account_has_the_default_address(registered_shopper: Shopper, world: World) -> None:
    world.calls.clear()
    shopper = await saved_cards(registered_shopper.storefront)
    assert world.calls.count() == 2, "calls: addresses, payment options"
    setup = shopper["dropIn"]
    assert (setup["flow"], setup["usage"]) == ("MANAGE_PAYMENT_METHODS", "CONVENIENCE")
    assert (setup["locale"], setup["missingFields"]) == ("en-US", [])
    assert setup["billingAddress"]["address"]["line1"] == "10380 Bren Road West"
    assert setup["billingAddress"]["phoneNumber"] == "952-555-0142"
    assert (await saved_cards(registered_shopper.storefront, "SUBSCRIPTION"))["dropIn"]["usage"] == "SUBSCRIPTION"


async def test_saved_address_without_email_takes_that_of_the_account(
    registered_shopper: Shopper, network: InMemoryTransport
) -> None:
    def without_emails(book: Any) -> Any:
        for address in book["addresses"]["address"]:
            del address["emailAddress"]
        return book

    network.rewrites["GET", BOOK] = without_emails
    setup = (await saved_cards(registered_shopper.storefront))["dropIn"]
    assert setup["billingAddress"]["email"] == "alex.rivera@example.com"


async def test_account_without_addresses_names_all_missing_fields(
    registered_shopper: Shopper, network: InMemoryTransport
) -> None:
    network.rewrites["GET", BOOK] = lambda _: {"addresses": {}}
    setup = (await saved_cards(registered_shopper.storefront))["dropIn"]
    assert (setup["missingFields"], setup["billingAddress"]) == (EVERYTHING, None)


async def test_drop_in_of_account_is_null_if_addresses_are_unreadable(registered_shopper: Shopper) -> None:
    await registered_shopper.fault("status", BOOK, status=503)
    answer = await registered_shopper.storefront.ask(documents()["SavedCards"])
    assert answer.body["data"]["shopper"]["dropIn"] is None
    assert len(answer.body["data"]["shopper"]["paymentOptions"]) == 2
    assert answer.codes == ["UPSTREAM_UNAVAILABLE"]


# Addresses of the library.

LIBRARY = "{ storefront { digitalRiverJs { scriptUrl styleSheetUrl paymentServiceUrl } } }"


async def library(world: World, network: InMemoryTransport, clock: Clock, **settings: Any) -> dict[str, str]:
    async with gateway(world, network, clock, **settings) as storefront:
        addresses: dict[str, str] = (await storefront.ask(LIBRARY)).data["storefront"]["digitalRiverJs"]
        return addresses


async def test_style_sheet_is_beside_the_script(world: World, network: InMemoryTransport, clock: Clock) -> None:
    assert await library(world, network, clock, script_url="https://js.example.com/v1/DigitalRiver.js") == {
        "scriptUrl": "https://js.example.com/v1/DigitalRiver.js",
        "styleSheetUrl": "https://js.example.com/v1/css/DigitalRiver.css",
        "paymentServiceUrl": "https://sandbox",
    }


async def test_each_address_of_the_library_is_a_setting(world: World, network: InMemoryTransport, clock: Clock) -> None:
    addresses = {
        "script_url": "https://a.example/script.js",
        "style_sheet_url": "https://b.example/style.css",
        "payments_public_url": "https://c.example/payments",
    }
    assert list((await library(world, network, clock, **addresses)).values()) == list(addresses.values())
