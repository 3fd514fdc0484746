"""Mutations that change one part of a cart, and session changes that affect the cart."""

from typing import Any

import pytest
from dirty_equals import IsPartialDict

from sandbox.model.world import World
from tests.support.shop import ADDRESS, CART, GRAPHITE, PACK, Shopper, Storefront

ADDRESSES = """mutation($input: SetCartAddressesInput!) { setCartAddresses(input: $input) {
  cart { billingAddress { address { city } } shippingAddress { address { city } }
         shippingOptions { name isSelected } totals { orderTotal { amount } } }
  warnings { code } errors { code path } } }"""
OPTION = """mutation($input: SelectShippingOptionInput!) { selectShippingOption(input: $input) {
  cart { totals { shippingAndHandling { amount } } } errors { code path } } }"""
UPDATE = """mutation($input: UpdateCartInput!) { updateCart(input: $input) {
  cart { organizationId termsOfSaleAccepted } errors { code path } } }"""
SESSION = """mutation($input: UpdateSessionInput!) { updateSession(input: $input) {
  session { locale currencyCode } cart { totals { orderTotal { amount currencyCode formatted } } }
  errors { code path } } }"""
OFFER = """mutation($id: ID!) { removeOffer(input: {offerId: $id}) {
  cart { totals { discount { amount } } } errors { code path } } }"""

ABROAD = {"countryCode": "CH", "countrySubdivision": None, "postalCode": "8001", "city": "Zürich"}


async def change(storefront: Storefront, mutation: str, **fields: Any) -> dict[str, Any]:
    (payload,) = (await storefront.ask(mutation, input=fields)).data.values()
    assert isinstance(payload, dict)
    return payload


async def test_billing_and_shipping_address_are_set_together_or_separately(
    storefront: Storefront, world: World
) -> None:
    await storefront.add(PACK)
    world.calls.clear()
    done = await change(storefront, ADDRESSES, billing={"address": ADDRESS}, shipping={"sameAs": "BILLING"})
    assert done["errors"] == []
    assert done["cart"]["shippingAddress"]["address"]["city"] == "Minnetonka"
    assert world.calls.count() == 2

    other = await change(storefront, ADDRESSES, shipping={"address": ADDRESS | {"city": "Duluth"}})
    assert other["cart"]["billingAddress"]["address"]["city"] == "Minnetonka"
    assert other["cart"]["shippingAddress"]["address"]["city"] == "Duluth"
    assert other["warnings"] == []

    nothing = await change(storefront, ADDRESSES)
    assert nothing["errors"] == [{"code": "MISSING_INPUT", "path": ["input"]}]


async def test_address_change_that_resets_the_shipping_option_returns_a_warning(storefront: Storefront) -> None:
    await storefront.add(PACK)
    await storefront.give_details()
    moved = await change(storefront, ADDRESSES, shipping={"address": ADDRESS | ABROAD})
    assert moved["warnings"] == [{"code": "SHIPPING_OPTION_RESET"}, {"code": "TOTAL_CHANGED"}]
    assert [option["name"] for option in moved["cart"]["shippingOptions"]] == ["International"]


async def test_shipping_option_is_selected_by_its_id(storefront: Storefront) -> None:
    await storefront.add(PACK)
    await storefront.give_details()
    options = (await storefront.run("CheckoutPage"))["cart"]["shippingOptions"]
    done = await change(storefront, OPTION, shippingOptionId=options[1]["id"])
    assert done == {"cart": {"totals": {"shippingAndHandling": {"amount": "24.95"}}}, "errors": []}
    wrong = await change(storefront, OPTION, shippingOptionId="12345")
    assert wrong["errors"] == [{"code": "SHIPPING_OPTION_UNAVAILABLE", "path": ["input", "shippingOptionId"]}]


async def test_selecting_the_selected_shipping_option_sends_no_change(storefront: Storefront, world: World) -> None:
    await storefront.add(PACK)
    await storefront.give_details()
    options = (await storefront.run("CheckoutPage"))["cart"]["shippingOptions"]
    (selected,) = [option["id"] for option in options if option["isSelected"]]
    world.calls.clear()
    assert (await change(storefront, OPTION, shippingOptionId=selected))["errors"] == []
    assert world.calls.count("POST") == 0


async def test_removing_organization_id_from_cart_keeps_accepted_terms_of_sale(storefront: Storefront) -> None:
    await storefront.add(PACK)
    done = await change(storefront, UPDATE, organizationId="acme", termsOfSaleAccepted=True)
    assert done["cart"] == {"organizationId": "acme", "termsOfSaleAccepted": True}
    done = await change(storefront, UPDATE, organizationId="")
    assert done["cart"] == {"organizationId": None, "termsOfSaleAccepted": True}
    long = await change(storefront, UPDATE, organizationId="a" * 51)
    assert long["errors"] == [{"code": "INVALID_INPUT", "path": ["input", "organizationId"]}]


