"""A registered shopper's profile, address book and saved payment options, and applying them to the cart."""

from typing import Any

import pytest
from dirty_equals import IsPartialDict

from gateway.upstream.ids import global_id
from sandbox.model.world import World
from tests.support.shop import ADDRESS, CART, PACK, Clock, InMemoryTransport, Shopper, Storefront, documents, gateway

ME = "/v1/shoppers/me"
BOOK = f"{ME}/addresses"
OPTIONS = f"{ME}/payment-options"

ACCOUNT = """{ shopper { id addresses { id nickname isDefault address { line1 city email } }
  paymentOptions { id nickname isDefault isExpired sourceClientSecret billingAddress { line1 }
    source { __typename isReusable sourceId ... on CardSource { brand lastFourDigits expiryMonth } } } } }"""

SAVE_ADDRESS = """mutation($input: SaveAddressInput!) { saveAddress(input: $input) {
  savedAddress { id nickname isDefault address { city } } shopper { addresses { nickname isDefault } }
  errors { __typename code path } } }"""
DELETE_ADDRESS = """mutation($id: ID!) { deleteAddress(input: {id: $id}) {
  deletedId shopper { addresses { nickname } } errors { __typename code path retry } } }"""
SAVE_OPTION = """mutation($input: SavePaymentOptionInput!) { savePaymentOption(input: $input) {
  paymentOption { id nickname isDefault source { sourceId isReusable } }
  shopper { paymentOptions { nickname isDefault } } errors { __typename code path } } }"""
DELETE_OPTION = """mutation($id: ID!) { deletePaymentOption(input: {id: $id}) {
  deletedId shopper { paymentOptions { nickname } } errors { code path } } }"""
UPDATE = """mutation($input: UpdateShopperInput!) { updateShopper(input: $input) {
  shopper { firstName lastName email } errors { __typename code path } } }"""
APPLY = """mutation($input: ApplyShopperInput!) { applyShopper(input: $input) {
  cart { billingAddress { address { city } } shippingAddress { address { city } }
    paymentSession { state primarySource { ... on CardSource { brand } } } readiness { status } }
  errors { __typename code path } } }"""
SET_ADDRESSES = """mutation($input: SetCartAddressesInput!) { setCartAddresses(input: $input) {
  cart { billingAddress { address { line1 postalCode } suggestions { id } }
    shippingAddress { address { line1 postalCode } suggestions { id address { postalCode companyName } } } }
  errors { __typename code path } } }"""
PAY = """mutation($id: ID!) { attachSource(input: {source: {paymentOptionId: $id}}) {
  paymentSession { state primarySource { sourceId isReusable } } errors { __typename code path } } }"""


async def account(shopper: Shopper) -> dict[str, Any]:
    profile: dict[str, Any] = (await shopper.storefront.ask(ACCOUNT)).data["shopper"]
    return profile


async def change(shopper: Shopper, mutation: str, **variables: Any) -> dict[str, Any]:
    (payload,) = (await shopper.storefront.ask(mutation, **variables)).data.values()
    assert isinstance(payload, dict)
    return payload


# Reading the account.


async def test_account_has_addresses_and_payment_options(registered_shopper: Shopper, world: World) -> None:
    world.calls.clear()
    shopper = await account(registered_shopper)
    assert shopper["addresses"] == [
        IsPartialDict(nickname="Home", isDefault=True, address=IsPartialDict(city="Minnetonka")),
        IsPartialDict(nickname="Work", isDefault=False, address=IsPartialDict(city="Minneapolis")),
    ]
    assert shopper["paymentOptions"][0] == IsPartialDict(
        nickname="Everyday Visa",
        isDefault=True,
        isExpired=False,
        sourceClientSecret=world.accounts[0].payment_options[0].source.secret,
        billingAddress=None,
        source=IsPartialDict(__typename="CardSource", isReusable=True, brand="Visa", lastFourDigits="1111"),
    )
    assert world.calls.count("GET", BOOK) == world.calls.count("GET", OPTIONS) == 1


