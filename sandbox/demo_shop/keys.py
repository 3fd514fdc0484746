"""API keys of the demo shop, and the credentials of its shoppers. They are valid in this sandbox only."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Keys:
    public_key: str = "pk_sandbox_riverdemo"
    """Public key of browsers, for tokens, the catalog and the payment service."""
    confidential_key: str = "riverdemo"
    """Confidential key of the Commerce API. With `confidential_secret`, a server requests tokens with this key."""
    confidential_secret: str = "riverdemo-secret"
    payment_key: str = "sk_sandbox_riverdemo"
    """Confidential key of the payment service, with which a server calls `/sources`."""
    ledger_key: str = "ledger-of-riverdemo"
    """Key of `/_ledger`, the merchant's own ledger of store credit."""
    merchant_key: str = "riverdemo-merchant"
    """Key of the merchant: with `merchant_secret`, a server calls `/v1/subscriptions`."""
    merchant_secret: str = "riverdemo-merchant-secret"
    shopper_username: str = "alex.rivera@example.com"
    shopper_password: str = "Rivers+Lakes7"
    other_shopper_username: str = "sam.brook@example.com"
    other_shopper_password: str = "Brooks+Ponds9"
