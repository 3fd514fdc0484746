"""Recurring purchases. Upstream calls them subscriptions; in GraphQL that word is the root of live updates."""

from datetime import datetime

from gateway.enums import SessionLevel, SubscriptionContractState, TermUnit
from resolvers import contracts
from schema import dsl
from schema.account_entries import PaymentOption
from schema.catalog import Product
from schema.directives import PRIVATE, CacheControl, Cost, ListSize, RequiresSession, SemanticNonNull
from schema.dsl import argument, field
from schema.orders import OrderConnection
from schema.shared_types import Address, Node, PageInfo


@dsl.object_type()
class SubscriptionTerm:
    """Length of a term. Source: term."""

    unit: TermUnit = field("Unit. Source: termUnit.")
    length: int = field("Number of units. Source: termLength.")


@dsl.object_type()
class SubscriptionAddOn:
    """A product that is delivered with a recurring purchase. Source: addOns."""

    product: Product = field("The product. Source: product.")
    quantity: int = field("Number of units. Source: quantity.")


@dsl.object_type()
class PendingContractChange:
    """A change upstream has accepted and not carried out yet. Source: pending actions."""

    action: str = field("What changes, as upstream writes it. Source: action name.")
    requested_at: datetime | None = field(
        "When the change was requested; null when upstream does not say. Source: request date."
    )


@dsl.object_type(CacheControl(max_age=0, scope=PRIVATE), RequiresSession(level=SessionLevel.REGISTERED))
class SubscriptionContract(Node):
    """A product that is bought again at the end of each term. Source: GET /v1/subscriptions/{subscriptionId}."""

    upstream_id: str = field("Identifier used upstream. Source: id.")
    external_reference_id: str | None = field("Merchant's own identifier. Source: externalReferenceId.")
    state: SubscriptionContractState = field("State. Source: state.")
    product: Product = field("The product. Source: product.")
    quantity: int = field("Units now. Source: currentQuantity.")
    renewal_quantity: int = field("Units from the next renewal on. Source: renewalQuantity.")
    is_auto_renewing: bool = field("True when it renews automatically. Source: autoRenewal.")
    term: SubscriptionTerm = field("Length of one term. Source: term.")
    created_at: datetime = field("When it was created. Source: creationDate.")
    activated_at: datetime | None = field("When it became active; null before. Source: activationDate.")
    next_renewal_at: datetime | None = field("When it renews next; null when it will not. Source: nextRenewalDate.")
    expires_at: datetime | None = field("When it expires unless it renews. Source: expirationDate.")
    grace_ends_at: datetime | None = field("When access ends if a renewal fails. Source: graceDate.")
    cancelled_at: datetime | None = field("When it was cancelled; null while it is not. Source: cancellationDate.")
    shipping_address: Address | None = field("Address the goods are sent to. Source: shipToAddress.")
    payment_option: PaymentOption | None = field("Saved payment option that pays the renewals. Source: paymentOption.")
    add_ons: list[SubscriptionAddOn] = field(
        "Products that are delivered with it. Source: addOns.", ListSize(assumed_size=3)
    )
    pending_changes: list[PendingContractChange] | None = field(
        "Changes accepted and not carried out yet. Null when they could not be read. Source: GET …/pending-actions.",
        SemanticNonNull(),
        Cost(weight="1"),
        ListSize(assumed_size=3),
        resolver=contracts.pending_changes,
    )
    orders: OrderConnection | None = field(
        "Orders placed by it, newest first. Null when they could not be read. Source: GET …/orders.",
        SemanticNonNull(),
        Cost(weight="2"),
        ListSize(slicing_arguments=["first", "last"], sized_fields=["edges", "nodes"]),
        resolver=contracts.orders,
        first=argument(int | None, "Number of items from the start of the page; at most 50."),
        after=argument(str | None, "Cursor after which the page starts."),
        last=argument(int | None, "Number of items from the end of the page; at most 50."),
        before=argument(str | None, "Cursor before which the page ends."),
    )


@dsl.object_type()
class SubscriptionContractEdge:
    """One recurring purchase in a page. Source: gateway."""

    cursor: str = field("Position of the item.")
    node: SubscriptionContract = field("The recurring purchase.")


@dsl.object_type()
class SubscriptionContractConnection:
    """A page of recurring purchases. Source: gateway."""

    edges: list[SubscriptionContractEdge] = field("Items with their cursors.")
    nodes: list[SubscriptionContract] = field("The items of the page, for clients that need no cursors.")
    page_info: PageInfo = field("Position of the page.")
    total_count: int = field("Number of matches over all pages. Source: gateway.")
