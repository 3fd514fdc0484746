"""Prevents cross-site request forgery: a session cookie is accepted only from a script of an allowed origin."""

import re

from gateway.http.http_request import RequestHeaders
from gateway.settings import Settings

CLIENT_HEADER = "X-Riverfront-Client"

RAW_CLIENT_HEADER = CLIENT_HEADER.lower().encode()

LOOPBACK_ORIGIN = r"https?://(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?"
"""Origins that are allowed in development mode: this machine, on any port."""


def refusal(headers: RequestHeaders, settings: Settings) -> str | None:
    """Error message for the developer of the client; None if the cookie is accepted.

    A form or an image of another site can make the browser send the cookie, but cannot add a header. The client header
    is therefore required. `Origin`, the origin of the page, must be an allowed one. Browsers omit `Origin` from some
    requests to the page's own origin. Such a request must have `Sec-Fetch-Site: same-origin`, a header that scripts
    cannot set.
    """
    if not headers.get(RAW_CLIENT_HEADER).strip():
        return f"A request with the session cookie needs the header {CLIENT_HEADER} with the name of the client."
    origins = headers.lines(b"origin")
    if not origins and headers.get(b"sec-fetch-site") == "same-origin":
        return None
    if not origins:
        return "A request with the session cookie needs the header Origin. Outside a browser, use a bearer token."
    if len(origins) > 1 or not _is_known(origins[0].decode("latin-1"), settings):
        return "Pages of this origin may not use the session cookie. RIVERFRONT_ORIGINS lists the allowed origins."
    return None


def _is_known(origin: str, settings: Settings) -> bool:
    if origin in settings.origins:
        return True
    return settings.development and re.fullmatch(LOOPBACK_ORIGIN, origin) is not None
