"""Offers: where they are shown, and how a shopper applies them to a cart line or the whole cart."""

from typing import Any

import pytest
from dirty_equals import IsPartialDict

from gateway.enums import ErrorCode
from gateway.refusals.refusal_to_user_error import CAUSES
from gateway.upstream.ids import global_id
from gateway.upstream.offers import pitches
from sandbox.demo_shop.order_offers import REFUSALS
from sandbox.demo_shop.products import WATCH
from sandbox.model.world import World
from tests.support.shop import CART, GRAPHITE, PACK, POLES, SOFTWARE, Clock, Shopper, Storefront, documents, new_key

ME = "/v1/shoppers/me"
TENT, LAMP = "5401231200", "5401230600"

CROSS_SELL, BUNDLE, CART_OFFER = (
    global_id("Offer", upstream_id) for upstream_id in ("68201210019", "68201260019", "68201170019")
)

PAGE = {"id": global_id("Product", str(WATCH)), "locale": "en-US", "currency": "USD"}


async def ask(storefront: Storefront, text: str, **variables: Any) -> Any:
    return (await storefront.ask(text, **variables)).data


# Offers on product pages and at points of promotion.


async def test_product_page_needs_four_upstream_calls(storefront: Storefront, world: World) -> None:
    page = await storefront.run("ProductPage", **PAGE, pointOfPromotion="CrossSell_ProductDetail")
    product = page["product"]
    assert product["inventory"] == IsPartialDict(isInStock=True, availableQuantity=7)
    assert [variation["name"] for variation in product["variations"]] == [
        "Cascade GPS Watch - Graphite",
        "Cascade GPS Watch - Glacier",
    ]
    (offer,) = product["crossSells"]
    assert offer["kind"] == "CROSS_SELL"
    assert offer["products"] == [
        {
            "product": {"id": global_id("Product", SOFTWARE), "name": "RouteMapper Pro"},
            "offerPrice": {"amount": "35.99", "currencyCode": "USD", "formatted": "$35.99"},
            "salesPitch": None,
        }
    ]
    assert world.calls.count("GET") == 4
    await Storefront(storefront.http).run("ProductPage", **PAGE, pointOfPromotion="CrossSell_ProductDetail")
    assert world.calls.count("GET") == 4, "the second request is answered from the cache"


async def test_product_page_is_available_in_german(storefront: Storefront) -> None:
    page = await storefront.run(
        "ProductPage", **PAGE | {"locale": "de-DE", "currency": "EUR"}, pointOfPromotion="CrossSell_ProductDetail"
    )
    assert page["product"]["name"] == "Cascade GPS-Uhr"
    assert page["product"]["pricing"]["listPrice"]["formatted"] == "239,00\xa0€"
    assert page["product"]["crossSells"][0]["products"][0]["offerPrice"]["formatted"] == "35,99\xa0€"


@pytest.mark.parametrize(
    ("path", "lost", "remaining"),
    [
        (f"{ME}/products/{{id}}", ["product"], []),
        (f"{ME}/products/inventory-status", ["inventory"], ["name", "variations", "crossSells", "pricing"]),
        (f"{ME}/products/{{id}}/variations", ["variations", "inventory"], ["name", "crossSells", "pricing"]),
        (
            f"{ME}/products/{{id}}/point-of-promotions/{{name}}/offers",
            ["crossSells"],
            ["name", "variations", "inventory", "pricing"],
        ),
    ],
)
async def test_failed_call_leaves_other_fields_of_the_product_page_intact(
    shopper: Shopper, path: str, lost: list[str], remaining: list[str]
) -> None:
    await shopper.fault("status", path, status=503)
    answer = await shopper.storefront.ask(
        documents()["ProductPage"], **PAGE, pointOfPromotion="CrossSell_ProductDetail"
    )
    assert set(answer.codes) == {"UPSTREAM_UNAVAILABLE"}
    data = answer.body["data"]
    assert data["storefront"]["publishableKey"]
    if lost == ["product"]:
        assert data["product"] is None
        return
    assert [name for name in lost + remaining if data["product"][name] is None] == lost
    assert all(data["product"][name] for name in remaining)


OFFERS = """query($name: String!) { offers(pointOfPromotion: $name) {
  id name kind trigger imageUrl salesPitches products { product { name isPurchasable inventory { isInStock } }
    listPrice { amount } offerPrice { amount } } } }"""


