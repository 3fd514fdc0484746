"""Warnings of a successful mutation. Each warning reports a side effect to the shopper."""

import msgspec

from gateway.enums import WarningCode


class MutationWarning(msgspec.Struct, frozen=True):
    code: WarningCode
    message: str
    target_id: str | None = None
