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
    """A product and its quantity in an order. Source: lineItem."""

    upstream_id: str = field("Identifier used upstream. Source: id.")
    quantity: int = field("Number of units. Source: quantity.")
    product: Product = field("The product as it was when it was bought. Source: product.")
    pricing: LinePricing = field("Amounts. Source: pricing.")
    upstream_state: str = field("State as upstream writes it, for example Downloadable. Source: lineItemState.")
    backordered_quantity: int = field("Units on backorder. Source: lineItemStateDetails.backOrdered.")
    shipped_quantity: int = field("Units shipped. Source: lineItemStateDetails.shipped.")
    returned_quantity: int = field("Units returned. Source: lineItemStateDetails.returned.")
    pending_return_quantity: int = field(
        "Units that the shopper has announced to return. Source: lineItemStateDetails.pendingReturn."
    )
    download_urls: list[Url] = field(
        "Links to download the product. Keep them private: a link works for anyone. Source: downloads.downloadUri.",
        Sensitive(),
    )
    recurring_terms: RecurringTerms | None = field(
        "Recurring terms; null for a one-time purchase. Source: subscriptionInfo."
    )


@dsl.object_type()
class OrderTotals:
    """Amounts of an order. Source: order pricing."""

    subtotal: Money = field("Sum of the lines before order discounts. Source: subtotal.")
    discount: Money = field("Order discount. Source: discount, else incentive.")
    shipping_and_handling: Money = field("Shipping and handling. Source: shippingAndHandling, else shipping.")
    tax: Money = field("All taxes. Source: tax.")
    import_tax_and_duty: Money | None = field(
        "Import taxes and duties; null for orders without landed cost. Source: importTaxAndDuty."
    )
    order_total: Money = field("What the shopper pays. Source: orderTotal, else total.")


@dsl.object_type(CacheControl(max_age=0, scope=PRIVATE), RequiresSession(level=SessionLevel.ANONYMOUS))
class Order(Node):
    """A purchase. Source: GET /v1/shoppers/me/orders/{orderId}."""

    number: str = field("Number to show to the shopper. Source: id.")
    submitted_at: datetime | None = field(
        "When it was submitted. Null while upstream waits for the shopper's approval or money. Source: submissionDate."
    )
    state: OrderState = field("State. Source: orderState.")
    upstream_state: str = field("State exactly as upstream writes it. Source: orderState.")
    state_description: str | None = field(
        "Description of the state for display. Source: orderStateDetails.description."
    )
    lines: list[OrderLine] = field("Lines. Source: lineItems.lineItem.", ListSize(assumed_size=25))
    totals: OrderTotals = field("Amounts. Source: pricing.")
    billing_address: Address | None = field("Billing address. Source: billingAddress.")
    shipping_address: Address | None = field("Shipping address; null when nothing ships. Source: shippingAddress.")
    shipping_method: str | None = field(
        "Name of the shipping option; null when nothing ships. Source: shippingMethod.description."
    )
    sources: list[PaymentSource] = field(
        "Sources that pay it, credit first. Source: paymentMethod and supplementaryPaymentMethods, else payment.",
        ListSize(assumed_size=2),
    )
    amount_settled: Money | None = field("Amount settled so far. Source: orderStateDetails.settled.")
    amount_refunded: Money | None = field("Amount refunded so far. Source: orderStateDetails.refunded.")
    required_action: RequiredShopperAction | None = field(
        "What the shopper still has to do; null when there is nothing to do. Source: gateway, from orderState and "
        "paymentSession.",
        resolver=orders.required_action,
    )
    payment_instructions: DelayedPaymentInstructions | None = field(
        "How to pay while the order waits for money; null otherwise. Source: the method's own object."
    )
    is_test: bool = field("True for an order that will not be charged or delivered. Source: testOrder.")
    business_entity_code: str | None = field("Legal entity that sold. Source: businessEntityCode.")
    custom_attributes: list[CustomAttribute] = field(
        "Merchant attributes: all, or those with the given names. Source: customAttributes.",
        ListSize(assumed_size=20),
        resolver=catalog.custom_attributes,
        names=argument(list[str] | None, "Names to return; all when absent."),
    )


@dsl.object_type()
class OrderEdge:
    """One order in a page. Source: gateway."""

    cursor: str = field("Position of the item.")
    node: Order = field("The order.")


@dsl.object_type()
class OrderConnection:
    """A page of orders. Source: gateway."""

    edges: list[OrderEdge] = field("Items with their cursors.")
    nodes: list[Order] = field("The items of the page, for clients that need no cursors.")
    page_info: PageInfo = field("Position of the page.")
    total_count: int = field("Number of matches over all pages. Source: totalResults.")
