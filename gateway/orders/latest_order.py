"""The latest order of a cart's owner. It tells the loser of a double click what has become of the cart."""

import asyncio
import contextlib
from datetime import timedelta

from gateway.errors import RateLimited, StoreUnavailable
from gateway.orders.attempts import TTL_S, AttemptRecord, Attempts, Located, tag_of
from gateway.sessions.sessions import Session
from gateway.store.interface import Store

RECENT = timedelta(hours=1)
"""Age up to which an order with the total of an empty cart counts as the order of this cart."""


async def note_order(store: Store, store_key: str, record: AttemptRecord, by_order: str | None) -> None:
    """Remember the attempt as the last with which its owner has placed an order, and by the number of the order.

    If the store is unavailable or full, a second submit request will only learn that the cart is empty.
    `by_order`: the store key by which an operator finds the attempt.
    """
    tag = tag_of(store_key, record).encode()
    entries = [_key(store_key.split(":")[1]), by_order]
    with contextlib.suppress(StoreUnavailable, RateLimited):
        await asyncio.gather(*[store.put(entry, tag, ttl_s=TTL_S) for entry in entries if entry is not None])


async def latest_order(store: Store, attempts: Attempts, session: Session) -> Located | None:
    """The attempt with which the owner of the session's cart has placed the latest order; None if its record is
    gone."""
    tag = await store.get(_key(session.cart_owner))
    return await attempts.tagged(tag.decode()) if tag is not None else None


def _key(owner: str) -> str:
    return f"order-of:{owner}"
