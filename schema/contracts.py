"""Subscription contracts. Digital River calls them subscriptions, a word that GraphQL uses for live updates."""

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
    """Length of one term of a subscription contract. Digital River object: term."""

    unit: TermUnit = field("Unit of time of the term. Digital River field: termUnit.")
    length: int | None = field(
        "Number of time units in the term. Null if Digital River reports none. Digital River field: termLength."
    )


@dsl.object_type()
class SubscriptionAddOn:
    """An additional product that is delivered under a subscription contract. Digital River object: addOns."""

    known_product: Product | None = field(
        "The additional product. Null if Digital River reports none. Digital River field: product.", name="product"
    )
    quantity: int | None = field(
        "Number of units of the product. Null if Digital River reports none. Digital River field: quantity."
    )


@dsl.object_type()
class PendingContractChange:
    """A change to a subscription contract. Digital River has accepted the change, but has not carried it out yet.
    Digital River object: a pending action.
    """

    action: str = field("Digital River's name for the change. Digital River field: the action name.")
    requested_at: datetime | None = field(
        "When the change was requested; null when Digital River does not report the time. Digital River "
        "field: the request date."
    )


@dsl.object_type(CacheControl(max_age=0, scope=PRIVATE), RequiresSession(level=SessionLevel.REGISTERED))
class SubscriptionContract(Node):
    """A contract under which the shopper buys a product again at the end of each term. Digital River call: GET
    /v1/subscriptions/{subscriptionId}.
    """

    upstream_id: str = field("Digital River's id of the contract. Digital River field: id.")
    external_reference_id: str | None = field(
        "The merchant's own id of the contract. Digital River field: externalReferenceId."
    )
    state: SubscriptionContractState = field("State of the contract. Digital River field: state.")
    known_product: Product | None = field(
        "Product that each renewal buys again. Null if Digital River reports none. Digital River field: product.",
        name="product",
    )
    quantity: int | None = field(
        "Number of units in the current term. Null if Digital River reports none. Digital River field: currentQuantity."
    )
    renewal_quantity: int | None = field(
        "Number of units that the next renewal buys. Null if Digital River reports none. Digital River field: "
        "renewalQuantity; if absent, currentQuantity."
    )
    is_auto_renewing: bool = field("True when the contract renews automatically. Digital River field: autoRenewal.")
    term: SubscriptionTerm = field("Length of one term, for example one year. Digital River field: term.")
    created_at: datetime | None = field(
        "When the contract was created. Null if Digital River does not report the time. Digital River field: "
        "creationDate."
    )
    activated_at: datetime | None = field(
        "When the contract became active; null until then. Digital River field: activationDate."
    )
    next_renewal_at: datetime | None = field(
        "When the contract renews next; null when it will not renew. Digital River field: nextRenewalDate."
    )
    expires_at: datetime | None = field(
        "When the contract expires, unless it renews before that time. Digital River field: expirationDate."
    )
    grace_ends_at: datetime | None = field(
        "When the grace period after a failed renewal ends. Digital River field: graceDate."
    )
    cancelled_at: datetime | None = field(
        "When the contract was cancelled; null for a contract that is not cancelled. Digital River field: "
        "cancellationDate."
    )
    shipping_address: Address | None = field("Address to which the goods are sent. Digital River field: shipToAddress.")
    payment_option: PaymentOption | None = field(
        "Saved payment option that is charged for renewals. Digital River field: paymentOption."
    )
    add_ons: list[SubscriptionAddOn] = field(
        "Additional products that are delivered under the contract. Digital River field: addOns.",
        ListSize(assumed_size=3),
    )
    pending_changes: list[PendingContractChange] | None = field(
        "Changes that Digital River has accepted, but has not carried out yet. Null when the changes could not be "
        "read. Digital River call: GET …/pending-actions.",
        SemanticNonNull(),
        Cost(weight="1"),
        ListSize(assumed_size=3),
        resolver=contracts.pending_changes,
    )
    orders: OrderConnection | None = field(
        "Orders placed under the contract, newest first. Null when the orders could not be read. Digital "
        "River call: GET …/orders.",
        SemanticNonNull(),
        Cost(weight="2"),
        ListSize(slicing_arguments=["first", "last"], sized_fields=["edges", "nodes"]),
        resolver=contracts.orders,
        first=argument(int | None, "Number of items after the cursor, or from the start of the list; at most 50."),
        after=argument(str | None, "Cursor after which the page starts."),
        last=argument(int | None, "Number of items before the cursor, or from the end of the list; at most 50."),
        before=argument(str | None, "Cursor before which the page ends."),
    )


@dsl.object_type()
class SubscriptionContractEdge:
    """A subscription contract on a page, with the contract's cursor."""

    cursor: str = field("Cursor of the contract, to send as `after` or `before`.")
    node: SubscriptionContract = field("Subscription contract at the cursor.")


@dsl.object_type()
class SubscriptionContractConnection:
    """A page of subscription contracts."""

    edges: list[SubscriptionContractEdge] = field("The contracts on the page, with their cursors.")
    nodes: list[SubscriptionContract] = field("The contracts on the page, without cursors.")
    page_info: PageInfo = field("First and last cursor of the page, and whether other pages precede or follow.")
    total_count: int = field("Number of contracts in all pages.")
