"""Runs a coroutine without an event loop, if it waits for nothing."""

from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


def at_once(coroutine: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine that only lets others run."""
    while True:
        try:
            coroutine.send(None)
        except StopIteration as ended:
            result: T = ended.value
            return result
