"""The code of a removed coupon is forgotten, so that the code of the next one is known."""

from typing import Any

import pytest

from gateway.upstream.ids import global_id
from tests.support.shop import CART, PACK, SOFTWARE, InMemoryTransport, Shopper

APPLY = """mutation($code: String!) { applyOffer(input: {offer: {couponCode: $code}}) {
  cart { appliedOffers { couponCode offer { id } } } errors { code } } }"""
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
