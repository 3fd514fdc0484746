"""Submissions of a cart, and their outcomes."""

from datetime import datetime
from uuid import UUID

from gateway.enums import DeclineAdvice, DeclineSeverity, SessionLevel, SubmissionStatus
from resolvers import shopper_messages
from schema import dsl
from schema.directives import PRIVATE, CacheControl, RequiresSession
from schema.dsl import field
from schema.orders import Order
from schema.payment import DelayedPaymentInstructions, PaymentSession, RequiredShopperAction
from schema.readiness import CheckoutBlocker


@dsl.interface
class SubmitOrderResult:
    """Outcome of a submission: OrderPlaced, OrderAwaitingPayment, OrderActionRequired, OrderDeclined, OrderBlocked,
    OrderNotPlaced or OrderInDoubt. Treat an unknown type like OrderInDoubt.
    """

    message: str = field("Explanation of the outcome for a developer, in English.")
    shopper_message: str | None = field(
        "The outcome and what the shopper can do, as plain words in the language of the session. Of OrderDeclined, the "
        "same as in `decline`. Null when the shopper need not know.",
        resolver=shopper_messages.shopper_message,
    )


@dsl.object_type(CacheControl(max_age=0, scope=PRIVATE), RequiresSession(level=SessionLevel.ANONYMOUS))
class SubmissionAttempt:
    """One attempt to turn a cart into an order. The gateway stores the attempt under its idempotency key for at least
    24 hours, so a client can still read the attempt after a restart.
    """

    idempotency_key: UUID = field("Key that the client sent to submitOrder.")
    status: SubmissionStatus = field(
        "IN_PROGRESS until there is an outcome, then the name of the outcome, such as PLACED. IN_PROGRESS again once "
        "the shopper has approved a payment, until the order is finished."
    )
    message: str = field(
        "What has become of the submission and what to do next, for a developer, in English. With a result, it is the "
        "message of the result."
    )
    shopper_message: str | None = field(
        "Message for the shopper about the submission, in the language of the session. With a result, it is the "
        "message of the result. Null when the shopper need not know.",
        resolver=shopper_messages.shopper_message,
    )
    was_sent_upstream: bool = field(
        "True once the gateway has sent a request that could charge the shopper. False means that nothing was charged."
    )
    is_replay: bool = field(
        "True when an earlier request started the attempt and this request only reports the attempt."
    )
    started_at: datetime = field("When the attempt started.")
    updated_at: datetime = field("When the status last changed.")
    result: SubmitOrderResult | None = field(
        "Outcome of the attempt. Null while the attempt is in progress, and for a placed order whose number is unknown."
    )


@dsl.object_type()
class PaymentDecline:
    """Why a payment was declined, without details that would help a fraudster. Digital River object: an error with
    declinedMessage.
    """

    severity: DeclineSeverity = field(
        "Whether another payment with the same source can succeed. If Digital River does not send the severity, the "
        "gateway derives it from the subcode of the decline. Digital River field: customerDeclinedType."
    )
    advice: DeclineAdvice = field(
        "What the storefront should suggest to the shopper. Derived from Digital River's decline subcode."
    )
    shopper_message: str = field(
        "Message for the shopper, in the language of the session.", resolver=shopper_messages.shopper_message
    )
    retry_after: datetime | None = field(
        "Earliest time for another payment with the same source. Null unless `advice` is TRY_LATER."
    )
    support_reference: str = field(
        "Reference for the merchant's support. The gateway logs Digital River's subcode under this reference and "
        "never returns the subcode to a client."
    )


@dsl.object_type()
class OrderPlaced(SubmitOrderResult):
    """The order is placed. It is paid, or the shopper will be charged without further action."""

    order: Order = field("Order that was placed. Digital River field: submitCart.order or resumeCart.order.")


@dsl.object_type()
class OrderAwaitingPayment(SubmitOrderResult):
    """The order is placed, but the shopper's payment has not arrived yet."""

    order: Order = field("Order for which the payment has not arrived yet. Digital River field: submitCart.order.")
    instructions: DelayedPaymentInstructions | None = field(
        "Payment instructions. Null until Digital River has issued the instructions."
    )


@dsl.object_type()
class OrderActionRequired(SubmitOrderResult):
    """The shopper has to act before the order can be placed. After a redirect, call `resumeOrder`. After an
    authentication that `submitOrder` required, call `submitOrder` with a new key. After an authentication that
    `resumeOrder` required, call `resumeOrder` again. `message` names the next call.
    """

    action: RequiredShopperAction = field(
        "Redirect or authentication that the shopper has to complete. Digital River requires the authentication in a "
        "decline. Digital River field: paymentSession.redirectUrl."
    )
    pending_order: Order | None = field(
        "Order that waits for the shopper. Null when Digital River has not created an order. Digital River field: "
        "submitCart.order."
    )


@dsl.object_type()
class OrderDeclined(SubmitOrderResult):
    """The payment was declined. There is no order, and the cart is unchanged."""

    decline: PaymentDecline = field("Why the payment was declined.")
    payment_session: PaymentSession | None = field(
        "Payment session after the submission, with the next step in `nextAction`. Null when the gateway could not "
        "read the session."
    )


@dsl.object_type()
class OrderBlocked(SubmitOrderResult):
    """There is no order and no charge. Either the gateway found a blocker, or Digital River refused the cart because
    the cart had changed after the gateway checked it.
    """

    blockers: list[CheckoutBlocker] = field("All blockers, in the sequence in which to resolve them.")


@dsl.object_type()
class OrderNotPlaced(SubmitOrderResult):
    """The gateway sent the request, but there is no order and no charge. The cause is neither a decline nor a
    blocker, and `message` explains the cause. The client can submit again with a new key.
    """

    support_reference: str = field("Reference for the merchant's support. The gateway's log contains this reference.")
    payment_session: PaymentSession | None = field(
        "Payment session after the submission, with the next step in `nextAction`. Null when the gateway could not "
        "read the session."
    )


@dsl.object_type()
class OrderInDoubt(SubmitOrderResult):
    """The gateway sent the request and does not know the outcome. Never submit with another key. After
    `checkAfter`, read `Query.orderSubmission` until `status` is no longer IN_DOUBT. If `message` names `resumeOrder`,
    call `resumeOrder` instead.
    """

    check_after: datetime = field(
        "Earliest time at which a read of `Query.orderSubmission` checks the order at Digital River again."
    )
