"""May this request use the cookie it carries: it must come from a page we know, by a script of that page."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers

from gateway.settings import Settings

CLIENT_HEADER = "x-riverfront-client"


def refusal(headers: Headers, settings: Settings) -> str | None:
    """Why the request is not served, told to the developer of the client; None when it is."""
    if not headers.get(CLIENT_HEADER, "").strip():
        return "A request with the session cookie needs the header X-Riverfront-Client with the name of the client."
    origin = headers.get("origin")
    if origin is None:
        if headers.get("sec-fetch-site") == "same-origin":
            return None
        return "A request with the session cookie needs an Origin."
    if not is_known(origin, settings):
        return "This origin may not use the session cookie. Add it to RIVERFRONT_ORIGINS."
    return None


def is_known(origin: str, settings: Settings) -> bool:
    return origin in settings.origins or (settings.development and is_loopback(origin))


def is_loopback(origin: str) -> bool:
    """Whether an origin is on this machine, whatever its port."""
    try:
        host = urlsplit(origin).hostname or ""
    except ValueError:
        return False
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
