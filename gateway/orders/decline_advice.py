"""Advice about a declined charge that helps the shopper, but does not help to test stolen cards."""

from datetime import datetime, timedelta

from gateway.enums import DeclineAdvice, DeclineSeverity
from gateway.errors import UpstreamRefusal
from gateway.orders.outcomes import PaymentDecline
from gateway.refusals.decline_codes import HARD, SOFT, decline_reason

Advice = DeclineAdvice


Severity = DeclineSeverity

_ADVICE = {
    Advice.TRY_AGAIN: "no_response issuer_unavailable",
    Advice.TRY_LATER: "declined_can_retry do_not_honor unidentified_error",
    Advice.CHECK_DETAILS: "card_expired invalid_address invalid_card_number invalid_card_bin"
    " invalid_expiration_date invalid_pin invalid_security_code issuer_not_found credit-card-expired"
    " invalid-credit-card-number invalid-credit-card-expiration-date",
    Advice.CONTACT_BANK: "voice_authorization_required",
    Advice.AUTHENTICATE: "authentication_required sca_not_completed",
}

ADVICE = {reason: advice for advice, reasons in _ADVICE.items() for reason in reasons.split()}

LATER = timedelta(minutes=15)
"""Pause before the shopper should try the same source again. A shorter pause would look like card testing."""


def decline(refusal: UpstreamRefusal | None, *, support_reference: str, now: datetime) -> PaymentDecline:
    """The decline, with advice for the shopper.

    `refusal` is None if only the order or the payment session shows that the charge was declined.
    """
    reason = decline_reason(refusal) if refusal is not None else None
    advice = ADVICE.get(reason or "", Advice.USE_ANOTHER_SOURCE)
    return PaymentDecline(
        severity=_severity(refusal, reason),
        advice=advice,
        support_reference=support_reference,
        retry_after=now + LATER if advice is Advice.TRY_LATER else None,
    )


def _severity(refusal: UpstreamRefusal | None, reason: str | None) -> DeclineSeverity:
    if refusal is not None and refusal.declined_hard is not None:
        return Severity.HARD if refusal.declined_hard else Severity.SOFT
    if reason in SOFT:
        return Severity.SOFT
    return Severity.HARD if reason in HARD else Severity.UNKNOWN