async def test_offers_at_a_point_of_promotion_include_product_stock(storefront: Storefront, world: World) -> None:
    offers = (await ask(storefront, OFFERS, name="SiteMerchandising_HomePageStoreSpecials"))["offers"]
    assert [offer["kind"] for offer in offers] == ["FEATURED_PRODUCTS", "BANNER"]
    assert offers[0]["products"][0] == {
        "product": {"name": "Trailhead 28L Daypack", "isPurchasable": True, "inventory": {"isInStock": True}},
        "listPrice": {"amount": "89.00"},
        "offerPrice": {"amount": "80.10"},
    }
    assert offers[1] == IsPartialDict(products=[], salesPitches=["Gear for short days"], trigger="Always Triggered")
    assert offers[1]["imageUrl"].endswith("68201230019.svg")
    assert world.calls.count("GET") == 2
    for unknown in ("Nowhere", "../offers", "", "a/b"):
        assert (await ask(storefront, OFFERS, name=unknown))["offers"] == []


async def test_stale_offer_has_no_products_while_digital_river_is_unavailable(shopper: Shopper, clock: Clock) -> None:
    home_page = "SiteMerchandising_HomePageStoreSpecials"
    await ask(shopper.storefront, OFFERS, name=home_page)
    clock.move(121)
    await shopper.fault("status", "*", status=503)
    answer = await shopper.storefront.ask(OFFERS, name=home_page)
    assert [offer["products"] for offer in answer.body["data"]["offers"]] == [None, None]
    assert answer.body["data"]["offers"][0]["name"] == "Highlights of the season"
    clock.move(3600)
    answer = await shopper.storefront.ask(OFFERS, name=home_page)
    assert answer.body["data"]["offers"] is None


async def test_product_offers_can_be_limited_to_a_point_of_promotion(storefront: Storefront) -> None:
    text = """query($id: String!) { product(by: {upstreamId: $id}) { all: offers { kind }
      here: offers(pointOfPromotion: "UpSell_ProductDetail") { kind } } }"""
    offers = (await ask(storefront, text, id=POLES))["product"]
    assert offers == {"all": [{"kind": "UP_SELL"}, {"kind": "BUY_M_GET_N"}], "here": [{"kind": "UP_SELL"}]}


def test_sales_pitches_in_a_json_string_become_a_list() -> None:
    assert pitches('["One","Two"]') == ["One", "Two"]
    assert pitches(["[not a list", "", "Three"]) == ["[not a list", "Three"]


# Adding a cart line with an offer.

ADD = """mutation($lines: [NewCartLineInput!]!, $key: UUID) {
  addCartLines(input: {lines: $lines, idempotencyKey: $key}) {
  cart { totalQuantity lines { id parentLineId product { upstreamId } pricing { salePriceTotal { amount } } }
    appliedOffers { lineId offer { name kind products { product { name } } } } }
  errors { code path } } }"""


def line(product_id: str, **more: Any) -> dict[str, Any]:
    return {"product": {"upstreamId": product_id}, **more}


async def add(storefront: Storefront, *lines: dict[str, Any]) -> dict[str, Any]:
    payload: dict[str, Any] = (await ask(storefront, ADD, lines=list(lines), key=new_key()))["addCartLines"]
    return payload


async def test_cart_line_can_be_added_with_an_offer(storefront: Storefront, world: World) -> None:
    added = await add(storefront, line(GRAPHITE), line(SOFTWARE, offerId=CROSS_SELL))
    assert added["errors"] == []
    assert [line["pricing"]["salePriceTotal"]["amount"] for line in added["cart"]["lines"]] == ["249.00", "35.99"]
    (applied,) = added["cart"]["appliedOffers"]
    assert applied["lineId"] == added["cart"]["lines"][1]["id"]
    assert applied["offer"] == {
        "name": "Software with any watch",
        "kind": "CROSS_SELL",
        "products": [{"product": {"name": "RouteMapper Pro"}}],
    }
    assert world.calls.count("POST", f"{CART}/line-items") == 2, "lines with and without an offer need separate calls"


