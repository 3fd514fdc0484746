"""Results of reads that one operation shares, so that each is read once."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

Reads = dict[str, asyncio.Future[Any]]
"""Results that an operation has read or is reading, by name. A mutation that changes such data clears them."""


def read_once(reads: Reads, name: str, read: Callable[[], Coroutine[Any, Any, T]]) -> "asyncio.Future[T]":
    """The result of `read`. For each `name` in `reads`, `read` is called once, and all callers share the result."""
    if name not in reads:
        reads[name] = asyncio.ensure_future(read())
        # `exception()` marks the exception as retrieved. Otherwise asyncio would log it if the operation has timed out.
        reads[name].add_done_callback(lambda future: future.cancelled() or future.exception())
    return reads[name] if reads[name].done() else asyncio.shield(reads[name])


def already_read(value: T) -> "asyncio.Future[T]":
    future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
    future.set_result(value)
    return future
