"""Verifies the signature and the claims of merchant assertions.

It is loaded only if a deployment has assertions: the package of JWTs needs 3 MB.
"""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from joserfc import jwt
from joserfc.errors import ClaimError, JoseError
from joserfc.jwk import KeySet

from gateway.sessions.assertion_refused import AssertionRefused
from gateway.settings.settings import Settings

ALGORITHMS = ("ES256", "RS256")

LEEWAY_S = 30
"""Maximum difference between the clocks of the merchant and the gateway, in seconds."""

CLAIMS = frozenset({"iss", "aud", "sub", "exp", "iat", "nbf", "jti"})
"""Claims that are checked. An assertion may have others, whose names could be anything."""


class AssertionVerification:
    def __init__(self, settings: Settings, now: Callable[[], datetime]) -> None:
        self._keys = KeySet.import_key_set(json.loads(settings.assertion_keys))
        self._claims = jwt.JWTClaimsRegistry(
            now=lambda: int(now().timestamp()),
            leeway=LEEWAY_S,
            iss={"essential": True, "value": settings.assertion_issuer},
            aud={"essential": True, "value": settings.assertion_audience},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            jti={"essential": True},
        )

    def claims_of(self, assertion: str) -> dict[str, Any]:
        """The claims of a valid assertion. Raises `AssertionRefused`."""
        try:
            token = jwt.decode(assertion, self._keys, algorithms=ALGORITHMS)
            self._claims.validate(token.claims)
        except (JoseError, ValueError) as error:
            # A malformed assertion is rejected in the same way as a forged assertion.
            raise AssertionRefused(_failed_check(error)) from None
        return token.claims


def _failed_check(error: JoseError | ValueError) -> str:
    """Which check of an assertion failed, such as `InvalidClaimError aud` or `BadSignatureError`."""
    claim = error.claim if isinstance(error, ClaimError) else None
    return f"{type(error).__name__} {claim}" if claim in CLAIMS else type(error).__name__
