"""The handle of a session: the secret that a client holds, and the key of the session in the store."""

import hashlib
import secrets
from dataclasses import dataclass

from gateway.enums import SessionDelivery

HANDLE_BYTES = 32


@dataclass(frozen=True)
class Handle:
    """A cookie or a bearer token. It is accepted only as what it was issued as."""

    delivery: SessionDelivery
    secret: str

    @classmethod
    def new(cls, delivery: SessionDelivery) -> "Handle":
        return cls(delivery, secrets.token_urlsafe(HANDLE_BYTES))

    @property
    def store_key(self) -> str:
        """A digest: the store has no handle that a thief could use."""
        # The delivery is part of it: a cookie that is sent as a bearer token finds no session.
        return "session:" + hashlib.sha256(f"{self.delivery.value}:{self.secret}".encode()).hexdigest()

    def __repr__(self) -> str:
        return f"Handle({self.delivery.name}, ***)"
