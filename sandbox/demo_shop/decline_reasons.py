"""Reasons for which a charge is declined, with the codes that Digital River has used since 2021.

A decline is "Hard" if the same source cannot be charged again, and "Soft" if the charge can be tried again. This
severity depends on who initiates the charge: the customer or the merchant.
"""

from dataclasses import dataclass
from typing import Literal

from sandbox.wire.refusal import Refusal

Severity = Literal["Hard", "Soft"]


@dataclass(frozen=True)
class Decline:
    subcode: str
    code: str
    customer: Severity
    merchant: Severity

    def refusal(self) -> Refusal:
        return Refusal(
            409,
            self.code,
            f"The payment was declined: {self.subcode.replace('_', ' ')}.",
            relation="SubmitCartResource",
            subcode=self.subcode,
            declined_message={
                "merchantDeclinedType": self.merchant,
                "customerDeclinedType": self.customer,
                # Digital River documents the numeric code of fraud_block only. 0000 is invented for the others.
                "code": "7011" if self.subcode == "fraud_block" else "0000",
            },
        )


_GROUPS: list[tuple[str, Severity, Severity, str]] = [
    # Error code, severity if the customer initiates the charge, severity if the merchant does, subcodes.
    (
        "declined",
        "Hard",
        "Hard",
        "account_closed account_frozen blacklisted_card card_type_block declined fraud fraud_block"
        " illegal_action invalid_amount invalid_field_data invalid_merchant invalid_payment_method"
        " invalid_security_field invalid_transaction_type limit_exceeded lost_stolen_card restricted_card"
        " stop_recurring",
    ),
    (
        "declined",
        "Hard",
        "Soft",
        "card_limit_exceeded card_not_active card_velocity_exceeded duplicate_transaction insufficient_funds"
        " invalid_currency mid_limit_exceeded new_card_issued pin_try_exceeded suspected_fraud",
    ),
    (
        "declined",
        "Soft",
        "Soft",
        "authentication_required declined_can_retry do_not_honor issuer_unavailable no_response"
        " sca_not_completed unidentified_error",
    ),
    ("declined - contact bank", "Hard", "Hard", "voice_authorization_required"),
    ("invalid", "Hard", "Hard", "issuer_invalid_card"),
    (
        "invalid card",
        "Hard",
        "Hard",
        "invalid_address invalid_card_number invalid_card_bin invalid_pin invalid_security_code issuer_not_found",
    ),
    ("invalid card", "Hard", "Soft", "card_expired invalid_expiration_date"),
]

DECLINES = {
    subcode: Decline(subcode, code, customer, merchant)
    for code, customer, merchant, subcodes in _GROUPS
    for subcode in subcodes.split()
}
