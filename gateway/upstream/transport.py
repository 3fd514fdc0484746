"""Creates the HTTP client of the process and the network layer of this client.

The class of an httpx error shows whether the request may have been sent. After `ConnectError`, `ConnectTimeout` and
`PoolTimeout`, the request was not sent. After any other error, it may have been sent.
"""

import asyncio
import select
import socket
import sys
from collections.abc import AsyncIterator, Callable, Iterable
from contextvars import ContextVar
from enum import Enum
from functools import partial
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, cast

import aiohttp
import httpx
from aiohttp.client_proto import ResponseHandler
from aiohttp.client_reqrep import ConnectionKey
from aiohttp.connector import Connection
from aiohttp.tracing import Trace
from httpx_aiohttp import AiohttpTransport

CONNECTIONS = 80
"""Maximum number of simultaneous requests to Digital River that have no reserve."""


class Reserve(Enum):
    """Connections that other requests cannot use. The value is the maximum number of simultaneous requests."""

    SUBMISSIONS = 20
    """For operations that submit or resume an order."""
    TOKENS = 10
    """For the renewal of tokens, without which nothing can be submitted."""


SLOT_WAIT_S = 1
"""Maximum wait for one of these requests to end. A request that waits longer is not sent."""

CONNECT_TIMEOUT_S = 1

UNACKNOWLEDGED_S = 30
"""Maximum time for which the operating system repeats bytes that the other side does not acknowledge.

By default, Linux repeats them for up to 15 minutes, also after the connection was closed. An order that arrives after
the quiet time of its doubt could be a second order.
"""

RESERVE = "reserve"
"""Name of the httpx extension that has the `Reserve` of a request."""

NEW_CONNECTION = "new_connection"
"""Name of the httpx extension of a request that gets a new connection, because it cannot be repeated.

A kept connection may end just as the request arrives, and the gateway could not know whether the request was read.
"""


def tcp_socket(address: aiohttp.AddrInfoType) -> socket.socket:
    """A new socket for a connection to Digital River, see `UNACKNOWLEDGED_S`."""
    family, kind, protocol, _, _ = address
    new = socket.socket(family, kind, protocol)
    if sys.platform == "linux":
        new.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNACKNOWLEDGED_S * 1000)
    return new


OPTIONS: dict[str, Any] = {"limit": 0, "ttl_dns_cache": 60, "socket_factory": tcp_socket}
"""Options of both connectors."""

MAY_SEND = "may_send"
"""Name of the httpx extension with a function that returns whether the request may still be sent. It is called once the
request has its connection. The machine may have been suspended while the connection was made."""

_may_send: ContextVar[Callable[[], bool] | None] = ContextVar("may_send")


def client(network: httpx.AsyncBaseTransport) -> httpx.AsyncClient:
    """The HTTP client of the process. It follows no redirects, ignores proxy variables and stores no cookies."""
    return httpx.AsyncClient(
        transport=network,
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        # httpx limits only the time for connecting. `Calls` ends each request at its deadline.
        timeout=httpx.Timeout(None, connect=CONNECT_TIMEOUT_S),
        follow_redirects=False,
        trust_env=False,
    )


class Network(httpx.AsyncBaseTransport):
    """The network layer in production: aiohttp, which is faster under load than the network layer of httpx.

    The limits of simultaneous requests are kept here: aiohttp loses the turn of a request that is cancelled while it
    waits for a connection. Raises an httpx error for each aiohttp error, because httpx_aiohttp maps some incorrectly.
    """

    def __init__(
        self,
        connections: int = CONNECTIONS,
        wait_s: float = SLOT_WAIT_S,
    ) -> None:
        self._reused = AiohttpTransport(client=lambda: _session(Connector(**OPTIONS)))
        self._new = AiohttpTransport(client=lambda: _session(Connector(**OPTIONS, force_close=True)))
        self._slots: dict[Reserve | None, asyncio.Semaphore] = {None: asyncio.Semaphore(connections)}
        self._slots |= {reserve: asyncio.Semaphore(reserve.value) for reserve in Reserve}
        self._wait_s = wait_s

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        slots = self._slots[request.extensions.get(RESERVE)]
        engine = self._new if NEW_CONNECTION in request.extensions else self._reused
        try:
            async with asyncio.timeout(self._wait_s):
                await slots.acquire()
        except TimeoutError as error:
            raise httpx.PoolTimeout("no connection in time") from error
        _may_send.set(request.extensions.get(MAY_SEND))
        try:
            response = await self._answer(engine, request)
        except BaseException as error:
            slots.release()
            if isinstance(error, httpx.TransportError | aiohttp.ClientError | TimeoutError):
                raise httpx_error(error) from error
            raise
        response.stream = Stream(response.stream, slots.release)
        return response

    async def _answer(self, engine: AiohttpTransport, request: httpx.Request) -> httpx.Response:
        try:
            return await engine.handle_async_request(request)
        except (httpx.TransportError, aiohttp.ClientError) as error:
            if not _is_surplus(error):
                raise
        return await self._new.handle_async_request(request)

    async def aclose(self) -> None:
        await self._reused.aclose()
        await self._new.aclose()


def _session(connector: aiohttp.BaseConnector) -> aiohttp.ClientSession:
    session = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())
    # Without this line, aiohttp repeats a PUT or DELETE when a reused connection breaks.
    session._retry_connection = False
    return session


