"""Warnings of a mutation: the change was made, and the shopper should know something about it."""

import msgspec

from gateway.enums import WarningCode


class MutationWarning(msgspec.Struct, frozen=True):
    code: WarningCode
    message: str
    target_id: str | None = None
