"""A lock whose release fails is not extended any more."""

import asyncio
import contextlib
from typing import Any

import pytest
from redis.exceptions import ConnectionError as ConnectionLost

from gateway.store import redis
from gateway.store.redis import RedisStore


class StubbornLock:
    """A lock whose extension swallows a cancellation, as redis-py can on Python 3.11."""

    extending = asyncio.Event()
    task: "asyncio.Task[Any] | None" = None

    def __init__(self, *_: object, **__: object) -> None:
        StubbornLock.extending = asyncio.Event()

    async def acquire(self, *, blocking: bool) -> bool:  # noqa: ARG002 - as redis-py names it
        return True

    async def reacquire(self) -> bool:
        StubbornLock.task = asyncio.current_task()
        StubbornLock.extending.set()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        return True

    async def release(self) -> None:
        raise ConnectionLost("the server is down")


async def test_lock_is_not_extended_after_a_failed_release(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis, "Lock", StubbornLock)
    store = RedisStore("redis://127.0.0.1:1", timeout_s=10)
    async with store.lock("cart", wait_s=1, ttl_s=0.01):
        await StubbornLock.extending.wait()
    assert StubbornLock.task is not None
    await asyncio.wait_for(StubbornLock.task, timeout=5)
