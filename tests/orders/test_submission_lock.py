"""The lock of a cart belongs to one submission attempt, also when another replica continues the attempt."""

import uuid
from datetime import UTC, datetime

import msgspec

from gateway.app import utc_now
from gateway.orders.attempts import AttemptRecord, Attempts
from gateway.orders.submission_lock import SubmissionLock
from gateway.store.clock import SharedClock
from gateway.store.heartbeat import Replica
from gateway.store.interface import Store
from gateway.upstream.decoding import encode

NOW = datetime(2026, 1, 1, tzinfo=UTC)


async def test_another_replica_takes_over_the_lock_of_an_attempt(store: Store) -> None:
    clock = SharedClock(store, utc_now)
    replica = Replica(store, clock)
    attempts = Attempts(store, replica)
    dead, alive = SubmissionLock(store, Attempts(store, Replica(store, clock))), SubmissionLock(store, attempts)
    store_key, another_key, lock = "attempt:1:a", "attempt:1:b", "cart-lock:cart:1"
    record = AttemptRecord(
        key=uuid.uuid4(), fingerprint="", replica_id=replica.id, session_id="1", started_at=NOW, updated_at=utc_now()
    )
    lost = msgspec.structs.replace(record, replica_id="dead")
    assert await dead.take(lock, store_key, lost) is None
    await replica.beat()
    await store.put(store_key, encode(record), ttl_s=10)
    with attempts.sending(store_key):
        assert await alive.take(lock, store_key, record) is None
        assert await alive.take(lock, another_key, lost) == record, "another attempt does not get the lock"
        assert await dead.take(lock, store_key, lost) == record, "the slow replica does not get the lock back"
