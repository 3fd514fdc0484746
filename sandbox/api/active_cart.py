"""The active cart of a request, and answers that contain the cart."""

from starlette.requests import Request
from starlette.responses import Response

from sandbox.api.requests import answer, base_of, expand_of, shopper_of, world_of
from sandbox.model.cart import Cart
from sandbox.model.cart_wire import cart_wire
from sandbox.model.world import World
from sandbox.wire.refusal import Refusal
from sandbox.wire.values import Json


def cart_of(request: Request) -> Cart:
    """Active cart of the shopper. Raises a 409 if the request would change a submitted cart."""
    cart = world_of(request).cart_of(shopper_of(request))
    if cart.is_submitted and request.method != "GET":
        description = "The cart has been submitted and waits for the shopper."
        raise Refusal(409, "cart-failure", description, relation="CartsResource")
    return cart


def answer_changed_cart(request: Request, cart: Cart) -> Response:
    world_of(request).refresh(cart)
    return answer_cart(request, cart)


def answer_cart(request: Request, cart: Cart) -> Response:
    world = world_of(request)
    wire = cart_wire(
        cart,
        base_of(request),
        expand_of(request, "cart"),
        strict=world.strict,
        shows_amounts=world.switches.session_amounts == "present",
    )
    return answer(request, {"cart": wire} | _stock_errors(world, cart))


def _stock_errors(world: World, cart: Cart) -> Json:
    """JSON with the field `errors`, which has an error for each line that is out of stock; `{}` without such a line."""
    sold_out = [line.product.id for line in cart.lines if world.lacks(line.product.id, line.quantity)]
    if not sold_out or cart.is_submitted:
        return {}
    descriptions = [f"Product {product_id} is not available in the requested quantity." for product_id in sold_out]
    entries = [{"code": "inventory-unavailable-error", "description": description} for description in descriptions]
    return {"errors": {"error": entries}}
