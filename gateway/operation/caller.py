"""The sender of a request."""

from dataclasses import dataclass

from gateway.sessions.handle import Handle


@dataclass(frozen=True)
class Caller:
    """`address` is the shopper's IP address, or None when it is unknown. `handle` is what the client sent."""

    request_id: str
    address: str | None
    handle: Handle | None
