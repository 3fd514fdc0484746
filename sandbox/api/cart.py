"""`/v1/shoppers/me/carts/active`: the active cart, and its coupons and order offers."""

from functools import partial

from starlette.requests import Request
from starlette.responses import Response

from sandbox.api.active_cart import answer_cart, answer_changed_cart, cart_of
from sandbox.api.cart_lines import apply_plan, plan_lines, requested_lines
from sandbox.api.requests import answer, base_of, body_of, check_ip_address, no_content, reader_of, world_of
from sandbox.demo_shop.order_offers import COUPONS, ORDER_OFFERS_BY_ID, PACK_OFFER_ID, REFUSALS, OrderOffer
from sandbox.demo_shop.product_offers import PRODUCT_OFFERS
from sandbox.model.cart import Cart
from sandbox.model.cart_wire import cart_uri, offer_wires
from sandbox.model.postal_address import SIDES, read_cart_address
from sandbox.wire.body import Body
from sandbox.wire.refusal import Refusal
from sandbox.wire.values import is_true

LONGEST_ORGANIZATION = 50
CHARGE_TYPES = ("customer_initiated", "merchant_initiated", "moto")

RELATION = "CartsResource"

_refused = partial(Refusal, relation=RELATION)


async def show(request: Request) -> Response:
    """`GET carts/active`: shows the active cart. A shopper without a cart gets a new, empty cart."""
    return answer_cart(request, cart_of(request))


async def change(request: Request) -> Response:
    """`POST carts/active`: checks the whole body, and then changes those fields of the cart that are in the body."""
    cart = cart_of(request)
    sent = (await body_of(request, RELATION)).object("cart")
    sent_addresses = {side: sent.object(f"{side}Address") for side in SIDES}
    addresses = {side: read_cart_address(address, side) for side, address in sent_addresses.items() if address}
    code = _coupon_code(cart, request.query_params.get("promoCode"))
    charge_type = sent.string("chargeType") or cart.charge_type
    if charge_type not in CHARGE_TYPES:
        raise _refused(400, "invalid-request", "The charge type is not one of the three.")
    check_ip_address(sent.string("ipAddress"), RELATION)
    terms_accepted = is_true(sent.string("termsOfSalesAcceptance"))
    organization_id = sent.string("organizationId")
    if organization_id is not None and len(organization_id) > LONGEST_ORGANIZATION:
        raise _refused(409, "field-too-long", "The field organizationId is too long.")
    attributes = _attributes(sent.object("customAttributes"))
    plan = plan_lines(request, cart, requested_lines(request, cart, sent, RELATION), "add")
    offer_id = _order_offer_id(cart, sent.object("appliedOrderOffers"))

    apply_plan(request, cart, plan)
    for side, address in addresses.items():
        cart.set_address(side, address)
    if code is not None and code not in cart.codes:
        cart.codes.append(code)
    if offer_id is not None and offer_id not in cart.offer_ids:
        cart.offer_ids.append(offer_id)
    cart.charge_type = charge_type
    if "termsOfSalesAcceptance" in sent:
        cart.terms_accepted = terms_accepted
    if "organizationId" in sent:
        cart.organization_id = organization_id
    cart.attributes |= attributes
    return answer_changed_cart(request, cart)


def _attributes(sent: Body) -> dict[str, str]:
    pairs = {attribute.string("name"): attribute.string("value") for attribute in sent.objects("attribute")}
    complete = {name: value for name, value in pairs.items() if name is not None and value is not None}
    if len(complete) != len(pairs):
        raise _refused(400, "invalid-request", "A custom attribute needs a name and a value.")
    return complete


def _coupon_code(cart: Cart, code: str | None) -> str | None:
    """Coupon code, capitalized as in the demo shop. None without a code. Raises a 409 for an unusable coupon."""
    if not code:
        return None
    coupon = COUPONS.get(code.upper())
    if coupon is None:
        raise _refused(409, "invalid-coupon", f"The coupon code {code} is invalid.")
    _check_offer(cart, coupon)
    return coupon.code


def _order_offer_id(cart: Cart, sent: Body) -> int | None:
    """Id of the order offer in the body; None without an offer. Raises a 404 or 409 for an unusable offer."""
    if not sent:
        return None
    offer = sent.object("offer")
    sent_id, reference = offer.string("offerId"), offer.string("externalReferenceId")
    if sent_id is not None and reference is not None:
        raise _refused(404, "duplicate_offer_identifier", "Either offerId or externalReferenceId is to be given.")
    if sent_id is None and reference is None:
        raise _refused(404, "no-offer-identifier", "An offer identifier is missing.")
    offer_id = int(sent_id) if sent_id is not None and sent_id.isdecimal() else 0
    order_offer = ORDER_OFFERS_BY_ID.get(offer_id)
    if order_offer is None and offer_id not in (*PRODUCT_OFFERS, PACK_OFFER_ID):
        raise _refused(404, "invalid-offer-id", f"The offer {sent_id or reference} is invalid.")
    if order_offer is None or order_offer.code is not None:
        raise _refused(409, "precondition-failure", "The applied offer has the wrong level, type or trigger.")
    _check_offer(cart, order_offer)
    return order_offer.offer_id


def _check_offer(cart: Cart, offer: OrderOffer) -> None:
    reason = offer.refusal([line.product.id for line in cart.lines])
    if reason is not None:
        raise _refused(409, reason, REFUSALS[reason])


# Offers that apply to the cart.


async def applied_offers(request: Request) -> Response:
    """`GET applied-offers`: the offers that apply to the cart. With the public key there is no cart, and the list is
    empty.
    """
    shopper = reader_of(request)
    offers = offer_wires(shopper.cart, base_of(request)) if shopper.cart is not None else []
    return answer(request, {"offers": {"uri": f"{cart_uri(base_of(request))}/applied-offers", "offer": offers}})


async def remove_offer(request: Request) -> Response:
    """`DELETE applied-offers/{id}`: removes a coupon or an order offer. Automatic offers cannot be removed."""
    cart = cart_of(request)
    offer_id = request.path_params["id"]
    refused = partial(Refusal, relation="AppliedOffersResource")
    if offer_id == str(PACK_OFFER_ID) or any(line.offer and str(line.offer.id) == offer_id for line in cart.lines):
        raise refused(409, "invalid-offer-id", "The offer is always in effect.")
    codes = [code for code in cart.codes if str(COUPONS[code].offer_id) != offer_id]
    offer_ids = [applied for applied in cart.offer_ids if str(applied) != offer_id]
    if codes == cart.codes and offer_ids == cart.offer_ids:
        raise refused(404, "offer-not-found", f"The offer {offer_id} is not applied to the cart.")
    cart.codes, cart.offer_ids = codes, offer_ids
    world_of(request).refresh(cart)
    return no_content()


async def remove_offers(request: Request) -> Response:
    """`DELETE eligible-offers`: removes every coupon, every order offer, and the offers of the lines."""
    cart = cart_of(request)
    cart.codes.clear()
    cart.offer_ids.clear()
    for line in cart.lines:
        line.offer = None
    world_of(request).refresh(cart)
    return no_content()
