"""May a request use the cookie it carries: only if a script of a page that we know sent it."""

import re

from starlette.datastructures import Headers

from gateway.settings import Settings

CLIENT_HEADER = "X-Riverfront-Client"

LOOPBACK = r"https?://(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?"
"""Origins of this machine, on any port: where storefronts are developed."""


def refusal(headers: Headers, settings: Settings) -> str | None:
    """Why the request is not served, told to the developer of the client; None when it is.

    A form or an image of a foreign page can carry the cookie, but no header of its own. The `Origin`
    then tells which page a script is from; browsers leave it out for some requests to the page's own
    origin, and say so in `Sec-Fetch-Site`, which no script can set.
    """
    if not headers.get(CLIENT_HEADER, "").strip():
        return f"A request with the session cookie needs the header {CLIENT_HEADER} with the name of the client."
    origins = headers.getlist("origin")
    if not origins and headers.get("sec-fetch-site") == "same-origin":
        return None
    if not origins:
        return "A request with the session cookie needs the Origin of its page. Outside of a browser use a bearer."
    if len(origins) > 1 or not is_known(origins[0], settings):
        return "Pages of this origin may not use the session cookie. RIVERFRONT_ORIGINS lists those that may."
    return None


def is_known(origin: str, settings: Settings) -> bool:
    if origin in settings.origins:
        return True
    return settings.development and re.fullmatch(LOOPBACK, origin) is not None
