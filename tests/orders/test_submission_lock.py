"""The lock of a cart belongs to one submission attempt, at whatever replica the attempt goes on."""

import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import msgspec
import pytest

from gateway.app import utc_now
from gateway.orders.attempts import AttemptRecord, Attempts
from gateway.orders.submission_lock import SubmissionLock
from gateway.store.heartbeat import Replica
from gateway.store.interface import Store
from gateway.store.memory import MemoryStore
from gateway.store.redis import RedisStore
from gateway.upstream.decoding import encode
from tests.support.valkey import Valkey

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(params=["memory", "valkey"])
async def store(request: pytest.FixtureRequest) -> AsyncIterator[Store]:
    store: Store
    if request.param == "memory":
        store = MemoryStore(utc_now)
    else:
        valkey: Valkey = request.getfixturevalue("valkey")
        store = RedisStore(valkey.url, timeout_s=10, prefix=f"{uuid.uuid4()}:")
    yield store
    await store.aclose()


async def test_lock_of_a_dead_replica_passes_to_the_same_attempt(store: Store) -> None:
    replica = Replica(store)
    attempts = Attempts(store, replica)
    dead, alive = SubmissionLock(store, Attempts(store, Replica(store))), SubmissionLock(store, attempts)
    store_key, another_key, lock = "attempt:1:a", "attempt:1:b", "cart-lock:cart:1"
    record = AttemptRecord(key=uuid.uuid4(), fingerprint="", owner=replica.id, started_at=NOW, updated_at=NOW)
    lost = msgspec.structs.replace(record, owner="dead")
    assert await dead.take(lock, store_key, lost) is None
    await replica.beat()
    await store.put(store_key, encode(record), ttl_s=10)
    with attempts.sending(store_key):
        assert await alive.take(lock, store_key, record) is None
        assert await alive.take(lock, another_key, lost) == record, "another attempt does not get the lock"
        assert await dead.take(lock, store_key, lost) == record, "nor does the replica that was slow and not dead"
