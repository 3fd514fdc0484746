"""Offers of the sandbox: their kinds, their points of promotion, and how they change a cart."""

import pytest
from dirty_equals import IsPartialDict

from gateway.enums import OfferKind
from sandbox.demo_shop.product_offers import PRODUCT_OFFERS
from tests.support.commerce_client import ME, Client, code
from tests.support.shop import CART, GRAPHITE, PACK, POLES, SOFTWARE, WATCH

CROSS_SELL, BUNDLE, FREE_BOTTLE, THIRD_FREE = 68201210019, 68201260019, 68201270019, 68201280019


ORDER_OFFER = 68201170019


TENT, LAMP, BOTTLE = "5401231200", "5401230600", "5401231000"


def test_demo_shop_has_every_documented_kind_of_offer() -> None:
    assert {offer.kind for offer in PRODUCT_OFFERS.values()} == {
        kind.value for kind in OfferKind if kind.value != "UNKNOWN"
    }


async def test_offer_shows_its_products_with_their_prices(client: Client) -> None:
    offer = (await client.ask("GET", f"{ME}/offers/{CROSS_SELL}"))["offer"]
    assert offer == IsPartialDict(type="Cross-Sell", salesPitch=["Plan the trip first", "Save on RouteMapper Pro"])
    (shown,) = offer["productOffers"]["productOffer"]
    assert shown["product"].keys() == {"uri", "displayName", "thumbnailImage", "inventoryStatus"}
    assert shown["pricing"] == IsPartialDict(salePriceWithQuantity={"currency": "USD", "value": 35.99})
    assert shown["addProductToCart"]["uri"].endswith(f"?productId={SOFTWARE}&offerId={CROSS_SELL}")
    whole = (await client.ask("GET", f"{ME}/offers/{CROSS_SELL}/product-offers?expand=all"))["productOffers"]
    assert whole["productOffer"][0]["product"]["sku"] == "RD-ROUTEMAPPER-PRO"
    single = await client.ask("GET", f"{ME}/offers/{CROSS_SELL}/product-offers/{SOFTWARE}")
    assert single["productOffer"] == shown
    german = (await client.ask("GET", f"{ME}/offers/{CROSS_SELL}?locale=de_DE"))["offer"]
    assert german["name"] == "Software zu jeder Uhr"
    assert code(await client.ask("GET", f"{ME}/offers/1", 404)) == "resource-not-found"
    assert code(await client.ask("GET", f"{ME}/offers/{CROSS_SELL}/product-offers/{PACK}", 404))


async def test_offers_are_listed_at_their_points_of_promotion(client: Client) -> None:
    async def kinds(path: str) -> list[str]:
        offers = (await client.ask("GET", f"{ME}/{path}"))["offers"]
        assert offers["totalResults"] == len(offers["offer"])
        return [offer["type"] for offer in offers["offer"]]

    assert len(await kinds("offers?pageSize=100")) == len(PRODUCT_OFFERS)
    assert await kinds("point-of-promotions/Home_topSeller/offers") == ["Featured Products"]
    assert await kinds("point-of-promotions/CandyRack_ShoppingCart/offers") == ["Candy Rack", "All Products Bundle"]
    assert await kinds(f"products/{WATCH}/offers") == ["Cross-Sell"]
    assert await kinds(f"products/{WATCH}/point-of-promotions/CrossSell_ProductDetail/offers") == ["Cross-Sell"]
    assert await kinds(f"products/{PACK}/point-of-promotions/UpSell_ProductDetail/offers") == []
    beside = "carts/active/point-of-promotions/CandyRack_ShoppingCart/offers"
    assert await kinds(beside) == ["Candy Rack", "All Products Bundle"]
    await client.ask("POST", f"{CART}?productId={GRAPHITE}")
    assert await kinds(beside) == ["Cross-Sell", "Candy Rack", "All Products Bundle"]
    assert code(await client.ask("GET", f"{ME}/point-of-promotions/Nowhere/offers", 404)) == "resource-not-found"


async def test_list_of_applied_offers_is_empty_with_public_key(client: Client) -> None:
    key = client.world.keys.public_key
    answer = await client.http.get(f"{CART}/applied-offers?apiKey={key}")
    assert answer.status_code == 200
    assert answer.json()["offers"]["offer"] == []
    assert (await client.http.get(f"{CART}/applied-offers?apiKey=guess")).status_code == 401


