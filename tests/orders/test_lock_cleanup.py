"""Locks that an attempt left behind are removed, but never the lock of another attempt."""

import uuid
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from msgspec.structs import replace

from gateway.app import utc_now
from gateway.orders.attempts import AttemptRecord, Attempts, Stage, tag_of
from gateway.orders.outcomes import OrderInDoubt
from gateway.orders.submission_lock import SubmissionLock
from gateway.store.clock import SharedClock
from gateway.store.heartbeat import Replica
from gateway.store.interface import Store
from gateway.store.memory import MemoryStore
from gateway.upstream.decoding import encode
from sandbox.model.world import World
from tests.support.shop import PACK, Clock, InMemoryTransport, Shopper, gateway_on

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LOCK = "cart-lock:cart:1"
OWN, OTHER = "attempt:1:a", "attempt:1:b"
RECORD = AttemptRecord(
    key=uuid.uuid4(),
    fingerprint="",
    replica_id="dead",
    session_id="1",
    locks=[LOCK],
    started_at=NOW,
    updated_at=NOW,
)
OTHER_RECORD = replace(RECORD, key=uuid.uuid4(), started_at=NOW.replace(hour=1))
OWN_TAG, OTHER_TAG = tag_of(OWN, RECORD).encode(), tag_of(OTHER, OTHER_RECORD).encode()
DOUBT = replace(RECORD, stage=Stage.OUTCOME, result=OrderInDoubt(message="", check_after=NOW))


class CrashingStore(MemoryStore):
    """A store that keeps the locks of carts while `has_crashed`, as if the gateway had stopped before the unlocking."""

    has_crashed = False

    async def delete(self, key: str, *, expected: bytes | None = None) -> bool:
        if self.has_crashed and key.startswith("cart-lock:"):
            return False
        return await super().delete(key, expected=expected)


async def test_lock_left_behind_by_a_finished_attempt_is_removed(
    world: World, network: InMemoryTransport, clock: Clock, sandbox: httpx.AsyncClient
) -> None:
    store = CrashingStore(clock)
    async with gateway_on(store, world, network, clock) as storefront:
        shopper = Shopper(storefront, sandbox, world)
        await shopper.get_ready()
        store.has_crashed = True
        assert (await storefront.outcome())["__typename"] == "OrderPlaced"
        store.has_crashed = False
        assert (await storefront.add(PACK))["errors"] == []
        await shopper.pay_with()
        await storefront.give_details()
        assert (await storefront.outcome())["__typename"] == "OrderPlaced", "the lock does not block the next order"


class ContestedStore(MemoryStore):
    """A store in which another attempt takes over the lock `LOCK` right after the holder of the lock is next read."""

    taken_by: bytes | None = None

    async def get(self, key: str) -> bytes | None:
        value = await super().get(key)
        if key == LOCK and self.taken_by is not None:
            await self.put(LOCK, self.taken_by, ttl_s=10)
            self.taken_by = None
        return value


async def test_reader_does_not_remove_a_lock_taken_meanwhile() -> None:
    store = ContestedStore(utc_now)
    attempts = Attempts(store, Replica(store, SharedClock(store, utc_now)), longest_work_s=120)
    await store.put(LOCK, OWN_TAG, ttl_s=10)
    store.taken_by = OTHER_TAG
    assert await SubmissionLock(store, attempts).holder(LOCK) is None, "the attempt that held the lock is gone"
    assert await store.get(LOCK) == OTHER_TAG


@pytest.mark.parametrize("method", ["close", "forget"])
async def test_ended_attempt_does_not_remove_the_lock_of_another(store: Store, method: str) -> None:
    attempts = Attempts(store, Replica(store, SharedClock(store, utc_now)), longest_work_s=120)
    end: Any = getattr(attempts, method)
    await store.put(OWN, encode(RECORD), ttl_s=10)
    await store.put(LOCK, OTHER_TAG, ttl_s=10)
    await end(OWN, RECORD)
    assert await store.get(LOCK) == OTHER_TAG
    await store.put(OWN, encode(RECORD), ttl_s=10)
    await store.put(LOCK, OWN_TAG, ttl_s=10)
    await end(OWN, RECORD)
    assert await store.get(LOCK) is None


async def test_attempt_changed_by_another_replica_keeps_its_lock(store: Store) -> None:
    attempts = Attempts(store, Replica(store, SharedClock(store, utc_now)), longest_work_s=120)
    await store.put(OWN, encode(DOUBT), ttl_s=10)
    await store.put(LOCK, OWN_TAG, ttl_s=10)
    await attempts.forget(OWN, RECORD)
    assert await store.get(OWN) == encode(DOUBT)
    assert await store.get(LOCK) == OWN_TAG
