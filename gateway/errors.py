"""Errors that a client can receive when a part of its request could not be done.

GatewayError
├── BadUserInput            the caller can correct the request
├── SessionRequired         the field needs a session
│   └── SessionExpired          and the handle that came is no longer valid
├── SignInRequired          the field needs the session of a registered shopper
├── RateLimited             too many requests; nothing was done
├── NotConfigured           a setting that this part needs is not set
├── StoreUnavailable        our own store failed; nothing was sent
│   └── StoreEvicts             it may drop submission records
├── ConcurrentRequest       another request of the same shopper is in the way
│   ├── CartBusy                it holds the lock of the cart; nothing of this one was sent
│   └── KeyedChangeInterrupted  it had the same key and broke off; its change may have been made
└── UpstreamError           Digital River failed; the shopper did nothing wrong
    ├── UpstreamTimeout             no answer within the deadline
    │   ├── TokenRenewalTimeout         to the renewal of the session's token; the call itself was not sent
    │   └── SubmissionInProgress        to a submission, which goes on
    ├── UpstreamUnavailable         the call failed
    │   └── UpstreamNotReached          and nothing of it left the gateway
    ├── UpstreamInvalidResponse     an answer in no documented form
    └── UpstreamRefusal             a documented 4xx: a rule of Digital River refused the call
        └── UpstreamTokenInvalid        the shopper's token is not valid, or no longer

A mutation that is refused reports it as data of its payload (`gateway.refusals.user_errors`), and a submission as its
outcome (`gateway.orders.outcomes`). An exception that is no `GatewayError` is a bug: the client receives
INTERNAL_ERROR with the request id, and the traceback is logged.
"""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar


class TopLevelCode(StrEnum):
    """Values of `extensions.code`. A code exists only if a client would act differently on it."""

    GRAPHQL_PARSE_FAILED = "GRAPHQL_PARSE_FAILED"
    GRAPHQL_VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED"
    BAD_USER_INPUT = "BAD_USER_INPUT"
    OPERATION_TOO_EXPENSIVE = "OPERATION_TOO_EXPENSIVE"
    PERSISTED_QUERY_NOT_FOUND = "PERSISTED_QUERY_NOT_FOUND"
    DOCUMENT_NOT_TRUSTED = "DOCUMENT_NOT_TRUSTED"
    METHOD_NOT_ALLOWED = "METHOD_NOT_ALLOWED"
    CSRF_CHECK_FAILED = "CSRF_CHECK_FAILED"
    SESSION_REQUIRED = "SESSION_REQUIRED"
    SESSION_EXPIRED = "SESSION_EXPIRED"
    SIGN_IN_REQUIRED = "SIGN_IN_REQUIRED"
    RATE_LIMITED = "RATE_LIMITED"
    CART_BUSY = "CART_BUSY"
    STORE_UNAVAILABLE = "STORE_UNAVAILABLE"
    UPSTREAM_TIMEOUT = "UPSTREAM_TIMEOUT"
    UPSTREAM_UNAVAILABLE = "UPSTREAM_UNAVAILABLE"
    UPSTREAM_INVALID_RESPONSE = "UPSTREAM_INVALID_RESPONSE"
    NOT_CONFIGURED = "NOT_CONFIGURED"
    INTERNAL_ERROR = "INTERNAL_ERROR"


class GatewayError(Exception):
    """Base of all errors that a client may receive.

    `message` is for the developer of the client. `detail` is for our log and never leaves the process: statuses,
    codes of Digital River and causes.
    """

    code: ClassVar[TopLevelCode] = TopLevelCode.INTERNAL_ERROR
    message: str = "Something went wrong in the gateway. Give the support reference when you report it."

    def __init__(self, message: str = "", *, detail: str = "", retry_after: datetime | None = None) -> None:
        # graphql-core reads this attribute, not the text of the exception.
        self.message = message or self.message
        super().__init__(self.message)
        self.detail = detail
        self.retry_after = retry_after

    @property
    def extensions(self) -> dict[str, str]:
        """graphql-core copies these into the answer."""
        extensions = {"code": self.code.value}
        if self.retry_after is not None:
            extensions["retryAfter"] = self.retry_after.isoformat().replace("+00:00", "Z")
        return extensions


class BadUserInput(GatewayError):
    code = TopLevelCode.BAD_USER_INPUT