async def test_removing_a_parent_cart_line_removes_its_child_line(storefront: Storefront) -> None:
    tent = (await add(storefront, line(TENT)))["cart"]["lines"][0]
    added = await add(storefront, line(LAMP, offerId=BUNDLE, parentLineId=tent["id"]))
    child = added["cart"]["lines"][1]
    assert child["parentLineId"] == tent["id"]
    assert child["pricing"]["salePriceTotal"]["amount"] == "17.25"
    text = "mutation($id: ID!) { removeCartLines(input: {lineIds: [$id]}) { cart { totalQuantity } errors { code } } }"
    removed = (await ask(storefront, text, id=tent["id"]))["removeCartLines"]
    assert removed == {"cart": {"totalQuantity": 0}, "errors": []}


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"offerId": "nonsense"}, {"code": "NOT_FOUND", "path": ["input", "lines", "1", "offerId"]}),
        ({"offerId": global_id("Offer", "1")}, {"code": "NOT_FOUND", "path": ["input", "lines", "1"]}),
        ({"offerId": BUNDLE}, {"code": "PRODUCT_NOT_PURCHASABLE", "path": ["input", "lines", "1"]}),
        ({"parentLineId": PACK}, {"code": "NOT_FOUND", "path": ["input", "lines", "1", "parentLineId"]}),
        (
            {"offerId": CROSS_SELL, "parentLineId": global_id("CartLine", "1")},
            {"code": "NOT_FOUND", "path": ["input", "lines", "1"]},
        ),
    ],
)
async def test_line_with_invalid_offer_or_parent_line_returns_an_error(
    storefront: Storefront, more: dict[str, str], error: dict[str, Any]
) -> None:
    payload = await add(storefront, line(PACK), line(SOFTWARE, **more))
    assert payload["errors"] == [error]


async def test_child_cart_line_without_an_offer_is_rejected(storefront: Storefront) -> None:
    tent = (await add(storefront, line(TENT)))["cart"]["lines"][0]
    payload = await add(storefront, line(LAMP, parentLineId=tent["id"]))
    assert payload["errors"] == [{"code": "INVALID_INPUT", "path": ["input", "lines", "0"]}]


async def test_sold_out_child_line_is_reported_as_insufficient_stock(shopper: Shopper) -> None:
    tent = (await add(shopper.storefront, line(TENT)))["cart"]["lines"][0]
    await shopper.control("stock", {"productId": int(LAMP), "quantity": 0})
    payload = await add(shopper.storefront, line(LAMP, offerId=BUNDLE, parentLineId=tent["id"]))
    assert payload["errors"] == [{"code": "INSUFFICIENT_STOCK", "path": ["input", "lines", "0"]}]


async def test_repeated_add_cart_lines_adds_only_lines_that_failed_before(shopper: Shopper) -> None:
    busy = {"status": 409, "code": "concurrent-cart-modification-failure"}
    await shopper.fault("status", f"{CART}/line-items", skips=1, times=4, **busy)
    variables = {"lines": [line(GRAPHITE), line(SOFTWARE, offerId=CROSS_SELL)], "key": new_key()}
    first = (await ask(shopper.storefront, ADD, **variables))["addCartLines"]
    assert first["errors"] == [{"code": "CART_BUSY", "path": ["input", "lines", "1"]}]
    assert first["cart"]["totalQuantity"] == 1
    other = {**variables, "lines": [line(POLES), line(SOFTWARE, offerId=CROSS_SELL)]}
    reused = (await ask(shopper.storefront, ADD, **other))["addCartLines"]
    assert [error["code"] for error in reused["errors"]] == ["IDEMPOTENCY_KEY_REUSED"]
    again = (await ask(shopper.storefront, ADD, **variables))["addCartLines"]
    assert again["errors"] == []
    assert [line["product"]["upstreamId"] for line in again["cart"]["lines"]] == [GRAPHITE, SOFTWARE]
    assert again["cart"]["totalQuantity"] == 2


# Applying an offer to the whole cart.

APPLY = """mutation($offer: OfferChoice!) { applyOffer(input: {offer: $offer}) {
  cart { totals { discount { amount } } appliedOffers { couponCode offer { id name } } } errors { code path } } }"""


async def apply(storefront: Storefront, **offer: str) -> dict[str, Any]:
    payload: dict[str, Any] = (await ask(storefront, APPLY, offer=offer))["applyOffer"]
    return payload


