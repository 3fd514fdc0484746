"""The code of a removed coupon is forgotten, so that the code of the next one is known. A coupon tells what it did."""

from typing import Any

import pytest

from gateway.upstream.ids import global_id
from tests.support.shop import CART, PACK, SOFTWARE, InMemoryTransport, Shopper, Storefront

APPLY = """mutation($code: String!) { applyOffer(input: {offer: {couponCode: $code}}) {
  cart { appliedOffers { couponCode offer { id } } } warnings { code targetId } errors { code path } } }"""
APPLY_BY_ID = "mutation($id: ID!) { applyOffer(input: {offer: {offerId: $id}}) { errors { code } } }"
REMOVE = """mutation($id: ID!) { removeOffer(input: {offerId: $id}) { errors { code } } }"""

MEMBERS_WEEK = global_id("Offer", "68201170019")


async def applied(shopper: Shopper, code: str) -> list[dict[str, Any]]:
    payload = (await shopper.storefront.ask(APPLY, code=code)).data["applyOffer"]
    assert payload["errors"] == []
    offers: list[dict[str, Any]] = payload["cart"]["appliedOffers"]
    return offers


async def test_next_coupon_is_known_after_the_first_was_removed(shopper: Shopper) -> None:
    await shopper.fill_cart(SOFTWARE)
    (offer,) = await applied(shopper, "SPRING20")
    assert offer["couponCode"] == "SPRING20"
    assert (await shopper.storefront.ask(REMOVE, id=offer["offer"]["id"])).data["removeOffer"]["errors"] == []
    assert [offer["couponCode"] for offer in await applied(shopper, "ONTHEHOUSE")] == ["ONTHEHOUSE"]


async def test_removed_offer_leaves_the_coupon_code_known(shopper: Shopper) -> None:
    await shopper.fill_cart(SOFTWARE)
    await shopper.storefront.ask(APPLY_BY_ID, id=MEMBERS_WEEK)
    assert [offer["couponCode"] for offer in await applied(shopper, "SPRING20")] == ["SPRING20"]
    assert (await shopper.storefront.ask(REMOVE, id=MEMBERS_WEEK)).data["removeOffer"]["errors"] == []
    answer = await shopper.storefront.ask("{ cart { appliedOffers { couponCode } } }")
    assert answer.data["cart"]["appliedOffers"] == [{"couponCode": "SPRING20"}]


@pytest.mark.parametrize(
    ("trigger", "code"),
    [
        ("User Triggered", "SPRING20"),
        ("Coupon Triggered", "SPRING20"),
        ("ONE-TIME COUPON", "SPRING20"),
        ("Always Triggered", None),
        ("Never User Triggered", None),
        (None, None),
    ],
)
async def test_coupon_code_belongs_to_an_offer_that_needs_one(
    shopper: Shopper, network: InMemoryTransport, trigger: str | None, code: str | None
) -> None:
    def with_trigger(answer: dict[str, Any]) -> dict[str, Any]:
        return {"offers": {"offer": [{**offer, "trigger": trigger} for offer in answer["offers"]["offer"]]}}

    network.rewrites["GET", f"{CART}/applied-offers"] = with_trigger
    await shopper.fill_cart(SOFTWARE)
    assert [offer["couponCode"] for offer in await applied(shopper, "SPRING20")] == [code]


async def test_change_without_store_credit_reads_no_cart(shopper: Shopper) -> None:
    await shopper.storefront.add(PACK)
    shopper.world.calls.clear()
    text = "mutation($id: String!) { addCartLines(input: {lines: [{product: {upstreamId: $id}}]}) { errors { code } } }"
    assert (await shopper.storefront.ask(text, id=PACK)).data["addCartLines"]["errors"] == []
    assert shopper.world.calls.count("GET", CART) == 0


async def warned(shopper: Shopper, code: str) -> list[tuple[str, str | None]]:
    payload = (await shopper.storefront.ask(APPLY, code=code)).data["applyOffer"]
    assert payload["errors"] == []
    return [(warning["code"], warning["targetId"]) for warning in payload["warnings"]]


async def codes(shopper: Shopper) -> list[str | None]:
    offers = (await shopper.storefront.ask("{ cart { appliedOffers { couponCode } } }")).data["cart"]["appliedOffers"]
    return [offer["couponCode"] for offer in offers]


