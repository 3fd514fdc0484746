"""Orders and submitted carts as Digital River sends them, with the graph's field names.

An order and the answer to a submission have the same data in different fields. Both are decoded as `Order`.
"""

from datetime import datetime
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from gateway.amounts.money import Money
from gateway.enums import OrderState, PaymentSessionState
from gateway.store.rate_limits import target_of
from gateway.upstream import error_envelopes
from gateway.upstream.addresses import Address, address
from gateway.upstream.cart import ShippingMethod
from gateway.upstream.catalog import Product
from gateway.upstream.decoding import (
    Attributes,
    CustomAttribute,
    Identifier,
    Int32,
    JsonObject,
    OneOrMany,
    Shape,
    blank_is_none,
    convert,
    custom_attributes,
    decode,
    many,
)
from gateway.upstream.ids import global_id
from gateway.upstream.lines import LinePricing, RecurringTerms
from gateway.upstream.order_pricing import OrderPricing, OrderTotals
from gateway.upstream.payment import (
    CartPaymentSession,
    DelayedPaymentInstructions,
    LegacyPayment,
    Source,
    sources,
)


class LineState(Shape, frozen=True, kw_only=True, rename="camel"):
    back_ordered: Int32 | None = None
    shipped: Int32 | None = None
    returned: Int32 | None = None
    pending_return: Int32 | None = None


class Downloads(Shape, frozen=True, kw_only=True, rename="camel"):
    download_uri: OneOrMany[str] = []


class OrderLine(Shape, frozen=True, kw_only=True, rename="camel"):
    """A product and its quantity in an order. Digital River object: lineItem."""

    wire_id: Identifier = field(name="id")
    quantity: Int32 | None = None
    product: Product = Product()
    """Product of the line. It has no id if Digital River sent none, or if the product could not be read."""
    wire_pricing: LinePricing = field(name="pricing", default=LinePricing())
    wire_state: str | None = field(name="lineItemState", default=None)
    counts: LineState | None = field(name="lineItemStateDetails", default=None)
    downloads: Downloads | None = None
    recurring_terms: RecurringTerms | None = field(name="subscriptionInfo", default=None)
    order_number: str = ""
    """Number of the order, which is part of the global id of the line. Set by `Order.lines`."""

    @property
    def id(self) -> str:
        return global_id("OrderLine", f"{self.order_number}-{self.upstream_id}")

    @property
    def upstream_id(self) -> str:
        return str(self.wire_id)

    @property
    def pricing(self) -> LinePricing:
        return replace(self.wire_pricing, quantity=self.quantity)

    @property
    def known_product(self) -> Product | None:
        return self.product.if_known

    @property
    def upstream_state(self) -> str:
        return self.wire_state or ""

    @property
    def backordered_quantity(self) -> int:
        return (self.counts.back_ordered if self.counts else None) or 0

    @property
    def shipped_quantity(self) -> int:
        return (self.counts.shipped if self.counts else None) or 0

    @property
    def returned_quantity(self) -> int:
        return (self.counts.returned if self.counts else None) or 0

    @property
    def pending_return_quantity(self) -> int:
        return (self.counts.pending_return if self.counts else None) or 0

    @property
    def download_urls(self) -> list[str]:
        return [url for url in many(self.downloads.download_uri) if url] if self.downloads else []


class OrderLines(Shape, frozen=True, kw_only=True, rename="camel"):
    line_item: OneOrMany[OrderLine] = []


class StateDetails(Shape, frozen=True, kw_only=True):
    description: str | None = None
    settled: Money | None = None
    refunded: Money | None = None