async def test_changing_the_session_currency_changes_the_cart_currency(shopper: Shopper) -> None:
    storefront = shopper.storefront
    await storefront.add(PACK)
    done = await change(storefront, SESSION, locale="de-DE")
    assert done["session"] == {"locale": "de-DE", "currencyCode": "EUR"}
    assert done["cart"]["totals"]["orderTotal"] == {"amount": "76.41", "currencyCode": "EUR", "formatted": "76,41\xa0€"}
    done = await change(storefront, SESSION, currencyCode="GBP")
    assert done["session"] == {"locale": "de-DE", "currencyCode": "GBP"}
    wrong = await change(storefront, SESSION, locale="sv-SE")
    assert wrong["errors"] == [{"code": "INVALID_INPUT", "path": ["input", "locale"]}]

    await storefront.give_details()
    await shopper.pay_with()
    refused = await change(storefront, SESSION, currencyCode="USD")
    assert refused["errors"] == [IsPartialDict(code="INVALID_INPUT")]
    assert refused["session"]["currencyCode"] == "GBP", "a source is attached"


async def test_coupon_can_be_removed_but_automatic_offer_cannot(storefront: Storefront, world: World) -> None:
    await storefront.add(GRAPHITE)
    await storefront.add(PACK)
    await storefront.run("RedeemCoupon", code="SPRING20")
    offers = (await storefront.run("CartPage"))["cart"]["appliedOffers"]
    always, coupon = offers
    assert (always["couponCode"], coupon["couponCode"]) == (None, "SPRING20")

    refused = (await storefront.ask(OFFER, id=always["offer"]["id"])).data["removeOffer"]
    assert refused["errors"] == [{"code": "NOT_FOUND", "path": ["input", "offerId"]}]
    assert refused["cart"]["totals"]["discount"]["amount"] == "20.00"
    done = (await storefront.ask(OFFER, id=coupon["offer"]["id"])).data["removeOffer"]
    assert done == {"cart": {"totals": {"discount": {"amount": "0.00"}}}, "errors": []}
    again = (await storefront.ask(OFFER, id=coupon["offer"]["id"])).data["removeOffer"]
    assert again["errors"] == [{"code": "NOT_FOUND", "path": ["input", "offerId"]}]
    forged = (await storefront.ask(OFFER, id="nonsense")).data["removeOffer"]
    assert forged["errors"] == [{"code": "NOT_FOUND", "path": ["input", "offerId"]}]


@pytest.mark.parametrize(
    "mutation", [ADDRESSES, OPTION, UPDATE], ids=["setCartAddresses", "selectShippingOption", "updateCart"]
)
async def test_cart_change_with_an_outdated_revision_is_rejected(
    storefront: Storefront, world: World, mutation: str
) -> None:
    await storefront.add(PACK)
    parts: dict[str, dict[str, Any]] = {
        ADDRESSES: {"billing": {"address": ADDRESS}},
        OPTION: {"shippingOptionId": "142400"},
        UPDATE: {},
    }
    world.calls.clear()
    refused = await change(storefront, mutation, ifRevision="0" * 32, **parts[mutation])
    assert refused["errors"] == [{"code": "CART_REVISION_MISMATCH", "path": ["input", "ifRevision"]}]
    assert world.calls.count() == world.calls.count("GET", CART)


async def test_line_is_added_with_its_custom_attributes(storefront: Storefront) -> None:
    mutation = """mutation($attributes: [CustomAttributeInput!]) { addCartLines(input: {lines: [
      {product: {upstreamId: "5401230100"}, customAttributes: $attributes},
      {product: {upstreamId: "5401230100"}}]}) {
        cart { lines { quantity customAttributes { name value } } } errors { code } } }"""
    engraving = [{"name": "engraving", "value": "For Ada"}]
    done = (await storefront.ask(mutation, attributes=engraving)).data["addCartLines"]
    assert done["errors"] == []
    assert done["cart"]["lines"] == [
        {"quantity": 1, "customAttributes": engraving},
        {"quantity": 1, "customAttributes": []},
    ]


@pytest.mark.parametrize(
    ("mutation", "items", "item"),
    [
        ("addCartLines", "lines", '{product: {upstreamId: "%s"}}'),
        ("updateCartLines", "lines", '{lineId: "%s", quantity: 1}'),
        ("removeCartLines", "lineIds", '"%s"'),
    ],
)
async def test_line_mutation_accepts_one_to_fifty_items(
    storefront: Storefront, world: World, mutation: str, items: str, item: str
) -> None:
    line = (await storefront.add(PACK))["cart"]["lines"][0]
    item_id = PACK if mutation == "addCartLines" else line["id"]

    async def errors(count: int) -> list[dict[str, Any]]:
        listed = ", ".join([item % item_id] * count)
        answer = await storefront.ask(
            f"mutation {{ {mutation}(input: {{{items}: [{listed}]}}) {{ errors {{ code path }} }} }}"
        )
        payload_errors: list[dict[str, Any]] = answer.data[mutation]["errors"]
        return payload_errors

    wrong_count = {"code": "INVALID_INPUT", "path": ["input", items]}
    world.calls.clear()
    for count in (0, 51):
        assert await errors(count) == [wrong_count]
    assert world.calls.count() == 0
    assert wrong_count not in await errors(50)
    assert world.calls.count() > 0
