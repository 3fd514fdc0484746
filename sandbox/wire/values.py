"""How Digital River writes values that JSON has no type for: booleans as words, and moments in UTC."""

from datetime import datetime
from typing import Any

Json = dict[str, Any]


def boolean(value: bool) -> str:
    return "true" if value else "false"


def is_true(value: object) -> bool:
    """Whether a boolean that a client sent is true: `true`, or the word in any case."""
    return str(value).lower() == "true"


def timestamp(at: datetime) -> str:
    """With milliseconds, as the payment service writes it."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def timestamp_in_seconds(at: datetime) -> str:
    """With milliseconds that are always zero, as the Commerce API writes it."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.000Z")
