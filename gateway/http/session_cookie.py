"""The session cookie, and the session handle that a request has in its cookie or bearer token."""

import logging

from starlette.requests import Request
from starlette.responses import Response

from gateway.enums import SessionDelivery
from gateway.errors import TopLevelCode
from gateway.http import csrf
from gateway.http.request import RequestRefused
from gateway.sessions.handle import Handle
from gateway.settings import Settings

log = logging.getLogger(__name__)

COOKIE = "__Host-rf_session"


def handle_of(request: Request, settings: Settings) -> Handle | None:
    """The session handle in the request; None if there is none. Raises `RequestRefused`.

    The handle in a GET request is ignored, because the answer is the same for every caller.
    """
    if request.method == "GET":
        return None
    cookie = request.cookies.get(COOKIE) or None
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    bearer = token.strip() if scheme.lower() == "bearer" else ""
    if cookie is not None and bearer:
        message = "Send the session cookie or a bearer token, not both."
        raise RequestRefused(400, TopLevelCode.BAD_USER_INPUT, message)
    if cookie is not None:
        refusal = csrf.refusal(request.headers, settings)
        if refusal is not None:
            log.warning("cookie refused", extra={"reason": "origin or client header"})
            raise RequestRefused(403, TopLevelCode.CSRF_CHECK_FAILED, refusal)
        return Handle(SessionDelivery.COOKIE, cookie)
    return Handle(SessionDelivery.BEARER, bearer) if bearer else None


def set_cookie(response: Response, issued: Handle | None, settings: Settings) -> None:
    """Set the cookie to the handle of a new session. If `issued` is None, clear the cookie, because the session has
    ended.

    The cookie has no maximum age, because only the gateway limits the duration of a session.
    """
    response.set_cookie(
        COOKIE,
        issued.secret if issued else "",
        max_age=None if issued else 0,
        path="/",
        secure=True,
        httponly=True,
        samesite=settings.cookie_same_site,
    )
