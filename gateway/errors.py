"""Errors that a client can receive when a field of a request fails.

GatewayError
├── BadUserInput            the caller can correct the request
├── CookieRefused           a page of this kind gets no session cookie
├── SessionRequired         the field requires a session
│   └── SessionExpired          the handle of the request is no longer valid
├── SignInRequired          the field requires the session of a registered shopper
├── RateLimited             too many requests; nothing was executed
├── NotConfigured           a setting that the field requires is not set
├── StoreUnavailable        the gateway's store failed; nothing was sent to Digital River
│   ├── SessionUnreadable       the record of the session cannot be read
│   ├── RecordUnreadable        the record of a submission or of an idempotency key cannot be read
│   ├── StoreEvicts             the store may evict submission records
│   └── StoreIsCluster          the store is a cluster, which the gateway cannot use
├── ConcurrentRequest       another request of the same shopper blocks this request
│   ├── CartBusy                the other request has locked the cart; nothing was sent
│   └── KeyedChangeInterrupted  an earlier request with the same key was interrupted; its change may have been made
└── UpstreamError           Digital River failed or refused a call
    ├── UpstreamTimeout             Digital River did not answer before the deadline
    │   ├── TokenRenewalTimeout         the session's token was not renewed in time; the call was not sent
    │   └── SubmissionInProgress        the submission continues
    ├── UpstreamUnavailable         the call failed
    │   ├── UpstreamNotReached          no connection; nothing was sent
    │   │   ├── NoWayOut                    the proxy, the host name or the certificate is wrong
    │   │   └── CallHeldBack                the gateway decided not to send the call
    │   │       ├── CircuitOpen                 too many calls to this part of Digital River have failed just now
    │   │       └── QuotaUsedUp                 Digital River's quota of calls is used up
    │   └── UpstreamKeyRefused          Digital River does not accept a key of the gateway
    ├── TooManyCalls                the operation has used up its calls; this call was not sent
    ├── UpstreamInvalidResponse     the answer is not in a documented format
    └── UpstreamRefusal             a documented 4xx: a rule of Digital River refused the call
        ├── UpstreamTokenInvalid        the shopper's token is invalid or has expired
        └── QuotaRefusal                Digital River's quota of calls is used up

A refused mutation reports its errors in the payload (`gateway.refusals.user_errors`). A refused submission reports an
outcome (`gateway.orders.outcomes`). Any other exception is a bug: the client receives INTERNAL_ERROR with the request
id, and the traceback is logged.
"""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar


def timestamp(instant: datetime) -> str:
    """A time in the `extensions` of an error, in the format of the graph's `DateTime`."""
    return instant.isoformat().replace("+00:00", "Z")


class TopLevelCode(StrEnum):
    """Values of `extensions.code`. Two errors have different codes only if a client must react differently."""

    GRAPHQL_PARSE_FAILED = "GRAPHQL_PARSE_FAILED"
    GRAPHQL_VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED"
    BAD_USER_INPUT = "BAD_USER_INPUT"
    OPERATION_TOO_EXPENSIVE = "OPERATION_TOO_EXPENSIVE"
    PERSISTED_QUERY_NOT_FOUND = "PERSISTED_QUERY_NOT_FOUND"
    PERSISTED_QUERY_NOT_SUPPORTED = "PERSISTED_QUERY_NOT_SUPPORTED"
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


STORE_LOST = (
    "The gateway's own store failed during the request. The change may have been made. Read the state before you "
    "send the request again."
)
"""Message for a store that failed in the middle of a change."""