async def test_offer_can_be_applied_and_removed_by_id(storefront: Storefront) -> None:
    await add(storefront, line(POLES))
    done = await apply(storefront, offerId=CART_OFFER)
    assert done == {
        "cart": {
            "totals": {"discount": {"amount": "8.85"}},
            "appliedOffers": [{"couponCode": None, "offer": {"id": CART_OFFER, "name": "Members' week"}}],
        },
        "errors": [],
    }
    better = await apply(storefront, couponCode="SPRING20")
    assert [applied["couponCode"] for applied in better["cart"]["appliedOffers"]] == ["SPRING20"]
    text = """mutation($id: ID!) { removeOffer(input: {offerId: $id}) {
      cart { appliedOffers { couponCode offer { name } } } errors { code } } }"""
    spring = better["cart"]["appliedOffers"][0]["offer"]["id"]
    left = (await ask(storefront, text, id=spring))["removeOffer"]
    assert left["cart"]["appliedOffers"] == [{"couponCode": None, "offer": {"name": "Members' week"}}]
    assert (await ask(storefront, text, id=CART_OFFER))["removeOffer"]["cart"]["appliedOffers"] == []


CODES = {
    "NOPE": ErrorCode.COUPON_INVALID,
    "AUTUMN10": ErrorCode.COUPON_INVALID,
    "NEXTSPRING": ErrorCode.COUPON_INVALID,
    "RIDDLE": ErrorCode.COUPON_INVALID,
    "WELCOME5": ErrorCode.COUPON_USED_UP,
    "ONCE": ErrorCode.COUPON_USED_UP,
    "THANKS": ErrorCode.COUPON_USED_UP,
    "ONEEACH": ErrorCode.COUPON_USED_UP,
    "TENT12": ErrorCode.OFFER_NOT_APPLICABLE,
    "ELSEWHERE": ErrorCode.OFFER_NOT_APPLICABLE,
}


def test_sandbox_can_return_every_documented_offer_error_code() -> None:
    documented = {code for code, cause in CAUSES.items() if cause in set(CODES.values())}
    assert documented <= {*REFUSALS, "invalid-coupon"}


@pytest.mark.parametrize(("code", "expected"), CODES.items())
async def test_unusable_coupon_code_returns_a_user_error(
    storefront: Storefront, code: str, expected: ErrorCode
) -> None:
    await add(storefront, line(POLES))
    payload = await apply(storefront, couponCode=code)
    assert payload["errors"] == [{"code": expected.name, "path": ["input", "offer", "couponCode"]}]
    assert payload["cart"]["appliedOffers"] == []


@pytest.mark.parametrize(
    ("offer_id", "expected"),
    [
        (global_id("Offer", "68201171019"), "COUPON_INVALID"),
        (global_id("Offer", "68201172019"), "COUPON_INVALID"),
        (global_id("Offer", "68201173019"), "COUPON_USED_UP"),
        (global_id("Offer", "68201174019"), "COUPON_USED_UP"),
        (global_id("Offer", "68201175019"), "COUPON_USED_UP"),
        (global_id("Offer", "68201176019"), "OFFER_NOT_APPLICABLE"),
        (global_id("Offer", "68201177019"), "OFFER_NOT_APPLICABLE"),
        (CROSS_SELL, "INVALID_INPUT"),
        (global_id("Offer", "1"), "NOT_FOUND"),
        (global_id("Product", PACK), "NOT_FOUND"),
        ("nonsense", "NOT_FOUND"),
    ],
)
async def test_unusable_offer_id_returns_a_user_error(storefront: Storefront, offer_id: str, expected: str) -> None:
    await add(storefront, line(POLES))
    payload = await apply(storefront, offerId=offer_id)
    assert payload["errors"] == [{"code": expected, "path": ["input", "offer", "offerId"]}]


async def test_product_offer_applies_when_the_product_is_in_cart(storefront: Storefront) -> None:
    await add(storefront, line(TENT))
    assert (await apply(storefront, couponCode="TENT12"))["cart"]["totals"]["discount"]["amount"] == "47.88"
    named = await apply(storefront, offerId=global_id("Offer", "68201176019"))
    assert named["cart"]["totals"]["discount"]["amount"] == "71.82", "the offer with the larger discount applies"
