"""The in-memory store drops no entry before its expiry, and rejects new keys when the store is full."""

import pytest

from gateway.errors import RateLimited
from gateway.store.client import request_of
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


@pytest.mark.parametrize("limits", [(40, 10_000), (1000, 440)], ids=["entries", "bytes"])
async def test_one_client_leaves_half_of_the_store_to_others(frozen: FrozenClock, limits: tuple[int, int]) -> None:
    store = MemoryStore(frozen, max_entries=limits[0], max_bytes=limits[1])

    async def added(address: str) -> int:
        """Number of keys that the client can add, 40 at most."""
        for number in range(40):
            try:
                with request_of(address):
                    await store.put(f"{address[-1]}{number:02}", b"12345678", ttl_s=10)
            except RateLimited:
                return number
        return 40

    assert await added("203.0.113.1") == 20
    assert await added("203.0.113.2") == 2
    with request_of("203.0.113.1"):
        await store.put("100", b"87654321", ttl_s=10)
    assert await store.delete("200")
    assert await added("203.0.113.2") == 2, "changed keys do not count again, deleted ones no longer"
    assert await added("127.0.0.9") == 18, "these may be many clients"
    frozen.move(10)
    assert await added("203.0.113.1") == 20
