"""The query root."""

from uuid import UUID

from strawberry import ID

from gateway.enums import SessionLevel
from resolvers import (
    cart,
    catalog,
    contracts,
    nodes,
    orders,
    payment_methods,
    payment_session,
    readiness,
    sessions,
    shopper,
    storefront,
    submissions,
)
from resolvers.inputs.catalog import ProductBy, ProductSearchInput
from resolvers.inputs.payment import PaymentMethodFilterInput
from schema import dsl
from schema.account import Session, Shopper
from schema.cart import Cart
from schema.catalog import Category, Offer, Product, ProductConnection, Storefront
from schema.contracts import SubscriptionContract
from schema.directives import PRIVATE, PUBLIC, CacheControl, Cost, ListSize, RequiresSession, SemanticNonNull
from schema.dsl import argument, field
from schema.orders import Order
from schema.payment import AvailablePaymentMethods, PaymentSession
from schema.readiness import CheckoutReadiness
from schema.shared_types import Node
from schema.submissions import SubmissionAttempt


@dsl.object_type()
class Query:
    """Reads. Every field is nullable: an upstream call that fails takes only its own field from the page."""

    node: Node | None = field(
        "Any object by its global identifier. Null when it does not exist or belongs to someone else. Source: the "
        "type's own upstream call.",
        RequiresSession(level=SessionLevel.NONE),
        Cost(weight="1"),
        resolver=nodes.node,
        id=argument(ID, "Global identifier."),
    )
    nodes: list[Node | None] | None = field(
        "Several objects by their global identifiers, in the same order; null for each object that does not exist or "
        "belongs to someone else. Source: as for node.",
        RequiresSession(level=SessionLevel.NONE),
        Cost(weight="1"),
        ListSize(slicing_arguments=["ids"], require_one_slicing_argument=False, assumed_size=50),
        resolver=nodes.nodes,
        ids=argument(list[ID], "Global identifiers; at most 50."),
    )
    storefront: Storefront | None = field(
        "Settings of the storefront. Source: see Storefront.",
        SemanticNonNull(),
        RequiresSession(level=SessionLevel.NONE),
        CacheControl(max_age=3600, scope=PUBLIC, stale_if_error=86400),
        resolver=storefront.storefront,
    )
    product: Product | None = field(
        "One product. Null when it does not exist or may not be shown. Source: GET "
        "/v1/shoppers/me/products/{productId}.",
        RequiresSession(level=SessionLevel.NONE),
        CacheControl(max_age=300, scope=PUBLIC, stale_if_error=86400),
        Cost(weight="1"),
        resolver=catalog.product,
        by=argument(ProductBy, "Which product."),
    )
    products: ProductConnection | None = field(
        "All products, or those that match the search. Source: GET /v1/shoppers/me/products, or "
        "/v1/shoppers/me/product-search with a keyword.",
        SemanticNonNull(),
        RequiresSession(level=SessionLevel.NONE),
        CacheControl(max_age=120, scope=PUBLIC, stale_if_error=3600),
        Cost(weight="2"),
        ListSize(slicing_arguments=["first", "last"], sized_fields=["edges", "nodes"]),
        resolver=catalog.products,
        search=argument(ProductSearchInput | None, "Which products are listed; all when absent."),
        first=argument(int | None, "Number of items from the start of the page; at most 100."),
        after=argument(str | None, "Cursor after which the page starts."),
        last=argument(int | None, "Number of items from the end of the page; at most 100."),
        before=argument(str | None, "Cursor before which the page ends."),
    )
    category: Category | None = field(
        "One category. Null when it does not exist. Source: GET /v1/shoppers/me/categories/{categoryId}.",
        RequiresSession(level=SessionLevel.NONE),
        CacheControl(max_age=900, scope=PUBLIC, stale_if_error=86400),
        Cost(weight="1"),
        resolver=catalog.category,
        id=argument(ID, "Global identifier."),
    )
    categories: list[Category] | None = field(
        "Top categories. Source: GET /v1/shoppers/me/categories.",
        SemanticNonNull(),
        RequiresSession(level=SessionLevel.NONE),
        CacheControl(max_age=900, scope=PUBLIC, stale_if_error=86400),
        Cost(weight="1"),
        ListSize(assumed_size=20),
        resolver=catalog.categories,
    )
    offers: list[Offer] | None = field(
        "Offers of a point of promotion that need no cart. Source: GET "
        "/v1/shoppers/me/point-of-promotions/{name}/offers.",
        SemanticNonNull(),
        RequiresSession(level=SessionLevel.NONE),
        CacheControl(max_age=120, scope=PUBLIC, stale_if_error=3600),
        Cost(weight="1"),
        ListSize(assumed_size=5),
        resolver=catalog.offers,
        point_of_promotion=argument(str, "Name of the point of promotion."),
    )
    session: Session | None = field(
        "The session of the caller. Null when there is none. Source: gateway.",
        RequiresSession(level=SessionLevel.NONE),
        CacheControl(max_age=0, scope=PRIVATE),
        resolver=sessions.session,
    )
    shopper: Shopper | None = field(
        "The signed-in shopper. Null for a guest and without a session. Source: GET /v1/shoppers/me.",
        RequiresSession(level=SessionLevel.NONE),
        CacheControl(max_age=0, scope=PRIVATE),
        Cost(weight="1"),
        resolver=shopper.shopper,
    )
    cart: Cart | None = field(
        "The cart of the session. Null without a session. Source: GET /v1/shoppers/me/carts/active.",
        RequiresSession(level=SessionLevel.NONE),
        CacheControl(max_age=0, scope=PRIVATE),
        Cost(weight="1"),
        resolver=cart.cart,
    )
    payment_session: PaymentSession | None = field(
        "The payment session of the cart; the same object as Cart.paymentSession. Source: cart.paymentSession.",
        RequiresSession(level=SessionLevel.ANONYMOUS),
        CacheControl(max_age=0, scope=PRIVATE),
        Cost(weight="1"),
        resolver=payment_session.payment_session,
    )
    available_payment_methods: AvailablePaymentMethods | None = field(
        "Payment methods for the cart; the same list as PaymentSession.availablePaymentMethods. Null "
        "without a payment session. Source: see AvailablePaymentMethods.",
        RequiresSession(level=SessionLevel.ANONYMOUS),
        CacheControl(max_age=60, scope=PRIVATE, stale_if_error=600),
        Cost(weight="1"),
        resolver=payment_methods.available_payment_methods,
        filter=argument(PaymentMethodFilterInput | None, "Which payment methods are listed; all when absent."),
    )
    checkout_readiness: CheckoutReadiness | None = field(
        "Whether the cart can become an order now; the same object as Cart.readiness. Source: gateway.",
        RequiresSession(level=SessionLevel.ANONYMOUS),
        CacheControl(max_age=0, scope=PRIVATE),
        Cost(weight="2"),
        resolver=readiness.checkout_readiness,
    )
    order_submission: SubmissionAttempt | None = field(
        "A submission of this session: the one with the key, else the latest. Null when there is none. Reading a "
        "submission that is in doubt makes the gateway reconcile it. Source: "
        "gateway, and GET /v1/shoppers/me/orders when in doubt.",
        RequiresSession(level=SessionLevel.ANONYMOUS),
        CacheControl(max_age=0, scope=PRIVATE),
        Cost(weight="1"),
        resolver=submissions.order_submission,
        idempotency_key=argument(UUID | None, "Key given to submitOrder; the latest submission when absent."),
    )
    order: Order | None = field(
        "An order of the shopper, or one this guest session placed. Null otherwise. Source: GET"
        " /v1/shoppers/me/orders/{orderId}.",
        RequiresSession(level=SessionLevel.ANONYMOUS),
        CacheControl(max_age=0, scope=PRIVATE),
        Cost(weight="1"),
        resolver=orders.order,
        id=argument(ID, "Global identifier."),
    )
    subscription_contract: SubscriptionContract | None = field(
        "A recurring purchase of the shopper. Null when it is not theirs. Source: GET "
        "/v1/subscriptions/{subscriptionId}, after an ownership check.",
        RequiresSession(level=SessionLevel.REGISTERED),
        CacheControl(max_age=0, scope=PRIVATE),
        Cost(weight="1"),
        resolver=contracts.contract,
        id=argument(ID, "Global identifier."),
    )
