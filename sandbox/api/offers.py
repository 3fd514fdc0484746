"""Product offers: all offers, the offers of a product page, and the offers at a point of promotion."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

from sandbox.api.products import listed_product_wire, product_of, stock_wire
from sandbox.api.requests import (
    answer,
    base_of,
    expand_of,
    find,
    locale_and_currency_of,
    paged,
    reader_of,
    shopper_of,
    world_of,
)
from sandbox.demo_shop import product_offers
from sandbox.demo_shop.german_texts import is_german
from sandbox.demo_shop.image_paths import offer_image
from sandbox.demo_shop.product_offers import POINTS_OF_PROMOTION, PRODUCT_OFFERS, ProductOffer
from sandbox.demo_shop.products import PRODUCTS, Product
from sandbox.wire.money import TAX_INCLUSIVE
from sandbox.wire.refusal import Refusal
from sandbox.wire.values import Json

RELATION = "OffersResource"


async def show_all(request: Request) -> Response:
    """`GET offers`."""
    reader_of(request)
    return _answer_page(request, list(PRODUCT_OFFERS.values()))


async def show(request: Request) -> Response:
    """`GET offers/{id}`."""
    offer = _offer(request)
    return answer(request, {"offer": _offer_wire(request)(offer)})


async def show_product_offers(request: Request) -> Response:
    """`GET offers/{id}/product-offers`."""
    offer = _offer(request)
    wire = _product_offers_wire(request, offer, _product_wire(request, "productOffers"))
    return answer(request, {"productOffers": wire})


async def show_product_offer(request: Request) -> Response:
    """`GET offers/{id}/product-offers/{product}`."""
    offer, product_id = _offer(request), request.path_params["product"]
    wires = _product_offers_wire(request, offer, _product_wire(request, "productOffer"))["productOffer"]
    wire = next((wire for wire in wires if str(wire["id"]) == product_id), None)
    if wire is None:
        raise _missing(f"The offer has no product {product_id}.")
    return answer(request, {"productOffer": wire})


async def offers_of_product(request: Request) -> Response:
    """`GET products/{id}/offers`: offers for this product's page. An offer for every product's page is not included."""
    product = product_of(request)
    return _answer_page(request, [offer for offer in PRODUCT_OFFERS.values() if product.id in offer.shown_with])


async def offers_at_point_of_promotion(request: Request) -> Response:
    """`GET point-of-promotions/{name}/offers`: offers at a point of promotion that do not depend on a product."""
    reader_of(request)
    return _answer_point_of_promotion(request, set())


async def offers_on_product_page(request: Request) -> Response:
    """`GET products/{id}/point-of-promotions/{name}/offers`."""
    return _answer_point_of_promotion(request, {product_of(request).id})


async def offers_beside_cart(request: Request) -> Response:
    """`GET carts/active/point-of-promotions/{name}/offers`."""
    cart = world_of(request).cart_of(shopper_of(request))
    return _answer_point_of_promotion(request, {line.product.id for line in cart.lines})


def _answer_point_of_promotion(request: Request, product_ids: set[int]) -> Response:
    name = request.path_params["name"]
    if name not in POINTS_OF_PROMOTION:
        raise _missing(f"The point of promotion {name} could not be found.")
    return _answer_page(request, [offer for offer in PRODUCT_OFFERS.values() if offer.is_shown(name, product_ids)])


def _answer_page(request: Request, offers: list[ProductOffer]) -> Response:
    return paged(request, "offers", "offer", offers, _offer_wire(request))


def _offer(request: Request) -> ProductOffer:
    reader_of(request)
    return find(PRODUCT_OFFERS.values(), request.path_params["id"], "offer", RELATION)


def _missing(description: str) -> Refusal:
    return Refusal(404, "resource-not-found", description, relation=RELATION)


def _offer_wire(request: Request) -> Callable[[ProductOffer], Json]:
    locale, _ = locale_and_currency_of(request, reader_of(request))
    base, product_wire = base_of(request), _product_wire(request, "offers")

    def wire(offer: ProductOffer) -> Json:
        pitches = offer.german_pitches if is_german(locale) else offer.pitches
        return product_offers.brief(offer, base, locale) | {
            "image": f"{base}{offer_image(offer.id)}" if offer.has_image else None,
            "salesPitch": list(pitches),
            "customAttributes": {},
            "productOffers": _product_offers_wire(request, offer, product_wire),
            "categoryOffers": {},
            "offerBundleGroups": {},
        }

    return wire


def _product_offers_wire(request: Request, offer: ProductOffer, product_wire: Callable[[Product], Json]) -> Json:
    locale, currency = locale_and_currency_of(request, reader_of(request))
    base = base_of(request)
    wire: Json = {"uri": f"{base}/v1/shoppers/me/offers/{offer.id}/product-offers"}
    listed = [
        product_offers.product_offer(
            offer,
            product_id,
            product_wire(PRODUCTS[product_id]),
            base,
            locale,
            currency,
            tax_included=currency in TAX_INCLUSIVE,
        )
        for product_id, _ in offer.products
    ]
    return wire | ({"productOffer": listed} if listed else {})


def _product_wire(request: Request, wrapper: str) -> Callable[[Product], Json]:
    """Function that converts a product of an offer to JSON. Without `expand=all`, the JSON has only some fields and the
    stock.
    """
    listed_wire = listed_product_wire(request, wrapper)
    if expand_of(request, wrapper).all:
        return listed_wire

    def wire(product: Product) -> Json:
        full, stock = listed_wire(product), stock_wire(request, product)
        short = {name: full[name] for name in ("uri", "displayName", "thumbnailImage")}
        inventory = {name: stock[name] for name in ("uri", "availableQuantity", "productIsInStock")}
        return short | {"inventoryStatus": inventory}

    return wire