@pytest.mark.parametrize("switch", [{"single_as": "object"}, {"numbers_as": "text"}])
async def test_account_does_not_depend_on_the_upstream_json_encoding(
    registered_shopper: Shopper, switch: dict[str, str]
) -> None:
    before = await account(registered_shopper)
    await registered_shopper.control("switches", switch)
    assert await account(registered_shopper) == before


async def test_card_is_expired_after_its_expiry_month(registered_shopper: Shopper, clock: Clock) -> None:
    clock.move(20 * 366 * 86_400)
    keys = registered_shopper.world.keys
    await registered_shopper.storefront.sign_in(keys.shopper_username, keys.shopper_password)
    assert {option["isExpired"] for option in (await account(registered_shopper))["paymentOptions"]} == {True}


@pytest.mark.parametrize(("path", "lost"), [(BOOK, "addresses"), (OPTIONS, "paymentOptions")])
async def test_failing_account_call_makes_only_its_own_field_null(
    registered_shopper: Shopper, path: str, lost: str
) -> None:
    await registered_shopper.fault("status", path, status=503)
    answer = await registered_shopper.storefront.ask(ACCOUNT)
    shown = answer.body["data"]["shopper"]
    assert [name for name, value in shown.items() if value is None] == [lost]
    assert answer.codes == ["UPSTREAM_UNAVAILABLE"]
    assert answer.body["errors"][0]["path"] == ["shopper", lost]


# The profile.


async def test_profile_change_leaves_omitted_fields_unchanged(registered_shopper: Shopper) -> None:
    payload = await change(registered_shopper, UPDATE, input={"firstName": "Alexis", "email": "alexis@example.com"})
    assert payload["shopper"] == {"firstName": "Alexis", "lastName": "Rivera", "email": "alexis@example.com"}
    assert payload["errors"] == []


async def test_empty_profile_change_sends_no_update(registered_shopper: Shopper, world: World) -> None:
    world.calls.clear()
    assert (await change(registered_shopper, UPDATE, input={}))["shopper"]["firstName"] == "Alex"
    assert world.calls.count("POST") == 0


async def test_invalid_last_name_is_rejected(registered_shopper: Shopper) -> None:
    payload = await change(registered_shopper, UPDATE, input={"lastName": " "})
    assert payload["errors"] == [{"__typename": "InputError", "code": "INVALID_INPUT", "path": ["input", "lastName"]}]
    payload = await change(registered_shopper, UPDATE, input={"lastName": "x" * 300})
    assert [error["code"] for error in payload["errors"]] == ["INVALID_INPUT"]
    assert payload["shopper"]["lastName"] == "Rivera"


# The address book.


def cabin(**changes: Any) -> dict[str, Any]:
    return {"nickname": "Cabin", "address": ADDRESS} | changes


async def test_address_is_added_replaced_renamed_and_removed(registered_shopper: Shopper) -> None:
    payload = await change(registered_shopper, SAVE_ADDRESS, input=cabin(isDefault=True))
    saved = payload["savedAddress"]
    assert saved == IsPartialDict(nickname="Cabin", isDefault=True, address={"city": "Minnetonka"})
    assert [(entry["nickname"], entry["isDefault"]) for entry in payload["shopper"]["addresses"]] == [
        ("Home", False),
        ("Work", False),
        ("Cabin", True),
    ]
    moved = cabin(id=saved["id"], address=ADDRESS | {"city": "Duluth"})
    payload = await change(registered_shopper, SAVE_ADDRESS, input=moved)
    assert payload["savedAddress"] == {
        "id": saved["id"],
        "nickname": "Cabin",
        "isDefault": False,
        "address": {"city": "Duluth"},
    }
    payload = await change(registered_shopper, SAVE_ADDRESS, input=moved | {"nickname": "Hut"})
    assert payload["savedAddress"] == IsPartialDict(id=saved["id"], nickname="Hut")
    payload = await change(registered_shopper, DELETE_ADDRESS, id=saved["id"])
    assert payload["deletedId"] == saved["id"]
    assert [entry["nickname"] for entry in payload["shopper"]["addresses"]] == ["Home", "Work"]


