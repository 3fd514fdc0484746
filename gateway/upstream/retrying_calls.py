"""Sends HTTP calls to Digital River with authorization, a deadline and retries. Each kind of failure raises its own
error.

A read may be repeated. A change is repeated only if Digital River certainly did not make it. A submission is never
repeated.
"""

import base64
import logging
import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import Enum
from functools import partial
from urllib.parse import urlencode

import msgspec
import stamina

from gateway.elapsed_time import elapsed_s
from gateway.errors import (
    CallHeldBack,
    CartLockLost,
    CartLockUnknown,
    CircuitOpen,
    QuotaRefusal,
    QuotaUsedUp,
    StoreUnavailable,
    UpstreamError,
    UpstreamInvalidResponse,
    UpstreamKeyRefused,
    UpstreamNotReached,
    UpstreamRefusal,
    UpstreamTokenInvalid,
    UpstreamUnavailable,
)
from gateway.metrics import upstream as metrics
from gateway.metrics.protection import QUOTA_REFUSALS
from gateway.settings.settings import Settings
from gateway.store.interface import Lease
from gateway.store.waiting import renew_waiting
from gateway.telemetry.logs import FOLDED
from gateway.telemetry.recorded_calls import RecordedCall
from gateway.upstream import error_envelopes, refusal_codes
from gateway.upstream.call_budget import CallBudget
from gateway.upstream.call_names import call_name
from gateway.upstream.connections.connection import StaleConnection
from gateway.upstream.counted_call import CountedCall
from gateway.upstream.endpoints.paths import CART
from gateway.upstream.exchange import Header, Request, Reserve, Response, Sender, base_url
from gateway.upstream.priority import Priority, calling_operation
from gateway.upstream.protection.resources import resource_of
from gateway.upstream.protection.retry_budget import RetryBudget
from gateway.upstream.traced_call import traced_call

log = logging.getLogger(__name__)

READ_ATTEMPTS = 3

FIRST_WAIT_S = 0.1
"""Maximum wait in seconds before the second attempt of a call. The maximum doubles before each further attempt."""

CHANGE_ATTEMPTS = 4
"""Maximum number of attempts of a change.

A change is repeated in two cases: Digital River was not reached, or it refused the change because another request was
changing the cart. Digital River documents that it has not made the change in the second case.
"""

LEASE_MARGIN_S = 2
"""Minimum remaining time of a cart's lock when a change is sent, so that the change arrives while the lock is held."""

MAX_RETRY_AFTER_S = 5
"""Maximum wait in seconds that an answer may demand with its `Retry-After` header. If it demands more, the call is not
repeated, because the shopper would wait for too long."""

LONGEST_PAUSE_S = 86_400
"""Longest pause in seconds that is reported to a client."""

ACCEPT: Header = ("Accept", "application/json")

TRANSIENT_STATUSES = frozenset({502, 503, 504})
"""Statuses after which a read is repeated. A read is also repeated after a 500 with the code `system-error`."""


def utc_now() -> datetime:
    return datetime.now(UTC)


class Repeat(Enum):
    """Selects the rules that decide whether a failed call is repeated. With `NEVER`, no failed call is repeated."""

    READ = "read"
    CHANGE = "change"
    NEVER = "never"


@dataclass(frozen=True)
class Retries:
    """Retry settings: the number of attempts of a read, and the maximum wait before the second attempt. Tests set the
    wait to zero.
    """

    read_attempts: int = READ_ATTEMPTS
    first_wait_s: float = FIRST_WAIT_S


