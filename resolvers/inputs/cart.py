"""Inputs of changes of lines and offers of the cart."""

from uuid import UUID

from gateway.enums import SessionDelivery
from resolvers.inputs.catalog import ProductBy
from resolvers.inputs.declaration import Input, field
from resolvers.scalars import ID, CartRevision

IF_REVISION = "Revision of the cart the change is meant for. Any other revision is refused: CART_REVISION_MISMATCH."


class CartEditInput(Input):
    """A change of the cart that can be bound to one revision of it."""

    if_revision: CartRevision | None = field(IF_REVISION, default=None)


class CustomAttributeInput(Input):
    """A merchant-defined name and value."""

    name: str = field("Attribute name.")
    value: str = field("Attribute value, always a string.")


class RecurringTermsInput(Input):
    """How a line renews."""

    is_auto_renewing: bool = field("True to renew automatically.")
    has_free_trial: bool = field("Start with a free trial.", default=False)
    terms: str = field("Terms shown to the shopper, at most 4000 characters.")


class NewCartLineInput(Input):
    """A product to add and its quantity."""

    product: ProductBy = field("The product.")
    quantity: int = field("Number of units, at least 1.", default=1)
    offer_id: ID | None = field("Offer the product is added for, such as a cross-sell.", default=None)
    parent_line_id: ID | None = field("Line it belongs to, for a bundle child.", default=None)
    recurring_terms: RecurringTermsInput | None = field(
        "Recurring terms, for a merchant with its own subscription engine.", default=None
    )
    custom_attributes: list[CustomAttributeInput] | None = field("Merchant attributes.", default=None)


class AddCartLinesInput(Input):
    """Which products are added to the cart."""

    idempotency_key: UUID | None = field(
        "Key that makes the call safe to repeat; without one a repeat adds again.", default=None
    )
    if_revision: CartRevision | None = field(IF_REVISION, default=None)
    lines: list[NewCartLineInput] = field("Lines to add, at most 50. Digital River gets them in one call.")
    delivery: SessionDelivery = field(
        "How the client holds a session that this call starts. Without effect when there is a session.",
        default=SessionDelivery.COOKIE,
    )


class CartLineChangeInput(Input):
    """New quantity and recurring terms of a line."""

    line_id: ID = field("The line.")
    quantity: int | None = field("New number of units; 0 removes the line; unchanged when absent.", default=None)
    recurring_terms: RecurringTermsInput | None = field("New recurring terms; unchanged when absent.", default=None)


class UpdateCartLinesInput(CartEditInput):
    """Which lines change, and how."""

    lines: list[CartLineChangeInput] = field(
        "Changes, at most 50, made one after the other in this order. The first failure stops the rest: its error has "
        "the path of the line, and the cart shows what was changed before it."
    )


class RemoveCartLinesInput(CartEditInput):
    """Which lines are removed from the cart."""

    line_ids: list[ID] = field("Lines to remove, at most 50. A line that is already gone is no error.")


class OfferChoice(Input, one_of=True):
    """Names one offer, in exactly one way."""

    coupon_code: str | None = field("Code the shopper typed.", default=None)
    offer_id: ID | None = field("Offer of the catalog.", default=None)


class ApplyOfferInput(CartEditInput):
    """Which coupon or offer is applied to the cart."""

    offer: OfferChoice = field("Coupon or offer to apply.")


class RemoveOfferInput(CartEditInput):
    """Which offer is removed from the cart."""

    offer_id: ID = field("Offer to remove.")
