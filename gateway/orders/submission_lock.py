"""Cart locks, which allow one open submission of a cart across all replicas and devices.

A lock is a store key whose value is the tag of its attempt, see `tag_of`. A lock is valid while its attempt is open,
even if the process dies. The next reader deletes a lock whose attempt has ended or no longer exists.
"""

from gateway.orders.attempts import TTL_S, AttemptRecord, Attempts, Located, tag_of
from gateway.sessions.sessions import Session
from gateway.store.interface import Store
from gateway.store.stored_records import stored_form
from gateway.upstream.cart import Cart


class SubmissionLock:
    def __init__(self, store: Store, attempts: Attempts) -> None:
        self._store = store
        self._attempts = attempts

    async def take(self, lock: str, store_key: str, record: AttemptRecord) -> AttemptRecord | None:
        """Take a lock for the attempt. Return None, or the other attempt that already holds the lock."""
        tag = tag_of(store_key, record).encode()
        while not await self._store.replace(lock, tag, expected=None, ttl_s=TTL_S):
            if await self._store.get(lock) == tag and await self._store.get(store_key) == stored_form(record):
                # This attempt already has the lock. An earlier run took the lock, but stopped before it could add the
                # lock to the record.
                return None
            holder = await self.holder(lock)
            if holder is not None:
                return holder
        return None

    async def keep(self, store_key: str, record: AttemptRecord) -> bool:
        """Extend all locks of an open attempt, and take those again that have expired. Return False if another attempt
        holds one of them.

        Every write of a record extends its lifetime, so its locks would expire first.
        """
        value = tag_of(store_key, record).encode()
        for lock in record.locks:
            is_own = await self._store.replace(lock, value, expected=value, ttl_s=TTL_S)
            if not is_own and not await self._store.replace(lock, value, expected=None, ttl_s=TTL_S):
                return False
        return True

    async def holder(self, lock: str) -> AttemptRecord | None:
        """The attempt that holds a lock; None if the lock is free. A lock whose attempt has ended is deleted."""
        located = await self._located(lock)
        return None if located is None else located.record

    async def _located(self, lock: str) -> Located | None:
        tag = await self._store.get(lock)
        if tag is None:
            return None
        located = await self._attempts.tagged(tag.decode())
        if located is not None and located.record.is_open:
            return located
        await self._store.delete(lock, expected=tag)
        return None

    async def open_attempt(self, session: Session) -> Located | None:
        """The open attempt of the session's cart, from any device of the shopper; None if there is none.

        The lock of a guest's attempt keeps the id of the guest's session when the guest signs in.
        """
        for lock in dict.fromkeys((owner_lock(session), guest_lock(session))):
            located = await self._located(lock)
            if located is not None:
                return located
        return None

    async def open_attempt_of(self, cart: Cart) -> Located | None:
        """The open attempt that has locked this cart, of any owner; None if there is none."""
        return await self._located(cart_lock(cart))

    async def extend_to(self, owner: str, guest: Session) -> None:
        """Lock the cart of an account for the open attempt of the guest who signs in to it. Nothing happens if there is
        no such attempt.

        The lock is not part of the attempt's record: like every lock, it ends with its attempt.
        """
        located = await self.open_attempt(guest)
        if located is not None:
            await self.take(_owner_lock(owner), located.store_key, located.record)

    async def holder_for(self, owner: str) -> AttemptRecord | None:
        """The open attempt of a cart's owner; None if there is none. `owner`: the `cart_owner` of a session."""
        return await self.holder(_owner_lock(owner))

    async def locks_cart(self, owner: str) -> bool:
        """Whether changes of an owner's cart are rejected now, because its submission is in progress or in doubt.
        `owner`: the `cart_owner` of a session.

        During a pending redirect, Digital River itself rejects changes until resume-cart is called.
        """
        record = await self.holder_for(owner)
        return record is not None and record.locks_changes

    async def has_open(self, session: Session) -> bool:
        """Whether an attempt of this session still holds a lock, and may still need the session's upstream token."""
        return await self.open_attempt(session) is not None


def owner_lock(session: Session) -> str:
    """Store key of the lock for the session's cart owner (a registered shopper or a guest's session)."""
    return _owner_lock(session.cart_owner)


def _owner_lock(owner: str) -> str:
    return f"cart-lock:{owner}"


def guest_lock(session: Session) -> str:
    return f"cart-lock:{session.id}"


def cart_lock(cart: Cart) -> str:
    """Store key of the lock for one cart. Several sessions on different devices may share the cart.

    The key contains the id of the payment session, because different carts may have the same upstream id `active`.
    """
    payment_session = cart.payment_session
    return f"cart-lock:cart:{payment_session.id if payment_session else cart.upstream_id}"
