"""`/v1/shoppers/me/carts/active`: one cart for each access token, changed until it is submitted."""

from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.responses import Response

from sandbox.api.active_cart import cart_of, refusal, settled, shown
from sandbox.api.requests import (
    Body,
    answer,
    base_of,
    body_of,
    check_ip,
    expand_of,
    nothing,
    reader_of,
    whole_number,
    world_of,
)
from sandbox.demo_shop.coupons import BY_ID, COUPONS, PACK_OFFER_ID, REFUSALS, OrderOffer
from sandbox.demo_shop.products import PRODUCTS, Product
from sandbox.demo_shop.promotions import OFFERS, Offer
from sandbox.model.cart import Cart, Line
from sandbox.model.postal_address import SIDES, for_cart
from sandbox.wire.money import Json
from sandbox.wire.recurring_terms import terms_of
from sandbox.wire.refusal import Refusal

LONGEST_ORGANIZATION = 50
CHARGE_TYPES = ("customer_initiated", "merchant_initiated", "moto")


@dataclass(frozen=True)
class Wanted:
    product: Product
    quantity: int
    attributes: Json | None
    terms: Json | None
    offer: Offer | None = None
    parent_id: int | None = None

    def fits(self, line: Line) -> bool:
        had = (line.product, line.attributes, line.terms, line.offer, line.parent_id)
        return had == (self.product, self.attributes, self.terms, self.offer, self.parent_id)

    def line(self, number: int) -> Line:
        return Line(number, self.product, 0, self.attributes, self.terms, self.offer, self.parent_id)


Plan = list[tuple[Line, int]]
"""Lines, each with the quantity it will have; of a line that comes twice the last counts."""


async def show(request: Request) -> Response:
    """`GET carts/active`; a cart that does not exist yet is an empty one."""
    return shown(request, cart_of(request))


async def change(request: Request) -> Response:
    """`POST carts/active`: whatever is sent is merged into the cart, all of it or nothing."""
    cart = cart_of(request)
    given = (await body_of(request, "CartsResource")).object("cart")
    sent = {side: given.object(f"{side}Address") for side in SIDES}
    addresses = {side: for_cart(address, side) for side, address in sent.items() if address}
    code = _coupon(cart, request.query_params.get("promoCode"))
    charge_type = given.text("chargeType") or cart.charge_type
    if charge_type not in CHARGE_TYPES:
        raise refusal("CartsResource", 400, "invalid-request", "The charge type is not one of the three.")
    check_ip(given.text("ipAddress"), "CartsResource")
    terms = given.text("termsOfSalesAcceptance")
    organization_id = given.text("organizationId")
    if organization_id is not None and len(organization_id) > LONGEST_ORGANIZATION:
        raise refusal("CartsResource", 409, "field-too-long", "The field organizationId is too long.")
    attributes = _attributes(given.object("customAttributes"))
    plan = _plan(request, cart, _wanted(request, cart, given, "CartsResource"), "add")
    applied = _applied(cart, given.object("appliedOrderOffers"))

    _apply(request, cart, plan)
    for side, address in addresses.items():
        cart.set_address(side, address)
    if code is not None and code not in cart.codes:
        cart.codes.append(code)
    if applied is not None and applied not in cart.offer_ids:
        cart.offer_ids.append(applied)
    cart.charge_type = charge_type
    if "termsOfSalesAcceptance" in given:
        cart.terms_accepted = (terms or "").lower() == "true"
    if "organizationId" in given:
        cart.organization_id = organization_id
    cart.attributes |= attributes
    return settled(request, cart)


def _attributes(given: Body) -> dict[str, str]:
    found = {one.text("name"): one.text("value") for one in given.objects("attribute")}
    named = {name: value for name, value in found.items() if name is not None and value is not None}
    if len(named) != len(found):
        raise refusal("CartsResource", 400, "invalid-request", "A custom attribute needs a name and a value.")
    return named


# Line items.


async def lines(request: Request) -> Response:
    """`GET line-items`."""
    return answer(request, _lines_wire(request, cart_of(request).lines))


