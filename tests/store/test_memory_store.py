"""The in-memory store drops no entry before its expiry, and rejects new keys when the store is full."""

import pytest

from gateway.errors import RateLimited
from gateway.store.memory import MemoryStore
from tests.store.frozen_clock import FrozenClock


@pytest.fixture
def frozen() -> FrozenClock:
    return FrozenClock()


async def test_value_expires_exactly_at_its_time_to_live(frozen: FrozenClock) -> None:
    store = MemoryStore(frozen)
    assert await store.replace("a", b"1", expected=None, ttl_s=10)
    frozen.move(9.9)
    assert await store.get("a") == b"1"
    frozen.move(0.1)
    assert await store.get("a") is None
    assert await store.replace("a", b"2", expected=None, ttl_s=10)


@pytest.mark.parametrize("limits", [(3, 1000), (100, 33)], ids=["entries", "bytes"])
async def test_full_store_rejects_new_keys_and_changes_existing_ones(
    frozen: FrozenClock, limits: tuple[int, int]
) -> None:
    store = MemoryStore(frozen, max_entries=limits[0], max_bytes=limits[1])
    for name in "abc":
        assert await store.replace(name, b"0123456789", expected=None, ttl_s=10)
    with pytest.raises(RateLimited):
        await store.replace("d", b"0123456789", expected=None, ttl_s=10)
    assert await store.replace("a", b"9876543210", expected=b"0123456789", ttl_s=20)

    frozen.move(10)
    assert await store.replace("d", b"0123456789", expected=None, ttl_s=10), "b and c have expired"
    assert await store.get("a") == b"9876543210"
