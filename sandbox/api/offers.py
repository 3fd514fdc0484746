"""Offers and points of promotion: what the demo shop promotes, on its own, on a product, and beside a cart."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

from sandbox.api.products import product_of, short_list, stock_wire
from sandbox.api.requests import answer, base_of, expand_of, locale_of, paged, reader_of, shopper_of, world_of
from sandbox.demo_shop import promotions
from sandbox.demo_shop.german_texts import is_german
from sandbox.demo_shop.products import PRODUCTS, Product
from sandbox.demo_shop.promotions import OFFERS, PLACES, Offer
from sandbox.wire.money import TAX_INCLUSIVE, Json
from sandbox.wire.refusal import Refusal


async def offers(request: Request) -> Response:
    """`GET offers`: all that are running."""
    reader_of(request)
    return _listed(request, list(OFFERS.values()))


async def offer(request: Request) -> Response:
    """`GET offers/{id}`."""
    found = _offer(request)
    return answer(request, {"offer": _wire(request)(found)})


async def product_offers(request: Request) -> Response:
    """`GET offers/{id}/product-offers`."""
    found = _offer(request)
    return answer(request, {"productOffers": _product_offers(request, found, _product_wire(request, "productOffers"))})


async def product_offer(request: Request) -> Response:
    """`GET offers/{id}/product-offers/{product}`."""
    found, text = _offer(request), request.path_params["product"]
    listed = _product_offers(request, found, _product_wire(request, "productOffer"))["productOffer"]
    one = next((one for one in listed if str(one["id"]) == text), None)
    if one is None:
        raise _missing(f"The offer has no product {text}.")
    return answer(request, {"productOffer": one})


async def offers_of_product(request: Request) -> Response:
    """`GET products/{id}/offers`: those that say with which products they are shown."""
    product = product_of(request)
    return _listed(request, [one for one in OFFERS.values() if product.id in one.shown_with])


async def offers_of_place(request: Request) -> Response:
    """`GET point-of-promotions/{place}/offers`: those that need neither product nor cart."""
    reader_of(request)
    return _shown(request, set())


async def offers_of_place_on_product(request: Request) -> Response:
    """`GET products/{id}/point-of-promotions/{place}/offers`."""
    return _shown(request, {product_of(request).id})


async def offers_of_place_beside_cart(request: Request) -> Response:
    """`GET carts/active/point-of-promotions/{place}/offers`."""
    cart = world_of(request).cart_of(shopper_of(request))
    return _shown(request, {line.product.id for line in cart.lines})


def _shown(request: Request, product_ids: set[int]) -> Response:
    place = request.path_params["place"]
    if place not in PLACES:
        raise _missing(f"The point of promotion {place} could not be found.")
    return _listed(request, [one for one in OFFERS.values() if one.is_shown(place, product_ids)])


def _offer(request: Request) -> Offer:
    reader_of(request)
    text = request.path_params["id"]
    found = OFFERS.get(int(text)) if text.isdecimal() else None
    if found is None:
        raise _missing(f"The offer {text} could not be found.")
    return found


def _missing(text: str) -> Refusal:
    return Refusal(404, "resource-not-found", text, relation="OffersResource")


def _listed(request: Request, found: list[Offer]) -> Response:
    return paged(request, "offers", "offer", found, _wire(request))


def _wire(request: Request) -> Callable[[Offer], Json]:
    locale, _ = locale_of(request, reader_of(request))
    base, shown = base_of(request), _product_wire(request, "offers")

    def wire(offer: Offer) -> Json:
        pitches = offer.german_pitches if is_german(locale) else offer.pitches
        image = f"{promotions.IMAGES}/{offer.id}.png" if offer.has_image else None
        return promotions.brief(offer, base, locale) | {
            "image": image,
            "salesPitch": list(pitches),
            "customAttributes": {},
            "productOffers": _product_offers(request, offer, shown),
            "categoryOffers": {},
            "offerBundleGroups": {},
        }

    return wire


def _product_offers(request: Request, offer: Offer, shown: Callable[[Product], Json]) -> Json:
    locale, currency = locale_of(request, reader_of(request))
    base = base_of(request)
    wire: Json = {"uri": f"{base}/v1/shoppers/me/offers/{offer.id}/product-offers"}
    listed = [
        promotions.product_offer(
            offer,
            product_id,
            shown(PRODUCTS[product_id]),
            base,
            locale,
            currency,
            tax_included=currency in TAX_INCLUSIVE,
        )
        for product_id, _ in offer.products
    ]
    return wire | ({"productOffer": listed} if listed else {})


def _product_wire(request: Request, wrapper: str) -> Callable[[Product], Json]:
    """A product as an offer shows it: in short with its stock, or whole."""
    if expand_of(request, wrapper).all:
        return short_list(request, wrapper)
    listed = short_list(request, wrapper)

    def wire(product: Product) -> Json:
        shown = {name: listed(product)[name] for name in ("uri", "displayName", "thumbnailImage")}
        stock = stock_wire(request, product)
        kept = ("uri", "availableQuantity", "productIsInStock")
        return shown | {"inventoryStatus": {name: stock[name] for name in kept}}

    return wire
