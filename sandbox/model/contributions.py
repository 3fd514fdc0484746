"""Amounts that the sources of a cart pay: store credit pays first, and the primary source pays the remaining amount."""

from decimal import Decimal
from typing import NamedTuple

from sandbox.model.source import Source
from sandbox.wire.money import ZERO

COMBINABLE = frozenset(
    {"creditCard", "googlePay", "klarnaCredit", "payPal", "payPalCredit", "payPalBilling", "wireTransfer"}
)
"""Types of primary sources that may be combined with store credit."""


class Contributions(NamedTuple):
    total: Decimal
    primary: Decimal
    credit: Decimal

    @property
    def paid(self) -> Decimal:
        return self.primary + self.credit

    @property
    def remaining(self) -> Decimal:
        return self.total - self.paid


def contributions(total: Decimal, primary: Source | None, credit: Source | None, *, strict: bool) -> Contributions:
    """Amounts that the sources pay. If `strict`, a primary source with a fixed amount pays at most this amount."""
    by_credit = min(total, credit.amount or ZERO) if credit is not None else ZERO
    if primary is None or primary.state in ("failed", "cancelled"):
        return Contributions(total, ZERO, by_credit)
    by_primary = total - by_credit
    if strict and primary.method.has_fixed_amount and primary.amount is not None:
        by_primary = min(by_primary, primary.amount)
    return Contributions(total, by_primary, by_credit)


def may_be_combined(primary: Source) -> bool:
    return primary.type in COMBINABLE