@dataclass(frozen=True)
class Calls:
    """HTTP calls to Digital River. Every method returns the body of a 2xx answer and raises only `UpstreamError`."""

    http: Sender
    settings: Settings
    retries: Retries = Retries()
    reserve: Reserve | None = None
    """The reserved connections that the calls use. None: the calls share the connections that are not reserved."""
    leases: tuple[Lease, ...] = ()
    """Leases of the cart locks that are held. A change is sent only while all of them are held."""
    budget: CallBudget | None = None
    """The reads that may still be sent. None: any number."""
    retry_budget: RetryBudget | None = None
    """The repetitions that the process may still send. None: any number."""
    now: Callable[[], datetime] = utc_now
    """Clock of the times that clients receive."""
    deadline_at: float | None = None
    """Deadline that all calls of this object share, in seconds of `elapsed_s`. If it is None, each call may take
    `operation_deadline_s`.
    """

    def within(self, seconds: float) -> "Calls":
        """A copy of this object with a deadline `seconds` from now. An earlier deadline of this object is kept."""
        deadline_at = elapsed_s() + seconds
        return replace(self, deadline_at=min(deadline_at, self.deadline_at or deadline_at))

    def without_leases(self) -> "Calls":
        """A copy of this object for calls that change no cart."""
        return replace(self, leases=())

    async def read(self, path: str, token: str, params: Mapping[str, str]) -> bytes:
        return await self.send("GET", path, token=token, params=params)

    async def change(
        self,
        method: str,
        path: str,
        token: str,
        params: Mapping[str, str] | None = None,
        json: object = None,
    ) -> bytes:
        """Send a change. Raises `UpstreamRefusal` if the body of a 2xx answer contains errors."""
        body = await self.send(method, path, token=token, params=params, json=json, repeat=Repeat.CHANGE)
        if b'"errors"' in body and (refusal := error_envelopes.refusal_in_success(body)):
            raise refusal
        return body

    async def send(
        self,
        method: str,
        path: str,
        *,
        token: str | None = None,
        basic: str | None = None,
        params: Mapping[str, str] | None = None,
        json: object = None,
        form: Mapping[str, str] | None = None,
        base: str | None = None,
        repeat: Repeat = Repeat.READ,
    ) -> bytes:
        """Send a request, and repeat it as `repeat` allows.

        The access token `token` authorizes the request. If `token` is None, the key `basic` authorizes it, in the
        format `key:secret`. If both are None, the site's key is used. If `token` is empty, the request has no
        authorization.
        """
        settings = self.settings
        if repeat is Repeat.CHANGE and path.startswith(CART) and not self.leases:
            raise AssertionError("a cart is changed only while its lock is held")
        if repeat is Repeat.READ and self.budget is not None:
            self.budget.spend()
        deadline_at = self.deadline_at or elapsed_s() + settings.operation_deadline_s
        site = base_url(base or settings.upstream_url)
        call = call_name(method, path)
        operation = calling_operation()
        traced = traced_call(call, settings)
        request = Request(
            method,
            site.origin,
            site.target(path, encoded_query(params) if params else ""),
            self._headers(token, basic, json=json, form=form) + traced.headers,
            _body(json, form),
            self.reserve,
            on_new_connection=repeat is Repeat.NEVER,
            may_send=None if method == "GET" else lambda: elapsed_s() < deadline_at and self._holds_leases(),
            priority=Priority.CHECKOUT if operation is None else operation.priority,
            recorded=traced.recorded,
            call=call,
        )
        if self.retry_budget is not None:
            self.retry_budget.count(resource_of(call), is_repeated=False)
        with CountedCall(call), traced:
            try:
                return await self._once(request, deadline_at, repeat)
            except UpstreamError as failure:
                if not may_repeat(failure, repeat):
                    raise
                first_failure = failure
            return await self._repeated(request, deadline_at, repeat, first_failure)

    async def _repeated(self, request: Request, deadline_at: float, repeat: Repeat, failure: UpstreamError) -> bytes:
        """Send the request again, after its first attempt has failed with `failure`."""
        attempts = self.retries.read_attempts if repeat is Repeat.READ else CHANGE_ATTEMPTS
        first_failure: UpstreamError | None = failure
        budget, resource = self.retry_budget, resource_of(request.call)
        may_spend = partial(budget.allows, resource) if budget is not None else Pauses.may_spend
        async for attempt in stamina.retry_context(
            on=Pauses(repeat, self.retries.first_wait_s, deadline_at, may_spend=may_spend),
            attempts=attempts,
            timeout=max(deadline_at - elapsed_s(), 0.001),
        ):
            with attempt:
                # The first attempt was made before, because most calls need no further one.
                if first_failure is not None:
                    first, first_failure = first_failure, None
                    raise first
                request = request._replace(tries=request.tries + 1)
                if budget is not None:
                    budget.count(resource, is_repeated=True)
                return await self._once(request, deadline_at, repeat)
        raise AssertionError  # unreachable: stamina, the retry library, raises the last error

    async def _once(self, request: Request, deadline_at: float, repeat: Repeat) -> bytes:
        if request.method != "GET":
            await self._extend_leases()
        left_s = deadline_at - elapsed_s()
        if left_s <= 0:
            raise CallHeldBack(detail="no time left")
        if request.method != "GET":
            renew_waiting()
        if request.recorded is not None:
            request.recorded.try_again()
        metrics.REQUESTS.labels(request.call).inc()
        try:
            return _body_of_success(await self.http.exchange(request, left_s), request.recorded, self.now)
        except (UpstreamNotReached, UpstreamRefusal):
            raise  # The change certainly does not arrive later.
        except BaseException:
            if repeat is Repeat.CHANGE:
                for lease in self.leases:
                    lease.is_unsettled = True
            raise
        finally:
            if request.recorded is not None:
                request.recorded.end()

    async def _extend_leases(self) -> None:
        """Raise `CartLockLost` unless all locks are held, and `CartLockUnknown` if the store does not answer. Only the
        store knows: this process may have been paused, or the clock of the store may have jumped."""
        for lease in self.leases:
            try:
                if lease.extend is not None:
                    await lease.extend()
            except StoreUnavailable as failure:
                raise CartLockUnknown(detail=failure.detail) from failure
        if not self._holds_leases():
            raise CartLockLost(detail="lock of the cart")

    def _headers(self, token: str | None, basic: str | None, *, json: object, form: object) -> tuple[Header, ...]:
        headers = [ACCEPT]
        if token is None:
            headers.append(("Authorization", _basic(basic or self._site_key())))
        elif token:
            headers.append(("Authorization", f"Bearer {token}"))
        if json is not None:
            headers.append(("Content-Type", "application/json"))
        elif form is not None:
            headers.append(("Content-Type", "application/x-www-form-urlencoded"))
        return tuple(headers)

    def _holds_leases(self) -> bool:
        return all(lease.is_held(for_s=LEASE_MARGIN_S) for lease in self.leases)

    def _site_key(self) -> str:
        settings = self.settings
        return f"{settings.api_key.get_secret_value()}:{settings.api_secret.get_secret_value()}"


