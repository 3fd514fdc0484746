"""Orders that were placed elsewhere: what a control makes arrive for a shopper."""

from decimal import Decimal
from uuid import uuid4

from sandbox.control.demo_accounts import HOME
from sandbox.demo_shop.payment_methods import METHODS
from sandbox.demo_shop.products import Product
from sandbox.model.cart import SHIPPING, Cart, Line
from sandbox.model.order import Order
from sandbox.model.source import Source
from sandbox.model.world import Shopper, World
from sandbox.wire.money import Json

CARD: Json = {"brand": "Visa", "expirationMonth": 8, "expirationYear": 2030, "lastFourDigits": "1111"}


def arrive(world: World, shopper: Shopper, product: Product, quantity: int = 1) -> Order:
    """An order of the product by this shopper, paid with a card at this moment."""
    cart = world.new_cart(shopper)
    cart.lines.append(Line(world.next_line_id(), product, quantity))
    cart.billing = cart.shipping = dict(HOME)
    if product.is_physical:
        cart.shipping_option = next(iter(SHIPPING))
    cart.source = _spent_card(world, cart)
    order = Order(cart, "Submitted", "complete", world.now())
    world.keep_order(shopper, order)
    return order


def _spent_card(world: World, cart: Cart) -> Source:
    id = uuid4()
    return Source(
        id=id,
        secret=f"{id}_{uuid4()}",
        method=METHODS["creditCard"],
        amount=Decimal(cart.totals().total),
        currency=cart.currency,
        state="consumed",
        owner=None,
        session_id=cart.session_id,
        created_at=world.now(),
        details=dict(CARD),
    )
