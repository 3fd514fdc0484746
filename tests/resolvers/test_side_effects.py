"""Warnings about what a change of the cart has changed besides its purpose."""

from typing import Any

import pytest

from sandbox.model.world import World
from tests.support.shop import ADDRESS, CART, GRAPHITE, PACK, POLES, InMemoryTransport, Shopper, Storefront

PREPARE = """mutation($input: PrepareCheckoutInput!) { prepareCheckout(input: $input) {
  cart { revision shippingOptions { id name } totals { orderTotal { formatted } } }
  warnings { code message shopperMessage targetId } errors { code path } } }"""
ADD = """mutation($input: AddCartLinesInput!) { addCartLines(input: $input) {
  cart { revision lines { id quantity } } warnings { code message shopperMessage targetId } errors { code path } } }"""
CHANGE = """mutation($input: UpdateCartLinesInput!) { updateCartLines(input: $input) {
  cart { lines { id quantity } } warnings { code message targetId } errors { code path } } }"""
TAX = """mutation($input: SetTaxIdentifiersInput!) { setTaxIdentifiers(input: $input) {
  warnings { code } errors { code } } }"""
SHOPPER = """mutation($input: ApplyShopperInput!) { applyShopper(input: $input) {
  warnings { code } errors { code } } }"""

HOME = {"billing": {"address": ADDRESS}, "shipping": {"sameAs": "BILLING"}}
SWISS = {"countryCode": "CH", "countrySubdivision": None, "postalCode": "8001", "city": "Zürich"}
ABROAD = {"billing": {"address": ADDRESS | SWISS}, "shipping": {"sameAs": "BILLING"}}
OREGON = {"billing": {"address": ADDRESS | {"countrySubdivision": "OR", "city": "Salem", "postalCode": "97301"}}}


async def run(storefront: Storefront, text: str, **fields: Any) -> dict[str, Any]:
    (payload,) = (await storefront.ask(text, input=fields)).data.values()
    assert payload["errors"] == []
    assert isinstance(payload, dict)
    return payload


async def warned(storefront: Storefront, text: str, **fields: Any) -> list[str]:
    return [warning["code"] for warning in (await run(storefront, text, **fields))["warnings"]]


async def express(storefront: Storefront) -> str:
    options = (await storefront.run("CheckoutPage"))["cart"]["shippingOptions"]
    option: str = next(option["id"] for option in options if option["name"] == "Express")
    return option


@pytest.mark.parametrize(
    ("choice", "codes"),
    [
        ({}, ["SHIPPING_OPTION_RESET", "TOTAL_CHANGED"]),
        ({"shippingOption": {"rule": "KEEP_OR_CHEAPEST"}}, ["SHIPPING_OPTION_RESET", "TOTAL_CHANGED"]),
        ({"shippingOption": {"rule": "CHEAPEST"}}, ["SHIPPING_OPTION_RESET", "TOTAL_CHANGED"]),
    ],
)
async def test_form_with_an_address_abroad_reports_option_and_total(
    storefront: Storefront, choice: dict[str, Any], codes: list[str]
) -> None:
    await storefront.add(PACK)
    assert await warned(storefront, PREPARE, **HOME) == [], "the total was an estimate"
    assert await warned(storefront, PREPARE, **HOME, shippingOption={"id": await express(storefront)}) == [
        "TOTAL_CHANGED"
    ]
    assert await warned(storefront, PREPARE, **ABROAD, **choice) == codes


async def test_warning_of_a_changed_total_names_it_to_the_shopper(storefront: Storefront) -> None:
    await storefront.add(PACK)
    await run(storefront, PREPARE, **HOME)
    moved = await run(storefront, PREPARE, **ABROAD)
    total = moved["cart"]["totals"]["orderTotal"]["formatted"]
    (message,) = (warning["shopperMessage"] for warning in moved["warnings"] if warning["code"] == "TOTAL_CHANGED")
    assert message == f"Your order total is now {total}. Please check it before you buy."


async def test_option_that_the_form_chooses_is_not_reported_as_reset(storefront: Storefront) -> None:
    await storefront.add(PACK)
    await run(storefront, PREPARE, **HOME)
    await run(storefront, PREPARE, shippingOption={"id": await express(storefront)})
    assert await warned(storefront, PREPARE, **HOME, shippingOption={"rule": "CHEAPEST"}) == ["TOTAL_CHANGED"]
    assert await warned(storefront, PREPARE, **HOME, shippingOption={"rule": "CHEAPEST"}) == []


async def test_form_that_changes_nothing_the_shopper_sees_has_no_warning(storefront: Storefront) -> None:
    await storefront.add(PACK)
    await run(storefront, PREPARE, **HOME)
    assert await warned(storefront, PREPARE, billing={"address": ADDRESS | {"firstName": "Augusta"}}) == []
    assert await warned(storefront, PREPARE, termsOfSaleAccepted=True) == []