async def line(request: Request) -> Response:
    """`GET line-items/{id}`."""
    cart = cart_of(request)
    return answer(request, _line_wire(request, cart, _line(cart, request.path_params["id"])))


async def add_lines(request: Request) -> Response:
    """`POST line-items`: products are added; with `action` the quantity they have is set, or lowered."""
    cart = cart_of(request)
    given = await body_of(request, "LineItemsResource")
    named = given if given.get("lineItems") else given.object("cart")
    wanted = _wanted(request, cart, named, "LineItemsResource")
    if not wanted:
        raise refusal("LineItemsResource", 400, "invalid-request", "A product identifier is missing.")
    plan = _plan(request, cart, wanted, request.query_params.get("action", "add"))
    _apply(request, cart, plan)
    world_of(request).settle(cart)
    return answer(request, _lines_wire(request, [line for line, _ in plan]))


async def remove_lines(request: Request) -> Response:
    """`DELETE line-items`: those named, or all of them."""
    cart = cart_of(request)
    query = request.query_params
    named = [text for text in (query.get("lineItemsId") or query.get("lineItemId") or "").split(",") if text]
    gone = [_line(cart, text) for text in named] if named else list(cart.lines)
    cart.lines = [line for line in cart.lines if line not in gone]
    world_of(request).settle(cart)
    return nothing()


async def change_line(request: Request) -> Response:
    """`POST line-items/{id}`: the quantity, set, raised or lowered. Nothing left: the line is gone."""
    cart = cart_of(request)
    line = _line(cart, request.path_params["id"])
    query = request.query_params
    given = (await body_of(request, "LineItemsResource")).object("lineItem")
    text = query.get("quantity") or given.text("quantity") or str(line.quantity)
    asked = whole_number(text, "quantity", "LineItemsResource")
    quantity = _acted(query.get("action", "update"), line.quantity, asked)
    terms = terms_of(given.get("subscriptionInfo"), "LineItemsResource")
    _apply(request, cart, [(line, quantity)])
    line.terms = terms or line.terms
    world_of(request).settle(cart)
    if quantity == 0:
        return answer(request, {"lineItem": {"id": line.id, "quantity": 0}})
    return answer(request, _line_wire(request, cart, line))


async def remove_line(request: Request) -> Response:
    """`DELETE line-items/{id}`."""
    cart = cart_of(request)
    cart.lines.remove(_line(cart, request.path_params["id"]))
    world_of(request).settle(cart)
    return nothing()


def _wanted(request: Request, cart: Cart, given: Body, relation: str) -> list[Wanted]:
    """Each line that the query or the `lineItems` of the body ask for, all through the offer of the query."""
    wanted = _named(request, given, relation)
    query = request.query_params
    offer = _offer(query.get("offerId"), relation)
    parent = _line(cart, query["parentLineItemId"]) if query.get("parentLineItemId") else None
    if offer is None:
        if parent is not None:
            raise refusal(relation, 400, "invalid-request", "A line is added to another one through an offer.")
        return wanted
    for one in wanted:
        if one.product.id not in dict(offer.products):
            text = f"The product {one.product.id} is not part of the offer {offer.id}."
            raise refusal(relation, 409, "line-item-creation-failure", text)
    return [replace(one, offer=offer, parent_id=parent.id if parent else None) for one in wanted]


def _offer(text: str | None, relation: str) -> Offer | None:
    if not text:
        return None
    found = OFFERS.get(int(text)) if text.isdecimal() else None
    if found is None:
        raise refusal(relation, 404, "invalid-offer-id", f"The offer {text} is invalid.")
    return found


