"""Readiness of a cart: whether the cart can become an order."""

from datetime import datetime

from strawberry import ID

from gateway.enums import AddressKind, CheckoutBlockerCode, CheckoutStepKind, CheckoutStepStatus, ReadinessStatus
from resolvers import shopper_messages
from resolvers.scalars import CartRevision, SchemaCoordinate
from schema import dsl
from schema.directives import PRIVATE, CacheControl, ListSize
from schema.dsl import field


@dsl.interface
class CheckoutBlocker:
    """A reason why the cart cannot become an order."""

    code: CheckoutBlockerCode = field("Stable code of the blocker, for client logic.")
    message: str = field("Explanation for a developer, in English.")
    shopper_message: str | None = field(
        "What the shopper can do, as plain words in the language of the session. Null when the shopper can do nothing "
        "about the blocker.",
        resolver=shopper_messages.shopper_message,
    )
    step: CheckoutStepKind = field("Checkout step to which the blocker belongs.")
    resolved_by: list[SchemaCoordinate] = field(
        "Mutations or query fields that can resolve the blocker, for example Mutation.attachSource."
    )
    address_kind: AddressKind | None = field(
        "Kind of the address that blocks the order; null when no address does. Both addresses may have the same code."
    )
    line_id: ID | None = field("Id of the cart line that blocks the order; null when no line does.")


@dsl.object_type()
class CheckoutStep:
    """One step of a checkout."""

    kind: CheckoutStepKind = field("Name of the step.")
    status: CheckoutStepStatus = field("Whether the step is done.")


@dsl.object_type(CacheControl(max_age=0, scope=PRIVATE))
class CheckoutReadiness:
    """Whether a cart can become an order now. The mutation submitOrder checks the same rules. A storefront can
    therefore show the next step before it submits the order.
    """

    status: ReadinessStatus = field("Whether the cart can become an order.")
    blockers: list[CheckoutBlocker] = field(
        "All blockers, in the sequence in which to resolve them; empty when the cart is ready.",
        ListSize(assumed_size=6),
    )
    steps: list[CheckoutStep] = field(
        "Steps of the checkout with their status, in the sequence in which to show them.", ListSize(assumed_size=6)
    )
    next_step: CheckoutStepKind | None = field("First step that is not done; null when the cart is ready.")
    cart_revision: CartRevision = field("Cart revision at the time of the check.")
    evaluated_at: datetime = field("When the cart was checked.")
