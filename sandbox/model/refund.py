"""Refunds of orders that the shopper paid by sending money. The shopper names the bank account that gets it back."""

from dataclasses import dataclass, field
from uuid import uuid4

from sandbox.wire.values import Json

IBAN_CURRENCIES = frozenset({"EUR", "GBP"})
"""Currencies in which an account is named by its IBAN."""

ACCOUNT_TYPES = ("checking", "savings")


@dataclass
class Refund:
    order_id: int
    currency: str
    token: str = field(default_factory=lambda: str(uuid4()))
    account_digits: str | None = None
    """Last four characters of the account number; None until the shopper has named an account."""

    @property
    def fields(self) -> list[Json]:
        """Fields of the account, as DigitalRiver.js shows them."""
        holder: Json = {"name": "accountHolder", "type": "text", "mandatory": True}
        if self.currency in IBAN_CURRENCIES:
            return [holder, {"name": "iban", "type": "text", "mandatory": True, "pattern": "^[A-Za-z]{2}[0-9]{2}"}]
        return [
            holder,
            {"name": "accountNumber", "type": "numeric", "mandatory": True, "pattern": "^[0-9]{4,20}$"},
            {"name": "bankCode", "type": "text", "mandatory": False},
            {"name": "accountType", "type": "select", "mandatory": True, "options": list(ACCOUNT_TYPES)},
        ]
