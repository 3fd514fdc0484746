"""GraphQL types of the session and the registered shopper."""

from datetime import datetime

from strawberry import ID

from gateway.enums import CartTransitionOutcome, OrderState, SessionLevel, SourceUsage
from resolvers import address_book, contracts, drop_in, orders, payment_options, shopper, store_credit
from resolvers.scalars import CurrencyCode, EmailAddress, Locale
from schema import dsl
from schema.account_entries import PaymentOption, SavedAddress
from schema.contracts import SubscriptionContractConnection
from schema.directives import PRIVATE, CacheControl, Cost, ListSize, RequiresSession, SemanticNonNull, Sensitive
from schema.drop_in import PaymentOptionDropIn
from schema.dsl import argument, field
from schema.orders import OrderConnection
from schema.payment import StoreCreditAccount
from schema.shared_types import Node


@dsl.object_type(CacheControl(max_age=0, scope=PRIVATE), RequiresSession(level=SessionLevel.REGISTERED))
class Shopper(Node):
    """A registered shopper. Digital River call: GET /v1/shoppers/me with a full access token."""

    upstream_id: str = field("Digital River's id of the shopper. Digital River field: id.")
    external_reference_id: str | None = field(
        "The merchant's own id of the shopper. Digital River field: externalReferenceId.",
        resolver=shopper.external_reference_id,
    )
    first_name: str | None = field("Given name. Digital River field: firstName.", resolver=shopper.first_name)
    last_name: str | None = field("Family name. Digital River field: lastName.", resolver=shopper.last_name)
    email: EmailAddress | None = field(
        "Email address. Digital River field: emailAddress.", Sensitive(), resolver=shopper.email
    )
    addresses: list[SavedAddress] | None = field(
        "Saved addresses. Null when they could not be read. Digital River call: GET /v1/shoppers/me/addresses.",
        SemanticNonNull(),
        Cost(weight="1"),
        ListSize(assumed_size=10),
        resolver=address_book.addresses,
    )
    payment_options: list[PaymentOption] | None = field(
        "Saved payment options. Null when they could not be read. Digital River call: GET "
        "/v1/shoppers/me/payment-options.",
        SemanticNonNull(),
        Cost(weight="1"),
        ListSize(assumed_size=5),
        resolver=payment_options.payment_options,
    )
    drop_in: PaymentOptionDropIn | None = field(
        "Configuration of the drop-in of DigitalRiver.js on a page of the account, where the shopper saves a source. "
        "Null when the saved addresses could not be read. Derived from the default address, or else the first one.",
        SemanticNonNull(),
        Cost(weight="2"),
        resolver=drop_in.payment_option_drop_in,
        usage=argument(
            SourceUsage | None,
            "What the source may be used for; CONVENIENCE when absent. SUBSCRIPTION for a source that pays for "
            "renewals.",
        ),
    )
    orders: OrderConnection | None = field(
        "Orders, newest first. Null when they could not be read. Digital River call: GET /v1/shoppers/me/orders.",
        SemanticNonNull(),
        Cost(weight="2"),
        ListSize(slicing_arguments=["first", "last"], sized_fields=["edges", "nodes"]),
        resolver=orders.orders_of_shopper,
        first=argument(int | None, "Number of items after the cursor, or from the start of the list; at most 50."),
        after=argument(str | None, "Cursor after which the page starts."),
        last=argument(int | None, "Number of items before the cursor, or from the end of the list; at most 50."),
        before=argument(str | None, "Cursor before which the page ends."),
        states=argument(list[OrderState] | None, "States of the orders to return; orders in all states when absent."),
    )
    subscription_contracts: SubscriptionContractConnection | None = field(
        "Subscription contracts. Null when they could not be read. Digital River call: GET "
        "/v1/subscriptions?shopperId=…",
        SemanticNonNull(),
        Cost(weight="2"),
        ListSize(slicing_arguments=["first", "last"], sized_fields=["edges", "nodes"]),
        resolver=contracts.contracts_of_shopper,
        first=argument(int | None, "Number of items after the cursor, or from the start of the list; at most 50."),
        after=argument(str | None, "Cursor after which the page starts."),
        last=argument(int | None, "Number of items before the cursor, or from the end of the list; at most 50."),
        before=argument(str | None, "Cursor before which the page ends."),
    )
    store_credit: StoreCreditAccount | None = field(
        "Store credit of the shopper. Null when store credit is off, or when the merchant's credit ledger could "
        "not be read. The error for this field gives the reason.",
        Cost(weight="1"),
        resolver=store_credit.store_credit,
    )


@dsl.object_type(CacheControl(max_age=0, scope=PRIVATE))
class Session:
    """A shopper's session. The gateway stores Digital River's tokens and never sends them to the client, which holds an
    opaque cookie or bearer token. Digital River call: POST /oauth20/token.
    """

    id: ID = field("Id of the session for support and logs. The id grants no access.")
    level: SessionLevel = field(
        "Whether the session is a guest's or a signed-in shopper's. Derived from the kind of Digital River token."
    )
    locale: Locale = field("Locale of the session. Set when the session began, or by updateSession.")
    currency_code: CurrencyCode = field(
        "Currency of the session and its cart. Set when the session began, or by updateSession."
    )
    expires_at: datetime = field(
        "When the session ends if the client does not use it again. Each use postpones the end, up to the maximum "
        "duration of a session. A session ends with the Digital River token if the token cannot be renewed. Derived "
        "from the Digital River field expires_in."
    )
    shopper: Shopper | None = field(
        "The signed-in shopper; null for a guest. Digital River call: GET /v1/shoppers/me.",
        Cost(weight="1"),
        resolver=shopper.shopper_of,
    )


@dsl.object_type()
class CartTransition:
    """What happened to the lines of the guest cart at the sign-in. The gateway compares the cart before and after the
    sign-in.
    """

    outcome: CartTransitionOutcome = field(
        "Whether the lines of the guest cart are still in the cart after the sign-in."
    )
    quantity_before: int = field("Units in the guest cart before the sign-in.")
    quantity_after: int = field("Units in the cart after the sign-in.")
