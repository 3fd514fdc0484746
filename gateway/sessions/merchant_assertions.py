"""Merchant assertions: signed JWTs with which the merchant's own site identifies a shopper.

The allowed algorithms and keys are settings. A key that is named or contained in an assertion is ignored. An assertion
has one issuer and the gateway's audience, is valid for at most ten minutes, and can be used once. The subject is the
shopper's external reference at Digital River.
"""

import hashlib
from collections.abc import Callable
from datetime import datetime

from gateway.errors import NotConfigured
from gateway.sessions.assertion_refused import AssertionRefused
from gateway.settings.settings import Settings
from gateway.store.interface import Store

MAX_LIFETIME_S = 600
"""Maximum lifetime of an assertion in seconds. Used assertions are stored until they expire."""

MAX_REFERENCE_LENGTH = 255


class MerchantAssertions:
    def __init__(self, settings: Settings, store: Store, now: Callable[[], datetime]) -> None:
        self._verification = None
        if settings.assertion_keys:
            from gateway.sessions.assertion_verification import LEEWAY_S, AssertionVerification

            self._verification = AssertionVerification(settings, now)
            self._leeway_s = LEEWAY_S
        self._issuer = settings.assertion_issuer
        self._store = store
        self._now = now

    async def use(self, assertion: str) -> str:
        """External reference id of the shopper whom the assertion identifies. The assertion cannot be used again.

        Raises `AssertionRefused`, and `NotConfigured` if no keys are configured.
        """
        if self._verification is None:
            raise NotConfigured("Sign-in by a merchant assertion is off: RIVERFRONT_ASSERTION_KEYS is not set.")
        claims = self._verification.claims_of(assertion)
        remaining_s = claims["exp"] - self._now().timestamp() + self._leeway_s
        if claims["exp"] - claims["iat"] > MAX_LIFETIME_S or remaining_s > MAX_LIFETIME_S + 2 * self._leeway_s:
            raise AssertionRefused("lives too long")
        reference: str = claims["sub"]
        if not reference.strip() or len(reference) > MAX_REFERENCE_LENGTH:
            raise AssertionRefused("subject is no reference")
        digest = hashlib.sha256(f"{self._issuer}:{claims['jti']}".encode()).hexdigest()
        if not await self._store.replace(f"assertion:{digest}", b"1", expected=None, ttl_s=max(remaining_s, 1)):
            raise AssertionRefused("used before")
        return reference
