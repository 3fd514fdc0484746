"""The record of a session in the store: its tokens, its market, and its memory of the checkout."""

from datetime import datetime, timedelta

import msgspec

from gateway.enums import SessionLevel
from gateway.upstream.oauth import Tokens
from gateway.upstream.order import Proof


class CheckoutMemory(msgspec.Struct, kw_only=True):
    """Facts of a checkout that a cart of Digital River does not show."""

    amounts_when_attached: dict[str, str] = msgspec.field(name="attached_at", default_factory=dict)
    """The amount that the primary source had to pay when it was attached, as `118.01 USD`, by source id."""
    credit_covers: bool | None = None
    """Whether store credit alone paid the whole cart when the cart was last read. None without store credit, and
    when it was not the only source."""
    source_to_authenticate: str | None = msgspec.field(name="asked_authentication", default=None)
    """Id of the source for which the last submission asked for an authentication."""
    coupons: list[str] = []
    """Codes that the shopper redeemed."""
    offers: list[str] = []
    """Upstream ids of the offers that were applied by their id."""
    latest_submission_key: str | None = msgspec.field(name="latest_submission", default=None)
    """Idempotency key."""
    order_ids: list[str] = []
    """Upstream ids of the orders that this session placed."""
    order_proofs: dict[str, Proof] = msgspec.field(name="unlocked", default_factory=dict)
    """Proofs of orders placed elsewhere, by upstream id. Digital River asks for the proof at each look-up."""


class SessionRecord(msgspec.Struct, kw_only=True):
    """Instants are UTC."""

    id: str
    """Stays when the handle changes: it is part of the keys of everything that belongs to the session."""
    level: SessionLevel
    shopper_id: str | None = None
    """Upstream id of the registered shopper. None for a guest, and until the shopper could be read."""
    locale: str
    currency_code: str
    access_token: str
    refresh_token: str | None
    access_ends_at: datetime
    started_at: datetime
    used_at: datetime
    checkout_memory: CheckoutMemory = msgspec.field(name="remembered")
    retained_until: datetime | None = msgspec.field(name="kept_until", default=None)
    """How long the record stays for a submission that is not over, although its handle is no longer accepted."""

    def __repr__(self) -> str:
        return f"SessionRecord({self.id}, {self.level.name})"

    def set_tokens(self, tokens: Tokens, now: datetime) -> None:
        self.access_token = tokens.access_token
        self.refresh_token = tokens.refresh_token or self.refresh_token
        self.access_ends_at = now + timedelta(seconds=tokens.expires_in_s)

    def register(self, tokens: Tokens, now: datetime) -> None:
        """Make a guest's session that of a registered shopper."""
        self.level = SessionLevel.REGISTERED
        # The guest's refresh token would renew the guest.
        self.refresh_token = None
        self.set_tokens(tokens, now)
        self.started_at = self.used_at = now
