"""Leads connections to Digital River through the proxy by which a network lets programs out.

The proxy forwards bytes. The TLS connection is between the gateway and Digital River, whose certificate is verified as
without a proxy.
"""

import socket
from collections.abc import Awaitable, Callable

from python_socks import ProxyConnectionError, ProxyError, ProxyTimeoutError
from python_socks.async_.asyncio import Proxy

from gateway.upstream.exchange import Origin

OpenSocket = Callable[[Origin], Awaitable[socket.socket]]


OF_THE_ORIGIN = frozenset({502, 503, 504, 3, 4, 5, 6})
"""Statuses of HTTP and replies of SOCKS with which a proxy reports that it does not reach the origin."""


class ProxyRefused(OSError):
    """The proxy does not lead to the origin, or is not reached. The message has no address and no password."""


class OriginNotReached(ProxyRefused):
    """The proxy works, and does not reach the origin."""


def through(url: str) -> OpenSocket:
    """A function that opens a connection to an origin through the proxy with this URL. Raises `OSError`.

    The caller limits its time.
    """

    async def open_socket(origin: Origin) -> socket.socket:
        try:
            opened: socket.socket = await Proxy.from_url(url).connect(origin.host, origin.port)
        except (ProxyError, ProxyConnectionError, ProxyTimeoutError) as error:
            # The message of an HTTP proxy may repeat what it was sent.
            status = error.error_code if isinstance(error, ProxyError) else None
            kind = OriginNotReached if status in OF_THE_ORIGIN else ProxyRefused
            raise kind(f"proxy: {status or type(error).__name__}") from error
        return opened

    return open_socket
