"""The client's address and scheme. Forwarding headers are used only if they come from trusted proxies."""

import re
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address

from gateway.http.http_request import HttpRequest, RequestHeaders
from gateway.settings.settings import Settings

Address = IPv4Address | IPv6Address

UNKNOWN = "unknown"
"""Nearest address if no address is known, such as behind a Unix socket. All these clients share their rate limits."""

LONGEST_ADDRESS = 100
"""Characters of the longest address that is read, with its zone and port. Read addresses are cached."""

WITH_PORT = re.compile(r"\[([^\]]*)\](?::\d+)?|([^:]*):\d+")


@dataclass(frozen=True)
class ClientConnection:
    """`address` is the shopper's IP address, or None if unknown. `nearest_address` is the known address that is nearest
    to the shopper: the shopper's, or that of a proxy. `is_encrypted` is True if the client used TLS to the gateway or
    to its proxy."""

    address: str | None
    nearest_address: str
    is_encrypted: bool


def client_connection(request: HttpRequest, settings: Settings) -> ClientConnection:
    if not settings.trusted_proxies:
        return _without_proxies(request.peer, request.scheme)
    peer = _parsed(request.peer) if request.peer else None
    if not _is_trusted(peer, settings):
        return _connection(peer, None, is_encrypted=request.scheme == "https")
    schemes = _listed(request.headers, b"x-forwarded-proto")
    # Each proxy appends the address of its caller, so the address nearest to the gateway is last. The scheme that the
    # outermost trusted proxy reports is as many places from the end as there are trusted proxies.
    proxies, nearest = 1, peer
    for hop in reversed(_listed(request.headers, b"x-forwarded-for")):
        address = _parsed(hop)
        if not _is_trusted(address, settings):
            return _connection(address, nearest, is_encrypted=_is_https(schemes, proxies))
        proxies, nearest = proxies + 1, address
    return _connection(peer, None, is_encrypted=_is_https(schemes, proxies))


def is_from_trusted_proxy(request: HttpRequest, settings: Settings) -> bool:
    return bool(request.peer) and _is_trusted(_parsed(request.peer or ""), settings)


@lru_cache(maxsize=1024)
def _without_proxies(peer: str | None, scheme: str) -> ClientConnection:
    return _connection(_parsed(peer) if peer else None, None, is_encrypted=scheme == "https")


def _connection(address: Address | None, proxy: Address | None, *, is_encrypted: bool) -> ClientConnection:
    return ClientConnection(str(address) if address else None, str(address or proxy or UNKNOWN), is_encrypted)


def _listed(headers: RequestHeaders, name: bytes) -> list[str]:
    """The values of all header lines with this name, which proxies join by commas or send in lines of their own."""
    values = [value.strip(" \t") for line in headers.lines(name) for value in line.decode("latin-1").split(",")]
    return [value for value in values if value]


def _is_https(schemes: list[str], proxies: int) -> bool:
    return bool(schemes) and schemes[max(len(schemes) - proxies, 0)].lower() == "https"


def _is_trusted(address: Address | None, settings: Settings) -> bool:
    return address is not None and any(address in network for network in settings.trusted_proxies)


def _parsed(text: str) -> Address | None:
    return _address_in(text) if len(text) <= LONGEST_ADDRESS else None


@lru_cache(maxsize=1024)
def _address_in(text: str) -> Address | None:
    """An IP address, also with a port: `203.0.113.9:4711` or `[2001:db8::1]:4711`. An IPv4 address that is mapped to
    IPv6 becomes an IPv4 address.
    """
    match = WITH_PORT.fullmatch(text)
    try:
        address = ip_address(match[1] or match[2] if match else text)
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address
