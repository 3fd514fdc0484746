"""The amounts for which sources of registered shoppers were made, in the store.

All sessions of a registered shopper share one cart, also on other devices and after a session has ended. The memory of
one session would not tell the others which amount the shopper approved.
"""

from gateway.enums import SessionLevel
from gateway.payments.payment_session import ADJUSTABLE
from gateway.sessions.sessions import Session
from gateway.store.interface import Store
from gateway.upstream.cart import Cart

TTL_S = 30 * 86_400
"""Longer than any provider keeps an approval, in seconds."""


async def note_amount(store: Store, session: Session, source_id: str, amount: str) -> None:
    """Remember the amount that a source had to pay when it was first attached, such as `118.01 USD`."""
    if session.level is SessionLevel.REGISTERED:
        await store.replace(_key(source_id), amount.encode(), expected=None, ttl_s=TTL_S)


async def recall_amount(store: Store, session: Session, cart: Cart) -> None:
    """Let `session` know the amount of the cart's primary source, if another session has attached it."""
    if session.level is not SessionLevel.REGISTERED:
        return  # A guest's cart has one session, which knows the amount.
    source, known = cart.primary_source, session.record.checkout_memory.amounts_when_attached
    if source is None or source.type in ADJUSTABLE or source.source_id in known:
        return
    if (amount := await store.get(_key(source.source_id))) is not None:
        known[source.source_id] = amount.decode()


def _key(source_id: str) -> str:
    return f"source-amount:{source_id}"
