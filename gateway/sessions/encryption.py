"""Encrypts the records that replicas share.

The store key of a record is encrypted together with the record. A record that was copied to another store key is
therefore rejected.
"""

import logging
from base64 import urlsafe_b64encode
from collections import OrderedDict
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from gateway.errors import SessionUnreadable
from gateway.metrics.sessions import UNREADABLE
from gateway.settings.settings import Settings

log = logging.getLogger(__name__)

KEY_PURPOSE, DIGEST_PURPOSE, LOG_PURPOSE = b"riverfront sessions", b"riverfront digests", b"riverfront log"
"""Values of `info` in HKDF. With another value, HKDF derives another key from the same API secret."""

DERIVED = "derived"
"""Name of the derived key among the configured keys. A deployment that begins to configure keys lists it at first."""


def encryption_keys(settings: Settings) -> list[bytes]:
    """The encryption keys of a deployment. Without configured keys, one key is derived from the API secret. The list is
    empty without a shared store."""
    if not settings.store_url.get_secret_value():
        return []
    configured = [key.get_secret_value() for key in settings.sealing_keys] or [DERIVED]
    return [
        urlsafe_b64encode(_derived(settings, KEY_PURPOSE)) if key == DERIVED else key.encode() for key in configured
    ]


def digest_key(settings: Settings) -> bytes:
    """Key for digests of personal data that are keys in the store. It is derived from the API secret."""
    return _derived(settings, DIGEST_PURPOSE)


def log_key(settings: Settings) -> bytes:
    """Key for the hashes of session ids in the log. It is derived from the API secret."""
    return _derived(settings, LOG_PURPOSE)


def _derived(settings: Settings, purpose: bytes) -> bytes:
    secret = settings.api_secret.get_secret_value().encode()
    return HKDF(SHA256(), length=32, salt=None, info=purpose).derive(secret)


class SessionEncryption:
    """Encrypts with the first of `keys`, and decrypts with any of `keys`.

    The values that were decrypted last are remembered with their encrypted bytes. A record that has changed has other
    bytes, since equal values differ once they are encrypted. Whether there still is a record, only the store knows.
    """

    def __init__(self, keys: Sequence[bytes], *, most_remembered: int = 0) -> None:
        self._fernet = MultiFernet([Fernet(key) for key in keys])
        self._most_remembered = most_remembered
        self._remembered: OrderedDict[tuple[str, bytes], bytes] = OrderedDict()
        """The value that was decrypted first is first."""

    def encrypt(self, store_key: str, value: bytes) -> bytes:
        return self._fernet.encrypt(store_key.encode() + b"\0" + value)

    def decrypt(self, store_key: str, encrypted: bytes) -> bytes | None:
        """The decrypted value. If the value was encrypted for another store key, the result is None and an error is
        logged.

        Raises `SessionUnreadable` if none of the keys decrypts the value. Another replica may have the key, so the
        session has not ended.
        """
        remembered = self._remembered.get((store_key, encrypted))
        if remembered is not None:
            return remembered
        value = self._decrypt(store_key, encrypted)
        if value is not None and self._most_remembered:
            self._remembered[store_key, encrypted] = value
            if len(self._remembered) > self._most_remembered:
                self._remembered.popitem(last=False)
        return value

    def _decrypt(self, store_key: str, encrypted: bytes) -> bytes | None:
        try:
            bound_key, _, value = self._fernet.decrypt(encrypted).partition(b"\0")
        except InvalidToken:
            log.error("record not decrypted: a key is missing")
            UNREADABLE.labels().inc()
            raise SessionUnreadable(detail="encryption key missing") from None
        if bound_key != store_key.encode():
            log.error("record not decrypted")
            return None
        return value
