"""The record of a session in the store: tokens, market, and data of the checkout."""

from datetime import datetime, timedelta

import msgspec

from gateway.enums import SessionLevel
from gateway.store.stored_records import StoredRecord
from gateway.upstream.oauth import Tokens
from gateway.upstream.order import Proof


class CheckoutMemory(msgspec.Struct, kw_only=True):
    """Checkout data that are missing in Digital River's cart."""

    amounts_when_attached: dict[str, str] = msgspec.field(name="attached_at", default_factory=dict)
    """Amount that a primary source had to pay when it was first attached, for example `118.01 USD`, by source id."""
    credit_covers: bool | None = None
    """Whether store credit alone paid the total at the last check. None if the cart had no store credit, or had a
    primary source."""
    has_addresses: bool = False
    """Whether this session has set an address of the cart, so that the shopper may have seen its final total."""
    source_to_authenticate: str | None = msgspec.field(name="asked_authentication", default=None)
    """Id of the source that the shopper had to authenticate at the last submission."""
    coupons: list[str] = []
    """Codes that the shopper redeemed."""
    coupons_by_offer: dict[str, str] = {}
    """The code that applied an offer, by upstream id of the offer, as far as it is known."""
    offers: list[str] = []
    """Upstream ids of the offers that were applied by id."""
    latest_submission_key: str | None = msgspec.field(name="latest_submission", default=None)
    """Idempotency key of the latest submission."""
    order_ids: list[str] = []
    """Upstream ids of the orders that this session placed."""
    order_proofs: dict[str, Proof] = msgspec.field(name="unlocked", default_factory=dict)
    """Data that prove the shopper's right to read orders of other sessions, by upstream order id. Digital River
    requires them for each read."""


class EarlierSubmissions(StoredRecord):
    """Submissions of a client's ended sessions, which the client's next session can read by key."""

    owners: list[str]
    """Owners under whose ids the submissions are stored, newest first."""
    until: datetime
    """Time until which they can be read."""


class SessionRecord(StoredRecord, kw_only=True):
    """The record of a session. Times are in UTC."""

    id: str
    """Id of the session, which is part of all keys of the session. A new handle does not change the id."""
    level: SessionLevel
    shopper_id: str | None = None
    """Upstream id of the registered shopper. None for a guest, and until the shopper has been read."""
    locale: str
    currency_code: str
    access_token: str
    refresh_token: str | None
    access_ends_at: datetime
    started_at: datetime
    used_at: datetime
    checkout_memory: CheckoutMemory = msgspec.field(name="remembered")
    retained_until: datetime | None = msgspec.field(name="kept_until", default=None)
    """Time until which the record is stored for a submission, even if the handle is no longer accepted."""
    has_lost_tokens: bool = False
    """Whether Digital River has refused the tokens. The session has ended, and the record is stored only for its
    submissions."""
    earlier_owners: list[str] = msgspec.field(name="earlier_sessions", default_factory=list)
    """Owners of the carts that the client's ended sessions submitted, newest first. This session can read their
    submissions by key."""

    def __repr__(self) -> str:
        return f"SessionRecord({self.id}, {self.level.name})"

    @property
    def attempt_owners(self) -> list[str]:
        """See `Session.attempt_owners`."""
        return [*dict.fromkeys((self.shopper_id or self.id, self.id))]

    def set_tokens(self, tokens: Tokens, now: datetime) -> None:
        self.access_token = tokens.access_token
        self.refresh_token = tokens.refresh_token or self.refresh_token
        self.access_ends_at = now + timedelta(seconds=tokens.expires_in_s)

    def register(self, tokens: Tokens, now: datetime) -> None:
        """Convert the session of a guest to the session of a registered shopper."""
        self.level = SessionLevel.REGISTERED
        # The guest's refresh token would renew only the guest's access token.
        self.refresh_token = None
        self.set_tokens(tokens, now)
        # On a shared device, another person may have looked these orders up.
        self.checkout_memory.order_proofs = {}
        self.started_at = self.used_at = now