@pytest.mark.parametrize("again", ["SPRING20", "spring20", " Spring20\n"])
async def test_coupon_in_effect_is_not_sent_again(shopper: Shopper, again: str) -> None:
    await shopper.fill_cart(SOFTWARE)
    assert await warned(shopper, "SPRING20") == []
    shopper.world.calls.clear()
    assert await warned(shopper, again) == [("COUPON_WITHOUT_EFFECT", None)]
    assert shopper.world.calls.count("POST") == 0
    assert await codes(shopper) == ["SPRING20"]


async def test_coupon_of_a_registered_shopper_is_not_sent_again(registered_shopper: Shopper) -> None:
    await registered_shopper.fill_cart(SOFTWARE)
    assert await warned(registered_shopper, "SPRING20") == []
    registered_shopper.world.calls.clear()
    assert await warned(registered_shopper, "spring20") == [("COUPON_WITHOUT_EFFECT", None)]
    assert registered_shopper.world.calls.count("POST") == 0


async def test_removed_coupon_can_be_redeemed_again(shopper: Shopper) -> None:
    await shopper.fill_cart(SOFTWARE)
    (offer,) = await applied(shopper, "SPRING20")
    (better,) = await applied(shopper, "ONTHEHOUSE")
    await shopper.storefront.ask(REMOVE, id=better["offer"]["id"])
    assert await codes(shopper) == ["SPRING20"]
    await shopper.storefront.ask(REMOVE, id=offer["offer"]["id"])
    assert await warned(shopper, "onthehouse") == []
    assert await codes(shopper) == ["onthehouse"]


@pytest.mark.parametrize("empty", ["", "  "])
async def test_empty_coupon_code_is_an_error_and_changes_nothing(shopper: Shopper, empty: str) -> None:
    await shopper.fill_cart(SOFTWARE)
    await applied(shopper, "SPRING20")
    shopper.world.calls.clear()
    payload = (await shopper.storefront.ask(APPLY, code=empty)).data["applyOffer"]
    assert payload["errors"] == [{"code": "MISSING_INPUT", "path": ["input", "offer", "couponCode"]}]
    assert shopper.world.calls.count("POST") == 0
    assert await codes(shopper) == ["SPRING20"]


async def test_better_coupon_names_the_offer_that_it_replaced(shopper: Shopper) -> None:
    await shopper.fill_cart(SOFTWARE)
    (spring,) = await applied(shopper, "SPRING20")
    assert await warned(shopper, "ONTHEHOUSE") == [("OFFER_REPLACED", spring["offer"]["id"])]
    assert await codes(shopper) == ["ONTHEHOUSE"]


async def test_worse_coupon_reports_that_it_has_no_effect(shopper: Shopper) -> None:
    await shopper.fill_cart(SOFTWARE)
    await applied(shopper, "SPRING20")
    assert await warned(shopper, "TRAIL10") == [("COUPON_WITHOUT_EFFECT", None)]
    assert await codes(shopper) == ["SPRING20"]
    assert await warned(shopper, "SUMMIT50") == [("COUPON_NOT_YET_ELIGIBLE", None)]


async def test_coupon_of_another_device_is_replaced_with_a_warning(registered_shopper: Shopper) -> None:
    keys = registered_shopper.world.keys
    other = Storefront(registered_shopper.storefront.http)
    await other.sign_in(keys.shopper_username, keys.shopper_password)
    await registered_shopper.fill_cart(SOFTWARE)
    await registered_shopper.storefront.run("RedeemCoupon", code="SPRING20")
    payload = (await other.ask(APPLY, code="ONTHEHOUSE")).data["applyOffer"]
    assert [warning["code"] for warning in payload["warnings"]] == ["OFFER_REPLACED"]
    assert [offer["couponCode"] for offer in payload["cart"]["appliedOffers"]] == ["ONTHEHOUSE"]


async def test_unread_offers_do_not_prevent_a_coupon(shopper: Shopper) -> None:
    await shopper.fill_cart(SOFTWARE)
    await shopper.storefront.run("RedeemCoupon", code="SPRING20")
    await shopper.fault("status", f"{CART}/applied-offers", status=503, times=9)
    text = """mutation { applyOffer(input: {offer: {couponCode: "ONTHEHOUSE"}}) {
      warnings { code } errors { code } } }"""
    assert (await shopper.storefront.ask(text)).data["applyOffer"] == {"warnings": [], "errors": []}
