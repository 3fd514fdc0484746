"""How a call to Digital River is made: with which key, until when, how often, and what its failure means.

What may be sent again is decided here: reads, and changes of which it is certain that nothing happened; a submission
never.
"""

import base64
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

import httpx
import msgspec
import stamina

from gateway.errors import (
    UpstreamError,
    UpstreamInvalidResponse,
    UpstreamNotReached,
    UpstreamRefusal,
    UpstreamTimeout,
    UpstreamUnavailable,
)
from gateway.settings import Settings
from gateway.upstream import error_envelopes, refusal_codes
from gateway.upstream.transport import DEADLINE, AnswerTooLarge

READ_ATTEMPTS = 3

FIRST_WAIT_S = 0.1
"""Longest wait before the second try of a call; it doubles before each further one."""

BUSY_ATTEMPTS = 4
"""Tries of a change that another one keeps out; upstream documents the refusal as not applied."""

LONGEST_ASKED_PAUSE_S = 5
"""Of a `Retry-After`; who is asked to wait longer is told so at once by the deadline."""

PASSING = frozenset({502, 503, 504})
"""Statuses of a read that may pass by themselves, beside a 500 `system-error`."""


class Repeat(Enum):
    READ = "read"
    CHANGE = "change"
    NEVER = "never"


@dataclass(frozen=True)
class Retries:
    """How often a read is tried, and the longest wait before its second try. Tests do not wait."""

    read_attempts: int = READ_ATTEMPTS
    first_wait_s: float = FIRST_WAIT_S


@dataclass(frozen=True)
class Calls:
    """Every method raises `UpstreamError` only, and gives the body of a success."""

    http: httpx.AsyncClient
    settings: Settings
    retries: Retries = Retries()
    deadline_at: float | None = None
    """In seconds of `time.monotonic`; without one each call has the deadline of an operation."""

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
        """Make a change. A success with a refusal inside is a refusal."""
        body = await self.send(method, path, token=token, params=params, json=json, repeat=Repeat.CHANGE)
        if error_envelopes.codes_beside(body):
            raise error_envelopes.refusal(409, body)
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
        """Send, again where that is safe, and give the body of a success.

        `basic` is a key with its secret, `key:secret`; without it and without a token those of the site are shown.
        """
        settings = self.settings
        deadline_at = self.deadline_at or time.monotonic() + settings.operation_deadline_s
        headers = {"Accept": "application/json"}
        if token:  # An empty one is a call of somebody who asks for no key.
            headers["Authorization"] = f"Bearer {token}"
        request = self.http.build_request(
            method,
            (base or settings.upstream_url).rstrip("/") + path,
            params=params,
            headers=headers,
            content=None if json is None else msgspec.json.encode(json),
            data=form,
            extensions={DEADLINE: deadline_at},
        )
        if json is not None:
            request.headers["Content-Type"] = "application/json"
        if token is None:
            request.headers["Authorization"] = _basic(basic or self._site_key())
        attempts = {Repeat.READ: self.retries.read_attempts, Repeat.CHANGE: BUSY_ATTEMPTS, Repeat.NEVER: 1}[repeat]
        async for attempt in stamina.retry_context(
            on=Pauses(repeat, self.retries.first_wait_s, deadline_at),
            attempts=attempts,
            timeout=max(deadline_at - time.monotonic(), 0.001),
        ):
            with attempt:
                return await self._once(request)
        raise AssertionError  # stamina raises what the last attempt raised

    async def _once(self, request: httpx.Request) -> bytes:
        try:
            response = await self.http.send(request)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise UpstreamNotReached(detail=type(error).__name__) from error
        except httpx.TimeoutException as error:
            raise UpstreamTimeout(detail=type(error).__name__) from error
        except AnswerTooLarge as error:
            raise UpstreamInvalidResponse(detail="too large") from error
        except httpx.DecodingError as error:
            raise UpstreamInvalidResponse(detail="content encoding") from error
        except httpx.TransportError as error:
            raise UpstreamUnavailable(detail=type(error).__name__) from error
        status, body = response.status_code, response.content
        if 200 <= status < 300:
            return body
        if 400 <= status < 500:
            raise error_envelopes.refusal(status, body)
        if status >= 500:
            raise UpstreamUnavailable(
                status=status,
                reason=error_envelopes.refusal(status, body).reason,
                retry_after_s=_seconds(response.headers.get("retry-after")),
            )
        raise UpstreamInvalidResponse(detail=f"status {status}")

    def _site_key(self) -> str:
        settings = self.settings
        return f"{settings.api_key.get_secret_value()}:{settings.api_secret.get_secret_value()}"


def _basic(pair: str) -> str:
    return f"Basic {base64.b64encode(pair.encode()).decode()}"


def may_repeat(failure: Exception, repeat: Repeat) -> bool:
    """Whether the same call may be sent once more after this failure."""
    if not isinstance(failure, UpstreamError) or repeat is Repeat.NEVER:
        return False
    if isinstance(failure, UpstreamNotReached):
        return True
    if isinstance(failure, UpstreamRefusal):
        return repeat is Repeat.CHANGE and failure.reason == refusal_codes.CONCURRENT_CART_MODIFICATION
    if repeat is Repeat.CHANGE or not isinstance(failure, UpstreamUnavailable):
        return False
    return failure.status in (None, *PASSING) or (
        failure.status == 500 and failure.reason == refusal_codes.SYSTEM_ERROR
    )


def _seconds(retry_after: str | None) -> float | None:
    """The seconds upstream asks for. The form with a date is used by nobody near it and counts as absent."""
    return float(retry_after) if retry_after and retry_after.isdecimal() else None


@dataclass
class Pauses:
    """How long to wait before a call is made again: full jitter that doubles, or what upstream asked for."""

    repeat: Repeat
    wait_s: float
    deadline_at: float
    made: int = 0

    def __call__(self, failure: Exception) -> bool | float:
        """False: not again."""
        if not may_repeat(failure, self.repeat) or time.monotonic() >= self.deadline_at:
            return False
        self.made += 1
        asked_s = failure.retry_after_s if isinstance(failure, UpstreamUnavailable) else None
        if asked_s is not None:
            return min(asked_s, LONGEST_ASKED_PAUSE_S)
        return random.uniform(0, self.wait_s * 2 ** (self.made - 1))  # noqa: S311 - no secret