async def test_first_form_reads_the_cart_before_only_for_its_revision(storefront: Storefront, world: World) -> None:
    revision = (await storefront.add(PACK))["cart"]["revision"]
    world.calls.clear()
    await run(storefront, PREPARE, **HOME)
    assert world.calls.count("GET", CART) == 0
    cart = (await run(storefront, PREPARE, **HOME))["cart"]
    assert world.calls.count("GET", CART) == 1
    assert cart["revision"] != revision
    await run(storefront, PREPARE, **HOME, ifRevision=cart["revision"])
    assert world.calls.count("GET", CART) == 2


async def test_revision_makes_every_address_change_report_the_total(registered_shopper: Shopper) -> None:
    storefront = registered_shopper.storefront
    await storefront.add(PACK)
    await run(storefront, PREPARE, **ABROAD)
    revision = (await storefront.cart())["revision"]
    assert await warned(storefront, SHOPPER, ifRevision=revision) == ["SHIPPING_OPTION_RESET", "TOTAL_CHANGED"]


async def test_exempting_tax_identifiers_report_the_total(storefront: Storefront) -> None:
    await storefront.add(PACK)
    british = {"countryCode": "GB", "countrySubdivision": None, "city": "Leeds", "postalCode": "LS1 4AP"}
    await run(storefront, PREPARE, billing={"address": ADDRESS | british}, shipping={"sameAs": "BILLING"})
    business = {"customerType": "BUSINESS", "taxIdentifiers": [{"key": "UK_VAT", "value": "GB698588737"}]}
    revision = (await storefront.cart())["revision"]
    assert await warned(storefront, TAX, **business, ifRevision=revision) == ["TOTAL_CHANGED"]


async def test_unreadable_cart_does_not_prevent_the_form(shopper: Shopper) -> None:
    await shopper.storefront.add(PACK)
    await run(shopper.storefront, PREPARE, **HOME)
    await shopper.fault("status", CART, method="GET", status=503, times=9)
    payload = (await shopper.storefront.ask(PREPARE, input=OREGON)).body["data"]["prepareCheckout"]
    assert (payload["errors"], payload["warnings"]) == ([], [])


# Quantities.


async def test_line_with_reduced_quantity_has_a_warning_with_its_id(shopper: Shopper) -> None:
    await shopper.control("switches", {"scarce_stock": "reduced"})
    line = {"product": {"upstreamId": GRAPHITE}, "quantity": 9}
    added = await run(shopper.storefront, ADD, lines=[{"product": {"upstreamId": POLES}}, line])
    assert [line["quantity"] for line in added["cart"]["lines"]] == [1, 7]
    line_id = added["cart"]["lines"][1]["id"]
    assert [(warning["code"], warning["targetId"]) for warning in added["warnings"]] == [("QUANTITY_REDUCED", line_id)]
    assert added["warnings"][0]["shopperMessage"].endswith("Your cart now has 7 of this item.")

    changes = [{"lineId": line_id, "quantity": 5}]
    assert await warned(shopper.storefront, CHANGE, lines=changes) == []
    changes = [{"lineId": added["cart"]["lines"][0]["id"], "quantity": 3}, {"lineId": line_id, "quantity": 8}]
    changed = await run(shopper.storefront, CHANGE, lines=changes)
    assert [line["quantity"] for line in changed["cart"]["lines"]] == [3, 7]
    assert [warning["targetId"] for warning in changed["warnings"]] == [line_id]


async def test_reduction_of_a_present_line_is_noticed_with_its_revision(shopper: Shopper) -> None:
    await shopper.control("switches", {"scarce_stock": "reduced"})
    lines = [{"product": {"upstreamId": GRAPHITE}, "quantity": 4}]
    revision = (await run(shopper.storefront, ADD, lines=lines))["cart"]["revision"]
    added = await run(shopper.storefront, ADD, lines=lines, ifRevision=revision)
    assert [line["quantity"] for line in added["cart"]["lines"]] == [7]
    assert [warning["code"] for warning in added["warnings"]] == ["QUANTITY_REDUCED"]


async def test_repeated_key_repeats_the_warning(shopper: Shopper) -> None:
    await shopper.control("switches", {"scarce_stock": "reduced"})
    request = {
        "idempotencyKey": "0b0f5c3e-6f0c-4c5e-9d0a-6a1f6c1d2e02",
        "lines": [{"product": {"upstreamId": GRAPHITE}, "quantity": 9}],
    }
    first = await run(shopper.storefront, ADD, **request)
    again = await run(shopper.storefront, ADD, **request)
    assert again["warnings"] == first["warnings"] != []


@pytest.mark.parametrize("answer", [None, {}, {"lineItems": {}}, {"lineItems": {"lineItem": [{"id": 1}]}}, [], "x"])
async def test_answer_without_lines_does_not_undo_the_change(
    storefront: Storefront, network: InMemoryTransport, answer: Any
) -> None:
    network.rewrites["POST", f"{CART}/line-items"] = lambda _: answer
    added = await run(storefront, ADD, lines=[{"product": {"upstreamId": PACK}, "quantity": 2}])
    assert [line["quantity"] for line in added["cart"]["lines"]] == [2]
    assert added["warnings"] == []
