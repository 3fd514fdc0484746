"""What Digital River means when it refuses `submit-cart` or `resume-cart`.

Told by envelope, code and subcode; texts only where one code has several meanings. A refusal outside the
documented ones proves nothing and is a doubt.
"""

from enum import Enum, auto

from gateway.checkout import guard
from gateway.enums import AddressKind, CheckoutBlockerCode
from gateway.errors import UpstreamRefusal
from gateway.orders.outcomes import Blocker
from gateway.payments.payment_session import payment_session
from gateway.refusals.decline_codes import AUTHENTICATION, reason_of
from gateway.refusals.user_errors import CAUSES


class Meaning(Enum):
    AUTHENTICATION = auto()
    """The shopper authenticates the source and submits again; nothing was charged."""
    DECLINE = auto()
    BLOCKER = auto()
    """Something about the cart; looked at again with the guard's own rules."""
    NOT_RESUMABLE = auto()
    NO_ORDER = auto()
    """Documented, so nothing was done, and nothing the shopper can clear."""
    DOUBT = auto()


BLOCKERS = frozenset(
    [
        "order_submit_failed",
        "submit-cart-failed",
        "invalid-payment-failure",
        "invalid-payment-method",
        "inventory-unavailable-error",
        "inventory-status-failure",
        "invalid-bill-to-country",
        "restricted-bill-to-country",
        "invalid-ship-to-country",
        "restricted-ship-to-country",
        "invalid-tax-registrations",
    ]
)


DOCUMENTED = frozenset(CAUSES) | frozenset(
    [
        "invalid_client",
        "forbidden",
        "method-not-allowed",
        "operation-failed",
        "cart-failure",
        "apply-payment-failure",
        "delete-payment-failure",
        "apply-shopper-failure",
        "line-item-update-failure",
        "validation-error",
    ]
)

TOO_MANY = 429
"""A quota of the payment service, whatever its body: the call was not looked at."""

PROCESSING_FAILED = "payment processing"
TERMS = "terms of sale"
NOT_RECURRING = "non-recurring"


def meaning_of(refusal: UpstreamRefusal) -> Meaning:
    if {refusal.reason, refusal.subcode} & AUTHENTICATION:
        return Meaning.AUTHENTICATION
    if reason_of(refusal) or _processing_failed(refusal):
        return Meaning.DECLINE
    if refusal.reason in BLOCKERS:
        return Meaning.BLOCKER
    if refusal.reason == "resume-cart-failure":
        return Meaning.NOT_RESUMABLE
    is_documented = refusal.reason in DOCUMENTED or refusal.status == TOO_MANY
    return Meaning.NO_ORDER if is_documented else Meaning.DOUBT


def _processing_failed(refusal: UpstreamRefusal) -> bool:
    return refusal.reason == "submit-cart-failed" and PROCESSING_FAILED in refusal.description.lower()


def blockers_for(refusal: UpstreamRefusal, case: guard.Case) -> list[Blocker]:
    """The blocker that the code itself stands for, for a cart in which the rules found nothing."""
    described = refusal.description.lower()
    match refusal.reason:
        case "order_submit_failed" | "invalid-payment-failure" | "invalid-payment-method":
            return _payment(case, CheckoutBlockerCode.PAYMENT_SESSION_NOT_READY, "does not let the order be placed")
        case "submit-cart-failed" if TERMS in described:
            return [guard.terms_blocker()]
        case "submit-cart-failed" if NOT_RECURRING in described:
            return _payment(case, CheckoutBlockerCode.RECURRING_SOURCE_REQUIRED, "has a source that cannot recur")
        case "invalid-bill-to-country" | "restricted-bill-to-country":
            return [_country(AddressKind.BILLING)]
        case "invalid-ship-to-country" | "restricted-ship-to-country":
            return [_country(AddressKind.SHIPPING)]
        case "invalid-tax-registrations":
            message = "Digital River does not accept the tax identifiers of the cart."
            return [guard.tax_blocker(message, case.tax_requirements or [])]
        case _:
            return []


def _payment(case: guard.Case, code: CheckoutBlockerCode, what: str) -> list[Blocker]:
    session = payment_session(case.cart, case.facts)
    if session is None:
        return []
    message = f"Digital River says that the payment session {what}. Attach another source."
    return [guard.payment_blocker(code, message, session, resolved_by=("Mutation.attachSource",))]


def _country(kind: AddressKind) -> Blocker:
    message = f"Digital River does not serve the country of the {kind.value.lower()} address."
    return guard.address_blocker(CheckoutBlockerCode.COUNTRY_NOT_SERVED, message, kind)
