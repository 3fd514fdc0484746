"""The amounts of an order as Digital River sends them, with the graph's field names."""

from msgspec import field

from gateway.amounts.money import Money, with_text
from gateway.upstream.cart import Cart
from gateway.upstream.decoding import Shape, first


class OrderTotals(Shape, frozen=True, kw_only=True):
    subtotal: Money | None
    discount: Money | None
    shipping_and_handling: Money | None
    tax: Money | None
    import_tax_and_duty: Money | None
    order_total: Money | None


class OrderPricing(Shape, frozen=True, kw_only=True, rename="camel"):
    """Amounts of an order. Some amounts have one field name in a cart and another field name in an order.

    Digital River object: pricing.
    """

    subtotal: Money | None = None
    cart_discount: Money | None = field(name="discount", default=None)
    incentive: Money | None = None
    cart_shipping: Money | None = field(name="shippingAndHandling", default=None)
    shipping: Money | None = None
    tax: Money | None = None
    import_tax_and_duty: Money | None = None
    order_total: Money | None = None
    total: Money | None = None
    formatted_subtotal: str | None = None
    formatted_discount: str | None = None
    formatted_incentive: str | None = None
    formatted_shipping_and_handling: str | None = None
    formatted_shipping: str | None = None
    formatted_tax: str | None = None
    formatted_import_tax_and_duty: str | None = None
    formatted_order_total: str | None = None
    formatted_total: str | None = None

    def totals(self) -> OrderTotals:
        total = with_text(first(self.order_total, self.total), first(self.formatted_order_total, self.formatted_total))
        discount = first(self.cart_discount, self.incentive)
        shipping = first(self.cart_shipping, self.shipping)
        return OrderTotals(
            subtotal=with_text(self.subtotal, self.formatted_subtotal),
            discount=with_text(discount, first(self.formatted_discount, self.formatted_incentive)),
            shipping_and_handling=with_text(
                shipping, first(self.formatted_shipping_and_handling, self.formatted_shipping)
            ),
            tax=with_text(self.tax, self.formatted_tax),
            import_tax_and_duty=with_text(self.import_tax_and_duty, self.formatted_import_tax_and_duty),
            order_total=total,
        )


def order_pricing(cart: Cart) -> OrderPricing:
    """The amounts that the order of this cart will have."""
    amounts = cart.pricing
    return OrderPricing(
        subtotal=amounts.subtotal,
        cart_discount=amounts.discount,
        cart_shipping=amounts.shipping_and_handling,
        tax=amounts.tax,
        import_tax_and_duty=amounts.import_tax_and_duty,
        order_total=amounts.order_total,
        formatted_subtotal=amounts.formatted_subtotal,
        formatted_discount=amounts.formatted_discount,
        formatted_shipping_and_handling=amounts.formatted_shipping_and_handling,
        formatted_tax=amounts.formatted_tax,
        formatted_import_tax_and_duty=amounts.formatted_import_tax_and_duty,
        formatted_order_total=amounts.formatted_order_total,
    )
