"""`/v1/shoppers/me/carts/active/line-items`: adds, changes and removes lines of the active cart."""

from dataclasses import dataclass, replace
from functools import partial

from starlette.requests import Request
from starlette.responses import Response

from sandbox.api.active_cart import cart_of
from sandbox.api.requests import answer, base_of, body_of, expand_of, find, no_content, whole_number, world_of
from sandbox.demo_shop.product_offers import PRODUCT_OFFERS, ProductOffer
from sandbox.demo_shop.products import PRODUCTS, Product
from sandbox.model.cart import Cart
from sandbox.model.cart_wire import cart_uri, line_wires
from sandbox.model.totals import Line
from sandbox.wire.body import Body
from sandbox.wire.recurring_terms import read_terms
from sandbox.wire.refusal import Refusal
from sandbox.wire.values import Json

RELATION = "LineItemsResource"

_refused = partial(Refusal, relation=RELATION)


@dataclass(frozen=True)
class RequestedLine:
    product: Product
    quantity: int
    attributes: Json | None
    terms: Json | None
    offer: ProductOffer | None = None
    parent_id: int | None = None

    def fits(self, line: Line) -> bool:
        """Whether the cart line has the product, attributes, terms, offer and parent line that were requested."""
        present = (line.product, line.attributes, line.terms, line.offer, line.parent_id)
        return present == (self.product, self.attributes, self.terms, self.offer, self.parent_id)

    def new_line(self, line_id: int) -> Line:
        return Line(line_id, self.product, 0, self.attributes, self.terms, self.offer, self.parent_id)


Plan = list[tuple[Line, int]]
"""Cart lines with their planned quantities. If a line occurs twice, its last quantity is used."""


async def show_all(request: Request) -> Response:
    """`GET line-items`."""
    return answer(request, _lines_wire(request, cart_of(request).lines))


async def show(request: Request) -> Response:
    """`GET line-items/{id}`."""
    cart = cart_of(request)
    return answer(request, _line_wire(request, cart, _line(cart, request.path_params["id"])))


async def add_lines(request: Request) -> Response:
    """`POST line-items`: adds lines. With `action=update` it sets quantities, with `action=subtract` it lowers them."""
    cart = cart_of(request)
    body = await body_of(request, RELATION)
    sent = body if body.get("lineItems") else body.object("cart")
    requested = requested_lines(request, cart, sent, RELATION)
    if not requested:
        raise _refused(400, "invalid-request", "A product identifier is missing.")
    plan = plan_lines(request, cart, requested, request.query_params.get("action", "add"))
    apply_plan(request, cart, plan)
    world_of(request).refresh(cart)
    return answer(request, _lines_wire(request, [line for line, _ in plan]))


async def remove_lines(request: Request) -> Response:
    """`DELETE line-items`: removes the lines whose ids are in the query; without ids, all lines."""
    cart = cart_of(request)
    query = request.query_params
    line_ids = [
        line_id for line_id in (query.get("lineItemsId") or query.get("lineItemId") or "").split(",") if line_id
    ]
    removed = [_line(cart, line_id) for line_id in line_ids] if line_ids else list(cart.lines)
    cart.lines = [line for line in cart.lines if line not in removed]
    world_of(request).refresh(cart)
    return no_content()


async def change_line(request: Request) -> Response:
    """`POST line-items/{id}`: sets, raises or lowers the quantity. A quantity of 0 removes the line."""
    cart = cart_of(request)
    line = _line(cart, request.path_params["id"])
    query = request.query_params
    sent = (await body_of(request, RELATION)).object("lineItem")
    value = query.get("quantity") or sent.string("quantity") or str(line.quantity)
    requested = whole_number(value, "quantity", RELATION)
    quantity = _quantity_after(query.get("action", "update"), line.quantity, requested)
    terms = read_terms(sent.get("subscriptionInfo"), RELATION)
    apply_plan(request, cart, [(line, quantity)])
    line.terms = terms or line.terms
    world_of(request).refresh(cart)
    if quantity == 0:
        return answer(request, {"lineItem": {"id": line.id, "quantity": 0}})
    return answer(request, _line_wire(request, cart, line))


async def remove_line(request: Request) -> Response:
    """`DELETE line-items/{id}`."""
    cart = cart_of(request)
    cart.lines.remove(_line(cart, request.path_params["id"]))
    world_of(request).refresh(cart)
    return no_content()


def _lines_wire(request: Request, lines: list[Line]) -> Json:
    wires = line_wires(cart_of(request), base_of(request), expand_of(request, "lineItems"))
    line_ids = {line.id for line in lines}
    shown = [wire for wire in wires if wire["id"] in line_ids]
    return {"lineItems": {"uri": f"{cart_uri(base_of(request))}/line-items", "lineItem": shown}}


def _line_wire(request: Request, cart: Cart, line: Line) -> Json:
    wires = line_wires(cart, base_of(request), expand_of(request, "lineItem"))
    return {"lineItem": next(wire for wire in wires if wire["id"] == line.id)}


def _line(cart: Cart, line_id: str) -> Line:
    return find(cart.lines, line_id, "line item", RELATION)


# Lines that a request adds or changes.


def requested_lines(request: Request, cart: Cart, sent: Body, relation: str) -> list[RequestedLine]:
    """Lines from the query and from `lineItems` of the body. An offer in the query applies to all these lines."""
    requested = _lines_of_query(request, relation) + _lines_of_body(sent, relation)
    query = request.query_params
    offer = _offer(query.get("offerId"), relation)
    parent = _line(cart, query["parentLineItemId"]) if query.get("parentLineItemId") else None
    if offer is None:
        if parent is not None:
            description = "A line is added to another one through an offer."
            raise Refusal(400, "invalid-request", description, relation=relation)
        return requested
    for line in requested:
        if line.product.id not in dict(offer.products):
            description = f"The product {line.product.id} is not part of the offer {offer.id}."
            raise Refusal(409, "line-item-creation-failure", description, relation=relation)
    return [replace(line, offer=offer, parent_id=parent.id if parent else None) for line in requested]


