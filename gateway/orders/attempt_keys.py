"""Keys of the store under which attempts are found by something else than their owner: idempotency key, cart, order.

The value of each is the tag of the attempt. They have no personal data.
"""

import hashlib
import hmac
from uuid import UUID

from gateway.sessions.encryption import digest_key
from gateway.settings.settings import Settings


def claim_of(key: UUID) -> str:
    """Store key of the attempt that has claimed an idempotency key, over all sessions."""
    return f"submission-key:{key}"


def submission_key(payment_session_id: str | None, order_id: str | None) -> str | None:
    """Store key of the last attempt that submitted a cart; None for a cart without ids."""
    cart_id = payment_session_id or order_id
    return None if cart_id is None else f"submission-of:{cart_id}"


class OrderKeys:
    """Store keys of the last attempt that submitted the cart of an order, by the number of the order.

    They have a keyed digest of the number, because a thief of the store must not read which orders there are.
    """

    def __init__(self, settings: Settings) -> None:
        self._key = digest_key(settings)

    def of(self, number: str | None) -> str | None:
        """None without a number."""
        if number is None:
            return None
        digest = hmac.new(self._key, f"order {number}".encode(), hashlib.sha256).hexdigest()
        return f"submission-of-order:{digest}"
