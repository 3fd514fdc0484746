"""What becomes of a source at each step, by the number of its card or the last name of its owner.

The names are Digital River's test scenarios; each is one only for its own methods. `Decline:<subcode>`,
which declines the charge of any method for that reason, is our own.
"""

from dataclasses import dataclass
from typing import Literal

from sandbox.demo_shop.decline_reasons import DECLINES, Decline

Charge = Literal["succeeds", "fails", "settles", "fails-later", "stays-pending"]

DECLINE_TRIGGER = "Decline:"

ASKING = frozenset({"authentication_required", "sca_not_completed"})
"""Reasons that are none any more once the shopper has authenticated."""


@dataclass(frozen=True)
class Fate:
    """All goes well, unless told otherwise."""

    is_made: bool = True
    is_approved: bool = True
    """Whether the provider keeps to what the shopper has approved."""
    charge: Charge = "succeeds"
    """`settles`: the money comes days later."""
    challenged: Literal["creation", "charge"] | None = None
    """When the bank wants to hear from the shopper."""
    decline: Decline | None = None


BY_CARD = {
    "4000000000003295": Fate(is_made=False),
    "4000000000003600": Fate(charge="fails"),
    "5454545454545454": Fate(challenged="creation"),
    "4917610000000000": Fate(challenged="creation"),
}

_PAYPAL = {"SourceCreationFail": Fate(is_made=False), "ChargeCreationFail": Fate(charge="fails")}
_TRANSFER = {"SourceCreationFail": Fate(is_made=False), "SourceFailWithDelay": Fate(charge="fails-later")}

BY_NAME: dict[str, dict[str, Fate]] = {
    "payPal": _PAYPAL,
    "payPalBilling": _PAYPAL,
    "payPalCredit": _PAYPAL,
    "klarnaCredit": _PAYPAL,
    "klarnaCreditRecurring": _PAYPAL,
    "alipay": {"authFail": Fate(is_made=False), "authFailAfterRedirect": Fate(charge="fails")},
    "directDebit": {
        "SourceFail": Fate(is_made=False),
        "SourceFailAfterRedirect": Fate(is_approved=False),
        "ChargeFail": Fate(charge="fails"),
        "ChargeFailedAfterPending": Fate(charge="fails-later"),
        "ChargeRemainPending": Fate(charge="stays-pending"),
    },
    "googlePay": {
        "SourceFail": Fate(is_made=False),
        "ChargeFail": Fate(charge="fails"),
        "SCATest": Fate(challenged="creation"),
        "SCATestFail": Fate(challenged="creation", charge="fails"),
    },
    "wireTransfer": _TRANSFER,
    "konbini": _TRANSFER,
    "boletoBancario": _TRANSFER,
}

USUAL = {"directDebit": Fate(charge="settles")}
"""Of methods whose money takes its time."""


def fate_of(type: str, last_name: str | None, card_number: str | None) -> Fate:
    """Decided when the source is made."""
    if card_number in BY_CARD:
        return BY_CARD[card_number]
    name = last_name or ""
    if name.startswith(DECLINE_TRIGGER) and (reason := name.removeprefix(DECLINE_TRIGGER)) in DECLINES:
        return Fate(decline=DECLINES[reason], challenged="charge" if reason in ASKING else None)
    return BY_NAME.get(type, {}).get(name, USUAL.get(type, Fate()))
