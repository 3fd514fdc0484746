"""Cross-site request forgery: a session cookie counts only if a script of a known page sent it."""

import re

from starlette.datastructures import Headers

from gateway.settings import Settings

CLIENT_HEADER = "X-Riverfront-Client"

LOOPBACK_ORIGIN = r"https?://(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?"
"""Storefronts in development run on this machine, on any port."""


def refusal(headers: Headers, settings: Settings) -> str | None:
    """The message for the client's developer; None if the cookie counts.

    A form or an image of another page sends the cookie, but cannot add a header. `Origin` names the page of a script.
    Browsers leave it out of some requests to the page's own origin, but set `Sec-Fetch-Site`, which no script can.
    """
    if not headers.get(CLIENT_HEADER, "").strip():
        return f"A request with the session cookie needs the header {CLIENT_HEADER} with the name of the client."
    origins = headers.getlist("origin")
    if not origins and headers.get("sec-fetch-site") == "same-origin":
        return None
    if not origins:
        return "A request with the session cookie needs the header Origin. Outside of a browser use a bearer token."
    if len(origins) > 1 or not _is_known(origins[0], settings):
        return "Pages of this origin may not use the session cookie. RIVERFRONT_ORIGINS lists those that may."
    return None


def _is_known(origin: str, settings: Settings) -> bool:
    if origin in settings.origins:
        return True
    return settings.development and re.fullmatch(LOOPBACK_ORIGIN, origin) is not None
