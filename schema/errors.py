"""What a mutation refuses, as data."""

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
from resolvers.scalars import CartRevision
from schema import dsl
from schema.dsl import field
from schema.values import AddressSuggestion, Money


@dsl.interface
class UserError:
    """An expected reason why a mutation did not do what was asked. Source: gateway."""

    code: ErrorCode = field("Stable code to branch on; never derived from a translated text.")
    message: str = field("Explanation for a developer, in English.")
    path: list[str] = field(
        "Path into the mutation's arguments, for example input, lines, 0, quantity; empty when no argument is at fault."
    )
    retry: RetryAdvice = field("What repeating the call can achieve.")


@dsl.interface
class CartMutationError(UserError):
    """Errors of mutations that change the cart. Source: gateway."""


@dsl.interface
class PaymentMutationError(UserError):
    """Errors of mutations that change sources and store credit. Source: gateway."""


@dsl.interface
class SubmissionMutationError(UserError):
    """Errors of submitOrder and resumeOrder. Declines and blockers are outcomes, not errors. Source:
    gateway.
    """


@dsl.interface
class SessionMutationError(UserError):
    """Errors of mutations that change the session. Source: gateway."""


@dsl.interface
class ShopperMutationError(UserError):
    """Errors of mutations that change the account. Source: gateway."""


@dsl.interface
class ContractMutationError(UserError):
    """Errors of mutations that change a recurring purchase. Source: gateway."""


@dsl.interface
class OrderLookupMutationError(UserError):
    """Errors of lookupOrder. A wrong secret and a missing order give the same error. Source: gateway."""


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
    """An argument is malformed, missing or refused. Source: gateway."""


@dsl.object_type()
class NotFoundError(
    CartMutationError,
    PaymentMutationError,
    SubmissionMutationError,
    ShopperMutationError,
    ContractMutationError,
    OrderLookupMutationError,
):
    """An object does not exist, or is not this shopper's. Source: gateway."""


@dsl.object_type()
class CartConflictError(CartMutationError, PaymentMutationError, SessionMutationError):
    """The cart is not the one the client knows, or is busy. Source: gateway."""

    current_revision: CartRevision | None = field("Revision of the cart now; null when it could not be read.")


@dsl.object_type()
class AvailabilityError(CartMutationError):
    """A product cannot be bought in this quantity, or at all. Source: gateway."""

    available_quantity: int | None = field("Units available; null when unknown.")
    minimum_quantity: int | None = field("Smallest allowed quantity; null when there is none.")
    maximum_quantity: int | None = field("Largest allowed quantity; null when there is none.")


@dsl.object_type()
class OfferError(CartMutationError):
    """A coupon or offer cannot be used. Source: gateway."""


@dsl.object_type()
class DestinationError(CartMutationError, ShopperMutationError, ContractMutationError):
    """An address, shipping option or tax identifier cannot be used. Source: gateway."""

    suggestions: list[AddressSuggestion] = field("Corrections the upstream verifier offers; empty when it has none.")


@dsl.object_type()
class PaymentError(
    CartMutationError, PaymentMutationError, SubmissionMutationError, ShopperMutationError, ContractMutationError
):
    """A source or the payment session is not in a state for what was asked. Source: gateway."""

    session_state: PaymentSessionState | None = field("State of the payment session; null when it could not be read.")
    source_state: SourceState | None = field("State of the source; null when no source is at fault.")


@dsl.object_type()
class StoreCreditError(PaymentMutationError):
    """Store credit cannot be used as asked. Source: gateway."""

    usable_amount: Money | None = field("Largest amount that can be used on the cart; null when unknown.")
    obstacles: list[StoreCreditObstacle] = field("Why credit does not fit.")


@dsl.object_type()
class IdempotencyError(CartMutationError, SubmissionMutationError, SessionMutationError):
    """The idempotency key was used with another input. Source: gateway."""


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
    """A session, a sign-in or other rights are missing. Source: gateway."""

    required_level: SessionLevel = field("Level that is needed.")


@dsl.object_type()
class CredentialError(SessionMutationError):
    """Sign-in or registration did not succeed. Deliberately poor in detail. Source: gateway."""


@dsl.object_type()
class ContractError(ContractMutationError):
    """A recurring purchase cannot be changed as asked. Source: gateway."""

    state: SubscriptionContractState | None = field("State of the recurring purchase; null when it could not be read.")


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
    """Too many calls. Source: gateway."""

    retry_after: datetime = field("Earliest instant for the next call.")


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
    """Upstream refused, or did not answer properly or in time. Source: gateway."""

    upstream_code: str | None = field("Upstream error code; null when there is none, and always null for declines.")
    support_reference: str = field("Reference for support.")
