"""Reasons for which Digital River declines a charge.

The reason determines the severity of a decline and the advice to the shopper. Reasons are logged and never sent to a
client, because they would help to test stolen cards.
"""

from gateway.errors import UpstreamRefusal
from gateway.upstream import refusal_codes

SOFT = frozenset(
    [
        "authentication_required",
        "declined_can_retry",
        "do_not_honor",
        "issuer_unavailable",
        "no_response",
        "sca_not_completed",
        "unidentified_error",
    ]
)
HARD = frozenset(
    [
        "account_closed",
        "account_frozen",
        "blacklisted_card",
        "card_type_block",
        "declined",
        "fraud",
        "fraud_block",
        "illegal_action",
        "invalid_amount",
        "invalid_field_data",
        "invalid_merchant",
        "invalid_payment_method",
        "invalid_security_field",
        "invalid_transaction_type",
        "limit_exceeded",
        "lost_stolen_card",
        "restricted_card",
        "stop_recurring",
        "card_limit_exceeded",
        "card_not_active",
        "card_velocity_exceeded",
        "duplicate_transaction",
        "insufficient_funds",
        "invalid_currency",
        "mid_limit_exceeded",
        "new_card_issued",
        "pin_try_exceeded",
        "suspected_fraud",
        "voice_authorization_required",
        "issuer_invalid_card",
        "invalid_address",
        "invalid_card_number",
        "invalid_card_bin",
        "invalid_pin",
        "invalid_security_code",
        "issuer_not_found",
        "card_expired",
        "invalid_expiration_date",
    ]
)
SUBCODES = SOFT | HARD
"""All documented decline reasons. `SOFT` and `HARD` sort them by severity, for a charge that the shopper started."""

CODES_WITH_REASON = frozenset({"declined", "declined - contact bank", "invalid", "invalid card"})
"""Error codes of declines that have a reason. The reason is the subcode."""

CODES_WITHOUT_REASON = frozenset(
    [
        refusal_codes.DECLINE_DO_NOT_RETRY,
        refusal_codes.CREDIT_CARD_DECLINED,
        refusal_codes.CREDIT_CARD_EXPIRED,
        refusal_codes.INVALID_CREDIT_CARD_NUMBER,
        refusal_codes.INVALID_CREDIT_CARD_EXPIRATION,
        refusal_codes.CREDIT_FLOOR_EXCEEDED,
        refusal_codes.CART_PAYMENT_FAILURE,
        refusal_codes.CART_CHARGE_FAILURE,
        refusal_codes.CART_FRAUD_FAILURE,
        refusal_codes.ORDER_FRAUD_FAILURE,
        refusal_codes.PAYMENT_POST_AUTH_FAILURE,
        refusal_codes.PAYMENT_UNEXPECTED_ERROR,
        refusal_codes.PAYPAL_FAILURE,
        refusal_codes.PAYPAL_LOOKUP_FAILURE,
    ]
)
"""Error codes of declines that have no reason."""

AUTHENTICATION = frozenset(
    {
        "authentication_required",
        "sca_not_completed",
        refusal_codes.ADDITIONAL_PAYMENT_ACTION_REQUIRED,
        refusal_codes.AUTH_ERROR,
    }
)
"""Error codes that are not declines: the shopper has to authenticate the payment and submit the order again."""


def decline_reason(refusal: UpstreamRefusal) -> str | None:
    """Reason of the decline, or the error code if the decline has no reason. None if the refusal is not a decline."""
    if refusal.subcode in SUBCODES:
        return refusal.subcode
    if refusal.reason in SUBCODES | CODES_WITHOUT_REASON | CODES_WITH_REASON:
        return refusal.reason
    return None