async def test_nickname_already_used_by_another_address_is_rejected(registered_shopper: Shopper, world: World) -> None:
    work = (await account(registered_shopper))["addresses"][1]["id"]
    for fields in (cabin(nickname="Home"), cabin(id=work, nickname="Home")):
        payload = await change(registered_shopper, SAVE_ADDRESS, input=fields)
        assert payload["savedAddress"] is None
        assert payload["errors"] == [
            {"__typename": "InputError", "code": "INVALID_INPUT", "path": ["input", "nickname"]}
        ]
    assert world.calls.count("POST", BOOK) == 0


async def test_address_saved_again_after_a_lost_response_is_not_duplicated(
    registered_shopper: Shopper, world: World
) -> None:
    await registered_shopper.fault("drop-after", BOOK, method="POST", times=1)
    failed = await change(registered_shopper, SAVE_ADDRESS, input=cabin())
    assert [error["code"] for error in failed["errors"]] == ["UPSTREAM_UNAVAILABLE"]
    again = await change(registered_shopper, SAVE_ADDRESS, input=cabin())
    assert again["errors"] == []
    assert again["savedAddress"]["nickname"] == "Cabin"
    assert world.calls.count("POST", BOOK) == 1


@pytest.mark.parametrize(
    ("address", "kind", "code", "path"),
    [
        ({"countryCode": "ZZ"}, "InputError", "INVALID_INPUT", ["input", "address", "countryCode"]),
        ({"postalCode": "553431234"}, "DestinationError", "ADDRESS_INVALID", ["input", "address", "postalCode"]),
        ({"city": "x" * 300}, "InputError", "INVALID_INPUT", ["input", "address"]),
    ],
)
async def test_invalid_address_is_not_saved(
    registered_shopper: Shopper, address: dict[str, str], kind: str, code: str, path: list[str]
) -> None:
    payload = await change(registered_shopper, SAVE_ADDRESS, input=cabin(address=ADDRESS | address))
    assert payload["errors"] == [{"__typename": kind, "code": code, "path": path}]
    assert [entry["nickname"] for entry in payload["shopper"]["addresses"]] == ["Home", "Work"]


async def test_removed_address_cannot_be_removed_again(registered_shopper: Shopper) -> None:
    home = (await account(registered_shopper))["addresses"][0]["id"]
    assert (await change(registered_shopper, DELETE_ADDRESS, id=home))["deletedId"] == home
    payload = await change(registered_shopper, DELETE_ADDRESS, id=home)
    assert payload["deletedId"] is None
    assert payload["errors"] == [
        {"__typename": "NotFoundError", "code": "NOT_FOUND", "path": ["input", "id"], "retry": "DO_NOT_RETRY"}
    ]


# Saved payment options.


async def test_saved_card_can_pay_several_orders(registered_shopper: Shopper) -> None:
    await registered_shopper.fill_cart()
    source_id = await registered_shopper.source()
    payload = await change(
        registered_shopper, SAVE_OPTION, input={"target": {"sourceId": source_id}, "isDefault": True}
    )
    option = payload["paymentOption"]
    assert option == IsPartialDict(
        nickname="Payment option 1", isDefault=True, source={"sourceId": source_id, "isReusable": True}
    )
    assert [option["isDefault"] for option in payload["shopper"]["paymentOptions"]] == [False, False, True]
    for _ in range(2):
        await registered_shopper.fill_cart()
        assert (await change(registered_shopper, PAY, id=option["id"]))["errors"] == []
        assert (await registered_shopper.storefront.outcome())["__typename"] == "OrderPlaced"


