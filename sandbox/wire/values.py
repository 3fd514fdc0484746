"""Booleans and times, which Digital River writes as strings in JSON."""

from datetime import datetime
from typing import Any

Json = dict[str, Any]


def boolean(value: bool) -> str:
    return "true" if value else "false"


def is_true(value: object) -> bool:
    """Whether the value is true, or the string "true" in upper or lower case."""
    return str(value).lower() == "true"


def timestamp(at: datetime) -> str:
    """UTC time in the format of the payment service, with milliseconds."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def timestamp_in_seconds(at: datetime) -> str:
    """UTC time in the format of the Commerce API, in which the milliseconds are always zero."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.000Z")
