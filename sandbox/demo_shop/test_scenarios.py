"""Test scenarios: the course of a source, chosen by its card number or by the last name of its owner.

The names are Digital River's, and each works for its own methods only. `Decline:<subcode>` is the sandbox's own:
it declines the charge of any method for that reason.
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
    """The course of a source. By default everything succeeds."""

    is_created: bool = True
    is_approved: bool = True
    """Whether the approval of the shopper at the provider is accepted."""
    charge: Charge = "succeeds"
    """`settles`: the money arrives days later."""
    challenged: Literal["creation", "charge"] | None = None
    """The step at which the bank asks the shopper to authenticate."""
    decline: Decline | None = None


BY_CARD = {
    "4000000000003295": Scenario(is_created=False),
    "4000000000003600": Scenario(charge="fails"),
    "5454545454545454": Scenario(challenged="creation"),
    "4917610000000000": Scenario(challenged="creation"),
}

_PAYPAL = {"SourceCreationFail": Scenario(is_created=False), "ChargeCreationFail": Scenario(charge="fails")}
_TRANSFER = {"SourceCreationFail": Scenario(is_created=False), "SourceFailWithDelay": Scenario(charge="fails-later")}

BY_NAME: dict[str, dict[str, Scenario]] = {
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
"""By the source's type and the last name."""

DEFAULTS = {"directDebit": Scenario(charge="settles")}
"""By the source's type: the scenario without a trigger."""


def scenario_of(source_type: str, last_name: str | None, card_number: str | None) -> Scenario:
    if card_number in BY_CARD:
        return BY_CARD[card_number]
    name = last_name or ""
    if name.startswith(DECLINE_PREFIX) and (reason := name.removeprefix(DECLINE_PREFIX)) in DECLINES:
        return Scenario(decline=DECLINES[reason], challenged="charge" if reason in AUTHENTICATION_REASONS else None)
    return BY_NAME.get(source_type, {}).get(name, DEFAULTS.get(source_type, Scenario()))
