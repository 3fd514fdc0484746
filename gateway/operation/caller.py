"""Who sent the request."""

from dataclasses import dataclass

from gateway.sessions.sessions import Handle


@dataclass(frozen=True)
class Caller:
    """Who asks. `address` is the shopper's, in text form, as far as it can be trusted."""

    request_id: str
    address: str | None
    handle: Handle | None

    @property
    def counted_as(self) -> str | None:
        """As whom it is limited how often something is tried; None where the address is nobody's in particular."""
        return f"address:{self.address}" if self.address is not None else None