async def test_line_added_through_an_offer_has_the_offer_price(client: Client) -> None:
    await client.ask("POST", f"{CART}/line-items?productId={SOFTWARE}&offerId={CROSS_SELL}")
    await client.ask("POST", f"{CART}/line-items?productId={SOFTWARE}")
    through, plain = (await client.cart())["lineItems"]["lineItem"]
    assert through["pricing"]["salePriceWithQuantity"]["value"] == 35.99
    assert plain["pricing"]["salePriceWithQuantity"]["value"] == 39.99
    assert through["groups"][0]["group"][0]["offer"]["type"] == "Cross-Sell"
    assert "groups" not in plain
    applied = (await client.ask("GET", f"{CART}/applied-offers"))["offers"]["offer"]
    assert [offer["id"] for offer in applied] == [CROSS_SELL]
    assert code(await client.ask("DELETE", f"{CART}/applied-offers/{CROSS_SELL}", 409)) == "invalid-offer-id"
    await client.ask("DELETE", f"{CART}/eligible-offers", 204)
    assert (await client.cart())["pricing"]["subtotal"]["value"] == 79.98


async def test_free_units_of_an_offer_do_not_increase_the_subtotal(client: Client) -> None:
    await client.ask("POST", f"{CART}/line-items?productId={POLES}&quantity=3&offerId={THIRD_FREE}")
    assert (await client.cart())["pricing"]["subtotal"]["value"] == 118
    await client.ask("POST", f"{CART}/line-items?productId={BOTTLE}&offerId={FREE_BOTTLE}")
    assert (await client.cart())["pricing"]["subtotal"]["value"] == 118


async def test_child_line_is_removed_with_the_parent_line(client: Client) -> None:
    await client.ask("POST", f"{CART}?productId={TENT}")
    (parent,) = (await client.cart())["lineItems"]["lineItem"]
    through = f"{CART}/line-items?productId={LAMP}&offerId={BUNDLE}&parentLineItemId={parent['id']}"
    await client.ask("POST", through)
    _, child = (await client.cart())["lineItems"]["lineItem"]
    assert child["parentLineItemId"] == parent["id"]
    assert child["pricing"]["salePriceWithQuantity"]["value"] == 17.25

    await client.http.post("/_sandbox/stock", json={"productId": int(LAMP), "quantity": 0})
    refused = await client.ask("POST", through, 409)
    assert refused["errors"]["error"][0]["subcode"] == "inventory-unavailable-to-add-tight-bundle-child-line-item"
    await client.ask("DELETE", f"{CART}/line-items/{parent['id']}", 204)
    assert (await client.cart())["totalItemsInCart"] == 0


@pytest.mark.parametrize(
    ("query", "status", "expected"),
    [
        (f"productId={SOFTWARE}&offerId=1", 404, "invalid-offer-id"),
        (f"productId={PACK}&offerId={CROSS_SELL}", 409, "line-item-creation-failure"),
        (f"productId={SOFTWARE}&offerId={CROSS_SELL}&parentLineItemId=1", 404, "resource-not-found"),
        (f"productId={SOFTWARE}&parentLineItemId=1", 404, "resource-not-found"),
    ],
)
async def test_offer_that_does_not_apply_to_a_line_is_rejected(
    client: Client, query: str, status: int, expected: str
) -> None:
    assert code(await client.ask("POST", f"{CART}/line-items?{query}", status)) == expected


async def test_offer_for_the_whole_order_is_applied_by_id(client: Client) -> None:
    await client.ask("POST", f"{CART}?productId={POLES}")

    async def apply(expected: int = 200, **offer: int | str) -> dict[str, object]:
        body = {"cart": {"appliedOrderOffers": {"offer": offer}}}
        answer: dict[str, object] = await client.ask("POST", f"{CART}?expand=all", expected, json=body)
        return answer

    await apply(offerId=ORDER_OFFER)
    assert (await client.cart())["pricing"]["discount"]["value"] == 8.85
    await client.ask("POST", f"{CART}?promoCode=SPRING20")
    assert (await client.cart())["pricing"]["discount"]["value"] == 20, "the larger discount applies"
    await client.ask("POST", f"{ME}?locale=de_DE", 204)
    assert "Frühlingsangebot" in str(await client.ask("GET", f"{CART}/applied-offers"))
    await client.ask("POST", f"{ME}?locale=en_US", 204)
    await client.ask("DELETE", f"{CART}/applied-offers/{ORDER_OFFER}", 204)
    refused: list[tuple[dict[str, int | str], int, str]] = [
        ({"offerId": 1}, 404, "invalid-offer-id"),
        ({"offerId": ORDER_OFFER, "externalReferenceId": "m"}, 404, "duplicate_offer_identifier"),
        ({"customDescription": "mine"}, 404, "no-offer-identifier"),
        ({"offerId": CROSS_SELL}, 409, "precondition-failure"),
        ({"offerId": 68201120019}, 409, "precondition-failure"),
    ]
    for offer, status, expected in refused:
        assert code(await apply(status, **offer)) == expected
