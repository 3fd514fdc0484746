"""Remembers answers through aiocache: one load per missing key, and a stale answer when a load fails.

Values are bytes. Nothing is ever invalidated: a key names every fact that its value depends on. Failures
are not remembered. Carts, payment sessions, orders and amounts to be charged never come here.
"""

import asyncio
import hashlib
import logging
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec
from aiocache import SimpleMemoryCache
from aiocache.serializers import NullSerializer

from gateway.errors import UpstreamError, UpstreamRefusal

log = logging.getLogger(__name__)

VERSION = 1
"""Mark of the envelope; a value with another mark is a miss."""

ENTRIES = 20_000
SIZE_BYTES = 64 * 1024 * 1024


class Envelope(msgspec.Struct, array_like=True, frozen=True):
    version: int
    loaded_at: datetime
    value: bytes


@dataclass(frozen=True)
class Answer:
    """`value` as it was loaded at `loaded_at`; stale when a newer load was due and failed."""

    value: bytes
    loaded_at: datetime
    is_stale: bool = False


@dataclass(frozen=True)
class Lifetime:
    """How long a value is fresh, and how long after that it may stand in for a failed load."""

    fresh: timedelta
    stale_if_error: timedelta


class BoundedMemory(SimpleMemoryCache):  # type: ignore[misc]  # aiocache has no types
    """aiocache's memory, bounded by entries and bytes. The oldest go first."""

    def __init__(self) -> None:
        # A time-out of 0 is none: memory does not hang, and the timer costs more than the lookup.
        super().__init__(serializer=NullSerializer(), timeout=0)
        self._used_bytes = 0

    async def _set(self, key: str, value: bytes, *args: Any, **kwargs: Any) -> Any:
        self._forget(key)
        self._used_bytes += len(value)
        stored = await super()._set(key, value, *args, **kwargs)
        while len(self._cache) > ENTRIES or self._used_bytes > SIZE_BYTES:
            self._forget(next(iter(self._cache)))
        return stored

    def _forget(self, key: str) -> int:
        if (value := self._cache.pop(key, None)) is None:
            return 0
        self._used_bytes -= len(value)
        self._handlers.pop(key).cancel()
        return 1

    # The private name under which aiocache removes a key, its timers included.
    _SimpleMemoryBackend__delete = _forget


def hashed_key(scope: str, *parts: str | None) -> str:
    """A key that no two different lists of parts share: each is length-prefixed, all are hashed."""
    digest = hashlib.sha256()
    for part in (scope, *parts):
        digest.update(b"-" if part is None else f"{len(part)}:{part}".encode())
    return f"{scope}:{digest.hexdigest()}"


class AnswerCache:
    """Callers that miss the same key together share one load, which outlives any of them."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._kept = BoundedMemory()
        self._now = now
        self._loads: dict[str, asyncio.Task[Answer]] = {}

    async def get_or_load(
        self, key: str, load: Callable[[], Awaitable[bytes]], lifetime: Lifetime, *, past_cache: bool = False
    ) -> Answer:
        """The remembered value, or that of one call of `load`; with `past_cache` always the latter.

        When the load fails, the value of this same key is shown as stale while it may be; a refusal is
        an answer and is never hidden. Else raises what the load raised.
        """
        kept = await self._kept_answer(key)
        if not past_cache and kept is not None and self._now() - kept.loaded_at < lifetime.fresh:
            return kept
        try:
            return await self._shared(key, load, lifetime)
        except UpstreamRefusal:
            raise
        except UpstreamError as failure:
            if kept is None or self._now() - kept.loaded_at >= lifetime.fresh + lifetime.stale_if_error:
                raise
            log.warning("stale answer served", extra={"scope": key.partition(":")[0], "reason": failure.code.value})
            return Answer(kept.value, kept.loaded_at, is_stale=True)

    async def _shared(self, key: str, load: Callable[[], Awaitable[bytes]], lifetime: Lifetime) -> Answer:
        running = self._loads.get(key)
        if running is None:
            running = asyncio.create_task(self._load(key, load, lifetime))
            self._loads[key] = running
            running.add_done_callback(lambda done: self._finished(key, done))
        return await asyncio.shield(running)

    def _finished(self, key: str, done: asyncio.Task[Answer]) -> None:
        self._loads.pop(key, None)
        if not done.cancelled():
            done.exception()  # Whoever still waits gets it; nobody left is no fault of the load.

    async def _load(self, key: str, load: Callable[[], Awaitable[bytes]], lifetime: Lifetime) -> Answer:
        value = await load()
        answer = Answer(value, self._now())
        # Entries that were made together should not vanish together.
        kept_s = (lifetime.fresh + lifetime.stale_if_error).total_seconds()
        envelope = msgspec.msgpack.encode(Envelope(VERSION, answer.loaded_at, value))
        await self._kept.set(key, envelope, ttl=kept_s * (1 + secrets.randbelow(100) / 1000))
        return answer

    async def _kept_answer(self, key: str) -> Answer | None:
        found = await self._kept.get(key)
        if found is None:
            return None
        try:
            envelope = msgspec.msgpack.decode(found, type=Envelope)
        except msgspec.DecodeError:
            return None
        return Answer(envelope.value, envelope.loaded_at) if envelope.version == VERSION else None
