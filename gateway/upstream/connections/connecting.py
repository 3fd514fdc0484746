"""Opens connections to Digital River: looks up the addresses of its hosts, and tries them in turn."""

import asyncio
import socket
import ssl
import sys
from collections.abc import Awaitable, Callable, Mapping
from functools import cached_property
from typing import NamedTuple, cast

from gateway.elapsed_time import elapsed_s
from gateway.errors import NoWayOut, UpstreamNotReached
from gateway.upstream.connections.connection import Connection
from gateway.upstream.connections.egress_proxy import OpenSocket, OriginNotReached, ProxyRefused
from gateway.upstream.exchange import Origin

CONNECT_TIMEOUT_S = 1
"""Maximum time for the look-up of a host, the connection and its TLS handshake."""

IDLE_S = 15
"""Time after which an idle connection is ended."""

MAX_IDLE = 100
"""Maximum number of idle connections to one server."""

ADDRESSES_S = 60
"""Time for which the addresses of a host are remembered."""

UNACKNOWLEDGED_S = 30
"""Maximum time for which the operating system repeats bytes that the other side does not acknowledge.

By default, Linux repeats them for up to 15 minutes, also after the connection was closed. An order that arrives after
the quiet time of its doubt could be a second order.
"""

Address = tuple[socket.AddressFamily, tuple[str, int] | tuple[str, int, int, int]]


async def addresses_of(host: str, port: int) -> list[Address]:
    """Addresses of a host, looked up as the operating system does. Raises `OSError`."""
    loop = asyncio.get_running_loop()
    entries = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    # With TCP, an address begins with the host, not with bytes.
    return [cast(Address, (family, to)) for family, _, _, _, to in entries]


OF_THE_WAY_OUT = (ssl.SSLCertVerificationError, ProxyRefused, socket.gaierror)
"""Errors that do not mean that Digital River is down."""


class ConnectionOptions(NamedTuple):
    timeout_s: float = CONNECT_TIMEOUT_S
    idle_s: float = IDLE_S
    max_idle: int = MAX_IDLE
    tls: ssl.SSLContext | None = None
    """The certificates that are trusted. None: those of the system."""
    look_up: Callable[[str, int], Awaitable[list[Address]]] = addresses_of
    proxies: Mapping[Origin, OpenSocket] = {}
    """Opens the connections to origins that are reached through a proxy. The proxy looks their addresses up."""


class Connecting:
    def __init__(self, options: ConnectionOptions) -> None:
        self._options = options
        self._addresses: dict[Origin, tuple[float, list[Address]]] = {}
        self._look_ups: dict[Origin, asyncio.Task[list[Address]]] = {}
        self.obstacles: dict[Origin, str] = {}
        """What prevents connections by the error `NoWayOut`, until one succeeds. The origins are those of settings."""

    async def connect(self, origin: Origin, new: Callable[[], Connection]) -> Connection:
        """A new connection, which `new` creates. Raises `UpstreamNotReached`."""
        try:
            async with asyncio.timeout(self._options.timeout_s):
                connection = await self._connected(origin, new)
        except (OSError, UnicodeError, TimeoutError) as error:
            reason = _reason(error)
            if not isinstance(error, OF_THE_WAY_OUT) or isinstance(error, OriginNotReached):
                raise UpstreamNotReached(detail=reason) from error
            self.obstacles[origin] = reason
            raise NoWayOut(detail=reason) from error
        self.obstacles.pop(origin, None)
        return connection

    def close(self) -> None:
        for look_up in self._look_ups.values():
            look_up.cancel()

    async def _connected(self, origin: Origin, new: Callable[[], Connection]) -> Connection:
        if (through_proxy := self._options.proxies.get(origin)) is not None:
            opened = await through_proxy(origin)
            _set_options(opened)
            return await self._established(opened, origin, new)
        ends_at = elapsed_s() + self._options.timeout_s
        addresses = await self._addresses_of(origin)
        for tried, address in enumerate(list(addresses)):
            untried = len(addresses) - tried
            try:
                # An address that is silent leaves as much time to each of the others.
                async with asyncio.timeout((ends_at - elapsed_s()) / untried):
                    connection = await self._connected_to(address, origin, new)
            except (OSError, TimeoutError):
                if untried == 1:
                    self._addresses.pop(origin, None)
                    raise
            else:
                # The next connection begins with the address that has worked.
                addresses.remove(address)
                addresses.insert(0, address)
                return connection
        raise OSError("the host has no address")

    async def _connected_to(self, address: Address, origin: Origin, new: Callable[[], Connection]) -> Connection:
        family, to = address
        opened = tcp_socket(family)
        try:
            await asyncio.get_running_loop().sock_connect(opened, to)
        except BaseException:
            opened.close()
            raise
        return await self._established(opened, origin, new)

    async def _established(self, opened: socket.socket, origin: Origin, new: Callable[[], Connection]) -> Connection:
        """The connection on a socket that leads to the origin, with TLS if the origin needs it."""
        tls, name = (self._tls, origin.host) if origin.scheme == "https" else (None, None)
        # From here on, the event loop closes the socket. Otherwise, it would take the next socket for this one.
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(new, sock=opened, ssl=tls, server_hostname=name)
        return connection

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        """Verifies the certificate of the server and the host name in it."""
        tls = self._options.tls or ssl.create_default_context()
        tls.set_alpn_protocols(["http/1.1"])
        return tls

    async def _addresses_of(self, origin: Origin) -> list[Address]:
        ends_at, addresses = self._addresses.get(origin, (0.0, []))
        if elapsed_s() < ends_at:
            return addresses
        if origin not in self._look_ups:
            self._look_ups[origin] = asyncio.ensure_future(self._look_up(origin))
        # A look-up that takes longer than this connection may take is there for the next one.
        return await asyncio.shield(self._look_ups[origin])

    async def _look_up(self, origin: Origin) -> list[Address]:
        try:
            addresses = await self._options.look_up(origin.host, origin.port)
        finally:
            del self._look_ups[origin]
        self._addresses[origin] = elapsed_s() + ADDRESSES_S, addresses
        return addresses


def _reason(error: Exception) -> str:
    """Why there is no connection, for the log."""
    match error:
        case ssl.SSLCertVerificationError():
            return f"certificate: {error.verify_message}"
        case ProxyRefused():
            return str(error)
    return type(error).__name__


def tcp_socket(family: socket.AddressFamily) -> socket.socket:
    """A new socket for a connection to Digital River."""
    new = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    new.setblocking(False)
    _set_options(new)
    return new


def _set_options(new: socket.socket) -> None:
    """See `UNACKNOWLEDGED_S`."""
    new.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if sys.platform == "linux":
        new.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNACKNOWLEDGED_S * 1000)