class GatewayError(Exception):
    """Base class of all errors that a client may receive.

    `message` is for the developer of the client. `detail` is only logged, and has statuses, causes, and error codes of
    Digital River.
    """

    code: ClassVar[TopLevelCode] = TopLevelCode.INTERNAL_ERROR
    message: str = "Something went wrong in the gateway. Give the support reference when you report it."

    def __init__(self, message: str = "", *, detail: str = "", retry_after: datetime | None = None) -> None:
        # graphql-core sends this attribute to the client, not `str(error)`.
        self.message = message or self.message
        super().__init__(self.message)
        self.detail = detail
        self.retry_after = retry_after

    @property
    def extensions(self) -> dict[str, str]:
        """The `extensions` of the error in the answer. graphql-core reads this property."""
        extensions = {"code": self.code.value}
        if self.retry_after is not None:
            extensions["retryAfter"] = timestamp(self.retry_after)
        return extensions


class BadUserInput(GatewayError):
    code = TopLevelCode.BAD_USER_INPUT


class CookieRefused(GatewayError):
    """A session would begin with a cookie that the next request may not send, see `gateway.http.csrf`."""

    code = TopLevelCode.CSRF_CHECK_FAILED


class SessionRequired(GatewayError):
    code = TopLevelCode.SESSION_REQUIRED
    message = "The field requires a session. Call `startSession` or `addCartLines` first."


class SessionExpired(SessionRequired):
    code = TopLevelCode.SESSION_EXPIRED
    message = (
        "The session has ended. Send its handle once more with `startSession` or `addCartLines` to start a new one. If "
        "the ended session sent `submitOrder`, read `orderSubmission` with the key afterwards."
    )


class SignInRequired(GatewayError):
    code = TopLevelCode.SIGN_IN_REQUIRED
    message = "The field requires the session of a registered shopper. Call `signIn` first."


class RateLimited(GatewayError):
    code = TopLevelCode.RATE_LIMITED
    message = "Too many requests. Nothing was executed. Wait until `retryAfter` if the error has it, then try again."


class NotConfigured(GatewayError):
    code = TopLevelCode.NOT_CONFIGURED


class StoreUnavailable(GatewayError):
    """Raised when the store fails before a call is sent to Digital River. A store failure after a call is only logged,
    or becomes a user error."""

    code = TopLevelCode.STORE_UNAVAILABLE
    message = "The gateway cannot reach its own store. Nothing was sent and nothing was charged. Try again later."


class SessionUnreadable(StoreUnavailable):
    """A record of the session is encrypted with a key that this replica does not have, or has an unknown format."""

    message = "The gateway cannot read its records of the session. Nothing was sent and nothing was charged. Try again."


class RecordUnreadable(StoreUnavailable):
    """The record of a submission, or of a change with an idempotency key, has an unknown format. A newer version of the
    gateway may have written it."""

    message = (
        "The gateway cannot read its record of an earlier request. Nothing was sent and nothing was charged now. Try "
        "again, and read the state before you use a new idempotency key."
    )


class StoreEvicts(StoreUnavailable):
    """The shared store may evict keys. An order whose submission record is evicted could be sent twice."""


class StoreIsCluster(StoreUnavailable):
    """The shared store is a cluster, whose servers divide the keys among them. The gateway uses one server."""


class ConcurrentRequest(GatewayError):
    """Another request of the same shopper blocks this request. The error does not come from Digital River."""


class CartBusy(ConcurrentRequest):
    code = TopLevelCode.CART_BUSY
    message = "Another change of this cart is in progress. Nothing was changed. Send the request again."


class KeyedChangeInterrupted(ConcurrentRequest):
    """An earlier request with the same key was interrupted, because its replica stopped or an error occurred."""

    code = TopLevelCode.UPSTREAM_TIMEOUT
    message = (
        "An earlier call with this idempotency key was interrupted and may have made its change. Read the state "
        "before you send the change again with a new key."
    )


class UpstreamError(GatewayError):
    """Base class of failures at Digital River.

    `was_sent` is False only when it is certain that no byte of the request was sent.
    """

    was_sent = True


class CartLockLost(UpstreamError):
    """A change was not sent, because another request may hold the lock of the cart by now."""

    code = TopLevelCode.CART_BUSY
    message = (
        "The change took so long that another request may be changing this cart. Read the cart before you continue."
    )
    was_sent = False


