"""Keys of the store under which attempts are found by something else than their owner: idempotency key, cart, order.

The value of each is the tag of the attempt. They have no personal data: keys are random, carts and orders have ids of
Digital River.
"""

from uuid import UUID


def claim_of(key: UUID) -> str:
    """Store key of the attempt that has claimed an idempotency key, over all sessions."""
    return f"submission-key:{key}"


def submission_key(payment_session_id: str | None, order_id: str | None) -> str | None:
    """Store key of the last attempt that submitted a cart; None for a cart without ids."""
    cart_id = payment_session_id or order_id
    return None if cart_id is None else f"submission-of:{cart_id}"


def order_key(number: str | None) -> str | None:
    """Store key of the last attempt that submitted the cart of an order; None without a number."""
    return None if number is None else f"submission-of-order:{number}"
