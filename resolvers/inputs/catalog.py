"""Inputs that choose products."""

from resolvers.inputs.declaration import Input, field
from resolvers.scalars import ID


class ProductBy(Input, one_of=True):
    """A product, chosen by exactly one of the fields."""

    id: ID | None = field("Global id of the product.", default=None)
    upstream_id: str | None = field("Digital River's id of the product.", default=None)
    external_reference_id: str | None = field("The merchant's own id of the product.", default=None)


class ProductSearchInput(Input):
    """Conditions for the products to return. An absent field adds no condition."""

    text: str | None = field(
        "One to ten words to find in names, descriptions and keywords. Operators of Digital River's search "
        "expressions have no effect.",
        default=None,
    )
    category_id: ID | None = field("Id of the category of the products.", default=None)
    purchasable_only: bool = field("True to return only products that can be put in a cart.", default=True)
