"""Reads each value from Digital River once for an operation, however many fields need it."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class ReadOnce:
    """Reads under a name: made at the first call, shared by later calls, until the name is forgotten."""

    def __init__(self) -> None:
        self._reads: dict[str, asyncio.Future[Any]] = {}

    def get(self, name: str, read: Callable[[], Coroutine[Any, Any, T]]) -> "asyncio.Future[T]":
        if name not in self._reads:
            self._reads[name] = asyncio.ensure_future(read())
            # An operation that ran out of time no longer waits for it, and its failure is no crash.
            self._reads[name].add_done_callback(lambda future: future.cancelled() or future.exception())
        return asyncio.shield(self._reads[name])

    def put(self, name: str, value: object) -> None:
        """Use a value that another call has answered with."""
        self._reads[name] = asyncio.get_running_loop().create_future()
        self._reads[name].set_result(value)

    def forget(self) -> None:
        """After a change: what was read before is out of date."""
        self._reads.clear()
