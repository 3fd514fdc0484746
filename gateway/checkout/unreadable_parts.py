"""Parts of a cart that decide whether it may become an order, and that Digital River's answer does not have in a
readable form. Without such a part, a rule of the checkout guard would be skipped."""

from gateway.amounts.money import Money
from gateway.payments.payment_session import PaymentSession
from gateway.upstream.cart import Cart
from gateway.upstream.lines import CartLine

DECIDES_IN_CART = frozenset({"customerType", "paymentMethod"})
DECIDES_IN_LINE = frozenset({"product", "subscriptionInfo"})
DECIDES_IN_PRODUCT = frozenset({"id", "productType", "purchasable", "minimumQuantity", "maximumQuantity"})
"""Names of JSON fields. A rule of the checkout guard reads each of them. If it is missing, the rule does not apply."""


def decides_unread(cart: Cart, session: PaymentSession | None) -> bool:
    """Whether a part of the cart that a rule of the checkout guard needs could not be read."""
    return (
        cart.order_total is None
        or not DECIDES_IN_CART.isdisjoint(cart.cut)
        or any(_decides_unread(line) for line in cart.lines)
        or cart.lacks_source
        or _lacks_every_source(cart, cart.order_total, session)
    )


def _decides_unread(line: CartLine) -> bool:
    product = line.product
    return (
        line.quantity is None
        or product.if_known is None
        or product.wire_kind is None
        or not DECIDES_IN_LINE.isdisjoint(line.cut)
        or not DECIDES_IN_PRODUCT.isdisjoint(product.cut)
    )


def _lacks_every_source(cart: Cart, total: Money, session: PaymentSession | None) -> bool:
    """Whether the cart can be submitted and has to be paid, but no source of the cart could be read."""
    return (
        session is not None
        and session.is_submittable
        and total.amount > 0
        and cart.primary_source is None
        and cart.secondary_source is None
    )
