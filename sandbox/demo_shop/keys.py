"""API keys of the demo shop, and the passwords of its registered shoppers. They are valid in this sandbox only."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Keys:
    public_key: str = "pk_sandbox_riverdemo"
    """Public API key, which a browser may send to get tokens, read the catalog and create sources."""
    legacy_public_key: str = "riverdemopublic"
    """Public API key in the older form, without an underscore. DigitalRiver.js sends it with Basic authentication."""
    confidential_key: str = "riverdemo"
    """Confidential API key. A server requests tokens with this key and `confidential_secret`."""
    confidential_secret: str = "riverdemo-secret"
    payment_key: str = "sk_sandbox_riverdemo"
    """Confidential key of the payment service. A server calls `/sources` with this key."""
    ledger_key: str = "ledger-of-riverdemo"
    """Key for `/_ledger`, the merchant's own ledger of store credit."""
    merchant_key: str = "riverdemo-merchant"
    """Key of the merchant. A server calls `/v1/subscriptions` with this key and `merchant_secret`."""
    merchant_secret: str = "riverdemo-merchant-secret"
    shopper_username: str = "alex.rivera@example.com"
    shopper_password: str = "Rivers+Lakes7"
    other_shopper_username: str = "sam.brook@example.com"
    other_shopper_password: str = "Brooks+Ponds9"

    def is_public(self, key: str | None) -> bool:
        return key in (self.public_key, self.legacy_public_key)