async def test_payment_option_saved_again_after_lost_response_is_not_duplicated(
    registered_shopper: Shopper, world: World
) -> None:
    await registered_shopper.control("switches", {"saved_option": "empty"})
    await registered_shopper.fill_cart()
    target = {"sourceId": await registered_shopper.source()}
    await registered_shopper.fault("drop-after", OPTIONS, method="POST", times=1)
    assert (await change(registered_shopper, SAVE_OPTION, input={"target": target, "nickname": "New"}))["errors"]
    payload = await change(registered_shopper, SAVE_OPTION, input={"target": target, "nickname": "New"})
    assert payload["errors"] == []
    assert payload["paymentOption"]["nickname"] == "New"
    assert world.calls.count("POST", OPTIONS) == 1


async def test_payment_option_is_renamed_and_removed(registered_shopper: Shopper) -> None:
    travel = (await account(registered_shopper))["paymentOptions"][1]["id"]
    target = {"target": {"paymentOptionId": travel}}
    payload = await change(registered_shopper, SAVE_OPTION, input=target | {"nickname": "Holidays", "isDefault": True})
    assert payload["shopper"]["paymentOptions"] == [
        {"nickname": "Everyday Visa", "isDefault": False},
        {"nickname": "Holidays", "isDefault": True},
    ]
    payload = await change(registered_shopper, SAVE_OPTION, input=target | {"nickname": "Everyday Visa"})
    assert payload["errors"] == [IsPartialDict(code="INVALID_INPUT", path=["input", "nickname"])]
    payload = await change(registered_shopper, DELETE_OPTION, id=travel)
    assert (payload["deletedId"], payload["errors"]) == (travel, [])
    assert payload["shopper"]["paymentOptions"] == [{"nickname": "Everyday Visa"}]


@pytest.mark.parametrize(
    ("method_type", "code"), [("wireTransfer", "SOURCE_NOT_CHARGEABLE"), ("creditCard", "SOURCE_NOT_FOUND")]
)
async def test_source_that_cannot_be_saved_is_rejected(
    registered_shopper: Shopper, method_type: str, code: str
) -> None:
    await registered_shopper.fill_cart()
    source_id = (
        await registered_shopper.source(method_type)
        if method_type != "creditCard"
        else "00000000-0000-4000-8000-000000000001"
    )
    payload = await change(registered_shopper, SAVE_OPTION, input={"target": {"sourceId": source_id}})
    assert payload["paymentOption"] is None
    assert payload["errors"] == [{"__typename": "PaymentError", "code": code, "path": ["input", "target", "sourceId"]}]


@pytest.mark.parametrize("reason", ["nonreusable_source", "an-unknown-code"])
async def test_source_not_reusable_is_default_error_when_saving_is_rejected(
    registered_shopper: Shopper, reason: str
) -> None:
    await registered_shopper.fault("status", OPTIONS, method="POST", status=409, code=reason)
    payload = await change(registered_shopper, SAVE_OPTION, input={"target": {"sourceId": "abc"}})
    assert [error["code"] for error in payload["errors"]] == ["SOURCE_NOT_REUSABLE"]


# Applying the account to the cart.


async def test_account_defaults_are_applied_to_cart_in_one_upstream_call(
    registered_shopper: Shopper, world: World
) -> None:
    await registered_shopper.storefront.add(PACK)
    world.calls.clear()
    payload = (await registered_shopper.storefront.run("UseMyDefaults"))["applyShopper"]
    assert payload["errors"] == []
    assert payload["cart"]["paymentSession"]["state"] == "REQUIRES_CONFIRMATION"
    assert payload["cart"]["readiness"]["status"] == "BLOCKED"
    assert world.calls.count("POST", f"{CART}/apply-shopper") == world.calls.count() == 1


async def test_selected_address_and_payment_option_are_applied_to_the_cart(registered_shopper: Shopper) -> None:
    shopper = await account(registered_shopper)
    chosen = {
        "billingAddressId": shopper["addresses"][1]["id"],
        "paymentOptionId": shopper["paymentOptions"][1]["id"],
    }
    await registered_shopper.storefront.add(PACK)
    payload = await change(registered_shopper, APPLY, input=chosen)
    assert payload["errors"] == []
    assert payload["cart"]["billingAddress"]["address"]["city"] == "Minneapolis"
    assert payload["cart"]["paymentSession"]["primarySource"] == {"brand": "MasterCard"}
    again = await change(registered_shopper, APPLY, input={})
    assert again["errors"] == [IsPartialDict(__typename="PaymentError", code="PRIMARY_SOURCE_PRESENT")]


