"""The caller: the sender of a GraphQL request."""

from collections.abc import Callable
from typing import NamedTuple

from gateway.enums import SessionDelivery
from gateway.errors import CookieRefused
from gateway.refusals.warnings import MutationWarning
from gateway.sessions.handle import Handle


class NewCookie(NamedTuple):
    """Whether a session may begin with a cookie.

    `refusal` is the error message for a request that may not have one, see `gateway.http.csrf`. The `warnings` say why
    the browser would not keep it.
    """

    refusal: str | None = None
    warnings: tuple[MutationWarning, ...] = ()


class Caller(NamedTuple):
    """The sender of a request.

    `address` is the shopper's IP address, or None if unknown. `nearest_address` is the address by which the caller's
    tries are limited: the shopper's, or the nearest one that is known. It is None only for background work. `handle` is
    the session handle in the request, and may be invalid. `new_cookie` is called when a session begins with a cookie.
    """

    request_id: str
    address: str | None
    nearest_address: str | None
    handle: Handle | None
    new_cookie: Callable[[], NewCookie] = NewCookie

    def check_new_session(self, delivery: SessionDelivery) -> None:
        """Raises `CookieRefused` if a session may not begin with a cookie.

        Otherwise the client would learn only from its second request, which has the cookie, what both requests lack.
        """
        if delivery is SessionDelivery.COOKIE and (refusal := self.new_cookie().refusal) is not None:
            raise CookieRefused(refusal)