class CartLockUnknown(UpstreamError):
    """A change was not sent, because the store did not answer whether the cart is still locked. Earlier calls of the
    same mutation may have been sent."""

    code = TopLevelCode.STORE_UNAVAILABLE
    message = STORE_LOST
    was_sent = False


class UpstreamTimeout(UpstreamError):
    code = TopLevelCode.UPSTREAM_TIMEOUT
    message = "Digital River did not answer in time. Request the field again."


class TokenRenewalTimeout(UpstreamTimeout):
    """Another replica is renewing the token of this session and has not finished."""

    was_sent = False


class SubmissionInProgress(UpstreamTimeout):
    message = "The submission is still in progress. Read `orderSubmission` for its outcome."


class UpstreamUnavailable(UpstreamError):
    """The connection was lost, or the response has a 5xx status.

    After a lost connection, `status` is None and `reason` is empty. `retry_after_s` is the pause that Digital River
    requires, in seconds.
    """

    code = TopLevelCode.UPSTREAM_UNAVAILABLE
    message = "Digital River does not answer. Request the field again later."

    def __init__(
        self,
        *,
        detail: str = "",
        status: int | None = None,
        reason: str = "",
        retry_after_s: float | None = None,
        retry_after: datetime | None = None,
    ) -> None:
        super().__init__(detail=detail or f"{status} {reason}".strip(), retry_after=retry_after)
        self.status = status
        self.reason = reason
        self.retry_after_s = retry_after_s


class UpstreamNotReached(UpstreamUnavailable):
    """Connection refused, host name not resolved, or TLS failed. Nothing was sent, so any call may be repeated."""

    was_sent = False


class NoWayOut(UpstreamNotReached):
    """The egress proxy refuses or is not there, the host name is unknown, or the certificate is not trusted. Mostly a
    setting or the network around the gateway is wrong."""


class CallHeldBack(UpstreamNotReached):
    """The gateway did not send the call: there was no connection for it in time, or it came too late. This says nothing
    about Digital River."""


class CircuitOpen(CallHeldBack):
    """Too many calls to this part of Digital River have failed just now, see `gateway.upstream.protection.breakers`."""


class QuotaUsedUp(CallHeldBack):
    """Digital River's quota of calls is used up, see `gateway.upstream.protection.quota`."""

    code = TopLevelCode.RATE_LIMITED
    message = RateLimited.message


class TooManyCalls(UpstreamError):
    """The operation has used up its calls, see `gateway.upstream.call_budget`."""

    code = TopLevelCode.OPERATION_TOO_EXPENSIVE
    message = "The operation needs more than 40 calls to Digital River. Select less, or read it in several operations."
    was_sent = False


class UpstreamKeyRefused(UpstreamUnavailable):
    """Digital River, or a service beside it, does not accept a key from the settings."""


class UpstreamInvalidResponse(UpstreamError):
    code = TopLevelCode.UPSTREAM_INVALID_RESPONSE
    message = "Digital River sent an invalid answer. Give the support reference when you report it."


class UpstreamRefusal(UpstreamError):
    """A response with a 4xx status, or with a 2xx status and errors. Callers convert most refusals to other errors.

    `reason` and `subcode` are Digital River's error codes, trimmed and in lower case. `reason` is empty when the body
    is not in a documented format. `description` may contain input of the shopper, and is never logged or sent to a
    client. `declined_hard` is True for a permanent decline, and False for a temporary decline. It is None if Digital
    River reports neither. `retry_after_s` is the pause that Digital River requires, in seconds.
    """

    retry_after_s: float | None = None
    code = TopLevelCode.UPSTREAM_UNAVAILABLE
    message = "Digital River refused a call for this field. Give the support reference when you report it."

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
    """Status 401: the token has expired, was revoked, or belongs to another site."""


class QuotaRefusal(UpstreamRefusal):
    """Status 429, or status 409 with `rate-limit-quota-exceeded`: Digital River has not processed the call."""

    code = TopLevelCode.RATE_LIMITED
    message = RateLimited.message
