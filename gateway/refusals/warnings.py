"""Conditions that a mutation reports beside its result: the change was made."""

import msgspec

from gateway.enums import WarningCode


class MutationWarning(msgspec.Struct, frozen=True):
    """A condition worth telling the shopper; the change was made."""

    code: WarningCode
    message: str
    target_id: str | None = None
