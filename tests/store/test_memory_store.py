"""The memory of one process: what was promised is kept, what is too much is refused, what is broken is a miss."""

import asyncio
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from gateway.errors import RateLimited, UpstreamUnavailable
from gateway.store.answer_cache import ENTRIES, VERSION, AnswerCache, Envelope, Lifetime, hashed_key
from gateway.store.memory import MemoryStore
from tests.support.shop import Clock


class FrozenClock:
    """Moves only when a test moves it."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def frozen() -> FrozenClock:
    return FrozenClock()


async def test_a_value_is_gone_after_its_time(frozen: FrozenClock) -> None:
    store = MemoryStore(frozen, entries=10, size_bytes=1000)
    assert await store.replace("a", b"1", expected=None, ttl_s=10)
    frozen.move(9.9)
    assert await store.get("a") == b"1"
    frozen.move(0.1)
    assert await store.get("a") is None
    assert await store.replace("a", b"2", expected=None, ttl_s=10), "there is none any more"


async def test_changes_that_race_are_settled(frozen: FrozenClock) -> None:
    store = MemoryStore(frozen, entries=10, size_bytes=1000)
    assert await store.replace("a", b"1", expected=None, ttl_s=10)
    assert not await store.replace("a", b"2", expected=None, ttl_s=10)
    assert await store.replace("a", b"2", expected=b"1", ttl_s=10)
    assert not await store.replace("a", b"3", expected=b"1", ttl_s=10)
    await store.delete("a")
    await store.delete("a")
    assert await store.get("a") is None


@pytest.mark.parametrize("bounds", [{"entries": 3, "size_bytes": 10_000}, {"entries": 1000, "size_bytes": 33}])
async def test_at_the_bound_new_ones_are_refused_and_old_ones_kept(frozen: FrozenClock, bounds: dict[str, int]) -> None:
    store = MemoryStore(frozen, **bounds)
    for name in "abc":
        assert await store.replace(name, b"0123456789", expected=None, ttl_s=10)
    with pytest.raises(RateLimited):
        await store.replace("d", b"0123456789", expected=None, ttl_s=10)
    assert await store.replace("a", b"9876543210", expected=b"0123456789", ttl_s=20), "a change is no new one"
    frozen.move(10)
    assert await store.replace("d", b"0123456789", expected=None, ttl_s=10), "b and c have ended"
    assert await store.get("a") == b"9876543210"


LIFETIME = Lifetime(fresh=timedelta(seconds=60), stale_if_error=timedelta(seconds=600))


class Loads:
    def __init__(self) -> None:
        self.count = 0
        self.fails = False
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self) -> bytes:
        self.count += 1
        await self.gate.wait()
        if self.fails:
            raise UpstreamUnavailable
        return b"value"


async def test_a_load_outlives_the_caller_that_began_it(clock: Clock) -> None:
    cache, load = AnswerCache(clock), Loads()
    load.gate.clear()
    first = asyncio.create_task(cache.get_or_load("k", load, LIFETIME))
    second = asyncio.create_task(cache.get_or_load("k", load, LIFETIME))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    first.cancel()
    load.gate.set()
    assert (await second).value == b"value"
    assert load.count == 1


async def test_a_failed_load_is_told_to_all_and_remembered_by_none(clock: Clock) -> None:
    cache, load = AnswerCache(clock), Loads()
    load.fails = True
    results = await asyncio.gather(*(cache.get_or_load("k", load, LIFETIME) for _ in range(5)), return_exceptions=True)
    assert all(isinstance(result, UpstreamUnavailable) for result in results)
    assert load.count == 1
    load.fails = False
    assert (await cache.get_or_load("k", load, LIFETIME)).value == b"value"


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"\xc1",
        b"not what it was",
        msgspec.msgpack.encode({"a": 1}),
        msgspec.msgpack.encode(Envelope(VERSION + 1, datetime.fromisoformat("2026-01-01T00:00:00Z"), b"old")),
    ],
)
async def test_what_cannot_be_read_is_a_miss(clock: Clock, broken: bytes) -> None:
    cache, load = AnswerCache(clock), Loads()
    await cache._kept.set("k", broken, ttl=100)
    assert (await cache.get_or_load("k", load, LIFETIME)).value == b"value"
    assert load.count == 1


async def test_the_cache_drops_the_oldest(clock: Clock) -> None:
    cache, load = AnswerCache(clock), Loads()
    for number in range(ENTRIES + 10):
        await cache._kept.set(str(number), b"x", ttl=100)
    assert await cache._kept.get("0") is None
    assert await cache._kept.get(str(ENTRIES + 9)) == b"x"
    assert load.count == 0


def test_no_two_lists_of_parts_share_a_key() -> None:
    lists: list[tuple[str | None, ...]] = [
        ("a", "b"),
        ("ab",),
        ("a", None, "b"),
        ("a", ""),
        ("a",),
        ("1:a",),
        ("a:b",),
        (None,),
    ]
    assert len({hashed_key("scope", *parts) for parts in lists}) == len(lists)
    assert hashed_key("scope", "secret").startswith("scope:")
    assert "secret" not in hashed_key("scope", "secret")
