"""Orders that a control places for a shopper without a checkout."""

from sandbox.demo_shop.payment_methods import METHODS
from sandbox.demo_shop.products import Product
from sandbox.demo_shop.registered_shoppers import ALEX_HOME
from sandbox.demo_shop.shipping import STANDARD
from sandbox.model.cart import Cart
from sandbox.model.order import Order
from sandbox.model.shopper import Shopper
from sandbox.model.source import Source
from sandbox.model.totals import Line
from sandbox.model.world import World
from sandbox.timeline.fulfilment import submit_paid_cart
from sandbox.wire.values import Json

CARD: Json = {"brand": "Visa", "expirationMonth": 8, "expirationYear": 2030, "lastFourDigits": "1111"}


def place_order(world: World, shopper: Shopper, product: Product, quantity: int = 1) -> Order:
    """New order of one product, paid now with a card."""
    cart = world.new_cart(shopper)
    cart.lines.append(Line(next(world.line_ids), product, quantity))
    cart.billing = cart.shipping = dict(ALEX_HOME)
    if product.is_physical:
        cart.shipping_option = STANDARD
    cart.source = _consumed_card(world, cart)
    return submit_paid_cart(world, shopper, cart, world.now())


def _consumed_card(world: World, cart: Cart) -> Source:
    return Source(
        method=METHODS["creditCard"],
        amount=cart.totals().total,
        currency=cart.currency,
        state="consumed",
        owner=None,
        session_id=cart.session_id,
        created_at=world.now(),
        details=dict(CARD),
    )
