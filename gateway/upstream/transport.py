"""The network layer: the connections of the process, or any transport of httpx in their stead."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from gateway.errors import (
    UpstreamError,
    UpstreamInvalidResponse,
    UpstreamNotReached,
    UpstreamTimeout,
    UpstreamUnavailable,
)
from gateway.settings.settings import Settings
from gateway.upstream.body import ACCEPTED, Body
from gateway.upstream.connections.connecting import ConnectionOptions
from gateway.upstream.connections.egress_proxy import through
from gateway.upstream.connections.pool import ConnectionPool
from gateway.upstream.exchange import PORTS, Origin, Request, Response, Sender, base_url, joined_values
from gateway.upstream.slots import AllSlots

CONNECTIONS = 80
"""Maximum number of simultaneous requests to Digital River that have no reserve."""

SLOT_WAIT_S = 1
"""Maximum wait for one of these requests to end. A request that waits longer is not sent."""

REQUEST = "request"
"""Name of the httpx extension that has the `Request`, for a transport of httpx that passes it on to a `Network`."""

OWN_HEADERS = frozenset({"host", "user-agent", "accept-encoding", "content-length", "connection", "transfer-encoding"})
"""Headers of a request that the connection sets itself."""

RESOLVED_HEADERS = frozenset({b"content-encoding", b"transfer-encoding", b"content-length"})
"""Headers of a response that are no longer true once the body is decoded."""

LONGEST_S = 3600
"""Time limit of an httpx request without one."""


@asynccontextmanager
async def client(network: httpx.AsyncBaseTransport) -> AsyncIterator[Sender]:
    """The sender for this network layer, which is closed at the end of the `async with` block."""
    sender = sender_over(network)
    try:
        yield sender
    finally:
        await sender.aclose()


def connection_options(settings: Settings) -> ConnectionOptions:
    """How the settings want Digital River to be reached: through a proxy, and with which certificates.

    The merchant's ledger is reached without the proxy, because it is in the merchant's own network.
    """
    tls = ssl.create_default_context()
    if settings.upstream_ca:
        tls.load_verify_locations(settings.upstream_ca)
    proxy = settings.upstream_proxy.get_secret_value()
    urls = {settings.upstream_url, settings.payments_url or settings.upstream_url}
    return ConnectionOptions(tls=tls, proxies={base_url(url).origin: through(proxy) for url in urls} if proxy else {})


class WayOut:
    """Whether the proxy, the host name or the certificate prevents new connections to the Commerce API.

    Every new connection is noted, whichever call needs it. Requests on a kept connection say nothing.
    """

    def __init__(self, network: httpx.AsyncBaseTransport, settings: Settings) -> None:
        self._pool = network.pool if isinstance(network, Network) else None
        self._origin = base_url(settings.upstream_url).origin

    @property
    def obstacle(self) -> str:
        """The error of the last new connection, for the log. Empty if there is a way out, or nothing is known."""
        return self._pool.obstacle(self._origin) if self._pool is not None else ""

    async def try_again(self) -> None:
        """Open a connection, which sends no call. Raises `UpstreamNotReached`."""
        if self._pool is not None:
            await self._pool.connect(self._origin)


def sender_over(network: httpx.AsyncBaseTransport) -> Sender:
    """A `Network` sends requests itself. Any other transport of httpx, such as one of a test, is asked by httpx."""
    return network if isinstance(network, Network) else HttpxSender(network)


class Network(httpx.AsyncBaseTransport):
    """The network layer in production. It is a transport of httpx as well."""

    def __init__(
        self,
        connections: int = CONNECTIONS,
        wait_s: float = SLOT_WAIT_S,
        options: ConnectionOptions = ConnectionOptions(),  # noqa: B008 - immutable
    ) -> None:
        self.pool = ConnectionPool(options)
        self._slots = AllSlots(connections)
        self._wait_s = wait_s

    async def exchange(self, request: Request, within_s: float) -> Response:
        """See `Sender`."""
        ends_at = asyncio.get_running_loop().time() + within_s
        slots = await self._slots.take(request, min(self._wait_s, within_s))
        try:
            return await self.pool.exchange(request, ends_at)
        finally:
            slots.free()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        within_s = request.extensions.get("timeout", {}).get("read") or LONGEST_S
        try:
            response = await self.exchange(await _from_httpx(request), within_s)
        except UpstreamError as failure:
            raise _httpx_error(failure) from failure
        headers = [(name, value) for name, value in response.headers if name not in RESOLVED_HEADERS]
        return httpx.Response(response.status, headers=headers, stream=httpx.ByteStream(response.body), request=request)

    async def aclose(self) -> None:
        await self.pool.aclose()


class HttpxSender:
    """A `Sender` over a transport of httpx. Nothing of httpx that has a memory or follows redirects is used."""

    def __init__(self, network: httpx.AsyncBaseTransport) -> None:
        self._network = network

    async def exchange(self, request: Request, within_s: float) -> Response:
        try:
            async with asyncio.timeout(within_s):
                return await self._sent(request)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise UpstreamNotReached(detail=type(error).__name__) from error
        except (httpx.TimeoutException, TimeoutError) as error:
            raise UpstreamTimeout(detail=type(error).__name__) from error
        except httpx.DecodingError as error:
            raise UpstreamInvalidResponse(detail=type(error).__name__) from error
        except httpx.TransportError as error:
            raise UpstreamUnavailable(detail=type(error).__name__) from error

    async def _sent(self, request: Request) -> Response:
        response = await self._network.handle_async_request(_to_httpx(request))
        try:
            headers = [(name.lower(), value) for name, value in response.headers.raw]
            body = Body(joined_values(headers, b"content-encoding"))
            async for chunk in response.aiter_raw():
                body.add(chunk)
            return Response(response.status_code, headers, body.whole())
        finally:
            await response.aclose()

    async def aclose(self) -> None:
        await self._network.aclose()


def _to_httpx(request: Request) -> httpx.Request:
    """Raises `UpstreamNotReached` if a header is not ASCII. A token may contain anything that Digital River sends."""
    try:
        return httpx.Request(
            request.method,
            f"{request.origin.scheme}://{request.origin.authority}{request.target}",
            headers=[*request.headers, ("Accept-Encoding", ACCEPTED)],
            content=request.body or None,
            extensions={REQUEST: request},
        )
    except UnicodeError as error:
        raise UpstreamNotReached(detail="invalid header") from error


async def _from_httpx(request: httpx.Request) -> Request:
    """The request of httpx. What the sender of the request has decided is kept, if there was one."""
    url = request.url
    sent = Request(
        request.method,
        Origin(url.scheme, url.raw_host.decode().strip("[]"), url.port or PORTS[url.scheme]),
        url.raw_path.decode(),
        tuple((name, value) for name, value in request.headers.items() if name not in OWN_HEADERS),
        await request.aread(),
    )
    original: Request | None = request.extensions.get(REQUEST)
    if original is None:
        return sent
    return original._replace(origin=sent.origin, target=sent.target, headers=sent.headers, body=sent.body)


def _httpx_error(failure: UpstreamError) -> httpx.RequestError:
    """The error of httpx for `failure`. Of these errors, only `ConnectError` says that the request was not sent."""
    match failure:
        case UpstreamNotReached():
            return httpx.ConnectError(failure.detail)
        case UpstreamTimeout():
            return httpx.ReadTimeout(failure.detail)
        case UpstreamInvalidResponse():
            return httpx.DecodingError(failure.detail)
    return httpx.RemoteProtocolError(failure.detail)
