"""Cart lines, their prices, and the totals of a cart."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sandbox.demo_shop import products
from sandbox.demo_shop.order_offers import OrderOffer
from sandbox.demo_shop.product_offers import ProductOffer
from sandbox.demo_shop.products import Product
from sandbox.wire.money import TAX_INCLUSIVE, ZERO, rounded, split
from sandbox.wire.values import Json


@dataclass
class Line:
    id: int
    product: Product
    quantity: int
    attributes: Json | None = None
    terms: Json | None = None
    """Terms of a recurring purchase; None if the product is bought only once."""
    offer: ProductOffer | None = None
    """Offer through which the line was added; None if there was no such offer."""
    parent_id: int | None = None
    """Id of the parent line. Removing the parent line also removes this line."""

    def discount(self, currency: str) -> Decimal:
        """Discount on the line: the higher of the product's own discount and the discount of the line's offer."""
        own = products.discount(self.product, currency, self.quantity)
        return max(own, self.offer.discount(self.product, currency, self.quantity)) if self.offer else own


@dataclass(frozen=True)
class LinePrice:
    listed: Decimal
    discount: Decimal
    product_tax: Decimal
    shipping_tax: Decimal

    @property
    def sale(self) -> Decimal:
        return self.listed - self.discount


@dataclass(frozen=True)
class Totals:
    lines: list[LinePrice]
    subtotal: Decimal
    order_offer: OrderOffer | None
    """Order offer with the highest discount, among the offers whose minimum subtotal is reached."""
    discount: Decimal
    """Discount from the order offer."""
    shipping: Decimal
    tax: Decimal
    total: Decimal
    tax_rate: Decimal


def add_up(
    lines: Sequence[Line],
    currency: str,
    *,
    order_offers: Collection[OrderOffer],
    shipping: Decimal,
    tax_rate: Decimal,
) -> Totals:
    """Line prices and totals of a cart. Each line gets a share of the order discount and of the shipping tax."""
    listed = [line.product.price(currency) * line.quantity for line in lines]
    line_discounts = [line.discount(currency) for line in lines]
    sales = [price - discount for price, discount in zip(listed, line_discounts, strict=True)]
    subtotal = sum(sales, ZERO)
    order_offer = _best_offer(order_offers, subtotal, currency)
    discount = order_offer.discount(subtotal, currency) if order_offer else ZERO
    shares = split(discount, sales, currency)
    product_taxes = [_tax(sale - share, tax_rate, currency) for sale, share in zip(sales, shares, strict=True)]
    shipped_sales = [sale if line.product.is_physical else ZERO for sale, line in zip(sales, lines, strict=True)]
    shipping_taxes = split(_tax(shipping, tax_rate, currency), shipped_sales, currency)
    tax = sum(product_taxes, ZERO) + sum(shipping_taxes, ZERO)
    return Totals(
        lines=[LinePrice(*parts) for parts in zip(listed, line_discounts, product_taxes, shipping_taxes, strict=True)],
        subtotal=subtotal,
        order_offer=order_offer,
        discount=discount,
        shipping=shipping,
        tax=tax,
        total=subtotal - discount + shipping + (ZERO if currency in TAX_INCLUSIVE else tax),
        tax_rate=tax_rate,
    )


def _best_offer(offers: Collection[OrderOffer], subtotal: Decimal, currency: str) -> OrderOffer | None:
    earned = [offer for offer in offers if offer.is_earned(subtotal, currency)]
    return max(earned, key=lambda offer: offer.discount(subtotal, currency), default=None)


def _tax(amount: Decimal, tax_rate: Decimal, currency: str) -> Decimal:
    share = tax_rate / (1 + tax_rate) if currency in TAX_INCLUSIVE else tax_rate
    return rounded(amount * share, currency)
