"""Orders and their lines."""

from datetime import datetime

from gateway.enums import OrderState, SessionLevel
from resolvers import catalog, orders
from resolvers.scalars import Url
from schema import dsl
from schema.catalog import Product
from schema.directives import PRIVATE, CacheControl, ListSize, RequiresSession, Sensitive
from schema.dsl import argument, field
from schema.payment import DelayedPaymentInstructions, PaymentSource, RequiredShopperAction
from schema.shared_types import Address, CustomAttribute, LinePricing, Money, Node, PageInfo, RecurringTerms


@dsl.object_type()
class OrderLine(Node):
    """A product and its quantity in an order. Digital River object: lineItem."""

    upstream_id: str = field("Digital River's id of the order line. Digital River field: id.")
    quantity: int | None = field(
        "Number of units of the product. Null if Digital River reports none. Digital River field: quantity."
    )
    known_product: Product | None = field(
        "The product as described at the time of the purchase. Null if Digital River reports none. Digital River "
        "field: product.",
        name="product",
    )
    pricing: LinePricing = field("Prices, discounts and taxes of the order line. Digital River field: pricing.")
    upstream_state: str = field(
        "Digital River's name for the state of the line, for example Downloadable. Digital River field: lineItemState."
    )
    backordered_quantity: int = field("Units on backorder. Digital River field: lineItemStateDetails.backOrdered.")
    shipped_quantity: int = field("Units shipped. Digital River field: lineItemStateDetails.shipped.")
    returned_quantity: int = field("Units returned. Digital River field: lineItemStateDetails.returned.")
    pending_return_quantity: int = field(
        "Units for which a return is pending. Digital River field: lineItemStateDetails.pendingReturn."
    )
    download_urls: list[Url] = field(
        "Links to download the product. Keep the links private: a link works without a sign-in. Digital River "
        "field: downloads.downloadUri.",
        Sensitive(),
    )
    recurring_terms: RecurringTerms | None = field(
        "Terms of the subscription; null for a one-time purchase. Digital River field: subscriptionInfo."
    )


@dsl.object_type()
class OrderTotals:
    """Amounts of an order. An amount that Digital River does not report is null. A list of orders often has only the
    total. Digital River object: the pricing of the order.
    """

    subtotal: Money | None = field("Sum of the lines before order discounts. Digital River field: subtotal.")
    discount: Money | None = field("Discount on the whole order. Digital River field: discount; if absent, incentive.")
    shipping_and_handling: Money | None = field(
        "Shipping and handling. Digital River field: shippingAndHandling; if absent, shipping."
    )
    tax: Money | None = field("Sum of all taxes. Digital River field: tax.")
    import_tax_and_duty: Money | None = field(
        "Import taxes and duties; null for orders without landed cost. Digital River field: importTaxAndDuty."
    )
    order_total: Money | None = field("Total that the shopper pays. Digital River field: orderTotal; if absent, total.")


@dsl.object_type(CacheControl(max_age=0, scope=PRIVATE), RequiresSession(level=SessionLevel.ANONYMOUS))
class Order(Node):
    """An order of a shopper. Digital River call: GET /v1/shoppers/me/orders/{orderId}."""

    number: str = field("Order number to show to the shopper. Digital River field: id.")
    submitted_at: datetime | None = field(
        "When the order was submitted. Null while the shopper's approval or payment is outstanding. Digital "
        "River field: submissionDate."
    )
    state: OrderState = field("State of the order. Digital River field: orderState.")
    upstream_state: str = field("Digital River's name for the state of the order. Digital River field: orderState.")
    state_description: str | None = field(
        "Description of the state for display. Digital River field: orderStateDetails.description."
    )
    lines: list[OrderLine] = field(
        "Lines of the order. Digital River field: lineItems.lineItem.", ListSize(assumed_size=25)
    )
    totals: OrderTotals = field("Amounts of the order. Digital River field: pricing.")
    billing_address: Address | None = field("Billing address. Digital River field: billingAddress.")
    shipping_address: Address | None = field(
        "Shipping address; null when no line is shipped. Digital River field: shippingAddress."
    )
    shipping_method: str | None = field(
        "Name of the shipping option; null when no line is shipped. Digital River field: shippingMethod.description."
    )
    sources: list[PaymentSource] = field(
        "Sources that pay for the order, store credit first. Digital River field: paymentMethod and "
        "supplementaryPaymentMethods; if absent, payment.",
        ListSize(assumed_size=2),
    )
    amount_settled: Money | None = field("Amount settled so far. Digital River field: orderStateDetails.settled.")
    amount_refunded: Money | None = field("Amount refunded so far. Digital River field: orderStateDetails.refunded.")
    required_action: RequiredShopperAction | None = field(
        "What the shopper still has to do to pay; null when nothing is left to do. Derived from the Digital River "
        "fields orderState and paymentSession.",
        resolver=orders.required_action,
    )
    payment_instructions: DelayedPaymentInstructions | None = field(
        "Payment instructions. Null unless the order waits for the shopper's payment. Digital River object: the object "
        "that has the name of the payment method, for example wireTransfer."
    )
    is_test: bool = field("True for an order that will not be charged or delivered. Digital River field: testOrder.")
    business_entity_code: str | None = field("Legal entity of the seller. Digital River field: businessEntityCode.")
    custom_attributes: list[CustomAttribute] = field(
        "Attributes that the merchant has defined. Digital River field: customAttributes.",
        ListSize(assumed_size=20),
        resolver=catalog.custom_attributes,
        names=argument(list[str] | None, "Names of the attributes to return; all attributes when absent."),
    )


@dsl.object_type()
class OrderEdge:
    """An order on a page, with the order's cursor."""

    cursor: str = field("Cursor of the order, to send as `after` or `before`.")
    node: Order = field("Order at the cursor.")


@dsl.object_type()
class OrderConnection:
    """A page of orders."""

    edges: list[OrderEdge] = field("The orders on the page, with their cursors.")
    nodes: list[Order] = field("The orders on the page, without cursors.")
    page_info: PageInfo = field("First and last cursor of the page, and whether other pages precede or follow.")
    total_count: int = field("Number of orders in all pages. Digital River field: totalResults.")