def _named(request: Request, given: Body, relation: str) -> list[Wanted]:
    query = request.query_params
    each = query.get("quantity", "1")
    named = ",".join(query.get(name, "") for name in ("productId", "externalReferenceId"))
    found = [_find(text, relation) for text in named.split(",") if text]
    wanted = [Wanted(product, _quantity(each, relation), None, product.terms) for product in found]
    for one in given.object("lineItems").objects("lineItem"):
        if one.object("pricing"):
            text = "Prices can be overridden only in an encrypted body."
            raise refusal(relation, 400, "invalid-request", text)
        named_product = one.object("product")
        product = _find(named_product.text("id") or named_product.text("externalReferenceId"), relation)
        quantity = _quantity(one.text("quantity") or "1", relation)
        terms = terms_of(one.get("subscriptionInfo"), relation) or product.terms
        wanted.append(Wanted(product, quantity, one.object("customAttributes") or None, terms))
    return wanted


def _quantity(text: str, relation: str) -> int:
    quantity = whole_number(text, "quantity", relation)
    if quantity < 1:
        raise refusal(relation, 400, "invalid-request", "The quantity must be at least 1.")
    return quantity


def _find(identifier: str | None, relation: str) -> Product:
    if identifier is None:
        raise refusal(relation, 409, "invalid-request", "A product identifier is missing.")
    found = next((one for one in PRODUCTS.values() if identifier in (str(one.id), one.slug)), None)
    if found is None:
        raise refusal(relation, 409, "invalid-product-id", f"The product {identifier} is invalid.")
    if found.is_base:
        text = f"The product {identifier} has variations; one of them must be chosen."
        raise refusal(relation, 409, "add-base-product-cart-error", text)
    if not found.is_purchasable:
        text = f"The product {identifier} is not available for purchase."
        raise refusal(relation, 409, "line-item-creation-failure", text)
    return found


def _plan(request: Request, cart: Cart, wanted: list[Wanted], action: str) -> Plan:
    """What each line will have, those included that there are not yet. Nothing of the cart has changed."""
    plan: Plan = []
    for one in wanted:
        lines = [*cart.lines, *(line for line, _ in plan)]
        line = next((line for line in lines if one.fits(line)), None)
        if line is None:
            line = one.line(world_of(request).next_line_id())
        there = next((quantity for planned, quantity in reversed(plan) if planned is line), line.quantity)
        plan.append((line, _acted(action, there, one.quantity)))
    return plan


def _acted(action: str, there: int, asked: int) -> int:
    """The quantity after the action."""
    match action:
        case "update":
            return asked
        case "add":
            return there + asked
        case "subtract" if asked <= there:
            return there - asked
        case "subtract":
            raise refusal("LineItemsResource", 409, "operation-failed", "There are not so many of this product.")
        case _:
            raise refusal("LineItemsResource", 400, "invalid-request", f"The action {action} is unknown.")


def _apply(request: Request, cart: Cart, plan: Plan) -> None:
    """All of it, or nothing: what stands against a quantity is found before the first line changes."""
    planned = {line.id: (line, quantity) for line, quantity in plan}
    after = {line.id: (line, line.quantity) for line in cart.lines} | planned
    for product in {line.product for line, quantity in planned.values() if quantity}:
        quantity = sum(quantity for line, quantity in after.values() if line.product is product)
        is_child = any(line.product is product and line.parent_id is not None for line, _ in planned.values())
        _check_quantity(request, product, quantity, is_child=is_child)
    for line, quantity in planned.values():
        line.quantity = quantity
    cart.lines = [line for line, quantity in after.values() if quantity]
    cart.is_test = cart.is_test or request.query_params.get("testOrder") == "true"


def _check_quantity(request: Request, product: Product, quantity: int, *, is_child: bool) -> None:
    if world_of(request).lacks(product.id, quantity):
        text = f"Product {product.id} is not available in the requested quantity."
        subcode = "inventory-unavailable-to-add-tight-bundle-child-line-item" if is_child else None
        relation = "LineItemsResource"
        raise Refusal(409, "inventory-unavailable-error", text, relation=relation, subcode=subcode)
    if product.maximum is not None and quantity > product.maximum:
        text = f"The quantity of product {product.id} is above the allowed quantity of {product.maximum}."
        raise refusal("LineItemsResource", 409, "operation-failed", text)


