"""The type `Query`."""

from uuid import UUID

from strawberry import ID

from gateway.enums import ProductSort, SessionLevel
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
    """Queries. Every field is nullable. When a call to Digital River fails, only the fields that need the call are
    null.
    """

    node: Node | None = field(
        "The object with a global id. Null when the object does not exist or belongs to another shopper.",
        RequiresSession(level=SessionLevel.NONE),
        Cost(weight="1"),
        resolver=nodes.node,
        id=argument(ID, "Global id of the object."),
    )
    nodes: list[Node | None] | None = field(
        "The objects with the given global ids, in the same sequence. An item is null when the object does not exist "
        "or belongs to another shopper. An item that cannot be read is null and has an error; the others are returned.",
        RequiresSession(level=SessionLevel.NONE),
        Cost(weight="4"),
        ListSize(slicing_arguments=["ids"], require_one_slicing_argument=False, assumed_size=50),
        resolver=nodes.nodes,
        ids=argument(list[ID], "Global ids of the objects; at most 50."),
    )
    storefront: Storefront | None = field(
        "Settings of the storefront.",
        SemanticNonNull(),
        RequiresSession(level=SessionLevel.NONE),
        CacheControl(max_age=3600, scope=PUBLIC, stale_if_error=86400),
        resolver=storefront.storefront,
    )
    product: Product | None = field(
        "One product. Null when the product does not exist or may not be shown. Digital River call: GET "
        "/v1/shoppers/me/products/{productId}.",
        RequiresSession(level=SessionLevel.NONE),
        CacheControl(max_age=300, scope=PUBLIC, stale_if_error=86400),
        Cost(weight="1"),
        resolver=catalog.product,
        by=argument(ProductBy, "The product to return."),
    )
    products: ProductConnection | None = field(
        "Products that match the search; all products without a search. Digital River call: GET "
        "/v1/shoppers/me/products, or /v1/shoppers/me/product-search when the search has `text`.",
        SemanticNonNull(),
        RequiresSession(level=SessionLevel.NONE),
        CacheControl(max_age=120, scope=PUBLIC, stale_if_error=3600),
        Cost(weight="10"),
        ListSize(slicing_arguments=["first", "last"], sized_fields=["edges", "nodes"]),
        resolver=catalog.products,
        search=argument(ProductSearchInput | None, "Conditions for the products to return; all products when absent."),
        sort=argument(
            ProductSort | None, "Order of the products; best match first when absent, or Digital River's own order."
        ),
        first=argument(int | None, "Number of items after the cursor, or from the start of the list; at most 100."),
        after=argument(str | None, "Cursor after which the page starts."),
        last=argument(int | None, "Number of items before the cursor, or from the end of the list; at most 100."),
        before=argument(str | None, "Cursor before which the page ends."),
    )
    category: Category | None = field(
        "One category. Null when the category does not exist. Digital River call: GET "
        "/v1/shoppers/me/categories/{categoryId}.",
        RequiresSession(level=SessionLevel.NONE),
        CacheControl(max_age=900, scope=PUBLIC, stale_if_error=86400),
        Cost(weight="1"),
        resolver=catalog.category,
        id=argument(ID, "Global id of the category."),
    )
    categories: list[Category] | None = field(
        "Top categories. Digital River call: GET /v1/shoppers/me/categories.",
        SemanticNonNull(),
        RequiresSession(level=SessionLevel.NONE),
        CacheControl(max_age=900, scope=PUBLIC, stale_if_error=86400),
        Cost(weight="1"),
        ListSize(assumed_size=20),
        resolver=catalog.categories,
    )
    offers: list[Offer] | None = field(
        "Offers at a point of promotion. The list does not depend on the cart. Digital River call: GET "
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
        "The shopper's session. Null when there is no session.",
        RequiresSession(level=SessionLevel.NONE),
        CacheControl(max_age=0, scope=PRIVATE),
        resolver=sessions.session,
    )
    shopper: Shopper | None = field(
        "The signed-in shopper. Null for a guest and without a session. Digital River call: GET /v1/shoppers/me.",
        RequiresSession(level=SessionLevel.NONE),
        CacheControl(max_age=0, scope=PRIVATE),
        Cost(weight="1"),
        resolver=shopper.shopper,
    )
    cart: Cart | None = field(
        "The cart of the session. Null without a session. Digital River call: GET /v1/shoppers/me/carts/active.",
        RequiresSession(level=SessionLevel.NONE),
        CacheControl(max_age=0, scope=PRIVATE),
        Cost(weight="1"),
        resolver=cart.cart,
    )
    payment_session: PaymentSession | None = field(
        "The payment session of the cart; the same object as Cart.paymentSession. Digital River field: "
        "cart.paymentSession.",
        RequiresSession(level=SessionLevel.ANONYMOUS),
        CacheControl(max_age=0, scope=PRIVATE),
        Cost(weight="1"),
        resolver=payment_session.payment_session,
    )
    available_payment_methods: AvailablePaymentMethods | None = field(
        "Payment methods for the cart; the same list as PaymentSession.availablePaymentMethods. Null without "
        "a payment session.",
        RequiresSession(level=SessionLevel.ANONYMOUS),
        CacheControl(max_age=60, scope=PRIVATE, stale_if_error=600),
        Cost(weight="1"),
        resolver=payment_methods.available_payment_methods,
        filter=argument(
            PaymentMethodFilterInput | None, "Conditions for the payment methods to return; all methods when absent."
        ),
    )
    checkout_readiness: CheckoutReadiness | None = field(
        "Whether the cart can become an order now; the same object as Cart.readiness.",
        RequiresSession(level=SessionLevel.ANONYMOUS),
        CacheControl(max_age=0, scope=PRIVATE),
        Cost(weight="2"),
        resolver=readiness.checkout_readiness,
    )
    order_submission: SubmissionAttempt | None = field(
        "The shopper's submission that has the idempotency key, from any session of the shopper. When "
        "`idempotencyKey` is absent, the open submission of the cart, or the latest one of this session. Null when "
        "there is no such submission: submitOrder can be called with the key. When a session has ended, a session that "
        "is started with its handle can read its submissions by their keys, without addresses and secrets. If the "
        "submission is in doubt, or the shopper has left the payment page, the gateway first checks whether the order "
        "was placed. Digital River call, for such a submission only: GET /v1/shoppers/me/carts/active and "
        "/v1/shoppers/me/orders/{orderId}.",
        RequiresSession(level=SessionLevel.ANONYMOUS),
        CacheControl(max_age=0, scope=PRIVATE),
        Cost(weight="1"),
        resolver=submissions.order_submission,
        idempotency_key=argument(
            UUID | None,
            "Key that was sent to submitOrder. When absent, the open submission of the cart, or the latest one.",
        ),
    )
    order: Order | None = field(
        "An order of the shopper, or an order that this session has placed or looked up. Null for any other "
        "order. Digital River call: GET /v1/shoppers/me/orders/{orderId}.",
        RequiresSession(level=SessionLevel.ANONYMOUS),
        CacheControl(max_age=0, scope=PRIVATE),
        Cost(weight="1"),
        resolver=orders.order,
        id=argument(ID, "Global id of the order."),
    )
    subscription_contract: SubscriptionContract | None = field(
        "A subscription contract of the shopper. Null when the contract belongs to another shopper. Digital River "
        "call: GET /v1/subscriptions/{subscriptionId}.",
        RequiresSession(level=SessionLevel.REGISTERED),
        CacheControl(max_age=0, scope=PRIVATE),
        Cost(weight="1"),
        resolver=contracts.contract,
        id=argument(ID, "Global id of the subscription contract."),
    )
