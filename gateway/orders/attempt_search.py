"""Finds an attempt for an operator by its idempotency key, or by the number of its order. Changes nothing."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from gateway.orders.attempt_keys import OrderKeys, claim_of
from gateway.orders.attempts import AttemptRecord, store_key_in, tag_of
from gateway.sessions.sessions import Sessions
from gateway.store.heartbeat import is_alive
from gateway.store.interface import Store
from gateway.store.stored_records import read_record


@dataclass(frozen=True)
class StoredAttempt:
    """What the store has about an attempt. `record` is None if only the claim of its key is left: the attempt was
    deleted, which happens only if it sent nothing."""

    record: AttemptRecord | None
    now: datetime
    """Time by the store's clock."""
    is_replica_alive: bool = False
    """Whether the replica that worked on the attempt last is still running."""
    has_session: bool = False
    """Whether the reconciler still has the tokens of the session, without which it cannot read the order."""


async def attempt_of_key(store: Store, sessions: Sessions, key: UUID) -> StoredAttempt | None:
    """The attempt with this idempotency key, of any session; None if the store does not know the key."""
    return await _attempt_of(store, sessions, claim_of(key))


async def attempt_of_order(store: Store, sessions: Sessions, keys: OrderKeys, number: str) -> StoredAttempt | None:
    """The last attempt that submitted the cart of this order; None if the store does not know the number."""
    entry = keys.of(number)
    return None if entry is None else await _attempt_of(store, sessions, entry)


async def _attempt_of(store: Store, sessions: Sessions, entry: str) -> StoredAttempt | None:
    tag = await store.get(entry)
    if tag is None:
        return None
    now, store_key = await store.now(), store_key_in(tag.decode())
    stored = await store.get(store_key)
    # `Attempts` would delete an attempt whose replica died, and write an older record in the present format.
    record = read_record(stored, AttemptRecord) if stored is not None else None
    if record is None or tag.decode() not in (store_key, tag_of(store_key, record)):
        return StoredAttempt(None, now)
    return StoredAttempt(
        record,
        now,
        is_replica_alive=await is_alive(store, record.replica_id),
        has_session=await sessions.find_by_id(record.session_id) is not None,
    )