def _lines_wire(request: Request, lines: list[Line]) -> Json:
    shown = cart_of(request).line_wires(base_of(request), expand_of(request, "lineItems"))
    wires = [wire for wire in shown if wire["id"] in {line.id for line in lines}]
    uri = f"{base_of(request)}/v1/shoppers/me/carts/active/line-items"
    return {"lineItems": {"uri": uri, "lineItem": wires}}


def _line_wire(request: Request, cart: Cart, line: Line) -> Json:
    shown = cart.line_wires(base_of(request), expand_of(request, "lineItem"))
    return {"lineItem": next(wire for wire in shown if wire["id"] == line.id)}


def _line(cart: Cart, text: str) -> Line:
    found = next((line for line in cart.lines if str(line.id) == text), None)
    if found is None:
        raise refusal("LineItemsResource", 404, "resource-not-found", f"The line item {text} could not be found.")
    return found


def _coupon(cart: Cart, code: str | None) -> str | None:
    if not code:
        return None
    coupon = COUPONS.get(code.upper())
    if coupon is None:
        raise refusal("CartsResource", 409, "invalid-coupon", f"The coupon code {code} is invalid.")
    _check_offer(cart, coupon)
    return coupon.code


def _applied(cart: Cart, given: Body) -> int | None:
    """The order offer that is named by its id."""
    if not given:
        return None
    named = given.object("offer")
    text, reference = named.text("offerId"), named.text("externalReferenceId")
    if text is not None and reference is not None:
        text = "Either offerId or externalReferenceId is to be given."
        raise refusal("CartsResource", 404, "duplicate_offer_identifier", text)
    if text is None and reference is None:
        raise refusal("CartsResource", 404, "no-offer-identifier", "An offer identifier is missing.")
    number = int(text) if text is not None and text.isdecimal() else 0
    found = BY_ID.get(number)
    if found is None and number not in (*OFFERS, PACK_OFFER_ID):
        raise refusal("CartsResource", 404, "invalid-offer-id", f"The offer {text or reference} is invalid.")
    if found is None or found.code is not None:
        text = "The applied offer has the wrong level, type or trigger."
        raise refusal("CartsResource", 409, "precondition-failure", text)
    _check_offer(cart, found)
    return found.offer_id


def _check_offer(cart: Cart, offer: OrderOffer) -> None:
    reason = offer.refusal([line.product.id for line in cart.lines])
    if reason is not None:
        raise refusal("CartsResource", 409, reason, REFUSALS[reason])


# Offers.


async def applied_offers(request: Request) -> Response:
    """`GET applied-offers`: the offers in effect; for anybody with the public key there are none."""
    shopper = reader_of(request)
    offers = shopper.cart.offer_wires(base_of(request)) if shopper.cart is not None else []
    uri = f"{base_of(request)}/v1/shoppers/me/carts/active/applied-offers"
    return answer(request, {"offers": {"uri": uri, "offer": offers}})


async def remove_offer(request: Request) -> Response:
    """`DELETE applied-offers/{id}`: what a coupon brought or an id named; what is always in effect stays."""
    cart = cart_of(request)
    text = request.path_params["id"]
    if text == str(PACK_OFFER_ID) or any(line.offer and str(line.offer.id) == text for line in cart.lines):
        raise refusal("AppliedOffersResource", 409, "invalid-offer-id", "The offer is always in effect.")
    codes = [code for code in cart.codes if str(COUPONS[code].offer_id) == text]
    named = [offer_id for offer_id in cart.offer_ids if str(offer_id) == text]
    if not codes and not named:
        raise refusal("AppliedOffersResource", 404, "offer-not-found", f"The offer {text} is not applied to the cart.")
    cart.codes = [code for code in cart.codes if code not in codes]
    cart.offer_ids = [offer_id for offer_id in cart.offer_ids if offer_id not in named]
    world_of(request).settle(cart)
    return nothing()


async def remove_offers(request: Request) -> Response:
    """`DELETE eligible-offers`: every coupon and every named offer at once, and what lines were added for."""
    cart = cart_of(request)
    cart.codes.clear()
    cart.offer_ids.clear()
    for line in cart.lines:
        line.offer = None
    world_of(request).settle(cart)
    return nothing()
