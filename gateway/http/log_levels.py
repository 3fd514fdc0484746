"""The level of a request's log line, by who must act.

INFO: no operator; the shopper, or the developer of the client, acts. WARNING: an operator should see it if it repeats.
ERROR: an operator must act now, because it does not end by itself.
"""

import logging
from collections.abc import Sequence
from functools import lru_cache

from gateway.documents.errors import OperationFacts
from gateway.enums import ErrorCode, SubmissionStatus
from gateway.errors import TopLevelCode
from gateway.http.logged_request import LoggedRequest
from gateway.operation.context import Operation

Code = TopLevelCode | ErrorCode

SHOPPER_ACTS: frozenset[Code] = frozenset(
    {
        TopLevelCode.GRAPHQL_PARSE_FAILED,
        TopLevelCode.GRAPHQL_VALIDATION_FAILED,
        TopLevelCode.BAD_USER_INPUT,
        TopLevelCode.PERSISTED_QUERY_NOT_FOUND,
        TopLevelCode.METHOD_NOT_ALLOWED,
        TopLevelCode.SESSION_REQUIRED,
        TopLevelCode.SESSION_EXPIRED,
        TopLevelCode.SIGN_IN_REQUIRED,
        TopLevelCode.CART_BUSY,
        ErrorCode.INVALID_INPUT,
        ErrorCode.MISSING_INPUT,
        ErrorCode.NOT_FOUND,
        ErrorCode.CART_REVISION_MISMATCH,
        ErrorCode.CART_BUSY,
        ErrorCode.CART_LOCKED,
        ErrorCode.PRODUCT_NOT_PURCHASABLE,
        ErrorCode.INSUFFICIENT_STOCK,
        ErrorCode.QUANTITY_OUT_OF_RANGE,
        ErrorCode.COUPON_INVALID,
        ErrorCode.COUPON_USED_UP,
        ErrorCode.OFFER_NOT_APPLICABLE,
        ErrorCode.ADDRESS_INVALID,
        ErrorCode.COUNTRY_NOT_SERVED,
        ErrorCode.SHIPPING_OPTION_UNAVAILABLE,
        ErrorCode.TAX_IDENTIFIER_INVALID,
        ErrorCode.SOURCE_NOT_FOUND,
        ErrorCode.SOURCE_NOT_CHARGEABLE,
        ErrorCode.SOURCE_NOT_REUSABLE,
        ErrorCode.PRIMARY_SOURCE_PRESENT,
        ErrorCode.PAYMENT_METHOD_UNAVAILABLE,
        ErrorCode.STORE_CREDIT_NOT_ALLOWED,
        ErrorCode.STORE_CREDIT_INSUFFICIENT,
        ErrorCode.PAYMENT_SESSION_MISSING,
        ErrorCode.NOT_RESUMABLE,
        ErrorCode.IDEMPOTENCY_KEY_REUSED,
        ErrorCode.SIGN_IN_FAILED,
        ErrorCode.PASSWORD_POLICY,
        ErrorCode.REGISTRATION_FAILED,
        ErrorCode.SESSION_REQUIRED,
        ErrorCode.SIGN_IN_REQUIRED,
        ErrorCode.CONTRACT_CHANGE_NOT_ALLOWED,
    }
)
OPERATOR_WATCHES: frozenset[Code] = frozenset(
    {
        # A client that was not deployed with its manifest or its settings.
        TopLevelCode.OPERATION_TOO_EXPENSIVE,
        TopLevelCode.PERSISTED_QUERY_NOT_SUPPORTED,
        TopLevelCode.DOCUMENT_NOT_TRUSTED,
        TopLevelCode.CSRF_CHECK_FAILED,
        # A form field that receives card numbers.
        ErrorCode.SENSITIVE_DATA_DETECTED,
        # A limit, the store or Digital River. Each may recover by itself.
        TopLevelCode.RATE_LIMITED,
        ErrorCode.RATE_LIMITED,
        TopLevelCode.STORE_UNAVAILABLE,
        ErrorCode.STORE_UNAVAILABLE,
        TopLevelCode.UPSTREAM_TIMEOUT,
        TopLevelCode.UPSTREAM_UNAVAILABLE,
        ErrorCode.UPSTREAM_UNAVAILABLE,
        TopLevelCode.UPSTREAM_INVALID_RESPONSE,
        ErrorCode.UPSTREAM_REJECTED,
    }
)
OPERATOR_ACTS: frozenset[Code] = frozenset({TopLevelCode.NOT_CONFIGURED, TopLevelCode.INTERNAL_ERROR})

LEVELS = {
    code.name: level
    for level, codes in (
        (logging.INFO, SHOPPER_ACTS),
        (logging.WARNING, OPERATOR_WATCHES),
        (logging.ERROR, OPERATOR_ACTS),
    )
    for code in codes
}
"""Levels by the name of the code. A code that both `errors` and payloads have has one level."""

WATCHED_OUTCOMES = frozenset({SubmissionStatus.IN_DOUBT.name})


@lru_cache(maxsize=1024)
def level_of(codes: tuple[str, ...], payload_codes: tuple[str, ...], outcome: str | None) -> int:
    """Level for an answer with these codes and this outcome: the highest of them."""
    levels = [LEVELS.get(code, logging.ERROR) for code in (*codes, *payload_codes)]
    return max([logging.WARNING if outcome in WATCHED_OUTCOMES else logging.INFO, *levels])


def describe(logged: LoggedRequest, facts: OperationFacts, codes: Sequence[str], operation: Operation | None) -> None:
    """Give the log line of a request what is known about its answer. `operation`: None if nothing was executed.

    A code is listed once: a failed page has the same code for each of its fields.
    """
    if not codes and (operation is None or not (operation.payload_codes or operation.outcome)):
        logged.fields = (("kind", facts.kind), ("operation", facts.name), ("codes", ()))
        return
    answer_codes = tuple(dict.fromkeys(codes))
    logged.fields = (("kind", facts.kind), ("operation", facts.name), ("codes", answer_codes))
    payload_codes: tuple[str, ...] = ()
    outcome = None
    if operation is not None:
        payload_codes, outcome = tuple(dict.fromkeys(operation.payload_codes)), operation.outcome
    if payload_codes:
        logged.fields += (("payload_codes", payload_codes),)
    if outcome is not None:
        logged.fields += (("outcome", outcome),)
    if codes or payload_codes or outcome is not None:
        logged.level = level_of(answer_codes, payload_codes, outcome)
