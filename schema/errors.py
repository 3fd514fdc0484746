"""User errors of mutations."""

from datetime import datetime

from gateway.enums import (
    ErrorCode,
    PaymentSessionState,
    RetryAdvice,
    SessionLevel,
    SourceState,
    StoreCreditObstacle,
    SubscriptionContractState,
)
from resolvers import shopper_messages
from resolvers.scalars import CartRevision
from schema import dsl
from schema.dsl import field
from schema.shared_types import AddressSuggestion, Money


@dsl.interface
class UserError:
    """An error that a mutation returns in `errors`, so that the client can handle it."""

    code: ErrorCode = field("Stable code of the error, for client logic.")
    message: str = field("Explanation for a developer, in English.")
    shopper_message: str | None = field(
        "What the shopper can do, as plain words in the language of the session. Null when the shopper can do nothing "
        "about the error.",
        resolver=shopper_messages.shopper_message,
    )
    path: list[str] = field(
        "Path to the input field that caused the error, for example input, lines, 0, quantity. Empty when no input "
        "field caused the error."
    )
    retry: RetryAdvice = field("Whether to send the mutation again, and what to do first.")


@dsl.interface
class CartMutationError(UserError):
    """Errors of mutations that change the cart."""


@dsl.interface
class PaymentMutationError(UserError):
    """Errors of mutations that change sources and store credit."""


@dsl.interface
class SubmissionMutationError(UserError):
    """Errors of submitOrder and resumeOrder. A decline and a blocker are outcomes, not errors."""


@dsl.interface
class SessionMutationError(UserError):
    """Errors of mutations that change the session."""


@dsl.interface
class ShopperMutationError(UserError):
    """Errors of mutations that change the account."""


@dsl.interface
class ContractMutationError(UserError):
    """Errors of mutations that change a subscription contract."""


@dsl.interface
class OrderLookupMutationError(UserError):
    """Errors of lookupOrder. A wrong secret and a missing order give the same error."""


@dsl.object_type()
class InputError(
    CartMutationError,
    PaymentMutationError,
    SubmissionMutationError,
    SessionMutationError,
    ShopperMutationError,
    ContractMutationError,
    OrderLookupMutationError,
):
    """A value in the input is malformed, missing or refused. All malformed and blank values of an input are reported at
    once, in its sequence.
    """


@dsl.object_type()
class NotFoundError(
    CartMutationError,
    PaymentMutationError,
    SubmissionMutationError,
    ShopperMutationError,
    ContractMutationError,
    OrderLookupMutationError,
):
    """An object does not exist, or belongs to another shopper."""


@dsl.object_type()
class CartConflictError(CartMutationError, PaymentMutationError, SessionMutationError):
    """The cart has changed since the client read it, another change is in progress, or a submission locks the cart."""

    current_revision: CartRevision | None = field("Current revision of the cart; null when the cart could not be read.")


@dsl.object_type()
class AvailabilityError(CartMutationError):
    """A product cannot be bought, or not in this quantity."""

    available_quantity: int | None = field("Number of available units; null when unknown.")
    minimum_quantity: int | None = field("Minimum quantity; null when there is no minimum.")
    maximum_quantity: int | None = field("Maximum quantity; null when there is no maximum.")


@dsl.object_type()
class OfferError(CartMutationError):
    """A coupon or offer cannot be used."""


@dsl.object_type()
class DestinationError(CartMutationError, ShopperMutationError, ContractMutationError):
    """An address, shipping option or tax identifier cannot be used."""

    suggestions: list[AddressSuggestion] = field(
        "Always empty. For suggestions, read `cart.billingAddress.suggestions` or `cart.shippingAddress.suggestions`."
    )


@dsl.object_type()
class PaymentError(
    CartMutationError, PaymentMutationError, SubmissionMutationError, ShopperMutationError, ContractMutationError
):
    """The state of a source or of the payment session does not allow the change."""

    session_state: PaymentSessionState | None = field(
        "State of the payment session; null when the payment session could not be read."
    )
    source_state: SourceState | None = field("State of the source; null when no source caused the error.")


@dsl.object_type()
class StoreCreditError(PaymentMutationError):
    """The cart cannot use store credit, or not this amount."""

    usable_amount: Money | None = field("Maximum amount of store credit that the cart can use; null when unknown.")
    obstacles: list[StoreCreditObstacle] = field(
        "Why the cart cannot use store credit; empty when the cart can use store credit, but not this amount."
    )


@dsl.object_type()
class IdempotencyError(CartMutationError, SubmissionMutationError, SessionMutationError):
    """The idempotency key was used with another input."""


@dsl.object_type()
class AccessError(
    CartMutationError,
    PaymentMutationError,
    SubmissionMutationError,
    SessionMutationError,
    ShopperMutationError,
    ContractMutationError,
    OrderLookupMutationError,
):
    """The mutation needs a session of a higher level."""

    required_level: SessionLevel = field("Session level that the mutation needs.")


@dsl.object_type()
class CredentialError(SessionMutationError):
    """Sign-in or registration failed. The error gives no reason, because the reason could reveal that an account
    exists.
    """


@dsl.object_type()
class ContractError(ContractMutationError):
    """The state of a subscription contract does not allow the change."""

    state: SubscriptionContractState | None = field(
        "State of the subscription contract; null when the contract could not be read."
    )


@dsl.object_type()
class RateLimitError(
    CartMutationError,
    PaymentMutationError,
    SubmissionMutationError,
    SessionMutationError,
    ShopperMutationError,
    ContractMutationError,
    OrderLookupMutationError,
):
    """The mutation was called too often."""

    retry_after: datetime = field("Time from which the mutation can be called again.")


@dsl.object_type()
class UpstreamError(
    CartMutationError,
    PaymentMutationError,
    SubmissionMutationError,
    SessionMutationError,
    ShopperMutationError,
    ContractMutationError,
    OrderLookupMutationError,
):
    """A call to Digital River failed, or the gateway itself failed. `code` names the reason."""

    upstream_code: str | None = field(
        "Digital River's error code. Null when Digital River sent no code, and for a declined payment."
    )
    support_reference: str = field("Id of the request to the gateway. Quote the id when you report the error.")
