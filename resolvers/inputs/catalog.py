"""Inputs that choose products."""

from resolvers.inputs.declaration import Input, field
from resolvers.scalars import ID


class ProductBy(Input, one_of=True):
    """Names one product, in exactly one way."""

    id: ID | None = field("Global identifier.", default=None)
    upstream_id: str | None = field("Identifier used upstream.", default=None)
    external_reference_id: str | None = field("Merchant's own identifier.", default=None)


class ProductSearchInput(Input):
    """Which products of the catalog are listed. An absent field excludes none."""

    text: str | None = field(
        "One to ten words to find in names, descriptions and keywords. Operators of Digital River's search "
        "expressions have no effect.",
        default=None,
    )
    category_id: ID | None = field("Only products of this category.", default=None)
    purchasable_only: bool = field("Only products that can be put in a cart.", default=True)
