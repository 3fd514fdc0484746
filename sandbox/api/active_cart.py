"""The active cart of whoever asks, and how it is answered."""

from starlette.requests import Request
from starlette.responses import Response

from sandbox.api.requests import answer, base_of, expand_of, shopper_of, world_of
from sandbox.model.cart import Cart
from sandbox.model.world import World
from sandbox.wire.money import Json
from sandbox.wire.refusal import Refusal


def cart_of(request: Request) -> Cart:
    """The active cart. One that waits for its shopper at the provider can only be read."""
    cart = world_of(request).cart_of(shopper_of(request))
    if cart.order is not None and request.method != "GET":
        text = "The cart has been submitted and waits for the shopper."
        raise refusal("CartsResource", 409, "cart-failure", text)
    return cart


def settled(request: Request, cart: Cart) -> Response:
    world_of(request).settle(cart)
    return shown(request, cart)


def shown(request: Request, cart: Cart) -> Response:
    world = world_of(request)
    wire = cart.wire(
        base_of(request),
        expand_of(request, "cart"),
        strict=world.strict,
        shows_amounts=world.switches.session_amounts == "present",
    )
    return answer(request, {"cart": wire} | _complaints(world, cart))


def _complaints(world: World, cart: Cart) -> Json:
    """Beside the cart: what has gone out of stock since it was added."""
    gone = [line.product.id for line in cart.lines if world.lacks(line.product.id, line.quantity)]
    if not gone or cart.order is not None:
        return {}
    texts = [f"Product {product_id} is not available in the requested quantity." for product_id in gone]
    return {"errors": {"error": [{"code": "inventory-unavailable-error", "description": text} for text in texts]}}


def refusal(relation: str, status: int, code: str, text: str) -> Refusal:
    return Refusal(status, code, text, relation=relation)
