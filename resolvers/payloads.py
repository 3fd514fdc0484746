"""Payloads of mutations. Resolvers read the cart and the payment session only if the operation selects them."""

from dataclasses import dataclass, field

from gateway.enums import CartTransitionOutcome
from gateway.orders.outcomes import Result, SubmissionAttempt
from gateway.refusals.user_errors import AnyUserError
from gateway.refusals.warnings import MutationWarning
from gateway.sessions.sessions import Session
from gateway.upstream.order import Order
from gateway.upstream.shopper import PaymentOption, SavedAddress


@dataclass(frozen=True)
class Payload:
    errors: list[AnyUserError] = field(default_factory=list)
    warnings: list[MutationWarning] = field(default_factory=list)


@dataclass(frozen=True)
class StartSessionPayload(Payload):
    session: Session | None = None
    bearer_token: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class SignOutPayload(Payload):
    signed_out: bool = True


@dataclass(frozen=True)
class CartTransition:
    outcome: CartTransitionOutcome
    quantity_before: int
    quantity_after: int


@dataclass(frozen=True)
class SignInPayload(Payload):
    bearer_token: str | None = field(default=None, repr=False)
    cart_transition: CartTransition | None = None


@dataclass(frozen=True)
class RegisterShopperPayload(Payload):
    bearer_token: str | None = field(default=None, repr=False)
    cart_transition: CartTransition | None = None


@dataclass(frozen=True)
class SaveAddressPayload(Payload):
    saved_address: SavedAddress | None = None


@dataclass(frozen=True)
class SavePaymentOptionPayload(Payload):
    payment_option: PaymentOption | None = None


@dataclass(frozen=True)
class DeletedPayload(Payload):
    deleted_id: str | None = None


@dataclass(frozen=True)
class AddCartLinesPayload(Payload):
    bearer_token: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class SubmissionPayload(Payload):
    attempt: SubmissionAttempt | None = None
    result: Result | None = None


@dataclass(frozen=True)
class LookupOrderPayload(Payload):
    order: Order | None = None


@dataclass(frozen=True)
class ContractPayload(Payload):
    contract_id: str | None = None
    """Digital River's id of the contract; None if the shopper has no such contract."""
