"""Prevents cross-site request forgery: a session cookie is accepted only from a script of an allowed origin, or for a
query from a server that forwards it."""

import hmac

from gateway.http.http_request import RequestHeaders
from gateway.settings.settings import Settings

CLIENT_HEADER = "X-Riverfront-Client"

RAW_CLIENT_HEADER = CLIENT_HEADER.lower().encode()


SERVER_KEY_HEADER = "X-Riverfront-Server-Key"

RAW_KEY_HEADER = SERVER_KEY_HEADER.lower().encode()

FORWARD_ORIGIN = (
    "A mutation with a forwarded session cookie needs the Origin of the browser's request. Forward it, or send the "
    "mutation from the page."
)


def refusal(headers: RequestHeaders, settings: Settings, *, changes: bool) -> str | None:
    """Error message for the developer of the client; None if the cookie is accepted. `changes`: for a mutation.

    A form or an image of another site can make the browser send the cookie, but cannot add a header. The client header
    is therefore required. `Origin`, the origin of the page, must be an allowed one. Browsers omit `Origin` from some
    requests to the page's own origin. Such a request must have `Sec-Fetch-Site: same-origin`, a header that scripts
    cannot set.

    A server that renders pages has the shopper's cookie from a request of a browser, and any site can cause such a
    request. With a key it may therefore only read, unless it forwards the `Origin` of the browser's request.
    """
    if not headers.get(RAW_CLIENT_HEADER).strip():
        return f"Every request of a session in a cookie needs the header {CLIENT_HEADER} with the name of the client."
    origins, keys = headers.lines(b"origin"), headers.lines(RAW_KEY_HEADER)
    if keys and not has_server_key(headers, settings):
        return f"The key in {SERVER_KEY_HEADER} is none of RIVERFRONT_SERVER_KEYS."
    if keys and not origins:
        return FORWARD_ORIGIN if changes else None
    if not origins and headers.get(b"sec-fetch-site") == "same-origin":
        return None
    if not origins:
        return (
            "Every request of a session in a cookie needs the header Origin, which browsers send. Outside a browser, "
            "use a bearer token: `delivery: BEARER`. A server that forwards the cookie has a key of "
            "RIVERFRONT_SERVER_KEYS."
        )
    if len(origins) > 1 or not settings.allowed_origins.fullmatch(origins[0].decode("latin-1")):
        return "Pages of this origin may not use the session cookie. RIVERFRONT_ORIGINS lists the allowed origins."
    return None


def has_server_key(headers: RequestHeaders, settings: Settings) -> bool:
    """Whether the request has one key, which is among those of the setting. It is compared with all keys, in a time
    that does not depend on the key of the request."""
    keys = headers.lines(RAW_KEY_HEADER)
    if not keys:
        return False
    matches = [hmac.compare_digest(keys[0], key.get_secret_value().encode()) for key in settings.server_keys]
    return len(keys) == 1 and any(matches)
