"""Reads each value from Digital River once for an operation, however many fields need it."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

Reads = dict[str, asyncio.Future[Any]]
"""Values that an operation has read or is reading, by name. A change clears them: they are out of date then."""


def read_once(reads: Reads, name: str, read: Callable[[], Coroutine[Any, Any, T]]) -> "asyncio.Future[T]":
    """The value under this name; read at the first call, and shared by the later ones."""
    if name not in reads:
        reads[name] = asyncio.ensure_future(read())
        # An operation that ran out of time no longer waits for it, and its failure is no crash.
        reads[name].add_done_callback(lambda future: future.cancelled() or future.exception())
    return asyncio.shield(reads[name])
