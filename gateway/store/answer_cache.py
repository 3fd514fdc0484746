"""Caches answers of Digital River through aiocache.

A missing key is loaded once, even if several callers wait for it. If a load fails, an older answer may be returned.
Failures are not cached. A key includes everything on which its value depends, so nothing is invalidated. Values are
bytes. Carts, payment sessions, orders and amounts to be charged are never cached here.
"""

import asyncio
import hashlib
import logging
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from gateway.errors import UpstreamError, UpstreamRefusal
from gateway.store.bounded_memory import BoundedMemory

log = logging.getLogger(__name__)

VERSION = 1
"""Version of the envelope format. An envelope of another version is a cache miss."""

TTL_JITTER_PERCENT = 10
"""Maximum random extension of a lifetime, so that entries that were loaded together expire at different times."""


class Envelope(msgspec.Struct, array_like=True, frozen=True):
    version: int
    loaded_at: datetime
    value: bytes


@dataclass(frozen=True)
class Answer:
    """A cached value. `is_stale`: a newer load was due and failed."""

    value: bytes
    loaded_at: datetime
    is_stale: bool = False


@dataclass(frozen=True)
class Lifetime:
    """How long a value is fresh, and for how much longer it may be returned if a load fails."""

    fresh: timedelta
    stale_if_error: timedelta


def hashed_key(scope: str, *parts: str | None) -> str:
    """Cache key made from the scope and its parts.

    Each part is hashed with its length, so different lists of parts never have the same key.
    """
    digest = hashlib.sha256()
    for part in (scope, *parts):
        digest.update(b"-" if part is None else f"{len(part)}:{part}".encode())
    return f"{scope}:{digest.hexdigest()}"


class AnswerCache:
    """Cache in which callers that miss the same key share one load. The load continues when a caller is cancelled."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._memory = BoundedMemory(now)
        self._now = now
        self._loads: dict[str, asyncio.Task[Answer]] = {}

    async def get_or_load(
        self, key: str, load: Callable[[], Awaitable[bytes]], lifetime: Lifetime, *, past_cache: bool = False
    ) -> Answer:
        """Return the cached answer while it is fresh, unless `past_cache` is true; otherwise load a new answer.

        If the load fails, return the older answer as stale, until `stale_if_error` has passed. After that time, or if
        the failure is a refusal, raise the error of the load.
        """
        cached = _answer_in(await self._memory.get(key))
        if cached is None:
            return await self._load_once(key, load, lifetime)
        age = self._now() - cached.loaded_at
        if age < lifetime.fresh and not past_cache:
            return cached
        try:
            return await self._load_once(key, load, lifetime)
        except UpstreamRefusal:
            raise
        except UpstreamError as failure:
            if self._now() - cached.loaded_at >= lifetime.fresh + lifetime.stale_if_error:
                raise
            log.warning("stale answer served", extra={"scope": key.partition(":")[0], "reason": failure.code.value})
            return Answer(cached.value, cached.loaded_at, is_stale=True)

    async def _load_once(self, key: str, load: Callable[[], Awaitable[bytes]], lifetime: Lifetime) -> Answer:
        running = self._loads.get(key)
        if running is None:
            running = asyncio.create_task(self._load(key, load, lifetime))
            self._loads[key] = running
            running.add_done_callback(lambda task: self._finished(key, task))
        return await asyncio.shield(running)

    def _finished(self, key: str, task: asyncio.Task[Answer]) -> None:
        self._loads.pop(key, None)
        if not task.cancelled():
            # Without this call, asyncio would log an unretrieved exception if all callers have left.
            task.exception()

    async def _load(self, key: str, load: Callable[[], Awaitable[bytes]], lifetime: Lifetime) -> Answer:
        value = await load()
        answer = Answer(value, self._now())
        envelope = msgspec.msgpack.encode(Envelope(VERSION, answer.loaded_at, value))
        ttl_s = (lifetime.fresh + lifetime.stale_if_error).total_seconds()
        await self._memory.set(key, envelope, ttl=ttl_s * (1 + secrets.randbelow(TTL_JITTER_PERCENT * 10) / 1000))
        return answer


def _answer_in(envelope: bytes | None) -> Answer | None:
    """The answer in an envelope; None if the envelope is missing, malformed or of another version."""
    if envelope is None:
        return None
    try:
        decoded = msgspec.msgpack.decode(envelope, type=Envelope)
    except msgspec.DecodeError:
        return None
    return Answer(decoded.value, decoded.loaded_at) if decoded.version == VERSION else None
