"""How a call travels: the engine under httpx, the deadline of every call, and what a failure means.

An httpx error class says whether a request can have left: `ConnectError` and `ConnectTimeout` mean that
nothing did, every other one that it may have.
"""

import asyncio
import time
from collections.abc import AsyncIterator

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

CONNECTIONS = 100
"""To Digital River, at most."""

CONNECT_TIMEOUT_S = 1

LARGEST_ANSWER_BYTES = 2 * 1024 * 1024

KEPT_HEADERS = ("content-type", "retry-after")

DEADLINE = "deadline_at"
"""Extension of a request: the instant at which it is given up, in seconds of `time.monotonic`."""


class AnswerTooLarge(httpx.DecodingError):
    """The decoded body went beyond what any answer of Digital River needs."""


def network() -> httpx.AsyncBaseTransport:
    """The way out in production."""

    def session() -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(limit=CONNECTIONS, ttl_dns_cache=60)
        made = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())
        # aiohttp would send a PUT or DELETE again by itself when a kept connection breaks.
        made._retry_connection = False
        return made

    return ByCause(AiohttpTransport(client=session))


def client(transport: httpx.AsyncBaseTransport) -> httpx.AsyncClient:
    """The one client of the process. No redirects, no proxy of the environment, no cookies kept."""
    return httpx.AsyncClient(
        transport=Deadline(transport),
        timeout=httpx.Timeout(None, connect=CONNECT_TIMEOUT_S),
        follow_redirects=False,
        trust_env=False,
    )


class ByCause(httpx.AsyncBaseTransport):
    """Names aiohttp's failures by what caused them. The library below tells some of them wrongly."""

    def __init__(self, engine: AiohttpTransport) -> None:
        self._engine = engine

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        try:
            response = await self._engine.handle_async_request(request)
        except (httpx.TransportError, aiohttp.ClientError, TimeoutError) as error:
            raise by_cause(error) from error
        response.stream = Stream(response.stream)
        return response

    async def aclose(self) -> None:
        await self._engine.aclose()


class Stream(httpx.AsyncByteStream):
    """A body whose failures are named like those of its request."""

    def __init__(self, stream: httpx.SyncByteStream | httpx.AsyncByteStream) -> None:
        assert isinstance(stream, httpx.AsyncByteStream)  # noqa: S101 - an async engine
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self._stream:
                yield chunk
        except (httpx.TransportError, aiohttp.ClientError, TimeoutError) as error:
            raise by_cause(error) from error

    async def aclose(self) -> None:
        await self._stream.aclose()


def by_cause(error: BaseException) -> httpx.TransportError:
    """The httpx error that a failure of the engine is."""
    cause = _origin(error)
    match cause:
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
            return httpx.RemoteProtocolError("an answer in no HTTP")
        case TimeoutError():
            return httpx.ReadTimeout("no answer in time")
    # Already named by the library without an engine's failure behind it.
    return error if isinstance(error, httpx.TransportError) else httpx.ReadError("the connection broke")


def _origin(error: BaseException) -> BaseException:
    """The engine's own failure behind a translated one."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, aiohttp.ClientError) or (isinstance(seen, TimeoutError) and seen is error):
            return seen
        seen = seen.__cause__ or seen.__context__
    return error


class Deadline(httpx.AsyncBaseTransport):
    """Gives a call up at its deadline and a body up at its limit, however slowly either comes.

    The whole body is read here, so that nothing above has to think of time.
    """

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        deadline_at: float = request.extensions[DEADLINE]
        left_s = deadline_at - time.monotonic()
        if left_s <= 0:
            raise httpx.ConnectTimeout("no time left to begin with", request=request)
        try:
            async with asyncio.timeout(left_s):
                response = await self._inner.handle_async_request(request)
                body = await self._body(response)
        except TimeoutError:
            raise httpx.ReadTimeout("no answer in time", request=request) from None
        # Nothing else is read, and no header of the answer is kept: cookies least of all.
        kept = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
        return httpx.Response(response.status_code, headers=kept, content=body, request=request)

    async def _body(self, response: httpx.Response) -> bytes:
        chunks, size = [], 0
        try:
            async for chunk in response.aiter_bytes():
                size += len(chunk)
                if size > LARGEST_ANSWER_BYTES:
                    raise AnswerTooLarge("the answer is too large")
                chunks.append(chunk)
        finally:
            await response.aclose()
        return b"".join(chunks)

    async def aclose(self) -> None:
        await self._inner.aclose()
