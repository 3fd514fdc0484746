"""What the sources of a cart pay: the primary whatever is left, store credit its own amount and no more."""

from decimal import Decimal
from typing import NamedTuple

from sandbox.model.source import Source
from sandbox.wire.money import ZERO

COMBINABLE = frozenset(
    {"creditCard", "googlePay", "klarnaCredit", "payPal", "payPalCredit", "payPalBilling", "wireTransfer"}
)
"""Types of a primary that may pay beside store credit."""


class Parts(NamedTuple):
    primary: Decimal
    credit: Decimal

    @property
    def paid(self) -> Decimal:
        return self.primary + self.credit


def parts(total: Decimal, primary: Source | None, credit: Source | None, *, strict: bool) -> Parts:
    """`strict`: a primary of a fixed amount pays no more than that amount."""
    by_credit = min(total, credit.amount) if credit is not None else ZERO
    if primary is None or primary.state in ("failed", "cancelled"):
        return Parts(ZERO, by_credit)
    rest = total - by_credit
    if strict and primary.method.has_fixed_amount:
        rest = min(rest, primary.amount)
    return Parts(rest, by_credit)


def may_be_combined(primary: Source) -> bool:
    return primary.type in COMBINABLE