@contextmanager
def outage_if_key_rejected(name: str, *, code: str | None = None) -> Iterator[None]:
    """Raise `UpstreamKeyRefused` when Digital River rejects a key of the gateway. The shopper is not at fault then.

    `code` is the error code by which Digital River rejects the key. If `code` is None, any 401 answer is a rejection.
    """
    try:
        yield
    except UpstreamTokenInvalid as refusal:
        if code not in (None, refusal.reason):
            raise
        metrics.KEY_REFUSALS.labels(name.removesuffix(" key")).inc()
        log.error("key refused by Digital River", extra={"reason": name, **FOLDED})
        raise UpstreamKeyRefused(status=refusal.status, reason=f"{name} refused") from refusal


def _body(json: object, form: Mapping[str, str] | None) -> bytes:
    if json is not None:
        return msgspec.json.encode(json)
    return urlencode(form).encode() if form is not None else b""


def encoded_query(params: Mapping[str, str]) -> str:
    """The query of a URL. Names and most values have only letters and digits, which are encoded as they are."""
    if all(value.isalnum() and value.isascii() for value in params.values()):
        return "&".join([f"{name}={value}" for name, value in params.items()])
    return urlencode(params)


def _body_of_success(response: Response, recorded: RecordedCall | None, now: Callable[[], datetime]) -> bytes:
    """The body of a 2xx answer. Raises the `UpstreamError` of any other status."""
    if recorded is not None:
        recorded.status = response.status
    if 200 <= response.status < 300:
        return response.body
    raise _failure(response, now)


def _failure(response: Response, now: Callable[[], datetime]) -> UpstreamError:
    """The error for an answer with another status. A function that raised it from a variable of its own would form a
    circle with it, and keep the answer in memory."""
    status = response.status
    refusal = error_envelopes.refusal(status, response.error)
    retry_after_s = response.retry_after_s
    if 400 <= status < 500:
        refusal.retry_after_s = retry_after_s
        if isinstance(refusal, QuotaRefusal):
            QUOTA_REFUSALS.labels().inc()
            refusal.retry_after = now() + timedelta(seconds=min(retry_after_s or 1, LONGEST_PAUSE_S))
        return refusal
    if status >= 500:
        return UpstreamUnavailable(status=status, reason=refusal.reason, retry_after_s=retry_after_s)
    return UpstreamInvalidResponse(detail=f"status {status}")


def _basic(pair: str) -> str:
    return f"Basic {base64.b64encode(pair.encode()).decode()}"


def _always() -> bool:
    return True


@dataclass
class Pauses:
    """Waits before the further attempts of a call. A wait is the time from `Retry-After`, or a random time if the
    answer has no such header. The maximum of the random time doubles after each attempt.
    """

    repeat: Repeat
    wait_s: float
    deadline_at: float
    made: int = 0
    may_spend: Callable[[], bool] = _always
    """Returns whether the process may send one more repetition."""

    def __call__(self, failure: Exception) -> bool | float:
        """Seconds to wait before the next attempt. False if the failed call may not be repeated."""
        if not may_repeat(failure, self.repeat) or elapsed_s() >= self.deadline_at:
            return False
        self.made += 1
        if isinstance(failure, StaleConnection):
            return 0.0  # The next attempt uses another connection. The first one has not arrived.
        if not self.may_spend():
            return False
        if isinstance(failure, UpstreamUnavailable | UpstreamRefusal) and failure.retry_after_s is not None:
            return failure.retry_after_s if failure.retry_after_s <= MAX_RETRY_AFTER_S else False
        return random.uniform(0, self.wait_s * 2 ** (self.made - 1))  # noqa: S311 - no secret


def may_repeat(failure: Exception, repeat: Repeat) -> bool:
    """Whether the call may be repeated after this failure."""
    if not isinstance(failure, UpstreamError) or repeat is Repeat.NEVER:
        return False
    if isinstance(failure, CircuitOpen | QuotaUsedUp):
        return False
    if isinstance(failure, UpstreamNotReached):
        return True
    if isinstance(failure, QuotaRefusal):
        # Without a time, asking again would use up more of the quota.
        return repeat is Repeat.READ and failure.retry_after_s is not None
    if isinstance(failure, UpstreamRefusal):
        return repeat is Repeat.CHANGE and failure.reason == refusal_codes.CONCURRENT_CART_MODIFICATION
    if repeat is Repeat.CHANGE or not isinstance(failure, UpstreamUnavailable):
        return False
    if failure.status == 500:
        return failure.reason == refusal_codes.SYSTEM_ERROR
    return failure.status is None or failure.status in TRANSIENT_STATUSES
