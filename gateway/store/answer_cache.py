"""Caches answers of Digital River in memory, through aiocache.

Callers that need the same answer at the same time share one call to Digital River. If the call fails, an older answer
may be returned. Errors are not cached. A cache key includes everything on which the answer depends, so no answer has to
be invalidated. Carts, payment sessions, orders and amounts to be charged are never cached here.
"""

import asyncio
import hashlib
import logging
import secrets
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

import msgspec

from gateway.errors import QuotaRefusal, UpstreamError, UpstreamRefusal
from gateway.metrics.declaring import CounterSeries
from gateway.metrics.store import CACHE
from gateway.store.bounded_memory import BoundedMemory
from gateway.telemetry.logs import FOLDED
from gateway.telemetry.recorded_calls import CacheUse, current_record

log = logging.getLogger(__name__)

VERSION = 1
"""Version of the format of cached entries. An entry in another version is treated as missing."""

TTL_JITTER_PERCENT = 10
"""Maximum random extension of an entry's time to live, in percent.

Because of the extension, entries that were loaded at the same time expire at different times.
"""

MAX_RECENT_BYTES = 2 * 1024 * 1024

NOT_DECODED = object()

NOT_COUNTED = CounterSeries()
"""Of an answer that is not in the cache."""

T = TypeVar("T")


class Envelope(msgspec.Struct, array_like=True, frozen=True):
    version: int
    loaded_at: datetime
    value: bytes


class Answer:
    """A cached or new answer. `is_stale` is true if the answer is too old, but a newer answer could not be loaded."""

    def __init__(self, value: bytes, loaded_at: datetime, *, is_stale: bool = False) -> None:
        self.value = value
        self.loaded_at = loaded_at
        self.is_stale = is_stale
        self._decoded: Any = NOT_DECODED
        self.hits = NOT_COUNTED
        """Counts the reads of this answer from the cache."""

    def decoded(self, decode: Callable[[bytes], T]) -> T:
        """The decoded value. Requests share it, so it must not be changed. All callers decode to the same type."""
        if self._decoded is NOT_DECODED:
            self._decoded = decode(self.value)
        decoded: T = self._decoded
        return decoded


class RecentAnswers:
    """The answers that were used last, with their decoded values. Their number is limited by the bytes of the answers,
    which may take several times as much memory when they are decoded."""

    def __init__(self) -> None:
        self._answers: OrderedDict[str, Answer] = OrderedDict()
        """The answer that was used longest ago is first."""
        self._bytes = 0

    def get(self, key: str) -> Answer | None:
        answer = self._answers.get(key)
        if answer is not None:
            self._answers.move_to_end(key)
        return answer

    def add(self, key: str, answer: Answer) -> None:
        answer.hits = CACHE.labels(key.partition(":")[0], "hit")
        self._drop(key)
        self._answers[key] = answer
        self._bytes += len(answer.value)
        while self._bytes > MAX_RECENT_BYTES:
            self._drop(next(iter(self._answers)))

    def _drop(self, key: str) -> None:
        dropped = self._answers.pop(key, None)
        if dropped is not None:
            self._bytes -= len(dropped.value)


@dataclass
class UsedAnswers:
    """What is known about the age of the cached answers that an operation has used."""

    oldest_at: datetime | None = None
    """Time at which the oldest of them was loaded; None if no answer was used."""
    has_stale: bool = False

    def add(self, answer: Answer) -> None:
        self.oldest_at = answer.loaded_at if self.oldest_at is None else min(self.oldest_at, answer.loaded_at)
        self.has_stale = self.has_stale or answer.is_stale


@dataclass(frozen=True)
class Lifetime:
    """How long an answer is fresh, and how much longer it may be returned if a new answer cannot be loaded."""

    fresh: timedelta
    stale_if_error: timedelta


def hashed_key(scope: str, *parts: str | None) -> str:
    """Cache key of the kind `scope`, with a hash of `parts`.

    The length of each part is hashed too, so different `parts` never have the same key.
    """
    joined = "".join(["-" if part is None else f"{len(part)}:{part}" for part in (scope, *parts)])
    return f"{scope}:{hashlib.sha256(joined.encode()).hexdigest()}"


