"""An event loop whose time a test moves forward, so that timers end without waiting."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


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


class Commands:
    """The commands that wait for the answer of another process, which comes without the test."""

    def __init__(self) -> None:
        self._count = 0
        self._ended = asyncio.Event()

    @contextmanager
    def counted(self) -> Iterator[None]:
        self._count += 1
        try:
            yield
        finally:
            self._count -= 1
            self._ended.set()

    def __bool__(self) -> bool:
        return self._count > 0

    async def next_end(self) -> None:
        """Wait until a command has ended."""
        self._ended.clear()
        await self._ended.wait()


async def settle(loop: MovedLoop, commands: Commands) -> None:
    """Let all tasks run until each of them waits for a timer or for an event of the test."""
    while True:
        await asyncio.sleep(0)
        if not loop.is_idle:
            continue
        if not commands:
            return
        await commands.next_end()
