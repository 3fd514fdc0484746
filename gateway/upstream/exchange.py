"""One request to Digital River and its response, and the interface of what sends it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import Enum
from functools import cached_property, lru_cache
from typing import NamedTuple, Protocol
from urllib.parse import quote, urlsplit

from gateway.metrics.declaring import OTHER
from gateway.telemetry.recorded_calls import RecordedCall
from gateway.upstream.error_envelopes import Entry, error_in, is_of_quota
from gateway.upstream.priority import Priority

PORTS = {"http": 80, "https": 443}

URL_PATH = "/%:@!$&'()*+,;=~"
"""Characters that are left as they are in the path of a base URL."""


class Reserve(Enum):
    """Connections that other requests cannot use. The value is the maximum number of simultaneous requests."""

    SUBMISSIONS = 20
    """For operations that submit or resume an order."""
    TOKENS = 10
    """For the renewal of tokens, without which nothing can be submitted."""


class Origin(NamedTuple):
    """Scheme, host and port of a server. An IPv6 address has no brackets."""

    scheme: str
    host: str
    port: int

    @property
    def authority(self) -> str:
        """The value of the header `Host`."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


class BaseUrl(NamedTuple):
    """A URL of the settings, to which the paths of calls are appended."""

    origin: Origin
    path: str
    query: str

    def target(self, path: str, query: str) -> str:
        """Path and query of a request. `path` and `query` are percent-encoded."""
        joined = f"{self.query}&{query}" if self.query and query else self.query or query
        target = self.path + path or "/"
        return f"{target}?{joined}" if joined else target


@lru_cache(maxsize=16)
def base_url(url: str) -> BaseUrl:
    parts = urlsplit(url)
    host = (parts.hostname or "").encode("idna").decode()
    origin = Origin(parts.scheme, host, parts.port or PORTS[parts.scheme])
    return BaseUrl(origin, quote(parts.path.rstrip("/"), safe=URL_PATH), parts.query)


Header = tuple[str, str]


class Request(NamedTuple):
    """A request. The sender adds the headers that belong to the connection.

    `target` is the percent-encoded path with the query. Names and values of headers are ASCII.
    """

    method: str
    origin: Origin
    target: str
    headers: tuple[Header, ...] = ()
    body: bytes = b""
    reserve: Reserve | None = None
    on_new_connection: bool = False
    """Whether the request gets a new connection, because it cannot be repeated.

    A kept connection may end just as the request arrives, and the gateway could not know whether the request was read.
    """
    may_send: Callable[[], bool] | None = None
    """Returns whether the request may still be sent. It is called once the request has its connection. The machine may
    have been suspended while the connection was made."""
    priority: Priority = Priority.CHECKOUT
    """The priority of the operation that needs the request."""
    recorded: RecordedCall | None = None
    """Where the tries of the request are recorded; None if they are not."""
    call: str = OTHER
    """Name of the call, of `gateway.upstream.call_names`."""
    tries: int = 1
    """Number of this try of the call."""


@dataclass(frozen=True)
class Response:
    """The response to a request. The body is decompressed, and the names of headers are in lower case."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes

    @cached_property
    def error(self) -> Entry:
        """The error in the body of a refusal, decoded once for the log, the quota and the caller."""
        return error_in(self.body)

    @property
    def is_of_quota(self) -> bool:
        """Whether Digital River refused the request because its quota of calls is used up."""
        return 400 <= self.status < 500 and is_of_quota(self.status, self.error)

    def header(self, name: bytes) -> str | None:
        """Value of a header; None if it is missing. The values of a repeated header are separated by commas."""
        return joined_values(self.headers, name)

    @property
    def retry_after_s(self) -> float | None:
        """Seconds from the header `Retry-After`, which has a number or a date; None if it is missing or unreadable."""
        retry_after = self.header(b"retry-after")
        if not retry_after:
            return None
        if retry_after.isdecimal():
            return float(retry_after)
        try:
            return max((parsedate_to_datetime(retry_after) - datetime.now(UTC)).total_seconds(), 0)
        except (ValueError, TypeError, OverflowError):
            return None


def joined_values(headers: list[tuple[bytes, bytes]], name: bytes) -> str | None:
    values = [value for key, value in headers if key == name]
    return b", ".join(values).decode("latin-1") if values else None


class Sender(Protocol):
    """Sends requests to Digital River.

    Raises only `UpstreamError`. After an `UpstreamNotReached`, the request was not sent. After any other error, it may
    have been sent.
    """

    async def exchange(self, request: Request, within_s: float) -> Response:
        """Send the request. Raises `UpstreamTimeout` if the whole response has not arrived after `within_s` seconds."""

    async def aclose(self) -> None:
        """End all connections."""
