"""Merchant assertions: signed JWTs with which the merchant's own site identifies a shopper.

The allowed algorithms and keys are settings. A key that is named or contained in an assertion is ignored. An assertion
has one issuer and the gateway's audience, is valid for at most ten minutes, and can be used once. The subject is the
shopper's external reference at Digital River.
"""

import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from joserfc import jwt
from joserfc.errors import ClaimError, JoseError
from joserfc.jwk import KeySet

from gateway.errors import NotConfigured
from gateway.settings import Settings
from gateway.store.interface import Store

ALGORITHMS = ("ES256", "RS256")

LEEWAY_S = 30
"""Maximum difference between the clocks of the merchant and the gateway, in seconds."""

MAX_LIFETIME_S = 600
"""Maximum lifetime of an assertion in seconds. Used assertions are stored until they expire."""

MAX_REFERENCE_LENGTH = 255


class AssertionRefused(Exception):
    """Raised when an assertion is rejected. The logged reason contains no value of a claim."""


CLAIMS = frozenset({"iss", "aud", "sub", "exp", "iat", "nbf", "jti"})
"""Claims that are checked. An assertion may have others, whose names could be anything."""


class MerchantAssertions:
    def __init__(self, settings: Settings, store: Store, now: Callable[[], datetime]) -> None:
        self._keys = KeySet.import_key_set(json.loads(settings.assertion_keys)) if settings.assertion_keys else None
        self._issuer = settings.assertion_issuer
        self._claims = jwt.JWTClaimsRegistry(
            now=lambda: int(now().timestamp()),
            leeway=LEEWAY_S,
            iss={"essential": True, "value": self._issuer},
            aud={"essential": True, "value": settings.assertion_audience},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            jti={"essential": True},
        )
        self._store = store
        self._now = now

    async def use(self, assertion: str) -> str:
        """External reference id of the shopper whom the assertion identifies. The assertion cannot be used again.

        Raises `AssertionRefused`, and `NotConfigured` if no keys are configured.
        """
        if self._keys is None:
            raise NotConfigured("Sign-in by a merchant assertion is off: RIVERFRONT_ASSERTION_KEYS is not set.")
        claims = self._verified(assertion, self._keys)
        remaining_s = claims["exp"] - self._now().timestamp() + LEEWAY_S
        if claims["exp"] - claims["iat"] > MAX_LIFETIME_S or remaining_s > MAX_LIFETIME_S + 2 * LEEWAY_S:
            raise AssertionRefused("lives too long")
        reference: str = claims["sub"]
        if not reference.strip() or len(reference) > MAX_REFERENCE_LENGTH:
            raise AssertionRefused("subject is no reference")
        digest = hashlib.sha256(f"{self._issuer}:{claims['jti']}".encode()).hexdigest()
        if not await self._store.replace(f"assertion:{digest}", b"1", expected=None, ttl_s=max(remaining_s, 1)):
            raise AssertionRefused("used before")
        return reference

    def _verified(self, assertion: str, keys: KeySet) -> dict[str, Any]:
        try:
            token = jwt.decode(assertion, keys, algorithms=ALGORITHMS)
            self._claims.validate(token.claims)
        except (JoseError, ValueError) as error:
            # A malformed assertion is rejected in the same way as a forged assertion.
            raise AssertionRefused(_failed_check(error)) from None
        return token.claims


def _failed_check(error: JoseError | ValueError) -> str:
    """Which check of an assertion failed, such as `InvalidClaimError aud` or `BadSignatureError`."""
    claim = error.claim if isinstance(error, ClaimError) else None
    return f"{type(error).__name__} {claim}" if claim in CLAIMS else type(error).__name__
