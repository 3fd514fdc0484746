"""The HTTP client of the process and the network under it.

The class of an httpx error shows whether a request can have left the gateway: after `ConnectError` and
`ConnectTimeout` nothing did, after any other error it may have.
"""

from collections.abc import AsyncIterator
from http.cookiejar import CookieJar, DefaultCookiePolicy

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

CONNECTIONS = 100
"""Open connections to Digital River, at most."""

CONNECT_TIMEOUT_S = 1


def client(network: httpx.AsyncBaseTransport) -> httpx.AsyncClient:
    """The one client of the process. It follows no redirects, reads no proxy variables and keeps no cookies."""
    return httpx.AsyncClient(
        transport=network,
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        # `Calls` ends a request at its deadline.
        timeout=httpx.Timeout(None, connect=CONNECT_TIMEOUT_S),
        follow_redirects=False,
        trust_env=False,
    )


def network() -> httpx.AsyncBaseTransport:
    """The network in production: aiohttp, which is faster under load than httpx's own."""

    def session() -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(limit=CONNECTIONS, ttl_dns_cache=60)
        session = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())
        # Otherwise aiohttp repeats a PUT or DELETE by itself when a kept connection breaks.
        session._retry_connection = False
        return session

    return RenamedErrors(AiohttpTransport(client=session))


class RenamedErrors(httpx.AsyncBaseTransport):
    """Raises the httpx error that fits aiohttp's. httpx_aiohttp maps some of them wrongly."""

    def __init__(self, engine: AiohttpTransport) -> None:
        self._engine = engine

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        try:
            response = await self._engine.handle_async_request(request)
        except (httpx.TransportError, aiohttp.ClientError, TimeoutError) as error:
            raise renamed(error) from error
        response.stream = Stream(response.stream)
        return response

    async def aclose(self) -> None:
        await self._engine.aclose()


class Stream(httpx.AsyncByteStream):
    """A response body whose errors are renamed too."""

    def __init__(self, stream: httpx.SyncByteStream | httpx.AsyncByteStream) -> None:
        assert isinstance(stream, httpx.AsyncByteStream)  # noqa: S101 - the engine is asynchronous
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self._stream:
                yield chunk
        except (httpx.TransportError, aiohttp.ClientError, TimeoutError) as error:
            raise renamed(error) from error

    async def aclose(self) -> None:
        await self._stream.aclose()


def renamed(error: BaseException) -> httpx.TransportError:
    """The httpx error that fits the aiohttp error behind this one."""
    match _engine_error(error):
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
    # An error of httpx_aiohttp itself, with no error of aiohttp behind it.
    return error if isinstance(error, httpx.TransportError) else httpx.ReadError("the connection broke")


def _engine_error(error: BaseException) -> BaseException:
    """The aiohttp error or timeout that led to this error; the error itself when there is none."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, aiohttp.ClientError) or (isinstance(cause, TimeoutError) and cause is error):
            return cause
        cause = cause.__cause__ or cause.__context__
    return error
