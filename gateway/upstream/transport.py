"""Creates the HTTP client of the process and the network layer of this client.

The class of an httpx error shows whether the request may have been sent. After `ConnectError` and `ConnectTimeout`, the
request was not sent. After any other error, it may have been sent.
"""

from collections.abc import AsyncIterator
from http.cookiejar import CookieJar, DefaultCookiePolicy

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

CONNECTIONS = 100
"""Maximum number of open connections to Digital River."""

CONNECT_TIMEOUT_S = 1


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


def network() -> httpx.AsyncBaseTransport:
    """The network layer in production: aiohttp, which is faster under load than the network layer of httpx."""

    def session() -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(limit=CONNECTIONS, ttl_dns_cache=60)
        session = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())
        # Without this line, aiohttp repeats a PUT or DELETE when a reused connection breaks.
        session._retry_connection = False
        return session

    return HttpxErrorTransport(AiohttpTransport(client=session))


class HttpxErrorTransport(httpx.AsyncBaseTransport):
    """Network layer that raises an httpx error instead of each aiohttp error. httpx_aiohttp maps some errors
    incorrectly.
    """

    def __init__(self, engine: AiohttpTransport) -> None:
        self._engine = engine

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        try:
            response = await self._engine.handle_async_request(request)
        except (httpx.TransportError, aiohttp.ClientError, TimeoutError) as error:
            raise httpx_error(error) from error
        response.stream = Stream(response.stream)
        return response

    async def aclose(self) -> None:
        await self._engine.aclose()


class Stream(httpx.AsyncByteStream):
    """Response body that raises an httpx error instead of each aiohttp error."""

    def __init__(self, stream: httpx.SyncByteStream | httpx.AsyncByteStream) -> None:
        assert isinstance(stream, httpx.AsyncByteStream)  # noqa: S101 - the engine is asynchronous
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self._stream:
                yield chunk
        except (httpx.TransportError, aiohttp.ClientError, TimeoutError) as error:
            raise httpx_error(error) from error

    async def aclose(self) -> None:
        await self._stream.aclose()


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
