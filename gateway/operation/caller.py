"""The caller: the sender of a GraphQL request."""

from dataclasses import dataclass

from gateway.sessions.handle import Handle


@dataclass(frozen=True)
class Caller:
    """The sender of a request.

    `address` is the shopper's IP address, or None if unknown. `handle` is the session handle in the request, and may be
    invalid.
    """

    request_id: str
    address: str | None
    handle: Handle | None
