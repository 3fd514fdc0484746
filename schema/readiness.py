"""Whether a cart can become an order."""

from datetime import datetime

from gateway.enums import CheckoutBlockerCode, CheckoutStepKind, CheckoutStepStatus, ReadinessStatus
from resolvers.scalars import CartRevision, SchemaCoordinate
from schema import dsl
from schema.directives import PRIVATE, CacheControl, ListSize
from schema.dsl import field


@dsl.interface
class CheckoutBlocker:
    """Something that keeps a cart from becoming an order. Source: gateway."""

    code: CheckoutBlockerCode = field("Stable code to branch on.")
    message: str = field("Explanation for a developer, in English.")
    step: CheckoutStepKind = field("Step it belongs to.")
    resolved_by: list[SchemaCoordinate] = field(
        "Fields of this schema that can clear it, for example Mutation.attachSource."
    )


@dsl.object_type()
class CheckoutStep:
    """One step of a checkout. Source: gateway."""

    kind: CheckoutStepKind = field("Which step.")
    status: CheckoutStepStatus = field("How far it is.")


@dsl.object_type(CacheControl(max_age=0, scope=PRIVATE))
class CheckoutReadiness:
    """Whether a cart can become an order now. It is computed from the same rules that guard submitOrder,
    so a storefront can show the next step without trying to submit. Source: gateway.
    """

    status: ReadinessStatus = field("Whether the cart can become an order.")
    blockers: list[CheckoutBlocker] = field(
        "Everything that blocks the order, in the order to resolve it; empty when ready.", ListSize(assumed_size=6)
    )
    steps: list[CheckoutStep] = field(
        "The steps of a checkout with their state, in the order to show them.", ListSize(assumed_size=6)
    )
    next_step: CheckoutStepKind | None = field("First step that is not done; null when ready.")
    cart_revision: CartRevision = field("Revision of the cart that was checked.")
    evaluated_at: datetime = field("When the cart was checked.")