class Connector(aiohttp.TCPConnector):
    """Keeps connections open, and reuses only those on which nothing has arrived since their last answer. A request
    that may no longer be sent gets no connection.

    What arrives on an idle connection is a surplus answer, which would be taken for the answer to the next request,
    possibly of another shopper; or the end of the connection. aiohttp looks only when a connection becomes idle.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._factory = partial(CheckedProtocol, self._loop)  # type: ignore[assignment]  # typed as its default

    async def connect(
        self, req: aiohttp.ClientRequest, traces: list[Trace], timeout: aiohttp.ClientTimeout
    ) -> Connection:
        connection = await super().connect(req, traces, timeout)
        may_send = _may_send.get(None)
        if may_send is not None and not may_send():
            connection.close()
            raise TimeoutError
        return connection

    async def _get(self, key: ConnectionKey, traces: list[Trace]) -> Connection | None:
        connection = await super()._get(key, traces)
        while connection is not None and connection.protocol is not None and _has_arrived(connection.protocol):
            connection.close()
            connection = await super()._get(key, traces)
        return connection


class SurplusArrived(aiohttp.ClientConnectionError):
    """Something arrived on a reused connection before the request was sent. Nothing was sent."""


class CheckedProtocol(ResponseHandler):
    """Looks again at a reused connection in the moment of sending, since other tasks run after the connector's look.

    A new connection is not checked: with TLS, bytes may arrive before the first request.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop)
        self._requests = 0
        self._has_sent = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(cast(asyncio.Transport, CheckedTransport(transport, self.check)))

    def set_response_params(self, **params: Any) -> None:
        self._requests += 1
        self._has_sent = False
        super().set_response_params(**params)

    def data_received(self, data: bytes) -> None:
        if self._is_before_sending and data:
            self.set_exception(SurplusArrived())
            self.close()
        else:
            super().data_received(data)

    @property
    def _is_before_sending(self) -> bool:
        return self._requests > 1 and not self._has_sent

    def check(self) -> None:
        """Raise `SurplusArrived` if bytes have arrived before the first byte of a request is sent."""
        if self._is_before_sending and _has_arrived(self):
            raise SurplusArrived
        self._has_sent = True


class CheckedTransport:
    """A transport that calls `check` before it sends."""

    def __init__(self, transport: asyncio.BaseTransport, check: Callable[[], None]) -> None:
        self._transport = transport
        self._check = check

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        self._check()
        cast(asyncio.Transport, self._transport).write(data)

    def writelines(self, data: Iterable[bytes]) -> None:
        self._check()
        cast(asyncio.Transport, self._transport).writelines(data)


def _is_surplus(error: BaseException | None) -> bool:
    """Whether an error was caused by `SurplusArrived`."""
    while error is not None and not isinstance(error, SurplusArrived):
        error = error.__cause__ or error.__context__
    return error is not None


def _has_arrived(protocol: ResponseHandler) -> bool:
    """Whether bytes, or the end of the connection, have arrived: in aiohttp or still in the operating system."""
    if protocol.should_close or protocol.transport is None:
        return True
    arrivals = select.poll()
    arrivals.register(protocol.transport.get_extra_info("socket").fileno(), select.POLLIN)
    return bool(arrivals.poll(0))


class Stream(httpx.AsyncByteStream):
    """Response body that raises an httpx error instead of each aiohttp error. Closing it calls `release` once."""

    def __init__(self, stream: httpx.SyncByteStream | httpx.AsyncByteStream, release: Callable[[], None]) -> None:
        assert isinstance(stream, httpx.AsyncByteStream)  # noqa: S101 - the engine is asynchronous
        self._stream = stream
        self._release: Callable[[], None] | None = release

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self._stream:
                yield chunk
        except (httpx.TransportError, aiohttp.ClientError, TimeoutError) as error:
            raise httpx_error(error) from error

    async def aclose(self) -> None:
        release, self._release = self._release, None
        if release is None:
            return
        try:
            await self._stream.aclose()
        finally:
            release()


def httpx_error(error: BaseException) -> httpx.TransportError:
    """The httpx error for `error`. The aiohttp error that caused `error` determines the class."""
    match _aiohttp_cause(error):
        case aiohttp.ClientConnectorError():
            return httpx.ConnectError("not reached")
        case aiohttp.ConnectionTimeoutError():
            return httpx.ConnectTimeout("not reached in time")
        case aiohttp.SocketTimeoutError():
            return httpx.ReadTimeout("no answer in time")
        case aiohttp.ServerDisconnectedError() | aiohttp.ClientPayloadError():
            return httpx.RemoteProtocolError("the answer broke off")
        case aiohttp.ClientOSError():
            return httpx.ReadError("the connection broke")
        case aiohttp.ClientError():
            return httpx.RemoteProtocolError("the answer is not HTTP")
        case TimeoutError():
            return httpx.ReadTimeout("no answer in time")
    # No aiohttp error caused this error. It comes from httpx_aiohttp.
    return error if isinstance(error, httpx.TransportError) else httpx.ReadError("the connection broke")


def _aiohttp_cause(error: BaseException) -> BaseException:
    """The aiohttp error that caused `error`, or `error` itself if no aiohttp error caused it."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, aiohttp.ClientError) or (isinstance(cause, TimeoutError) and cause is error):
            return cause
        cause = cause.__cause__ or cause.__context__
    return error
