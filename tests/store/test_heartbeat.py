"""A replica that stopped without a word is regarded as dead ten seconds after its last heartbeat."""

import uuid
from datetime import UTC, datetime

from redis.asyncio import Redis

from gateway.app import utc_now
from gateway.orders.attempts import AttemptRecord, Attempts
from gateway.store.clock import SharedClock
from gateway.store.heartbeat import Replica
from gateway.store.memory import MemoryStore
from gateway.store.redis import RedisStore
from tests.support.shop import Clock
from tests.support.valkey import Valkey

NOW = datetime(2026, 1, 1, tzinfo=UTC)


async def test_other_replica_takes_over_ten_seconds_after_last_heartbeat(clock: Clock) -> None:
    store = MemoryStore(clock)
    lost, alive = (Replica(store, SharedClock(store, clock)) for _ in range(2))
    record = AttemptRecord(
        key=uuid.uuid4(), fingerprint="", replica_id=lost.id, session_id="1", started_at=NOW, updated_at=clock()
    )
    await lost.beat()
    clock.move(9)
    assert not await Attempts(store, alive, longest_work_s=120).is_orphan("attempt:1", record)
    clock.move(1)
    assert await Attempts(store, alive, longest_work_s=120).is_orphan("attempt:1", record)
    await lost.beat()
    assert not await Attempts(store, alive, longest_work_s=120).is_orphan("attempt:1", record), (
        "the replica was only slow"
    )
    await lost.leave()
    assert await Attempts(store, alive, longest_work_s=120).is_orphan("attempt:1", record), (
        "a replica that leaves is dead at once"
    )


async def test_other_replica_takes_over_work_without_an_end(clock: Clock) -> None:
    store = MemoryStore(clock)
    alive, other = (Replica(store, SharedClock(store, clock)) for _ in range(2))
    record = AttemptRecord(
        key=uuid.uuid4(), fingerprint="", replica_id=alive.id, session_id="1", started_at=NOW, updated_at=clock()
    )
    attempts = Attempts(store, other, longest_work_s=120)
    clock.move(119)
    await alive.beat()
    assert not await attempts.is_orphan("attempt:1", record)
    clock.move(2)
    await alive.beat()
    assert await attempts.is_orphan("attempt:1", record)


async def test_heartbeat_in_valkey_ends_after_ten_seconds(valkey: Valkey) -> None:
    prefix = f"{uuid.uuid4()}:"
    store = RedisStore(valkey.url, timeout_s=10, prefix=prefix)
    replica = Replica(store, SharedClock(store, utc_now))
    await replica.beat()
    redis = Redis.from_url(valkey.url)
    assert 5_000 < await redis.pttl(f"{prefix}replica:{replica.id}") <= 10_000
    await redis.aclose()
    await store.aclose()
