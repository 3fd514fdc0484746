"""Submissions of a cart, and their outcomes."""

from datetime import datetime
from uuid import UUID

from gateway.enums import DeclineAdvice, DeclineSeverity, SessionLevel, SubmissionStatus
from schema import dsl
from schema.directives import PRIVATE, CacheControl, RequiresSession
from schema.dsl import field
from schema.orders import Order
from schema.payment import DelayedPaymentInstructions, PaymentSession, RequiredShopperAction
from schema.readiness import CheckoutBlocker


@dsl.interface
class SubmitOrderResult:
    """Outcome of a submission: OrderPlaced, OrderAwaitingPayment, OrderActionRequired, OrderDeclined,
    OrderBlocked, OrderNotPlaced or OrderInDoubt. Treat an unknown type like OrderInDoubt. Source:
    gateway.
    """

    message: str = field("Explanation for a developer, in English.")


@dsl.object_type(CacheControl(max_age=0, scope=PRIVATE), RequiresSession(level=SessionLevel.ANONYMOUS))
class SubmissionAttempt:
    """One attempt to turn a cart into an order, remembered for at least 24 hours under its idempotency
    key. It outlives page reloads and app restarts. Source: gateway.
    """

    idempotency_key: UUID = field("Key that the client chose.")
    status: SubmissionStatus = field("How far it is.")
    was_sent_upstream: bool = field(
        "True once a request that could charge the shopper left the gateway. False means nothing was charged."
    )
    is_replay: bool = field("True when this answer repeats a stored outcome instead of acting.")
    started_at: datetime = field("When it started.")
    updated_at: datetime = field("When its status last changed.")
    result: SubmitOrderResult | None = field("Outcome. Null while it is in progress.")


@dsl.object_type()
class PaymentDecline:
    """Why a payment was declined, without details that would help a fraudster. Source: errors.error with
    declinedMessage.
    """

    severity: DeclineSeverity = field(
        "Whether another try with the same source can work. Source: customerDeclinedType, else "
        "the documented table for the subcode."
    )
    advice: DeclineAdvice = field("What to suggest to the shopper. Source: gateway, from the subcode.")
    shopper_message: str = field("Message for the shopper, in the language of the session. Source: gateway.")
    retry_after: datetime | None = field(
        "Earliest instant for another try with the same source; null when there is no such limit, or when another try "
        "cannot work. Source: gateway."
    )
    support_reference: str = field(
        "Reference for support. The gateway logs the upstream subcode under it and shows it nowhere else. Source: "
        "gateway."
    )


@dsl.object_type()
class OrderPlaced(SubmitOrderResult):
    """The order is placed, and paid or going to be charged without further action. Source: gateway."""

    order: Order = field("The order. Source: submitCart.order or resumeCart.order.")


@dsl.object_type()
class OrderAwaitingPayment(SubmitOrderResult):
    """The order is placed and waits for the shopper's money. Source: gateway."""

    order: Order = field("The order. Source: submitCart.order.")
    instructions: DelayedPaymentInstructions | None = field("How to pay. Null while upstream has not issued it.")


@dsl.object_type()
class OrderActionRequired(SubmitOrderResult):
    """The shopper has to act before the order can be placed. After a redirect call resumeOrder. An
    authentication ends this attempt: call submitOrder with a new key. Source: gateway.
    """

    action: RequiredShopperAction = field(
        "What the shopper has to do. Source: paymentSession.redirectUrl, or a decline that asks for authentication."
    )
    pending_order: Order | None = field(
        "The order that waits for the shopper; null when upstream has not created one. Source: submitCart.order."
    )


@dsl.object_type()
class OrderDeclined(SubmitOrderResult):
    """The payment was declined; there is no order, and the cart is unchanged. Source: gateway."""

    decline: PaymentDecline = field("Why it was declined, as far as a shopper may know.")
    payment_session: PaymentSession | None = field(
        "The payment session now; read its nextAction. Null when it could not be read."
    )


@dsl.object_type()
class OrderBlocked(SubmitOrderResult):
    """The order was refused before a charge: by the gateway, or by upstream because the cart changed after the
    gateway had checked it. Source: gateway, or an upstream refusal mapped
    to a blocker.
    """

    blockers: list[CheckoutBlocker] = field("Everything that blocks the order, in the order to resolve it.")


@dsl.object_type()
class OrderNotPlaced(SubmitOrderResult):
    """The request was sent and there is no order, for a reason that is neither a decline nor a blocker: upstream
    refused it, or a submission in doubt turned out to have had no effect. It is safe to submit again with a
    new key. Source: gateway.
    """

    support_reference: str = field("Reference for support.")
    payment_session: PaymentSession | None = field(
        "The payment session now; read its nextAction. Null when it could not be read."
    )


@dsl.object_type()
class OrderInDoubt(SubmitOrderResult):
    """The request was sent and its outcome is not known. Do not submit again with another key: read
    Query.orderSubmission or subscribe to orderSubmissionChanged until the status is no longer IN_DOUBT.
    Source: gateway.
    """

    check_after: datetime = field("Earliest instant for another check.")
