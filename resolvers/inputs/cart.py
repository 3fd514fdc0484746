"""Inputs that change lines and offers of the cart."""

from collections.abc import Iterator
from uuid import UUID

from gateway.enums import SessionDelivery
from gateway.refusals.user_errors import AnyUserError, Path
from gateway.settings.settings import Settings
from gateway.upstream.ids import upstream_id
from resolvers import checks
from resolvers.inputs.catalog import ProductBy
from resolvers.inputs.declaration import Input, Typed, field
from resolvers.scalars import ID, CartRevision

MOST_LINES = 50

LONGEST_TERMS = 4000
"""Maximum number of characters in the recurring terms of a line."""

IF_REVISION = (
    "Revision of the cart to which the change applies. If the cart has another revision, the change is refused with "
    "CART_REVISION_MISMATCH."
)


class CartEditInput(Input):
    """A change of the cart, with the revision of the cart to which the change applies."""

    if_revision: CartRevision | None = field(IF_REVISION, default=None)


class CustomAttributeInput(Input):
    """A merchant-defined name and value."""

    name: str = field("Attribute name.", typed=Typed.EXACTLY)
    value: str = field("Attribute value, always a string.", typed=Typed.MAY_BE_BLANK)


class RecurringTermsInput(Input):
    """Terms of the subscription that starts when the cart line is bought."""

    is_auto_renewing: bool = field("True to renew the subscription automatically.")
    has_free_trial: bool = field("True to start the subscription with a free trial.", default=False)
    terms: str = field(
        "Subscription terms shown to the shopper, at most 4000 characters.",
        typed=Typed.EXACTLY,
        check=checks.at_most_characters(LONGEST_TERMS),
    )


class NewCartLineInput(Input):
    """A product to add and its quantity."""

    product: ProductBy = field("Product to add.")
    quantity: int = field("Number of units, at least 1.", default=1, check=checks.units(1))
    offer_id: ID | None = field(
        "Id of the offer through which the shopper adds the product, such as a cross-sell.",
        default=None,
        check=checks.is_offer_id,
    )
    parent_line_id: ID | None = field(
        "Id of the parent line, for a line that belongs to a bundle.", default=None, check=checks.is_line_id
    )
    recurring_terms: RecurringTermsInput | None = field(
        "Terms on which the line is sold as a subscription. For a merchant with its own subscription engine.",
        default=None,
    )
    custom_attributes: list[CustomAttributeInput] | None = field(
        "Attributes that the merchant has defined.", default=None
    )

    def own_faults(self, path: Path, settings: Settings) -> Iterator[AnyUserError]:  # noqa: ARG002 - as in `Input`
        if self.product.id is not None and upstream_id("Product", self.product.id) is None:
            yield checks.no_product((*path, "product"))


class AddCartLinesInput(Input):
    """The products to add to the cart."""

    idempotency_key: UUID | None = field(
        "Key that makes the call safe to repeat. Without a key, a repeat adds the lines again.", default=None
    )
    if_revision: CartRevision | None = field(IF_REVISION, default=None)
    lines: list[NewCartLineInput] = field(
        "Lines to add, at most 50. Digital River gets one call for all lines with the same offer and parent line. An "
        "error has the path of the line that caused it, or of the list if no line can be named.",
        check=checks.items(MOST_LINES),
    )
    delivery: SessionDelivery = field(
        "Whether the client gets a new session as a cookie or a bearer token. Ignored when there is a session, and "
        "when the request has a bearer token.",
        default=SessionDelivery.COOKIE,
    )


class CartLineChangeInput(Input):
    """New quantity and subscription terms of a cart line."""

    line_id: ID = field("Id of the line to change.", check=checks.is_line_id)
    quantity: int | None = field(
        "New number of units; 0 removes the line; unchanged when absent.", default=None, check=checks.units(0)
    )
    recurring_terms: RecurringTermsInput | None = field("New subscription terms; unchanged when absent.", default=None)


class UpdateCartLinesInput(CartEditInput):
    """The changes of cart lines."""

    lines: list[CartLineChangeInput] = field(
        "Changes, at most 50, made one after the other in this sequence. After the first failure no further line is "
        "changed; the error has the path of the failed line.",
        check=checks.items(MOST_LINES),
    )


class RemoveCartLinesInput(CartEditInput):
    """The lines to remove from the cart."""

    line_ids: list[ID] = field(
        "Ids of the lines to remove, at most 50. A line that is no longer in the cart is no error.",
        check=checks.items(MOST_LINES),
        check_item=checks.is_line_id,
    )


class OfferChoice(Input, one_of=True):
    """An offer, chosen by exactly one of the fields."""

    coupon_code: str | None = field("Coupon code that the shopper entered.", default=None)
    offer_id: ID | None = field("Id of the offer to apply.", default=None, check=checks.is_offer_id)


class ApplyOfferInput(CartEditInput):
    """The coupon or offer to apply to the cart."""

    offer: OfferChoice = field("Coupon or offer to apply.")


class RemoveOfferInput(CartEditInput):
    """The offer to remove from the cart."""

    offer_id: ID = field("Id of the offer to remove.", check=checks.is_offer_id)
