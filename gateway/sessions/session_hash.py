"""The hash by which the log names a session."""

import hashlib
import hmac
from collections.abc import Callable
from datetime import date, datetime

from gateway.sessions.encryption import log_key
from gateway.settings.settings import Settings

LENGTH = 16
"""Hexadecimal digits of a hash. They distinguish the sessions of a day, and are short enough to search for."""


class SessionHashes:
    """Hashes of session ids, with a key that all replicas derive from the API secret.

    The hash of a session changes every day (UTC). So the log shows what one session did, and not how often a shopper
    has come back.
    """

    def __init__(self, settings: Settings, now: Callable[[], datetime]) -> None:
        self._key = log_key(settings)
        self._now = now

    def today(self, session_id: str) -> str:
        return self.on(self._now().date(), session_id)

    def on(self, day: date, session_id: str) -> str:
        return hmac.new(self._key, f"{day} {session_id}".encode(), hashlib.sha256).hexdigest()[:LENGTH]
