"""Warnings of a successful mutation. Each warning reports a side effect to the shopper."""

import msgspec

from gateway.enums import WarningCode
from gateway.money import Money
from gateway.shopper_messages.message import ShopperMessage, shopper_message


class MutationWarning(msgspec.Struct, frozen=True):
    code: WarningCode
    message: str
    target_id: str | None = None
    values: dict[str, int | Money] = {}
    """Values of the message for the shopper; empty for a message without values."""

    @property
    def shopper_message(self) -> ShopperMessage | None:
        return shopper_message(self.code, "known" if self.values else "", **self.values)
