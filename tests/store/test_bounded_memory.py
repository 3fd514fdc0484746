"""The answer cache limits how many entries and bytes it keeps in memory, and drops the oldest entries first."""

import pytest

from gateway.store.bounded_memory import MAX_BYTES, MAX_ENTRIES, BoundedMemory
from tests.store.frozen_clock import FrozenClock


@pytest.fixture
def frozen() -> FrozenClock:
    return FrozenClock()


async def keys_in(memory: BoundedMemory, keys: str) -> str:
    return "".join([key for key in keys if await memory.get(key) is not None])


@pytest.mark.parametrize("limits", [{"max_entries": 3}, {"max_bytes": 30}], ids=["entries", "bytes"])
async def test_oldest_entries_are_dropped_at_the_limit(frozen: FrozenClock, limits: dict[str, int]) -> None:
    memory = BoundedMemory(frozen, **limits)
    for key in "abcde":
        await memory.set(key, b"0123456789", ttl=100)

    assert await keys_in(memory, "abcde") == "cde"


async def test_key_that_is_set_again_becomes_the_newest_entry(frozen: FrozenClock) -> None:
    memory = BoundedMemory(frozen, max_bytes=30)
    for key in "abcaaa":
        await memory.set(key, b"0123456789", ttl=100)
    assert await keys_in(memory, "abc") == "abc"

    await memory.set("d", b"0123456789", ttl=100)
    assert await keys_in(memory, "abcd") == "acd"


async def test_value_larger_than_the_limit_is_not_stored(frozen: FrozenClock) -> None:
    memory = BoundedMemory(frozen, max_bytes=30)
    await memory.set("a", b"x" * 31, ttl=100)
    assert await memory.get("a") is None


async def test_expired_entry_is_dropped_when_it_is_read(frozen: FrozenClock) -> None:
    memory = BoundedMemory(frozen, max_bytes=30)
    for key in "ab":
        await memory.set(key, b"0123456789", ttl=10 if key == "b" else 20)
    frozen.move(9.9)
    assert await keys_in(memory, "ab") == "ab"
    frozen.move(0.1)
    assert await keys_in(memory, "ab") == "a"

    await memory.set("c", b"01234567890123456789", ttl=10)
    assert await keys_in(memory, "abc") == "ac"


async def test_deleted_entry_is_not_returned(frozen: FrozenClock) -> None:
    memory = BoundedMemory(frozen)
    await memory.set("a", b"1", ttl=10)
    assert await memory.delete("a") == 1
    assert await memory.delete("a") == 0
    assert await memory.get("a") is None


def test_default_limits_are_twenty_thousand_entries_and_64_mib() -> None:
    assert (MAX_ENTRIES, MAX_BYTES) == (20_000, 64 * 2**20)
