"""Violations that a run makes on purpose, to prove that the oracle finds them."""

from decimal import Decimal
from enum import StrEnum

from sandbox.control.place_orders import place_order
from sandbox.demo_shop.products import PRODUCTS
from sandbox.model.shopper import Shopper
from sandbox.model.world import World
from tests.support.shop import PACK


class Plant(StrEnum):
    NONE = "none"
    TWICE = "twice"
    """The network sends one submit-cart twice."""
    TOTAL = "total"
    """A cart changes while submit-cart is on its way."""
    UNKNOWN = "unknown"
    """Digital River places an order that the shopper did not submit and is not shown."""
    FOREIGN = "foreign"
    """The network answers reads of the cart with the cart of another shopper."""


def change_cart(world: World, shopper: Shopper) -> bool:
    """Change the total of the shopper's cart. Return whether it has changed."""
    cart = world.cart_of(shopper)
    before = cart.totals().total
    if before == Decimal(0) or cart.is_submitted:
        return False
    cart.lines[0].quantity += 1
    world.refresh(cart)
    return cart.totals().total != before


def place_unknown_order(world: World, shopper: Shopper) -> bool:
    """Place an order in the name of the shopper, but not in the shopper's account. Return whether it was placed."""
    cart = shopper.cart
    if cart is None or cart.billing is None:
        return False
    place_order(world, world.new_shopper(), PRODUCTS[int(PACK)]).cart.billing = dict(cart.billing)
    return True
