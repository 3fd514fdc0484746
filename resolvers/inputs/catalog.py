"""Inputs that choose products."""

from decimal import Decimal

from resolvers.inputs.declaration import Input, Typed, field
from resolvers.scalars import ID

NARROWED = "Needs `text` or `categoryId`: the gateway filters the products that they select, at most 2000."


class ProductBy(Input, one_of=True):
    """A product, chosen by exactly one of the fields."""

    id: ID | None = field("Global id of the product.", default=None)
    upstream_id: str | None = field("Digital River's id of the product.", default=None)
    external_reference_id: str | None = field("The merchant's own id of the product.", default=None)


class PriceRangeInput(Input):
    """Limits of a price in the currency of the operation, which `@inContext` sets. Both limits are inclusive."""

    minimum: Decimal | None = field("Lowest price; no lower limit when absent.", default=None)
    maximum: Decimal | None = field("Highest price; no upper limit when absent.", default=None)


class ProductAttributeInput(Input):
    """Values of a merchant-defined attribute, such as the color. A product needs one of them."""

    name: str = field("Attribute name, as in `CustomAttribute.name`.")
    values: list[str] = field("Values to accept; at most 100.")


class ProductSearchInput(Input):
    """Conditions for the products to return. An absent field adds no condition."""

    text: str | None = field(
        "One to ten words to find in names, descriptions and keywords. Operators of Digital River's search "
        "expressions have no effect.",
        default=None,
        typed=Typed.MAY_BE_BLANK,
    )
    category_id: ID | None = field("Id of the category of the products.", default=None)
    price_range: PriceRangeInput | None = field(
        "Limits of the price that a shopper pays now for one unit. " + NARROWED, default=None
    )
    in_stock_only: bool = field(
        "True to return only products in stock, and base products with a variation in stock. The stock is at most one "
        "minute old. " + NARROWED,
        default=False,
    )
    attributes: list[ProductAttributeInput] | None = field(
        "Attributes that a product, or a variation of a base product, has; at most 10. A product needs all of them. "
        + NARROWED,
        default=None,
    )
    purchasable_only: bool = field(
        "True to return only products that can be put in a cart, and base products, whose variations can be.",
        default=True,
    )
