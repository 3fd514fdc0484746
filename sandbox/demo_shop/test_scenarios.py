"""Test scenarios. The card number or the last name of the source's owner decides the outcome of a payment.

The last names are Digital River's test names. Each test name works for certain payment methods only. One more name,
`Decline:<subcode>`, exists only in the sandbox and works for every payment method. The charge is then declined, and
the error has this subcode.
"""

from dataclasses import dataclass
from typing import Literal

from sandbox.demo_shop.decline_reasons import DECLINES, Decline

Charge = Literal["succeeds", "fails", "settles", "fails-later", "stays-pending"]

DECLINE_PREFIX = "Decline:"

AUTHENTICATION_REASONS = frozenset({"authentication_required", "sca_not_completed"})
"""Decline reasons that no longer apply once the shopper has authenticated."""


@dataclass(frozen=True)
class Scenario:
    """The outcome of a payment. By default each step succeeds."""

    is_created: bool = True
    """Whether the creation of the source succeeds. If not, the state of the new source is `failed`."""
    is_approved: bool = True
    """Whether the approval by the shopper makes the source chargeable. If not, the approval sets the state `failed`."""
    charge: Charge = "succeeds"
    """Outcome of the charge. `settles`, `fails-later` and `stays-pending` begin as a pending charge."""
    challenged: Literal["creation", "charge"] | None = None
    """The step at which the bank asks the shopper to authenticate."""
    decline: Decline | None = None


SCENARIOS_BY_CARD = {
    "4000000000003295": Scenario(is_created=False),
    "4000000000003600": Scenario(charge="fails"),
    "5454545454545454": Scenario(challenged="creation"),
    "4917610000000000": Scenario(challenged="creation"),
}

_PAYPAL = {"SourceCreationFail": Scenario(is_created=False), "ChargeCreationFail": Scenario(charge="fails")}
_TRANSFER = {"SourceCreationFail": Scenario(is_created=False), "SourceFailWithDelay": Scenario(charge="fails-later")}

SCENARIOS_BY_NAME: dict[str, dict[str, Scenario]] = {
    "payPal": _PAYPAL,
    "payPalBilling": _PAYPAL,
    "payPalCredit": _PAYPAL,
    "klarnaCredit": _PAYPAL,
    "klarnaCreditRecurring": _PAYPAL,
    "alipay": {"authFail": Scenario(is_created=False), "authFailAfterRedirect": Scenario(charge="fails")},
    "directDebit": {
        "SourceFail": Scenario(is_created=False),
        "SourceFailAfterRedirect": Scenario(is_approved=False),
        "ChargeFail": Scenario(charge="fails"),
        "ChargeFailedAfterPending": Scenario(charge="fails-later"),
        "ChargeRemainPending": Scenario(charge="stays-pending"),
    },
    "googlePay": {
        "SourceFail": Scenario(is_created=False),
        "ChargeFail": Scenario(charge="fails"),
        "SCATest": Scenario(challenged="creation"),
        "SCATestFail": Scenario(challenged="creation", charge="fails"),
    },
    "wireTransfer": _TRANSFER,
    "konbini": _TRANSFER,
    "boletoBancario": _TRANSFER,
}
"""Scenarios by the source's type, and then by the owner's last name."""

DEFAULT_SCENARIOS = {"directDebit": Scenario(charge="settles")}
"""Scenarios by the source's type, for card numbers and last names that are not test values."""


def scenario_of(source_type: str, last_name: str | None, card_number: str | None) -> Scenario:
    if card_number in SCENARIOS_BY_CARD:
        return SCENARIOS_BY_CARD[card_number]
    name = last_name or ""
    if name.startswith(DECLINE_PREFIX) and (reason := name.removeprefix(DECLINE_PREFIX)) in DECLINES:
        return Scenario(decline=DECLINES[reason], challenged="charge" if reason in AUTHENTICATION_REASONS else None)
    return SCENARIOS_BY_NAME.get(source_type, {}).get(name, DEFAULT_SCENARIOS.get(source_type, Scenario()))