def _offer(offer_id: str | None, relation: str) -> ProductOffer | None:
    if not offer_id:
        return None
    offer = PRODUCT_OFFERS.get(int(offer_id)) if offer_id.isdecimal() else None
    if offer is None:
        raise Refusal(404, "invalid-offer-id", f"The offer {offer_id} is invalid.", relation=relation)
    return offer


def _lines_of_query(request: Request, relation: str) -> list[RequestedLine]:
    query = request.query_params
    identifiers = ",".join(query.get(name, "") for name in ("productId", "externalReferenceId"))
    products = [_product(identifier, relation) for identifier in identifiers.split(",") if identifier]
    quantity = query.get("quantity", "1")
    return [RequestedLine(product, _quantity(quantity, relation), None, product.terms) for product in products]


def _lines_of_body(sent: Body, relation: str) -> list[RequestedLine]:
    lines = []
    for line in sent.object("lineItems").objects("lineItem"):
        if line.object("pricing"):
            description = "Prices can be overridden only in an encrypted body."
            raise Refusal(400, "invalid-request", description, relation=relation)
        sent_product = line.object("product")
        product = _product(sent_product.string("id") or sent_product.string("externalReferenceId"), relation)
        quantity = _quantity(line.string("quantity") or "1", relation)
        terms = read_terms(line.get("subscriptionInfo"), relation) or product.terms
        lines.append(RequestedLine(product, quantity, line.object("customAttributes") or None, terms))
    return lines


def _quantity(value: str, relation: str) -> int:
    quantity = whole_number(value, "quantity", relation)
    if quantity < 1:
        raise Refusal(400, "invalid-request", "The quantity must be at least 1.", relation=relation)
    return quantity


def _product(identifier: str | None, relation: str) -> Product:
    """Product with this id or external reference. Raises a 409 if it is unknown or not for sale."""
    refused = partial(Refusal, 409, relation=relation)
    if identifier is None:
        raise refused("invalid-request", "A product identifier is missing.")
    product = next((product for product in PRODUCTS.values() if identifier in (str(product.id), product.slug)), None)
    if product is None:
        raise refused("invalid-product-id", f"The product {identifier} is invalid.")
    if product.is_base:
        description = f"The product {identifier} has variations; one of them must be chosen."
        raise refused("add-base-product-cart-error", description)
    if not product.is_purchasable:
        raise refused("line-item-creation-failure", f"The product {identifier} is not available for purchase.")
    return product


# Changes of line quantities.


def plan_lines(request: Request, cart: Cart, requested: list[RequestedLine], action: str) -> Plan:
    """Planned quantities of the requested lines, including new lines. The cart does not change yet."""
    plan: Plan = []
    for requested_line in requested:
        lines = [*cart.lines, *(line for line, _ in plan)]
        line = next((line for line in lines if requested_line.fits(line)), None)
        if line is None:
            line = requested_line.new_line(next(world_of(request).line_ids))
        present = next((quantity for planned, quantity in reversed(plan) if planned is line), line.quantity)
        plan.append((line, _quantity_after(action, present, requested_line.quantity)))
    return plan


def _quantity_after(action: str, present: int, requested: int) -> int:
    match action:
        case "update":
            return requested
        case "add":
            return present + requested
        case "subtract" if requested <= present:
            return present - requested
        case "subtract":
            raise _refused(409, "operation-failed", "There are not so many of this product.")
        case _:
            raise _refused(400, "invalid-request", f"The action {action} is unknown.")


def apply_plan(request: Request, cart: Cart, plan: Plan) -> None:
    """Set the planned quantities of the lines, after a check of all quantities."""
    planned = {line.id: (line, quantity) for line, quantity in plan}
    if world_of(request).switches.scarce_stock == "reduced":
        _reduce(request, cart, planned)
    after = {line.id: (line, line.quantity) for line in cart.lines} | planned
    for product in {line.product for line, quantity in planned.values() if quantity}:
        quantity = sum(quantity for line, quantity in after.values() if line.product is product)
        is_child = any(line.product is product and line.parent_id is not None for line, _ in planned.values())
        _check_quantity(request, product, quantity, is_child=is_child)
    for line, quantity in planned.values():
        line.quantity = quantity
    cart.lines = [line for line, quantity in after.values() if quantity]
    cart.is_test = cart.is_test or request.query_params.get("testOrder") == "true"


def _reduce(request: Request, cart: Cart, planned: dict[int, tuple[Line, int]]) -> None:
    """Reduce the planned quantities to the units that other lines leave in stock. If none are left, change nothing."""
    for line, quantity in list(planned.values()):
        after = {other.id: (other, other.quantity) for other in cart.lines} | planned
        others = [units for other, units in after.values() if other is not line and other.product is line.product]
        left = world_of(request).in_stock(line.product.id, sum(others) + quantity) - sum(others)
        if left > 0:
            planned[line.id] = (line, min(quantity, left))


def _check_quantity(request: Request, product: Product, quantity: int, *, is_child: bool) -> None:
    if world_of(request).lacks(product.id, quantity):
        description = f"Product {product.id} is not available in the requested quantity."
        subcode = "inventory-unavailable-to-add-tight-bundle-child-line-item" if is_child else None
        raise _refused(409, "inventory-unavailable-error", description, subcode=subcode)
    if product.maximum is not None and quantity > product.maximum:
        description = f"The quantity of product {product.id} is above the allowed quantity of {product.maximum}."
        raise _refused(409, "operation-failed", description)
