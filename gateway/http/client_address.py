"""The client's address and scheme. Forwarding headers are used only if they come from trusted proxies."""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address

from starlette.datastructures import Headers
from starlette.types import Scope

from gateway.settings import Settings


@dataclass(frozen=True)
class ClientConnection:
    """`address` is the shopper's IP address, or None if unknown. `is_encrypted` is True if the client used TLS to the
    gateway or to its proxy."""

    address: str | None
    is_encrypted: bool


def client_connection(scope: Scope, settings: Settings) -> ClientConnection:
    peer = _parsed(scope["client"][0]) if scope.get("client") else None
    if not _is_trusted(peer, settings):
        return ClientConnection(str(peer) if peer else None, scope["scheme"] == "https")
    headers = Headers(scope=scope)
    is_encrypted = headers.get("x-forwarded-proto", "").strip().lower() == "https"
    # Each proxy appends the address of its caller, so the address nearest to the gateway is last.
    for hop in reversed(headers.get("x-forwarded-for", "").split(",")):
        address = _parsed(hop.strip())
        if hop.strip() and not _is_trusted(address, settings):
            return ClientConnection(str(address) if address else None, is_encrypted)
    return ClientConnection(str(peer), is_encrypted)


def _is_trusted(address: IPv4Address | IPv6Address | None, settings: Settings) -> bool:
    return address is not None and any(address in network for network in settings.trusted_proxies)


def _parsed(address: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(address)
    except ValueError:
        return None
