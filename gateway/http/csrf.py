"""Prevents cross-site request forgery: a session cookie is accepted only from a script of an allowed origin."""

from gateway.http.http_request import RequestHeaders
from gateway.settings import Settings

CLIENT_HEADER = "X-Riverfront-Client"

RAW_CLIENT_HEADER = CLIENT_HEADER.lower().encode()


def refusal(headers: RequestHeaders, settings: Settings) -> str | None:
    """Error message for the developer of the client; None if the cookie is accepted.

    A form or an image of another site can make the browser send the cookie, but cannot add a header. The client header
    is therefore required. `Origin`, the origin of the page, must be an allowed one. Browsers omit `Origin` from some
    requests to the page's own origin. Such a request must have `Sec-Fetch-Site: same-origin`, a header that scripts
    cannot set.
    """
    if not headers.get(RAW_CLIENT_HEADER).strip():
        return f"Every request of a session in a cookie needs the header {CLIENT_HEADER} with the name of the client."
    origins = headers.lines(b"origin")
    if not origins and headers.get(b"sec-fetch-site") == "same-origin":
        return None
    if not origins:
        return (
            "Every request of a session in a cookie needs the header Origin, which browsers send. Outside a browser, "
            "use a bearer token: `delivery: BEARER`."
        )
    if len(origins) > 1 or not settings.allowed_origins.fullmatch(origins[0].decode("latin-1")):
        return "Pages of this origin may not use the session cookie. RIVERFRONT_ORIGINS lists the allowed origins."
    return None
