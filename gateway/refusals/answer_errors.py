"""Messages for shoppers about errors in the `errors` of an answer. They are those of the payloads' errors."""

from collections.abc import Mapping

from gateway.enums import ErrorCode
from gateway.errors import TopLevelCode
from gateway.shopper_messages.message import ShopperMessage, shopper_message

BY_CODE: Mapping[TopLevelCode, ErrorCode] = {
    TopLevelCode.SESSION_REQUIRED: ErrorCode.SESSION_REQUIRED,
    TopLevelCode.SESSION_EXPIRED: ErrorCode.SESSION_REQUIRED,
    TopLevelCode.SIGN_IN_REQUIRED: ErrorCode.SIGN_IN_REQUIRED,
    TopLevelCode.RATE_LIMITED: ErrorCode.RATE_LIMITED,
    TopLevelCode.CART_BUSY: ErrorCode.CART_BUSY,
}
"""The message of each code that is the same for queries and mutations."""

FAILURES = frozenset(
    {
        TopLevelCode.UPSTREAM_TIMEOUT,
        TopLevelCode.UPSTREAM_UNAVAILABLE,
        TopLevelCode.UPSTREAM_INVALID_RESPONSE,
        TopLevelCode.INTERNAL_ERROR,
    }
)
"""Failures that are not the client's fault. A mutation may have made its change."""


def message_of(code: TopLevelCode, *, is_query: bool) -> ShopperMessage | None:
    """The message for the shopper about an error of an answer; None if the error is one of the client's developer."""
    if (same := BY_CODE.get(code)) is not None:
        return shopper_message(same)
    if code is TopLevelCode.STORE_UNAVAILABLE:
        return shopper_message(ErrorCode.STORE_UNAVAILABLE, "unchanged")  # It is raised before anything is sent.
    if code in FAILURES:
        return shopper_message(ErrorCode.UPSTREAM_UNAVAILABLE, "unchanged" if is_query else "")
    return None
