"""The handle of a session: the secret that a client holds, and the key of the session in the store."""

import hashlib
import secrets
from dataclasses import dataclass

from gateway.enums import SessionDelivery

HANDLE_BYTES = 32


@dataclass(frozen=True)
class Handle:
    """A session handle, which is a cookie or a bearer token. A cookie is not accepted as a bearer token, and a bearer
    token is not accepted as a cookie."""

    delivery: SessionDelivery
    secret: str

    @classmethod
    def new(cls, delivery: SessionDelivery) -> "Handle":
        return cls(delivery, secrets.token_urlsafe(HANDLE_BYTES))

    @property
    def store_key(self) -> str:
        """Key of the session in the store: a digest, so that stolen store data contains no handle."""
        # The digest depends on the kind of handle, so that a cookie sent as a bearer token finds no session.
        return "session:" + hashlib.sha256(f"{self.delivery.value}:{self.secret}".encode()).hexdigest()

    def __repr__(self) -> str:
        return f"Handle({self.delivery.name}, ***)"
