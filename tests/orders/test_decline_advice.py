"""The shopper learns what to do after a decline, and not its reason."""

import pytest

from gateway.app import utc_now
from gateway.enums import DeclineAdvice
from gateway.errors import UpstreamRefusal
from gateway.orders.decline_advice import decline
from gateway.shopper_messages.catalogue import ShopperMessages

ADVICE = {
    DeclineAdvice.TRY_AGAIN: "no_response issuer_unavailable",
    DeclineAdvice.TRY_LATER: "declined_can_retry do_not_honor unidentified_error",
    DeclineAdvice.CHECK_DETAILS: "card_expired credit-card-expired invalid-credit-card-expiration-date"
    " invalid-credit-card-number invalid_address invalid_card_bin invalid_card_number invalid_expiration_date"
    " invalid_pin invalid_security_code issuer_not_found",
    DeclineAdvice.CONTACT_BANK: "voice_authorization_required",
    DeclineAdvice.AUTHENTICATE: "authentication_required sca_not_completed",
    DeclineAdvice.USE_ANOTHER_SOURCE: "fraud lost_stolen_card insufficient_funds account_closed",
}


@pytest.mark.parametrize(
    ("reason", "advice"), [(reason, advice) for advice, reasons in ADVICE.items() for reason in reasons.split()]
)
def test_each_reason_of_a_decline_has_its_advice(reason: str, advice: DeclineAdvice) -> None:
    shown = decline(UpstreamRefusal(409, reason), support_reference="1", now=utc_now())
    assert shown.advice is advice
    assert shown.shopper_message is not None
    german, other = (ShopperMessages("").in_locale(shown.shopper_message, locale) for locale in ("de-DE", "xx"))
    assert reason not in german
    assert german != other, "other languages have English messages"
