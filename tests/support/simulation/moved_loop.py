"""An event loop whose time a test moves forward, so that timers end without waiting."""

import asyncio
from collections.abc import Callable

PAUSE_S = 0.0005
"""Pause between two looks at whether another process has answered."""


class MovedLoop(asyncio.SelectorEventLoop):
    """Everything that waits in asyncio for some seconds waits for this clock: heartbeats, renewals of locks, deadlines
    of operations, and the reconciler."""

    moved_s = 0.0

    def time(self) -> float:
        return super().time() + self.moved_s

    @property
    def is_idle(self) -> bool:
        """Whether no task can continue before a timer ends or bytes arrive."""
        # asyncio has no public name for the callbacks that are ready.
        return not self._ready  # type: ignore[attr-defined]


async def settle(loop: MovedLoop, is_busy: Callable[[], bool]) -> None:
    """Let all tasks run until each of them waits for a timer or for an event of the test.

    `is_busy`: whether a task waits for the answer of another process, which comes without the test.
    """
    while True:
        await asyncio.sleep(0)
        if not loop.is_idle:
            continue
        if not is_busy():
            return
        await asyncio.sleep(PAUSE_S)
