"""Seals what a thief of the store must not read, and binds it to the place it was put.

A record that was copied to another key does not open there: the key is inside the sealed part.
"""

import logging
from base64 import urlsafe_b64encode
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from gateway.settings import Settings

log = logging.getLogger(__name__)

KEY_PURPOSE = b"riverfront sessions"
"""What the key made from the API secret is for, so that it is good for nothing else."""


def encryption_keys(settings: Settings) -> list[bytes]:
    """The keys of a deployment; none where one process keeps its sessions to itself."""
    if not settings.store_url.get_secret_value():
        return []
    if settings.sealing_keys:
        return [key.get_secret_value().encode() for key in settings.sealing_keys]
    secret = settings.api_secret.get_secret_value().encode()
    return [urlsafe_b64encode(HKDF(SHA256(), length=32, salt=None, info=KEY_PURPOSE).derive(secret))]


class SessionEncryption:
    """`keys`: the first one seals, all of them open, so that a new one can be put in front of the old.

    Without keys values are kept as they are: the memory of one process is read by nobody else.
    """

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._fernet = MultiFernet([Fernet(key) for key in keys]) if keys else None

    def encrypt(self, place: str, value: bytes) -> bytes:
        if self._fernet is None:
            return value
        return self._fernet.encrypt(place.encode() + b"\0" + value)

    def decrypt(self, place: str, sealed: bytes) -> bytes | None:
        """The value; None, and a line in the log, for one that was not sealed for this place."""
        if self._fernet is None:
            return sealed
        try:
            bound, _, value = self._fernet.decrypt(sealed).partition(b"\0")
        except InvalidToken:
            bound, value = b"", b""
        if bound != place.encode():
            log.error("seal mismatch")
            return None
        return value
