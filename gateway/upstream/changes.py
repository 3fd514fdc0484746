"""Changes of a cart, in the JSON format that Digital River accepts."""

from msgspec import field

from gateway.errors import UpstreamInvalidResponse
from gateway.upstream.addresses import Address
from gateway.upstream.catalog import Product
from gateway.upstream.decoding import Identifier, Int32, OneOrMany, Shape, boolean_string, decode, many
from gateway.upstream.lines import RecurringTerms


class LineOffer(Shape, frozen=True, kw_only=True):
    """Offer and parent line of the cart lines that one call adds."""

    offer_id: str | None = None
    parent_line_id: str | None = None

    def params(self) -> dict[str, str]:
        params = {"offerId": self.offer_id, "parentLineItemId": self.parent_line_id}
        return {name: value for name, value in params.items() if value is not None}


class NewLine(Shape, frozen=True, kw_only=True):
    """A product to add to the cart, identified by upstream id or by the merchant's external reference id."""

    product_id: str | None
    external_reference_id: str | None
    quantity: int
    recurring_terms: RecurringTerms | None = None
    custom_attributes: list[tuple[str, str]] = []
    line_offer: "LineOffer | None" = None

    def wire(self) -> dict[str, object]:
        product = {"id": self.product_id} if self.product_id else {"externalReferenceId": self.external_reference_id}
        line: dict[str, object] = {"quantity": self.quantity, "product": product}
        if self.recurring_terms is not None:
            line["subscriptionInfo"] = self.recurring_terms.wire()
        if self.custom_attributes:
            attributes = [{"name": name, "value": value} for name, value in self.custom_attributes]
            line["customAttributes"] = {"attribute": attributes}
        return line


class ChangedLine(Shape, frozen=True, kw_only=True):
    """A line in the answer to a change of lines, with its quantity after the change."""

    wire_id: Identifier = field(name="id")
    quantity: Int32 | None = None
    product: Product = Product()

    @property
    def upstream_id(self) -> str:
        return str(self.wire_id)


class ChangedLines(Shape, frozen=True, kw_only=True, rename="camel"):
    line_item: OneOrMany[ChangedLine] = []


class LinesAnswer(Shape, frozen=True, kw_only=True, rename="camel"):
    """The answer to a change of lines. Digital River sends one line also without the list around it."""

    line_items: ChangedLines = ChangedLines()
    line_item: OneOrMany[ChangedLine] = []


def changed_lines(body: bytes) -> list[ChangedLine]:
    """The lines in the answer to a change; empty if it has none that can be read. The change was made nevertheless."""
    try:
        answer = decode(body, LinesAnswer)
    except UpstreamInvalidResponse:
        return []
    return [*many(answer.line_items.line_item), *many(answer.line_item)]


class CartChange(Shape, frozen=True, kw_only=True):
    """Changes to a cart in one call. A field that is None is not changed."""

    billing_address: Address | None = None
    shipping_address: Address | None = None
    organization_id: str | None = None
    terms_of_sale_accepted: bool | None = None
    coupon_code: str | None = None
    order_offer_id: str | None = None
    ip_address: str | None = None

    def wire(self) -> dict[str, object]:
        accepted = self.terms_of_sale_accepted
        parts: dict[str, object | None] = {
            "billingAddress": self.billing_address.wire() if self.billing_address else None,
            "shippingAddress": self.shipping_address.wire() if self.shipping_address else None,
            "organizationId": self.organization_id,
            "termsOfSalesAcceptance": None if accepted is None else boolean_string(accepted),
            "ipAddress": self.ip_address,
            "appliedOrderOffers": {"offer": {"offerId": self.order_offer_id}} if self.order_offer_id else None,
        }
        return {name: part for name, part in parts.items() if part is not None}
