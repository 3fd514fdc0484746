"""Adds paid orders to a shopper's order list, for `POST /_sandbox/orders`."""

from sandbox.control.make_source import ADDRESS
from sandbox.demo_shop.payment_methods import METHODS
from sandbox.demo_shop.products import Product
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
    """Add an order of one product, which is paid by card at the current time."""
    cart = world.new_cart(shopper)
    cart.lines.append(Line(next(world.line_ids), product, quantity))
    cart.billing = cart.shipping = _address(shopper)
    if product.is_physical:
        cart.shipping_option = STANDARD
    cart.source = _consumed_card(world, cart)
    return submit_paid_cart(world, shopper, cart, world.now())


def _address(shopper: Shopper) -> Json:
    """Address of the order: the shopper's default address. Without one, an invented address with the shopper's name."""
    account = shopper.account
    if account is None:
        return ADDRESS | {"firstName": "Ada", "lastName": "Lovelace"}
    if account.default_address is None:
        address = ADDRESS | {"firstName": account.first_name, "lastName": account.last_name}
    else:
        address = account.default_address.fields
    return address | {"emailAddress": account.email}


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
        clock=world.now,
    )
