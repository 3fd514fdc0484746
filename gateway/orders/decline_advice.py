"""Messages about a declined charge that help the shopper, but do not help to test stolen cards."""

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

SENTENCES = {
    "en": {
        Advice.TRY_AGAIN: "The payment did not go through. Please try again.",
        Advice.TRY_LATER: "The payment did not go through. Please try again later, or pay another way.",
        Advice.AUTHENTICATE: "Please confirm the payment with your bank and try again.",
        Advice.CHECK_DETAILS: "The payment was declined. Please check your details and try again.",
        Advice.USE_ANOTHER_SOURCE: "The payment was declined. Please pay another way.",
        Advice.CONTACT_BANK: "The payment was declined. Please contact your bank, or pay another way.",
    },
    "de": {
        Advice.TRY_AGAIN: "Die Zahlung ist nicht durchgegangen. Bitte versuchen Sie es noch einmal.",
        Advice.TRY_LATER: "Die Zahlung ist nicht durchgegangen. Bitte versuchen Sie es später noch einmal "
        "oder wählen Sie eine andere Zahlungsart.",
        Advice.AUTHENTICATE: "Bitte bestätigen Sie die Zahlung bei Ihrer Bank und versuchen Sie es noch einmal.",
        Advice.CHECK_DETAILS: "Die Zahlung wurde abgelehnt. Bitte prüfen Sie Ihre Angaben.",
        Advice.USE_ANOTHER_SOURCE: "Die Zahlung wurde abgelehnt. Bitte wählen Sie eine andere Zahlungsart.",
        Advice.CONTACT_BANK: "Die Zahlung wurde abgelehnt. Bitte wenden Sie sich an Ihre Bank oder wählen "
        "Sie eine andere Zahlungsart.",
    },
    "ja": {
        Advice.TRY_AGAIN: "お支払いを完了できませんでした。もう一度お試しください。",
        Advice.TRY_LATER: "お支払いを完了できませんでした。後ほどお試しいただくか、別のお支払い方法をご利用ください。",
        Advice.AUTHENTICATE: "ご利用の銀行でお支払いを認証してから、もう一度お試しください。",
        Advice.CHECK_DETAILS: "お支払いが承認されませんでした。入力内容をご確認ください。",
        Advice.USE_ANOTHER_SOURCE: "お支払いが承認されませんでした。別のお支払い方法をご利用ください。",
        Advice.CONTACT_BANK: "お支払いが承認されませんでした。銀行にお問い合わせいただくか、"
        "別のお支払い方法をご利用ください。",
    },
}


def decline(refusal: UpstreamRefusal | None, *, locale: str, support_reference: str, now: datetime) -> PaymentDecline:
    """The decline, with a message for the shopper in the language of the locale, or in English as the fallback.

    `refusal` is None if only the order or the payment session shows that the charge was declined.
    """
    reason = decline_reason(refusal) if refusal is not None else None
    advice = ADVICE.get(reason or "", Advice.USE_ANOTHER_SOURCE)
    sentences = SENTENCES.get(locale.partition("-")[0], SENTENCES["en"])
    return PaymentDecline(
        severity=_severity(refusal, reason),
        advice=advice,
        shopper_message=sentences[advice],
        support_reference=support_reference,
        retry_after=now + LATER if advice is Advice.TRY_LATER else None,
    )


def _severity(refusal: UpstreamRefusal | None, reason: str | None) -> DeclineSeverity:
    if refusal is not None and refusal.declined_hard is not None:
        return Severity.HARD if refusal.declined_hard else Severity.SOFT
    if reason in SOFT:
        return Severity.SOFT
    return Severity.HARD if reason in HARD else Severity.UNKNOWN
