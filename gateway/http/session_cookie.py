"""The session cookie, and the session handle that a request has in its cookie or bearer token."""

import logging
from urllib.parse import urlsplit

from starlette.responses import Response

from gateway.enums import SessionDelivery, WarningCode
from gateway.errors import TopLevelCode
from gateway.http import csrf
from gateway.http.graphql_request import RequestRefused
from gateway.http.http_request import HeaderLine, HttpRequest, RequestHeaders
from gateway.operation.caller import NewCookie
from gateway.refusals.warnings import MutationWarning
from gateway.sessions.handle import Handle
from gateway.settings.settings import LOOPBACK_HOSTS, Settings
from gateway.telemetry.logs import FOLDED

log = logging.getLogger(__name__)

COOKIE = "__Host-rf_session"

BLANKS = b" \t"
"""Characters that may surround the name and the value of a cookie."""

WITHOUT_SCHEME = "The header Authorization has no scheme. Send `Bearer`, a space and the token of the session."

OF_ANOTHER_SITE = MutationWarning(
    WarningCode.SESSION_COOKIE_NOT_KEPT,
    "The browser will not keep the session cookie: the page and the gateway are of different sites, as localhost and "
    "127.0.0.1 are. Use one host name for both, set RIVERFRONT_COOKIE_SAME_SITE to none, or start the session with "
    "`delivery: BEARER`.",
)

NOT_ENCRYPTED = MutationWarning(
    WarningCode.SESSION_COOKIE_NOT_KEPT,
    "The browser will not keep the session cookie: the page was loaded by http from another machine. Use https, open "
    "the page on localhost, or start the session with `delivery: BEARER`.",
)


def handle_of(request: HttpRequest, settings: Settings) -> Handle | None:
    """The session handle in the request; None if there is none. Raises `RequestRefused`.

    The handle in a GET or HEAD request is ignored, because the answer is the same for every caller.
    """
    if request.is_read:
        return None
    cookie = _cookie_of(request)
    scheme, blank, token = request.headers.get(b"authorization").partition(" ")
    if scheme and not blank and scheme.lower() != "bearer":
        raise RequestRefused(400, TopLevelCode.BAD_USER_INPUT, WITHOUT_SCHEME)
    bearer = token.strip() if scheme.lower() == "bearer" else ""
    if cookie is not None and bearer:
        message = "Send the session cookie or a bearer token, not both."
        raise RequestRefused(400, TopLevelCode.BAD_USER_INPUT, message)
    if cookie is not None:
        _check(request, settings, changes=False)
        return Handle(SessionDelivery.COOKIE, cookie)
    return Handle(SessionDelivery.BEARER, bearer) if bearer else None


def check_change(request: HttpRequest, handle: Handle | None, settings: Settings) -> None:
    """Raises `RequestRefused` for a mutation that may not use the session cookie, although a query may."""
    if handle is not None and handle.delivery is SessionDelivery.COOKIE:
        _check(request, settings, changes=True)


def _check(request: HttpRequest, settings: Settings, *, changes: bool) -> None:
    refusal = csrf.refusal(request.headers, settings, changes=changes)
    if refusal is not None:
        log.warning("cookie refused", extra={"reason": "origin, client header or server key", **FOLDED})
        raise RequestRefused(403, TopLevelCode.CSRF_CHECK_FAILED, refusal)


def _cookie_of(request: HttpRequest) -> str | None:
    """Value of the session cookie; None if there is none. Raises `RequestRefused` for several session cookies.

    The bytes of the name are compared, and only spaces and tabs are trimmed. A parser that decodes the header first
    also trims characters that a browser keeps. A neighbouring host could then set the cookie under a name that the
    browser does not protect, such as a no-break space before `__Host-`.
    """
    lines = request.headers.lines(b"cookie")
    if not lines:
        return None
    pairs = [pair.partition(b"=") for line in lines for pair in line.split(b";")]
    values = [value.strip(BLANKS) for name, _, value in pairs if name.strip(BLANKS) == COOKIE.encode()]
    if len(values) > 1:
        raise RequestRefused(400, TopLevelCode.BAD_USER_INPUT, f"Send one cookie with the name {COOKIE}.")
    return values[0].strip(b'"').decode("latin-1") or None if values else None


def new_cookie(request: HttpRequest, settings: Settings, *, is_encrypted: bool) -> NewCookie:
    refusal = csrf.refusal(request.headers, settings, changes=True)
    warning = _not_kept(request.headers, settings, is_encrypted) if refusal is None else None
    return NewCookie(refusal, (warning,) if warning is not None else ())


def _not_kept(headers: RequestHeaders, settings: Settings, is_encrypted: bool) -> MutationWarning | None:
    """Why the browser will not keep a cookie of the answer; None if it will, or if this cannot be known.

    A browser sends `Sec-Fetch-Site` to https URLs and to localhost. Elsewhere, it drops cookies with `Secure`.
    """
    if settings.cookie_same_site != "none" and headers.get(b"sec-fetch-site") == "cross-site":
        return OF_ANOTHER_SITE
    page = headers.get(b"origin")
    if not is_encrypted and page.startswith("http://") and not _is_on_this_machine(page):
        return NOT_ENCRYPTED
    return None


def _is_on_this_machine(origin: str) -> bool:
    host = urlsplit(origin).hostname or ""
    return host in LOOPBACK_HOSTS or host.endswith(".localhost")


def set_cookie(issued: Handle | None, settings: Settings) -> HeaderLine:
    """The header that sets the cookie to the handle of a new session. If `issued` is None, the header clears the
    cookie, because the client has ended the session.

    The cookie has no maximum age, because only the gateway limits the duration of a session.
    """
    response = Response()
    response.set_cookie(
        COOKIE,
        issued.secret if issued else "",
        max_age=None if issued else 0,
        path="/",
        secure=True,
        httponly=True,
        samesite=settings.cookie_same_site,
    )
    return response.raw_headers[-1]