async def test_refused_payment_option_is_not_blamed_on_a_missing_source(registered_shopper: Shopper) -> None:
    await registered_shopper.storefront.add(PACK)
    path = f"{CART}/apply-shopper"
    await registered_shopper.fault("status", path, method="POST", status=409, code="apply-payment-failure")
    payload = await change(registered_shopper, APPLY, input={})
    assert payload["errors"] == [IsPartialDict(__typename="PaymentError", code="PAYMENT_METHOD_UNAVAILABLE")]


async def test_unknown_address_or_payment_option_is_not_found(registered_shopper: Shopper) -> None:
    await registered_shopper.storefront.add(PACK)
    for name, type_name in (("billingAddressId", "SavedAddress"), ("paymentOptionId", "PaymentOption")):
        for entry_id in (global_id(type_name, "1"), global_id("Product", PACK), "nonsense"):
            payload = await change(registered_shopper, APPLY, input={name: entry_id})
            assert payload["errors"] == [IsPartialDict(code="NOT_FOUND", path=["input", name])]


async def test_saved_addresses_are_applied_to_the_cart(registered_shopper: Shopper, world: World) -> None:
    home, work = (entry["id"] for entry in (await account(registered_shopper))["addresses"])
    await registered_shopper.storefront.add(PACK)
    world.calls.clear()
    chosen = {"billing": {"savedAddressId": work}, "shipping": {"savedAddressId": home}}
    payload = await change(registered_shopper, SET_ADDRESSES, input=chosen)
    assert payload["errors"] == []
    assert payload["cart"]["billingAddress"]["address"]["line1"] == "120 Nicollet Mall"
    assert payload["cart"]["shippingAddress"]["address"]["line1"] == "10380 Bren Road West"
    assert world.calls.count("POST", CART) == 1
    same = await change(registered_shopper, SET_ADDRESSES, input={"billing": {"sameAs": "SHIPPING"}})
    assert same["cart"]["billingAddress"]["address"]["line1"] == "10380 Bren Road West"


async def test_saved_address_in_an_unserved_country_is_rejected(
    world: World, network: InMemoryTransport, clock: Clock
) -> None:
    async with gateway(world, network, clock, shipping_countries="CA") as storefront:
        keys = world.keys
        await storefront.sign_in(keys.shopper_username, keys.shopper_password)
        await storefront.add(PACK)
        home = (await storefront.ask(ACCOUNT)).data["shopper"]["addresses"][0]["id"]
        answer = await storefront.ask(SET_ADDRESSES, input={"shipping": {"savedAddressId": home}})
        assert answer.data["setCartAddresses"]["errors"] == [
            IsPartialDict(code="COUNTRY_NOT_SERVED", path=["input", "shipping", "savedAddressId"])
        ]


async def test_selected_address_suggestion_becomes_the_address_of_the_cart(shopper: Shopper, world: World) -> None:
    world.switches.address_verifier = "on"
    await shopper.fill_cart()
    shown = await change(shopper, SET_ADDRESSES, input={"billing": {"address": ADDRESS}})
    (offered,) = shown["cart"]["shippingAddress"]["suggestions"]
    assert offered["address"] == {"postalCode": "55343-1234", "companyName": None}
    payload = await change(
        shopper,
        SET_ADDRESSES,
        input={"shipping": {"suggestionId": offered["id"]}, "billing": {"sameAs": "SHIPPING"}},
    )
    assert payload["errors"] == []
    for side in ("billingAddress", "shippingAddress"):
        assert payload["cart"][side]["address"] == {"line1": "10380 Bren Road W", "postalCode": "55343-1234"}
    again = await change(shopper, SET_ADDRESSES, input={"shipping": {"suggestionId": offered["id"]}})
    assert again["errors"] == [
        {"__typename": "NotFoundError", "code": "NOT_FOUND", "path": ["input", "shipping", "suggestionId"]}
    ]


