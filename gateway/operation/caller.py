"""The caller: the sender of a GraphQL request."""

from typing import NamedTuple

from gateway.sessions.handle import Handle


class Caller(NamedTuple):
    """The sender of a request.

    `address` is the shopper's IP address, or None if unknown. `nearest_address` is the address by which the caller's
    tries are limited: the shopper's, or the nearest one that is known. It is None only for background work. `handle` is
    the session handle in the request, and may be invalid.
    """

    request_id: str
    address: str | None
    nearest_address: str | None
    handle: Handle | None
