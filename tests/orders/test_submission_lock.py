"""The lock of a cart belongs to one submission attempt, also when another replica continues the attempt."""

import uuid
from datetime import UTC, datetime

import msgspec

from gateway.app import utc_now
from gateway.orders.attempts import AttemptRecord, Attempts, tag_of
from gateway.orders.submission_lock import SubmissionLock
from gateway.store.clock import SharedClock
from gateway.store.heartbeat import Replica
from gateway.store.interface import Store
from gateway.upstream.decoding import encode

NOW = datetime(2026, 1, 1, tzinfo=UTC)


async def test_another_replica_takes_over_the_lock_of_an_attempt(store: Store) -> None:
    clock = SharedClock(store, utc_now)
    replica = Replica(store, clock)
    attempts = Attempts(store, replica, longest_work_s=120)
    dead, alive = (
        SubmissionLock(store, Attempts(store, Replica(store, clock), longest_work_s=120)),
        SubmissionLock(store, attempts),
    )
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


async def test_kept_locks_are_taken_again_unless_another_attempt_has_them(store: Store) -> None:
    clock = SharedClock(store, utc_now)
    replica = Replica(store, clock)
    lock = SubmissionLock(store, Attempts(store, replica, longest_work_s=120))
    locks = ["cart-lock:1", "cart-lock:cart:1"]
    record = AttemptRecord(
        key=uuid.uuid4(), fingerprint="", replica_id=replica.id, locks=locks, started_at=NOW, updated_at=NOW
    )
    assert await lock.keep("attempt:1:a", record), "both have expired"
    assert [await store.get(key) for key in locks] == [tag_of("attempt:1:a", record).encode()] * 2
    assert await lock.keep("attempt:1:a", record)
    await store.put(locks[1], b"another", ttl_s=10)
    assert not await lock.keep("attempt:1:a", record)
    assert await store.get(locks[1]) == b"another"