class AnswerCache:
    """Cache of answers. Callers that need the same answer at the same time share one load.

    If one of these callers is cancelled, the load continues for the other callers.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._memory = BoundedMemory(now)
        self._recent = RecentAnswers()
        self._now = now
        self._loads: dict[str, asyncio.Task[Answer]] = {}

    async def get_or_load(
        self,
        key: str,
        load: Callable[[], Awaitable[bytes]],
        lifetime: Lifetime,
        *,
        past_cache: bool = False,
        belongs_to_key: Callable[[bytes], bool] = lambda _: True,
        before_load: Callable[[], None] = lambda: None,
    ) -> Answer:
        """Return the cached answer if it is fresh and `past_cache` is false. Otherwise load a new answer.

        `before_load` is called before this caller begins a load. What it raises does not affect other callers.

        A new answer is stored only if `belongs_to_key` returns true for it.

        If the load fails, the cached answer is returned as stale for as long as `lifetime` allows. After that, the
        error of the load is raised. A refusal is always raised, unless Digital River refuses all calls.
        """

        def begin() -> Coroutine[None, None, Answer]:
            before_load()
            return self._load(key, load, lifetime, belongs_to_key)

        cached = self._recent.get(key)
        if cached is None:
            cached = _answer_in(await self._memory.get(key))
            if cached is None:
                return await self._once(key, begin)
            self._recent.add(key, cached)
        age = self._now() - cached.loaded_at
        if age < lifetime.fresh and not past_cache:
            cached.hits.value += 1
            if (record := current_record.get()) is not None:
                record.begin_read(key, CacheUse.HIT).end()
            return cached
        try:
            return await self._once(key, begin)
        except UpstreamError as failure:
            if isinstance(failure, UpstreamRefusal) and not isinstance(failure, QuotaRefusal):
                raise
            if self._now() - cached.loaded_at >= lifetime.fresh + lifetime.stale_if_error:
                raise
            _count(key, "stale")
            log.warning(
                "stale answer served", extra={"scope": key.partition(":")[0], "reason": failure.code.value, **FOLDED}
            )
            if (record := current_record.get()) is not None:
                record.begin_read(key, CacheUse.STALE).end()
            return Answer(cached.value, cached.loaded_at, is_stale=True)

    async def _once(self, key: str, begin: Callable[[], Coroutine[None, None, Answer]]) -> Answer:
        """The answer of the load in progress for this key. `begin` begins a load if there is none."""
        running = self._loads.get(key)
        if running is None:
            running = asyncio.create_task(begin())
            self._loads[key] = running
            running.add_done_callback(lambda task: self._finished(key, task))
            _count(key, "loaded")
            return await asyncio.shield(running)
        _count(key, "shared")
        if (record := current_record.get()) is not None:
            shared = record.begin_read(key, CacheUse.SHARED)
            running.add_done_callback(lambda _: shared.end())
        return await asyncio.shield(running)

    def _finished(self, key: str, task: asyncio.Task[Answer]) -> None:
        self._loads.pop(key, None)
        if not task.cancelled():
            # If all callers were cancelled, asyncio would log an exception that was never read, so it is read here.
            task.exception()

    async def _load(
        self,
        key: str,
        load: Callable[[], Awaitable[bytes]],
        lifetime: Lifetime,
        belongs_to_key: Callable[[bytes], bool],
    ) -> Answer:
        if (record := current_record.get()) is not None:
            current_record.set(record.of_load(key))  # Only in the task of this load, which has a context of its own.
        value = await load()
        answer = Answer(value, self._now())
        if not belongs_to_key(value):
            log.warning("answer not cached", extra={"scope": key.partition(":")[0], **FOLDED})
            return answer
        envelope = msgspec.msgpack.encode(Envelope(VERSION, answer.loaded_at, value))
        ttl_s = (lifetime.fresh + lifetime.stale_if_error).total_seconds()
        await self._memory.set(key, envelope, ttl=ttl_s * (1 + secrets.randbelow(TTL_JITTER_PERCENT * 10) / 1000))
        self._recent.add(key, answer)
        return answer


def _count(key: str, read: str) -> None:
    CACHE.labels(key.partition(":")[0], read).inc()


def _answer_in(envelope: bytes | None) -> Answer | None:
    """Answer from a cached entry; None if the entry is missing, malformed or in another version."""
    if envelope is None:
        return None
    try:
        decoded = msgspec.msgpack.decode(envelope, type=Envelope)
    except msgspec.DecodeError:
        return None
    return Answer(decoded.value, decoded.loaded_at) if decoded.version == VERSION else None
