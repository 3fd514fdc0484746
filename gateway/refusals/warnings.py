"""Warnings of a successful mutation. Each warning reports a side effect to the shopper."""

import msgspec

from gateway.amounts.money import Money
from gateway.enums import WarningCode
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


SESSION_ENDED = MutationWarning(
    WarningCode.SESSION_ENDED,
    "The session of the request has ended, so fields of a session are null. `addCartLines`, `startSession` or `signIn` "
    "with the same handle begins a new session.",
)
"""The warning of a query. Such a query is answered: a shopper who comes back later must see the page."""

SESSION_RESTARTED = MutationWarning(
    WarningCode.SESSION_RESTARTED,
    "The session of the request has ended, and a new one has begun. It has nothing of the earlier guest cart. "
    "A client with a bearer token replaces the token by `bearerToken`.",
)

SESSION_KEPT = MutationWarning(
    WarningCode.SESSION_KEPT,
    "The request has a session, so `startSession` changed nothing. Call `updateSession` for another locale or "
    "currency, or `signOut` before `startSession` for another delivery.",
)
