"""What the proxies in front of us say of a request: believed only of those on the list."""

from ipaddress import IPv4Address, IPv6Address, ip_address

from starlette.datastructures import Headers
from starlette.types import Scope

from gateway.settings import Settings


def shopper_address(scope: Scope, settings: Settings) -> str | None:
    """The shopper's address: the peer's, or what trusted proxies say, read from the nearest one on."""
    peer = _peer(scope)
    if not _is_trusted(peer, settings):
        return _address(peer)
    hops = [hop.strip() for hop in Headers(scope=scope).get("x-forwarded-for", "").split(",") if hop.strip()]
    for hop in reversed(hops):
        if not _is_trusted(hop, settings):
            return _address(hop)
    return _address(peer)


def is_encrypted(scope: Scope, settings: Settings) -> bool:
    """Whether the client speaks TLS, to us or to the proxy that ends it."""
    if _is_trusted(_peer(scope), settings):
        return Headers(scope=scope).get("x-forwarded-proto", "").strip().lower() == "https"
    return bool(scope["scheme"] == "https")


def _peer(scope: Scope) -> str:
    return scope["client"][0] if scope.get("client") else ""


def _is_trusted(address: str, settings: Settings) -> bool:
    parsed = _parsed(address)
    return parsed is not None and any(parsed in network for network in settings.trusted_proxies)


def _address(text: str) -> str | None:
    parsed = _parsed(text)
    return str(parsed) if parsed else None


def _parsed(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None
