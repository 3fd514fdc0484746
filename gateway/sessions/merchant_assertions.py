"""Who a merchant's own site says the shopper is: a JWT, signed, for us, for a short time, and good once.

The algorithms and the keys are ours to choose and never the token's: a key that the token names or brings
is not looked at. The subject is the shopper's external reference at Digital River.
"""

import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from gateway.errors import NotConfigured
from gateway.settings import Settings
from gateway.store.interface import Store

ALGORITHMS = ("ES256", "RS256")

LEEWAY_S = 30
"""By how much the clocks of the merchant and ours may differ."""

LONGEST_LIFE_S = 600
"""A statement that is good for longer than this is none: until its end it has to be remembered as used."""

LONGEST_REFERENCE = 255


class AssertionRefused(Exception):
    """The statement is not to be believed. The text is for the log, and names no claim's value."""


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

    async def reference(self, assertion: str) -> str:
        """The external reference id of the shopper. The statement is used up by this.

        Raises `AssertionRefused`, and `NotConfigured` where no issuer is trusted.
        """
        if self._keys is None:
            raise NotConfigured(detail="assertion keys")
        claims = self._verified(assertion, self._keys)
        left_s = claims["exp"] - self._now().timestamp() + LEEWAY_S
        if claims["exp"] - claims["iat"] > LONGEST_LIFE_S or left_s > LONGEST_LIFE_S + 2 * LEEWAY_S:
            raise AssertionRefused("it is good for too long")
        reference: str = claims["sub"]
        if not reference.strip() or len(reference) > LONGEST_REFERENCE:
            raise AssertionRefused("its subject is no reference")
        used = hashlib.sha256(f"{self._issuer}:{claims['jti']}".encode()).hexdigest()
        if not await self._store.replace(f"assertion:{used}", b"1", expected=None, ttl_s=max(left_s, 1)):
            raise AssertionRefused("it was used before")
        return reference

    def _verified(self, assertion: str, keys: KeySet) -> dict[str, Any]:
        try:
            token = jwt.decode(assertion, keys, algorithms=ALGORITHMS)
            self._claims.validate(token.claims)
        except (JoseError, ValueError) as error:
            # Whatever the text was: what is no statement of the issuer's is refused in one way.
            raise AssertionRefused(type(error).__name__) from None
        return token.claims