async def test_guest_cannot_use_saved_addresses_or_payment_options(shopper: Shopper, world: World) -> None:
    await shopper.fill_cart()
    world.calls.clear()
    saved = {"billing": {"savedAddressId": global_id("SavedAddress", "1655007697")}}
    refused = {"__typename": "AccessError", "code": "SIGN_IN_REQUIRED"}
    answer = await shopper.storefront.ask(
        """mutation($input: SetCartAddressesInput!, $id: ID!) {
          setCartAddresses(input: $input) { errors { __typename code path } }
          attachSource(input: {source: {paymentOptionId: $id}}) { errors { __typename code path } } }""",
        input=saved,
        id=global_id("PaymentOption", "740865108"),
    )
    assert answer.data == {
        "setCartAddresses": {"errors": [refused | {"path": ["input", "billing", "savedAddressId"]}]},
        "attachSource": {"errors": [refused | {"path": ["input", "source", "paymentOptionId"]}]},
    }
    assert world.calls.count() == 0


# The example operations SignIn and UseMyDefaults.


async def test_sign_in_that_reads_the_account_makes_seven_calls(storefront: Storefront, world: World) -> None:
    await storefront.add(PACK)
    world.calls.clear()
    keys = world.keys
    payload = (await storefront.run("SignIn", username=keys.shopper_username, password=keys.shopper_password))["signIn"]
    assert payload["cartTransition"]["outcome"] == "KEPT"
    assert payload["session"]["shopper"]["paymentOptions"][0]["source"]["__typename"] == "CardSource"
    assert world.calls.count("POST", "/oauth20/token") == 2, "without and with the guest's token"
    assert world.calls.count() - 2 == 5, "calls: cart before, profile, cart after, addresses, payment options"


async def test_guest_stays_guest_if_account_cannot_be_read(shopper: Shopper) -> None:
    await shopper.storefront.add(PACK)
    await shopper.fault("status", ME, method="GET", status=503)
    payload = await shopper.storefront.sign_in(shopper.world.keys.shopper_username, shopper.world.keys.shopper_password)
    assert payload["errors"] == [IsPartialDict(code="UPSTREAM_UNAVAILABLE")]
    assert (await shopper.storefront.cart())["totalQuantity"] == 1


@pytest.mark.parametrize(
    ("path", "lost"),
    [
        (BOOK, "session.shopper.addresses"),
        (OPTIONS, "session.shopper.paymentOptions"),
    ],
)
async def test_sign_in_succeeds_although_one_account_field_cannot_be_read(
    shopper: Shopper, path: str, lost: str
) -> None:
    await shopper.storefront.add(PACK)
    await shopper.fault("status", path, method="GET", status=503)
    keys = shopper.world.keys
    document = documents()["SignIn"]
    answer = await shopper.storefront.ask(document, username=keys.shopper_username, password=keys.shopper_password)
    payload = answer.body["data"]["signIn"]
    assert payload["cart"]["totalQuantity"] == 1
    assert payload["cartTransition"]["outcome"] == "KEPT"
    assert payload["session"]["level"] == "REGISTERED"
    assert payload["errors"] == []
    value = payload
    for name in lost.split("."):
        value = value[name] if value is not None else None
    assert value is None
    assert set(answer.codes) == {"UPSTREAM_UNAVAILABLE"}


async def test_cart_is_returned_when_applying_account_defaults_fails(registered_shopper: Shopper) -> None:
    await registered_shopper.storefront.add(PACK)
    await registered_shopper.fault("status", f"{CART}/apply-shopper", status=503)
    payload = (await registered_shopper.storefront.ask(documents()["UseMyDefaults"])).data["applyShopper"]
    assert [error["code"] for error in payload["errors"]] == ["UPSTREAM_UNAVAILABLE"]
    assert payload["cart"]["totalQuantity"] == 1
