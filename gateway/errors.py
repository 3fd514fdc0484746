"""Everything that can go wrong with a part of an answer, and what the client is told about it.

GatewayError
├── BadUserInput            the caller can fix the request
├── SessionRequired         the field needs a session
│   └── SessionExpired      and the handle that came is no longer valid
├── SignInRequired          the field needs a signed-in session
├── RateLimited             too much was asked; nothing was done
├── NotConfigured           this deployment has no credentials or service for the part
├── StoreUnavailable        our own store failed; nothing was sent
│   └── StoreEvicts             it drops what it must keep
├── ConcurrentRequest       another request of the same shopper is in the way
│   ├── CartBusy                it holds the lock of the cart; nothing of this one was sent
│   └── KeyedChangeInterrupted  it had the same key and broke off; its change may have been made
└── UpstreamError           Digital River failed; the shopper did nothing wrong
    ├── UpstreamTimeout             no answer within the deadline
    │   ├── TokenRenewalTimeout         to the renewal of the session's token; the call itself was not sent
    │   └── SubmissionInProgress        to a submission, which goes on
    ├── UpstreamUnavailable         the call failed
    │   └── UpstreamNotReached      and nothing of it left the gateway
    ├── UpstreamInvalidResponse     an answer in no documented form
    └── UpstreamRefusal             a documented 4xx: a rule of Digital River said no
        └── UpstreamTokenInvalid    the shopper's token is not (any longer) good

What a mutation refuses is data in its payload (`gateway.user_errors`), and the outcome of a submission
is its result (`gateway.outcomes`). Everything that is not a `GatewayError` is a bug: masked as
INTERNAL_ERROR with the request id, and logged with its traceback.
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
    """Base of every error that a client may see.

    `message` is for the developer of the client. `detail` is for our log and never leaves the process:
    statuses, upstream codes and causes belong there.
    """

    code: ClassVar[TopLevelCode] = TopLevelCode.INTERNAL_ERROR
    message: ClassVar[str] = "Something went wrong on our side."

    def __init__(self, message: str = "", *, detail: str = "", retry_after: datetime | None = None) -> None:
        super().__init__(message or self.message)
        self.detail = detail
        self.retry_after = retry_after

    @property
    def extensions(self) -> dict[str, str]:
        """What graphql-core copies into the answer."""
        told = {"code": self.code.value}
        if self.retry_after is not None:
            told["retryAfter"] = self.retry_after.isoformat().replace("+00:00", "Z")
        return told


class BadUserInput(GatewayError):
    code = TopLevelCode.BAD_USER_INPUT
    message = "A value does not fit its argument."


class SessionRequired(GatewayError):
    code = TopLevelCode.SESSION_REQUIRED
    message = "This needs a session. Call startSession or addCartLines first."


class SessionExpired(SessionRequired):
    code = TopLevelCode.SESSION_EXPIRED
    message = "The session has ended. Call startSession or addCartLines to begin a new one."


class SignInRequired(GatewayError):
    code = TopLevelCode.SIGN_IN_REQUIRED
    message = "This needs a signed-in session."


class RateLimited(GatewayError):
    code = TopLevelCode.RATE_LIMITED
    message = "Too much is being asked at the moment. Nothing was done; try again later."


class NotConfigured(GatewayError):
    code = TopLevelCode.NOT_CONFIGURED
    message = "This deployment is not set up for this part."


class StoreUnavailable(GatewayError):
    """Raised before anything is sent upstream; what was sent is told to whoever asked for it."""

    code = TopLevelCode.STORE_UNAVAILABLE
    message = "The gateway cannot reach its own store. Nothing was sent and nothing was charged; try again in a moment."


class StoreEvicts(StoreUnavailable):
    """The shared store drops keys to make room: a record of a submission that is lost is an order sent twice."""


class ConcurrentRequest(GatewayError):
    """Another request of the same shopper is in the way. Digital River has no part in it."""


class CartBusy(ConcurrentRequest):
    code = TopLevelCode.CART_BUSY
    message = "Another change of this cart is under way. Nothing was changed; send the call again."


class KeyedChangeInterrupted(ConcurrentRequest):
    """The replica that made the change stopped, or failed in the middle of it."""

    code = TopLevelCode.UPSTREAM_TIMEOUT
    message = (
        "An earlier call with this idempotency key was interrupted and may have made its change: read the state "
        "before you send the change again with a new key."
    )


class UpstreamError(GatewayError):
    """Digital River did not do its part.

    `was_sent` is False only when it is certain that no byte of the request left the gateway.
    """

    was_sent = True


class UpstreamTimeout(UpstreamError):
    code = TopLevelCode.UPSTREAM_TIMEOUT
    message = "The shop is slow to answer. Try this part again."


class TokenRenewalTimeout(UpstreamTimeout):
    """Another replica renews the token of this session and has not finished."""

    was_sent = False


class SubmissionInProgress(UpstreamTimeout):
    message = "The submission is still under way. Read `orderSubmission` for its outcome."


class UpstreamUnavailable(UpstreamError):
    """A lost connection, or a 5xx whose `status` and `reason` tell which.

    `retry_after_s`: seconds that upstream asked to be left alone for.
    """

    code = TopLevelCode.UPSTREAM_UNAVAILABLE
    message = "The shop does not answer. Try this part again."

    def __init__(
        self, *, detail: str = "", status: int | None = None, reason: str = "", retry_after_s: float | None = None
    ) -> None:
        super().__init__(detail=detail or f"{status} {reason}".strip())
        self.status = status
        self.reason = reason
        self.retry_after_s = retry_after_s


class UpstreamNotReached(UpstreamUnavailable):
    """Refused, not resolved, or no TLS: nothing left the gateway, so any call may be repeated."""

    was_sent = False


class UpstreamInvalidResponse(UpstreamError):
    code = TopLevelCode.UPSTREAM_INVALID_RESPONSE
    message = "The shop answered in a form we do not understand."


class UpstreamRefusal(UpstreamError):
    """A 4xx, or a 2xx that carries errors. Read by whoever made the call; seldom shown as it is.

    `reason` and `subcode` are Digital River's codes, trimmed and lower-cased; `reason` is empty when
    the body was in no documented envelope. `description` is theirs, may name what the shopper typed,
    and is never shown or logged. `declined_hard` is the customer's decline type where one came.
    """

    code = TopLevelCode.UPSTREAM_UNAVAILABLE
    message = "The shop refused this part."

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
