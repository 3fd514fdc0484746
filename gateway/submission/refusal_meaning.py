"""Decides what a refusal of `submit-cart` or `resume-cart` means for the order.

The code and the subcode of the error decide the meaning. If a code has several meanings, the description of the error
decides. After an undocumented error the order is in doubt.
"""

from enum import Enum, auto

from gateway.checkout import blockers
from gateway.checkout.guard_input import GuardInput
from gateway.enums import AddressKind, CheckoutBlockerCode
from gateway.errors import UpstreamRefusal
from gateway.orders.outcomes import Blocker
from gateway.refusals.decline_codes import AUTHENTICATION, decline_reason
from gateway.refusals.refusal_to_user_error import CAUSES
from gateway.upstream import refusal_codes


class Meaning(Enum):
    AUTHENTICATION = auto()
    """The shopper has to authenticate the source and submit again. Nothing was charged."""
    DECLINE = auto()
    BLOCKER = auto()
    """The cart cannot become an order. The checkout guard is called again to find the blockers."""
    NOT_RESUMABLE = auto()
    NO_ORDER = auto()
    """A documented error that the shopper cannot resolve. No order was placed."""
    DOUBT = auto()


BLOCKERS = frozenset(
    [
        refusal_codes.ORDER_SUBMIT_FAILED,
        refusal_codes.SUBMIT_CART_FAILED,
        refusal_codes.INVALID_PAYMENT_FAILURE,
        refusal_codes.INVALID_PAYMENT_METHOD,
        refusal_codes.INVENTORY_UNAVAILABLE,
        refusal_codes.INVENTORY_STATUS,
        refusal_codes.INVALID_BILL_TO_COUNTRY,
        refusal_codes.RESTRICTED_BILL_TO_COUNTRY,
        refusal_codes.INVALID_SHIP_TO_COUNTRY,
        refusal_codes.RESTRICTED_SHIP_TO_COUNTRY,
        refusal_codes.INVALID_TAX_REGISTRATIONS,
    ]
)

DOCUMENTED = frozenset(CAUSES) | frozenset(
    [
        refusal_codes.INVALID_CLIENT,
        refusal_codes.FORBIDDEN,
        refusal_codes.METHOD_NOT_ALLOWED,
        refusal_codes.OPERATION_FAILED,
        refusal_codes.CART_FAILURE,
        refusal_codes.APPLY_PAYMENT_FAILURE,
        refusal_codes.DELETE_PAYMENT_FAILURE,
        refusal_codes.APPLY_SHOPPER_FAILURE,
        refusal_codes.LINE_ITEM_UPDATE,
        refusal_codes.VALIDATION_ERROR,
    ]
)

TOO_MANY_REQUESTS = 429
"""HTTP status of an exceeded quota. Digital River did not process the call, whatever the error code is."""

UNAUTHORIZED = 401
"""HTTP status of a call whose token Digital River refused."""

PROCESSING_FAILED = "payment processing"
TERMS = "terms of sale"
NOT_RECURRING = "non-recurring"


def meaning_of(refusal: UpstreamRefusal) -> Meaning:
    if {refusal.reason, refusal.subcode} & AUTHENTICATION:
        return Meaning.AUTHENTICATION
    if decline_reason(refusal) or _processing_failed(refusal):
        return Meaning.DECLINE
    if refusal.reason in BLOCKERS:
        return Meaning.BLOCKER
    if refusal.reason == refusal_codes.RESUME_CART_FAILURE:
        return Meaning.NOT_RESUMABLE
    is_documented = refusal.reason in DOCUMENTED or refusal.status == TOO_MANY_REQUESTS
    return Meaning.NO_ORDER if is_documented else Meaning.DOUBT


def may_follow_submission(refusal: UpstreamRefusal) -> bool:
    """Whether Digital River may refuse submit-cart for this reason because the cart was submitted already."""
    is_of_payment = meaning_of(refusal) in (Meaning.AUTHENTICATION, Meaning.DECLINE)
    return not is_of_payment and refusal.status not in (UNAUTHORIZED, TOO_MANY_REQUESTS)


def _processing_failed(refusal: UpstreamRefusal) -> bool:
    return refusal.reason == refusal_codes.SUBMIT_CART_FAILED and PROCESSING_FAILED in refusal.description.lower()


def blockers_for(refusal: UpstreamRefusal, guard_input: GuardInput) -> list[Blocker]:
    """Blockers that follow from the error code. They are used if the checkout guard finds no blocker in the cart."""
    description = refusal.description.lower()
    match refusal.reason:
        case (
            refusal_codes.ORDER_SUBMIT_FAILED
            | refusal_codes.INVALID_PAYMENT_FAILURE
            | refusal_codes.INVALID_PAYMENT_METHOD
        ):
            message = (
                "Digital River refused the order: the payment session does not allow the order. Attach another source."
            )
            return _payment(guard_input, CheckoutBlockerCode.PAYMENT_SESSION_NOT_READY, message)
        case refusal_codes.SUBMIT_CART_FAILED if TERMS in description:
            return [blockers.terms_blocker()]
        case refusal_codes.SUBMIT_CART_FAILED if NOT_RECURRING in description:
            message = (
                "Digital River refused the order: the source cannot pay for recurring lines. Attach another source."
            )
            return _payment(guard_input, CheckoutBlockerCode.RECURRING_SOURCE_REQUIRED, message)
        case refusal_codes.INVALID_BILL_TO_COUNTRY | refusal_codes.RESTRICTED_BILL_TO_COUNTRY:
            return [_country(AddressKind.BILLING)]
        case refusal_codes.INVALID_SHIP_TO_COUNTRY | refusal_codes.RESTRICTED_SHIP_TO_COUNTRY:
            return [_country(AddressKind.SHIPPING)]
        case refusal_codes.INVALID_TAX_REGISTRATIONS:
            message = (
                "Digital River does not accept the tax identifiers of the cart. Send others with `setTaxIdentifiers`."
            )
            return [blockers.tax_blocker(message, guard_input.tax_requirements or [])]
        case _:
            return []


def _payment(guard_input: GuardInput, code: CheckoutBlockerCode, message: str) -> list[Blocker]:
    session = guard_input.payment_session
    if session is None:
        return []
    return [blockers.payment_blocker(code, message, session, resolved_by=("Mutation.attachSource",))]


def _country(kind: AddressKind) -> Blocker:
    message = f"Digital River does not serve the country of the {kind.value.lower()} address. Choose another country."
    return blockers.address_blocker(CheckoutBlockerCode.COUNTRY_NOT_SERVED, message, kind)
