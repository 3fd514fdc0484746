"""Values that no output of the gateway may contain, and the search for them."""

import base64
from collections.abc import Iterable, Mapping
from urllib.parse import quote

from tests.support.shop import VISA

PERSONAL = {
    "first name": "Canaryfirst",
    "last name": "Canarylast",
    "street": "77 Canary Street",
    "second line": "Canary House",
    "city": "Canarytown",
    "e-mail": "canary@personal.example",
    "phone": "555-0177-canary",
}

ADDRESS_FIELDS = dict(
    zip(("firstName", "lastName", "line1", "line2", "city", "email", "phoneNumber"), PERSONAL.values(), strict=True)
)

PASSWORD = "Canary+Password7"
TAX_ID = "07773370153777"
CARDS = (VISA, "4444 2222 3333 1111")
COUPON_TEXT = "canary-in-a-coupon"

SECRETS = {
    "API secret": "canary-api-secret-0123456789",
    "merchant secret": "canary-merchant-secret",
    "payment key": "canary-payment-key",
    "ledger key": "canary-ledger-key",
    "server key": "canary-server-key-0123456789abcdef",
    "sealing key": "Y2FuYXJ5LWNhbmFyeS1jYW5hcnktY2FuYXJ5LTEyMzQ=",
    "store password": "canary-store-password",
}
"""Secrets of the settings, by kind."""


def spellings(secret: str) -> set[str]:
    encoded = base64.b64encode(secret.encode()).decode()
    return {secret, quote(secret, safe=""), encoded.rstrip("="), secret[:24], secret[-24:]}


def kinds_in(text: str, canaries: Mapping[str, Iterable[str]]) -> list[str]:
    """The kinds of canaries that the text contains, in any spelling."""
    return [
        kind
        for kind, values in canaries.items()
        if any(spelling in text for value in values if value for spelling in spellings(value))
    ]