class Order(Shape, frozen=True, kw_only=True, rename="camel"):
    """An order. The answer to a submission has some fields of the order outside the order object.

    Digital River object: order.
    """

    wire_id: Identifier = field(name="id")
    submitted_at: datetime | None = field(name="submissionDate", default=None)
    wire_state: str | None = field(name="orderState", default=None)
    state_details: StateDetails | None = field(name="orderStateDetails", default=None)
    test_order: bool | None = None
    business_entity_code: str | None = None
    pricing: OrderPricing | None = None
    line_items: OrderLines | None = None
    wire_billing: JsonObject | None = field(name="billingAddress", default=None)
    wire_shipping: JsonObject | None = field(name="shippingAddress", default=None)
    wire_method: ShippingMethod | None = field(name="shippingMethod", default=None)
    payment_method: JsonObject | None = None
    wire_payment: LegacyPayment | None = field(name="payment", default=None)
    payment_session: CartPaymentSession | None = field(name="paymentSession", default=None)
    wire_attributes: Attributes | None = field(name="customAttributes", default=None)

    @property
    def id(self) -> str:
        return global_id("Order", self.number)

    @property
    def number(self) -> str:
        return str(self.wire_id)

    @property
    def upstream_id(self) -> str:
        return self.number

    @property
    def state(self) -> OrderState:
        return OrderState(self.wire_state)

    @property
    def upstream_state(self) -> str:
        return self.wire_state or ""

    @property
    def state_description(self) -> str | None:
        return blank_is_none(self.state_details.description) if self.state_details else None

    @property
    def lines(self) -> list[OrderLine]:
        lines = many(self.line_items.line_item) if self.line_items else []
        return [replace(line, order_number=self.number) for line in lines]

    @property
    def totals(self) -> OrderTotals:
        return (self.pricing or OrderPricing()).totals()

    @property
    def billing_address(self) -> Address | None:
        return address(self.wire_billing)

    @property
    def shipping_address(self) -> Address | None:
        return address(self.wire_shipping)

    @property
    def shipping_method(self) -> str | None:
        return blank_is_none(self.wire_method.description) if self.wire_method else None

    @property
    def sources(self) -> list[Source]:
        """Sources that pay for the order, store credit first."""
        attached = sources(self.payment_method, self.totals.order_total)
        if not attached and self.wire_payment is not None:
            attached = many(self.wire_payment.source)
        return sorted(attached, key=lambda source: source.type != "customerCredit")

    @property
    def amount_settled(self) -> Money | None:
        return self.state_details.settled if self.state_details else None

    @property
    def amount_refunded(self) -> Money | None:
        return self.state_details.refunded if self.state_details else None

    @property
    def payment_instructions(self) -> DelayedPaymentInstructions | None:
        """Payment instructions; None if the order does not wait for the shopper's payment.

        If Digital River does not send the order's state, the state of the payment session decides.
        """
        session = self.payment_session
        waits = self.state in (OrderState.SOURCE_PENDING_FUNDS, OrderState.PENDING_PAYMENT)
        if self.wire_state is None and session is not None:
            waits = session.state is PaymentSessionState.PENDING_FUNDS
        if not waits:
            return None
        return next((source.instructions for source in self.sources if source.instructions), None)

    @property
    def is_test(self) -> bool:
        return self.test_order is True

    @property
    def attributes(self) -> list[CustomAttribute]:
        return custom_attributes(self.wire_attributes)

    def summary(self) -> "Order":
        """Copy of the order without secret and personal data."""
        lines = [replace(line, downloads=None) for line in self.lines]
        return replace(
            self,
            line_items=OrderLines(line_item=lines),
            wire_billing=None,
            wire_shipping=None,
            payment_method=None,
            wire_payment=None,
            payment_session=None,
            wire_attributes=None,
        )

    def __repr__(self) -> str:
        return f"Order({self.number}, {self.upstream_state})"


class OrderPage(Shape, frozen=True, kw_only=True, rename="camel"):
    """A page of orders, or the orders that a look-up found. Digital River object: orders."""

    order: OneOrMany[Order] = []
    total_results: Int32 | None = None

    @property
    def orders(self) -> list[Order]:
        return many(self.order)

    @property
    def total_count(self) -> int:
        return len(self.orders) if self.total_results is None else self.total_results


class Proof(Struct, frozen=True, kw_only=True):
    """Secret data that prove the right to read an order.

    The data are the order number and the order's password, or the email address and the last four digits of the card.
    """

    number: str | None = None
    password: str | None = None
    email: str | None = None
    last_four_digits: str | None = None

    @property
    def target(self) -> str:
        """Rate-limit target for look-ups of this order number or email address."""
        return target_of("order", self.number.lstrip("0")) if self.number else target_of("email", self.email or "")

    def wire(self) -> dict[str, str]:
        fields = {
            "orderId": self.number,
            "password": self.password,
            "creditCardLastDigits": self.last_four_digits,
            "emailAddress": self.email,
        }
        return {name: value for name, value in fields.items() if value is not None}

    def __repr__(self) -> str:
        return "Proof(***)"


class SubmittedCart(Shape, frozen=True, kw_only=True, rename="camel"):
    """Answer to submit-cart or resume-cart. Digital River object: submitCart or resumeCart."""

    header: JsonObject | None = field(name="order", default=None)
    pricing: JsonObject | None = None
    line_items: JsonObject | None = None
    billing_address: JsonObject | None = None
    shipping_address: JsonObject | None = None
    shipping_method: JsonObject | None = None
    payment_method: JsonObject | None = None
    payment_session: CartPaymentSession | None = field(name="paymentSession", default=None)
    errors: Any = None
    refusals: list[str] = []
    """Codes of the errors that the answer contains inside or outside the submitted cart."""

    @property
    def order(self) -> Order | None:
        """The order, completed with the fields that the answer contains outside the order object. None if the order has
        no id."""
        if self.header is None or "id" not in self.header:
            return None
        fields = {
            "pricing": self.pricing,
            "lineItems": self.line_items,
            "billingAddress": self.billing_address,
            "shippingAddress": self.shipping_address,
            "shippingMethod": self.shipping_method,
            "paymentMethod": self.payment_method,
        }
        order = convert({name: part for name, part in fields.items() if part is not None} | self.header, Order)
        return order if order.payment_session else replace(order, payment_session=self.payment_session)


class SubmissionAnswer(Struct, frozen=True, rename="camel"):
    submit_cart: SubmittedCart | None = None
    resume_cart: SubmittedCart | None = None
    errors: Any = None


def submitted_cart(body: bytes) -> SubmittedCart:
    """Decode the answer to submit-cart or resume-cart, and add the codes of all errors in the answer."""
    answer = decode(body, SubmissionAnswer)
    # In one of Digital River's documented examples, the answer has no wrapper object.
    submitted = answer.submit_cart or answer.resume_cart or decode(body, SubmittedCart)
    errors = [*error_envelopes.codes(answer.errors), *error_envelopes.codes(submitted.errors)]
    return replace(submitted, refusals=list(dict.fromkeys(errors)))
