"""The answer cache loads an answer once for concurrent callers, and caches no failures.

An entry that the cache cannot read, or that has another format version, is loaded again.
"""

import asyncio
from datetime import datetime, timedelta

import msgspec
import pytest

from gateway.errors import TooManyCalls, UpstreamUnavailable
from gateway.store.answer_cache import (
    MAX_RECENT_BYTES,
    VERSION,
    Answer,
    AnswerCache,
    Envelope,
    Lifetime,
    RecentAnswers,
    hashed_key,
)
from tests.support.shop import Clock

LIFETIME = Lifetime(fresh=timedelta(seconds=60), stale_if_error=timedelta(seconds=600))


class Loader:
    """A load function that counts its calls. A test can make the loader wait or fail."""

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


async def test_load_continues_for_other_callers_when_first_caller_is_cancelled(clock: Clock) -> None:
    cache, load = AnswerCache(clock), Loader()
    load.gate.clear()
    first = asyncio.create_task(cache.get_or_load("k", load, LIFETIME))
    second = asyncio.create_task(cache.get_or_load("k", load, LIFETIME))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    first.cancel()
    load.gate.set()
    assert (await second).value == b"value"
    assert load.count == 1


async def test_load_error_is_raised_for_all_callers_and_not_cached(clock: Clock) -> None:
    cache, load = AnswerCache(clock), Loader()
    load.fails = True
    results = await asyncio.gather(*(cache.get_or_load("k", load, LIFETIME) for _ in range(5)), return_exceptions=True)
    assert all(isinstance(result, UpstreamUnavailable) for result in results)
    assert load.count == 1
    load.fails = False
    assert (await cache.get_or_load("k", load, LIFETIME)).value == b"value"


async def test_caller_that_may_not_load_does_not_affect_others(clock: Clock) -> None:
    cache, load = AnswerCache(clock), Loader()

    def refuse() -> None:
        raise TooManyCalls

    refused = cache.get_or_load("k", load, LIFETIME, before_load=refuse)
    results = await asyncio.gather(refused, cache.get_or_load("k", load, LIFETIME), return_exceptions=True)
    assert isinstance(results[0], TooManyCalls)
    assert getattr(results[1], "value", None) == b"value"
    assert (await cache.get_or_load("k", load, LIFETIME, before_load=refuse)).value == b"value"


async def test_stale_answer_is_returned_for_limited_time_when_loading_fails(clock: Clock) -> None:
    cache, load = AnswerCache(clock), Loader()
    await cache.get_or_load("k", load, LIFETIME)
    load.fails = True
    clock.move(61)
    assert (await cache.get_or_load("k", load, LIFETIME)).is_stale
    clock.move(600)
    with pytest.raises(UpstreamUnavailable):
        await cache.get_or_load("k", load, LIFETIME)


@pytest.mark.parametrize(
    "stored",
    [
        b"",
        b"\xc1",
        b"no envelope",
        msgspec.msgpack.encode({"a": 1}),
        msgspec.msgpack.encode(Envelope(VERSION + 1, datetime.fromisoformat("2026-01-01T00:00:00Z"), b"old")),
    ],
)
async def test_unreadable_cache_entry_is_loaded_again(clock: Clock, stored: bytes) -> None:
    cache, load = AnswerCache(clock), Loader()
    await cache._memory.set("k", stored, ttl=100)
    assert (await cache.get_or_load("k", load, LIFETIME)).value == b"value"
    assert load.count == 1


def test_hashed_keys_are_distinct_and_contain_no_hashed_value() -> None:
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


async def test_cached_answer_is_decoded_once(clock: Clock) -> None:
    cache, load, decoded = AnswerCache(clock), Loader(), []
    for _ in range(3):
        answer = await cache.get_or_load("k", load, LIFETIME)
        decoded.append(answer.decoded(lambda value: [value]))
    assert decoded[0] == [b"value"]
    assert decoded[0] is decoded[1] is decoded[2]
    clock.move(61)
    assert (await cache.get_or_load("k", load, LIFETIME)).decoded(lambda value: [value]) is not decoded[0]


def test_recent_answers_drop_the_one_used_longest_ago(clock: Clock) -> None:
    recent = RecentAnswers()
    for key in "abc":
        recent.add(key, Answer(b" " * (MAX_RECENT_BYTES // 3), clock()))
    recent.add("b", Answer(b" " * (MAX_RECENT_BYTES // 3), clock()))
    assert recent.get("a") is not None
    recent.add("d", Answer(b" " * (MAX_RECENT_BYTES // 2), clock()))
    assert [key for key in "abcd" if recent.get(key)] == ["a", "d"]
    recent.add("e", Answer(b" " * (MAX_RECENT_BYTES + 1), clock()))
    assert [key for key in "abcde" if recent.get(key)] == []