class SessionRequired(GatewayError):
    code = TopLevelCode.SESSION_REQUIRED
    message = "This needs a session. Call `startSession` or `addCartLines` first."


class SessionExpired(SessionRequired):
    code = TopLevelCode.SESSION_EXPIRED
    message = "The session has ended. Call `startSession` or `addCartLines` to start a new one."


class SignInRequired(GatewayError):
    code = TopLevelCode.SIGN_IN_REQUIRED
    message = "This needs the session of a registered shopper. Call `signIn` first."


class RateLimited(GatewayError):
    code = TopLevelCode.RATE_LIMITED
    message = "Too many requests. Nothing was done; wait before you try again, until `retryAfter` where it is given."


class NotConfigured(GatewayError):
    code = TopLevelCode.NOT_CONFIGURED


class StoreUnavailable(GatewayError):
    """Raised before a call is sent. A store that fails after it does not change the answer of the call."""

    code = TopLevelCode.STORE_UNAVAILABLE
    message = "The gateway cannot reach its own store. Nothing was sent and nothing was charged; try again in a moment."


class StoreEvicts(StoreUnavailable):
    """The shared store may drop keys to make room: an order whose submission record is lost could be sent twice."""


class ConcurrentRequest(GatewayError):
    """Another request of the same shopper is in the way. Digital River has no part in it."""


class CartBusy(ConcurrentRequest):
    code = TopLevelCode.CART_BUSY
    message = "Another change of this cart is under way. Nothing was changed; send the call again."


class KeyedChangeInterrupted(ConcurrentRequest):
    """The replica that made the change stopped, or failed in the middle of it."""

    code = TopLevelCode.UPSTREAM_TIMEOUT
    message = (
        "An earlier call with this idempotency key was interrupted and may have made its change. Read the state "
        "before you send the change again with a new key."
    )


class UpstreamError(GatewayError):
    """Digital River did not do its part.

    `was_sent` is False only when it is certain that no byte of the request left the gateway.
    """

    was_sent = True


class UpstreamTimeout(UpstreamError):
    code = TopLevelCode.UPSTREAM_TIMEOUT
    message = "Digital River did not answer in time. Ask for this part again."


class TokenRenewalTimeout(UpstreamTimeout):
    """Another replica renews the token of this session and has not finished."""

    was_sent = False


class SubmissionInProgress(UpstreamTimeout):
    message = "The submission is still under way. Read `orderSubmission` for its outcome."


class UpstreamUnavailable(UpstreamError):
    """A lost connection, or a 5xx with its `status` and `reason`.

    `retry_after_s`: the pause in seconds that Digital River asked for.
    """

    code = TopLevelCode.UPSTREAM_UNAVAILABLE
    message = "Digital River does not answer. Ask for this part again later."

    def __init__(
        self, *, detail: str = "", status: int | None = None, reason: str = "", retry_after_s: float | None = None
    ) -> None:
        super().__init__(detail=detail or f"{status} {reason}".strip())
        self.status = status
        self.reason = reason
        self.retry_after_s = retry_after_s


class UpstreamNotReached(UpstreamUnavailable):
    """Connection refused, name not resolved, or no TLS. Nothing left the gateway: any call may be repeated."""

    was_sent = False


class UpstreamInvalidResponse(UpstreamError):
    code = TopLevelCode.UPSTREAM_INVALID_RESPONSE
    message = "Digital River sent an answer that cannot be read. Give the support reference when you report it."


class UpstreamRefusal(UpstreamError):
    """A 4xx, or a 2xx that carries errors. The caller handles it; few refusals reach a client as they are.

    `reason` and `subcode` are Digital River's codes, trimmed and in lower case. `reason` is empty when the body was
    in no documented envelope. `description` may name what the shopper typed, and is never shown or logged.
    `declined_hard` is the decline type for the customer, where one came.
    """

    code = TopLevelCode.UPSTREAM_UNAVAILABLE
    message = "Digital River refused this part. Give the support reference when you report it."

    def __init__(
        self,
        status: int,
        reason: str = "",
        subcode: str = "",
        description: str = "",
        *,
        declined_hard: bool | None = None,
    ) -> None:
        super().__init__(detail=f"{status} {reason} {subcode}".strip())
        self.status = status
        self.reason = reason
        self.subcode = subcode
        self.description = description
        self.declined_hard = declined_hard


class UpstreamTokenInvalid(UpstreamRefusal):
    """401: the token has ended, was revoked, or belongs to another site."""
